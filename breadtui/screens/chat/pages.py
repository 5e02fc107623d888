"""A conversation as the page of one column shows it: entries for its transcript, made of the branch one is in."""

from __future__ import annotations

from collections.abc import Iterator

from breadtui.bakery.chats.conversation import Answer, Conversation, Ending, Exchange
from breadtui.screens.chat.figures import estimate, estimate_prompt, figures, remark_of
from breadtui.widgets.transcript import Call, Question, Remark, Reply

Entry = Question | Reply | Remark

REHEARSAL = "Rehearsal: this oven trains nothing, and its answers are made by rule."
REHEARSAL_BRIEF = "Rehearsal: answers made by rule."
"""Of one line, also in the narrowest of several columns: the questions stay level."""
NOT_ASKED = "Not asked."


def entries_of(conversation: Conversation, column: int, *, rehearsal: bool) -> list[Entry]:
    """The page of a column, from the first question to the last answer that counts."""
    return [*introduction(conversation, rehearsal=rehearsal), *_entries(conversation, column)]


def introduction(conversation: Conversation, *, rehearsal: bool) -> list[Entry]:
    """What stands above the first question."""
    told = REHEARSAL if len(conversation.columns) == 1 else REHEARSAL_BRIEF
    return [Remark(told, "secondary")] if rehearsal else []


def versions(conversation: Conversation) -> dict[int, tuple[int, int]]:
    """Of the questions that were asked in several versions, which one each is, and of how many."""
    kin: dict[int | None, list[int]] = {}
    for exchange in conversation.exchanges.values():
        kin.setdefault(exchange.parent, []).append(exchange.number)
    several = [numbers for numbers in kin.values() if len(numbers) > 1]
    return {number: (place, len(numbers)) for numbers in several for place, number in enumerate(numbers, 1)}


def version_remark(version: tuple[int, int]) -> Remark:
    """Says that a question has other versions."""
    return Remark("Version {} of {}; alt+← and alt+→ go to the others.".format(*version))


def remark_on(answer: Answer) -> Remark | None:
    """What is to be said below an answer."""
    said = remark_of(answer)
    return Remark(*said) if said else None


def footnote(answer: Answer, tries: int, prompt: int) -> str:
    """The figures of an answer, and which try it was."""
    told = figures(answer, prompt)
    return f"{told} · try {tries}" if tries > 1 else told


def _entries(conversation: Conversation, column: int) -> Iterator[Entry]:
    several = versions(conversation)
    path = conversation.path()
    prompts = _prompts(conversation, column, path)
    model = conversation.columns[column].model
    for exchange in path:
        prompt = next(prompts)
        yield Question(exchange.question)
        if version := several.get(exchange.number):
            yield version_remark(version)
        answer = exchange.answer(column)
        if answer is None:
            yield Remark(NOT_ASKED)
            continue
        if answer.ending is Ending.OPEN:
            continue  # it comes as it is told
        calls = tuple(Call(call.name, call.arguments) for call in answer.calls.values())
        note = footnote(answer, len(exchange.tries[column]), prompt)
        yield Reply(model, answer.text, answer.reasoning, calls, note)
        if remark := remark_on(answer):
            yield remark


def _prompts(conversation: Conversation, column: int, path: tuple[Exchange, ...]) -> Iterator[int]:
    """What the prompt of each answer is estimated at; nought for all where the server counted them."""
    answers = [exchange.answer(column) for exchange in path]
    if not any(answer and not answer.usage for answer in answers):
        yield from (0 for _ in path)
        return
    before = estimate_prompt(conversation.columns[column].opening.messages)
    for exchange, answer in zip(path, answers, strict=True):
        question = estimate(exchange.question)
        yield before + question
        if answer and answer.text:
            before += question + estimate(answer.text)
