"""Choosing what a chat is with: models, system prompts and comparisons."""

from collections.abc import Callable, Iterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from breadtui.api.client import BreadClient
from breadtui.api.errors import Unreachable
from breadtui.api.models import RepoTree
from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.catalog import Shelf
from breadtui.bakery.chats.conversation import Column, Opening
from breadtui.bakery.chats.models import Choice, Kind
from breadtui.bakery.chats.presets import Preset
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.kitchen import Kitchen
from breadtui.screens.chat.picker import ModelPicker, PromptPicker
from breadtui.screens.chat.presets import PresetPicker
from breadtui.screens.chat.typed_prompt import TypedPrompt
from breadtui.widgets.menu import Menu
from breadtui.widgets.page import Page
from breadtui.widgets.pick_list import PickList
from tests.support.app import bread_app, quiet, still, stocked, typed, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed

__all__ = ["changed"]  # a fixture

YODA = "yoda_repo"
MODEL = "baker/yoda_repo/yoda_bake_v1"
BASE = "Qwen/Qwen3-32B"
SIZES = ((80, 24), (120, 36), (200, 50))

Dialog = Callable[[Kitchen], ModelPicker | PromptPicker | PresetPicker]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("picker"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)


def kitchen_of(pilot: Pilot[None]) -> Kitchen:
    app = pilot.app
    assert isinstance(app, BreadApp)
    assert app.kitchen is not None
    return app.kitchen


async def shown(pilot: Pilot[None], screen: Dialog) -> list[object]:
    """Open a dialog; what it answers will be in the list."""
    await stocked(pilot)
    answers: list[object] = []
    await pilot.app.push_screen(screen(kitchen_of(pilot)), answers.append)
    await quiet(pilot)
    return answers


def rows(pilot: Pilot[None]) -> list[str]:
    picks = pilot.app.screen.query_one(PickList)
    return [" ".join(picks.render_line(y).text.split()) for y in range(len(picks.in_view))]


def word(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(".word", Static).render())


