"""A configuration as it stands: what differs from its template is marked and bright, the rest is grey."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from textual.content import Content

from breadtui.api.lenient import is_object
from breadtui.widgets.details.parts import GAP, LABEL, Lines, grid, heading, plain
from breadtui.widgets.drawing import fit

Path = tuple[str | int, ...]
LONGEST_NAME = 28
LONGEST = 60
"""Cells of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of a configuration; `differs` where its template has another."""

    path: Path
    value: object
    differs: bool = False

    @property
    def name(self) -> str:
        """Its last key, as in the configuration itself."""
        return " ".join(f"{self.path[-1]}".split())


def settings(config: Mapping[str, object], differing: Container[Path], above: Path = ()) -> Iterator[Setting]:
    """Every value of a configuration that is set, those of nested objects with their paths."""
    for key, value in config.items():
        path = (*above, key)
        if is_object(value) and value:
            yield from settings(value, differing, path)
        elif value is not None:
            yield Setting(path, value, path in differing)


def settings_lines(title: str, shown: list[Setting], width: int) -> Lines:
    """Some settings beside their title, in columns where there is room."""
    label = min(max(len(setting.name) for setting in shown), LONGEST_NAME)
    room = width - LABEL - GAP
    if room < LONGEST_NAME:
        return [Content.styled(title, "$muted"), *grid([_cell(setting, 0) for setting in shown], width)]
    rows = grid([_cell(setting, label) for setting in shown], room)
    titles = [fit(title, LABEL), *[" " * LABEL] * (len(rows) - 1)]
    return [Content.assemble((f"{name}{' ' * GAP}", "$muted"), row) for name, row in zip(titles, rows, strict=True)]


def configuration(width: int) -> Content:
    """The heading above all settings."""
    sign = Content.assemble(("● ", "$accent"), ("not as in the default template", "$muted"))
    return heading("Configuration", sign).truncate(max(width, 4), ellipsis=True)


def _cell(setting: Setting, label: int) -> Content:
    value = Content(plain(setting.value)).truncate(LONGEST, ellipsis=True)
    if setting.differs:
        return Content.assemble(("● ", "$accent"), (f"{setting.name:<{label}}  ", "$muted"), (value.plain, "bold"))
    return Content.assemble("  ", (f"{setting.name:<{label}}  {value.plain}", "$muted"))
