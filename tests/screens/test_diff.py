"""Two things beside each other on the screen: how one comes there, what its keys do, and what it looks like."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from breadtui.api.client import BreadClient
from breadtui.api.models import Message
from breadtui.api.secret import Secret
from breadtui.bakery.comparison.loading import PROMPT, load
from breadtui.bakery.comparison.subject import ComparisonError, Side, Subject, Text
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing
from breadtui.screens.diff.choosing import pair
from breadtui.screens.diff.screen import DiffScreen
from breadtui.screens.loss import LossScreen
from breadtui.sheets import sheet
from breadtui.themes import DARK, DEFAULTS, LIGHT
from breadtui.widgets.chart.loss_chart import LossChart
from breadtui.widgets.diff.view import DiffView
from breadtui.widgets.tree.repo_tree import Item, Kind
from tests.support.app import bread_app, quiet, still, stocked, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pairs import REPO, furnish
from tests.support.pictures import Changed, changed

__all__ = ["changed"]  # a fixture

SIZES = ((80, 24), (120, 36), (200, 50))
TARGETS = (Subject(Thing.TARGET, REPO, "yoda_target"), Subject(Thing.TARGET, REPO, "luke_target"))
BAKES = (Subject(Thing.BAKE, REPO, "yoda_bake_v1"), Subject(Thing.BAKE, REPO, "luke_bake"))
GONE = (Subject(Thing.TARGET, REPO, "gone"), TARGETS[1])
SCENES = {"targets": TARGETS, "bakes": BAKES, "equal": (TARGETS[0], TARGETS[0]), "gone": GONE}

NOT_THERE = "Bread does not have this: Target 'gone' not found. It may have been deleted."

Pair = tuple[Subject, Subject]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("diff"), samples=True) as oven:
        furnish(oven)
        yield oven


class Differences(App[None]):
    """Nothing but the screen, in the program's colours, on a kitchen of `oven`."""

    CSS_PATH = sheet("base")

    def __init__(self, oven: RunningOven, subjects: Pair, *, theme: str = DARK.name) -> None:
        super().__init__()
        for own in (DARK, LIGHT):
            self.register_theme(own)
        self.theme = theme
        self.kitchen = Kitchen(BreadClient(oven.url, Secret(oven.key)))
        self.subjects = subjects

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULTS

    async def on_mount(self) -> None:
        await self.push_screen(DiffScreen(self.kitchen, *self.subjects))

    async def on_unmount(self) -> None:
        await self.kitchen.close()


@asynccontextmanager
async def opened(app: Differences, size: tuple[int, int] = (120, 36)) -> AsyncGenerator[Pilot[None]]:
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, DiffScreen), "the screen")
        await quiet(pilot)
        yield pilot


