"""The chats of a folder: listed, found, renamed, deleted."""

import os
from pathlib import Path

import pytest

from breadtui.bakery.chats.conversation import Answer, Column, Conversation, Ending
from breadtui.bakery.chats.glances import Kept
from breadtui.bakery.chats.kept import Chats, Unreadable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chats"


def said(chats: Chats, question: str, *answers: str, model: str = "Qwen/Qwen3-32B", at: int = 0) -> Conversation:
    """A chat of one question, closed; `at` is when it was last changed."""
    conversation = Conversation((Column(model),))
    journal = chats.journal(conversation)
    exchange = conversation.ask(question)
    journal.asked(exchange)
    for text in answers:
        exchange.tries.setdefault(0, []).append(Answer())
        for piece in (text[:3], text[3:]):
            exchange.tries[0][-1].lengthen(piece)
            journal.grew(exchange, 0)
        exchange.tries[0][-1].ending = Ending.WHOLE
        journal.ended(exchange, 0)
    chats.close()
    if chats.folder and at:
        os.utime(chats.folder / f"{conversation.id}.jsonl", (at, at))
    return conversation


def titles(found: list[Kept]) -> list[str]:
    return [kept.title for kept in found]


def test_chats_are_listed_with_the_last_one_first(folder: Path) -> None:
    chats = Chats(folder)
    said(chats, "Old?", at=1000)
    new = said(chats, "New?\n\nWith more.", "Yes.", model="u/r/b/1", at=3000)
    said(chats, "Between?", at=2000)
    listed = Chats(folder).list()
    assert titles(listed) == ["New? With more.", "Between?", "Old?"]
    assert listed[0] == Kept(new.id, "New? With more.", new.begun, 3000.0, ("u/r/b/1",), 1)


def test_a_list_follows_what_is_said_in_this_program_and_in_others(folder: Path) -> None:
    chats = Chats(folder)
    first = said(chats, "One?", at=1000)
    said(chats, "Two?", at=2000)
    assert titles(chats.list()) == ["Two?", "One?"]
    said(Chats(folder), "Theirs?", at=3000)
    chats.journal(first).asked(first.ask("And?"))
    assert [(kept.title, kept.questions) for kept in chats.list()] == [("One?", 2), ("Theirs?", 1), ("Two?", 1)]


def test_a_long_question_is_a_short_title(folder: Path) -> None:
    chats = Chats(folder)
    said(chats, "word " * 10_000)
    (kept,) = chats.list()
    assert kept.title.startswith("word word")
    assert kept.title.endswith("…")
    assert len(kept.title) <= 72


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("GREEN", ["What colour?"]),
        ("straße colour", ["What colour?"]),
        ("colour", ["What colour?"]),
        ("qwen tall", ["How tall?"]),
        ("", ["What colour?", "How tall?"]),
        ("green tall", []),
        ("first", ["How tall?"]),
    ],
)
def test_words_are_found_in_titles_questions_and_answers(folder: Path, words: str, found: list[str]) -> None:
    chats = Chats(folder)
    said(chats, "How tall?", "The first answer.", "Small I am.", at=1000)
    said(chats, "What colour?", "Green, as the STRASSE is.", model="u/r/b/1", at=2000)
    assert titles(Chats(folder).search(words)) == found


def test_a_renamed_chat_keeps_its_place(folder: Path) -> None:
    chats = Chats(folder)
    first = said(chats, "One?", at=1000)
    said(chats, "Two?", at=2000)
    other = Chats(folder)
    other.rename(first.id, "  The\nfirst ")
    assert titles(Chats(folder).list()) == ["Two?", "The first"]
    assert chats.open(first.id).title == "The first"
    chats.rename(first.id, "")
    assert titles(Chats(folder).list())[-1:] != ["The first"]


def test_a_chat_that_goes_on_here_is_renamed_where_it_is(folder: Path) -> None:
    chats = Chats(folder)
    first = said(chats, "One?")
    chats.journal(first).asked(first.ask("Two?"))
    chats.rename(first.id, "Numbers")
    assert first.title == "Numbers"
    chats.journal(first).asked(first.ask("Three?"))
    chats.close()
    (kept,) = Chats(folder).list()
    assert (kept.title, kept.questions) == ("Numbers", 3)


def test_a_chat_that_another_program_has_open_is_neither_renamed_nor_deleted(folder: Path) -> None:
    theirs = Chats(folder)
    first = said(theirs, "One?")
    theirs.journal(first).asked(first.ask("Two?"))
    mine = Chats(folder)
    with pytest.raises(Unreadable, match="open in another"):
        mine.rename(first.id, "Mine")
    with pytest.raises(Unreadable, match="open in another"):
        mine.delete(first.id)
    assert titles(mine.list()) == ["One?"]


def test_a_deleted_chat_is_gone(folder: Path) -> None:
    chats = Chats(folder)
    first = said(chats, "One?")
    chats.delete(first.id)
    assert chats.list() == []
    assert [*folder.iterdir()] == []
    with pytest.raises(Unreadable, match="not there any more"):
        chats.open(first.id)
    chats.delete(first.id)


def test_in_memory_chats_are_renamed_and_deleted_as_well() -> None:
    chats = Chats(None)
    first = said(chats, "One?", "One.")
    chats.rename(first.id, "Numbers")
    assert titles(chats.search("one numbers")) == ["Numbers"]
    chats.delete(first.id)
    assert chats.list() == []


@pytest.mark.parametrize("id", ["../../etc/passwd", "", "a/b", "a.b", "nothing"])
def test_what_is_no_chats_name_opens_nothing(folder: Path, id: str) -> None:
    with pytest.raises(Unreadable):
        Chats(folder).open(id)


def test_a_folder_that_is_not_there_holds_no_chats(folder: Path) -> None:
    assert Chats(folder).list() == []


def test_to_look_at_a_chat_is_not_to_take_it_up(folder: Path) -> None:
    first = said(Chats(folder), "One?")
    chats = Chats(folder)
    assert chats.look(first.id) is not chats.look(first.id)
    assert chats.open(first.id) is chats.open(first.id) is chats.look(first.id)
