"""Takes queued jobs in the order of submission, a few side by side, and commits what the engine yields.

All that it knows is in the store: after a crash, the jobs that were running go on from their last committed
row.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import asdict

from pydantic import TypeAdapter

from breadtui.oven.engines import Engine, Messages, Response, RolloutOrder, StimOrder, Stimulus, TrainingStep
from breadtui.oven.jobs_store import Job, Losses, Phase, Status
from breadtui.oven.schemas import TargetFields
from breadtui.oven.store import Kind, Repo, Resource, Store, messages_of
from breadtui.oven.submission import bake_order, count_responses

_log = logging.getLogger(__name__)
_STIMULUS = TypeAdapter(Stimulus)
Yield = Sequence[Stimulus] | Sequence[Response] | Sequence[TrainingStep]


class Worker:
    """Runs the store's jobs with an engine, at most `side_by_side` at a time."""

    def __init__(self, store: Store, engine: Engine, *, side_by_side: int = 4) -> None:
        self._store = store
        self._engine = engine
        self._side_by_side = side_by_side
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._news = asyncio.Condition()

    async def run(self) -> None:
        """Take jobs until cancelled; what is under way then is left to the next start."""
        try:
            for job in self._store.jobs.interrupted():
                self._begin(job)
            # The lock is held from looking to waiting, so that no submission falls between the two.
            async with self._news:
                while True:
                    while len(self._under_way) < self._side_by_side and (job := self._store.jobs.take_next()):
                        self._begin(job)
                    await self._news.wait()
        finally:
            tasks = list(self._under_way.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def settle(self, job_id: int, patience: float) -> None:
        """Tell of a job that was submitted, and wait for its end for at most `patience` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience), self._news:
                self._news.notify_all()
                await self._news.wait_for(lambda: self._ended(job_id))

    async def run_job(self, job: Job, until: float = 1.0) -> None:
        """Run one job to its end; with `until`, a fraction of its rows, leave it there as if interrupted."""
        owner = self._store.owner(job.resource_id)
        if owner is None:
            return
        repo, resource = owner
        fault = self._store.fault(repo.name, job.phase, resource.name)
        stop = int(job.expected * min(until, fault[0] if fault else 1.0))
        lines = job.lines
        async with contextlib.aclosing(self._yields(repo, resource, job)) as yields:
            while lines < stop:
                ready = await anext(yields, None)
                if ready is None:
                    raise RuntimeError(f"it ended after {lines} of {job.expected} rows")
                batch = ready[: stop - lines]
                if not self._store.jobs.advance(job.id, lines, list(map(_row, batch)), _losses(batch)):
                    return
                lines += len(batch)
        if fault and fault[0] <= until:
            with self._store.transaction():
                self._store.jobs.fail(job.id, fault[1])
                self._store.forget_fault(repo.name, job.phase, resource.name)
        elif until >= 1:
            self._store.jobs.complete(job.id)

    def _begin(self, job: Job) -> None:
        self._under_way[job.id] = asyncio.create_task(self._watched(job), name=f"{job.phase} {job.id}")

    async def _watched(self, job: Job) -> None:
        try:
            await self.run_job(job)
        except Exception as error:
            # Whatever an engine raises ends its own job, and neither the others nor the server.
            _log.exception("%s job %d failed", job.phase, job.id)
            self._store.jobs.fail(job.id, f"The engine stopped: {error or type(error).__name__}")
        finally:
            del self._under_way[job.id]
        async with self._news:
            self._news.notify_all()

    def _ended(self, job_id: int) -> bool:
        job = self._store.jobs.get(job_id)
        return job is None or job.status in (Status.COMPLETE, Status.FAILED)

    def _yields(self, repo: Repo, resource: Resource, job: Job) -> AsyncGenerator[Yield, None]:
        match job.phase:
            case Phase.STIM:
                fields = TargetFields.model_validate(resource.body)
                teacher, student = (
                    self._messages(repo, name) for name in (fields.teacher_prompt, fields.student_prompt)
                )
                return self._engine.stimuli(StimOrder(fields.generators or (), teacher, student), job.lines)
            case Phase.ROLLOUT:
                return self._engine.responses(self._rollout_order(repo, resource, job.lines), job.lines)
            case Phase.BAKE:
                order = bake_order(repo, resource, count_responses(self._store, repo, resource))
                return self._engine.training(order, job.lines)

    def _rollout_order(self, repo: Repo, target: Resource, start: int) -> RolloutOrder:
        fields = TargetFields.model_validate(target.body)
        trajectories = fields.num_traj_per_stimulus or 1
        return RolloutOrder(
            settings=fields,
            teacher=self._messages(repo, fields.teacher_prompt),
            stimuli=self._stimuli(target, start // trajectories),
            model=fields.model_name or repo.base_model,
            trajectories=trajectories,
        )

    def _stimuli(self, target: Resource, first: int) -> Iterator[Stimulus]:
        stim = self._store.jobs.of(target.id, Phase.STIM)
        for row in self._store.jobs.rows_from(stim.id, first) if stim else ():
            yield _STIMULUS.validate_python(row)

    def _messages(self, repo: Repo, name: str | None) -> Messages:
        prompt = self._store.find(repo, Kind.PROMPT, name) if name else None
        return messages_of(prompt) if prompt else []


def _row(item: Stimulus | Response | TrainingStep) -> Mapping[str, object]:
    return {key: value for key, value in asdict(item).items() if value is not None}


def _losses(batch: Yield) -> Losses | None:
    losses = [item.loss for item in batch if isinstance(item, TrainingStep)]
    return Losses(losses[-1], min(losses), max(losses)) if losses else None
