"""What a chat looks like: one, two and four columns, at three sizes, dark and light."""

from collections.abc import Callable, Iterator

import pytest
from textual.pilot import Pilot

from breadtui.api.transport import Transport
from breadtui.bakery.chats.conversation import Column, Opening, Settings
from breadtui.screens.chat import figures
from tests.screens.test_chat import BASE, NEW, OLD, ask, open_chat
from tests.support.app import bread_app, still
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed

__all__ = ["changed"]  # a fixture

SIZES = ((80, 24), (120, 36), (200, 50))
YODA = Opening(({"role": "system", "content": "You are Yoda."},), source="yoda_repo/yoda_teacher")
ONE = (Column(NEW),)
TWO = (Column(BASE, YODA), Column(NEW, settings=Settings(temperature=0.2, max_tokens=300)))
FOUR = (*TWO, Column(OLD), Column(BASE))

Compare = Callable[..., bool]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with time standing still."""
    with running_oven(tmp_path_factory.mktemp("samples"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures on the screen that no two runs share."""
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)
    monkeypatch.setattr(figures, "seconds", lambda _: "210 ms")
    monkeypatch.setattr(figures, "speed", lambda *_: 84.0)


def talk(columns: tuple[Column, ...], *keys: str, questions: tuple[str, ...] = ("How tall are you?",)) -> Play:
    """Open a chat of these columns, ask, and press keys."""

    async def play(pilot: Pilot[None]) -> None:
        await open_chat(pilot, *columns)
        for question in questions:
            await ask(pilot, question)
        for key in keys:
            await pilot.press(key)
            await still(pilot)
        await still(pilot)

    return play


COLUMNS = {"one": ONE, "two": TWO, "four": FOUR}
SCENES = {
    "empty": talk(TWO, questions=()),
    "menu": talk(TWO, "ctrl+n"),
    "settings": talk(TWO, "alt+s"),
    "editing": talk(ONE, "alt+up", "enter", "x", "enter", "alt+up", questions=("One?",)),
    "column_in_focus": talk(TWO, "tab"),
}


@pytest.mark.parametrize("columns", COLUMNS)
async def test_columns_look(columns: str, samples: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(samples), SIZES, talk(COLUMNS[columns]))


def test_columns_look_in_the_light(samples: RunningOven, snap_compare: Compare) -> None:
    app = bread_app(samples, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=talk(TWO))


@pytest.mark.parametrize("scene", SCENES)
def test_chat_looks(scene: str, samples: RunningOven, snap_compare: Compare) -> None:
    assert snap_compare(bread_app(samples), terminal_size=(100, 30), run_before=SCENES[scene])
