"""The files that generators take their templates from."""

import pathlib

import pytest

from breadtui.bgit.files.bread import BreadFile
from breadtui.bgit.files.input import Input, read_input

GOOD = "Ask ${numq} questions of ${prompt_u}.\n"


def read(directory: pathlib.Path, *generators: str) -> Input:
    listed = "".join(f"    - {{{generator}}}\n" for generator in generators)
    text = f"PROMPT:\n  teacher: {{messages: []}}\nTARGET:\n  generators:\n{listed}"
    return read_input(text, directory, BreadFile("r"))


def told(directory: pathlib.Path, *generators: str) -> str:
    mistakes = read(directory, *generators).mistakes
    return "\n".join(f"{'?' if mistake.warning else ''}{mistake}" for mistake in mistakes)


def test_the_templates_are_read_by_the_places_of_their_generators(tmp_path: pathlib.Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.txt").write_text(GOOD)
    (tmp_path / "~b").write_text(GOOD * 2)
    custom, shot = "type: custom, template_path: templates/a.txt", "type: oneshot_qs, template_path: ~b"
    found = read(tmp_path, custom, "type: persona", shot)
    assert not found.mistakes
    assert found.templates == {0: GOOD, 2: GOOD * 2}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "5:26: TARGET.generators[0].template_path: There is no file "),
        (b"", "TARGET.generators[0].template_path: “a.txt” is empty: a template is needed there."),
        (b" \n", "is empty"),
        (b"\xff", "is not text in UTF-8: byte 1"),
        (GOOD.encode() + b" " * (1 << 20), "is too large: it may have at most 1 MiB."),
        (b"${numq}", "“a.txt” lacks ${prompt_u}, where the stim fills them in: add it."),
        (b"${NUMQ} $prompt_u", "“a.txt” lacks ${numq} and ${prompt_u}, where the stim fills them in: add them."),
    ],
    ids=["missing", "empty", "blank", "not UTF-8", "too large", "lacks one", "lacks both"],
)
def test_a_template_that_cannot_be_used_is_a_mistake(tmp_path: pathlib.Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "a.txt").write_bytes(content)
    words = told(tmp_path, "type: oneshot_qs, template_path: a.txt")
    assert said in words
    assert "?" not in words


def test_a_directory_is_no_template(tmp_path: pathlib.Path) -> None:
    assert "is not a file." in told(tmp_path, "type: custom, template_path: .")


def test_other_generators_may_do_without_the_variables(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.txt").write_text("${numq}")
    found = read(tmp_path, "type: custom, template_path: a.txt")
    assert [mistake.warning for mistake in found.mistakes] == [True]
    assert found.templates == {0: "${numq}"}


def test_a_template_outside_of_the_directory_is_used_with_a_warning(tmp_path: pathlib.Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "a.txt").write_text(GOOD)
    for path in ("../a.txt", str(tmp_path / "a.txt")):
        found = read(inside, f"type: oneshot_qs, template_path: {path}")
        assert found.templates == {0: GOOD}
        assert ["is outside of the directory" in mistake.sentence for mistake in found.mistakes] == [True]
        assert found.usable


def test_a_name_that_begins_with_a_tilde_stands_for_no_home(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "~").mkdir()
    (tmp_path / "~" / "a.txt").write_text(GOOD)
    assert read(pathlib.Path(), "type: custom, template_path: ~/a.txt").templates == {0: GOOD}


@pytest.mark.parametrize(
    ("generator", "said"),
    [
        ("type: custom, template_path: a, template_content: b", "template_path and template_content are both there"),
        ('type: custom, template_path: ""', "template_path is empty: name a file, or leave it out."),
        ("type: custom, template_path: 5", "template_path must be text, not 5."),
        ('type: custom, template_path: "a\\0"', "That is not the name of a file."),
        ("type: custom", "A custom generator needs a template"),
    ],
)
def test_a_generator_has_one_template(tmp_path: pathlib.Path, generator: str, said: str) -> None:
    assert said in told(tmp_path, generator)
