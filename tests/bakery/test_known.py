"""The names of last time, which stand on the screen until the server has told today's."""

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.secret import Secret
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.known import MOST, Known, keep, place, recall
from breadtui.bakery.things import Thing
from tests.bakery.recipes import REPO, stock

KEY = Secret("sk-bread-0123456789abcdef")
KNOWN = Known(("yoda_repo", "apple"), ("teacher",), ("yoda",), ("yoda_bake",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return place(tmp_path, "bapi.bread.com.ai", KEY)


def test_what_was_kept_comes_back(path: Path) -> None:
    keep(path, KNOWN)
    assert recall(path) == KNOWN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_server_and_each_key_has_names_of_its_own(tmp_path: Path) -> None:
    places = {
        place(tmp_path, server, Secret(key))
        for server in ("bapi.bread.com.ai", "127.0.0.1:8778", "127.0.0.1_8778")
        for key in ("one", "two")
    }
    assert len(places) == 6


def test_the_key_is_not_in_the_files_name(path: Path) -> None:
    assert KEY.reveal() not in str(path)


def test_where_nothing_was_kept_nothing_is_known(path: Path) -> None:
    assert recall(path) is None


def test_a_server_without_repositories_is_not_worth_recalling(path: Path) -> None:
    keep(path, Known())
    assert recall(path) is None


@given(st.binary(max_size=80))
def test_a_file_of_any_content_is_recalled_or_passed_over(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "known.json"
    path.write_bytes(content)
    assert recall(path) is None or isinstance(recall(path), Known)


@pytest.mark.parametrize(
    "content",
    ["[1]", '{"repos": 3}', '{"repos": [3, null]}', "[" * 100_000, "1" * 10_000, "null", '{"repos": {}}'],
    ids=range(7),
)
def test_what_is_no_list_of_names_is_passed_over(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert recall(path) is None


def test_names_are_made_safe_for_the_terminal_once_more(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"repos": ["yo\x1b[31mda"]}))
    known = recall(path)
    assert known
    assert "\x1b" not in known.repos[0]


def test_only_as_many_names_are_kept_as_a_first_screen_can_show(path: Path) -> None:
    names = tuple(f"repo {n}" for n in range(MOST + 50))
    keep(path, Known(names, names, names, names))
    known = recall(path)
    assert known
    assert known == Known(names[:MOST], names[:MOST], names[:MOST], names[:MOST])


async def test_a_kitchen_keeps_the_repositories_and_what_the_first_holds(kitchen: Kitchen) -> None:
    assert kitchen.names() == Known()
    await stock(kitchen)
    await kitchen.create(Thing.REPO, "", {"repo_name": "apple"})
    assert kitchen.names() == Known((REPO, "apple"), ("teacher", "student"), ("yoda",), ("yoda_bake",))
