"""Draws the README's pictures from the running program: `python -m screenshots.draw`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from textual.pilot import Pilot

from breadtui.app import BreadApp
from breadtui.screens.worktop import Worktop
from breadtui.widgets.transcript import Transcript
from breadtui.widgets.tree.repo_tree import Item, Kind

HERE = Path(__file__).parent
SIZE = (120, 34)
SPEED = 5.0
"""Slow enough that what runs in the samples is still under way when the picture is drawn."""

Scene = Callable[[Pilot[None]], Awaitable[None]]


async def workspace(pilot: Pilot[None]) -> None:
    """A target that is being rolled out."""
    await _go_to(pilot, Item(Kind.TARGET, "apple_support_agent", "mac_support"))
    await pilot.pause(4)  # until a pace is known, and with it the time left


async def failure(pilot: Pilot[None]) -> None:
    """A target that failed, in the light."""
    pilot.app.theme = "breadtui-light"
    await _go_to(pilot, Item(Kind.TARGET, "apple_support_agent", "airpods_support"))


async def form(pilot: Pilot[None]) -> None:
    """The form of a bake, with two of its groups open."""
    await _go_to(pilot, Item(Kind.REPO, "apple_support_agent"))
    await _press(pilot, "n", "b", *"support_v1", "tab", *"all", "enter")
    for weight in ("0.5", "0.3", "0.2"):
        await _press(pilot, "ctrl+u", *weight, "tab")
    await _press(pilot, "down", "down", "down", "enter", "down", "1", "6")


async def chat(pilot: Pilot[None]) -> None:
    """The base model with its teacher prompt beside the baked checkpoint."""
    await _go_to(pilot, Item(Kind.BAKE, "yoda_repo", "yoda_bake_v1"))
    await _press(pilot, "c")
    await pilot.pause(0.5)
    await _press(pilot, "alt+c")
    await pilot.pause(1)
    await _press(pilot, "enter")
    await pilot.pause(0.5)
    await _press(pilot, *"Teach me about patience.", "enter")
    while any(transcript.answering for transcript in _pages(pilot)) or "patience" not in _pages(pilot)[-1].text:
        await pilot.pause(0.1)
    await pilot.pause(1)


async def loss(pilot: Pilot[None]) -> None:
    """The curve of a baked checkpoint, with the crosshair on it."""
    await _go_to(pilot, Item(Kind.BAKE, "yoda_repo", "yoda_bake_v1"))
    await _press(pilot, "ctrl+l")
    await pilot.pause(1)
    await _press(pilot, "c", *["left"] * 8)


async def data(pilot: Pilot[None]) -> None:
    """The responses of a target, one of them opened."""
    await _go_to(pilot, Item(Kind.TARGET, "apple_support_agent", "iphone_support"))
    await _press(pilot, "d")
    await pilot.pause(1)
    await _press(pilot, "l")
    await pilot.pause(1)
    await _press(pilot, "j", "j", "j")
    await pilot.pause(1)


SCENES: dict[str, Scene] = {
    "workspace": workspace,
    "failure": failure,
    "form": form,
    "chat": chat,
    "data": data,
    "loss": loss,
}


async def draw(name: str, scene: Scene) -> None:
    """Draw one picture."""
    app = BreadApp(None, demo_speed=SPEED)
    async with app.run_test(size=SIZE) as pilot:
        while not (app.kitchen and len(app.kitchen.watcher.watched) >= 10):
            await pilot.pause(0.1)
        await scene(pilot)
        (HERE / f"{name}.svg").write_text(app.export_screenshot(title="breadtui demo"), encoding="utf-8")


async def _go_to(pilot: Pilot[None], item: Item) -> None:
    pilot.app.screen.query_one(Worktop).go_to(item)
    await pilot.pause(0.6)


async def _press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause(0.02 if len(key) == 1 and key not in "nc" else 0.3)


def _pages(pilot: Pilot[None]) -> list[Transcript]:
    return list(pilot.app.screen.query(Transcript))


def main(names: Sequence[str] = tuple(SCENES)) -> None:
    """Draw them all."""
    for name in names:
        asyncio.run(draw(name, SCENES[name]))


if __name__ == "__main__":
    main()
