"""YAML as bgit's own reader has it: the pairs were observed with js-yaml 4.3."""

import json
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breadtui.bakery.authoring.document import to_yaml
from breadtui.bgit.yaml.source import Place, in_file, read_source

signs = st.sampled_from(
    [*"ab10.-:?[]{},|>&*!%@#<~=\"'\\\t\n\r \x85\u2028\ufeff😀", "  ", "\n  ", ": ", "- ", "<<: ", "&x ", "*x", "!!int "]
)
scraps = st.lists(signs, max_size=30).map("".join)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
whole = st.integers(-(2**53), 2**53)
values = st.recursive(
    st.none() | st.booleans() | whole | st.floats(-1e6, 1e6).filter(lambda number: not number.is_integer()) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


def mistake(text: str) -> str:
    """The first thing wrong with a text, which has no value then."""
    source = read_source(text)
    assert source.value is None
    return str(source.mistakes[0])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | scraps)
@example("a: &a\n  - *a")
@example("%TAG ! x\n---\na: !b 1")
@example("\ufeff\n")
def test_any_text_has_a_value_or_mistakes_that_stand_in_it(text: str) -> None:
    source = read_source(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for found in source.mistakes:
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1
        assert found.sentence[:1] == found.sentence[:1].upper()
    if not all(found.warning for found in source.mistakes):
        assert source.value is None


@settings(max_examples=150, deadline=None)
@given(values)
def test_what_was_written_as_yaml_is_read_as_it_was(value: object) -> None:
    source = read_source(to_yaml(value))
    assert not source.mistakes
    assert json.dumps(source.value) == json.dumps(value)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *(("012", 12), ("0o14", 12), ("0x1f", 31), ("-0x1f", -31), ("+0o7", 7), ("0b11", 3), ("1_000", "1_000")),
        *(("1.0", 1), ("5.", 5), (".5", 0.5), ("-.5", "-.5"), ("1e3", 1000), ("1E400", "1E400"), ("-0.0", 0)),
        *(("0.60", 0.6), ("1e22", 1e22), ("0o8", "0o8"), ("0x", "0x"), ("1:30", "1:30"), ("++1", "++1"), (".", ".")),
        *(("yes", "yes"), ("off", "off"), ("True", True), ("FALSE", False), ("tRue", "tRue"), ("~", None), ("", None)),
        *(("Null", None), ("nULL", "nULL"), ("=", "="), ("<<", "<<"), ("NaN", "NaN"), ('"1"', "1"), ("! 1", "1")),
        *(("!!str 1", "1"), ('!!int "5"', 5), ("!!float 1", 1), ("!!seq [1]", [1]), ("!!map {b: 1}", {"b": 1})),
        *(("x#c", "x#c"), ("x #c", "x"), ("x\n  y", "x y"), ("[a: 1, b]", [{"a": 1}, "b"]), ("{b,}", {"b": None})),
    ],
)
def test_a_word_means_what_it_means_to_bgit(word: str, value: object) -> None:
    source = read_source(f"a: {word}\n")
    assert not source.mistakes
    assert repr(source.value) == repr({"a": value})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &x {b: 1}\nc:\n  <<: *x\n  b: 3", {"a": {"b": 1}, "c": {"b": 3}}),
        ("a: &x {b: 1}\nc:\n  b: 3\n  <<: *x", {"a": {"b": 1}, "c": {"b": 3}}),
        (
            "a: &x {b: 1}\ny: &y {b: 9, q: 1}\nc:\n  <<: [*x, *y]",
            {"a": {"b": 1}, "y": {"b": 9, "q": 1}, "c": {"b": 1, "q": 1}},
        ),
        ('c:\n  "<<": 1', {"c": {"<<": 1}}),
        ("a: &x [1]\nb: [*x, *x]", {"a": [1], "b": [[1], [1]]}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
        ("&k a: 1\nb: {*k : 2}", {"a": 1, "b": {"a": 2}}),
    ],
)
def test_aliases_and_merge_keys_are_looked_up(text: str, value: object) -> None:
    source = read_source(text)
    assert not source.mistakes
    assert json.dumps(source.value) == json.dumps(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: |\n  x\u2028y\n  z", "x\u2028y\nz\n"),
        ("a: x\x85y", "x\x85y"),
        ('a: "\\ud83d\\ude00"', "😀"),
        ("a: |\n  x", "x\n"),
        ("a: >\r\n  x\r\n  y\r\n", "x y\n"),
        ("\ufeffa: 1", 1),
        ("a:\tb\t# c\n", "b"),
        ("a: b\tc\t\n", "b\tc"),
        ("a:\n  - b\n\t\n  -\tc\n", ["b", "c"]),
        ('a: "b\tc"\t\n', "b\tc"),
        ("a: - \tb", None),
    ],
)
def test_signs_that_other_readers_stumble_over_stay_what_they_are(text: str, value: object) -> None:
    if value is None:
        assert "A list cannot begin here" in mistake(text)
    else:
        assert read_source(text).value == {"a": value}


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "~", "  \n# x\n\n"])
def test_a_text_without_content_has_no_value_and_no_mistake(text: str) -> None:
    source = read_source(text)
    assert source.value is None
    assert not source.mistakes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: .nan", "input.yml:1:4: a: The number .nan is more than JSON can carry; in quotes it is text."),
        pytest.param("a: " + "9" * 400, "is more than JSON can carry", id="digits"),
        ("a: 1\na: 2", "input.yml:2:1: “a” is given twice: leave one of them out."),
        ("a:\n  1: b", "input.yml:2:3: a: A key must be text: put “1” in quotes."),
        ("2024-01-01: b", "A key must be text: put “2024-01-01” in quotes."),
        ("? [a]\n: b", "A key must be text, not a list"),
        ("a: !mine 1", "input.yml:1:4: a: A tag (!mine) has no meaning here"),
        ("a: !!binary aGk=", "A tag (!!binary) has no meaning here"),
        ("a: !!int x", "“x” is nothing that the tag !!int could stand before"),
        ("a: 1\n---\nb: 2", "input.yml:2:1: A second document begins here"),
        ("a:\n\t- b", "input.yml:2:1: a: A tab cannot indent: use spaces."),
        ("a:\n  - b\n - c", "input.yml:3:2: "),
        ("a: b: c", "input.yml:1:5: "),
        ("a: b\nc\n\n\n", "input.yml:2:2: This should be a key with its colon"),
        ("a:\n  - [1\n", "input.yml:2:5: a[0]: A bracket [ is opened here"),
        ("a: \x07", "input.yml:1:4: The character U+0007 cannot stand in YAML"),
        ("b: [*x]", "input.yml:1:5: b[0]: “*x” stands for what &x names, and there is none above"),
        ("a: &a {b: *a}", "input.yml:1:11: a.b: “*a” stands within what it stands for"),
        ("c:\n  <<: [1]", "input.yml:2:3: c: Only keys, or a list of such, can be merged in"),
        ("%YAML 1.3\n---\na: 1", "This cannot be read as YAML: version"),
        ("a: |\n \n   x\n", "begins with a line of nothing but spaces"),
        pytest.param("a: " + "[" * 5000, "This is nested too deeply", id="brackets"),
        pytest.param("- " * 101, "This is nested too deeply", id="lists"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_do(text: str, said: str) -> None:
    assert said in mistake(text)


def test_several_mistakes_are_told_at_once() -> None:
    source = read_source("a: .inf\nb: !x 1\na: 2\n")
    assert [(found.line, found.column) for found in source.mistakes] == [(1, 4), (2, 4), (3, 1)]


def test_few_words_that_stand_for_very_many_are_refused() -> None:
    more = "".join(f"{name}: &{name} [{', '.join([f'*{last}'] * 10)}]\n" for last, name in pairwise("abcdef"))
    assert "at most 100,000 values" in mistake(f"a: &a [{'x, ' * 10}]\n{more}")


def test_aliases_cannot_be_stacked_deeper_than_anything_else() -> None:
    stack = "".join(f"a{number}: &a{number} [*a{number - 1}]\n" for number in range(1, 120))
    assert "nested too deeply" in mistake(f"a0: &a0 x\n{stack}")


def test_a_date_is_taken_as_text_and_told_of() -> None:
    source = read_source("a: 2024-01-01\nb: '2024-01-01'\nc: 2024-1-1T1:00:00Z\n")
    assert source.value == {"a": "2024-01-01", "b": "2024-01-01", "c": "2024-1-1T1:00:00Z"}
    assert [(found.key, found.warning) for found in source.mistakes] == [("a", True), ("c", True)]
    assert "bgit would read 2024-01-01 as a date: put it in quotes" in source.mistakes[0].sentence


def test_a_number_too_long_for_bgit_is_read_as_bgit_reads_it_and_told_of() -> None:
    source = read_source("a: 9007199254740993\nb: 123456789012345678901\n")
    assert source.value == {"a": 9007199254740992, "b": 123456789012345680000}
    assert [(found.key, found.warning) for found in source.mistakes] == [("a", True), ("b", True)]


def test_everything_has_its_place() -> None:
    places = read_source(
        "PROMPT:\r\n  teacher:\r\n    messages:\r\n      - role: user\r\n        content: a\r\n"
    ).places
    assert places["PROMPT", "teacher"] == Place(2, 3)
    assert places["PROMPT", "teacher", "messages", 0] == Place(4, 9)
    assert places["PROMPT", "teacher", "messages", 0, "content"] == Place(5, 9)
    assert places[()] == Place(1, 1)


def test_what_an_alias_brings_is_placed_where_it_is_written() -> None:
    places = read_source("a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\n").places
    assert places["c",] == Place(3, 1)
    assert places["c", "b"] == places["d", "b"] == Place(2, 3)


def test_a_path_is_written_in_the_files_own_words() -> None:
    assert in_file(("TARGET", "generators", 0, "numq")) == "TARGET.generators[0].numq"
    assert in_file(("a b", "c.d", "")) == '"a b"."c.d".""'
    assert in_file(()) == ""


def test_the_yaml_library_is_loaded_when_something_is_read_and_no_sooner() -> None:
    code = "import sys, breadtui.bgit.files.input; sys.exit('ruamel.yaml' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
