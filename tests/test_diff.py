"""`breadtui diff`, run as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.oven import RunningOven, running_oven
from tests.support.pairs import furnish
from tests.support.program import loaded_by, refused, run

YODA, LUKE = "yoda_repo/yoda_target", "yoda_repo/luke_target"


@pytest.fixture(scope="module")
def oven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("diff"), samples=True) as running:
        furnish(running)
        yield running


def test_no_screen_is_loaded_for_it(oven: RunningOven) -> None:
    code, loaded = loaded_by(oven, "diff", "--help")
    assert code == "0"
    assert not loaded & {"textual", "asyncio", "httpx", "pydantic", "rich", "fastapi"}
    assert "textual" not in loaded_by(oven, "diff", YODA, YODA)[1]


def test_what_is_equal_is_said_so_and_ends_with_0(oven: RunningOven) -> None:
    done = run(oven, "diff", "yoda_repo/yoda_bake_v1", "baker/yoda_repo/yoda_bake_v1/21")
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "Equal.", "")


def test_what_differs_is_written_line_by_line_without_colours_and_ends_with_1(oven: RunningOven) -> None:
    done = run(oven, "diff", YODA, LUKE)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:2] == [f"--- target {YODA}", f"+++ target {LUKE}"]
    assert "- temperature: 1.0" in lines
    assert "+ temperature: 0.7" in lines
    assert "+ Never say “impossible”." in lines
    assert "max_tokens" not in done.stdout
    assert "\x1b" not in done.stdout


def test_all_is_written_when_it_is_asked_for(oven: RunningOven) -> None:
    assert "  max_tokens: 1024" in run(oven, "diff", "--all", YODA, LUKE).stdout.splitlines()


def test_the_json_tells_keys_with_both_values(oven: RunningOven) -> None:
    done = run(oven, "diff", "target", YODA, LUKE, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["kind"], told["equal"]) == (1, "target", False)
    assert {"path": "temperature", "before": 1.0, "after": 0.7} in told["sections"][0]["settings"]


def test_what_cannot_be_read_ends_with_2_and_the_rest_is_written(oven: RunningOven) -> None:
    done = run(oven, "diff", "target", "yoda_repo/gone", LUKE)
    assert done.returncode == 2
    assert "? temperature: 0.7" in done.stdout
    assert "'gone' not found" in done.stderr


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("yoda_repo/gone", LUKE), "There is no prompt, target or bake yoda_repo/gone."),
        ((YODA, "yoda_repo/luke_bake"), "only two of a kind can be compared"),
        ((YODA, "luke_target"), "write it as REPO/NAME"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    oven: RunningOven, names: tuple[str, str], said: str
) -> None:
    assert said in refused(run(oven, "diff", *names))


def test_one_name_is_not_enough(oven: RunningOven) -> None:
    assert run(oven, "diff", YODA).returncode == 2
