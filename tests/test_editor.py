"""A text given to the user's editor and taken back."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App

from breadtui.terminal.editor import NoEditor, edit, outside


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Set up an editor that does what `script` says, with the file's path in `path`."""
    program = tmp_path / "an editor.py"
    program.write_text(f"import sys, pathlib\npath = pathlib.Path(sys.argv[-1])\n{script}\n", encoding="utf-8")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} '{program}' --wait")


def test_what_was_saved_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(tmp_path, monkeypatch, "path.write_text(path.read_text(encoding='utf-8') + ' 日本\\n', encoding='utf-8')")
    assert edit("Yoda, I am.") == "Yoda, I am. 日本"


def test_a_last_line_break_of_ones_own_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(tmp_path, monkeypatch, "pass")
    assert edit("two lines\n\n") == "two lines\n\n"


def test_the_file_is_readable_by_its_owner_alone_and_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "note"
    told = f"pathlib.Path({str(note)!r}).write_text(f'{{path}} {{path.parent.stat().st_mode & 0o777:o}}')"
    editor(tmp_path, monkeypatch, told)
    edit("secret")
    path, mode = note.read_text(encoding="utf-8").split()
    assert mode == "700"
    assert not Path(path).exists()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("sys.exit(3)", "error (3)"),
        ("path.write_bytes(b'\\xff')", "could not be used"),
        ("path.unlink()", "could not be used"),
    ],
)
def test_an_editor_that_fails_says_so(script: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(tmp_path, monkeypatch, script)
    with pytest.raises(NoEditor) as told:
        edit("what was written")
    assert why in str(told.value)


def test_without_an_editor_it_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    with pytest.raises(NoEditor, match="EDITOR"):
        edit("text")
    monkeypatch.setenv("EDITOR", "/nowhere/editor")
    with pytest.raises(NoEditor, match="could not be used"):
        edit("text")


class Lender(App[None]):
    """An app in a terminal: what is lent comes back as with Textual's own driver, unless an error leaves the block."""

    lent = False

    @contextmanager
    def suspend(self) -> Generator[None]:
        self.lent = True
        yield
        self.lent = False


async def test_the_terminal_is_taken_back_from_an_editor_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "/nowhere/editor")
    async with Lender().run_test() as pilot:
        with pytest.raises(NoEditor, match="could not be used"):
            outside(pilot.app.screen, lambda: edit("mine"))
        assert isinstance(pilot.app, Lender)
        assert not pilot.app.lent


async def test_a_terminal_that_cannot_be_lent_is_told_of() -> None:
    async with App[None]().run_test() as pilot:
        with pytest.raises(NoEditor, match="The text is as it was"):
            outside(pilot.app.screen, lambda: edit("mine"))
