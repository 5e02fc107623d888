"""What is seen of a server that nothing is known of yet, while most of the program is still being loaded."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from breadtui import opening
from breadtui.widgets.tree.repo_tree import Item, Kind, RepoTree
from tests.support.app import bread_app, stocked, until
from tests.support.oven import running_oven

FIRST = Item(Kind.REPO, "yoda_repo")


async def test_a_new_servers_repositories_are_shown_before_the_rest_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = threading.Event()

    def load_late(**given: Any) -> Callable[..., object]:
        loaded.wait()
        return load_kitchen(**given)

    load_kitchen = opening.load_kitchen
    monkeypatch.setattr(opening, "load_kitchen", load_late)
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            try:
                await until(pilot, lambda: any(tree.current for tree in app.screen.query(RepoTree)), "a name")
                assert app.screen.query_one(RepoTree).current == FIRST
                assert app.kitchen is None
            finally:
                loaded.set()
            await stocked(pilot)
            assert app.screen.query_one(RepoTree).current == FIRST
