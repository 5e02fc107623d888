"""`breadtui sweep`, run as a person runs it: what it asks and writes, and how it goes on after every kind of end."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oven.bread import wait_until
from tests.support.oven import RunningOven, running_oven
from tests.support.program import loaded_by, refused, run, started

MODEL = "baker/yoda_repo/yoda_bake_v1"
BASE = "Qwen/Qwen3-32B"
TARGET = "yoda_repo/yoda_target"


@pytest.fixture(scope="module")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories."""
    with running_oven(tmp_path_factory.mktemp("sweep"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture
def baked_afresh(baked: RunningOven) -> RunningOven:
    for path in kept(baked):
        path.unlink()
    return baked


def kept(oven: RunningOven) -> list[Path]:
    return [*(oven.settings.data.parent / "state" / "sweeps").rglob("*.jsonl")]


def file_of(folder: Path, *questions: str) -> str:
    path = folder / "questions.txt"
    path.write_text("\n".join(questions), encoding="utf-8")
    return str(path)


def test_no_screen_is_loaded_for_it(baked_afresh: RunningOven) -> None:
    for arguments in (("--help",), (BASE, "--target", TARGET)):
        code, loaded = loaded_by(baked_afresh, "sweep", *arguments)
        assert "click" in loaded, "this looks at what is loaded"
        assert not loaded & {"textual", "fastapi", "uvicorn"}
        if arguments == ("--help",):
            assert code == "0"
            assert not loaded & {"httpx", "pydantic", "rich", "asyncio", "rapidfuzz"}


def test_the_answers_are_lines_and_the_models_are_summed_up(baked_afresh: RunningOven) -> None:
    done = run(baked_afresh, "sweep", f"{MODEL}/21", f"{MODEL}/7", f"{BASE}@yoda_repo/yoda_teacher", "--target", TARGET)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 12
    assert {line["standing"] for line in lines} == {"answered"}
    assert all(0 <= line["agreement"] <= 1 and line["references"] for line in lines)
    assert {line["opening"] for line in lines if line["model"] == BASE} == {"yoda_repo/yoda_teacher"}
    assert "breadtui: yoda_bake_v1/21: agreement " in done.stderr
    assert "breadtui: Qwen3-32B + yoda_teacher: agreement " in done.stderr


def test_a_file_of_questions_is_asked_and_the_answers_written_into_a_new_file(
    baked_afresh: RunningOven, tmp_path: Path
) -> None:
    out = tmp_path / "answers.jsonl"
    arguments = (BASE, "--questions", file_of(tmp_path, "One?", "Two?"), "-o", str(out), "--max-tokens", "5")
    done = run(baked_afresh, "sweep", *arguments)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["question"] for line in lines] == ["One?", "Two?"]
    assert {line["finish_reason"] for line in lines} == {"length"}
    assert "nothing is written over" in refused(run(baked_afresh, "sweep", *arguments))
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((BASE,), "--questions"),
        ((BASE, "--target", "yoda_target"), "REPO/TARGET"),
        (("--target", TARGET), "Name the models"),
        ((BASE, "--target", "yoda_repo/none"), "not found"),
        ((BASE, "--questions", "/nowhere.txt"), "no such file"),
        ((f"{BASE}@yoda_repo/none", "--target", TARGET), "not found"),
        ((), "No sweep was left"),
    ],
)
def test_what_cannot_be_begun_is_refused_with_a_reason(
    baked_afresh: RunningOven, arguments: tuple[str, ...], said: str
) -> None:
    done = run(baked_afresh, "sweep", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not kept(baked_afresh)


def test_what_failed_is_told_and_the_next_time_only_that_is_asked(baked_afresh: RunningOven, tmp_path: Path) -> None:
    questions = file_of(tmp_path, "Fine", "/rehearse refuse=418 times=1")
    first = run(baked_afresh, "sweep", BASE, "--questions", questions)
    assert first.returncode == 1
    assert "1 failed: " in first.stderr
    assert "1 of 2 were not answered. `breadtui sweep` goes on with them." in first.stderr
    second = run(baked_afresh, "sweep")
    assert second.returncode == 0, second.stderr
    before, after = ([json.loads(line) for line in done.stdout.splitlines()] for done in (first, second))
    assert after[0] == before[0]
    assert after[1]["standing"] == "answered"


def test_without_credit_it_ends_with_the_servers_words(baked_afresh: RunningOven, tmp_path: Path) -> None:
    done = run(baked_afresh, "sweep", BASE, "--questions", file_of(tmp_path, "/rehearse refuse=402"))
    assert done.returncode == 1
    assert "Refused with 402" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_what_was_answered_when_it_ended_is_not_asked_again(
    baked_afresh: RunningOven, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    slow = "Slow /rehearse tokens=200 speed=100"
    program = started(baked_afresh, "sweep", BASE, "--questions", file_of(tmp_path, "Quick", slow))
    wait_until(lambda: any(b'"cell"' in path.read_bytes() for path in kept(baked_afresh)))
    program.send_signal(number)
    output, errors = program.communicate(timeout=30)
    assert program.returncode == code, errors
    assert "Traceback" not in errors
    assert [json.loads(line)["standing"] for line in output.splitlines()] in ([], ["answered", "waiting"])
    wait_until(lambda: baked_afresh.open_streams == 0)
    done = run(baked_afresh, "sweep")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["standing"] for line in done.stdout.splitlines()] == ["answered", "answered"]
    assert kept(baked_afresh)[0].read_bytes().count(b'"is": "cell"') == 2


def test_a_server_that_stays_away_ends_it_and_nothing_is_lost(baked_afresh: RunningOven, tmp_path: Path) -> None:
    questions = file_of(tmp_path, "One?")
    done = run(baked_afresh, "sweep", BASE, "--questions", questions, BREAD_BASE_URL="http://127.0.0.1:9")
    assert done.returncode == 3
    assert "were not answered" in done.stderr


def test_nothing_is_kept_where_nothing_shall_be(baked_afresh: RunningOven, tmp_path: Path) -> None:
    done = run(baked_afresh, "--no-history", "sweep", BASE, "--questions", file_of(tmp_path, "/rehearse refuse=418"))
    assert done.returncode == 1
    assert "goes on with them" not in done.stderr
    assert not kept(baked_afresh)
