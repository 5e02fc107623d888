"""JSON as JavaScript writes it. What is expected was printed by Node.js 20."""

import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.bgit.javascript.values import number_text, sorted_keys, stringify, truthy

TEXTS = st.text(st.characters(), max_size=8)
PLAIN = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-3.25, "-3.25"),
        (0.60, "0.6"),
        (0.1 + 0.2, "0.30000000000000004"),
        (100.0, "100"),
        (1e6, "1000000"),
        (123456789.125, "123456789.125"),
        (0.000001, "0.000001"),
        (0.00000123, "0.00000123"),
        (1e-7, "1e-7"),
        (1.25e-7, "1.25e-7"),
        (-4e-7, "-4e-7"),
        (5e-324, "5e-324"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (2**53 + 1, "9007199254740992"),
        (2**60, "1152921504606847000"),
        (123456789012345680000, "123456789012345680000"),
        (-(10**21), "-1e+21"),
        (10**400, "null"),
        (math.inf, "null"),
        (math.nan, "null"),
    ],
)
def test_a_number_is_written_as_a_double(number: float, text: str) -> None:
    assert number_text(number) == text
    assert stringify(number) == text


@given(st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("d", struct.pack("Q", bits))[0]))
def test_every_double_is_the_one_that_is_read_back(double: float) -> None:
    text = number_text(double)
    assert text == "null" if not math.isfinite(double) else float(text) == double


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", '"plain"'),
        ('say "hi" \\ /', '"say \\"hi\\" \\\\ /"'),
        ("\b\f\n\r\t", '"\\b\\f\\n\\r\\t"'),
        ("\x00\x1b\x1f", '"\\u0000\\u001b\\u001f"'),
        ("\x7f\x85\u2028\ufeff", '"\x7f\x85\u2028\ufeff"'),
        ("Zoë 🍞", '"Zoë 🍞"'),
        ("half \ud83c of a sign", '"half \\ud83c of a sign"'),
        ("\udf5e\ud83c", '"\\udf5e\\ud83c"'),
        ("two halves: \ud83c\udf5e", '"two halves: 🍞"'),
    ],
)
def test_a_text_is_escaped_where_it_must_be(text: str, written: str) -> None:
    assert stringify(text) == written
    assert stringify({text: 1}) == f"{{{written}:1}}"


def test_there_is_no_space() -> None:
    value = {"a": [1, None, True, {}], "b": {"c": [], "d": False}}
    assert stringify(value) == '{"a":[1,null,true,{}],"b":{"c":[],"d":false}}'


def test_keys_that_are_indices_come_first_and_the_others_as_they_are_written() -> None:
    keys = ["4294967294", "4294967295", "a", "01", "-1", "10", "2", "0", "٢", "1.5", ""]
    assert [*json.loads(stringify(dict.fromkeys(keys)))] == [
        *("0", "2", "10", "4294967294"),
        *("4294967295", "a", "01", "-1", "٢", "1.5", ""),
    ]


def test_keys_are_sorted_by_what_utf_16_makes_of_them() -> None:
    assert sorted_keys(dict.fromkeys(["ﬁ", "b", "🍞", "B", "é", "_", "10", "9", "\ud83c"])) == [
        *("10", "9", "B", "_", "b", "é", "\ud83c", "🍞", "ﬁ")
    ]


@pytest.mark.parametrize("value", [True, 1, -0.5, "0", [], {}, [0], math.inf])
def test_what_is_true_to_javascript(value: object) -> None:
    assert truthy(value)


@pytest.mark.parametrize("value", [None, False, 0, -0.0, "", math.nan])
def test_what_is_false_to_javascript(value: object) -> None:
    assert not truthy(value)


@pytest.mark.parametrize("value", [b"bytes", {1}, object(), [object()], {"a": object()}])
def test_what_json_does_not_know_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        stringify(value)


def test_a_hundred_levels_are_nothing() -> None:
    value: object = 1
    for _ in range(50):
        value = {"a": [value]}
    assert stringify(value) == '{"a":[' * 50 + "1" + "]}" * 50


@given(VALUES)
def test_whatever_is_written_is_json_that_says_the_same(value: object) -> None:
    assert json.loads(stringify(value), parse_int=float) == json.loads(json.dumps(value), parse_int=float)
