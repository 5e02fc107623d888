"""Whom a chat asks: other models, prompts and settings for its columns, further columns, and ready comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from breadtui.bakery.chats.conversation import MOST_COLUMNS, Column, Conversation, Opening
from breadtui.screens.chat.figures import short_name

if TYPE_CHECKING:
    from breadtui.bakery.chats.models import Choice
    from breadtui.bakery.chats.presets import Preset
    from breadtui.screens.chat.conversing import Conversing
    from breadtui.screens.chat.sheet import Chosen

ANOTHER = "A new chat begins: the one so far was with another model or prompt. ctrl+o goes back to it."


@dataclass(frozen=True, slots=True)
class Choosing:
    """Asks over `screen`, and changes its columns; in front is the column that is meant."""

    screen: Conversing

    @property
    def column(self) -> Column:
        """The column in front."""
        return self.screen.conversation.columns[self.screen.columns.front]

    def model(self) -> None:
        """Another model for the column."""
        from breadtui.screens.chat.picker import ModelPicker

        number = self.screen.columns.front

        async def chosen(choice: Choice | None) -> None:
            if choice and choice.model != self.column.model:
                await self._have(self._with(number, replace(self.column, model=choice.model)))

        self.screen.app.push_screen(ModelPicker(self.screen.kitchen, self.column.model), chosen)

    def add(self) -> None:
        """Another column beside those there are."""
        from breadtui.screens.chat.picker import ModelPicker

        columns, front = self.screen.conversation.columns, self.screen.columns.front
        if len(columns) >= MOST_COLUMNS:
            self.screen.notify(f"A chat has {MOST_COLUMNS} columns at most. alt+x takes one out.")
            return

        async def chosen(choice: Choice | None) -> None:
            if choice:
                added = (*columns, Column(choice.model, settings=columns[front].settings))
                await self.screen.put_columns(added, (*range(len(columns)), None))
                self.screen.columns.turn_to(len(columns))

        self.screen.app.push_screen(ModelPicker(self.screen.kitchen, self.column.model), chosen)

    async def remove(self) -> None:
        """The column goes, and with it what it answered."""
        gone, columns = self.screen.columns.front, self.screen.conversation.columns
        stay = [number for number in range(len(columns)) if number != gone]
        if stay:
            await self.screen.put_columns([columns[number] for number in stay], stay)

    def prompt(self) -> None:
        """Something else to be told first."""
        from breadtui.screens.chat.prompts import PromptPicker

        number = self.screen.columns.front

        async def chosen(opening: Opening | None) -> None:
            if opening is not None and opening != self.column.opening:
                await self._have(self._with(number, replace(self.column, opening=opening)))

        self.screen.app.push_screen(PromptPicker(self.screen.kitchen, self.screen.home, self.column.opening), chosen)

    def settings(self) -> None:
        """How to answer from now on."""
        from breadtui.screens.chat.sheet import SettingsSheet

        number, columns = self.screen.columns.front, self.screen.conversation.columns

        async def chosen(chosen: Chosen | None) -> None:
            if chosen is None:
                return
            now = [
                replace(column, settings=chosen.settings) if chosen.every or at == number else column
                for at, column in enumerate(columns)
            ]
            if tuple(now) != columns:
                await self.screen.put_columns(now)

        who = short_name(self.column.model)
        self.screen.app.push_screen(SettingsSheet(who, self.column.settings, several=len(columns) > 1), chosen)

    def compare(self) -> None:
        """Columns ready made."""
        from breadtui.screens.chat.presets import PresetPicker

        async def chosen(preset: Preset | None) -> None:
            if preset and preset.columns:
                await self._have(preset.columns[:MOST_COLUMNS])

        self.screen.app.push_screen(PresetPicker(self.screen.kitchen, self.column.model, self.screen.home), chosen)

    def _with(self, number: int, column: Column) -> tuple[Column, ...]:
        columns = self.screen.conversation.columns
        return (*columns[:number], column, *columns[number + 1 :])

    async def _have(self, columns: Sequence[Column]) -> None:
        """Have these columns, in a chat of their own where something was said by others."""
        screen = self.screen
        if screen.conversation.exchanges:
            screen.notify(ANOTHER)
            await screen.converse(Conversation(tuple(columns)))
        else:
            await screen.put_columns(columns)
