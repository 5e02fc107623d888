"""Where a bake comes from and what comes from it: tree, dependency graph, recreation plan. Only reads.

A model named `user/repo/bake/checkpoint` makes its bake a parent when it is of the same repository; any other
name, a base model's or another repository's, is where the lineage begins.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from breadtui.oven.jobs_store import Job, Phase, Status
from breadtui.oven.schemas import BakeFields, TargetFields
from breadtui.oven.store import Kind, Repo, Resource, Store

USER = "baker"
_TREE_WORDS = {Status.QUEUED: "pending"}


@dataclass(frozen=True, slots=True)
class ModelName:
    """A checkpoint's full name in its four parts."""

    user: str
    repo: str
    bake: str
    checkpoint: int

    @classmethod
    def parse(cls, name: str) -> "ModelName | None":
        """The parts of `user/repo/bake/checkpoint`, or None for any other name."""
        parts = name.split("/")
        if len(parts) != 4 or not (parts[3].isascii() and parts[3].isdigit() and len(parts[3]) < 19):
            return None
        return cls(parts[0], parts[1], parts[2], int(parts[3]))


def model_names(repo: Repo, bake: Resource, job: Job | None) -> list[str]:
    """The checkpoints of a complete bake, latest first; none before."""
    if job is None or job.status is not Status.COMPLETE:
        return []
    return [f"{USER}/{repo.name}/{bake.name}/{step}" for step in reversed(job.checkpoints)]


def users_of(store: Store, repo: Repo, resource: Resource) -> list[str]:
    """What was made from a target or a bake: the bakes that learn from it and what names its checkpoints."""
    users: list[str] = []
    for bake in store.resources(repo, Kind.BAKE):
        fields = BakeFields.model_validate(bake.body)
        learns = resource.kind is Kind.TARGET and resource.name in {item.target for item in fields.datasets or ()}
        if learns or (resource.kind is Kind.BAKE and _bake_in(repo, fields.parent) == resource.name):
            users.append(f"bake '{bake.name}'")
    if resource.kind is Kind.BAKE:
        users += [
            f"target '{target.name}'"
            for target in store.resources(repo, Kind.TARGET)
            if _bake_in(repo, TargetFields.model_validate(target.body).model_name) == resource.name
        ]
    return users


def tree(store: Store, repo: Repo) -> dict[str, object]:
    """Every bake of a repository with its state, and an edge from each child to its parent."""
    bakes = store.resources(repo, Kind.BAKE)
    jobs = store.jobs.all_of([bake.id for bake in bakes], Phase.BAKE)
    names = {bake.name for bake in bakes}
    nodes: dict[str, object] = {}
    edges: list[list[str]] = []
    for bake in bakes:
        job = jobs.get(bake.id)
        complete = job is not None and job.status is Status.COMPLETE
        nodes[bake.name] = {
            "status": _TREE_WORDS.get(job.status, job.status) if job else "not_started",
            "model_name": model_names(repo, bake, job),
            "checkpoints": list(reversed(job.checkpoints)) if job and complete else [],
            "config": bake.body,
        }
        parent = _bake_in(repo, BakeFields.model_validate(bake.body).parent)
        if parent in names:
            edges.append(["bake", bake.name, "bake", parent])
    return {"base_model": repo.base_model, "bakes": nodes, "edges": edges}


def dependency_graph(store: Store, repo: Repo, bake: Resource) -> dict[str, object]:
    """All that a bake was made from, breadth first. An edge's first pair depends on its second."""
    lineage = Lineage.of(store, repo, bake)
    return {
        "base_model": repo.base_model,
        "bakes": {name: found.body for name, found in lineage.bakes.items()},
        "targets": {name: found.body for name, found in lineage.targets.items()},
        "prompts": {name: f"prompts/{name}.yml" if found else None for name, found in lineage.prompts.items()},
        "edges": [list(edge) for edge in lineage.edges],
    }


def recreation_plan(store: Store, repo: Repo, bake: Resource) -> dict[str, object]:
    """The steps that make a bake anew, each after all that it depends on.

    Parents by their last checkpoint.
    """
    lineage = Lineage.of(store, repo, bake)
    steps = [{"step": number, **step} for number, step in enumerate(_steps(lineage, bake.name), start=1)]
    return {
        "base_model": repo.base_model,
        "total_steps": len(steps),
        "steps": steps,
        "resources": {
            "prompts": list(lineage.prompts),
            "targets": list(lineage.targets),
            "bakes": [
                {
                    "bake_name": name,
                    "model_names": model_names(repo, found, store.jobs.of(found.id, Phase.BAKE)),
                }
                for name, found in lineage.bakes.items()
            ],
        },
    }


