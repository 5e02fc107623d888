"""`breadtui diff` from what was asked for to the exit code, on plain streams."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass

from breadtui.api.client import BreadClient
from breadtui.api.text import one_line
from breadtui.bakery.comparison.asking import meant
from breadtui.bakery.comparison.compared import Comparison, compare
from breadtui.bakery.comparison.loading import load
from breadtui.bakery.comparison.report import as_json, unified
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing
from breadtui.settings import Connection

EQUAL, DIFFERENT, TROUBLE = 0, 1, 2
_COLOURS = {"-": "31", "+": "32", "@": "36", "!": "33", "?": "33"}


@dataclass(frozen=True, slots=True)
class DiffOrder:
    """What was asked for at the command line: two things by name, of a kind that may be left out."""

    before: str
    after: str
    thing: Thing | None = None
    as_json: bool = False
    everything: bool = False


def diff(found: Connection, order: DiffOrder) -> int:
    """Write down how two things differ; gives the exit code.

    Raises:
        ComparisonError, BreadError: they cannot be compared.
    """
    comparison = asyncio.run(_compared(found, order))
    if order.as_json:
        sys.stdout.write(as_json(comparison) + "\n")
    else:
        coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        lines = unified(comparison, everything=order.everything)
        sys.stdout.write("".join(f"{_coloured(line) if coloured else line}\n" for line in lines))
    for problem in comparison.problems:
        sys.stderr.write(f"breadtui: {one_line(problem)}\n")
    if comparison.problems:
        return TROUBLE
    return DIFFERENT if comparison.differences else EQUAL


async def _compared(found: Connection, order: DiffOrder) -> Comparison:
    async with BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http) as client:
        kitchen = Kitchen(client)
        return compare(*await load(kitchen, *await meant(kitchen, order.thing, order.before, order.after)))


def _coloured(line: str) -> str:
    colour = _COLOURS.get(line[:1])
    return f"\x1b[{colour}m{line}\x1b[0m" if colour else line
