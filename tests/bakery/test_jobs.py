"""What the server's words and numbers mean, and how people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.models import Bake, Job
from breadtui.bakery.jobs import (
    JobKey,
    JobStatus,
    Phase,
    State,
    checkpoint_of,
    format_loss,
    format_span,
    read_job,
    state_of,
)
from tests.bakery.recipes import bake, rollout, stim


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("not_started", State.NOT_STARTED),
        ("pending", State.QUEUED),
        ("preparing", State.QUEUED),
        ("queued", State.QUEUED),
        ("running", State.RUNNING),
        ("incomplete", State.RUNNING),
        ("complete", State.COMPLETE),
        ("failed", State.FAILED),
        (" Complete\n", State.COMPLETE),
        ("unknown", State.UNRECOGNISED),
        ("proofing", State.UNRECOGNISED),
        ("", State.UNRECOGNISED),
    ],
)
def test_every_word_of_the_contract_has_its_state(word: str, state: State) -> None:
    assert state_of(word) is state


def test_a_word_nobody_knows_is_carried_through_as_it_is() -> None:
    status = read_job(stim(), Job.model_validate({"status": "Proofing"}))
    assert (status.state, status.word) == (State.UNRECOGNISED, "Proofing")


def test_every_state_has_a_sign_of_its_own() -> None:
    assert len({state.sign for state in State}) == len(State)


def test_only_what_moves_by_itself_or_is_not_understood_is_unsettled() -> None:
    assert {state for state in State if not state.settled} == {State.QUEUED, State.RUNNING, State.UNRECOGNISED}


@pytest.mark.parametrize(
    ("answer", "fraction"),
    [
        ({"lines": 75, "total_expected": 150}, 0.5),
        ({"lines": 75, "total_expected": 150, "progress_percent": 10}, 0.5),
        ({"lines": 200, "total_expected": 150}, 1.0),
        ({"lines": -3, "total_expected": 150}, 0.0),
        ({"lines": 75, "total_expected": 0, "progress_percent": 40}, 0.4),
        ({"lines": 75, "total_expected": -5, "progress_percent": 40}, 0.4),
        ({"lines": None, "total_expected": 150, "progress_percent": 40}, 0.4),
        ({"progress_percent": 101.5}, 1.0),
        ({"progress_percent": -1}, 0.0),
        ({"progress_percent": None}, None),
        ({"progress_percent": math.nan}, None),
        ({"progress_percent": math.inf}, None),
        ({}, None),
        ({"lines": 10**400, "total_expected": 1}, 1.0),
        ({"lines": 1, "total_expected": 10**400}, 0.0),
    ],
)
def test_progress_is_lines_of_the_total_or_else_the_percentage_or_else_unknown(
    answer: dict[str, object], fraction: float | None
) -> None:
    status = read_job(rollout(), Job.model_validate({"status": "running", **answer}))
    assert status.fraction == fraction


def test_a_percentage_that_is_no_number_is_no_progress() -> None:
    assert JobStatus(bake(), State.RUNNING, percent=math.nan).fraction is None


def test_what_is_complete_is_done_whatever_the_numbers_say() -> None:
    status = read_job(rollout(), Job.model_validate({"status": "complete", "lines": 1, "total_expected": 4}))
    assert status.fraction == 1.0


def test_only_a_rollout_has_a_total() -> None:
    job = Job.model_validate({"status": "running", "lines": 1, "total_expected": 4})
    assert read_job(rollout(), job).total == 4
    assert read_job(stim(), job).total is None


@pytest.mark.parametrize(
    ("loss", "shown"),
    [
        ({"final_loss": 1.4e-07, "latest_loss": 2e-07}, 1.4e-07),
        ({"latest_loss": 2e-07}, 2e-07),
        ({"final_loss": math.nan, "latest_loss": 2e-07}, 2e-07),
        ({"final_loss": None, "latest_loss": math.inf}, None),
        (None, None),
    ],
)
def test_a_bakes_loss_is_the_final_one_or_else_the_latest_that_is_a_number(
    loss: dict[str, float | None] | None, shown: float | None
) -> None:
    assert read_job(bake(), Bake.model_validate({"status": "complete", "loss": loss})).loss == shown


def test_a_finished_bake_tells_its_checkpoints_and_its_parent() -> None:
    answer = {
        "status": "complete",
        "model_name": ["me/yoda_repo/yoda_bake/21", "me/yoda_repo/yoda_bake/14"],
        "config": {"model": {"parent_model_name": "me/yoda_repo/old/7"}},
    }
    status = read_job(bake(), Bake.model_validate(answer))
    assert status.models == ("me/yoda_repo/yoda_bake/21", "me/yoda_repo/yoda_bake/14")
    assert status.parent == "me/yoda_repo/old/7"


@pytest.mark.parametrize("config", [None, {}, {"model": None}, {"model": "x"}, {"model": {"parent_model_name": 3}}])
def test_a_bake_of_which_no_parent_is_told_has_none(config: dict[str, object] | None) -> None:
    assert read_job(bake(), Bake.model_validate({"status": "running", "config": config})).parent is None


def test_a_job_is_called_by_its_phase_and_its_place() -> None:
    assert str(JobKey("apple", "support", Phase.ROLLOUT)) == "rollout of apple/support"


def test_a_loss_is_written_with_its_power_of_ten() -> None:
    assert format_loss(5.2e-07) == "5.2e-07"
    assert format_loss(None) == ""


@given(st.floats(min_value=5e-324, max_value=1e300))
def test_no_loss_is_ever_rounded_away_to_nothing(loss: float) -> None:
    assert float(format_loss(loss)) > 0


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-1, "0 s"),
        (0, "0 s"),
        (3.4, "3 s"),
        (59.4, "59 s"),
        (59.6, "1 m 00 s"),
        (124, "2 m 04 s"),
        (3599, "59 m 59 s"),
        (3600, "1 h 00 m"),
        (3900, "1 h 05 m"),
        (360000, "100 h 00 m"),
    ],
)
def test_a_span_is_told_in_at_most_two_units(seconds: float, shown: str) -> None:
    assert format_span(seconds) == shown


@pytest.mark.parametrize(
    ("model", "checkpoint"), [("me/repo/bake/21", "21"), ("Qwen/Qwen3-32B", "Qwen3-32B"), ("", "")]
)
def test_a_checkpoint_is_the_last_part_of_its_models_name(model: str, checkpoint: str) -> None:
    assert checkpoint_of(model) == checkpoint
