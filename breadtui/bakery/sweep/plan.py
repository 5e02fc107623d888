"""What a sweep shall be: where its questions are from, who is asked, and how. Made into a sweep when it begins."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from breadtui.bakery.chats.conversation import Column, Opening, Settings
from breadtui.bakery.chats.openings import load_opening
from breadtui.bakery.sweep.questions import SAMPLED, NoQuestions, Told, read_file, sample, typed
from breadtui.bakery.sweep.sweep import AT_ONCE, Question, Sweep, titled

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

MAX_TOKENS = 512
MOST_MODELS = 40


class Source(StrEnum):
    """Where questions come from."""

    STIMULI = "a target's stimuli"
    TYPED = "typed here"
    FILE = "a file"


@dataclass(frozen=True, slots=True)
class Asked:
    """A model that is asked; `prompt`, as `repo/prompt`, is what it is told first, unless an `opening` is given."""

    model: str
    prompt: str = ""
    opening: Opening | None = None


@dataclass(slots=True)
class Plan:
    """Everything that is chosen before a sweep begins. `target` is `repo/target`."""

    source: Source = Source.TYPED
    text: str = ""
    file: str = ""
    target: str = ""
    count: int | None = SAMPLED
    sampling: int | None = 0
    """The seed by which stimuli are drawn."""
    asked: list[Asked] = field(default_factory=list[Asked])
    settings: Settings = field(default_factory=lambda: Settings(max_tokens=MAX_TOKENS))
    at_once: int | None = AT_ONCE

    @property
    def called(self) -> str:
        """Where the questions are from, in a few words."""
        match self.source:
            case Source.STIMULI:
                return self.target
            case Source.FILE:
                return Path(self.file).name
            case Source.TYPED:
                return "typed questions"


async def make(kitchen: Kitchen, plan: Plan, told: Told | None = None) -> Sweep:
    """The sweep that is planned, with its questions read and its prompts looked up; nothing is asked yet.

    Raises:
        NoQuestions: there are none, or nobody to ask.
        BreadError: questions or prompts could not be read.
    """
    if not plan.asked:
        raise NoQuestions("There is no model to ask. Add one.")
    questions = await _questions(kitchen, plan, told)
    columns = [await _column(kitchen, asked, plan.settings) for asked in plan.asked]
    return Sweep(tuple(columns), questions, titled(columns, plan.called))


async def _questions(kitchen: Kitchen, plan: Plan, told: Told | None) -> tuple[Question, ...]:
    match plan.source:
        case Source.TYPED:
            if found := typed(plan.text):
                return found
            raise NoQuestions("There is no question. Write one a line.")
        case Source.FILE:
            if not plan.file.strip():
                raise NoQuestions("No file is named.")
            return await asyncio.to_thread(read_file, Path(plan.file.strip()))
        case Source.STIMULI:
            repo, _, target = plan.target.partition("/")
            if not target:
                raise NoQuestions("No target is chosen.")
            return await sample(kitchen.client, repo, target, plan.count or SAMPLED, seed=plan.sampling or 0, told=told)


async def _column(kitchen: Kitchen, asked: Asked, settings: Settings) -> Column:
    opening = asked.opening or Opening()
    if asked.prompt:
        repo, _, prompt = asked.prompt.partition("/")
        opening = await load_opening(kitchen, repo, prompt)
    return Column(asked.model, opening, settings)


def asked(name: str) -> Asked:
    """A model, or `model@repo/prompt`: a model that is told that prompt first."""
    model, _, prompt = name.partition("@")
    return Asked(model, prompt)
