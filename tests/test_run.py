"""`breadtui run`, run as a person runs it: the outlook, the question, every step in order, and every way it may end."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from breadtui.oven.jobs_store import Phase
from breadtui.oven.store import Kind
from tests.support.oven import RunningOven
from tests.support.program import PROGRAM, environ, loaded_by, refused, run, started, stocked
from tests.support.terminal import Terminal

BAKE = "yoda_repo/yoda_bake"
KEPT = "`breadtui run` goes on with"
SLOW = 0.001


@pytest.fixture
def oven(oven: RunningOven) -> RunningOven:
    stocked(oven)
    return oven


def job(oven: RunningOven, phase: Phase, name: str = "yoda") -> tuple[int, str] | None:
    """The number of a job and its state; None where it was never started."""
    repo = oven.store.repo("yoda_repo")
    assert repo
    kind = Kind.BAKE if phase is Phase.BAKE else Kind.TARGET
    thing = oven.store.find(repo, kind, name)
    found = oven.store.jobs.of(thing.id, phase) if thing else None
    return (found.id, found.status.value) if found else None


def kept(oven: RunningOven) -> list[Path]:
    return [*(oven.settings.data.parent / "state" / "runs").rglob("*.json")]


# -- looking and asking --


@pytest.mark.parametrize("arguments", [("--help",), (BAKE, "--yes"), ()])
def test_no_screen_is_loaded_for_it(oven: RunningOven, arguments: tuple[str, ...]) -> None:
    code, loaded = loaded_by(oven, "run", *arguments)
    assert code == "0"
    assert "click" in loaded, "this looks at what is loaded"
    assert not loaded & {"textual", "fastapi", "uvicorn", "ruamel"}
    assert "--help" not in arguments or not loaded & {"httpx", "pydantic", "rich", "asyncio"}


def test_without_a_terminal_it_starts_nothing_unasked(oven: RunningOven) -> None:
    done = run(oven, "run", BAKE)
    assert "add --yes" in refused(done)
    assert done.stdout == (
        "stim       1  yoda_repo/yoda\n"
        "rollout    1  yoda_repo/yoda\n"
        "bake       1  yoda_repo/yoda_bake\n"
        "That makes 2 stimuli and 2 responses.\n"
    )
    assert job(oven, Phase.STIM) is None


@pytest.fixture
def terminal(oven: RunningOven) -> Iterator[Terminal]:
    opened = Terminal([*PROGRAM, "run", BAKE], environ=environ(oven), rows=20)
    yield opened
    opened.close()


def test_on_a_terminal_it_asks_first_and_shows_what_came_of_it(terminal: Terminal, oven: RunningOven) -> None:
    terminal.wait_for(r"2 responses\.\s+Run this\? \[y/N\]")
    assert job(oven, Phase.STIM) is None
    terminal.send("y", "enter")
    assert terminal.wait_for_end() == 0
    assert "✔ stim    yoda_repo/yoda  complete, 2" in terminal.text
    assert "✔ bake    yoda_repo/yoda_bake  complete, loss" in terminal.text
    assert "waits" not in terminal.text


def test_on_a_terminal_no_means_nothing(terminal: Terminal, oven: RunningOven) -> None:
    terminal.wait_for(r"Run this\? \[y/N\]")
    terminal.send("enter")
    terminal.wait_for("Nothing was started.")
    assert terminal.wait_for_end() == 1
    assert job(oven, Phase.STIM) is None
    assert kept(oven) == []


# -- running --


def test_a_bake_is_run_from_nothing_with_a_line_for_each_change(oven: RunningOven) -> None:
    done = run(oven, "run", BAKE, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    stim, rollout, bake = done.stdout.splitlines()[4:]
    assert stim == "stim yoda_repo/yoda: complete, 2"
    assert rollout == "rollout yoda_repo/yoda: complete, 2/2"
    assert bake.startswith("bake yoda_repo/yoda_bake: complete, loss ")
    assert "\x1b" not in done.stdout
    assert kept(oven) == []


def test_what_is_complete_is_not_run_again(oven: RunningOven) -> None:
    run(oven, "run", "yoda_repo/yoda", "--yes")
    before = job(oven, Phase.ROLLOUT)
    done = run(oven, "run", BAKE, "--yes")
    assert done.stdout.startswith("bake       1  yoda_repo/yoda_bake\nbake yoda_repo/yoda_bake: complete")
    assert job(oven, Phase.ROLLOUT) == before
    done = run(oven, "run", BAKE, "--yes")
    assert done.stdout == f"{BAKE}: there is nothing to start. It is complete.\n"
    assert done.returncode == 0


def test_only_the_phases_that_were_named_are_run(oven: RunningOven) -> None:
    assert run(oven, "run", BAKE, "--phases", "stim", "--yes").returncode == 0
    assert job(oven, Phase.STIM)
    assert job(oven, Phase.ROLLOUT) is None
    said = refused(run(oven, "run", BAKE, "--phases", "bake", "--yes"))
    assert "rollout of yoda_repo/yoda is neither complete nor under way. Add rollout to --phases" in said
    assert run(oven, "run", BAKE, "--phases", "rollout,bake", "--yes").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere/yoda",), "no repository “nowhere”"),
        (("yoda_repo/nobody",), "no target or bake “nobody” in yoda_repo. There are: yoda, yoda_bake."),
        (("yoda_repo/yoda", "--phases", "bake"), "is a target"),
    ],
)
def test_what_is_not_there_is_refused_by_name(oven: RunningOven, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused(run(oven, "run", *arguments, "--yes"))


@pytest.mark.parametrize("arguments", [("yoda_repo",), ("/yoda",), (BAKE, "--phases", "dance")])
def test_what_is_not_understood_ends_with_exit_code_2(oven: RunningOven, arguments: tuple[str, ...]) -> None:
    done = run(oven, "run", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ")


def test_a_server_that_is_not_there_is_told_and_nothing_is_begun(oven: RunningOven) -> None:
    said = refused(run(oven, "run", BAKE, "--yes", BREAD_BASE_URL="http://127.0.0.1:9"))
    assert "nothing listens there" in said


# -- stopped half-way --


def test_a_failure_is_told_kept_and_gone_on_from(oven: RunningOven) -> None:
    oven.store.inject_fault("yoda_repo", "rollout", "yoda", "CUDA out of memory")
    done = run(oven, "run", BAKE, "--yes")
    assert done.returncode == 1
    assert "rollout yoda_repo/yoda: failed, 0/2, CUDA out of memory\n" in done.stdout
    assert "Not run because of it: bake of yoda_repo/yoda_bake.\n" in done.stdout
    assert done.stderr == f"breadtui: 2 steps are kept: {KEPT} them.\n"
    stim = job(oven, Phase.STIM)
    again = run(oven, "run", "--yes")
    assert again.returncode == 0
    assert again.stdout.startswith("The rollout of yoda_repo/yoda failed: CUDA out of memory\n\nWhat failed is tried")
    assert job(oven, Phase.BAKE, "yoda_bake")
    assert job(oven, Phase.STIM) == stim
    assert kept(oven) == []


def test_an_empty_purse_pauses_it_with_the_servers_words(oven: RunningOven) -> None:
    oven.store.refuse_payment("yoda_repo", "rollout", "yoda", "Only 3 cents are left.")
    done = run(oven, "run", BAKE, "--yes")
    assert done.returncode == 1
    assert "Only 3 cents are left." in done.stdout
    assert done.stderr == f"breadtui: 2 steps are kept: {KEPT} them.\n"
    again = run(oven, "run", "--yes")
    assert again.returncode == 0
    assert "Paused: " in again.stdout
    assert "Only 3 cents are left." in again.stdout
    assert job(oven, Phase.BAKE, "yoda_bake")


def test_detached_it_starts_what_can_start_and_keeps_the_rest(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    done = run(oven, "run", BAKE, "--yes", "--detach")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"1 job runs on at the server. 2 steps are kept: {KEPT} them.\n")
    assert job(oven, Phase.ROLLOUT) is None
    stim = job(oven, Phase.STIM)
    oven.restart(speed=0)
    assert run(oven, "run", "--yes").returncode == 0
    assert job(oven, Phase.BAKE, "yoda_bake")
    assert stim
    assert job(oven, Phase.STIM) == (stim[0], "complete")


def test_interrupted_by_its_user_it_leaves_the_job_running_and_says_how_to_go_on(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    process = started(oven, "run", BAKE, "--yes")
    assert process.stdout
    while not process.stdout.readline().startswith("stim yoda_repo/yoda: "):
        pass
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == f"breadtui: Stopped. 1 job runs on at the server. 2 steps are kept: {KEPT} them.\n"
    found = job(oven, Phase.STIM)
    assert found
    assert found[1] == "running"


@pytest.mark.parametrize("ended", ["killed", "hung up"])
def test_killed_it_is_gone_on_with_where_it_was(oven: RunningOven, ended: str) -> None:
    oven.restart(speed=SLOW)
    process = started(oven, "run", BAKE, "--yes")
    assert process.stdout
    while not process.stdout.readline().startswith("stim yoda_repo/yoda: "):
        pass
    others = run(oven, "run")
    assert others.stdout == (
        f"Another breadtui (process {process.pid}) sees to 2 steps; nothing else is left to go on with.\n"
    )
    process.send_signal(signal.SIGKILL if ended == "killed" else signal.SIGHUP)
    process.communicate(timeout=30)
    stim = job(oven, Phase.STIM)
    assert stim
    oven.restart(speed=0)
    assert run(oven, "run", "--yes").returncode == 0
    assert job(oven, Phase.STIM) == (stim[0], "complete")
    assert job(oven, Phase.BAKE, "yoda_bake")
    assert kept(oven) == []


def test_where_nothing_is_left_it_says_so(oven: RunningOven) -> None:
    done = run(oven, "run")
    assert (done.returncode, done.stdout) == (0, "Nothing is left to go on with.\n")


def test_a_server_that_stays_away_ends_it_and_the_rest_is_kept(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    process = started(oven, "run", BAKE, "--yes", "--interval", "0.2", "--timeout", "0.5")
    assert process.stdout
    while not process.stdout.readline().startswith("stim yoda_repo/yoda: "):
        pass
    oven.stop()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 3
    assert f"2 steps are kept: {KEPT} them.\n" in errors
