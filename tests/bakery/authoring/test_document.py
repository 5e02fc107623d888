"""Bodies as YAML: what is written reads as the same again, and no text does harm."""

import json
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breadtui.bakery.authoring.document import from_yaml, line_of, to_yaml

ODD_TEXTS = (
    *("", " ", "\n", "\n\n", "\t", " \n ", "a\n", "a\n\n", "\na", "  a\nb", "a\n  b", "a\n \nb", "a \nb ", "a\n  "),
    *("\ta\nb", "yes", "No", "on", "y", "true", "True", "null", "~", "1", "1e3", "0x1f", "0o7", "1_000", "-1", "+.5"),
    *(".inf", "1:30", "2020-01-01", "<<", "=", "- a", "-", "? a", "a: b", "a:", ": a", "a #b", "#a", "&a", "*a", "!a"),
    *("|", ">", "%a", "@a", "'a'", '"a"', "a'b", "\\", "\\n", "[a]", "{a}", "a, b", "---", "...", "a\n---\nb"),
    *("a\n...\n", "a\n# b", "a\r\nb", "a\rb", "\x85", "a\x85b", "a\u2028b\nc", "\u2029", "\ufeffa", "\ufeffa\nb"),
    *("\ufffe", "\x00", "\x07\n", "\x1b[31m", "\x7f", "\xa0", "\ud800", "\udfff\n", "🧁 warm\nbread 🥖", "è", "日本語"),
    *("word " * 40, "word: " * 40, "k" * 2000, "a" * 79 + ":", "a\n\n\n\n"),
)
texts = st.sampled_from(ODD_TEXTS) | st.text(st.characters(), max_size=40) | st.text(" \n\t:#-ab'\"|", max_size=20)
numbers = st.integers() | st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=15,
)
bodies = st.dictionaries(texts, values, max_size=5)


def same(one: object, other: object) -> bool:
    """Equal, and of the same types throughout: true is not 1, 1 not 1.0, and 0.0 not -0.0."""
    return one == other and json.dumps(one) == json.dumps(other)


def fault(text: str) -> str:
    read = from_yaml(text)
    assert read.body is None
    assert read.problem
    assert read.problem.sentence.startswith(f"Line {read.problem.line + 1}, column {read.problem.column + 1}: ")
    assert read.problem.line <= text.count("\n") + 1
    return read.problem.sentence


@settings(max_examples=300, deadline=None)
@given(bodies)
@example({text: text for text in ODD_TEXTS})
@example({"all": [{text: [text]} for text in ODD_TEXTS]})
@example({"numbers": [1e-7, 1e16, -0.0, 0.1, 5e-324, 1.7976931348623157e308, 10**400, -(10**4000)]})
@example({"k" * 5000: {"k" * 999: [[], {}, [[]], [{}], {"": {}}]}, "k" * 1000: [["k" * 1000]], "k" * 1001: "a\nb"})
def test_every_body_is_read_as_it_was_written(body: dict[str, object]) -> None:
    read = from_yaml(to_yaml(body))
    assert read.problem is None
    assert same(read.body, body)


def test_a_prompt_of_several_lines_stands_there_as_it_is_read() -> None:
    body = {
        "prompt_name": "yoda_teacher",
        "messages": [
            {"role": "system", "content": "You are Yoda.\n\nSpeak like Yoda: use inverted syntax 🧘.\n"},
            {"role": "user", "content": "How tall are you?"},
        ],
        "temperature": 0.7,
        "stream": True,
        "tools": [],
    }
    assert (
        to_yaml(body)
        == """\
prompt_name: yoda_teacher
messages:
  - role: system
    content: |
      You are Yoda.

      Speak like Yoda: use inverted syntax 🧘.
  - role: user
    content: How tall are you?
temperature: 0.7
stream: true
tools: []
"""
    )


def test_a_long_line_is_not_folded() -> None:
    long = "You are Yoda, and speak so. " * 100 + "Always"
    assert to_yaml({"content": long}) == f"content: {long}\n"
    assert to_yaml({"content": "Yoda: " * 100 + "x"}) == "content: |-\n  " + "Yoda: " * 100 + "x\n"


