"""Writes rows to a file: to a part first, which an interrupted export goes on with, and under its name at the end."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from hashlib import sha256
from pathlib import Path

from breadtui.api.lenient import as_object, is_object
from breadtui.bakery.data.rows import Row, as_json
from breadtui.bakery.data.scan import SLICE, scan, whole
from breadtui.bakery.data.source import Source, Unreadable

OTHERS = "other_keys"
"""The column for keys that the first rows do not have."""
NEIGHBOURS = 20
"""Rows between two wanted ones that are rather read and dropped than asked for apart."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Form(StrEnum):
    """What is written."""

    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written, and where. `numbers` are those of the rows, None for all."""

    path: Path
    form: Form
    numbers: Sequence[int] | None = None

    @property
    def part(self) -> Path:
        """Where it is written until it is whole."""
        return self.path.with_name(f"{self.path.name}.part")

    @property
    def state(self) -> Path:
        """Beside it, how far it is."""
        return self.path.with_name(f"{self.path.name}.part.json")


@dataclass(frozen=True, slots=True)
class Written:
    """How far an export is: of `total` rows `done`; `left_out` were no JSON."""

    done: int
    total: int
    left_out: int = 0


@dataclass(slots=True)
class _State:
    """What a part holds, as it stands in the file beside it."""

    of: str
    done: int = 0
    size: int = 0
    left_out: int = 0
    columns: tuple[str, ...] = ()


def waiting(source: Source, order: Order) -> int:
    """How many rows an earlier export of the same kind wrote before it was interrupted; 0 where there was none."""
    state = _kept(order, _identity(source, order))
    return state.done if state else 0


async def export(source: Source, order: Order, told: Callable[[Written], None] = lambda _: None) -> Written:
    """Write the rows there are now. JSONL keeps every row as it is; CSV writes what is no text as JSON, and puts a `'`
    before what a spreadsheet would take for a formula. Cancelled, the part stays, and the same call goes on with it.

    Raises:
        BreadError: rows could not be had; the part stays.
        Unreadable: the file is there already, or cannot be written.
    """
    if order.path.exists():
        raise Unreadable(f"{order.path.name} is there already. Choose another name.")
    total = len(order.numbers) if order.numbers is not None else await source.find_end()
    state = _kept(order, _identity(source, order)) or _State(_identity(source, order))
    with _failing_in_words(order):
        part = os.open(order.part, os.O_CREAT | os.O_RDWR, 0o600)
        with os.fdopen(part, "r+b") as file:
            file.truncate(state.size)
            file.seek(state.size)
            async with aclosing(_wanted(source, order.numbers, state.done, total)) as slices:
                async for rows in slices:
                    await whole(partial(_add, file, order, state, rows))
                    told(Written(state.done, total, state.left_out))
            await asyncio.to_thread(os.fsync, file.fileno())
        try:
            os.link(order.part, order.path)  # as rename does, but never over another file
            order.part.unlink()
        except FileExistsError:
            raise Unreadable(f"{order.path.name} is there already. Choose another name.") from None
        except OSError:  # a file system without links
            order.part.rename(order.path)
        order.state.unlink(missing_ok=True)
    return Written(state.done, total, state.left_out)


def _identity(source: Source, order: Order) -> str:
    """The same for the same rows of the same source in the same form."""
    chosen = "all" if order.numbers is None else sha256(",".join(map(str, order.numbers)).encode()).hexdigest()
    return f"{source.name} {source.version} {order.form} {chosen}"


def _kept(order: Order, identity: str) -> _State | None:
    """What an interrupted export left, if it is this one's and all there."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = as_object(json.loads(order.state.read_text(encoding="utf-8")))
        done, size, left_out, columns = (found[name] for name in ("done", "size", "left_out", "columns"))
        if not (isinstance(done, int) and isinstance(size, int) and isinstance(left_out, int)):
            return None
        names = tuple(str(name) for name in columns) if isinstance(columns, list) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - JSON
        if found["of"] == identity and order.part.stat().st_size >= size:
            return _State(identity, done, size, left_out, names)
    return None


async def _wanted(
    source: Source, numbers: Sequence[int] | None, done: int, total: int
) -> AsyncGenerator[Sequence[Row]]:
    """The rows that are still to be written."""
    if numbers is None:
        async with aclosing(scan(source, done, total)) as slices:
            async for rows in slices:
                yield rows
        return
    while done < total:
        stop = done + 1
        while (
            stop < total and numbers[stop] - numbers[stop - 1] <= NEIGHBOURS and numbers[stop] - numbers[done] < SLICE
        ):
            stop += 1
        first = numbers[done]
        wanted = set(numbers[done:stop])
        rows = await source.page(first, numbers[stop - 1] - first + 1)
        yield [row for row in rows if row.number in wanted]
        done = stop


def _add(file: io.BufferedRandom, order: Order, state: _State, rows: Sequence[Row]) -> None:
    good = [row for row in rows if not row.why]
    text = _csv(good, state) if order.form is Form.CSV else "".join(f"{as_json(row.fields)}\n" for row in good)
    file.write(text.encode("utf-8", "replace"))
    file.flush()
    state.done += len(rows)
    state.left_out += len(rows) - len(good)
    state.size = file.tell()
    order.state.write_text(json.dumps(asdict(state)), encoding="utf-8")


def _csv(rows: Sequence[Row], state: _State) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    if not state.columns and rows:
        state.columns = (*dict.fromkeys(name for row in rows for name in row.fields if name != OTHERS), OTHERS)
        writer.writerow([_cell(name) for name in state.columns])
    for row in rows:
        others = {name: value for name, value in row.fields.items() if name not in state.columns or name == OTHERS}
        named = [_cell(row.fields.get(name)) for name in state.columns if name != OTHERS]
        writer.writerow([*named, as_json(others) if others else ""])
    return written.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if is_object(value) or isinstance(value, list | tuple | bool):
        wrapped = as_json({"": value})  # pyright: ignore[reportUnknownArgumentType] - JSON
        return wrapped.removeprefix('{"": ').removesuffix("}")
    return str(value)


@contextmanager
def _failing_in_words(order: Order) -> Generator[None]:
    """Turns what the disk says into words for people."""
    try:
        yield
    except OSError as error:
        said = error.strerror or str(error)
        kept = " What was written is kept in its part." if order.part.exists() else ""
        raise Unreadable(f"{order.path.name} cannot be written: {said}.{kept}") from None
