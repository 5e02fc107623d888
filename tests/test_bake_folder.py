"""`breadtui bake-folder`, run as a person runs it: the plan, the question, the progress, and every way it may end."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from breadtui.oven.store import Kind
from tests.api.wire import Got, reply
from tests.bakery.folder.folders import APPLE, REPO, Between, between, held, many, ordered, write
from tests.bakery.recipes import until
from tests.support.oven import RunningOven
from tests.support.preloaded import preloaded
from tests.support.terminal import Terminal, isolated

PATIENCE = 60.0
PROGRAM = (sys.executable, "-m", "breadtui")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "apple_docs", APPLE)


@pytest.fixture
async def way(oven: RunningOven) -> AsyncGenerator[Between]:
    async with between(oven.url) as way:
        yield way


def environ(oven: RunningOven, url: str = "") -> dict[str, str]:
    home = oven.settings.data.parent
    return isolated(home, BREAD_BASE_URL=url or oven.url, BREAD_API_KEY=oven.key)


def run(oven: RunningOven, *arguments: str | Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run to the end with no terminal."""
    return preloaded().run(("bake-folder", *map(str, arguments)), {**environ(oven), **extra}, Path.cwd(), PATIENCE)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("breadtui: ")
    assert "Traceback" not in done.stderr
    return done.stderr


def kinds(oven: RunningOven) -> dict[Kind, int]:
    return {kind: len(bodies) for kind, bodies in held(oven.store).items()}


# -- looking --


async def test_a_dry_run_shows_the_plan_and_only_reads(way: Between, oven: RunningOven, folder: Path) -> None:
    process = await started(way, oven, folder, "--dry-run")
    told = (await process.communicate())[0].decode()
    assert process.returncode == 0
    assert "repository  apple_support (new)" in told
    assert re.search(r"iphone_teacher +prompt of iphone\.md", told)
    assert told.endswith("Nothing was created: this was a dry run.\n")
    assert way.methods == {"GET"}
    assert oven.store.repo(REPO) is None


@pytest.mark.parametrize("arguments", [("--help",), (".", "--repo", "x", "--dry-run")])
def test_no_screen_is_loaded_for_it(oven: RunningOven, folder: Path, arguments: tuple[str, ...]) -> None:
    code = (
        f"import sys; sys.argv = {['breadtui', 'bake-folder', *arguments]!r}\n"
        "from breadtui.__main__ import main\n"
        "try: main()\nexcept SystemExit as end: print(end.code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ(oven), cwd=folder, capture_output=True, text=True, timeout=PATIENCE
    )
    code, *modules = done.stderr.split()
    loaded = {name.partition(".")[0] for name in modules}
    assert code == "0"
    assert "click" in loaded, "this looks at what is loaded"
    assert not loaded & {"textual", "fastapi", "uvicorn"}
    assert arguments != ("--help",) or not loaded & {"httpx", "pydantic"}


def test_the_plan_as_json_is_all_that_is_on_the_output(oven: RunningOven, folder: Path) -> None:
    told = json.loads(run(oven, folder, "--repo", REPO, "--dry-run", "--json").stdout)
    assert [target["name"] for target in told["targets"]] == ["airpods", "iphone", "mac"]
    assert (told["responses"], told["created"], told["failed"]) == (300, [], [])
    told = json.loads(run(oven, folder, "--repo", REPO, "--yes", "--json").stdout)
    assert {"type": "bake", "name": "apple_docs"} in told["created"]


# -- making --


