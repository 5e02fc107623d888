"""What every screen looks like: at three sizes, dark, and the chief ones light."""

from collections.abc import Callable, Iterator
from itertools import groupby

import pytest
from textual.pilot import Pilot

from breadtui.api.secret import Secret
from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.watcher import Watcher
from breadtui.screens.worktop import Worktop
from breadtui.settings import Connection
from breadtui.widgets.tree.repo_tree import Item, Kind
from tests.support.app import bread_app, quiet, still, stocked, typed
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed

__all__ = ["changed"]  # a fixture

SIZES = ((80, 24), (120, 36), (200, 50))
YODA, APPLE = "yoda_repo", "apple_support_agent"

Compare = Callable[..., bool]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with time standing still, so that what runs is always as far."""
    with running_oven(tmp_path_factory.mktemp("samples"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one figure on the screen that no two runs share."""
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)


def at(item: Item, *keys: str) -> Play:
    """Go to a row of the tree, then press keys; letters are typed at once with those that follow."""

    async def play(pilot: Pilot[None]) -> None:
        await stocked(pilot)
        pilot.app.screen.query_one(Worktop).go_to(item)
        await quiet(pilot)
        for word, run in groupby(keys, key=lambda key: len(key) == 1):
            if word:
                await typed(pilot, "".join(run))
            else:
                await pilot.press(*run)
            await quiet(pilot)
        await still(pilot)

    return play


SCENES: dict[str, Play] = {
    "repository": at(Item(Kind.REPO, YODA)),
    "folder": at(Item(Kind.BAKES, YODA)),
    "prompt": at(Item(Kind.PROMPT, YODA, "yoda_teacher")),
    "empty_prompt": at(Item(Kind.PROMPT, YODA, "empty_student")),
    "target": at(Item(Kind.TARGET, YODA, "yoda_target")),
    "running_target": at(Item(Kind.TARGET, APPLE, "mac_support")),
    "failed_target": at(Item(Kind.TARGET, APPLE, "airpods_support")),
    "bake": at(Item(Kind.BAKE, YODA, "yoda_bake_v1")),
    "bake_in_need": at(Item(Kind.BAKE, APPLE, "apple_bake_v1")),
    "checkpoint": at(Item(Kind.CHECKPOINT, YODA, "baker/yoda_repo/yoda_bake_v1/14", bake="yoda_bake_v1")),
    "detail_pane": at(Item(Kind.TARGET, APPLE, "airpods_support"), "tab"),
    "jobs_pane": at(Item(Kind.TARGET, APPLE, "airpods_support"), "3", "j"),
    "zoomed": at(Item(Kind.BAKE, YODA, "yoda_bake_v1"), "2", "z"),
    "help": at(Item(Kind.REPO, YODA), "question_mark"),
    "new_menu": at(Item(Kind.TARGET, YODA, "yoda_target"), "n"),
    "repo_form": at(Item(Kind.REPO, YODA), "n", "r"),
    "prompt_form": at(Item(Kind.REPO, YODA), "n", "p", *"wise", "tab", *"Speak.", "ctrl+n", *"Why?", "shift+tab"),
    "prompt_form_writing": at(Item(Kind.REPO, YODA), "n", "p", *"wise", "tab", *"Speak like Yoda."),
    "target_form": at(Item(Kind.REPO, APPLE), "n", "t", *"support", "tab", *"mac"),
    "target_form_generators": at(
        Item(Kind.TARGET, APPLE, "iphone_support"), "e", "down", "down", "down", "down", "ctrl+u", *"50"
    ),
    "target_form_refused": at(Item(Kind.REPO, APPLE), "n", "t", *"a/b", "ctrl+o"),
    "bake_form": at(Item(Kind.REPO, APPLE), "n", "b", *"mix", "tab", *"all", "enter", "ctrl+u", "1"),
    "bake_form_groups": at(
        Item(Kind.BAKE, YODA, "yoda_bake_v1"), "e", "down", "down", "down", "enter", "down", "5", "down", "down"
    ),
    "bake_form_yaml": at(Item(Kind.REPO, APPLE), "n", "b", *"mix", "tab", *"all", "enter", "ctrl+t"),
    "copy_form": at(Item(Kind.PROMPT, YODA, "yoda_teacher"), "e", "tab", *" Wise, you are.", "shift+tab"),
    "conflict": at(Item(Kind.REPO, YODA), "n", "p", *"yoda_teacher", "tab", *"Speak.", "ctrl+o"),
    "leaving": at(Item(Kind.REPO, YODA), "n", "p", *"half", "escape"),
    "folder_form": at(Item(Kind.REPO, YODA), "n", "f"),
    "on_top_menu": at(Item(Kind.CHECKPOINT, YODA, "baker/yoda_repo/yoda_bake_v1/14", bake="yoda_bake_v1"), "b"),
    "raw_prompt": at(Item(Kind.PROMPT, YODA, "yoda_teacher"), "p"),
    "filtering": at(Item(Kind.REPO, YODA), "slash", *"sup"),
    "filtered_to_nothing": at(Item(Kind.REPO, YODA), "slash", *"zzz"),
    "marked_by_name": at(Item(Kind.TARGET, APPLE, "iphone_support"), "space", "space", "s"),
    "deletion": at(Item(Kind.TARGET, APPLE, "iphone_support"), "ctrl+d"),
    "deletion_of_several": at(Item(Kind.PROMPT, APPLE, "mac_teacher"), "space", "space", "ctrl+d"),
}
LIGHT = (
    "prompt",
    "target",
    "failed_target",
    "bake",
    "checkpoint",
    "repository",
    "prompt_form",
    "prompt_form_writing",
    "target_form",
    "target_form_generators",
    "target_form_refused",
    "bake_form",
    "bake_form_groups",
    "bake_form_yaml",
    "copy_form",
    "conflict",
    "leaving",
    "folder_form",
    "filtering",
    "deletion",
    "help",
    "jobs_pane",
)


@pytest.mark.parametrize("scene", SCENES)
async def test_looks(scene: str, samples: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(samples), SIZES, SCENES[scene])


@pytest.mark.parametrize("scene", LIGHT)
def test_looks_in_the_light(scene: str, samples: RunningOven, snap_compare: Compare) -> None:
    app = bread_app(samples, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=SCENES[scene])


@pytest.mark.parametrize("keys", [(), ("down", "enter")], ids=["choice", "key"])
async def test_welcome_looks(keys: tuple[str, ...], changed: Changed) -> None:
    assert not await changed(BreadApp(None), SIZES, lambda pilot: pilot.press(*keys))


async def test_an_empty_server_looks(oven: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(oven), SIZES, still)


async def test_a_server_that_does_not_answer_looks(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Watcher, "next_try", 2.0)  # it counts down
    nobody = BreadApp(Connection("http://127.0.0.1:9", Secret("key")))
    assert not await changed(nobody, SIZES, still)
