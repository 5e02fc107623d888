"""The app under test: on a real oven, driven by Textual's pilot, awaited by what it knows instead of by time."""

import asyncio
from collections.abc import Callable

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.strip import Strip

from breadtui.api.secret import Secret
from breadtui.app import BreadApp
from breadtui.settings import Connection
from tests.support.oven import RunningOven
from tests.support.rest import rest

PATIENCE = 20.0
A_MOMENT = 0.11
"""Seconds: longer than any screen waits for a hand on the keys to rest, or for more news to come in."""


def bread_app(oven: RunningOven, *, theme: str = "") -> BreadApp:
    """The app, connected to `oven`, which is called by the name of the demo's."""
    return BreadApp(Connection(oven.url, Secret(oven.key), rehearsal=True), theme=theme)


async def until(pilot: Pilot[None], holds: Callable[[], bool], what: str) -> None:
    """Let the app go on until `holds`."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - what it waits for sets no event
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"waited {PATIENCE:g} s for {what}") from None
    await pilot.pause()


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type `text` as it arrives over a slow line: all at once. A line break is enter."""
    _type(pilot, text)
    await pilot.pause()


async def interrupted(pilot: Pilot[None], text: str, holds: Callable[[], bool], what: str) -> None:
    """Type `text`, and press escape the moment `holds`, in the middle of it: a pilot's own keys wait for its end."""
    _type(pilot, text)

    def escaped() -> bool:
        if not holds():
            return False
        _send(pilot, events.Key("escape", None))
        return True

    await until(pilot, escaped, what)


def _type(pilot: Pilot[None], text: str) -> None:
    for character in text:
        key = {"\n": "enter", " ": "space"}.get(character) or _character_to_key(character)
        _send(pilot, events.Key(key, None if character == "\n" else character))


def _send(pilot: Pilot[None], event: events.Key) -> None:
    driver = pilot.app._driver
    assert driver is not None
    event.set_sender(pilot.app)
    driver.send_message(event)


async def stocked(pilot: Pilot[None]) -> None:
    """Wait until the first screen stands, and all that was asked for it is there."""
    app = pilot.app
    assert isinstance(app, BreadApp)
    await until(pilot, lambda: app.kitchen is not None and app.kitchen.catalog.repos is not None, "the repositories")
    await quiet(pilot)


async def quiet(pilot: Pilot[None]) -> None:
    """Wait until no worker of the app asks for anything, and what came of it is drawn."""
    await until(pilot, lambda: _idle(pilot), "the workers' end")
    await rest(soon=A_MOMENT)
    await until(pilot, lambda: _idle(pilot), "the workers' end")


async def still(pilot: Pilot[None]) -> None:
    """Wait until the picture does not change any more."""
    await quiet(pilot)
    before, picture = [], _picture(pilot)
    while before != picture:
        await pilot.pause()
        before, picture = picture, _picture(pilot)


def _picture(pilot: Pilot[None]) -> list[Strip]:
    return pilot.app.screen._compositor.render_strips()


def _idle(pilot: Pilot[None]) -> bool:
    return all(worker.is_finished for worker in pilot.app.workers)
