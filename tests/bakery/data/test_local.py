"""Files of rows: of any size, torn, broken, growing."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.data import local
from breadtui.bakery.data.local import Local
from breadtui.bakery.data.rows import Row
from breadtui.bakery.data.source import Unreadable


def written(folder: Path, content: bytes | Sequence[object], name: str = "rows.jsonl") -> Path:
    path = folder / name
    if not isinstance(content, bytes):
        content = "".join(json.dumps(row) + "\n" for row in content).encode()
    path.write_bytes(content)
    return path


async def all_of(source: Local) -> list[Row]:
    await source.index()
    return [*await source.page(0, source.known)]


async def test_the_first_rows_need_no_index(tmp_path: Path) -> None:
    source = Local(written(tmp_path, [{"n": n} for n in range(1_000)]))
    rows = await source.page(0, 100)
    assert [row.fields["n"] for row in rows] == [*range(100)]
    assert (source.known, source.whole, source.indexed) == (100, False, 0.0)


async def test_any_row_is_found_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "CHUNK", 777)
    monkeypatch.setattr(local, "SLICE", 5_000)
    source = Local(written(tmp_path, [{"n": n, "text": "x" * (n % 50)} for n in range(1_000)]))
    told: list[int] = []
    await source.index(lambda: told.append(source.known))
    assert source.known == 1_000
    assert told == sorted(told)
    assert len(told) > 3, "it told now and then"
    for number in (0, 63, 64, 65, 127, 128, 500, 998, 999):
        rows = await source.page(number, 2)
        assert [row.fields["n"] for row in rows] == [number, number + 1][: 1_000 - number]
        assert [row.number for row in rows] == [row.fields["n"] for row in rows]


async def test_a_row_far_down_waits_for_the_index(tmp_path: Path) -> None:
    source = Local(written(tmp_path, [{"n": n} for n in range(500)]))
    rows = await source.page(450, 5)
    assert [row.fields["n"] for row in rows] == [450, 451, 452, 453, 454]


async def test_lines_that_are_no_rows_keep_their_place(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf{"a": 1}\r\n\nnot json\n{"b": "\xff"}\n[1, 2]\n{"torn": tr'
    rows = await all_of(Local(written(tmp_path, content)))
    assert [row.number for row in rows] == [0, 1, 2, 3, 4, 5]
    assert rows[0].fields == {"a": 1}
    assert rows[1].why == "The line is empty."
    assert rows[2].why.startswith("This is no JSON")
    assert rows[2].text == "not json"
    assert rows[3].fields == {"b": "\ufffd"}
    assert rows[4].fields == {"value": [1, 2]}
    assert "breaks off" in rows[5].why


async def test_a_last_line_without_an_end_is_a_row_if_it_is_whole(tmp_path: Path) -> None:
    rows = await all_of(Local(written(tmp_path, b'{"a": 1}\n{"b": 2}')))
    assert [row.fields for row in rows] == [{"a": 1}, {"b": 2}]


async def test_what_is_added_is_seen_and_a_torn_line_completed(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"a": 1}\n{"b": ')
    source = Local(path)
    assert (await all_of(source))[1].why
    assert not await source.refresh()
    with path.open("ab") as file:
        file.write(b'2}\n{"c": 3}\n')
    assert await source.refresh()
    assert [row.fields for row in await source.page(0, 9)] == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert source.known == 3


async def test_another_file_of_the_name_is_read_anew(tmp_path: Path) -> None:
    path = written(tmp_path, [{"n": n} for n in range(100)])
    source = Local(path)
    await source.index()
    version = source.version
    written(tmp_path, [{"m": 1}], "other").replace(path)
    assert await source.refresh()
    assert source.version != version
    assert source.known == 1
    assert [row.fields for row in await source.page(0, 9)] == [{"m": 1}]


async def test_a_line_too_long_is_told_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "LONGEST", 100)
    rows = await all_of(Local(written(tmp_path, [{"a": "x" * 450}, {"b": 2}])))
    assert "longer than" in rows[0].why
    assert rows[1].fields == {"b": 2}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x1f\x8b\x08rows", "is compressed"),
        (b'[\n  {"a": 1},\n  {"b": 2}\n]', "is one JSON array"),
        (b'[{"a": 1},\n{"b": 2}]', "is one JSON array"),
    ],
)
def test_what_is_no_file_of_lines_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        Local(written(tmp_path, content))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is not there"):
        Local(tmp_path / "none.jsonl")
    with pytest.raises(Unreadable, match="is a folder"):
        Local(tmp_path)


async def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    source = Local(written(tmp_path, b""))
    await source.index()
    assert (source.known, source.whole, [*await source.page(0, 10)]) == (0, True, [])


LINES = st.lists(st.sampled_from([b'{"a": 1}', b"", b"{", b"null", b'"x"', b'{"b": "\xc3"}']), max_size=200)


@settings(max_examples=40, deadline=None)
@given(LINES, st.sampled_from([b"\n", b"\r\n"]), st.booleans())
def test_every_line_is_a_row(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes, last: bool
) -> None:
    content = end.join(lines) + (end if last and lines else b"")
    expected = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    rows = asyncio.run(all_of(Local(written(tmp_path_factory.mktemp("lines"), content))))
    assert [row.number for row in rows] == [*range(expected)]
