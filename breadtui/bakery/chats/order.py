"""A chat as it was asked for at the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from breadtui.bakery.chats.conversation import Column, Opening, Settings

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


@dataclass(frozen=True, slots=True)
class ChatOrder:
    """A model, how it is to answer, and what it is told first: words, or a prompt, as (repository, name)."""

    model: str
    system: str = ""
    prompt: tuple[str, str] | None = None
    settings: Settings = field(default_factory=Settings)

    async def column(self, kitchen: Kitchen) -> Column:
        """The column that this makes; asks the server for the prompt, if there is one.

        Raises:
            BreadError: it is not there, or cannot be asked for.
        """
        if self.prompt is None:
            return Column(self.model, Opening.said(self.system), self.settings)
        from breadtui.bakery.chats.openings import load_opening

        return Column(self.model, await load_opening(kitchen, *self.prompt), self.settings)
