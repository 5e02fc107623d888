"""Finds the style sheets: inside the package where it is installed, beside it in a checkout."""

from pathlib import Path

HERE = Path(__file__).parent
STYLES = HERE / "styles" if (HERE / "styles").is_dir() else HERE.parent / "styles"


def sheet(name: str) -> Path:
    """The sheet of a screen, by name."""
    return STYLES / f"{name}.tcss"
