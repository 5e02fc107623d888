"""Which steps are missing, in what order they run, and what a failure stops; the server is the test itself."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from breadtui.api.errors import BreadError, NoCredits, NotFound, RateLimited, Refused, Unreachable
from breadtui.bakery.changes import CatalogChanged, JobChanged, LinkChanged
from breadtui.bakery.jobs import JobKey, JobStatus, State
from breadtui.bakery.pipeline import Pipeline
from breadtui.bakery.runs import Run, Runs, Standing
from breadtui.bakery.steps import Step, missing_for_bake, missing_for_target
from tests.bakery.recipes import REPO, Heard, bake, ended, rollout, running, stim, turns, until


class Server:
    """Starts what it is asked to, and comes to the ends that the test tells, as the watcher would see them."""

    def __init__(self, runs: Runs | None = None) -> None:
        self.heard = Heard()
        self.started: list[JobKey] = []
        self.known: dict[JobKey, JobStatus] = {}
        self.refusals: dict[JobKey, BreadError] = {}
        self.answers: dict[JobKey, JobStatus] = {}
        self.open = asyncio.Event()
        """While it is not set, starting takes its time."""
        self.open.set()
        self.stands: dict[JobKey, JobStatus] = {}
        """How the server's jobs stand, whether the watcher saw it or not."""
        self.runs = runs or Runs()
        self.pipeline = Pipeline(self.known.get, self._start, self.heard, ask=self._ask, runs=self.runs)

    def killed(self) -> "Server":
        """The same server as a new program meets it, after this one was killed."""
        self.runs.release()
        return self.beside()

    def beside(self) -> "Server":
        """The same server as another program meets it that runs beside this one."""
        other = Server(Runs(self.runs.folder))
        other.started, other.stands, other.refusals = self.started, self.stands, self.refusals
        return other

    def goes_on(self, *keys: JobKey, state: State = State.COMPLETE) -> None:
        """Jobs come to their end, and no program sees it."""
        self.stands.update({key: ended(key, state, "It broke." if state is State.FAILED else None) for key in keys})

    def at(self, state: State, *keys: JobKey) -> None:
        """That is how these jobs stand when the program first looks."""
        self.known.update({key: ended(key, state) for key in keys})

    def sees(self, status: JobStatus) -> None:
        """The watcher saw that, as it does: a change only where something changed."""
        before = self.known.get(status.key)
        self.known[status.key] = self.stands[status.key] = status
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

    async def _ask(self, key: JobKey) -> None:
        if refusal := self.refusals.get(key):
            raise refusal
        self.sees(self.stands.get(key, JobStatus(key, State.NOT_STARTED)))


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[Server]:
    server = Server(Runs(tmp_path / "runs"))
    yield server
    await server.pipeline.close()


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
    server.refusals[rollout()] = Refused("The server did not accept this: teapot.", status=418)
    await server.run_bake("yoda")
    await server.ends(stim())
    assert server.started == [stim(), rollout()]
    assert server.pipeline.waiting == {}
    (said,) = server.heard.failures
    assert said == (
        "The rollout of yoda_repo/yoda could not be started: The server did not accept this: teapot."
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


# -- no money --


NO_CREDIT = NoCredits("The account has no credit left: only 3 cents.", status=402)


async def test_an_empty_purse_pauses_all_that_waits_and_keeps_it(server: Server) -> None:
    server.refusals[rollout("one")] = NO_CREDIT
    await server.run_bake("one", "two")
    await server.ends(stim("one"))
    assert server.pipeline.paused == str(NO_CREDIT)
    (said,) = server.heard.failures
    assert said == (
        "The rollout of yoda_repo/one could not be started: The account has no credit left: only 3 cents."
        " 3 steps wait until you go on."
    )
    await server.ends(stim("two"))
    assert rollout("two") not in server.started
    assert set(server.pipeline.waiting) == {rollout("one"), rollout("two"), bake()}


async def test_several_that_are_refused_together_are_told_once(server: Server) -> None:
    server.refusals.update({stim("one"): NO_CREDIT, stim("two"): NO_CREDIT})
    await server.run_bake("one", "two")
    assert len(server.heard.failures) == 1
    assert len(server.pipeline.waiting) == 5


async def test_a_paused_run_goes_on_when_it_is_told_to(server: Server) -> None:
    server.refusals[rollout()] = NO_CREDIT
    await server.run_bake("yoda")
    await server.ends(stim())
    server.refusals.clear()
    server.pipeline.go_on()
    await turns()
    await server.ends(rollout())
    assert server.started == [stim(), rollout(), rollout(), bake()]
    assert server.pipeline.paused == ""


async def test_a_pause_outlives_the_program(server: Server) -> None:
    server.refusals[stim()] = NO_CREDIT
    await server.run_bake("yoda")
    later = server.killed()
    assert later.pipeline.pending().paused == str(NO_CREDIT)
    later.refusals.clear()
    await later.pipeline.resume()
    await turns()
    assert server.started == [stim(), stim()]


# -- a server that is away --


async def test_a_start_that_reaches_nobody_is_tried_again_when_somebody_is_there(server: Server) -> None:
    server.refusals[stim()] = Unreachable("bread cannot be reached.")
    await server.run_bake("yoda")
    assert server.pipeline.problem == "bread cannot be reached."
    assert len(server.heard.failures) == 1
    server.refusals.clear()
    server.pipeline.notice(LinkChanged(None))
    await turns()
    assert server.started == [stim(), stim()]
    assert server.pipeline.problem == ""


async def test_a_start_is_tried_again_by_itself(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breadtui.bakery.pipeline.SHORTEST_WAIT", 0.001)
    monkeypatch.setattr("breadtui.bakery.pipeline.LONGEST_WAIT", 0.002)
    server.refusals[stim()] = Unreachable("bread cannot be reached.")
    await server.run_bake("yoda")
    await until(lambda: len(server.started) > 2, "a few tries")
    assert len(server.heard.failures) == 1
    server.refusals.clear()
    await until(lambda: stim() not in server.pipeline.waiting, "the stim")


async def test_a_server_that_asked_to_wait_is_left_alone_meanwhile(server: Server) -> None:
    server.refusals[stim("one")] = RateLimited("Too many requests.", retry_after=600)
    await server.run_bake("one")
    server.pipeline.notice(LinkChanged(None))
    await server.run_bake("one", "two")
    assert server.started == [stim("one")]


# -- called off, and taken up again --


async def test_a_waiting_step_can_be_called_off_and_with_it_what_waits_for_it(server: Server) -> None:
    await server.run_bake("one", "two")
    server.pipeline.call_off([rollout("one"), stim("two")])
    assert [*server.pipeline.waiting] == [rollout("two")]
    assert server.heard.started[-1] == "Called off: rollout of yoda_repo/one, bake of yoda_repo/yoda_bake."
    await server.ends(stim("one"))
    assert rollout("one") not in server.started


async def test_what_was_called_off_is_not_offered_again(server: Server) -> None:
    await server.run_bake("yoda")
    server.pipeline.call_off([rollout()])
    assert server.killed().pipeline.pending() == Run()


async def test_retry_goes_on_from_what_failed(server: Server) -> None:
    await server.run_bake("one", "two")
    await server.ends(stim("one"), stim("two"))
    await server.ends(rollout("one"), state=State.FAILED, error="It broke.")
    assert {key: held.standing for key, held in server.pipeline.stopped.items()} == {
        rollout("one"): Standing.FAILED,
        bake(): Standing.STOPPED,
    }
    server.pipeline.retry(bake())
    await turns()
    assert server.started[-1] == rollout("one")
    await server.ends(rollout("one"), rollout("two"))
    assert server.started[-1] == bake()
    assert server.pipeline.stopped == {}


async def test_retry_leaves_stopped_what_another_failure_holds_back(server: Server) -> None:
    await server.run_bake("one", "two")
    await server.ends(stim("one"), stim("two"), state=State.FAILED, error="It broke.")
    server.pipeline.retry(rollout("one"))
    await turns()
    assert server.started[2:] == [stim("one")]
    assert set(server.pipeline.stopped) == {stim("two"), rollout("two"), bake()}


# -- killed, and gone on with --


ORDER = (stim("one"), stim("two"), rollout("one"), rollout("two"), bake())


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("ends", range(len(ORDER) + 1))
async def test_killed_after_any_step_it_goes_on_where_it_was(server: Server, ends: int, seen: bool) -> None:
    await server.run_bake("one", "two")
    for key in ORDER[: ends - (not seen)]:
        await server.ends(key)
    if not seen:
        server.goes_on(*ORDER[max(0, ends - 1) : ends])
    later = server.killed()
    await later.pipeline.resume()
    await turns()
    for key in ORDER:
        await later.ends(key)
    assert sorted(server.started) == sorted(ORDER)
    assert later.pipeline.waiting == {}
    assert later.killed().pipeline.pending() == Run()


async def test_killed_while_it_starts_a_step_it_asks_whether_that_runs(server: Server) -> None:
    server.open.clear()
    await server.run_bake("yoda")
    server.stands[stim()] = running(stim())  # the order came through, and its answer did not
    later = server.killed()
    await later.pipeline.resume()
    await turns()
    assert server.started == [stim()]
    await later.ends(stim())
    assert server.started == [stim(), rollout()]


async def test_a_step_that_failed_while_nobody_looked_stops_what_waits_for_it(server: Server) -> None:
    await server.run_bake("yoda")
    server.goes_on(stim(), state=State.FAILED)
    later = server.killed()
    await later.pipeline.resume()
    await turns()
    assert server.started == [stim()]
    (said,) = later.heard.failures
    assert said == (
        "The stim of yoda_repo/yoda failed: It broke."
        " Not run because of it: rollout of yoda_repo/yoda, bake of yoda_repo/yoda_bake."
    )
    later.pipeline.retry(stim())
    await turns()
    assert server.started == [stim(), stim()]


async def test_what_failed_before_it_was_killed_can_still_be_gone_on_with(server: Server) -> None:
    await server.run_bake("yoda")
    await server.ends(stim(), state=State.FAILED, error="It broke.")
    later = server.killed()
    assert await later.pipeline.resume() == ()
    assert server.started == [stim()]
    assert later.heard.failures == []
    later.pipeline.retry(bake())
    await turns()
    await later.ends(stim())
    assert server.started == [stim(), stim(), rollout()]


async def test_a_job_awaited_but_begun_by_others_that_failed_meanwhile_stops_what_waits(server: Server) -> None:
    server.at(State.COMPLETE, stim())
    server.sees(running(rollout(), 10))
    await server.run_bake("yoda")
    server.goes_on(rollout(), state=State.FAILED)
    later = server.killed()
    await later.pipeline.resume()
    assert later.pipeline.waiting == {}
    assert "Not run because of it: bake of yoda_repo/yoda_bake." in later.heard.failures[0]


async def test_a_step_whose_target_is_gone_is_let_go_with_what_waits_for_it(server: Server) -> None:
    await server.run_bake("yoda")
    later = server.killed()
    later.refusals.update({key: NotFound("gone", status=404) for key in (stim(), rollout())})
    await later.pipeline.resume()
    assert later.pipeline.waiting == {}
    assert "was deleted" in later.heard.failures[0]
    assert later.killed().pipeline.pending() == Run()


async def test_where_the_server_cannot_be_asked_nothing_is_lost(server: Server) -> None:
    await server.run_bake("yoda")
    later = server.killed()
    later.refusals[stim()] = Unreachable("bread cannot be reached.")
    with pytest.raises(Unreachable):
        await later.pipeline.resume()
    assert {held.key for held in later.pipeline.pending().open} == {rollout(), bake()}


async def test_what_is_discarded_is_not_offered_again(server: Server) -> None:
    await server.run_bake("yoda")
    later = server.killed()
    later.pipeline.discard()
    assert later.pipeline.pending() == Run()


async def test_closing_leaves_what_waits_to_the_next(server: Server) -> None:
    await server.run_bake("yoda")
    await server.pipeline.close()
    assert {held.key for held in server.beside().pipeline.pending().open} == {rollout(), bake()}


async def test_a_disk_that_cannot_be_written_does_not_keep_a_run_from_going_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    server = Server(Runs(tmp_path / "file" / "runs"))
    await server.run_bake("yoda")
    await server.ends(stim())
    assert server.started == [stim(), rollout()]
    (said,) = server.heard.failures
    assert "cannot be kept on disk" in said


# -- two programs --


async def test_two_programs_do_not_start_the_same_step(server: Server) -> None:
    other = server.beside()
    await server.run_bake("yoda")
    other.sees(running(stim(), 0))
    await other.run_bake("yoda")
    assert other.pipeline.elsewhere.keys() == {rollout(), bake()}
    for key in (stim(), rollout(), bake()):
        await server.ends(key)
        await other.ends(key)
    assert server.started == [stim(), rollout(), bake()]
    assert other.pipeline.waiting == {}
    await other.pipeline.close()


async def test_what_another_program_saw_to_is_taken_over_when_that_is_gone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breadtui.bakery.pipeline.ELSEWHERE", 0.001)
    other = server.beside()
    await server.run_bake("yoda")
    other.sees(running(stim(), 0))
    await other.run_bake("yoda")
    await other.ends(stim())
    assert server.started == [stim()]
    server.runs.release()
    await until(lambda: rollout() in server.started, "the rollout")
    assert server.started == [stim(), rollout()]
    await other.ends(rollout())
    assert server.started == [stim(), rollout(), bake()]
    await other.pipeline.close()


async def test_what_another_program_started_is_seen_by_asking(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breadtui.bakery.pipeline.ELSEWHERE", 0.001)
    other = server.beside()
    await server.run_bake("yoda")
    other.sees(running(stim(), 0))
    await other.run_bake("yoda")
    await server.ends(stim())
    await other.ends(stim())
    await until(lambda: rollout() not in other.pipeline.waiting, "the news")
    assert server.started == [stim(), rollout()]
    await other.pipeline.close()
