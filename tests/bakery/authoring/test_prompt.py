"""How long a prompt is, what its tools must be, and prompts from files."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.authoring.prompt import Loaded, LoadProblem, check_tools, estimate_tokens, lengths, load

ENGLISH = (
    "Baking writes the behaviour of a prompt into the weights of a model, so that it answers in the same way"
    " without being told. You describe a teacher and a student, gather questions, and record the answers."
)
CODE = """\
def total(items: list[int]) -> int:
    result = 0
    for item in items:
        result += item
    return result
"""
CHINESE = "烘焙把提示的行为写入模型的权重，因此模型无需提示也能以同样的方式回答。"


@pytest.mark.parametrize(("text", "least", "most"), [(ENGLISH, 3.5, 5.5), (CODE, 2.3, 4.0), (CHINESE, 1.2, 2.0)])
def test_tokens_are_as_long_as_those_of_todays_models(text: str, least: float, most: float):
    assert least <= len(text) / estimate_tokens(text) <= most


@settings(max_examples=150)
@given(text=st.text(max_size=60))
def test_a_text_has_tokens_unless_it_is_blank_and_never_more_than_bytes(text: str):
    tokens = estimate_tokens(text)
    assert (tokens > 0) or not text.strip()
    assert tokens <= len(text)


def test_the_lengths_are_those_of_the_texts_whatever_form_they_have():
    messages = [
        {"role": "system", "content": "You are Yoda."},
        {"role": "user", "content": [{"type": "text", "text": "Hi."}, {"type": "image_url"}]},
        {"role": "assistant", "content": None},
        "junk",
    ]
    assert lengths(messages) == (16, estimate_tokens("You are Yoda.") + estimate_tokens("Hi."))
    assert lengths([]) == (0, 0)
    assert lengths("junk") == (0, 0)


def test_tools_in_openais_form_are_taken_with_whatever_more_they_hold():
    function = {"name": "get_weather", "description": "?", "parameters": {"type": "object"}, "strict": True, "more": 1}
    assert check_tools([{"type": "function", "function": function, "more": 1}]) == []
    assert check_tools([]) == []
    assert check_tools(None) == []


@pytest.mark.parametrize(
    ("tools", "path"),
    [
        ({}, ("tools",)),
        (["f"], ("tools", 0)),
        ([{"function": {"name": "f"}}], ("tools", 0, "type")),
        ([{"type": "function"}], ("tools", 0, "function")),
        ([{"type": "function", "function": {}}], ("tools", 0, "function", "name")),
        ([{"type": "function", "function": {"name": "a b"}}], ("tools", 0, "function", "name")),
        ([{"type": "function", "function": {"name": "f\n"}}], ("tools", 0, "function", "name")),
        ([{"type": "function", "function": {"name": "f", "strict": 1}}], ("tools", 0, "function", "strict")),
        ([{"type": "function", "function": {"name": "f", "parameters": []}}], ("tools", 0, "function", "parameters")),
    ],
)
def test_what_is_wrong_with_a_tool_is_told_with_its_place(tools: object, path: tuple[str | int, ...]):
    assert [problem.path for problem in check_tools(tools)] == [path]


JSON_FILES = st.recursive(
    st.none() | st.sampled_from(["role", 3, 0.5]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["role", "messages", "tools", "function"]), inner),
).map(lambda held: json.dumps(held).encode())
MESSAGES: list[dict[str, object]] = [{"role": "system", "content": "Hi"}]
TOOLS: list[dict[str, object]] = [{"type": "function", "function": {"name": "f"}}]


@pytest.mark.parametrize(
    ("held", "loaded"),
    [
        (MESSAGES, Loaded(MESSAGES, None)),
        (TOOLS, Loaded(None, TOOLS)),
        ([], Loaded([], None)),
        ({"messages": MESSAGES, "tools": TOOLS, "name": "p"}, Loaded(MESSAGES, TOOLS)),
        ({"tools": []}, Loaded(None, [])),
        ({"messages": [], "tools": None}, Loaded([], None)),
    ],
)
def test_a_prompt_is_read_from_a_file(tmp_path: Path, held: object, loaded: Loaded):
    path = tmp_path / "prompt.json"
    path.write_text(json.dumps(held), encoding="utf-8")
    assert load(path) == loaded


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"messages": [\n  {"role": }]}', "Line 2, column 12"),
        (b"", "Line 1, column 1"),
        (b"\xff", "not text in UTF-8"),
        (b"[" * 5000, "nested too deeply"),
        (b'[{"role": "user", "x": NaN}]', "NaN is no number"),
        (b'[{"role": "user", "x": ' + b"9" * 5000 + b"}]", "a number too long"),
        (b"3", "must hold a list"),
        (b"{}", "neither messages nor tools"),
        (b'{"messages": "Hi"}', "messages must be a list"),
        (b'{"messages": ["Hi"]}', "Item 1 of messages must be an object"),
        (b'[{"role": "user"}, {"content": "Hi"}]', "Item 2 of the list is no message"),
        (b" " * (5 << 20) + b"[]", "at most 5 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_holds_no_prompt_is_refused_with_the_reason(tmp_path: Path, content: bytes, words: str):
    path = tmp_path / "prompt.json"
    path.write_bytes(content)
    with pytest.raises(LoadProblem) as problem:
        load(path)
    assert words in str(problem.value)


@settings(max_examples=60)
@given(content=st.binary(max_size=30) | JSON_FILES)
def test_no_file_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)
    with contextlib.suppress(LoadProblem):
        assert isinstance(load(path), Loaded)
