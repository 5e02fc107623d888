"""The form of `.bread`: what npm's ini 6 writes is written and read the same, and a hand's work is read as well."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bgit.javascript.ini import ini_text, read_ini

OBSERVED = (
    ({"REPO": {"name": "me"}}, "[REPO]\nname=me\n"),
    ({"A": {"x": "1", "y": ""}, "B": {"z": "2"}}, "[A]\nx=1\ny=\n\n[B]\nz=2\n"),
    ({"A": {}, "B": {"z": "2"}, "C": {}}, "[B]\nz=2\n"),
    ({"PROMPT.a.b": {"hash": "1"}}, "[PROMPT\\.a\\.b]\nhash=1\n"),
    ({"PROMPT.a;b#c": {"hash": "1"}}, "[PROMPT\\.a\\;b\\#c]\nhash=1\n"),
    ({"PROMPT.a=b": {"hash": "1"}}, '["PROMPT\\\\.a=b"]\nhash=1\n'),
    ({"A": {"x": "a=b"}}, '[A]\nx="a=b"\n'),
    ({"A": {"x": '["a","b"]'}}, '[A]\nx="[\\"a\\",\\"b\\"]"\n'),
    ({"A": {"x": " a"}}, '[A]\nx=" a"\n'),
    ({"A": {"x": "a\ufeff"}}, '[A]\nx="a\ufeff"\n'),
    ({"A": {"x": "a\x1f"}}, "[A]\nx=a\x1f\n"),
    ({"A": {"x": "a\nb\rc"}}, '[A]\nx="a\\nb\\rc"\n'),
    ({"A": {"x": "'a'"}}, "[A]\nx=\"'a'\"\n"),
    ({"A": {"x": '"a"'}}, '[A]\nx="\\"a\\""\n'),
    ({"A": {"x": "'"}}, "[A]\nx='\n"),
    ({"A": {"x": "a;b#c"}}, "[A]\nx=a\\;b\\#c\n"),
    ({"A": {"x": "a]b\\c"}}, "[A]\nx=a]b\\c\n"),
    ({"A": {"x": "true"}}, "[A]\nx=true\n"),
    ({"A": {"x": "=\ud800🥖"}}, '[A]\nx="=\\ud800🥖"\n'),
)


@pytest.mark.parametrize(("sections", "text"), OBSERVED)
def test_sections_are_written_as_npm_writes_them_and_read_again(sections: dict[str, dict[str, str]], text: str) -> None:
    assert ini_text(sections) == text
    assert read_ini(text) == {name: entries for name, entries in sections.items() if entries}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff[A]\r\nx=1\r\ny=2\r\n",
        "  [A]  \n\n  x = 1 \n ; a remark\n# another\n\ty =\t2",
        "[A]\nx=1 ; a remark\ny=2 # another\n",
        "[A]\nx=1\n[B]\n[A]\ny=2\n[B]",
        "[A]\nx=0\nx=1\nwhat is this\n=\n=9\ny=2\n",
        "z=9\n[A]\nx='1'\ny=\"2\"\n",
    ],
)
def test_what_a_hand_or_a_merge_left_is_read(text: str) -> None:
    found = read_ini(text)
    assert found.pop("A") == {"x": "1", "y": "2"}
    assert not found.get("B")


def test_a_dot_without_its_escape_is_a_dot() -> None:
    assert read_ini("[PROMPT.teacher]\nhash=1\n") == {"PROMPT.teacher": {"hash": "1"}}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text("[]ab=.;#\\'\" \n\r\t", max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert all(isinstance(value, str) for entries in read_ini(text).values() for value in entries.values())


names = st.text(st.characters(exclude_characters="\\"), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(names.map("X.{}".format), st.dictionaries(st.sampled_from("ab"), names, min_size=1), max_size=3))
def test_all_that_is_written_is_read_again(sections: dict[str, dict[str, str]]) -> None:
    assert read_ini(ini_text(sections)) == sections