def preview(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(Page).text


def models(current: str = "") -> Dialog:
    return lambda kitchen: ModelPicker(kitchen, current)


def prompts(repo: str = YODA, current: Opening | None = None) -> Dialog:
    return lambda kitchen: PromptPicker(kitchen, repo, current)


def comparisons(model: str = f"{MODEL}/21") -> Dialog:
    return lambda kitchen: PresetPicker(kitchen, model)


def hold(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch, bakes: int, steps: int = 10) -> None:
    """Let the repository hold so many bakes with so many checkpoints each."""
    made = {f"bake{n}": {"model_name": [f"u/{YODA}/bake{n}/{s}" for s in range(steps, 0, -1)]} for n in range(bakes)}
    tree = RepoTree.model_validate({"base_model": BASE, "bakes": made})
    monkeypatch.setattr(kitchen.catalog, "shelf", {YODA: Shelf((), (), (*made,), tree)}.get)


# -- models --


async def test_every_model_is_listed_with_bake_parent_and_loss(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await shown(pilot, models())
        await until(pilot, lambda: "e-07" in rows(pilot)[0], "the loss")
        latest, second, third, base = rows(pilot)
        assert latest.startswith("◆ 21 yoda_repo/yoda_bake_v1 Qwen3-32B ")
        assert (second, third) == ("◆ 14 yoda_repo/yoda_bake_v1 Qwen3-32B", "◆ 7 yoda_repo/yoda_bake_v1 Qwen3-32B")
        assert base == f"■ {BASE} base model"
        assert word(pilot) == "4 of 4 models"


async def test_enter_answers_with_the_model_under_the_cursor_which_begins_on_the_current_one(
    samples: RunningOven,
) -> None:
    expected = {
        (): f"{MODEL}/14",
        ("up",): f"{MODEL}/21",
        ("down", "down"): BASE,
        ("pagedown",): BASE,
        ("pagedown", "pageup"): f"{MODEL}/21",
    }
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        for keys, model in expected.items():
            answers = await shown(pilot, models(f"{MODEL}/14"))
            await pilot.press(*keys, "enter")
            await pilot.pause()
            assert [choice.model for choice in answers if isinstance(choice, Choice)] == [model]


async def test_escape_answers_with_nothing(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, models())
        await pilot.press("2", "escape")
        await pilot.pause()
        assert answers == [None]


async def test_the_list_narrows_as_one_types_in_any_order_and_case(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, models())
        await typed(pilot, "V1 14 yoda")
        assert rows(pilot) == [
            "◆ 14 yoda_repo/yoda_bake_v1 Qwen3-32B",
            "▸ use “V1 14 yoda”, which is not listed",
        ]
        await pilot.press("enter")
        await pilot.pause()
        assert [choice.model for choice in answers if isinstance(choice, Choice)] == [f"{MODEL}/14"]


async def test_any_name_can_be_typed(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, models())
        await typed(pilot, " my/[bold]model \n")
        await pilot.pause()
        assert answers == [Choice("my/[bold]model", Kind.TYPED)]


async def test_a_name_that_is_listed_is_not_offered_as_a_typed_one(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await shown(pilot, models())
        await typed(pilot, BASE)
        assert sum("not listed" in row for row in rows(pilot)) == 0
        assert f"■ {BASE} base model" in rows(pilot)


async def test_a_click_chooses_and_a_second_one_takes(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, models())
        await pilot.click(PickList, offset=(4, 2))
        await pilot.pause()
        assert answers == []
        await pilot.click(PickList, offset=(4, 2))
        await pilot.pause()
        assert [choice.model for choice in answers if isinstance(choice, Choice)] == [f"{MODEL}/7"]


async def test_what_cannot_be_read_is_told_below_what_can(
    samples: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: BreadClient) -> None:
        raise Unreachable("The oven does not answer. Try again.")

    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        monkeypatch.setattr(BreadClient, "models", away)
        await shown(pilot, models())
        assert len(rows(pilot)) == 4
        assert word(pilot) == "4 of 4 models\nThe oven does not answer. Try again."


async def test_the_cursor_stays_on_its_model_when_others_come(
    samples: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await shown(pilot, models())
        await pilot.press("down", "down")
        screen = pilot.app.screen
        assert isinstance(screen, ModelPicker)
        before = screen._under_cursor
        hold(kitchen_of(pilot), monkeypatch, 3)
        listing = screen._listing
        screen._take(type(listing)((Choice("another", Kind.SERVED), *listing.choices)))
        assert screen._under_cursor == before


async def test_of_ten_thousand_checkpoints_only_those_in_view_are_drawn_and_asked_about(
    samples: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def look_at_bake(kitchen: Kitchen, repo: str, name: str) -> None:
        asked.append(name)
        kitchen.watcher.learn(JobStatus(JobKey(repo, name, Phase.BAKE), State.COMPLETE, loss=4e-7))

    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        hold(kitchen_of(pilot), monkeypatch, 1000)
        monkeypatch.setattr(Kitchen, "look_at_bake", look_at_bake)
        drawn: set[int] = set()
        draw = ModelPicker._draw
        monkeypatch.setattr(ModelPicker, "_draw", lambda s, row, width: drawn.add(row) or draw(s, row, width))
        await shown(pilot, models())
        await until(pilot, lambda: "4.0e-07" in rows(pilot)[0], "the loss")
        assert "10,004 of 10,004 models" in word(pilot)
        await typed(pilot, "bake77/")
        await until(pilot, lambda: "bake77" in asked, "the loss of what is found")
        assert rows(pilot)[0].startswith("◆ 10 yoda_repo/bake77")
        assert len(drawn) < 100
        assert len(asked) < 30


# -- system prompts --


async def test_the_prompts_of_the_repository_are_listed_behind_none_and_a_typed_one(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await shown(pilot, prompts())
        assert rows(pilot) == [
            "○ no system prompt",
            "▸ a typed one …",
            "¶ yoda_teacher teacher",
            "¶ empty_student student",
        ]


async def test_the_prompt_under_the_cursor_is_shown_whole_with_role_and_length(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await shown(pilot, prompts())
        assert preview(pilot) == "Nothing is sent before the question."
        await pilot.press("down", "down")
        await until(pilot, lambda: "You are Yoda." in preview(pilot), "the prompt")
        assert "tokens" in preview(pilot)


async def test_a_chosen_prompt_is_answered_whole(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, prompts())
        await typed(pilot, "teacher")
        await pilot.press("enter")
        await until(pilot, lambda: bool(answers), "the answer")
        (opening,) = answers
        assert isinstance(opening, Opening)
        assert opening.source == f"{YODA}/yoda_teacher"
        assert str(opening.messages[0]["content"]).startswith("You are Yoda. Speak like Yoda")


async def test_no_system_prompt_is_an_answer(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, prompts(current=Opening(({"role": "system"},), (), f"{YODA}/yoda_teacher")))
        await pilot.press("up", "up", "enter")
        await pilot.pause()
        assert answers == [Opening()]


async def test_a_typed_prompt_is_taken_whole(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, prompts())
        await pilot.press("down", "enter")
        await typed(pilot, "You are Yoda\n\n[bold]Speak.")
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert answers == [Opening.said("You are Yoda\n\n[bold]Speak.")]


async def test_what_was_typed_and_left_is_there_the_next_time(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, prompts())
        await pilot.press("down", "enter")
        await typed(pilot, "You are Yo")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromptPicker), "the list")
        assert answers == []
        assert preview(pilot) == "You are Yo"
        await pilot.press("enter")
        assert pilot.app.screen.query_one(TextArea).text == "You are Yo"


async def test_a_typed_prompt_in_use_can_be_changed(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, prompts(current=Opening.said("You are Yoda.")))
        await pilot.press("enter")
        await typed(pilot, " Be brief.")
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert answers == [Opening.said("You are Yoda. Be brief.")]


async def test_all_repositories_are_listed_on_demand(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await shown(pilot, prompts())
        await typed(pilot, "iphone")
        assert rows(pilot) == ["▸ a typed one …", "○ no system prompt"]
        await pilot.press("alt+a")
        await until(pilot, lambda: "iphone_teacher" in rows(pilot)[0], "the other repository")
        await pilot.press("alt+a")
        await quiet(pilot)
        assert rows(pilot) == ["▸ a typed one …", "○ no system prompt"]


async def test_what_names_no_prompt_begins_a_typed_one(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await shown(pilot, prompts())
        await typed(pilot, "You are Vader")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, TypedPrompt)
        assert pilot.app.screen.query_one(TextArea).text == "You are Vader"


async def test_a_prompt_that_cannot_be_read_leaves_the_list_as_it_is(
    samples: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unreachable("The oven does not answer. Try again.")

    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, prompts())
        monkeypatch.setattr(BreadClient, "get_prompt", away)
        await typed(pilot, "teacher")
        await pilot.press("enter")
        await until(pilot, lambda: "does not answer" in word(pilot), "the reason")
        assert answers == []
        assert "yoda_teacher" in rows(pilot)[0]


# -- comparisons --


async def test_a_comparison_is_answered_with_its_columns(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, comparisons())
        await until(pilot, lambda: pilot.app.screen.query_one(Menu).option_count > 0, "the comparisons")
        await pilot.press("j", "enter")
        await pilot.pause()
        (preset,) = answers
        assert isinstance(preset, Preset)
        assert preset.columns == (Column(BASE), Column(f"{MODEL}/21"))


async def test_a_comparison_that_lacks_something_says_so_and_cannot_be_chosen(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await shown(pilot, comparisons())
        menu = pilot.app.screen.query_one(Menu)
        await until(pilot, lambda: menu.option_count > 0, "the comparisons")
        texts = [str(menu.get_option_at_index(n).prompt) for n in range(menu.option_count)]
        assert sum("✖ The bake yoda_bake_v1 began from the base model itself." in text for text in texts) == 1
        await pilot.press("j", "j", "enter")
        await pilot.pause()
        (preset,) = answers
        assert isinstance(preset, Preset)
        assert preset.name == "Every checkpoint of this bake"


async def test_why_there_is_no_comparison_is_told(samples: RunningOven, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise Unreachable("The oven does not answer. Try again.")

    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        monkeypatch.setattr(Kitchen, "look_at_bake", away)
        monkeypatch.setattr(Kitchen, "known_bake", lambda *_: None)
        answers = await shown(pilot, comparisons())
        assert word(pilot) == "The oven does not answer. Try again."
        await pilot.press("escape")
        await pilot.pause()
        assert answers == [None]


# -- looks --


def opened(screen: Dialog, *keys: str) -> Play:
    async def play(pilot: Pilot[None]) -> None:
        await shown(pilot, screen)
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.press(*keys)
        await still(pilot)

    return play


LOOKS = {
    "models": opened(models(f"{MODEL}/14"), "y", "o"),
    "prompts": opened(prompts(), "down", "down"),
    "comparisons": opened(comparisons()),
}


@pytest.mark.parametrize("dialog", LOOKS)
async def test_looks(dialog: str, samples: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(samples), SIZES, LOOKS[dialog])


def test_looks_in_the_light(samples: RunningOven, snap_compare: Callable[..., bool]) -> None:
    app = bread_app(samples, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=LOOKS["models"])
