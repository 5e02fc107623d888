"""Files are written whole or not at all, and for their owner's eyes only."""

import errno
import fcntl
import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.files import safe_name, write_all_over, write_new, write_over, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def generous_umask():
    """What is private must be so by our doing, not by the machine's habit."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    write_private(tmp_path / "config.toml", "theme = 'é'\n")
    assert (tmp_path / "config.toml").read_bytes() == "theme = 'é'\n".encode()
    assert mode(tmp_path / "config.toml") == 0o600


def test_a_file_that_others_could_read_no_longer_can(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), mode(path)) == ("new", 0o600)


def test_every_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    write_private(tmp_path / "one" / "two" / "three" / "config.toml", "")
    assert [mode(tmp_path / way) for way in ("one", "one/two", "one/two/three")] == [0o700, 0o700, 0o700]


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir(mode=0o755)
    write_private(tmp_path / "one" / "config.toml", "")
    assert mode(tmp_path / "one") == 0o755


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "config.toml"
    kept.parent.mkdir()
    kept.write_text("old")
    link = tmp_path / "config.toml"
    link.symlink_to(kept)
    write_private(link, "new")
    assert link.is_symlink()
    assert kept.read_text() == "new"


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("before", ["old", None])
def test_on_a_full_disk_the_old_content_stays_and_nothing_else_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, before: str | None
) -> None:
    path = tmp_path / "config.toml"
    if before is not None:
        path.write_text(before)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os if call == "fsync" else Path, call, full)
    with pytest.raises(OSError, match="No space left"):
        write_private(path, "new")
    monkeypatch.undo()
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == (
        [] if before is None else [("config.toml", before)]
    )


def test_an_interruption_leaves_no_half_written_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_private(tmp_path / "config.toml", "new")
    assert [*tmp_path.iterdir()] == []


def test_until_it_is_whole_a_file_is_not_seen_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text("old")
    seen: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.append(path.read_text()))
    write_private(path, "new")
    assert seen == ["old"]


def test_the_mode_of_a_file_that_is_written_over_stays(tmp_path: Path) -> None:
    path = tmp_path / ".bread"
    path.write_text("old")
    path.chmod(0o664)
    write_over(path, "new")
    assert (path.read_text(), mode(path)) == ("new", 0o664)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_file_stays_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / ".bread"
    path.write_text("old")
    os.chown(path, 1234, 2345)
    write_over(path, "new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)


def test_of_several_files_none_is_replaced_before_there_is_room_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("old")
    synced: list[int] = []

    def full(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_all_over({one: "new", two: "new"})
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("one", "old")]


def test_what_was_left_half_written_by_a_kill_is_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / ".bread"
    for name in ("..bread.0123abcd", "..bread.0123abcd.txt", "..bread.notours", ".other.0123abcd"):
        (tmp_path / name).write_text("half")
    write_over(path, "new")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "..bread.0123abcd.txt",
        "..bread.notours",
        ".bread",
        ".other.0123abcd",
    ]


def test_what_somebody_else_still_writes_is_left_to_them(tmp_path: Path) -> None:
    with (tmp_path / "..bread.0123abcd").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write_over(tmp_path / ".bread", "new")
        assert (tmp_path / "..bread.0123abcd").exists()


@pytest.mark.parametrize("name", ["bapi.bread.com.ai", "yoda_repo", "a-b.c_d"])
def test_a_name_that_is_safe_stays(name: str) -> None:
    assert safe_name(name) == name


@given(st.text())
def test_any_text_makes_one_segment_of_a_path(name: str) -> None:
    made = safe_name(name)
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}", made)


@pytest.mark.parametrize(
    ("one", "other"), [("a/b", "a_b"), ("a/b", "a:b"), ("", "."), ("..", "."), ("x" * 80, "x" * 81)]
)
def test_two_names_never_meet_in_one_file(one: str, other: str) -> None:
    assert safe_name(one) != safe_name(other)


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

    monkeypatch.setattr("breadtui.files.write_private", full)
    with pytest.raises(OSError, match="No space"):
        write_new(tmp_path, "loss", ".csv", "x")
    assert not list(tmp_path.iterdir())
