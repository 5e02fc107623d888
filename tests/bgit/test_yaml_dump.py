"""YAML as js-yaml writes it: what it was seen to write, byte for byte, and nothing that is not read again."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breadtui.api.lenient import is_object, items
from breadtui.bakery.authoring.document import from_yaml
from breadtui.bgit.javascript.values import in_order
from breadtui.bgit.javascript.yaml_dump import yaml_text

OBSERVED: list[tuple[object, str]] = json.loads((Path(__file__).parent / "files" / "js_yaml.json").read_text())
"""Values, and what js-yaml 4.3.2 makes of them with an indentation of 2, its usual width, and no references."""

ODD_TEXTS = (
    *("", " ", "\n", "\n\n", "\t", " \n ", "a\n", "a\n\n", "\na", "  a\nb", "a\n  b", "a\n \nb", "a \nb ", "a\n  "),
    *("yes", "null", "~", "0x1f", "0o7", "1_000", ".inf", "1:30", "2020-01-01", "<<", "=", "- a", "? a", "a: b", "a:"),
    *("a #b", "#a", "&a", "!a", "|", "%a", "'a'", '"a"', "\\", "[a]", "---", "...", "a\n---\nb", "a\n# b", "a\r\nb"),
    *("\x85", "\u2028", "\ufeffa\nb", "\x00", "\x7f", "\ud800", "🥖 warm\nbread", "word " * 40, "word: " * 40),
    *(
        "w" * 90 + " " + "x" * 90,
        "lots  of   spaces    " * 9,
        " " * 90 + "a",
        "\n" + "long " * 30 + "\n  in\n\nout\n\n",
    ),
)
words = st.sampled_from(["a", "bread", "🥖", "é", "x" * 30, ":", "#", "-", "\n", "\n\n", "\n ", "  ", "'", "\\"])
texts = st.sampled_from(ODD_TEXTS) | st.text(max_size=20) | st.lists(words, max_size=30).map(" ".join)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)


def in_doubles(value: object) -> object:
    """The same value, all its numbers of the one kind that JavaScript has."""
    return json.loads(json.dumps(value), parse_int=float)


@pytest.mark.parametrize(("value", "text"), OBSERVED)
def test_every_value_is_written_as_js_yaml_writes_it(value: object, text: str) -> None:
    assert yaml_text(value) == text


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(texts, values, max_size=4))
@example({text: text for text in ODD_TEXTS})
@example({"all": [{text: [text]} for text in ODD_TEXTS]})
@example({"k" * 1025: {"k" * 1024: [[], {}, [[]], [{}], {"": {}}]}})
@example({"numbers": [1e-7, 5e-324, 1e16, 1e21, 1.7976931348623157e308, -0.0, 0.1]})
def test_all_that_is_written_is_read_again(body: dict[str, object]) -> None:
    read = from_yaml(yaml_text(body))
    assert read.problem is None
    assert in_doubles(read.body) == in_doubles(body)


@given(st.recursive(st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text("0123", min_size=1), inner)))
@settings(max_examples=50, deadline=None)
def test_tuples_are_lists_and_keys_that_are_numbers_come_first(value: object) -> None:
    if is_object(value):
        kept = in_order(value)
        numbers = [key for key in kept if str(int(key)) == key and int(key) < 2**32 - 1]
        assert kept[: len(numbers)] == sorted(numbers, key=int)
        assert kept[len(numbers) :] == [key for key in value if key not in numbers]
    assert yaml_text(tuple(items(value))) == yaml_text(items(value))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (float("nan"), ".nan"),
        (float("inf"), ".inf"),
        (-float("inf"), "-.inf"),
        (10**400, ".inf"),
        (-(10**400), "-.inf"),
    ],
)
def test_numbers_without_an_end_have_words_of_their_own(number: float, text: str) -> None:
    assert yaml_text([number]) == f"- {text}\n"


def test_depth_does_no_harm() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert yaml_text(deep) == "- " * 5000 + "[]\n"
