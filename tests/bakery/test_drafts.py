"""Drafts on disk: kept, found again after a start, and never in the way."""

import json
import os
import stat
from pathlib import Path

import pytest

from breadtui.api.secret import Secret
from breadtui.bakery.drafts import DraftKey, Drafts
from breadtui.bakery.things import Thing
from breadtui.opening import load_kitchen
from breadtui.settings import Connection, state_path

KEY = DraftKey(Thing.PROMPT, "yoda_repo")
BODY: dict[str, object] = {
    "prompt_name": "yoda",
    "messages": [{"role": "system", "content": "You are Yoda.\n🧘 \ud800\x1b"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "drafts" / "server"


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def test_what_was_put_is_there_after_the_next_start(folder: Path) -> None:
    Drafts(folder).put(KEY, BODY)
    assert Drafts(folder).get(KEY) == BODY


def test_without_a_folder_drafts_live_as_long_as_the_program() -> None:
    drafts = Drafts()
    assert drafts.get(KEY) is None
    drafts.put(KEY, BODY)
    assert drafts.get(KEY) == BODY
    drafts.drop(KEY)
    assert drafts.get(KEY) is None
    assert Drafts().get(KEY) is None


def test_each_thing_repository_and_origin_has_a_draft_of_its_own(folder: Path) -> None:
    keys = [
        DraftKey(thing, repo, origin)
        for thing in Thing
        for repo in ("", "a", "a-b", "A", "../../etc", "a/b", "b" * 300, "日本", ".", "con:")
        for origin in ("", "b", "a-b", "/", "b" * 300)
    ]
    drafts = Drafts(folder)
    for number, key in enumerate(keys):
        drafts.put(key, {"number": number})
    again = Drafts(folder)
    assert [again.get(key) for key in keys] == [{"number": number} for number in range(len(keys))]
    assert len(files(folder)) == len(keys)
    assert files(folder.parent) == [folder]


def test_a_dropped_draft_is_gone_for_good(folder: Path) -> None:
    drafts = Drafts(folder)
    drafts.put(KEY, BODY)
    drafts.drop(KEY)
    drafts.drop(KEY)
    assert drafts.get(KEY) is None
    assert Drafts(folder).get(KEY) is None
    assert files(folder) == []
    drafts.put(KEY, BODY)
    assert Drafts(folder).get(KEY) == BODY


def test_a_draft_found_on_disk_can_be_dropped(folder: Path) -> None:
    Drafts(folder).put(KEY, BODY)
    Drafts(folder).drop(KEY)
    assert Drafts(folder).get(KEY) is None


def test_the_same_once_more_is_not_written(folder: Path) -> None:
    drafts = Drafts(folder)
    drafts.put(KEY, {"epochs": 1})
    (file,) = files(folder)
    before = file.stat().st_ino
    drafts.put(KEY, {"epochs": 1})
    assert file.stat().st_ino == before
    again = Drafts(folder)
    assert again.get(KEY) == {"epochs": 1}
    again.put(KEY, {"epochs": 1})
    assert file.stat().st_ino == before
    drafts.put(KEY, {"epochs": True})
    assert file.stat().st_ino != before
    assert Drafts(folder).get(KEY) == {"epochs": True}


def test_only_the_owner_can_read_a_draft(folder: Path) -> None:
    Drafts(folder).put(KEY, BODY)
    (file,) = files(folder)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


NO_DRAFTS = (
    *(b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"body": {}}', b'{"of": ["prompt", "yoda_repo", ""]}'),
    *(b'{"of": ["prompt", "yoda_repo", ""], "body": [1]}', b'{"of": ["prompt", "another", ""], "body": {}}'),
)


@pytest.mark.parametrize("content", NO_DRAFTS, ids=range(len(NO_DRAFTS)))
def test_what_is_no_draft_is_passed_over_and_written_over(folder: Path, content: bytes) -> None:
    Drafts(folder).put(KEY, BODY)
    (file,) = files(folder)
    file.write_bytes(content)
    drafts = Drafts(folder)
    assert drafts.get(KEY) is None
    drafts.put(KEY, BODY)
    assert Drafts(folder).get(KEY) == BODY


def test_a_disk_that_takes_nothing_loses_nothing_while_the_program_runs(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")
    drafts = Drafts(folder)
    for text in ("Y", "Yo"):
        with pytest.raises(OSError, match=r"\w"):
            drafts.put(KEY, {"prompt_name": text})
    assert drafts.get(KEY) == {"prompt_name": "Yo"}
    folder.unlink()
    drafts.put(KEY, {"prompt_name": "Yo"})
    assert Drafts(folder).get(KEY) == {"prompt_name": "Yo"}


def test_a_disk_that_was_full_once_is_tried_again_with_the_draft_of_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = Drafts(folder)
    drafts.put(KEY, {"prompt_name": "Y"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            drafts.put(KEY, {"prompt_name": "Yo"})
    assert Drafts(folder).get(KEY) == {"prompt_name": "Y"}
    drafts.put(KEY, {"prompt_name": "Yo"})
    assert Drafts(folder).get(KEY) == {"prompt_name": "Yo"}


def test_what_json_cannot_say_is_kept_in_memory_and_told(folder: Path) -> None:
    drafts = Drafts(folder)
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"a": deep}
    for body in (deep, {"set": {1}}):
        with pytest.raises(OSError, match="cannot be written as JSON"):
            drafts.put(KEY, body)
        assert drafts.get(KEY) is not None


def test_a_draft_can_be_read_by_people(folder: Path) -> None:
    Drafts(folder).put(DraftKey(Thing.BAKE, "yoda_repo", "yoda_v1"), {"bake_name": "yoda_v2"})
    (file,) = files(folder)
    assert file.name.startswith("bake_yoda_repo_yoda_v1-")
    assert json.loads(file.read_text()) == {"of": ["bake", "yoda_repo", "yoda_v1"], "body": {"bake_name": "yoda_v2"}}


async def test_each_server_and_key_has_drafts_of_its_own_and_hands_them_on() -> None:
    make = load_kitchen()
    bread = Connection("https://bread.test", Secret("one"))
    kitchens = [make(bread, None)]
    kitchens.append(make(bread, kitchens[0]))
    assert kitchens[1].drafts is kitchens[0].drafts
    for other in (Connection("https://other.test", Secret("one")), Connection("https://bread.test", Secret("two"))):
        kitchens.append(make(other, kitchens[0]))
    folders = [kitchen.drafts.folder for kitchen in kitchens]
    assert len(set(folders)) == 3
    assert all(folder and folder.parent == state_path() / "drafts" for folder in folders)
    assert not any(secret in str(folder) for folder in folders for secret in ("one", "two"))
    for kitchen in kitchens:
        await kitchen.close()


async def test_a_demos_drafts_stay_in_memory_and_are_handed_on_to_the_oven_after() -> None:
    make = load_kitchen()
    first = make(Connection("http://127.0.0.1:1", Secret("one"), rehearsal=True), None)
    second = make(Connection("http://127.0.0.1:2", Secret("two"), rehearsal=True), first)
    bread = make(Connection("https://bread.test", Secret("one")), second)
    assert first.drafts.folder is None
    assert second.drafts is first.drafts
    assert bread.drafts is not first.drafts
    for kitchen in (first, second, bread):
        await kitchen.close()
