"""Files that an export writes: names that are safe, and nothing of the user's overwritten."""

from pathlib import Path

import pytest

from breadtui.widgets.chart import export
from breadtui.widgets.chart.export import write_new


def test_another_export_gets_another_name(tmp_path: Path) -> None:
    paths = [write_new(tmp_path, "yoda-loss", ".csv", text) for text in "abc"]
    assert [path.name for path in paths] == ["yoda-loss.csv", "yoda-loss-2.csv", "yoda-loss-3.csv"]
    assert [path.read_text() for path in paths] == ["a", "b", "c"]


def test_a_name_leads_nowhere_else(tmp_path: Path) -> None:
    inner = tmp_path / "here"
    inner.mkdir()
    path = write_new(inner, "../../etc/passwd\n", ".svg", "x")
    assert path.parent == inner
    assert sorted(tmp_path.iterdir()) == [inner]


def test_a_link_that_is_there_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "loss.csv").symlink_to(tmp_path / "precious")
    assert write_new(tmp_path, "loss", ".csv", "x").name == "loss-2.csv"
    assert (tmp_path / "precious").read_text() == "mine"


def test_nothing_is_left_of_what_could_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "write_private", full)
    with pytest.raises(OSError, match="No space"):
        write_new(tmp_path, "loss", ".csv", "x")
    assert not list(tmp_path.iterdir())
