"""What is said of columns and answers, in words and figures: names, headings, times, tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.content import Content

from breadtui.bakery.chats.conversation import Answer, Column, Ending, Message, Settings
from breadtui.widgets.drawing import shorten

STOPPED = "Stopped. What came is kept."
UNPROMPTED = "no system prompt"


def short_name(model: str) -> str:
    """What tells a model from its kin: of a checkpoint its bake and step, of others the name without its owner."""
    parts = model.split("/")
    return "/".join(parts[-2:]) if len(parts) > 2 else parts[-1]


def opening_of(column: Column) -> str:
    """What a model is told first, by name."""
    if not column.opening.messages:
        return UNPROMPTED
    return column.opening.source or "a typed prompt"


def settings_of(settings: Settings) -> str:
    """The settings that are not left to the server."""
    told = [f"temperature {settings.temperature:g}"] if settings.temperature is not None else []
    told += [f"at most {settings.max_tokens:,} tokens"] if settings.max_tokens is not None else []
    told += ["thinking" if settings.thinking else "no thinking"] if settings.thinking is not None else []
    told += [f"seed {settings.seed}"] if settings.seed is not None else []
    return " · ".join(told)


def heading(number: int | None, column: Column, width: int, *, active: bool) -> Content:
    """The line above a column, in `width` cells, with its number where it has one; the model gives way last."""
    mark = "" if number is None else f"{number + 1} "
    told = " · ".join(part for part in (opening_of(column), settings_of(column.settings)) if part)
    room = max(width - len(mark) - 3, 8)
    name = column.model if len(column.model) + len(told) <= room else short_name(column.model)
    name = shorten(name, room)
    rest = shorten(told, max(room - len(name), 0))
    colour = "bold $primary" if active else "bold"
    return Content.assemble((mark, colour), (name, colour), ("   " if rest else "", ""), (rest, "$muted"))


def figures(answer: Answer, prompt: int) -> str:
    """Times and tokens of an answer that is over.

    `prompt` is what its prompt is estimated at, in tokens. Estimates, marked by `≈`, are told where the server counted
    nothing.
    """
    return " · ".join(_figures(answer, prompt))


def _figures(answer: Answer, prompt: int) -> Iterator[str]:
    if answer.first is None and not answer.usage:
        return
    if answer.first is not None:
        yield f"first word {seconds(answer.first)}"
    sign, completion = "", answer.usage.completion_tokens if answer.usage else 0
    if answer.usage:
        prompt = answer.usage.prompt_tokens
    elif not answer.empty:
        sign, completion = "≈ ", estimate(_said(answer))
    if rate := speed(answer, completion):
        yield f"{sign}{rate:,.0f} tokens/s"
    if completion or answer.usage:
        yield f"{sign}{prompt:,} + {completion:,} tokens"


def _said(answer: Answer) -> str:
    return f"{answer.reasoning}{answer.text}{''.join(call.name + call.arguments for call in answer.calls.values())}"


def estimate(text: str) -> int:
    """About how many tokens a text is."""
    from breadtui.bakery.authoring.prompt import estimate_tokens

    return estimate_tokens(text)


def estimate_prompt(messages: Iterable[Message]) -> int:
    """About how many tokens messages are together."""
    from breadtui.bakery.authoring.prompt import lengths

    return lengths([*messages])[1]


def speed(answer: Answer, completion: int) -> float | None:
    """Tokens a second from the first word on; None where there were too few to tell."""
    spent = answer.seconds - (answer.first or 0.0)
    return (completion - 1) / spent if completion > 1 and spent > 0 and answer.first is not None else None


def seconds(value: float) -> str:
    """A time as one reads it off a watch."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 60 else f"{value // 60:.0f} m {value % 60:02.0f} s"


def remark_of(answer: Answer) -> tuple[str, str] | None:
    """What is to be said of how an answer ended, and its colour; None where it ended as answers do."""
    match answer.ending:
        case Ending.STOPPED:
            return STOPPED, "muted"
        case Ending.FAILED:
            return answer.why or "There was no answer.", "error"
        case Ending.CUT:
            return answer.why or "The answer was cut off.", "warning"
        case Ending.WHOLE | Ending.OPEN:
            return (answer.why, "muted") if answer.why else None
