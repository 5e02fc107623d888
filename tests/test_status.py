"""`breadtui status`, run as a person or a script runs it."""

import json

import pytest

from tests.support.oven import RunningOven
from tests.support.program import PROGRAM, environ, loaded_by, refused, run, stocked
from tests.support.terminal import Terminal


@pytest.fixture
def oven(oven: RunningOven) -> RunningOven:
    stocked(oven)
    return oven


@pytest.mark.parametrize("arguments", [("--help",), (), ("--json",)])
def test_no_screen_is_loaded_for_it(oven: RunningOven, arguments: tuple[str, ...]) -> None:
    code, loaded = loaded_by(oven, "status", *arguments)
    assert code == "0"
    assert "click" in loaded, "this looks at what is loaded"
    assert not loaded & {"textual", "fastapi", "uvicorn", "ruamel"}


def test_everything_is_told_as_it_stands(oven: RunningOven) -> None:
    oven.store.inject_fault("yoda_repo", "rollout", "yoda", "CUDA\nout of memory")
    run(oven, "run", "yoda_repo/yoda", "--yes")
    done = run(oven, "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "yoda_repo  Qwen/Qwen3-32B\n"
        "  stim     yoda       ✔ complete     2\n"
        "  rollout  yoda       ✖ failed       0/2  CUDA out of memory\n"
        "  bake     yoda_bake  ○ not started\n"
    )


def test_a_finished_bake_has_its_loss_and_its_checkpoints(oven: RunningOven) -> None:
    run(oven, "run", "yoda_repo/yoda_bake", "--yes")
    told = run(oven, "status", "yoda_repo/yoda_bake").stdout
    assert "  bake     yoda_bake  ✔ complete     loss 2.1e-07  checkpoints 21, 14, 7\n" in told
    assert "stim" not in told


def test_as_json_it_has_the_fields_that_are_promised(oven: RunningOven) -> None:
    run(oven, "run", "yoda_repo/yoda_bake", "--yes")
    told = json.loads(run(oven, "status", "--json").stdout)
    assert told.keys() == {"server", "repos"}
    (repo,) = told["repos"]
    assert (repo["name"], repo["base_model"]) == ("yoda_repo", "Qwen/Qwen3-32B")
    (target,), (bake,) = repo["targets"], repo["bakes"]
    done = {"state": "complete", "word": "complete", "percent": 100.0, "error": None}
    assert target == {
        "name": "yoda",
        "stim": {**done, "lines": 2, "total": None},
        "rollout": {**done, "lines": 2, "total": 2},
    }
    assert bake == {
        **done,
        "name": "yoda_bake",
        "loss": pytest.approx(2.1e-7, rel=0.05),
        "models": [f"baker/yoda_repo/yoda_bake/{step}" for step in (21, 14, 7)],
        "checkpoints": [21, 14, 7],
    }


def test_what_never_ran_has_the_same_fields(oven: RunningOven) -> None:
    told = json.loads(run(oven, "status", "yoda_repo", "--json").stdout)
    bake = told["repos"][0]["bakes"][0]
    assert bake.keys() == {"name", "state", "word", "percent", "error", "loss", "models", "checkpoints"}
    assert (bake["state"], bake["loss"], bake["models"]) == ("not started", None, [])


def test_a_server_without_repositories_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    from tests.support.oven import running_oven

    with running_oven(tmp_path_factory.mktemp("empty")) as empty:
        assert "There is no repository" in run(empty, "status").stdout
        assert json.loads(run(empty, "status", "--json").stdout)["repos"] == []


def test_what_is_not_there_is_refused_by_name(oven: RunningOven) -> None:
    assert "no repository “nowhere”" in refused(run(oven, "status", "nowhere"))
    assert "nothing listens there" in refused(run(oven, "status", BREAD_BASE_URL="http://127.0.0.1:9"))


def test_on_a_terminal_states_have_their_colours(oven: RunningOven) -> None:
    terminal = Terminal([*PROGRAM, "status"], environ=environ(oven))
    try:
        assert terminal.wait_for_end() == 0
        assert "stim     yoda       ○ not started" in terminal.text
        assert b"\x1b[90m" in terminal.written
    finally:
        terminal.close()
