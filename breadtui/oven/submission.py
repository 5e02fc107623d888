"""Running a job: what must be there first, and how a job's state reads on the wire."""

from collections.abc import Mapping

from breadtui.oven.engines import BakeOrder, Engine
from breadtui.oven.engines.questions import how_many
from breadtui.oven.jobs_store import Job, Phase, Status
from breadtui.oven.recipes import ModelName, model_names
from breadtui.oven.refusals import invalid, unpaid
from breadtui.oven.schemas import BakeFields, Generator, TargetFields
from breadtui.oven.store import Kind, Repo, Resource, Store

MOST_ROWS = 1_000_000
_STIM_KEYS = ("generators", "teacher_prompt", "student_prompt")
_ROLLOUT_KEYS = (
    "model_name",
    "num_traj_per_stimulus",
    "max_concurrency",
    "temperature",
    "max_tokens",
    "extra_kwargs",
)
_GENERATOR_TYPES = ("oneshot_qs", "hardcoded", "persona", "from_dataset", "custom")
_WORDS = {Status.QUEUED: "running"}


def submit(store: Store, engine: Engine, repo: Repo, resource: Resource, phase: Phase) -> Job:
    """Queue a job, or give the one there is; only a failed one is run anew, from its first row.

    Raises a Refusal (400) that says what is missing, or a rehearsed 402.
    """
    with store.transaction():
        job = store.jobs.of(resource.id, phase)
        if job and job.status is not Status.FAILED:
            return job
        refused = store.take_refusal(repo.name, phase, resource.name)
        if refused is None:
            return _queue(store, engine, repo, resource, phase)
    raise unpaid(refused)


def state(resource: Resource, phase: Phase, job: Job | None, repo: Repo) -> dict[str, object]:
    """A job as the contract shows it; queued reads `running` at 0 %, for the wire has no word for it."""
    answer: dict[str, object] = {
        "status": _WORDS.get(job.status, job.status) if job else "not_started",
        "lines": job.lines if job and phase is not Phase.BAKE else None,
        "progress_percent": _progress(job) if job else None,
        "error": job.error if job else None,
        "config": _config(resource, phase),
        "job_id": job.id if job else None,
    }
    if phase is Phase.ROLLOUT:
        answer["total_expected"] = job.expected if job else None
    if phase is Phase.BAKE:
        answer["model_name"] = model_names(repo, resource, job) or None
        answer["loss"] = _loss(job) if job else None
    return answer


def bake_order(repo: Repo, bake: Resource, responses: int) -> BakeOrder:
    """What an engine is asked to train."""
    return BakeOrder(f"{repo.name}/{bake.name}", BakeFields.model_validate(bake.body), responses)


def count_responses(store: Store, repo: Repo, bake: Resource) -> int:
    """How many responses a bake learns from, all its targets together."""
    total = 0
    for dataset in BakeFields.model_validate(bake.body).datasets or ():
        target = store.find(repo, Kind.TARGET, dataset.target)
        job = store.jobs.of(target.id, Phase.ROLLOUT) if target else None
        total += job.lines if job else 0
    return total


def _queue(store: Store, engine: Engine, repo: Repo, resource: Resource, phase: Phase) -> Job:
    match phase:
        case Phase.STIM:
            return store.jobs.submit(resource.id, phase, _bounded(_expected_stimuli(store, repo, resource)))
        case Phase.ROLLOUT:
            return store.jobs.submit(resource.id, phase, _bounded(_expected_responses(store, repo, resource)))
        case Phase.BAKE:
            _check_bake(store, repo, resource)
            plan = engine.plan(bake_order(repo, resource, count_responses(store, repo, resource)))
            return store.jobs.submit(resource.id, phase, plan.steps, plan.checkpoints)


def _expected_stimuli(store: Store, repo: Repo, target: Resource) -> int:
    fields = TargetFields.model_validate(target.body)
    needed = {
        "teacher_prompt": fields.teacher_prompt,
        "student_prompt": fields.student_prompt,
        "generators": fields.generators,
    }
    lacking = [key for key, value in needed.items() if not value]
    if lacking:
        raise invalid(f"Missing required stim fields: {lacking}")
    for name in (fields.teacher_prompt, fields.student_prompt):
        if name and store.find(repo, Kind.PROMPT, name) is None:
            raise invalid(f"Prompt '{name}' not found in repository '{repo.name}'")
    for generator in fields.generators or ():
        _check_generator(generator)
    return sum(map(how_many, fields.generators or ()))


