"""Differences between bodies, and paths as text."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.authoring.differences import ABSENT, Difference, differences, path_text

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


def patched(before: dict[str, object], changes: list[Difference]) -> object:
    """`before` after the changes."""
    top: Any = {"": copy.deepcopy(before)}
    for change in changes:
        box = top
        *around, last = ("", *change.path)
        for step in around:
            box = box[step]
        if change.after is ABSENT:
            del box[last]
        else:
            box[last] = change.after
    return top[""]


@settings(max_examples=200, deadline=None)
@given(bodies, bodies)
def test_the_differences_make_the_one_body_into_the_other(before: dict[str, object], after: dict[str, object]) -> None:
    found = differences(before, after)
    assert patched(before, found) == after
    assert differences(patched(before, found), after) == []
    assert len({change.path for change in found}) == len(found)


@settings(max_examples=50, deadline=None)
@given(bodies)
def test_a_body_does_not_differ_from_itself(body: dict[str, object]) -> None:
    assert differences(body, copy.deepcopy(body)) == []


def test_they_come_in_the_order_of_what_was_and_then_what_is_new() -> None:
    before = {"epochs": 3, "model": {"r": 8, "bias": "none"}, "seed": 42, "old": None}
    after = {"new": 1, "seed": 7, "model": {"dtype": "bf16", "r": 16, "bias": "none"}, "epochs": 3}
    assert differences(before, after) == [
        Difference(("model", "r"), 8, 16),
        Difference(("model", "dtype"), ABSENT, "bf16"),
        Difference(("seed",), 42, 7),
        Difference(("old",), None, ABSENT),
        Difference(("new",), ABSENT, 1),
    ]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([1, 2], [1, 3], [Difference(("a", 1), 2, 3)]),
        ([{"numq": 1}], [{"numq": 2}], [Difference(("a", 0, "numq"), 1, 2)]),
        ([1, 2], [1, 2, 3], [Difference(("a",), [1, 2], [1, 2, 3])]),
        ([], [1], [Difference(("a",), [], [1])]),
        ([], {}, [Difference(("a",), [], {})]),
        ({"b": 1}, [1], [Difference(("a",), {"b": 1}, [1])]),
        ((1, 2), [1, 2], []),
        (True, 1, [Difference(("a",), True, 1)]),
        (0, False, [Difference(("a",), 0, False)]),
        (1, 1.0, []),
        (None, "", [Difference(("a",), None, "")]),
    ],
)
def test_lists_of_the_same_length_are_compared_by_item_and_all_else_whole(
    before: object, after: object, found: list[Difference]
) -> None:
    assert differences({"a": before}, {"a": after}) == found


def test_bodies_as_deep_as_an_answer_may_be_are_compared() -> None:
    before: dict[str, object] = {"r": 8}
    after: dict[str, object] = {"r": 16}
    for _ in range(5000):
        before, after = {"a": [before]}, {"a": [after]}
    (change,) = differences(before, after)
    assert (len(change.path), change.before, change.after) == (10_001, 8, 16)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("epochs",), "epochs"),
        (("model", "baked_adapter_config", "r"), "model.baked_adapter_config.r"),
        (("generators", 0, "numq"), "generators[0].numq"),
        (("messages", 1, "tool_calls", 0), "messages[1].tool_calls[0]"),
        (("extra_kwargs", "a.b", ""), 'extra_kwargs["a.b"][""]'),
        (("x y",), '["x y"]'),
    ],
)
def test_a_path_reads_as_in_a_program(path: tuple[str | int, ...], text: str) -> None:
    assert path_text(path) == text