@dataclass(frozen=True, slots=True)
class Lineage:
    """All that a bake was made from, itself included, breadth first; a prompt that is not there is None."""

    bakes: dict[str, Resource]
    targets: dict[str, Resource]
    prompts: dict[str, Resource | None]
    edges: list[tuple[str, str, str, str]]

    @classmethod
    def of(cls, store: Store, repo: Repo, bake: Resource) -> "Lineage":
        """Walk from a bake to all that it depends on in its repository."""
        lineage = cls({bake.name: bake}, {}, {}, [])
        waiting = deque([bake])
        while waiting:
            waiting.extend(lineage._meet(store, repo, waiting.popleft()))
        return lineage

    def _meet(self, store: Store, repo: Repo, resource: Resource) -> Iterator[Resource]:
        for kind, name in _needs(repo, resource):
            found = store.find(repo, kind, name)
            if kind is Kind.PROMPT:
                self.prompts[name] = found
            elif found is None:
                continue
            elif name not in (known := self.bakes if kind is Kind.BAKE else self.targets):
                known[name] = found
                yield found
            self.edges.append((resource.kind, resource.name, kind, name))

    def needs(self, kind: Kind, name: str) -> list[tuple[str, str]]:
        """What a resource depends on, as kind and name."""
        return [edge[2:] for edge in self.edges if edge[:2] == (kind, name)]


def _needs(repo: Repo, resource: Resource) -> Iterator[tuple[Kind, str]]:
    if resource.kind is Kind.BAKE:
        fields = BakeFields.model_validate(resource.body)
        for name in dict.fromkeys(item.target for item in fields.datasets or ()):
            yield Kind.TARGET, name
        model = fields.parent
    else:
        target = TargetFields.model_validate(resource.body)
        for name in dict.fromkeys(name for name in (target.teacher_prompt, target.student_prompt) if name):
            yield Kind.PROMPT, name
        model = target.model_name
    parent = _bake_in(repo, model)
    if parent is not None:
        yield Kind.BAKE, parent


def _bake_in(repo: Repo, model: str | None) -> str | None:
    parsed = ModelName.parse(model) if model else None
    return parsed.bake if parsed and (parsed.user, parsed.repo) == (USER, repo.name) else None


def _steps(lineage: Lineage, wanted: str) -> Iterator[Mapping[str, object]]:
    for kind, name in _in_order(lineage, (Kind.BAKE, wanted)):
        needs = lineage.needs(Kind(kind), name)
        if kind == Kind.PROMPT:
            found = lineage.prompts[name]
            yield _step("create_prompt", kind, name, [], found.body if found else {})
        elif kind == Kind.TARGET:
            body = lineage.targets[name].body
            yield _step("create_target", kind, name, [_needed(*need, "complete") for need in needs], body)
            yield _step("run_stim", kind, name, [f"target:{name}"], {})
            yield _step("run_rollout", kind, name, [f"target:{name}:stim_complete"], {})
        else:
            body = lineage.bakes[name].body
            yield _step("create_bake", kind, name, [_needed(*need, "complete") for need in needs], body)
            ready = [_needed(*need, "complete", "rollout_complete") for need in needs]
            yield _step("run_bake", kind, name, [f"bake:{name}", *ready], {})


def _in_order(lineage: Lineage, wanted: tuple[str, str]) -> list[tuple[str, str]]:
    # Depth first on a stack of its own: a long chain of parents must not meet Python's limit of recursion.
    done: dict[tuple[str, str], None] = {}
    begun: set[tuple[str, str]] = set()
    stack = [wanted]
    while stack:
        node = stack[-1]
        if node in begun:
            done.setdefault(stack.pop())
            continue
        begun.add(node)
        stack.extend(need for need in reversed(lineage.needs(Kind(node[0]), node[1])) if need not in begun)
    return list(done)


def _needed(kind: str, name: str, bake: str, target: str = "") -> str:
    state = {Kind.BAKE: bake, Kind.TARGET: target}.get(Kind(kind), "")
    return f"{kind}:{name}:{state}" if state else f"{kind}:{name}"


def _step(
    action: str, kind: str, name: str, dependencies: list[str], config: Mapping[str, object]
) -> Mapping[str, object]:
    return {
        "action": action,
        "resource_type": kind,
        "resource_name": name,
        "dependencies": dependencies,
        "config": config,
    }
