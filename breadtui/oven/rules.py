"""What a resource may be called and may hold: names, templates with overrides, immutability, deletion.

HTTP requests and the samples come through here alike; running a job has its rules in `submission`.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeGuard

from breadtui.oven import recipes
from breadtui.oven.jobs_store import Phase, Status
from breadtui.oven.refusals import bad_name, conflict, invalid, missing
from breadtui.oven.schemas import BakeFields, Message, TargetFields, Tool
from breadtui.oven.store import Kind, Repo, Resource, Store

DEFAULT_BASE_MODEL = "Qwen/Qwen3-32B"
_DEFAULT_BAKE: Mapping[str, object] = {
    "type": "single_baker",
    "epochs": 3,
    "micro_batch_size": 1,
    "gradient_accumulation_steps": 1,
    "seed": 42,
    "model": {
        "type": "bake",
        "baked_adapter_config": {
            "r": 8,
            "lora_alpha": 16,
            "lora_dropout": 0.05,
            "bias": "none",
            "target_modules": "all-linear",
        },
    },
    "optimizer": {"learning_rate": 0.0001},
    "scheduler": {"type": "huggingface"},
    "deepspeed": {"zero_optimization": {"stage": 2}},
}
_LONGEST_NAME = 255


def check_name(name: str, kind: Kind | None = None) -> None:
    """Refuse (422) a name that cannot stand in a path; `kind` is None for a repository."""
    if not name:
        raise bad_name("Name must not be empty")
    if len(name) > _LONGEST_NAME:
        raise bad_name(f"Name is longer than {_LONGEST_NAME} characters")
    if "/" in name:
        raise bad_name("Name contains invalid character: '/'")
    if not name.strip("."):
        raise bad_name("Name must not consist of dots only")
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in name):
        raise bad_name("Name contains a control character")
    if kind and name == "batch":
        raise bad_name("Name is reserved: 'batch'")


def open_repo(store: Store, name: str, base_model: str | None) -> tuple[Repo, bool]:
    """The repository of that name, and whether it is new.

    Without a `base_model`, an existing one keeps its own and a new one gets the default.

    Raises a conflict for another base model than the one it was created with.
    """
    check_name(name)
    if base_model is not None and not base_model.strip():
        raise invalid("base_model must not be empty")
    repo = store.repo(name)
    if repo is None:
        return store.add_repo(name, base_model or DEFAULT_BASE_MODEL), True
    if base_model not in (None, repo.base_model):
        raise conflict(
            f"Repository '{name}' already exists with base_model '{repo.base_model}'."
            " Repository base_model is immutable and cannot be changed."
        )
    return repo, False


def prompt_body(messages: Sequence[Message], tools: Sequence[Tool] | None = None) -> dict[str, object]:
    """A prompt as it is kept; no tools and a null are the same."""
    body: dict[str, object] = {"messages": [message.as_sent() for message in messages]}
    return body if tools is None else {**body, "tools": [tool.as_sent() for tool in tools]}


def target_body(store: Store, repo: Repo, template: str, overrides: TargetFields | None) -> dict[str, object]:
    """A target's configuration.

    The template's with the overrides merged in, under the present names of its prompts.
    """
    base = _template(store, repo, Kind.TARGET, template)
    if base is None:
        base = {
            "model_name": repo.base_model,
            "num_traj_per_stimulus": 1,
            "max_concurrency": 4,
            "temperature": 1.0,
            "max_tokens": 1024,
        }
    return merge(base, _present_names(overrides.given() if overrides else {}))


def bake_body(store: Store, repo: Repo, template: str, overrides: BakeFields | None) -> dict[str, object]:
    """A bake's configuration.

    The template's with the overrides merged in; every dataset must name a target.
    """
    base = _template(store, repo, Kind.BAKE, template)
    body = merge(_DEFAULT_BAKE if base is None else base, overrides.given() if overrides else {})
    for dataset in BakeFields.model_validate(body).datasets or ():
        if store.find(repo, Kind.TARGET, dataset.target) is None:
            raise invalid(f"Invalid dataset reference: target '{dataset.target}' not found")
    return body


def create(store: Store, repo: Repo, kind: Kind, name: str, body: Mapping[str, object]) -> bool:
    """Add a resource; True when it is new, False when it was there with the same content, else a conflict."""
    check_name(name, kind)
    with store.transaction():
        existing = store.find(repo, kind, name)
        if existing is None:
            store.add(repo, kind, name, body)
            return True
    if existing.body != body:
        content = "content" if kind is Kind.PROMPT else "configuration"
        raise conflict(
            f"{kind.title()} '{name}' already exists with different {content}."
            f" {kind.title()}s are immutable and cannot be changed."
        )
    return False


def put(store: Store, repo: Repo, kind: Kind, name: str, body: Mapping[str, object]) -> None:
    """Create or update.

    Another configuration makes void what was run under the old one, and waits for running jobs.
    """
    check_name(name, kind)
    with store.transaction():
        existing = store.find(repo, kind, name)
        if existing is None:
            store.add(repo, kind, name, body)
        elif existing.body != body:
            _refuse_while_running(store, existing)
            store.change(existing, body)


def delete(store: Store, repo: Repo, kind: Kind, name: str) -> None:
    """Delete a target or a bake with its jobs, unless something was made from it."""
    with store.transaction():
        resource = store.find(repo, kind, name)
        if resource is None:
            raise missing(kind.title(), name)
        users = recipes.users_of(store, repo, resource)
        if users:
            what = "is used by" if kind is Kind.TARGET else "is the parent of"
            raise conflict(f"{kind.title()} '{name}' {what} {', '.join(users)} and cannot be deleted.")
        store.delete(resource)


def merge(base: Mapping[str, object], overrides: Mapping[str, object]) -> dict[str, object]:
    """`overrides` on top of `base`: objects key by key, everything else (lists too) replaced."""
    merged = dict(base)
    for key, value in overrides.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if _is_object(below) and _is_object(value) else value
    return merged


def _template(store: Store, repo: Repo, kind: Kind, name: str) -> Mapping[str, object] | None:
    if name == "default":
        return None
    resource = store.find(repo, kind, name)
    if resource is None:
        raise invalid(f"Template '{name}' not found")
    return resource.body


def _present_names(given: Mapping[str, object]) -> dict[str, object]:
    renamed = dict(given)
    for old, new in (("u", "teacher_prompt"), ("v", "student_prompt")):
        if old in renamed:
            renamed.setdefault(new, renamed[old])
            del renamed[old]
    return renamed


def _refuse_while_running(store: Store, resource: Resource) -> None:
    for phase in Phase:
        job = store.jobs.of(resource.id, phase)
        if job and job.status in (Status.QUEUED, Status.RUNNING):
            what = f"{resource.kind.title()} '{resource.name}'"
            raise conflict(f"{what} has a running {phase} job: change it when that has ended.")


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)
