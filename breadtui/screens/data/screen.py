"""Stimuli and responses on the whole screen: read, searched, filtered, measured, marked and written out."""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content

from breadtui.actions import bindings
from breadtui.actions.data import DATA_SCREEN
from breadtui.api.errors import BreadError
from breadtui.bakery.data.local import Local
from breadtui.bakery.data.measure import measure
from breadtui.bakery.data.rows import read
from breadtui.bakery.data.sieve import search
from breadtui.bakery.data.source import REFUSALS
from breadtui.bakery.data.words import counted, told
from breadtui.screens.data.listing import Listing
from breadtui.screens.data.tab import Tab
from breadtui.sheets import sheet
from breadtui.widgets.page import Page
from breadtui.widgets.rows.row_list import RowList

if TYPE_CHECKING:
    from breadtui.api.models import Prompt
    from breadtui.bakery.data.export import Written
    from breadtui.screens.data.filters import Chosen

SUMMED = 0.5
"""Seconds between two summaries while rows are measured."""
MOST_COPIED = 1_000
"""Rows whose text is copied at once: a terminal takes no more."""
WORK = ("measure", "search")
"""What can be stopped by esc."""


class DataScreen(Listing):
    """What one can do with the rows."""

    CSS_PATH = sheet("data")
    HELP = "Data"
    BINDINGS = bindings(DATA_SCREEN)

    _summary = False
    _summed = 0.0
    _teacher: tuple[str, Prompt] | None = None

    # -- what the list tells --

    @on(RowList.Marked)
    def _marked(self, event: RowList.Marked) -> None:
        self._tab.marks ^= {event.number}
        self._list.redraw([event.number])
        self.tell()

    @on(RowList.Typed)
    def _typed(self, event: RowList.Typed) -> None:
        self._stop()
        self._tab.words = event.text
        self._tab.sift_loaded()
        self.show_rows()

    @on(RowList.Entered)
    def _entered(self) -> None:
        """Of words that were looked for in what is loaded, look in all; else read the row."""
        if self._tab.words and not self._tab.everywhere and not self._all_loaded:
            self._search(self._tab)
        else:
            self._page.focus()

    # -- actions --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        match action:
            case "turn":
                return len(self._tabs) > 1
            case "prompt":
                return bool(self._kitchen and self._shown.targets)
            case _:
                return True

    def action_turn(self, step: int) -> None:
        """The other list."""
        self._stop()
        at = self._tabs.index(self._tab) + step
        if 0 <= at < len(self._tabs):
            self._turn_to(self._tabs[at])

    def action_next_pane(self) -> None:
        """From the list to the row, to the prompt, and back."""
        panes = [pane for pane in (self._list, self._page, self._prompt) if pane.display]
        at = next((at for at, pane in enumerate(panes) if pane.has_focus), -1)
        panes[(at + 1) % len(panes)].focus()

    def action_zoom(self) -> None:
        """Give the whole screen to the list, or to what is read; or take it back."""
        zoomed = self.has_class("-zoomed-list", "-zoomed-reading")
        self.remove_class("-zoomed-list", "-zoomed-reading")
        if not zoomed:
            self.add_class("-zoomed-list" if self._list.has_focus else "-zoomed-reading")

    def action_unfold(self) -> None:
        """Show or fold conversation and reasoning."""
        self._unfolded = not self._unfolded
        self.show_detail()

    def action_filter(self) -> None:
        """Ask which rows to show."""
        from breadtui.screens.data.filters import FilterMenu

        def chosen(answer: Chosen | None) -> None:
            if answer is not None:
                self._stop()
                self._tab.filter = answer.filter
                self._sift()

        self.app.push_screen(FilterMenu(self._tab.survey, self._tab.filter, measured=self._tab.measured), chosen)

    def action_summary(self) -> None:
        """Show what all rows come to, or the row again."""
        self._summary = not self._summary
        self.show_detail()
        if self._summary and not self._tab.measured:
            self._measure(self._tab)

    def action_prompt(self) -> None:
        """Show the teacher prompt beside the row, or no more."""
        self.toggle_class("-prompt")
        if self.has_class("-prompt"):
            self._show_prompt()

    def action_export(self) -> None:
        """Ask what to write, and write it."""
        from breadtui.screens.data.exporting import Export

        def written(answer: Written | None) -> None:
            if answer is not None and dialog.path is not None:
                left_out = f", {answer.left_out:,} left out that are no JSON" if answer.left_out else ""
                wrote = counted(self._tab.source.what, answer.done - answer.left_out)
                self.notify(f"Wrote {wrote} into {dialog.path}{left_out}", markup=False)

        dialog = Export(self._tab.source, self._tab.numbers, list(self._tab.marks))
        self.app.push_screen(dialog, written)

    @work(group="copy", exclusive=True, exit_on_error=False)
    async def action_copy_row(self) -> None:
        """Copy the text of the row, or of those marked, to the terminal's clipboard."""
        current = self._list.current
        numbers = sorted(self._tab.marks)[:MOST_COPIED] or ([] if current is None else [current])
        try:
            rows = [row for number in numbers for row in await self._tab.pages.rows(number, number + 1)]
        except REFUSALS as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if rows:
            self.app.copy_to_clipboard("\n\n".join(read(row).text for row in rows))
            few = "" if len(numbers) >= len(self._tab.marks) else f", the first {MOST_COPIED:,}"
            self.notify(f"Copied the text of {counted(self._tab.source.what, len(rows))}{few}", markup=False)

    @work(group="refresh", exclusive=True, exit_on_error=False)
    async def action_refresh(self) -> None:
        """Ask for what did not come, and whether there is more."""
        self._retry()
        if isinstance(self._tab.source, Local):
            self._look_at_file()
        elif self._kitchen:
            try:
                for key in self._keys:
                    self._kitchen.watcher.learn(await self._kitchen.ask_job(key))
            except BreadError as error:
                self.learn_of(error)
                self.notify(str(error), severity="error", timeout=10, markup=False)

    def action_back(self) -> None:
        """One thing after the other: stop, take away, leave."""
        tab = self._tab
        if self._stop():
            self._doing = "stopped"
            self.tell()
        elif self._summary:
            self.action_summary()
        elif tab.sieved or tab.words:
            tab.filter, tab.words = None, ""
            self._list.forget_words()
            self._sift()
        elif self.has_class("-prompt", "-zoomed-list", "-zoomed-reading"):
            self.remove_class("-prompt", "-zoomed-list", "-zoomed-reading")
            self._list.focus()
        elif not self._list.has_focus:
            self._list.focus()
        else:
            self.dismiss(None)

    # -- showing --

    def turned(self) -> None:
        """A list that was not measured has no summary yet."""
        self._doing = ""
        if self._summary and not self._tab.measured:
            self._measure(self._tab)

    def told(self) -> Sequence[str]:
        """Filter, words, how many there are, what is under way, and marks."""
        tab = self._tab
        sieved = [f"only {tab.filter}"] if tab.filter else []
        if tab.numbers is not None:
            of = "all" if tab.everywhere or not tab.words else "those loaded"
            more = " · enter looks in all" if of != "all" and not self._list.typing and not self._all_loaded else ""
            sieved.append(f"{len(tab.numbers):,} of {of}{more}")
        return (*sieved, *super().told())

    def show_detail(self) -> None:
        """The row, or the summary of all."""
        if not self._summary:
            super().show_detail()
            return
        self._page.head(Content(f"Summary of the {self._tab.source.what}"))
        survey = self._tab.survey
        lines = told(survey.figures, self._tab.source.what, self._tab.measured) if survey.measured else ["…"]
        heads = (Content.styled(line, "bold $primary") if line[:1].isalpha() else Content(line) for line in lines)
        self._page.show(Content("\n").join(list(heads)), ("summary", self._tab.source.name))

    @work(group="prompt", exclusive=True, exit_on_error=False)
    async def _show_prompt(self) -> None:
        page, number = self._prompt, self._list.current
        row = None if number is None else self._tab.pages.row(number)
        target = row.origin if row and row.origin else self._shown.targets[0]
        if self._kitchen is None:
            return
        self._teacher = None
        try:
            config = (await self._kitchen.catalog.target(self._shown.repo, target)).config
            name = config.teacher_prompt
            page.head(Content(f"teacher {name}" if name else "no teacher"))
            if name:
                self._teacher = name, await self._kitchen.catalog.prompt(self._shown.repo, name)
                self._lay_teacher()
            else:
                page.show(Content(""))
        except BreadError as error:
            page.show(Content(str(error)))

    @on(Page.Widened)
    def _lay_teacher(self) -> None:
        """Write the prompt for the width there is."""
        from breadtui.widgets.details.prompt import prompt_detail

        if self._teacher is None:
            return
        name, prompt = self._teacher
        length = sum(len(message.text) for message in prompt.messages)
        detail = prompt_detail(prompt, "teacher", (), (length, length // 4), max(self._prompt.room, 20))
        self._prompt.show(detail, name)

    # -- going through all rows --

    def _sift(self) -> None:
        """Show what filter and words let through; a filter has to have seen all rows first."""
        tab = self._tab
        if tab.filter and not tab.measured:
            self._measure(tab)
        elif tab.words and tab.everywhere:
            self._search(tab)
        else:
            tab.sift_loaded()
        self.show_rows()
        self.show_detail()

    @work(group="measure", exclusive=True, exit_on_error=False)
    async def _measure(self, tab: Tab) -> None:
        tab.begin_sifting()
        try:
            await measure(tab.source, tab.survey, lambda: self._measured(tab))
        except REFUSALS as error:
            self._doing = "measured in part"
            self.notify(str(error), severity="error", timeout=10, markup=False)
        else:
            self._doing = ""
            tab.redraw_lines()
            if tab.filter:
                tab.sift_loaded()
        if tab is self._tab:
            self.show_rows()
            self.show_detail()

    def _measured(self, tab: Tab) -> None:
        if not self.is_mounted or tab is not self._tab:
            return
        self._doing = f"measuring, {_percent(tab.survey.measured, tab.source.known)} · esc stops"
        if tab.filter and tab.numbers is not None and not tab.words:
            tab.sift_measured()
            self.show_rows()
        self.tell()
        if self._summary and time.monotonic() > self._summed + SUMMED:
            self._summed = time.monotonic()
            self.show_detail()

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _search(self, tab: Tab) -> None:
        if tab.filter and not tab.measured:
            await self._measure(tab).wait()
        tab.everywhere, tab.numbers = True, array("Q")
        self.show_rows()
        found = partial(self._found, tab)
        try:
            if tab.filter:
                await search(tab.source, tab.words, found, tab.filter.passes(tab.survey))
            else:
                await search(tab.source, tab.words, found)
        except REFUSALS as error:
            self._doing = "searched in part"
            self.notify(str(error), severity="error", timeout=10, markup=False)
        else:
            self._doing = ""
        self.show_rows()

    def _found(self, tab: Tab, numbers: Sequence[int], done: int) -> None:
        if tab is not self._tab or tab.numbers is None:
            return
        tab.numbers.extend(numbers)
        self._doing = f"searching, {_percent(done, tab.source.known)} · esc stops"
        if numbers:
            self.show_rows()
        else:
            self.tell()

    def _stop(self) -> bool:
        """Stop going through all rows; whether that was under way."""
        stopped = False
        for worker in self.workers:
            if worker.group in WORK and worker.node is self and not worker.is_finished:
                worker.cancel()
                stopped = True
        if stopped:
            self._doing = ""
        return stopped

    @property
    def _all_loaded(self) -> bool:
        return self._tab.source.whole and all(
            self._tab.pages.row(number) is not None for number in range(0, self._tab.source.known, 50)
        )

    @property
    def _prompt(self) -> Page:
        return self.query_one("#data-prompt", Page)


def _percent(done: int, total: int) -> str:
    return f"{min(done / max(total, 1), 1):.0%}".replace("%", " %")
