"""A scripted server, a client of it, and no waiting between tries."""

from collections.abc import AsyncGenerator, Generator

import pytest
import stamina

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from tests.api.wire import KEY, Server, serving


@pytest.fixture(autouse=True)
def no_waiting() -> Generator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    async with serving() as running:
        yield running


@pytest.fixture
async def client(server: Server) -> AsyncGenerator[BreadClient]:
    async with BreadClient(server.url, Secret(KEY), timeout=5.0) as connected:
        yield connected
