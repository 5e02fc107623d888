"""Sweeps on disk: what a kill leaves, what is listed, and what other programs read."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.chats.conversation import Column, Opening, Settings
from breadtui.bakery.sweep import records
from breadtui.bakery.sweep.kept import InUse, Sweeps
from breadtui.bakery.sweep.sweep import ASKING, Cell, Question, Standing, Sweep
from tests.bakery.sweep.sweeps import sweep_of

DONE = Cell(Standing.ANSWERED, "Yes. 東京 👍", "", 0.5, 12, False, 0.1, 0.7, "stop")
FAILED = Cell(Standing.FAILED, "Y", "The line broke.")


def kept(folder: Path, sweep: Sweep, **cells: Cell) -> Sweeps:
    """`sweep` on disk, with `r0c1=…` answered."""
    sweeps = Sweeps(folder)
    journal = sweeps.journal(sweep)
    for name, cell in cells.items():
        place = int(name[1]), int(name[3])
        sweep.cells[place] = cell
        journal.ended(place)
    journal.close()
    return sweeps


def rich() -> Sweep:
    opening = Opening(({"role": "system", "content": "Be [bold]."},), ({"type": "function"},), "kitchen/teacher")
    columns = (Column("a/b/c/7", opening, Settings(0.5, 99, False, 3)), Column("base"))
    talk = ({"role": "user", "content": "Hi"}, {"role": "user", "content": "So?"})
    return Sweep(columns, (Question("One?", (), ("Yes.", "No.")), Question("So?", talk)), "rich", begun=12.5)


def test_a_sweep_is_opened_again_as_it_was(tmp_path: Path) -> None:
    sweep = rich()
    sweeps = kept(tmp_path, sweep, r0c0=DONE, r1c1=FAILED)
    assert sweeps.open(sweep.id) == sweep


def test_of_a_question_asked_again_the_last_answer_counts(tmp_path: Path) -> None:
    sweep = rich()
    sweeps = kept(tmp_path, sweep, r0c0=FAILED)
    journal = sweeps.journal(sweep)
    sweep.cells[0, 0] = DONE
    journal.ended((0, 0))
    journal.close()
    opened = sweeps.open(sweep.id)
    assert opened
    assert opened.cell(0, 0) == DONE
    assert [one.answered for one in sweeps.list()] == [1]


def test_what_a_kill_tore_is_left_out_and_the_next_answer_is_whole(tmp_path: Path) -> None:
    sweep = rich()
    sweeps = kept(tmp_path, sweep, r0c0=DONE, r0c1=DONE)
    path = tmp_path / f"{sweep.id}.jsonl"
    os.truncate(path, path.stat().st_size - 20)
    opened = sweeps.open(sweep.id)
    assert opened
    assert {*opened.cells} == {(0, 0)}
    journal = sweeps.journal(opened)
    opened.cells[1, 0] = DONE
    journal.ended((1, 0))
    journal.close()
    again = sweeps.open(sweep.id)
    assert again
    assert {*again.cells} == {(0, 0), (1, 0)}


def test_they_are_private_listed_by_what_changed_last_and_gone_when_deleted(tmp_path: Path) -> None:
    older, newer = sweep_of("One?"), rich()
    kept(tmp_path, older, r0c0=DONE)
    sweeps = kept(tmp_path, newer)
    os.utime(tmp_path / f"{older.id}.jsonl", (1, 1))
    (tmp_path / "strange.jsonl").write_text("[]\n")
    assert [(one.id, one.answered, one.size) for one in sweeps.list()] == [(newer.id, 0, 4), (older.id, 1, 1)]
    assert sweeps.list()[0].models == ("a/b/c/7", "base")
    assert (tmp_path / f"{newer.id}.jsonl").stat().st_mode & 0o777 == 0o600
    sweeps.delete(newer.id)
    assert [one.id for one in sweeps.list()] == [older.id]
    assert sweeps.open(newer.id) is None


def test_two_programs_do_not_ask_the_same_sweep(tmp_path: Path) -> None:
    sweep = rich()
    journal = Sweeps(tmp_path).journal(sweep)
    with pytest.raises(InUse, match="Another breadtui"):
        Sweeps(tmp_path).journal(sweep)
    journal.close()
    Sweeps(tmp_path).journal(sweep).close()


def test_a_full_disk_is_told_once_and_stops_nothing(tmp_path: Path) -> None:
    sweep = rich()
    journal = Sweeps(tmp_path).journal(sweep)
    sweep.cells[0, 0] = DONE
    with (tmp_path / f"{sweep.id}.jsonl").open("rb") as unwritable:
        journal.close()
        journal._file = unwritable
        journal.ended((0, 0))
    journal.ended((0, 0))
    assert "cannot be kept" in journal.problem


def test_without_a_folder_they_live_as_long_as_the_program() -> None:
    sweeps, sweep = Sweeps(), rich()
    journal = sweeps.journal(sweep)
    sweep.cells[0, 0] = DONE
    journal.ended((0, 0))
    assert not journal.on_disk
    assert sweeps.open(sweep.id) is sweep
    assert [one.answered for one in sweeps.list()] == [1]
    sweeps.delete(sweep.id)
    assert sweeps.list() == []


def test_the_export_has_a_line_an_answer_with_all_there_is_to_say() -> None:
    sweep = rich()
    sweep.cells = {(0, 0): DONE, (0, 1): FAILED, (1, 0): ASKING}
    lines = [json.loads(line) for line in records.exported(sweep)]
    assert [(line["question"], line["model"], line["standing"]) for line in lines] == [
        ("One?", "a/b/c/7", "answered"),
        ("One?", "base", "failed"),
        ("So?", "a/b/c/7", "waiting"),
        ("So?", "base", "waiting"),
    ]
    first = lines[0]
    assert (first["answer"], first["agreement"], first["references"]) == (DONE.text, 0.5, ["Yes.", "No."])
    assert first["opening"] == "kitchen/teacher"
    assert lines[1]["why"] == "The line broke."
    assert [message["content"] for message in lines[2]["messages"]] == ["Hi", "So?"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from([*records.of_cell((0, 0), DONE), "version", "columns", "questions", "messages", "references"])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.dictionaries(KEYS, JSON, max_size=6).map(records.line) | st.binary(max_size=30), max_size=6))
def test_whatever_stands_in_a_file_what_can_be_read_is_read(strange: list[bytes]) -> None:
    sweep = rich()
    sweep.cells[0, 0] = DONE
    *head, last = map(records.line, records.whole(sweep))
    opened = records.replay([*head, *strange, last])
    assert opened
    assert opened.cell(0, 0) == DONE
    assert opened.questions[:2] == sweep.questions
    records.replay(strange)
