"""A repository on a real oven, and a client of it."""

from collections.abc import AsyncGenerator

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from tests.bakery.folder.folders import Between, between
from tests.support.oven import RunningOven


@pytest.fixture
async def way(oven: RunningOven) -> AsyncGenerator[Between]:
    """The way from `client` to the oven."""
    async with between(oven.url) as way:
        yield way


@pytest.fixture
async def client(way: Between, oven: RunningOven) -> AsyncGenerator[BreadClient]:
    async with BreadClient(way.url, Secret(oven.key)) as client:
        yield client
