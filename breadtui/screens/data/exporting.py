"""Asks what is to be written into which file, and writes it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import Worker

from breadtui.bakery.data.export import Form, Order, Written, export, waiting
from breadtui.bakery.data.source import REFUSALS, Source
from breadtui.bakery.data.words import counted
from breadtui.files import safe_name
from breadtui.sheets import sheet
from breadtui.widgets.drawing import bar

BAR = 40


class Export(ModalScreen[Written | None]):
    """Answers with what was written, or None. `filtered` and `marked` are the numbers of rows, where there are such."""

    CSS_PATH = sheet("data")
    HELP = "Data"
    BINDINGS = [
        Binding("up", "turn(-1)", "Before", show=False, priority=True),
        Binding("down", "turn(1)", "Next", show=False, priority=True),
        Binding("tab", "form", "Form", show=False, priority=True),
        Binding("escape", "leave", "Back", show=False),
        Binding("f1", "app.help", "Help", show=False),
    ]

    def __init__(self, source: Source, filtered: Sequence[int] | None, marked: Sequence[int]) -> None:
        super().__init__()
        self._source = source
        self._sets: list[tuple[str, Sequence[int] | None]] = [("all", None)]
        if filtered is not None:
            self._sets.append(("shown", array("Q", filtered)))
        if marked:
            self._sets.append(("marked", array("Q", sorted(marked))))
        self._at = len(self._sets) - 1
        self._form = Form.JSONL
        self._writing: Worker[None] | None = None
        self.path: Path | None = None
        """The file, once its writing has begun."""

    def compose(self) -> ComposeResult:
        """What, how, and the name."""
        with Vertical(id="export") as box:
            box.border_title = "Export"
            yield Static("", id="export-what", markup=False)
            line = Input(self._suggested, id="export-name")
            line.cursor_blink = False
            yield line
            yield Static("", id="export-state", markup=False)

    def on_mount(self) -> None:
        """Show what would be done."""
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is being written is not changed any more."""
        return self._writing is None or action not in ("turn", "form")

    def action_turn(self, step: int) -> None:
        """Others of the rows."""
        self._at = (self._at + step) % len(self._sets)
        self._show()

    def action_form(self) -> None:
        """The other form; the name follows it."""
        forms = [*Form]
        before, self._form = self._form, forms[(forms.index(self._form) + 1) % len(forms)]
        line = self.query_one(Input)
        line.value = f"{line.value.removesuffix(f'.{before}')}.{self._form}"
        line.cursor_position = len(line.value)
        self._show()

    def action_leave(self) -> None:
        """Stop writing, and keep the part; or go back."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
            self._say("Stopped. The part is kept: the same export goes on with it.", "$warning")
        else:
            self.dismiss(None)

    @on(Input.Changed)
    def _changed(self) -> None:
        if self._writing is None:
            self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self._writing is None and (order := self._order) is not None:
            self.path = order.path
            self._writing = self._write(order)

    @work(group="export", exclusive=True, exit_on_error=False)
    async def _write(self, order: Order) -> None:
        self._say("Asking how many rows there are …", "$muted")
        try:
            written = await export(self._source, order, self._progress)
        except REFUSALS as error:
            self._writing = None
            self._say(str(error), "$error")
        else:
            self.dismiss(written)

    def _progress(self, written: Written) -> None:
        if self._writing is None:
            return
        done, rest = bar(written.done / max(written.total, 1), BAR)
        figures = f"  {written.done:,} of {written.total:,}   esc stops"
        self.query_one("#export-state", Static).update(Content.assemble((done, "$primary"), (rest, "$border"), figures))

    def _show(self) -> None:
        parts: list[Content] = []
        for at, (name, numbers) in enumerate(self._sets):
            count = self._source.known if numbers is None else len(numbers)
            told = counted(self._source.what, count) if at == self._at else f"{count:,}"
            style = "bold $primary" if at == self._at else "$muted"
            parts.append(Content.styled(f"{'●' if at == self._at else '○'} {name}: {told}", style))
        forms = Content("   ").join(
            [Content.styled(str(form).upper(), "bold $primary" if form is self._form else "$muted") for form in Form]
        )
        rows = Content("\n").join([Content("   ").join(parts), forms])
        self.query_one("#export-what", Static).update(rows)
        order = self._order
        goes_on = waiting(self._source, order) if order else 0
        keys = "enter writes" if not goes_on else f"enter goes on at row {goes_on + 1:,}"
        other = "↑↓ other rows · " if len(self._sets) > 1 else ""
        self._say(f"{keys} · {other}tab other form · esc goes back", "$muted")

    def _say(self, words: str, style: str) -> None:
        self.query_one("#export-state", Static).update(Content.styled(words, style))

    @property
    def _suggested(self) -> str:
        name = self._source.name.removesuffix(".jsonl").replace("/", "-").replace(" ", "-")
        return f"{safe_name(name)}.{self._form}"

    @property
    def _order(self) -> Order | None:
        name = self.query_one(Input).value.strip()
        return Order(Path(name).expanduser(), self._form, self._sets[self._at][1]) if name else None
