"""`breadtui watch`, run as a person runs it: what it follows, what it writes where, and every way it may end."""

import asyncio
import os
import re
import signal
import subprocess

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from tests.support.oven import RunningOven
from tests.support.program import PROGRAM, environ, loaded_by, refused, run, started, stocked
from tests.support.terminal import Terminal

SLOW = 0.001


@pytest.fixture
def oven(oven: RunningOven) -> RunningOven:
    stocked(oven, "one", "two")
    return oven


def begin(oven: RunningOven, *targets: str) -> None:
    """Have stims run, as another program would."""

    async def ask() -> None:
        async with BreadClient(oven.url, Secret(oven.key)) as client:
            for target in targets:
                await client.run_stim("yoda_repo", target)

    asyncio.run(ask())


def followed(oven: RunningOven, *arguments: str) -> tuple[int, list[str]]:
    """Watch two jobs that end once they are seen to run; gives the exit code and the lines."""
    oven.restart(speed=SLOW)
    begin(oven, "one", "two")
    process = started(oven, "watch", *arguments)
    assert process.stdout
    first = [process.stdout.readline() for _ in range(2)]
    oven.restart(speed=0)
    told, errors = process.communicate(timeout=60)
    assert errors == ""
    return process.returncode, [*"".join(first).splitlines(), *told.splitlines()]


@pytest.mark.parametrize("arguments", [("--help",), ()])
def test_no_screen_is_loaded_for_it(oven: RunningOven, arguments: tuple[str, ...]) -> None:
    code, loaded = loaded_by(oven, "watch", *arguments)
    assert code == "0"
    assert "click" in loaded, "this looks at what is loaded"
    assert not loaded & {"textual", "fastapi", "uvicorn", "ruamel"}


def test_where_nothing_runs_it_says_so(oven: RunningOven) -> None:
    done = run(oven, "watch")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing to watch: no job runs.\n", "")
    assert run(oven, "watch", "yoda_repo").stdout == "Nothing to watch: no job runs in yoda_repo.\n"


def test_jobs_that_others_started_are_followed_to_their_end(oven: RunningOven) -> None:
    code, lines = followed(oven, "--interval", "0.2")
    assert code == 0
    assert all(re.fullmatch(r"stim yoda_repo/(one|two): (queued|running|complete)(, .*)?", line) for line in lines)
    assert "stim yoda_repo/one: complete, 2" in lines
    assert "stim yoda_repo/two: complete, 2" in lines
    assert len(set(lines)) == len(lines)


def test_a_job_that_fails_ends_it_with_exit_code_1_once_the_others_are_done(oven: RunningOven) -> None:
    oven.store.inject_fault("yoda_repo", "stim", "one", "No\x1b[31m generator\nanswered.", at=0.6)
    code, lines = followed(oven, "yoda_repo", "--interval", "0.2")
    assert code == 1
    (failed,) = (line for line in lines if "failed" in line)
    assert re.fullmatch(r"stim yoda_repo/one: failed, .*No\S* generator answered\.", failed)
    assert "stim yoda_repo/two: complete, 2" in lines
    assert not any("\x1b" in line for line in lines)


def test_only_what_was_named_is_followed(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    begin(oven, "one")
    done = run(oven, "watch", "yoda_repo/two")
    assert done.returncode == 0
    assert done.stdout == (
        "Nothing to watch: no job runs.\nstim yoda_repo/two: not started\nrollout yoda_repo/two: not started\n"
    )
    assert run(oven, "watch", "--phase", "bake,rollout").stdout == "Nothing to watch: no job runs.\n"


def test_a_target_that_had_failed_before_is_a_failure_where_it_is_named(oven: RunningOven) -> None:
    oven.store.inject_fault("yoda_repo", "stim", "one", "It broke.")
    begin(oven, "one")
    done = run(oven, "watch", "yoda_repo/one")
    assert done.returncode == 1
    assert "stim yoda_repo/one: failed, 0/" not in done.stdout
    assert "It broke." in done.stdout
    assert run(oven, "watch").returncode == 0


def test_interrupted_by_its_user_it_leaves_the_jobs_running_and_says_so(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    begin(oven, "one", "two")
    process = started(oven, "watch")
    assert process.stdout
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "breadtui: Stopped watching. 2 jobs run on at the server.\n"
    process = started(oven, "watch")
    assert process.stdout
    assert "stim" in process.stdout.readline()
    process.kill()
    process.communicate()


def test_a_server_that_stays_away_ends_it_with_exit_code_3(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    begin(oven, "one")
    process = started(oven, "watch", "--interval", "0.2", "--timeout", "0.5")
    assert process.stdout
    process.stdout.readline()
    oven.stop()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "cannot be reached" in errors
    assert "the jobs run on without being watched" in errors


def test_a_server_that_comes_back_in_time_is_followed_on(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    begin(oven, "one")
    process = started(oven, "watch", "--interval", "0.2")
    assert process.stdout
    process.stdout.readline()
    oven.restart(speed=0)
    told, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert told.endswith("stim yoda_repo/one: complete, 2\n")


def test_what_cannot_be_watched_is_refused_in_words(oven: RunningOven) -> None:
    assert "no repository “nowhere”" in refused(run(oven, "watch", "nowhere"))
    assert "no target or bake “x”" in refused(run(oven, "watch", "yoda_repo/x"))
    assert "nothing listens there" in refused(run(oven, "watch", BREAD_BASE_URL="http://127.0.0.1:9"))
    assert "No key is known" in refused(run(oven, "watch", BREAD_API_KEY=""))


def test_a_reader_that_goes_away_ends_it_without_a_word(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    begin(oven, "one")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, "watch"], env=environ(oven), stdout=writing, stderr=subprocess.PIPE, text=True, timeout=30
    )
    os.close(writing)
    assert "Traceback" not in done.stderr
    assert done.returncode == 141


def test_on_a_terminal_jobs_are_drawn_where_they_stand(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    begin(oven, "one", "two")
    terminal = Terminal([*PROGRAM, "watch", "--interval", "0.1"], environ=environ(oven), rows=10)
    try:
        terminal.wait_for(r"◐ stim +yoda_repo/one")
        terminal.wait_for(r"◐ stim +yoda_repo/two")
        oven.restart(speed=0)
        terminal.wait_for(r"✔ stim +yoda_repo/one +complete, 2")
        assert terminal.wait_for_end() == 0
        assert "◐" not in terminal.text
    finally:
        terminal.close()


def test_where_colours_are_not_wanted_there_are_none(oven: RunningOven) -> None:
    oven.restart(speed=SLOW)
    begin(oven, "one")
    terminal = Terminal([*PROGRAM, "watch"], environ={**environ(oven), "NO_COLOR": "1"}, rows=10)
    try:
        terminal.wait_for(r"◐ stim +yoda_repo/one")
        assert not re.search(rb"\x1b\[[0-9;]*3[0-9]m", bytes(terminal.written))
    finally:
        terminal.close()
