"""The settings of a column, in a sheet at the side of the chat."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from breadtui.actions import bindings
from breadtui.actions.chat import SHEET
from breadtui.bakery.chats.conversation import Settings
from breadtui.sheets import sheet
from breadtui.widgets.fields.field_list import FieldList
from breadtui.widgets.fields.rows import Key, Row, RowKind
from breadtui.widgets.key_bar import KeyBar

EVERY = "all_columns"
LARGEST_SEED = 2**63 - 1
HELP = {
    "temperature": "How freely the next word is drawn, from 0 (always the likeliest) to 2.",
    "max_tokens": "The longest answer, in tokens; 1 or more. Empty: as long as the model likes.",
    "thinking": "Whether the model may reason before it answers. Empty: as the server has it.",
    "seed": "A whole number. With the same one, some servers give the same answer again.",
    EVERY: "Whether these settings are given to every column of this chat, or to this one alone.",
}
LABELS = {
    "temperature": "Temperature",
    "max_tokens": "Max tokens",
    "thinking": "Thinking",
    "seed": "Seed",
    EVERY: "All columns",
}
GHOSTS = {"temperature": "the server's", "max_tokens": "no limit", "thinking": "the server's", "seed": "none"}


class Faulty(Exception):
    """A setting that cannot be used; the text says what it must be."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How to answer from now on: one column, or all."""

    settings: Settings
    every: bool


def read_settings(texts: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """Settings as they were typed, and what is wrong with those that cannot be used, by name."""
    found, faults = Settings(), dict[str, str]()
    for name, read in (("temperature", _temperature), ("max_tokens", _tokens), ("thinking", _flag), ("seed", _seed)):
        text = texts.get(name, "").strip()
        try:
            found = replace(found, **{name: read(text)}) if text else found
        except Faulty as fault:
            faults[name] = str(fault)
    return found, faults


def texts_of(settings: Settings) -> dict[str, str]:
    """Settings as one would type them."""
    told = {name: getattr(settings, name) for name in ("temperature", "max_tokens", "seed")}
    texts = {
        name: "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)
        for name, value in told.items()
    }
    return {**texts, "thinking": {None: "", True: "yes", False: "no"}[settings.thinking]}


class SettingsSheet(ModalScreen[Chosen | None]):
    """Answers with what was chosen; what cannot be used stays as it was. `several`: there are other columns."""

    CSS_PATH = sheet("chat")
    HELP = "Chat"
    BINDINGS = bindings(SHEET)

    def __init__(self, who: str, settings: Settings, *, several: bool) -> None:
        super().__init__()
        self._who = who
        self._several = several
        self._before = settings
        self._texts = texts_of(settings) | ({EVERY: "yes"} if several else {})

    def compose(self) -> ComposeResult:
        """Fields, what the one under the cursor means, and the keys."""
        with Vertical(id="chat-settings") as box:
            box.border_title = Content(f"Settings of {self._who}")
            yield FieldList(self, classes="fields scrolls")
            yield Static("", id="chat-settings-word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Begin at the first field."""
        self._list.show(self._rows(), anew=True)
        self._list.focus()
        self._explain()

    def action_done(self) -> None:
        """Use them; of what is wrong, what it was before."""
        settings, faults = read_settings(self._texts)
        kept = {name: getattr(self._before, name) for name in faults}
        if faults:
            names = " and ".join(LABELS[name] for name in faults)
            self.notify(f"{names} stayed as before: {next(iter(faults.values()))}", severity="warning", markup=False)
        self.dismiss(Chosen(replace(settings, **kept), self._texts.get(EVERY) == "yes"))

    # -- what the fields tell: see `Host` --

    def edited(self, key: Key, text: str) -> None:
        """A field was typed or chosen."""
        self._texts[str(key[0])] = text
        self._list.show(self._rows())
        self._explain()

    def stepped(self, key: Key, option: str) -> None:
        """No field has such a label."""

    def pressed(self, row: Row, option: str) -> None:
        """There is nothing to press."""

    def opened(self, key: Key, typed: str) -> None:
        """There is no long text."""

    def ordered(self, key: Key, order: str) -> None:
        """No row has orders."""

    def stepped_out(self, by: int) -> None:
        """There is nothing to step out of."""

    @property
    def _list(self) -> FieldList:
        return self.query_one(FieldList)

    def _rows(self) -> list[Row]:
        _, faults = read_settings(self._texts)
        rows: list[Row] = []
        for name, text in self._texts.items():
            flag = name in ("thinking", EVERY)
            kind = RowKind.FLAG if flag else RowKind.FIELD
            fault = faults.get(name, "")
            rows.append(Row((name,), kind, LABELS[name], text, GHOSTS.get(name, "no"), fault=fault, figure=not flag))
        return sorted(rows, key=lambda row: [*LABELS].index(str(row.key[0])))

    @on(FieldList.Moved)
    def _explain(self) -> None:
        row = self._list.current
        if row:
            told = Content.styled(row.fault, "$error") if row.fault else Content(HELP[str(row.key[0])])
            self.query_one("#chat-settings-word", Static).update(told)


def _temperature(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 2:
        raise Faulty("the temperature is a number from 0 to 2.")
    return value


def _tokens(text: str) -> int:
    value = _whole(text)
    if value is None or value < 1:
        raise Faulty("max tokens is a whole number, 1 or more.")
    return value


def _seed(text: str) -> int:
    value = _whole(text)
    if value is None or abs(value) > LARGEST_SEED:
        raise Faulty("the seed is a whole number.")
    return value


def _flag(text: str) -> bool:
    return text == "yes"


def _whole(text: str) -> int | None:
    try:
        return int(text.replace(",", "")) if len(text) < 40 else None
    except ValueError:
        return None