def test_nothing_at_all_is_an_empty_body() -> None:
    assert to_yaml({}) == "{}\n"
    assert from_yaml("{}\n").body == {}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *[("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("yes", "yes"), ("off", "off")],
        *[
            ("7", 7),
            ("+7", 7),
            ("0o17", 15),
            ("0x1F", 31),
            ("1_000", "1_000"),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("1.", 1.0),
        ],
        *[("2020-01-01", "2020-01-01"), ("2020-01-01 10:00:00", "2020-01-01 10:00:00"), ("1:30", "1:30"), ("=", "=")],
        *[("'1'", "1"), ('"true"', "true"), ("[1, a]", [1, "a"]), ("{a: }", {"a": None}), ("|\n  1", "1"), ("&x 1", 1)],
    ],
)
def test_words_mean_what_yaml_1_2_says(word: str, value: object) -> None:
    assert same(from_yaml(f"a: {word}").body, {"a": value})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epochs: 3\nmodel:\n  r: 8\n  r: 16", "Line 4, column 3: a key is given twice: r."),
        ("a: 1\na: 1", "Line 2, column 1: a key is given twice: a."),
        ("a: &x [1]\nb: *x", "Line 2, column 4: “*x” stands for what is written elsewhere"),
        ("a: **bold**", "put the text in quotes"),
        ("a: !!python/object/apply:os.system [ls]", "a tag (!!python/object/apply:os.system) has no meaning here"),
        ("a: !!binary aGk=", "a tag (!!binary)"),
        ("a: !mine {}", "a tag (!mine)"),
        ("a: 1\n---\nb: 2", "Line 2, column 1: a second document begins"),
        ("<<: {a: 1}", "keys cannot be merged in by <<"),
        ("1: a", "a key must be text: put “1” in quotes."),
        ("true: a", "a key must be text: put “true” in quotes."),
        (": a", "without a key"),
        ("[a]: b", "a key must be text, not a list"),
        ("? {a: b}\n: c", "a key must be text"),
        ("a:\n\tb: 1", "Line 2, column 1: a tab cannot indent: use spaces."),
        ("a: b: c", "Line 1, column 5: a colon cannot stand here"),
        ("a: 1\n  b: 2", "a colon cannot stand here"),
        ("a:\n  b: 1\n c: 2", "Line 3, column 2: this does not belong to what stands above"),
        ("a: 1\nb: 'it is\nc: 2", "Line 2, column 4: a quote is opened here, and not closed."),
        ("a: [1, 2\nb: 3", "Line 1, column 4: a bracket [ is opened here"),
        ("a: {b: 1", "Line 1, column 4: a brace { is opened here"),
        ("a: @x", "put the text in quotes"),
        ('a: "\\q"', "backslash"),
        (r'a: "\UFFFFFFFF"', "cannot be read"),
        ("a: 1\nb: \x07", "Line 2, column 4: the character U+0007 cannot stand in YAML"),
        ("a: \ud800", "U+D800"),
        ("a: 1e400", "Line 1, column 4: the number 1e400 is more than JSON can carry"),
        ("a: -.inf", "more than JSON can carry"),
        ("a: .NaN", "more than JSON can carry"),
        ("a: " + "9" * 5000, "more than JSON can carry"),
        ("a: 0x" + "f" * 5000, "more than JSON can carry"),
        ("- a", "this is a list"),
        ("yoda", "this is a single value"),
        ("", "nothing is written here"),
        ("# only this", "nothing is written here"),
        ("%YAML 3.0\n---\na: 1", "cannot be read as YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, said: str) -> None:
    assert said in fault(text)


def test_a_number_that_json_cannot_carry_is_shown_and_named() -> None:
    assert "more than JSON can carry" in fault(to_yaml({"temperature": float("nan")}))
    assert to_yaml({"a": float("inf"), "b": float("-inf")}) == "a: .inf\nb: -.inf\n"


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    text = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert "Line 2" in fault(text)


@pytest.mark.parametrize("opened", ["[", "{a: ", "- ", "[\n"])
def test_what_is_nested_too_deeply_is_refused(opened: str) -> None:
    assert "nested too deeply" in fault("a:\n " + opened * 20_000)


def test_as_deep_as_json_goes_it_is_read() -> None:
    body: dict[str, object] = {}
    for _ in range(400):
        body = {"a": [body]}
    assert from_yaml(to_yaml(body)).problem is None


MEGABYTES = ("a: " + "x " * 500_000, "a: |\n" + "  x\n" * 250_000, "#" * 1_000_000, "\n" * 1_000_000)


@pytest.mark.parametrize("text", MEGABYTES, ids=range(4))
def test_a_text_of_a_megabyte_is_read(text: str) -> None:
    read = from_yaml(text)
    assert (read.body is None) is not (read.problem is None)


signs = st.sampled_from("ab:- \n\t'\"[]{},#&*!|>%@`?\\u0<=.~1e+\r\x85\u2028\ufeff")


@settings(max_examples=300, deadline=None)
@given(st.text(signs, max_size=60) | st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    read = from_yaml(text)
    assert (read.body is None) is not (read.problem is None)
    if read.body is not None:
        assert same(from_yaml(to_yaml(read.body)).body, read.body)


def test_the_line_of_what_is_not_there_is_that_of_the_nearest_thing_around_it() -> None:
    lines = from_yaml("template: default\noverrides:\n  generators:\n    - type: hardcoded\n      numq: 2\n").lines
    assert line_of(("overrides", "generators", 0, "numq"), lines) == 4
    assert line_of(("overrides", "generators", 0, "questions", 3), lines) == 3
    assert line_of(("overrides", "generators", 1), lines) == 2
    assert line_of(("target_name",), lines) == 0
    assert line_of((), lines) == 0


def test_every_key_and_item_has_its_line() -> None:
    body = {"a": [{"b": "one\ntwo", "c": [[1], {"k" * 2000: {"d": 2}}]}, "\n"], "e": {}}
    assert from_yaml(to_yaml(body)).lines == {
        ("a",): 0,
        ("a", 0): 1,
        ("a", 0, "b"): 1,
        ("a", 0, "c"): 4,
        ("a", 0, "c", 0): 5,
        ("a", 0, "c", 0, 0): 5,
        ("a", 0, "c", 1): 6,
        ("a", 0, "c", 1, "k" * 2000): 6,
        ("a", 0, "c", 1, "k" * 2000, "d"): 8,
        ("a", 1): 9,
        ("e",): 10,
    }


def test_the_lines_as_far_as_a_fault_are_known() -> None:
    assert from_yaml("a: 1\nb: 2\nb: 3\nc: 4").lines == {("a",): 0, ("b",): 1}


def test_the_yaml_library_is_loaded_when_a_text_is_read_and_not_before() -> None:
    code = (
        "import sys; from breadtui.bakery.authoring.document import *; to_yaml({'a': 'b\\nc'});"
        "early = 'ruamel.yaml' in sys.modules; from_yaml('a: 1'); print(early, 'ruamel.yaml' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True"]
