"""An oven for each test, and clients for it."""

from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from tests.support.oven import RunningOven, running_oven


@pytest.fixture
def oven(tmp_path: Path) -> Generator[RunningOven]:
    with running_oven(tmp_path) as started:
        yield started


@pytest.fixture
def http(oven: RunningOven) -> Generator[httpx.Client]:
    with httpx.Client(base_url=oven.url, headers=oven.headers) as client:
        yield client
