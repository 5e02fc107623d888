"""What `input.yml` asks for, in every state that it may be found in."""

import json
import pathlib

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from breadtui.api.text import one_line
from breadtui.bakery.authoring.document import to_yaml
from breadtui.bgit.files.bread import BreadFile, Named
from breadtui.bgit.files.input import MOST_BYTES, Input, load_input, read_input
from breadtui.bgit.yaml.source import Place

NOTHING = BreadFile("r")
ASKED = """PROMPT:
  teacher:
    name: tea
    messages:
      - role: system
        content: one
TARGET:
  name: t
  generators:
    - {type: hardcoded, numq: 1, questions: [one]}
BAKE:
  name: one
  datasets:
    - target: t
      weight: 1.0
  model:
    dtype: bf16
"""
DONE = "".join(f"# {line}\n" for line in ASKED.splitlines())
HERE = pathlib.Path("/nowhere/at all")

keys = st.sampled_from(
    [
        *(
            "PROMPT",
            "TARGET",
            "BAKE",
            "teacher",
            "student",
            "messages",
            "name",
            "tools",
            "role",
            "content",
            "generators",
        ),
        *("type", "numq", "questions", "template", "template_path", "datasets", "target", "weight", "model", "u", "x"),
    ]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | keys
odd = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys | st.text(max_size=5), inner, max_size=5)
)


def read(text: str, bread: BreadFile = NOTHING) -> Input:
    return read_input(text, HERE, bread)


def load(folder: pathlib.Path, content: bytes | None) -> Input:
    if content is not None:
        (folder / "input.yml").write_bytes(content)
    return load_input(folder, NOTHING)


def test_what_is_asked_for_is_there_as_it_was_written() -> None:
    found = read(ASKED)
    assert found.usable
    assert not found.mistakes
    assert found.prompts == {"teacher": {"name": "tea", "messages": [{"role": "system", "content": "one"}]}}
    assert found.target == {"name": "t", "generators": [{"type": "hardcoded", "numq": 1, "questions": ["one"]}]}
    assert found.bake == {"name": "one", "datasets": [{"target": "t", "weight": 1}], "model": {"dtype": "bf16"}}
    assert found.places["TARGET", "generators", 0, "numq"] == Place(10, 25)
    assert found.text == ASKED


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", DONE, "PROMPT:\nTARGET:\nBAKE:\n", "PROMPT: null\n"])
def test_a_file_that_asks_for_nothing_is_ready_for_the_next_bake(text: str) -> None:
    found = read(text)
    assert found.empty
    assert not found.mistakes
    assert not found.usable


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
@example("PROMPT:\n" + ASKED)
@example("<<<<<<<")
def test_any_text_is_read_without_a_word_from_the_library(text: str) -> None:
    told(read(text), text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(keys, odd, max_size=4), st.booleans())
@example({"PROMPT": {"teacher": {"messages": "\ud800", "\ud800": 1}}}, False)
@example({"TARGET": {"generators": [{"template_path": "\x00", "type": "custom"}]}}, False)
@example({"TARGET": {"generators": [{"template_path": "a" * 5000}], "u": [], "teacher_prompt": {}}}, False)
@example({"BAKE": {"datasets": {"target": "t"}, "model": [], "template": [], "name": {}}}, False)
@example({"PROMPT": [], "TARGET": "x", "BAKE": 3}, False)
def test_any_value_is_read_and_what_is_wrong_with_it_stands_in_the_file(
    value: dict[str, object], in_json: bool
) -> None:
    text = json.dumps(value, indent=1) if in_json else to_yaml(value)
    told(read(text, BreadFile("r", target=Named("0" * 64, "t_0123456789abcdef"), parent_model="me/r/one/7")), text)


def told(found: Input, text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for mistake in found.mistakes:
        assert 1 <= mistake.line <= len(lines)
        assert 1 <= mistake.column <= len(lines[mistake.line - 1]) + 1
        assert str(mistake) == one_line(str(mistake))
    assert [(each.line, each.column) for each in found.mistakes] == sorted(
        (each.line, each.column) for each in found.mistakes
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "input.yml:1:1: input.yml must be an object with the keys PROMPT, TARGET and BAKE, not “a”."),
        ("\n- a", "input.yml:2:1: input.yml must be an object with the keys PROMPT, TARGET and BAKE, not a list."),
        ("prompt: {}", "1:1: prompt: There is no “prompt” here, only PROMPT, TARGET and BAKE. Is “PROMPT” meant?"),
        ("TARGETS: {}", "Is “TARGET” meant?"),
        ("PROMPT: [a]", "1:1: PROMPT: PROMPT must be an object with keys of its own, not a list."),
        ("BAKE: yes", "1:1: BAKE: BAKE must be an object with keys of its own, not “yes”."),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\n", "input.yml:2:1: Git could not merge this"),
        ("PROMPT:\n  a: [", "input.yml:2:6: "),
    ],
)
def test_what_is_wrong_with_the_file_as_a_whole_is_told(text: str, said: str) -> None:
    found = read(text)
    assert not found.usable
    assert said in "\n".join(map(str, found.mistakes))


def test_mistakes_stand_in_the_order_of_the_file_whoever_found_them() -> None:
    found = read("BAKE:\n  epoch: 3\n  name: 2024-01-01\nPROMPT:\n  a: 1\nOTHER: 1\nTARGET:\n  u: b\n")
    keys = [mistake.key for mistake in found.mistakes]
    assert keys == ["BAKE.datasets", "BAKE.epoch", "BAKE.name", "PROMPT.a", "OTHER", "TARGET.generators", "TARGET.u"]


def test_a_warning_keeps_nothing_from_being_made() -> None:
    found = read(ASKED.replace("name: one", "name: 2024-01-01"))
    assert [mistake.warning for mistake in found.mistakes] == [True]
    assert found.usable


def test_a_mistake_within_what_an_alias_brings_is_told_where_it_is_written() -> None:
    found = read("PROMPT:\n  teacher: &t\n    messages: 3\n  student: *t\n")
    assert [str(mistake).split(": messages")[0] for mistake in found.mistakes] == [
        "input.yml:3:5: PROMPT.student.messages",
        "input.yml:3:5: PROMPT.teacher.messages",
    ]


def test_the_file_of_a_directory_is_read_with_its_mark_and_its_ends_of_lines(tmp_path: pathlib.Path) -> None:
    found = load(tmp_path, b"\xef\xbb\xbf" + ASKED.replace("\n", "\r\n").encode())
    assert found.usable
    assert found.text == ASKED.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no input.yml in this directory: write one with PROMPT, TARGET and BAKE to begin."),
        (b"PROMPT:\n  \xff", "is not text in UTF-8: byte 11"),
        (b" " * (MOST_BYTES + 1), "is too large: it may have at most 8 MiB."),
    ],
    ids=["missing", "not UTF-8", "too large"],
)
def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: pathlib.Path, content: bytes | None, said: str) -> None:
    found = load(tmp_path, content)
    assert said in found.mistakes[0].sentence
    assert (found.mistakes[0].line, found.mistakes[0].column) == (1, 1)
    assert not found.usable


def test_a_directory_in_the_files_place_is_a_mistake(tmp_path: pathlib.Path) -> None:
    (tmp_path / "input.yml").mkdir()
    assert "is not a file" in load(tmp_path, None).mistakes[0].sentence
