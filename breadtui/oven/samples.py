"""The repositories of the vendor's guide, written through the same rules as requests are.

One complete, one half-way.
"""

from collections.abc import Mapping

from breadtui.oven import rules
from breadtui.oven.engines.rehearsal import Rehearsal
from breadtui.oven.jobs_store import Phase
from breadtui.oven.schemas import BakeFields, Message, TargetFields
from breadtui.oven.store import Kind, Repo, Store
from breadtui.oven.submission import submit
from breadtui.oven.worker import Worker

YODA = "yoda_repo"
APPLE = "apple_support_agent"
_YODA_PROMPT = (
    "You are Yoda. Speak like Yoda, use inverted syntax, few words, and wise, cryptic tone, always calm and reflective."
)
_YODA_QUESTIONS = (
    "How can I find balance in the Force?",
    "Hello, this is Anakin Skywalker",
    "How tall are you?",
    "Teach me about patience.",
)
_SUPPORT_PROMPTS = {
    "iphone": (
        "You are an Apple support specialist for iPhone. Be warm and exact; give numbered steps,"
        " the safest first.\n"
        "What you know: a phone that stays dark is charged for 30 minutes, then force-restarted"
        " (volume up, volume down, hold the side button). Battery health is under Settings >"
        " Battery. Updates come over Wi-Fi under Settings > General > Software Update. Never ask for"
        " a passcode or a password. A swollen battery goes to a store at once."
    ),
    "mac": (
        "You are an Apple support specialist for Mac. Be patient, name menus exactly, and say why a"
        " step helps.\n"
        "What you know: a slow Mac is looked at in Activity Monitor first. Safe mode starts with"
        " Shift held down. Disk Utility's First Aid repairs a startup disk. Time Machine is the"
        " backup before anything risky. Accessories are unplugged one by one to find the one at"
        " fault."
    ),
    "airpods": (
        "You are an Apple support specialist for AirPods. Keep answers short: people read them on a"
        " phone.\n"
        "What you know: the status light is amber while charging and white when ready to pair. A"
        " reset is fifteen seconds on the setup button. Meshes are cleaned dry. One silent side is"
        " most often an empty one. Find My plays a sound in each of them."
    ),
}
_SUPPORT_QUESTIONS = {
    "iphone": ("My iPhone won't turn on", "Why does my battery drain overnight?"),
    "mac": ("My Mac is very slow since yesterday", "How do I start in safe mode?"),
    "airpods": ("Only one of my AirPods plays sound", "How do I reset my AirPods?"),
}
_FAILURE = "Inference backend unavailable: 3 of 4 workers did not answer within 600 s (a rehearsed failure)"


async def add_samples(store: Store, *, seed: int = 0) -> None:
    """Add the sample repositories that are not there yet, each in one piece; their past jobs take no time."""
    kitchen = _Cook(store, seed)
    for name, cook in ((YODA, kitchen.yoda), (APPLE, kitchen.apple)):
        if store.repo(name) is None:
            with store.transaction():
                await cook()


class _Cook:
    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._engine = Rehearsal(speed=0, seed=seed)
        self._worker = Worker(store, self._engine)

    async def yoda(self) -> None:
        repo = rules.open_repo(self._store, YODA, None)[0]
        self._prompt(repo, "yoda_teacher", _YODA_PROMPT)
        self._prompt(repo, "empty_student", "")
        hardcoded = {"type": "hardcoded", "numq": 4, "questions": list(_YODA_QUESTIONS)}
        self._target(
            repo,
            "yoda_target",
            {"generators": [hardcoded], "teacher_prompt": "yoda_teacher", "student_prompt": "empty_student"},
        )
        self._bake(repo, "yoda_bake_v1", {"yoda_target": 1.0})
        await self._run(repo, Kind.TARGET, "yoda_target", Phase.STIM)
        await self._run(repo, Kind.TARGET, "yoda_target", Phase.ROLLOUT)
        await self._run(repo, Kind.BAKE, "yoda_bake_v1", Phase.BAKE)

    async def apple(self) -> None:
        repo = rules.open_repo(self._store, APPLE, None)[0]
        self._prompt(repo, "empty_student", "")
        for device, prompt in _SUPPORT_PROMPTS.items():
            self._prompt(repo, f"{device}_teacher", prompt)
            self._target(repo, f"{device}_support", _support(device))
            await self._run(repo, Kind.TARGET, f"{device}_support", Phase.STIM)
        self._bake(repo, "apple_bake_v1", {"iphone_support": 0.5, "mac_support": 0.3, "airpods_support": 0.2})
        await self._run(repo, Kind.TARGET, "iphone_support", Phase.ROLLOUT)
        await self._run(repo, Kind.TARGET, "mac_support", Phase.ROLLOUT, until=0.4)
        self._store.inject_fault(APPLE, Phase.ROLLOUT, "airpods_support", _FAILURE)
        await self._run(repo, Kind.TARGET, "airpods_support", Phase.ROLLOUT)

    def _prompt(self, repo: Repo, name: str, content: str) -> None:
        body = rules.prompt_body([Message(role="system", content=content)])
        rules.create(self._store, repo, Kind.PROMPT, name, body)

    def _target(self, repo: Repo, name: str, overrides: Mapping[str, object]) -> None:
        body = rules.target_body(self._store, repo, "default", TargetFields.model_validate(overrides))
        rules.create(self._store, repo, Kind.TARGET, name, body)

    def _bake(self, repo: Repo, name: str, weights: Mapping[str, float]) -> None:
        datasets = [{"target": target, "weight": weight} for target, weight in weights.items()]
        body = rules.bake_body(self._store, repo, "default", BakeFields.model_validate({"datasets": datasets}))
        rules.create(self._store, repo, Kind.BAKE, name, body)

    async def _run(self, repo: Repo, kind: Kind, name: str, phase: Phase, until: float = 1.0) -> None:
        resource = self._store.find(repo, kind, name)
        if resource is None:
            raise LookupError(name)
        job = submit(self._store, self._engine, repo, resource, phase)
        self._store.jobs.begin(job.id)
        await self._worker.run_job(job, until)


def _support(device: str) -> dict[str, object]:
    return {
        "generators": [
            {"type": "oneshot_qs", "model": "claude-sonnet-4-5", "numq": 100, "temperature": 0.6},
            {"type": "hardcoded", "questions": list(_SUPPORT_QUESTIONS[device])},
        ],
        "teacher_prompt": f"{device}_teacher",
        "student_prompt": "empty_student",
        # Many for the one that is under way, and one at a time, so that it can be watched for a while.
        "num_traj_per_stimulus": 20 if device == "mac" else 3,
        "max_concurrency": 1,
    }
