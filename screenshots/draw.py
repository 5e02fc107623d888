"""Draws the README's pictures from the running program: `python -m screenshots.draw`."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from textual.pilot import Pilot

from breadtui.app import BreadApp
from breadtui.screens.plan.screen import PlanScreen
from breadtui.screens.question import Question
from breadtui.screens.worktop import Worktop
from breadtui.widgets.page import Page
from breadtui.widgets.transcript import Transcript
from breadtui.widgets.tree.repo_tree import Item, Kind

HERE = Path(__file__).parent
SIZE = (120, 34)
SPEED = 5.0
"""Slow enough that what runs in the samples is still under way when the picture is drawn."""

PROJECT = {
    ".bread": "[REPO]\nname=yoda_repo\n",
    "input.yml": """\
PROMPT:
  teacher:
    messages:
      - role: system
        content: You are Yoda. Speak like Yoda, few words and wise.
TARGET:
  name: padawans
  generators:
    - {type: oneshot_qs, model: claude-sonnet-4-5-20250929, numq: 60, temperature: 0.6}
    - {type: hardcoded, numq: 2, questions: [Who trained you?, What is the Force?]}
  num_traj_per_stimulus: 5
BAKE:
  name: yoda
  datasets:
    - {target: padawans, weight: 1.0}
  epochs: 2
""",
}
"""A directory of bgit for the plan: no bake of it is made yet."""

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


async def plan(pilot: Pilot[None]) -> None:
    """The plan of a directory of bgit, in the middle of its rollout."""
    await _press(pilot, "P")
    while not (isinstance(screen := pilot.app.screen, PlanScreen) and screen.to_do):
        await pilot.pause(0.1)
    await _press(pilot, "w", "C", "enter")
    while not isinstance(pilot.app.screen, Question):
        await pilot.pause(0.1)
    await _press(pilot, "enter", *"jjjj")
    while "running" not in pilot.app.screen.query_one(Page).text:
        await pilot.pause(0.1)
    await _press(pilot, "k", "k")
    await pilot.pause(2)


SCENES: dict[str, Scene] = {
    "workspace": workspace,
    "failure": failure,
    "form": form,
    "chat": chat,
    "data": data,
    "loss": loss,
    "plan": plan,
}


async def draw(name: str, scene: Scene) -> None:
    """Draw one picture, in a directory of bgit if it is the plan."""
    with directory_of_bgit() as project:
        await _drawn(BreadApp(None, demo_speed=SPEED, project=project if scene is plan else None), name, scene)


@contextmanager
def directory_of_bgit() -> Generator[Path]:
    """A folder with its files, on the branch main, as long as it is used."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "yoda"
        place.mkdir()
        for name, text in PROJECT.items():
            (place / name).write_text(text, encoding="utf-8")
        git = (shutil.which("git") or "git", "-c", "user.name=Yoda", "-c", "user.email=yoda@example.org")
        for order in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-q", "-m", "Begin")):
            subprocess.run((*git, *order), cwd=place, check=True)  # noqa: S603 - all of it is written here
        yield place


async def _drawn(app: BreadApp, name: str, scene: Scene) -> None:
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
