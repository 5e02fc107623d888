"""What tests of every floor share: a real oven, and no settings but those a test makes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.oven import RunningOven, running_oven


def pytest_xdist_auto_num_workers() -> int:
    """Twice as many workers as processors: tests of screens wait for timers of Textual's more than they compute."""
    return 2 * (os.cpu_count() or 1)


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
    monkeypatch.setenv("BREADTUI_CONFIG", str(tmp_path / "settings" / "config.toml"))
    monkeypatch.setenv("BREADTUI_STATE", str(tmp_path / "state"))
