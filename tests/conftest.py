"""What tests of every floor share: a real oven, and no settings but those a test makes."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.oven import RunningOven, quick_ends, running_oven
from tests.support.rest import resting

# Compiled once, wherever that is switched off: not again by each worker, and by each program that a test starts.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# A shell has what it runs in the background ignore ctrl+c, and so would the programs that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Twice as many workers as processors: tests of screens wait for timers of Textual's more than they compute."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_finish() -> None:
    """What was imported stays, so no search for garbage has to look at it: a fifth of the time of tests of screens."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[RunningOven]:
    """An empty oven, as fast as it can go."""
    with running_oven(tmp_path) as running:
        yield running


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's user has set up stays out of the tests."""
    for name in ("BREAD_API_KEY", "BREAD_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BREADTUI_CONFIG", str(tmp_path / "settings" / "config.toml"))
    monkeypatch.setenv("BREADTUI_STATE", str(tmp_path / "state"))


@pytest.fixture(autouse=True, scope="session")
def without_idling() -> Iterator[None]:
    """Pilots wait for what is left to do instead of for the processor, and no oven sleeps before it ends."""
    with resting(), quick_ends():
        yield
