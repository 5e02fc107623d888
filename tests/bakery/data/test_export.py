"""Writing rows to files: whole or not at all, and gone on with where it was interrupted."""

import asyncio
import csv
import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from breadtui.api.errors import Unreachable
from breadtui.bakery.data.export import Form, Order, Written, export, waiting
from breadtui.bakery.data.local import Local
from breadtui.bakery.data.rows import Row
from breadtui.bakery.data.source import Unreadable

ROWS = [{"n": n, "response": f"Loaf {n}\nrests, “so”."} for n in range(1_300)]


class Breaks(Local):
    """A file whose rows do not come from a certain one on."""

    breaks_at: int | None = None

    async def page(self, offset: int, limit: int) -> Sequence[Row]:
        if self.breaks_at is not None and offset >= self.breaks_at:
            raise Unreachable("The line is down.")
        return await super().page(offset, limit)


def source_of(folder: Path, rows: Sequence[object] = ROWS) -> Breaks:
    path = folder / "source.jsonl"
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), "utf-8")
    return Breaks(path)


def lines(path: Path) -> list[object]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


async def test_all_rows_are_written_as_they_are(tmp_path: Path) -> None:
    order = Order(tmp_path / "out.jsonl", Form.JSONL)
    told: list[Written] = []
    assert await export(source_of(tmp_path), order, told.append) == Written(1_300, 1_300)
    assert lines(order.path) == ROWS
    assert [written.done for written in told] == [500, 1_000, 1_300]
    assert not order.part.exists()
    assert not order.state.exists()
    assert order.path.stat().st_mode & 0o777 == 0o600


async def test_only_those_wanted_are_written(tmp_path: Path) -> None:
    order = Order(tmp_path / "out.jsonl", Form.JSONL, [3, 5, 900, 1_299])
    assert (await export(source_of(tmp_path), order)).done == 4
    assert lines(order.path) == [ROWS[n] for n in (3, 5, 900, 1_299)]


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("numbers", [None, range(0, 1_300, 2)])
async def test_an_interrupted_export_goes_on_and_ends_the_same(
    tmp_path: Path, form: Form, numbers: Sequence[int] | None
) -> None:
    whole, torn = Order(tmp_path / "whole", form, numbers), Order(tmp_path / "torn", form, numbers)
    source = source_of(tmp_path)
    await export(source, whole)
    source.breaks_at = 700
    with pytest.raises(Unreachable):
        await export(source, torn)
    assert not torn.path.exists()
    begun = waiting(source, torn)
    assert begun > 0
    with torn.part.open("ab") as file:
        file.write(b"half a li")  # as a kill would leave it
    source.breaks_at = None
    told: list[Written] = []
    await export(source, torn, told.append)
    assert told[0].done > begun
    assert torn.path.read_bytes() == whole.path.read_bytes()


async def test_a_cancelled_export_keeps_its_part(tmp_path: Path) -> None:
    source, order = source_of(tmp_path), Order(tmp_path / "out.jsonl", Form.JSONL)
    begun = asyncio.Event()
    task = asyncio.create_task(export(source, order, lambda _: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert waiting(source, order) >= 500
    await export(source, order)
    assert lines(order.path) == ROWS


async def test_what_another_export_left_is_not_gone_on_with(tmp_path: Path) -> None:
    source, order = source_of(tmp_path), Order(tmp_path / "out", Form.JSONL)
    source.breaks_at = 700
    with pytest.raises(Unreachable):
        await export(source, order)
    assert waiting(source, Order(order.path, Form.CSV)) == 0
    assert waiting(source, Order(order.path, Form.JSONL, [1, 2])) == 0
    order.state.write_text('{"of": 3}')
    assert waiting(source, order) == 0


async def test_no_file_is_written_over(tmp_path: Path) -> None:
    order = Order(tmp_path / "out.jsonl", Form.JSONL)
    order.path.write_text("mine")
    with pytest.raises(Unreadable, match="is there already"):
        await export(source_of(tmp_path), order)
    assert order.path.read_text() == "mine"


async def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be written"):
        await export(source_of(tmp_path), Order(tmp_path / "none" / "out.jsonl", Form.JSONL))


async def test_a_full_disk_is_told_and_the_part_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    source, order = source_of(tmp_path), Order(tmp_path / "out.jsonl", Form.JSONL)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(Unreadable, match=r"No space left on device\. What was written is kept"):
            await export(source, order)
    await export(source, order)
    assert lines(order.path) == ROWS


async def test_lines_that_are_no_json_are_left_out_and_counted(tmp_path: Path) -> None:
    order = Order(tmp_path / "out.jsonl", Form.JSONL)
    assert await export(source_of(tmp_path, [{"a": 1}, "no json\n", {"b": 2}]), order) == Written(3, 3, 1)
    assert lines(order.path) == [{"a": 1}, {"b": 2}]


async def test_csv_keeps_every_value_and_disarms_formulas(tmp_path: Path) -> None:
    rows = [
        {"text": 'a, "b"\nc', "n": 1, "deep": {"x": [1, "é"]}, "flag": True, "none": None},
        {"text": "=HYPERLINK(1)", "n": -2.5},
        {"text": "@cmd", "n": float("nan")},
    ]
    late = [{"text": "x", "n": 0}] * 600 + [{"text": "end", "new": [1]}]
    order = Order(tmp_path / "out.csv", Form.CSV)
    await export(source_of(tmp_path, [*rows, *late]), order)
    with order.path.open(newline="", encoding="utf-8") as file:
        read = [*csv.DictReader(file)]
    assert len(read) == 604
    assert read[0] == {
        "text": 'a, "b"\nc',
        "n": "1",
        "deep": '{"x": [1, "é"]}',
        "flag": "true",
        "none": "",
        "other_keys": "",
    }
    assert (read[1]["text"], read[1]["n"]) == ("'=HYPERLINK(1)", "-2.5")
    assert read[2]["text"] == "'@cmd"
    assert json.loads(read[-1]["other_keys"]) == {"new": [1]}
