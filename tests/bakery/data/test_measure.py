"""What all rows come to, and what a filter or words let through of them."""

import json
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.data.likeness import Ledger, Likeness
from breadtui.bakery.data.local import Local
from breadtui.bakery.data.measure import Survey, measure
from breadtui.bakery.data.rows import Row
from breadtui.bakery.data.sieve import Filter, Kind, among, read_length, search
from breadtui.bakery.data.signs import Sign
from breadtui.bakery.data.source import What
from breadtui.bakery.data.words import told, verdicts

LONG = (
    "Knead the dough for ten minutes until it is smooth and does not stick to the table any more, then cover it with"
    " a cloth and let it rest in a warm place for an hour, or over night in the cold, where it tastes better."
)
OTHER = (
    "Weigh everything first, because a spoon of flour is never the same twice; heat the stone early and give it steam"
    " when the loaf goes in, so that the crust opens where it was cut and not where it likes to."
)


def texts(*said: str) -> list[Row]:
    return [Row(n, {"stimulus_id": n // 2, "stimulus": "Why?", "response": text}) for n, text in enumerate(said)]


def surveyed(*said: str) -> Survey:
    survey = Survey()
    survey.take(texts(*said))
    survey.done = True
    return survey


def test_repeats_are_told_from_what_only_resembles_them() -> None:
    survey = surveyed(LONG, OTHER, LONG.upper().replace(" ", "  "), LONG.replace("ten", "twelve"), "Short.")
    found = [survey.signs(number) for number in range(5)]
    assert found == [Sign(0), Sign(0), Sign.DUPLICATE, Sign.NEAR, Sign(0)]


def test_short_questions_that_differ_in_their_subject_are_not_the_same() -> None:
    survey = surveyed("What is the capital of France?", "What is the weight of a loaf?", "How tall are you?")
    assert not any(survey.signs(number) for number in range(3))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=40))
def test_a_text_repeats_one_that_came_before(said: list[str]) -> None:
    likeness = Likeness()
    for number, text in enumerate(said):
        same, near = likeness.take(text)
        earlier = [
            other for other in said[:number] if " ".join(other.lower().split()) == " ".join(text.lower().split())
        ]
        assert (same is not None) == bool(earlier)
        assert same is None or same < number
        assert near is None or near < number


def test_what_is_remembered_has_a_bound() -> None:
    ledger = Ledger(1_000)
    for key in range(1, 10_000):
        ledger.put(key, key)
    assert [ledger.put(key, 0) for key in (1, 1_000)] == [1, 1_000]
    assert ledger.put(5_000, 0) is None
    likeness = Likeness(100)
    for number in range(300):
        likeness.take(f"{LONG} {number} {OTHER[number % 50 :]}")
    assert likeness.full


def test_lengths_are_summed_up_and_drawn() -> None:
    survey = surveyed(*("x" * length + "." for length in range(100, 200)))
    figures = survey.figures
    assert (figures.shortest, figures.median, figures.longest) == (101, 151, 200)
    assert sum(count for _, _, count in figures.histogram) == 100
    assert 5 <= len(figures.histogram) <= 12
    assert any("━" in line for line in told(figures, What.RESPONSES))


def test_words_say_where_it_is_thin() -> None:
    said = ["", "I'm sorry, I cannot help with that.", *[LONG] * 3]
    lines = verdicts(surveyed(*said).figures, What.RESPONSES)
    assert any(line.startswith("1 response (20 %) says nothing at all") for line in lines)
    assert any("refusal" in line for line in lines)
    assert any("word for word" in line for line in lines)
    assert any("few" in line for line in lines)


def test_where_nothing_is_wrong_it_says_so() -> None:
    said = [f"{chr(97 + n % 26) * 3}{n} " + "word " * (n % 40 + 3) + f"{n * 7919} and {n * 104729}." for n in range(60)]
    assert verdicts(surveyed(*said).figures, What.RESPONSES)[0].startswith("Nothing stands out")


def test_questions_with_fewer_responses_than_others_are_told() -> None:
    survey = Survey()
    survey.take([Row(n, {"stimulus_id": max(n - 1, 0), "response": f"Answer {n}"}) for n in range(4)])
    assert (survey.figures.questions, survey.figures.fewest, survey.figures.most) == (3, 1, 2)


def test_an_empty_set_is_no_trouble() -> None:
    assert told(Survey().figures, What.STIMULI) == ["There are no stimuli yet."]


@pytest.mark.parametrize(
    ("typed", "least", "most"),
    [
        ("<200", 0, 199),
        (">2000", 2001, None),
        ("200-400", 200, 400),
        ("400 – 200", 200, 400),
        ("<= 5", 0, 5),
        ("7", 7, 7),
    ],
)
def test_lengths_are_read_as_they_are_typed(typed: str, least: int, most: int | None) -> None:
    assert read_length(typed) == Filter(Kind.LENGTH, least, most)


@given(st.text(max_size=12))
def test_what_is_no_length_is_none(typed: str) -> None:
    found = read_length(typed)
    assert found is None or found.kind is Kind.LENGTH


def test_filters_let_through_what_they_say() -> None:
    survey = surveyed("", LONG, LONG, "I cannot help you.", "x" * 10, "y" * 1000)
    assert [*Filter(Kind.EMPTY).chosen(survey)] == [0]
    assert [*Filter(Kind.DUPLICATE).chosen(survey)] == [2]
    assert [*Filter(Kind.REFUSAL).chosen(survey)] == [3]
    assert [*Filter(Kind.LONG).chosen(survey)] == [5]
    assert [*Filter(Kind.LENGTH, 5, 20).chosen(survey)] == [3, 4]


def test_words_are_found_in_rows_that_are_here_whatever_their_case() -> None:
    assert among(texts("Bread", "cake", "BREADCRUMBS", "a.b"), "bread") == array("Q", [0, 2])
    assert among(texts("a.b", "axb"), "a.b") == array("Q", [0])


async def test_everything_is_searched_slice_by_slice(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"response": f"loaf {n}"}) + "\n" for n in range(1_700)))
    source, found, done = Local(path), list[int](), list[int]()
    await search(source, "loaf 16", lambda numbers, so_far: (found.extend(numbers), done.append(so_far))[0])
    assert found == [16, *range(160, 170), *range(1600, 1700)]
    assert done == [500, 1000, 1500, 1700]


async def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"response": f"loaf {n}"}) + "\n" for n in range(1_200)))
    source, survey = Local(path), Survey()
    steps: list[int] = []
    await measure(source, survey, lambda: steps.append(survey.measured))
    assert (survey.measured, survey.done) == (1_200, True)
    assert steps[:3] == [500, 1000, 1200]
    with path.open("a") as file:
        file.write('{"response": ""}\n')
    await source.index()
    await source.refresh()
    await measure(source, survey)
    assert survey.measured == 1_201
    assert survey.signs(1_200) == Sign.EMPTY