def test_a_folder_is_made_into_a_bake_with_a_line_for_every_batch(oven: RunningOven, folder: Path) -> None:
    done = run(oven, folder, "--repo", REPO, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    steps = ["1 of 9 · repositories", "5 of 9 · prompts", "8 of 9 · targets", "9 of 9 · bakes"]
    assert lines[-6:] == [*steps, "", "9 created. Everything is there."]
    assert kinds(oven) == {Kind.PROMPT: 4, Kind.TARGET: 3, Kind.BAKE: 1}


def test_run_once_more_it_finds_everything_there(oven: RunningOven, folder: Path) -> None:
    run(oven, folder, "--repo", REPO, "--yes")
    done = run(oven, folder, "--repo", REPO)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Everything is there already.\n")


def test_every_flag_reaches_what_is_made(oven: RunningOven, folder: Path, tmp_path: Path) -> None:
    write(folder, {"questions.yml": "iphone: [Why is it dark?]", "weights.csv": "iphone,5\nmac,3\nairpods,2"})
    write(folder, {"intro.txt": "You are a support agent. What you know:"})
    flags = ["--intro", f"@{folder}/intro.txt", "--student", "support", "--numq", "7", "--model", "m"]
    flags += ["--temperature", "0.5", "--trajectories", "2", "--bake", "apple", "--epochs", "4", "--prefix", "p_"]
    done = run(oven, folder, "--repo", REPO, "--yes", *flags, "--weights", folder / "weights.csv")
    assert done.returncode == 0, done.stderr
    there = held(oven.store)
    content = "You are a support agent. What you know:\n\nA phone that stays dark is charged for 30 minutes.\n"
    assert there[Kind.PROMPT]["p_iphone_teacher"] == {"messages": [{"role": "system", "content": content}]}
    assert "p_intro" not in there[Kind.TARGET]
    target = there[Kind.TARGET]["p_iphone"]
    assert isinstance(target, dict)
    assert target["num_traj_per_stimulus"] == 2
    assert target["student_prompt"] == "support"
    assert target["generators"] == [
        {"type": "hardcoded", "numq": 1, "questions": ["Why is it dark?"]},
        {"type": "oneshot_qs", "numq": 7, "model": "m", "temperature": 0.5},
    ]
    bake = there[Kind.BAKE]["apple"]
    assert isinstance(bake, dict)
    assert bake["epochs"] == 4
    assert [dataset["weight"] for dataset in bake["datasets"]] == [0.2, 0.5, 0.3]


def test_it_connects_as_the_flags_before_its_name_say(oven: RunningOven, folder: Path) -> None:
    home = oven.settings.data.parent
    (home / "config.toml").write_text(f'[profiles.own]\nbase_url = "{oven.url}"\napi_key = "{oven.key}"\n')
    command = [*PROGRAM, "--profile", "own", "bake-folder", str(folder), "--repo", REPO, "--yes"]
    done = subprocess.run(command, env=isolated(home), capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr


# -- asking --


@pytest.fixture
def terminal(oven: RunningOven, folder: Path) -> Iterator[Terminal]:
    opened = Terminal([*PROGRAM, "bake-folder", str(folder), "--repo", REPO], environ=environ(oven), rows=40)
    yield opened
    opened.close()


def test_on_a_terminal_it_asks_first_and_shows_its_progress_on_one_line(terminal: Terminal, oven: RunningOven) -> None:
    terminal.wait_for(r"Create these\? \[y/N\]")
    assert oven.store.repo(REPO) is None
    terminal.send("y", "enter")
    terminal.wait_for("9 created. Everything is there.")
    assert terminal.wait_for_end() == 0
    assert b"5 of 9 \xc2\xb7 prompts" in terminal.written
    assert "of 9" not in terminal.text


def test_on_a_terminal_no_means_nothing(terminal: Terminal, oven: RunningOven) -> None:
    terminal.wait_for(r"Create these\? \[y/N\]")
    terminal.send("enter")
    terminal.wait_for("Nothing was created.")
    assert terminal.wait_for_end() == 1
    assert oven.store.repo(REPO) is None


def test_without_a_terminal_it_creates_nothing_unasked(oven: RunningOven, folder: Path) -> None:
    assert "add --yes" in refused(run(oven, folder, "--repo", REPO))
    assert "add --yes" in refused(run(oven, folder, "--repo", REPO, "--json"))
    assert oven.store.repo(REPO) is None


# -- not begun --


def test_conflicts_are_shown_and_nothing_is_created(oven: RunningOven, folder: Path) -> None:
    run(oven, folder, "--repo", REPO, "--yes")
    before = ordered(oven.store)
    write(folder, {"mac.md": "Another text.", "watch.md": "New."})
    done = run(oven, folder, "--repo", REPO, "--yes")
    assert "2 names are taken in apple_support by something else" in refused(done)
    assert re.search(r"mac_teacher +prompt of mac\.md differs in messages", done.stdout)
    assert ordered(oven.store) == before
    done = run(oven, folder, "--repo", REPO, "--yes", "--prefix", "v2_", "--bake", "apple_v2")
    assert done.returncode == 0


def test_what_cannot_be_done_is_refused_in_words(oven: RunningOven, folder: Path, tmp_path: Path) -> None:
    assert "is not there" in refused(run(oven, tmp_path / "missing", "--repo", REPO))
    assert "/no/intro, cannot be read" in refused(run(oven, folder, "--repo", REPO, "--intro", "@/no/intro"))
    assert "did not accept the key" in refused(run(oven, folder, "--repo", REPO, BREAD_API_KEY="sk-another"))
    assert "No key is known" in refused(run(oven, folder, "--repo", REPO, BREAD_API_KEY=""))
    nobody = refused(run(oven, folder, "--repo", REPO, BREAD_BASE_URL="http://127.0.0.1:9"))
    assert "nothing listens there" in nobody
    write(folder, {"bad.md": b"\xff"})
    assert "bad.md is not UTF-8 (line 1)" in refused(run(oven, folder, "--repo", REPO))


@pytest.mark.parametrize("flags", [(), ("--repo", "x", "--numq", "0"), ("--repo", "x", "--temperature", "3")])
def test_flags_that_are_not_understood_end_with_exit_code_2(
    oven: RunningOven, folder: Path, flags: tuple[str, ...]
) -> None:
    done = run(oven, folder, *flags)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ")


# -- broken off --


async def started(way: Between, oven: RunningOven, folder: Path, *flags: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(*PROGRAM, "bake-folder", str(folder), "--repo", REPO, *flags),
        env=environ(oven, way.url),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended_at(
    way: Between, oven: RunningOven, folder: Path, post: int, number: int, carried_out: bool = False
) -> tuple[int | None, str]:
    """Run, and send a signal when that POST arrives; gives exit code and errors."""
    running: list[asyncio.subprocess.Process] = []
    posts: list[Got] = []

    def kill(got: Got) -> bytes | None:
        if got.method == "POST":
            posts.append(got)
            if len(posts) == post:
                running[0].send_signal(number)
        return reply({}, 500) if len(posts) >= post and not carried_out else None

    way.instead = kill
    running.append(await started(way, oven, folder, "--yes"))
    _, errors = await running[0].communicate()
    await until(lambda: not way.under_way, "the oven's answer to what it was asked last")
    way.instead = lambda _: None
    return running[0].returncode, errors.decode()


@pytest.mark.parametrize(
    ("post", "carried_out"), [(1, False), (1, True), (3, False), (4, True), (6, False), (8, False)]
)
async def test_killed_at_any_point_and_run_again_it_ends_as_if_nothing_had_been(
    way: Between, oven: RunningOven, tmp_path: Path, post: int, carried_out: bool
) -> None:
    folder = write(tmp_path / "docs", many(250))
    code, _ = await ended_at(way, oven, folder, post, signal.SIGKILL, carried_out)
    assert code == -signal.SIGKILL
    new_repo = oven.store.repo(REPO) is None
    before = 0 if new_repo else sum(kinds(oven).values())
    process = await started(way, oven, folder, "--yes")
    told = (await process.communicate())[0].decode()
    assert process.returncode == 0
    assert f"\n{502 - before + new_repo:,} created. Everything is there.\n" in told
    there = ordered(oven.store)
    again = await asyncio.to_thread(run, oven, folder, "--repo", "uninterrupted", "--yes")
    assert again.returncode == 0
    assert there == ordered(oven.store, "uninterrupted")


async def test_a_server_that_fails_in_the_middle_is_one_that_can_be_gone_on_with(
    way: Between, oven: RunningOven, folder: Path
) -> None:
    way.instead = lambda got: reply({"message": "oops"}, 402) if got.path.endswith("/targets/batch") else None
    process = await started(way, oven, folder, "--yes")
    told, errors = (text.decode() for text in await process.communicate())
    assert process.returncode == 1
    assert told.endswith("5 of 9 · prompts\n")
    assert errors.startswith("breadtui: The account has no credit left: oops.")
    assert errors.endswith("What was created stays. Run the same command again: it goes on with what is missing.\n")
    assert run(oven, folder, "--repo", REPO, "--yes").stdout.endswith("4 created. Everything is there.\n")


async def test_what_failed_is_named_with_the_servers_reason(way: Between, oven: RunningOven, folder: Path) -> None:
    result = {"created": ["airpods", "mac"], "failed": {"iphone": "No iPhones\nhere"}}
    way.instead = lambda got: reply(result) if got.path.endswith("/targets/batch") else None
    process = await started(way, oven, folder, "--yes")
    told = (await process.communicate())[0].decode()
    assert process.returncode == 1
    assert "\n✖ target iphone: No iPhones here\n" in told
    assert "\n✖ bake apple_docs: Not tried: 1 of its 3 targets were not created.\n" in told
    assert "7 created, 2 failed. Mend what they name, and run the same command again" in told


async def test_interrupted_by_its_user_it_says_how_to_go_on(way: Between, oven: RunningOven, folder: Path) -> None:
    code, errors = await ended_at(way, oven, folder, 3, signal.SIGINT)
    assert code == 1
    assert errors == (
        "breadtui: Stopped. What was created stays. Run the same command again: it goes on with what is missing.\n"
    )
    assert kinds(oven) == {Kind.PROMPT: 4, Kind.TARGET: 0, Kind.BAKE: 0}


def test_a_reader_that_goes_away_is_no_crash(oven: RunningOven, folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [*PROGRAM, "bake-folder", str(folder), "--repo", REPO, "--dry-run"]
    done = subprocess.run(command, env=environ(oven), stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert "Traceback" not in done.stderr
