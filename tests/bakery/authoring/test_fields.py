"""How values of a body read as text and back, and how they are put in their places."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.authoring.fields import Field, Path, Shape, get, put, read, write

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.integers()
WELL_TYPED = {
    Shape.TEXT: st.text(min_size=1).map(str.strip).filter(bool),
    Shape.LONG: st.text(min_size=1),
    Shape.WHOLE: st.integers(),
    Shape.NUMBER: FINITE,
    Shape.FLAG: st.booleans(),
    Shape.LINES: st.lists(st.text(max_size=8) | st.text('"\\\n n\u2028', max_size=8), min_size=1),
    Shape.NUMBERS: st.lists(FINITE, min_size=1, max_size=3),
    Shape.OBJECT: st.dictionaries(st.text(max_size=3), ANY, max_size=3),
    Shape.LIST: st.lists(ANY, max_size=3),
}
STEPS = st.lists(st.sampled_from(["a", "b", 0, 1, -1]), min_size=1, max_size=4).map(tuple)


def field(shape: Shape) -> Field:
    return Field(("x",), shape, "")


@pytest.mark.parametrize("shape", Shape)
def test_what_is_written_is_read_as_the_same_value(shape: Shape):
    @settings(max_examples=60)
    @given(value=WELL_TYPED[shape])
    def holds(value: object):
        again = read(field(shape), write(field(shape), value))
        assert json.dumps(again) == json.dumps(value)

    holds()


@pytest.mark.parametrize("shape", Shape)
@settings(max_examples=60)
@given(value=ANY)
def test_a_value_of_another_kind_can_be_written_too(shape: Shape, value: object):
    assert isinstance(write(field(shape), value), str)


@pytest.mark.parametrize("shape", Shape)
@settings(max_examples=60)
@given(
    text=st.text(max_size=12) | st.sampled_from(["1e999", "nan", "9" * 5000, "[" * 5000, "{", '{"a": NaN}', "[]", "-"])
)
def test_any_text_can_be_read_and_what_is_not_understood_stays(shape: Shape, text: str):
    value = read(field(shape), text)
    if shape in (Shape.WHOLE, Shape.NUMBER, Shape.OBJECT) and isinstance(value, str):
        assert value == text.strip()


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        (Shape.WHOLE, " 12 ", 12),
        (Shape.WHOLE, "1.0", "1.0"),
        (Shape.WHOLE, "many", "many"),
        (Shape.NUMBER, "1e-4", 0.0001),
        (Shape.NUMBER, "2", 2),
        (Shape.NUMBER, "inf", "inf"),
        (Shape.FLAG, "Yes", True),
        (Shape.FLAG, "false", False),
        (Shape.FLAG, "maybe", "maybe"),
        (Shape.NUMBERS, "[0.9, 0.999]", [0.9, 0.999]),
        (Shape.NUMBERS, "0.9 x", "0.9 x"),
        (Shape.NUMBERS, ",", ","),
        (Shape.OBJECT, '{"top_p": null}', {"top_p": None}),
        (Shape.OBJECT, "3", "3"),
        (Shape.LINES, "Who?\n\n  Why?  \n", ["Who?", "Why?"]),
        (Shape.LINES, '"Who?" he said\n"Quoted"', ['"Who?" he said', '"Quoted"']),
        (Shape.LINES, '"def f():\\n    pass"', ["def f():\n    pass"]),
        (Shape.LONG, "  kept\n", "  kept\n"),
    ],
)
def test_a_text_means_what_a_person_would_say(shape: Shape, text: str, value: object):
    assert read(field(shape), text) == value


@pytest.mark.parametrize("shape", Shape)
def test_an_empty_text_is_no_value(shape: Shape):
    assert read(field(shape), "") is None
    assert write(field(shape), None) == ""


def test_a_value_too_deep_or_too_long_to_write_breaks_nothing():
    deep: dict[str, object] = {}
    for _ in range(50_000):
        deep = {"a": deep}
    for value in (deep, 10**5000, [10**5000]):
        assert write(field(Shape.OBJECT), value) == "…"
    while deep:  # Python 3.11 would run out of stack freeing it at once
        deep = deep.pop("a")  # pyright: ignore[reportAssignmentType] - each holds the next


def test_the_bounds_are_told_in_words():
    assert Field(("x",), Shape.WHOLE, "", least=1).bounds == "at least 1"
    assert Field(("x",), Shape.NUMBER, "", least=0, most=2).bounds == "0 to 2"
    assert Field(("x",), Shape.NUMBER, "", most=0.5).bounds == "at most 0.5"
    assert Field(("x",), Shape.NUMBER, "").bounds == ""


@settings(max_examples=200)
@given(body=st.dictionaries(st.sampled_from("ab"), ANY), path=STEPS, value=ANY.filter(lambda value: value is not None))
def test_what_is_put_is_there_and_the_body_it_was_put_in_is_as_before(
    body: dict[str, object], path: Path, value: object
):
    before = json.dumps(body)
    after = put(body, ("a", *path), value)
    assert json.dumps(body) == before
    if all(step not in (1, -1) for step in path):
        assert get(after, ("a", *path)) == value
    assert {key: item for key, item in after.items() if key != "a"} == {
        key: item for key, item in body.items() if key != "a"
    }


@settings(max_examples=200)
@given(body=st.dictionaries(st.sampled_from("ab"), ANY), path=STEPS)
def test_taking_away_what_is_not_there_changes_nothing(body: dict[str, object], path: Path):
    if get(body, path) is None and get(body, path[:-1]) is None:
        assert put(body, path, None) == body


def test_what_is_taken_away_leaves_no_empty_objects_behind():
    body: dict[str, object] = {"overrides": {"model": {"dtype": "bf16"}, "epochs": 3}}
    less = put(body, ("overrides", "model", "dtype"), None)
    assert less == {"overrides": {"epochs": 3}}
    assert put(less, ("overrides", "epochs"), None) == {}
    assert put({"a": None}, ("a",), None) == {}


def test_items_of_a_list_are_replaced_added_and_taken_away():
    body: dict[str, object] = {"g": [{"numq": 1}, {"numq": 2}]}
    assert put(body, ("g", 1, "numq"), 5) == {"g": [{"numq": 1}, {"numq": 5}]}
    assert put(body, ("g", -1, "numq"), 5) == {"g": [{"numq": 1}, {"numq": 5}]}
    assert put(body, ("g", 2), {"numq": 3}) == {"g": [{"numq": 1}, {"numq": 2}, {"numq": 3}]}
    assert put(body, ("g", 0), None) == {"g": [{"numq": 2}]}
    assert put({"g": [{"numq": 2}]}, ("g", 0), None) == {"g": []}
    assert put(body, ("g", 7, "numq"), None) == body
    assert put(body, ("g", 0, "numq"), None) == {"g": [{}, {"numq": 2}]}
