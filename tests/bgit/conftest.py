"""What the tests of bgit's directories share."""

from pathlib import Path

import pytest

from tests.support.projects import GIT_ENVIRONMENT, committed_directory


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's git is the test's: nothing that the machine's user has set up, and a clock that stands still."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GIT_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A directory of bgit under git, committed once."""
    return committed_directory(tmp_path / "here")
