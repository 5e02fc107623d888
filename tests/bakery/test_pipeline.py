"""Which steps are missing, in what order they run, and what a failure stops; the server is the test itself."""

import asyncio
from dataclasses import replace

import pytest

from breadtui.api.errors import BreadError, NoCredits
from breadtui.bakery.changes import CatalogChanged, JobChanged
from breadtui.bakery.jobs import JobKey, JobStatus, State
from breadtui.bakery.pipeline import Pipeline, Step, missing_for_bake, missing_for_target
from tests.bakery.recipes import REPO, Heard, bake, ended, rollout, running, stim, turns


class Server:
    """Starts what it is asked to, and comes to the ends that the test tells, as the watcher would see them."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.started: list[JobKey] = []
        self.known: dict[JobKey, JobStatus] = {}
        self.refusals: dict[JobKey, BreadError] = {}
        self.answers: dict[JobKey, JobStatus] = {}
        self.open = asyncio.Event()
        """While it is not set, starting takes its time."""
        self.open.set()
        self.pipeline = Pipeline(self.known.get, self._start, self.heard)

    def at(self, state: State, *keys: JobKey) -> None:
        """That is how these jobs stand when the program first looks."""
        self.known.update({key: ended(key, state) for key in keys})

    def sees(self, status: JobStatus) -> None:
        """The watcher saw that, as it does: a change only where something changed."""
        before = self.known.get(status.key)
        self.known[status.key] = status
        if status != before:
            self.pipeline.notice(JobChanged(status, before))

    async def ends(self, *keys: JobKey, state: State = State.COMPLETE, error: str | None = None) -> None:
        for key in keys:
            self.sees(ended(key, state, error))
        await turns()

    async def run_bake(self, *targets: str) -> None:
        self.pipeline.run(missing_for_bake(REPO, "yoda_bake", targets, self.known.get))
        await turns()

    async def _start(self, key: JobKey) -> JobStatus:
        self.started.append(key)
        await self.open.wait()
        if refusal := self.refusals.get(key):
            raise refusal
        status = self.answers.get(key, running(key, 0))
        self.sees(status)
        return status


@pytest.fixture
async def server() -> Server:
    return Server()


# -- what is missing --


def test_a_target_that_never_ran_needs_its_stim_and_then_its_rollout() -> None:
    assert missing_for_target(REPO, "yoda", lambda _: None) == (
        Step(stim()),
        Step(rollout(), frozenset([stim()])),
    )


@pytest.mark.parametrize(
    ("stim_state", "rollout_state", "missing"),
    [
        (State.COMPLETE, State.NOT_STARTED, [rollout()]),
        (State.RUNNING, State.NOT_STARTED, [rollout()]),
        (State.QUEUED, State.NOT_STARTED, [rollout()]),
        (State.UNRECOGNISED, State.NOT_STARTED, [rollout()]),
        (State.FAILED, State.NOT_STARTED, [stim(), rollout()]),
        (State.COMPLETE, State.FAILED, [rollout()]),
        (State.COMPLETE, State.RUNNING, []),
        (State.COMPLETE, State.UNRECOGNISED, []),
        (State.COMPLETE, State.COMPLETE, []),
    ],
)
def test_a_target_needs_only_what_is_neither_done_nor_under_way(
    stim_state: State, rollout_state: State, missing: list[JobKey]
) -> None:
    known = {stim(): ended(stim(), stim_state), rollout(): ended(rollout(), rollout_state)}
    assert [step.key for step in missing_for_target(REPO, "yoda", known.get)] == missing


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.COMPLETE, State.UNRECOGNISED])
def test_a_bake_that_runs_or_is_done_needs_nothing(state: State) -> None:
    known = {bake(): ended(bake(), state)}
    assert missing_for_bake(REPO, "yoda_bake", ["yoda"], known.get) == ()


def test_a_target_named_twice_among_a_bakes_datasets_is_run_once() -> None:
    steps = missing_for_bake(REPO, "yoda_bake", ["yoda", "yoda"], lambda _: None)
    assert [step.key for step in steps] == [stim(), rollout(), bake()]


def test_a_bake_of_no_targets_is_left_to_the_server_to_refuse() -> None:
    assert missing_for_bake(REPO, "yoda_bake", [], lambda _: None) == (Step(bake()),)


# -- order --


async def test_a_bake_from_nothing_runs_stim_then_rollout_then_bake(server: Server) -> None:
    await server.run_bake("yoda")
    assert server.started == [stim()]
    await server.ends(stim())
    assert server.started == [stim(), rollout()]
    await server.ends(rollout())
    assert server.started == [stim(), rollout(), bake()]
    assert server.pipeline.waiting == {}
    assert server.heard.started == [
        "Started the stim of yoda_repo/yoda",
        "Started the rollout of yoda_repo/yoda",
        "Started the bake of yoda_repo/yoda_bake",
    ]


async def test_progress_alone_starts_nothing(server: Server) -> None:
    await server.run_bake("yoda")
    server.sees(running(stim(), 99))
    server.pipeline.notice(CatalogChanged(REPO))
    await turns()
    assert server.started == [stim()]


async def test_targets_run_side_by_side_and_the_bake_waits_for_the_last(server: Server) -> None:
    await server.run_bake("one", "two")
    assert server.started == [stim("one"), stim("two")]
    await server.ends(stim("two"))
    assert server.started[2:] == [rollout("two")]
    await server.ends(rollout("two"), stim("one"))
    assert server.started[3:] == [rollout("one")]
    await server.ends(rollout("one"))
    assert server.started[4:] == [bake()]


async def test_what_is_complete_is_not_run_again(server: Server) -> None:
    server.at(State.COMPLETE, stim("one"), rollout("one"), stim("two"))
    await server.run_bake("one", "two")
    assert server.started == [rollout("two")]


async def test_what_is_under_way_is_awaited_and_not_started_twice(server: Server) -> None:
    server.at(State.RUNNING, stim("one"))
    server.at(State.COMPLETE, stim("two"))
    server.at(State.QUEUED, rollout("two"))
    await server.run_bake("one", "two")
    assert server.started == []
    await server.ends(stim("one"), rollout("two"))
    assert server.started == [rollout("one")]
    await server.ends(rollout("one"))
    assert server.started == [rollout("one"), bake()]


async def test_all_that_finishes_while_it_is_being_started_is_gone_on_from(server: Server) -> None:
    for key in (stim(), rollout(), bake()):
        server.answers[key] = ended(key)
    await server.run_bake("yoda")
    assert server.started == [stim(), rollout(), bake()]
    assert server.pipeline.waiting == {}


async def test_asking_again_while_the_server_has_not_answered_starts_nothing_twice(server: Server) -> None:
    server.open.clear()
    await server.run_bake("yoda")
    await server.run_bake("yoda")
    server.open.set()
    await turns()
    assert server.started == [stim()]
    await server.ends(stim())
    await server.ends(rollout())
    assert server.started == [stim(), rollout(), bake()]
    assert len(server.heard.started) == 3


async def test_two_bakes_of_one_target_run_it_once(server: Server) -> None:
    for name in ("first", "second"):
        server.pipeline.run(missing_for_bake(REPO, name, ["yoda"], server.known.get))
    await turns()
    await server.ends(stim())
    await server.ends(rollout())
    assert server.started == [stim(), rollout(), bake("first"), bake("second")]


# -- failures --


async def test_a_failed_rollout_stops_the_bake_that_waits_for_it(server: Server) -> None:
    await server.run_bake("yoda")
    await server.ends(stim())
    await server.ends(rollout(), state=State.FAILED, error="CUDA out of memory")
    assert server.started == [stim(), rollout()]
    assert server.pipeline.waiting == {}
    assert server.heard.failures == [
        "The rollout of yoda_repo/yoda failed: CUDA out of memory. Not run because of it: bake of yoda_repo/yoda_bake."
    ]


async def test_a_failed_stim_stops_all_that_follows_from_it(server: Server) -> None:
    await server.run_bake("yoda")
    await server.ends(stim(), state=State.FAILED, error="No generator answered.")
    assert server.pipeline.waiting == {}
    (said,) = server.heard.failures
    assert said == (
        "The stim of yoda_repo/yoda failed: No generator answered."
        " Not run because of it: rollout of yoda_repo/yoda, bake of yoda_repo/yoda_bake."
    )


async def test_a_failure_stops_nothing_that_does_not_depend_on_it(server: Server) -> None:
    server.pipeline.run(missing_for_bake(REPO, "other_bake", ["two", "three"], server.known.get))
    await server.run_bake("one", "two")
    await server.ends(stim("one"), state=State.FAILED, error="It broke.")
    await server.ends(stim("two"), stim("three"))
    await server.ends(rollout("two"), rollout("three"))
    assert rollout("two") in server.started
    assert bake("other_bake") in server.started
    assert bake() not in server.started
    assert len(server.heard.failures) == 1


async def test_a_failure_without_words_says_that_it_has_none(server: Server) -> None:
    await server.run_bake("yoda")
    await server.ends(stim(), state=State.FAILED)
    assert server.heard.failures[0].startswith(
        "The stim of yoda_repo/yoda failed, and the server does not say why. Not run"
    )


async def test_a_start_that_is_refused_stops_what_waits_and_passes_on_the_servers_words(server: Server) -> None:
    server.refusals[rollout()] = NoCredits("The account has run out of credit: Please add funds.", status=402)
    await server.run_bake("yoda")
    await server.ends(stim())
    assert server.started == [stim(), rollout()]
    assert server.pipeline.waiting == {}
    (said,) = server.heard.failures
    assert said == (
        "The rollout of yoda_repo/yoda could not be started: The account has run out of credit: Please add funds."
        " Not run because of it: bake of yoda_repo/yoda_bake."
    )


async def test_a_bake_awaits_the_failure_of_what_ran_before_it_was_asked_for(server: Server) -> None:
    server.at(State.COMPLETE, stim())
    server.known[rollout()] = running(rollout(), 10)
    await server.run_bake("yoda")
    await server.ends(rollout(), state=State.FAILED, error="It broke.")
    assert server.pipeline.waiting == {}
    assert len(server.heard.failures) == 1


async def test_a_job_that_had_failed_before_the_program_came_is_not_announced(server: Server) -> None:
    await server.ends(bake(), state=State.FAILED, error="It broke last week.")
    assert server.heard == []


async def test_a_job_that_fails_under_our_eyes_is_announced_even_if_others_started_it(server: Server) -> None:
    server.known[bake()] = running(bake(), 10)
    await server.ends(bake(), state=State.FAILED, error="It broke.")
    assert server.heard.failures == ["The bake of yoda_repo/yoda_bake failed: It broke."]


async def test_a_job_that_fails_while_it_is_being_started_is_announced_once(server: Server) -> None:
    server.answers[stim()] = ended(stim(), State.FAILED, "It broke.")
    await server.run_bake("yoda")
    assert server.pipeline.waiting == {}
    assert len(server.heard.failures) == 1
    assert server.heard.started == []


async def test_a_job_that_fails_again_in_the_same_words_is_announced_again(server: Server) -> None:
    failed = ended(stim(), State.FAILED, "It broke.")
    server.known[stim()] = server.answers[stim()] = failed
    await server.run_bake("yoda")
    assert server.started == [stim()]
    assert server.pipeline.waiting == {}
    assert [message.partition(" Not run")[0] for message in server.heard.failures] == [
        "The stim of yoda_repo/yoda failed: It broke."
    ]


async def test_after_a_failure_the_same_run_goes_on_from_there(server: Server) -> None:
    await server.run_bake("yoda")
    await server.ends(stim())
    await server.ends(rollout(), state=State.FAILED, error="It broke.")
    await server.run_bake("yoda")
    await server.ends(rollout())
    await server.ends(bake())
    assert server.started == [stim(), rollout(), rollout(), bake()]


async def test_closing_lets_go_of_what_is_being_started(server: Server) -> None:
    server.open.clear()
    await server.run_bake("yoda")
    async with asyncio.timeout(5):
        await server.pipeline.close()
    server.open.set()
    await turns()
    assert server.known == {}
    assert server.heard == []


async def test_more_progress_of_a_failed_job_is_no_second_failure(server: Server) -> None:
    await server.run_bake("yoda")
    await server.ends(stim(), state=State.FAILED, error="It broke.")
    server.sees(replace(server.known[stim()], lines=3))
    assert len(server.heard.failures) == 1
