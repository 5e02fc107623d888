"""A kitchen on a real oven, watching its jobs, and no waiting between tries."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator

import pytest
import stamina

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.bakery.kitchen import Kitchen
from tests.bakery.recipes import Heard
from tests.support.oven import RunningOven


@pytest.fixture(autouse=True)
def no_waiting() -> Generator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
async def kitchen(oven: RunningOven) -> AsyncGenerator[Kitchen]:
    opened = Kitchen(BreadClient(oven.url, Secret(oven.key)))
    watching = asyncio.create_task(opened.watcher.run())
    yield opened
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    await opened.close()


@pytest.fixture
def heard(kitchen: Kitchen) -> Heard:
    """All that the kitchen says, from the test's beginning on."""
    listener = Heard()
    kitchen.subscribe(listener)
    return listener
