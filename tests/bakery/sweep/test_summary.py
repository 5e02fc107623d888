"""The figures of a sweep: kept up to date they are those counted anew, and orders put first what matters."""

from statistics import mean, median, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.sweep.summary import Tally, by_agreement, by_disagreement, disagreement
from breadtui.bakery.sweep.sweep import ASKING, Cell, Place, Standing, Sweep, short_name, titled
from tests.bakery.sweep.sweeps import sweep_of


def answered(agreement: float | None = None, text: str = "Yes.", tokens: int | None = None) -> Cell:
    return Cell(Standing.ANSWERED, text, agreement=agreement, tokens=tokens)


FAILED = Cell(Standing.FAILED, why="No.")
CELLS = st.one_of(
    st.just(FAILED),
    st.just(ASKING),
    st.builds(
        Cell,
        standing=st.just(Standing.ANSWERED),
        text=st.sampled_from(["", " ", "Yes."]),
        agreement=st.none() | st.floats(0, 1),
        tokens=st.none() | st.integers(0, 100),
        first=st.none() | st.floats(0, 9),
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.tuples(st.integers(0, 3), st.integers(0, 1)), CELLS), max_size=20))
def test_figures_kept_up_to_date_are_those_counted_anew(news: list[tuple[Place, Cell]]) -> None:
    sweep = sweep_of("1", "2", "3", "4", models=("a", "b"))
    tally = Tally(sweep)
    for place, cell in news:
        sweep.cells[place] = cell
        tally.take(place)
    for column in (0, 1):
        cells = [cell for (_, at), cell in sweep.cells.items() if at == column]
        whole = [cell for cell in cells if cell.standing is Standing.ANSWERED]
        found, agreements = tally.summary(column), [cell.agreement for cell in whole if cell.agreement is not None]
        assert found.answered == len(whole)
        assert found.failed == cells.count(FAILED)
        assert found.empty == sum(not cell.text.strip() for cell in whole)
        assert (found.agreement is None) == (not agreements)
        if agreements:
            assert found.agreement == pytest.approx(mean(agreements), abs=1e-6)
            assert found.spread == pytest.approx(pstdev(agreements), abs=1e-4)
        tokens = [cell.tokens for cell in whole if cell.tokens is not None]
        assert found.tokens == (median(tokens) if tokens else None)
    assert tally.done == sum(cell.standing in (Standing.ANSWERED, Standing.FAILED) for cell in sweep.cells.values())


def test_the_best_and_the_worst_are_named_only_where_they_differ() -> None:
    sweep = sweep_of("1", models=("a", "b", "c"))
    assert Tally(sweep).best_and_worst() == (None, None)
    sweep.cells = {(0, 0): answered(0.5), (0, 1): answered(0.501), (0, 2): answered(0.5)}
    assert Tally(sweep).best_and_worst() == (None, None)
    sweep.cells[0, 2] = answered(0.2)
    assert Tally(sweep).best_and_worst() == (1, 2)


def test_questions_over_which_models_differ_come_first() -> None:
    sweep = sweep_of("same", "some", "all", "one", models=("a", "b"))
    pairs = ((0.5, 0.5), (0.5, 0.7), (0.1, 0.9))
    for row, (one, other) in enumerate(pairs):
        sweep.cells[row, 0], sweep.cells[row, 1] = answered(one), answered(other)
    sweep.cells[3, 0], sweep.cells[3, 1] = answered(0.5), FAILED
    assert by_disagreement(sweep) == [2, 1, 0, 3]


def test_without_a_teacher_the_answers_themselves_are_compared() -> None:
    sweep = sweep_of("same", "other", models=("a", "b"))
    for row, text in enumerate(("Yes.", "Not at all")):
        sweep.cells[row, 0], sweep.cells[row, 1] = answered(text="Yes."), answered(text=text)
    assert disagreement(sweep, 0) == 0.0
    assert disagreement(sweep, 1) == 1.0
    assert by_disagreement(sweep) == [1, 0]


def test_where_a_model_is_worst_comes_first_and_what_failed_before_all() -> None:
    sweep = sweep_of("good", "bad", "failed", "waiting", models=("a",))
    sweep.cells = {(0, 0): answered(0.9), (1, 0): answered(0.1), (2, 0): FAILED}
    assert by_agreement(sweep, 0) == [2, 1, 0, 3]


def test_a_sweep_is_called_for_its_models_and_its_questions() -> None:
    names = ("me/kitchen/yoda/21", "me/kitchen/yoda/7", "Qwen/Qwen3-32B", "other")
    assert [short_name(name) for name in names] == ["yoda/21", "yoda/7", "Qwen3-32B", "other"]
    columns = sweep_of("?", models=names).columns
    assert titled(columns, "kitchen/yoda") == "yoda/21, yoda/7, Qwen3-32B and 1 more · kitchen/yoda"


def test_what_waits_is_what_is_missing_and_what_failed_is_so_only_when_asked_for() -> None:
    sweep: Sweep = sweep_of("1", "2", models=("a", "b"))
    sweep.cells = {(0, 0): answered(), (0, 1): FAILED}
    assert [*sweep.missing()] == [(1, 0), (1, 1)]
    assert [*sweep.missing(failed_too=True)] == [(0, 1), (1, 0), (1, 1)]
    assert (sweep.size, sweep.count(Standing.WAITING)) == (4, 2)