def shown(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(DiffView).text


def title(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(DiffView).border_title)


async def pressed(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await quiet(pilot)


async def test_it_shows_only_what_differs_until_all_is_asked_for(samples: RunningOven) -> None:
    async with opened(Differences(samples, TARGETS)) as pilot:
        assert "temperature: 1.0" in shown(pilot)
        assert "max_tokens" not in shown(pilot)
        await pressed(pilot, "a")
        assert "max_tokens: 1024 (default)" in shown(pilot)
        await pressed(pilot, "a")
        assert "max_tokens" not in shown(pilot)


async def test_both_stand_side_by_side_where_there_is_room_and_v_turns_that_round(samples: RunningOven) -> None:
    for size, two in (((120, 36), True), ((80, 24), False)):
        async with opened(Differences(samples, TARGETS), size) as pilot:
            for side_by_side in (two, not two):
                lines = [line for line in shown(pilot).splitlines() if "temperature: 1.0" in line]
                assert [" │ ~ temperature: 0.7" in line for line in lines] == [side_by_side]
                assert ["~ temperature: 1.0 (default) → 0.7" in line for line in lines] == [not side_by_side]
                await pressed(pilot, "v")


async def test_n_goes_through_the_differences_and_begins_anew_behind_the_last(samples: RunningOven) -> None:
    async with opened(Differences(samples, TARGETS), (80, 24)) as pilot:
        number = int(title(pilot).split()[0])
        assert "at" not in title(pilot).split()
        for key, at in (("n", 1), ("n", 2), ("N", 1), ("N", number), ("n", 1)):
            await pressed(pilot, key)
            assert title(pilot) == f"{number} differences · at {at} of {number}"
            assert sum(line.startswith("▸") for line in shown(pilot).splitlines()) == 1
        await pressed(pilot, "N")
        page = pilot.app.screen.query_one(DiffView)
        marked = next(at for at, line in enumerate(shown(pilot).splitlines()) if line.startswith("▸"))
        assert page.scroll_offset.y <= marked < page.scroll_offset.y + page.size.height


async def test_the_last_difference_of_a_long_text_is_gone_to_at_once(
    samples: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def long(kitchen: Kitchen, before: Subject, after: Subject) -> tuple[Side, Side]:
        lines = [f"Rule {number}" for number in range(3_000)]
        texts = ["\n".join([*lines, last]) for last in ("be kind", "be bold")]
        one, other = (
            Side(subject, texts={PROMPT: Text("rules", (Message(role="system", content=text),))})
            for subject, text in zip((before, after), texts, strict=True)
        )
        return one, other

    monkeypatch.setattr("breadtui.screens.diff.screen.load", long)
    prompts = (Subject(Thing.PROMPT, REPO, "yoda_teacher"), Subject(Thing.PROMPT, REPO, "luke_teacher"))
    async with opened(Differences(samples, prompts), (80, 24)) as pilot:
        assert "⋯ 2,997 equal lines" in shown(pilot)
        await pressed(pilot, "a", "n")
        view = pilot.app.screen.query_one(DiffView)
        seen = [view.render_line(y).text.rstrip() for y in range(view.size.height)]
        assert "▸- be kind" in seen


async def test_what_is_equal_is_said_so(samples: RunningOven) -> None:
    async with opened(Differences(samples, (TARGETS[0], TARGETS[0]))) as pilot:
        assert title(pilot) == "Equal"
        assert "Configuration  equal" in shown(pilot)


async def test_of_what_is_not_there_it_is_said_beside_what_is(samples: RunningOven) -> None:
    async with opened(Differences(samples, GONE)) as pilot:
        assert "Target 'gone' not" in shown(pilot)
        assert "│ ? temperature: 0.7" in shown(pilot)


async def test_of_bakes_both_curves_are_shown_and_l_shows_them_large(samples: RunningOven) -> None:
    async with opened(Differences(samples, BAKES)) as pilot:
        chart = pilot.app.screen.query_one(LossChart)
        assert [series.bake for series in chart.series] == ["yoda_bake_v1", "luke_bake"]
        assert chart.display
        await pressed(pilot, "l")
        assert isinstance(pilot.app.screen, LossScreen)


async def test_x_writes_a_file_and_y_copies_the_same(
    samples: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(Differences(samples, TARGETS)) as pilot:
        await pressed(pilot, "x", "y")
        text = (tmp_path / "yoda_repo-yoda_target-and-yoda_repo-luke_target.diff").read_text(encoding="utf-8")
        assert text.startswith("--- target yoda_repo/yoda_target\n+++ target yoda_repo/luke_target\n")
        assert pilot.app.clipboard == text


async def test_the_marked_one_is_compared_with_the_one_under_the_cursor(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36), notifications=True) as pilot:
        await stocked(pilot)
        await pressed(pilot, "j", "j", "equals_sign")
        assert not isinstance(pilot.app.screen, DiffScreen)
        assert any("Mark one with space" in note.message for note in pilot.app._notifications)
        await pressed(pilot, "space", "equals_sign")
        assert isinstance(pilot.app.screen, DiffScreen)
        assert "You are" in shown(pilot)
        await pressed(pilot, "escape")
        assert not isinstance(pilot.app.screen, DiffScreen)


def row(kind: Kind, name: str, bake: str = "") -> Item:
    return Item(kind, REPO, name, bake)


def test_checkpoints_count_as_their_bakes() -> None:
    checkpoint = row(Kind.CHECKPOINT, "baker/yoda_repo/yoda_bake_v1/21", "yoda_bake_v1")
    assert pair([checkpoint], row(Kind.BAKE, "luke_bake")) == BAKES


@pytest.mark.parametrize(
    ("marked", "item", "said"),
    [
        ((), row(Kind.BAKE, "a"), "Mark one with space"),
        ((row(Kind.BAKE, "a"),), row(Kind.BAKE, "a"), "go to another"),
        ((row(Kind.BAKE, "a"),), row(Kind.TARGET, "a"), "only two of a kind"),
        (tuple(row(Kind.BAKE, name) for name in "abc"), None, "3 are marked"),
    ],
)
def test_what_makes_no_pair_is_answered_with_what_to_do(marked: tuple[Item, ...], item: Item, said: str) -> None:
    with pytest.raises(ComparisonError, match=said):
        pair(marked, item)


async def steady(kitchen: Kitchen, before: Subject, after: Subject) -> tuple[Side, Side]:
    """As `load`; what is said of one that is not there names no port, which is another each time."""
    sides = await load(kitchen, before, after)
    return sides if before != GONE[0] else (Side(before, NOT_THERE), sides[1])


async def settled(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen), "the screen")
    await quiet(pilot)
    await pilot.press("n")
    await still(pilot)


@pytest.mark.parametrize("name", SCENES)
async def test_looks(name: str, samples: RunningOven, changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breadtui.screens.diff.screen.load", steady)
    assert not await changed(Differences(samples, SCENES[name]), SIZES, settled)


@pytest.mark.parametrize("name", ["targets", "bakes"])
def test_looks_in_the_light(name: str, samples: RunningOven, snap_compare: Callable[..., bool]) -> None:
    app = Differences(samples, SCENES[name], theme=LIGHT.name)
    assert snap_compare(app, terminal_size=(120, 36), run_before=settled)