def _check_generator(generator: Generator) -> None:
    if generator.type not in _GENERATOR_TYPES:
        raise invalid(f"Unknown generator type '{generator.type}': expected one of {', '.join(_GENERATOR_TYPES)}")
    if generator.type == "hardcoded" and not generator.questions:
        raise invalid("Generator 'hardcoded' needs questions")
    if generator.type == "from_dataset" and not generator.dataset:
        raise invalid("Generator 'from_dataset' needs a dataset")
    if generator.type == "custom" and not (generator.template_path or generator.template_content):
        raise invalid("Generator 'custom' needs template_path or template_content")


def _expected_responses(store: Store, repo: Repo, target: Resource) -> int:
    fields = TargetFields.model_validate(target.body)
    stim = store.jobs.of(target.id, Phase.STIM)
    if stim is None or stim.status is not Status.COMPLETE:
        raise invalid(f"Target '{target.name}' has no complete stim: run stim first and wait until it is complete")
    if not fields.model_name:
        raise invalid("Missing required rollout fields: ['model_name']")
    if fields.teacher_prompt and store.find(repo, Kind.PROMPT, fields.teacher_prompt) is None:
        raise invalid(f"Prompt '{fields.teacher_prompt}' not found in repository '{repo.name}'")
    _check_checkpoint(store, fields.model_name)
    return stim.lines * (fields.num_traj_per_stimulus or 1)


def _check_bake(store: Store, repo: Repo, bake: Resource) -> None:
    fields = BakeFields.model_validate(bake.body)
    if not fields.datasets:
        raise invalid("Missing required bake fields: ['datasets']")
    unready = [item.target for item in fields.datasets if not _rolled_out(store, repo, item.target)]
    if unready:
        raise invalid(f"Targets without a complete rollout: {', '.join(dict.fromkeys(unready))}")
    if fields.parent:
        _check_checkpoint(store, fields.parent)


def _rolled_out(store: Store, repo: Repo, name: str) -> bool:
    target = store.find(repo, Kind.TARGET, name)
    job = store.jobs.of(target.id, Phase.ROLLOUT) if target else None
    return job is not None and job.status is Status.COMPLETE


def _check_checkpoint(store: Store, model: str) -> None:
    # A name that is no checkpoint's is taken for a base model: those are not the oven's to know.
    name = ModelName.parse(model)
    if name is None:
        return
    repo = store.repo(name.repo)
    bake = store.find(repo, Kind.BAKE, name.bake) if repo else None
    job = store.jobs.of(bake.id, Phase.BAKE) if bake else None
    if repo is None or bake is None or model not in model_names(repo, bake, job):
        raise invalid(f"Model '{model}' not found: its bake is not complete, or has no such checkpoint")


def _bounded(rows: int) -> int:
    if rows > MOST_ROWS:
        raise invalid(f"{rows} rows asked for: the oven makes at most {MOST_ROWS} in one job")
    return rows


def _progress(job: Job) -> float:
    if job.status is Status.COMPLETE:
        return 100.0
    return round(100 * job.lines / job.expected, 2) if job.expected else 0.0


def _config(resource: Resource, phase: Phase) -> Mapping[str, object]:
    if phase is Phase.BAKE:
        return resource.body
    keys = _STIM_KEYS if phase is Phase.STIM else _ROLLOUT_KEYS
    return {key: resource.body[key] for key in keys if key in resource.body}


def _loss(job: Job) -> dict[str, float] | None:
    if job.latest_loss is None or job.min_loss is None or job.max_loss is None or job.status is Status.FAILED:
        return None
    loss = {"latest_loss": job.latest_loss, "min_loss": job.min_loss, "max_loss": job.max_loss}
    return {**loss, "final_loss": job.latest_loss} if job.status is Status.COMPLETE else loss
