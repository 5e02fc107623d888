"""Keys of one's own: what is taken from the settings, what is said of mistakes, and where the new keys are seen."""

from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from breadtui.actions import listed
from breadtui.app import BreadApp
from breadtui.keymap import doubts, keymap
from breadtui.screens.chat import open_chat
from breadtui.screens.chat.composer import Composer
from breadtui.screens.help import Help
from breadtui.settings import Config
from tests.support.app import bread_app, quiet, stocked
from tests.support.oven import RunningOven

IDS = sorted({action.id for _, table in listed() for action in table})
KEYS = st.sampled_from(["f9", "r", "escape", "ctrl+r", "?", "tab", "no such key", "f9,r", ","])


def with_keys(oven: RunningOven, **keys: str) -> BreadApp:
    app = bread_app(oven)
    app.config = Config(keys={name.replace("__", "."): key for name, key in keys.items()})
    return app


def active(pilot: Pilot[None]) -> dict[str, str]:
    """The action of each key that does something now."""
    found = pilot.app.screen.active_bindings
    return {key: entry.binding.id or "" for key, entry in found.items() if entry.enabled}


def app_of(pilot: Pilot[None]) -> BreadApp:
    assert isinstance(pilot.app, BreadApp)
    return pilot.app


async def chat(pilot: Pilot[None]) -> None:
    """A chat with a base model."""
    await stocked(pilot)
    app = app_of(pilot)
    assert app.kitchen is not None
    open_chat(app, app.kitchen, ["Qwen/Qwen3-32B"], "oven")
    await quiet(pilot)


def toasts(app: BreadApp) -> list[str]:
    return [notice.message for notice in app._notifications]


def help_text(pilot: Pilot[None]) -> str:
    screen = pilot.app.screen
    assert isinstance(screen, Help)
    return str(screen._text(100))


# -- in the program --


async def test_an_action_moves_to_the_key_that_was_chosen(oven: RunningOven) -> None:
    async with with_keys(oven, workspace__new="f9", app__help="?, f2").run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        assert active(pilot)["f9"] == "workspace.new"
        assert "n" not in active(pilot)
        await pilot.press("n")
        assert len(pilot.app.screen_stack) == 1
        await pilot.press("f9")
        assert len(pilot.app.screen_stack) == 2


async def test_help_and_footer_show_the_new_key(oven: RunningOven) -> None:
    async with with_keys(oven, workspace__new="f9", app__help="f2").run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        bar = "".join(str(widget.render()) for widget in pilot.app.screen.query("KeyBar"))
        assert " f9 New" in bar
        await pilot.press("f2")
        lines = help_text(pilot).splitlines()
        assert any(line.split()[:3] == ["f9", "New", "Make"] for line in lines)
        assert not any(line.split()[:3] == ["n", "New", "Make"] for line in lines)


async def test_an_action_that_shared_a_key_with_a_moved_one_keeps_it(oven: RunningOven) -> None:
    # In a chat `esc` stops an answer, or goes back where none comes.
    async with with_keys(oven, chat__stop="f9").run_test(size=(120, 36)) as pilot:
        await chat(pilot)
        assert active(pilot)["escape"] == "chat.back"
        assert "f9" not in active(pilot)
        await pilot.press("escape")
        assert len(pilot.app.screen_stack) == 1


async def test_the_keys_that_send_a_question_and_break_its_lines_can_be_chosen(oven: RunningOven) -> None:
    async with with_keys(oven, chat__send="f5", composer__break_line="enter").run_test(size=(120, 36)) as pilot:
        await chat(pilot)
        composer = pilot.app.screen.query_one(Composer)
        await pilot.press("a", "enter", "b")
        assert composer.text == "a\nb"
        await pilot.press("f5")
        assert composer.text == ""


async def test_mistakes_are_told_and_the_program_starts(oven: RunningOven) -> None:
    async with with_keys(oven, workspace__neu="f9", workspace__run="pgup").run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        assert toasts(app_of(pilot)) == [
            "[keys] names “workspace.neu”, which is no action; did you mean workspace.new or workspace.run?",
            "[keys] gives “pgup” to workspace.run, which is no key; did you mean pageup or up?",
        ]


# -- what is taken, and what is doubted --


def test_no_choice_changes_nothing() -> None:
    assert keymap({}) == {}
    assert [*doubts({})] == []


def test_a_key_may_be_given_as_the_sign_it_writes() -> None:
    assert keymap({"workspace.new": "?, +"})["workspace.new"] == "question_mark,plus"
    assert [*doubts({"app.quit": "f12,ctrl+shift+x,alt+?,Q,question_mark,space"})] == []


def test_an_action_that_loses_its_only_key_to_another_is_named() -> None:
    assert [*doubts({"workspace.edit": "r"})] == ["Run (workspace.run) has no key any more: workspace.edit has it now."]
    assert [*doubts({"workspace.edit": "r", "workspace.run": "f9"})] == []


def test_two_actions_can_change_keys() -> None:
    assert keymap({"workspace.edit": "r", "workspace.run": "e"}) == {"workspace.edit": "r", "workspace.run": "e"}


def test_a_key_that_one_action_took_is_not_kept_for_another() -> None:
    assert keymap({"chat.stop": "f9", "chat.again": "escape"}).get("chat.back") is None


@given(st.dictionaries(st.sampled_from([*IDS, "no.such"]), KEYS, max_size=6))
def test_whatever_is_chosen_is_in_the_keymap_and_nothing_else_moves(chosen: dict[str, str]) -> None:
    found = keymap(chosen)
    defaults = {action.id: action.keys.split(",") for _, table in listed() for action in table}
    assert chosen.keys() <= found.keys()
    for action_id, keys in found.items():
        if action_id not in chosen:
            assert {*keys.split(",")} <= {*defaults[action_id]}
    assert all(isinstance(doubt, str) for doubt in doubts(chosen))
