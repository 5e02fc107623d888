"""What is said is on disk while it is said; a kill loses the last moment, and nothing more."""

import errno
import os
import stat
import tempfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api.chat import Usage
from breadtui.api.text import clean
from breadtui.bakery.chats import journal as journals
from breadtui.bakery.chats.conversation import (
    Answer,
    Call,
    Column,
    Conversation,
    Ending,
    Exchange,
    Opening,
    Settings,
)
from breadtui.bakery.chats.journal import DELETED
from breadtui.bakery.chats.kept import Chats, Unreadable
from breadtui.bakery.chats.replay import KILLED, replay
from tests.bakery.recipes import until

BASE = Column("Qwen/Qwen3-32B", Opening.said("You are Yoda."), Settings(0.5, 100, False, 7))
BAKED = Column("u/r/b/21")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "chats"


class Desk:
    """A conversation that is kept, carried on by hand."""

    def __init__(self, folder: Path | None, *columns: Column) -> None:
        self.chats = Chats(folder)
        self.conversation = Conversation(columns or (BASE,))
        self.journal = self.chats.journal(self.conversation)

    def ask(self, question: str) -> Exchange:
        exchange = self.conversation.ask(question)
        self.journal.asked(exchange)
        return exchange

    def begin(self, exchange: Exchange, column: int = 0) -> Answer:
        answer = Answer()
        exchange.tries.setdefault(column, []).append(answer)
        self.journal.grew(exchange, column)
        return answer

    def say(self, exchange: Exchange, text: str, column: int = 0) -> None:
        answer = exchange.answer(column)
        assert answer
        answer.lengthen(text)
        self.journal.grew(exchange, column)

    def end(self, exchange: Exchange, column: int = 0, ending: Ending = Ending.WHOLE) -> None:
        answer = exchange.answer(column)
        assert answer
        answer.ending = ending
        self.journal.ended(exchange, column)
        exchange.forget_vain_try(column)

    def talk(self, question: str, *said: str) -> Exchange:
        exchange = self.ask(question)
        self.begin(exchange)
        for text in said:
            self.say(exchange, text)
        self.end(exchange)
        return exchange


def reread(desk: Desk) -> Conversation:
    """As a program finds it that is started anew."""
    return Chats(desk.chats.folder).look(desk.conversation.id)


def files(folder: Path) -> list[Path]:
    return [*folder.iterdir()] if folder.exists() else []


async def written(holds: Callable[[], bool]) -> None:
    await until(holds, "it to be written")


def test_a_conversation_comes_back_as_it_was(folder: Path) -> None:
    desk = Desk(folder, BASE, BAKED)
    first = desk.ask("One?")
    for column in (0, 1):
        desk.begin(first, column)
    answer = first.tries[0][0]
    answer.lengthen("Yes, 日本語 🍞 [bold]", "Hm\n")
    answer.calls = {0: Call("look", '{"a": 1}'), 2: Call("see", "")}
    answer.usage, answer.first, answer.seconds, answer.finish_reason = Usage(3, 4, 7), 0.25, 1.5, "tool_calls"
    desk.end(first)
    first.tries[1][0].why = "It failed."
    desk.end(first, 1, Ending.FAILED)
    desk.talk("Two?", "Two.")
    other = desk.conversation.edit(2, "Or two?")
    desk.journal.asked(other)
    desk.conversation.turn_to(1)
    desk.journal.turned()
    desk.conversation.title = "Numbers"
    desk.journal.titled()
    desk.chats.close()
    assert reread(desk) == desk.conversation


def test_what_is_kept_is_readable_by_its_owner_alone(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    (file,) = files(folder)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(place.stat().st_mode) for place in (folder, folder.parent)} == {0o700}


def test_nothing_is_written_before_the_first_question(folder: Path) -> None:
    desk = Desk(folder)
    desk.conversation.title = "Named in advance"
    desk.journal.titled()
    desk.conversation.columns = (BAKED,)
    desk.journal.columns_changed()
    assert files(folder) == []
    desk.talk("One?", "One.")
    desk.chats.close()
    assert reread(desk) == desk.conversation


def test_without_a_folder_chats_are_those_of_this_run() -> None:
    desk = Desk(None)
    desk.talk("One?", "One.")
    desk.chats.close()
    (kept,) = desk.chats.list()
    assert kept.title == "One?"
    assert desk.chats.open(kept.id) is desk.conversation


async def test_while_an_answer_streams_it_is_on_disk_a_moment_later(folder: Path) -> None:
    desk = Desk(folder)
    exchange = desk.ask("One?")
    desk.begin(exchange)
    for text in ("a", "b", "c"):
        desk.say(exchange, text)
        await written(lambda: _text(reread(desk)).endswith(exchange.tries[0][0].text))
    again = reread(desk).exchanges[1].answer(0)
    assert again
    assert (again.ending, again.why) == (Ending.CUT, KILLED)


async def test_pieces_are_gathered_and_written_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(folder)
    exchange = desk.ask("One?")
    desk.begin(exchange)
    before, wrote = desk.journal.length, []
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, some: (wrote.append(some), write(file, some))[1])
    for _ in range(10_000):
        desk.say(exchange, "token ")
    await written(lambda: "token" in _text(reread(desk)))
    assert len(wrote) == 1
    assert desk.journal.length - before < 70_000


async def test_when_nothing_is_said_nothing_wakes_up(folder: Path) -> None:
    desk = Desk(folder)
    exchange = desk.ask("One?")
    desk.begin(exchange)
    await written(lambda: bool(reread(desk).exchanges[1].tries))
    assert desk.journal._timer is None


def test_a_question_taken_back_is_gone_and_its_number_free(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    gone = desk.ask("Two?")
    desk.begin(gone)
    desk.conversation.take_back(gone.number)
    desk.journal.taken_back(gone.number)
    desk.talk("Three?", "Three.")
    assert reread(desk) == desk.conversation
    assert [exchange.question for exchange in reread(desk).path()] == ["One?", "Three?"]


def test_columns_that_change_places_take_their_answers_along(folder: Path) -> None:
    desk = Desk(folder, BASE, BAKED)
    exchange = desk.ask("One?")
    for column, text in enumerate(("base", "baked")):
        desk.begin(exchange, column)
        desk.say(exchange, text, column)
        desk.end(exchange, column)
    new = Column("new")
    desk.conversation.columns = (BAKED, new)
    exchange.tries = {0: exchange.tries[1]}
    desk.journal.columns_changed((1, None))
    assert reread(desk) == desk.conversation


def test_a_chat_goes_on_in_its_file_after_it_was_reopened(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    desk.chats.close()
    chats = Chats(folder)
    conversation = chats.open(desk.conversation.id)
    exchange = conversation.ask("Two?")
    chats.journal(conversation).asked(exchange)
    chats.close()
    assert len(files(folder)) == 1
    assert [asked.question for asked in reread(desk).path()] == ["One?", "Two?"]


def test_a_torn_line_costs_itself_alone(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    desk.chats.close()
    (file,) = files(folder)
    with file.open("ab") as end:
        end.write('{"is":"asked","q":2,"parent":1,"text":"Tw日'.encode()[:-1])
    chats = Chats(folder)
    conversation = chats.open(desk.conversation.id)
    assert [asked.question for asked in conversation.path()] == ["One?"]
    chats.journal(conversation).asked(conversation.ask("Three?"))
    chats.close()
    assert [asked.question for asked in reread(desk).path()] == ["One?", "Three?"]


def test_two_programs_on_one_chat_write_two_files(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    other = Chats(folder)
    conversation = other.open(desk.conversation.id)
    other.journal(conversation).asked(conversation.ask("Theirs?"))
    desk.talk("Mine?", "Mine.")
    assert conversation.id != desk.conversation.id
    told = [[asked.question for asked in Chats(folder).look(chat.id).path()] for chat in Chats(folder).list()]
    assert sorted(told) == [["One?", "Mine?"], ["One?", "Theirs?"]]


def test_a_chat_in_which_another_program_went_on_meanwhile_becomes_a_copy(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    desk.chats.close()
    late, other = Chats(folder), Chats(folder)
    stale, fresh = late.open(desk.conversation.id), other.open(desk.conversation.id)
    other.journal(fresh).asked(fresh.ask("Theirs?"))
    other.close()
    late.journal(stale).asked(stale.ask("Mine?"))
    assert stale.id != fresh.id == desk.conversation.id
    assert [asked.question for asked in Chats(folder).look(stale.id).path()] == ["One?", "Mine?"]


def test_what_another_program_said_is_there_when_the_chat_is_opened_again(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    desk.chats.close()
    other = Chats(folder)
    theirs = other.open(desk.conversation.id)
    other.journal(theirs).asked(theirs.ask("Theirs?"))
    other.close()
    assert [asked.question for asked in desk.chats.open(desk.conversation.id).path()] == ["One?", "Theirs?"]


@pytest.mark.parametrize("room", [0, 1, 50, 200])
def test_a_full_disk_is_told_and_what_was_said_is_written_when_there_is_room(
    folder: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    write = os.write
    left = [room]

    def full(file: int, some: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken, left[0] = some[: left[0]], max(left[0] - len(some), 0)
        return write(file, taken)

    with monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        desk.talk("Two?", "Two.", "And more.")
        assert desk.journal.problem
        assert "No space left" in desk.journal.problem
        assert str(folder) in desk.journal.problem
    desk.talk("Three?", "Three.")
    assert desk.journal.problem is None
    assert reread(desk) == desk.conversation


@pytest.fixture
def stone(folder: Path) -> Path:
    """A file where the folder should be."""
    folder.parent.mkdir(parents=True)
    folder.write_text("no folder")
    return folder


def roll_away(stone: Path) -> None:
    stone.unlink()


async def test_what_the_disk_refused_is_tried_again_by_itself(stone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "LATER", 0.01)
    desk = Desk(stone)
    desk.talk("One?", "One.")
    assert desk.journal.problem
    roll_away(stone)
    await written(lambda: desk.journal.problem is None)
    assert reread(desk) == desk.conversation


def test_a_deleted_chat_stays_deleted_and_says_so(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    desk.chats.delete(desk.conversation.id)
    desk.talk("Two?", "Two.")
    assert files(folder) == []
    assert desk.journal.problem == DELETED


def test_a_file_that_somebody_deleted_meanwhile_is_missed(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    files(folder)[0].unlink()
    desk.talk("Two?", "Two.")
    assert desk.journal.problem == DELETED
    assert files(folder) == []


# -- whatever happens, and whenever it ends --

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(clean)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), TEXTS),
        st.tuples(st.just("edit"), TEXTS),
        st.tuples(st.just("begin"), st.integers(0, 1)),
        st.tuples(st.just("say"), TEXTS),
        st.tuples(st.just("think"), TEXTS),
        st.tuples(st.just("call"), TEXTS),
        st.tuples(st.just("end"), st.sampled_from([ending for ending in Ending if ending is not Ending.OPEN])),
        st.tuples(st.just("title"), TEXTS),
        st.tuples(st.just("turn"), st.integers(0, 5)),
        st.tuples(st.just("close"), st.none()),
    ),
    max_size=30,
)


class Story:
    """Does steps as they make sense, and remembers how the conversation stood after each."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder, BASE, BAKED)
        self.open: tuple[Exchange, int] | None = None

    def do(self, step: str, value: object) -> None:
        desk, conversation = self.desk, self.desk.conversation
        match step, value:
            case "ask", str(text) if not self.open:
                desk.ask(text)
            case "edit", str(text) if not self.open and conversation.leaf:
                desk.journal.asked(conversation.edit(conversation.leaf, text))
            case "begin", int(column) if not self.open and conversation.leaf:
                self.open = conversation.exchanges[conversation.leaf], column
                desk.begin(*self.open)
            case "say", str(text) if self.open:
                desk.say(self.open[0], text, self.open[1])
            case "think" | "call", str(text) if self.open:
                self._grow(self.open[0].tries[self.open[1]][-1], step, text)
            case "end", Ending() if self.open:
                desk.end(*self.open, value)
                self.open = None
            case "title", str(text):
                conversation.title = " ".join(text.split())
                desk.journal.titled()
            case "turn", int(number) if not self.open and number in conversation.exchanges:
                conversation.turn_to(number)
                desk.journal.turned()
            case "close", _:
                desk.journal.close()
            case _:
                pass

    def _grow(self, answer: Answer, step: str, text: str) -> None:
        assert self.open
        if step == "think":
            answer.lengthen(reasoning=text)
        else:
            call = answer.calls.setdefault(len(text) % 2, Call())
            call.name, call.arguments = call.name or text, call.arguments + text
        self.desk.journal.grew(*self.open)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_whatever_was_said_comes_back(steps: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder) / "chats")
        for step in steps:
            story.do(*step)
        if story.open:
            story.do("end", Ending.STOPPED)
        story.desk.chats.close()
        conversation = story.desk.conversation
        if conversation.exchanges:
            assert reread(story.desk) == conversation
        else:
            assert files(Path(folder) / "chats") == []


@settings(max_examples=40, deadline=None)
@given(STEPS, st.floats(0, 1))
def test_killed_after_any_byte_it_gives_back_a_prefix_of_what_was_said(
    steps: list[tuple[str, object]], share: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder) / "chats")
        for step in steps:
            story.do(*step)
        story.desk.chats.close()
        for file in files(Path(folder) / "chats"):
            told = file.read_bytes()
            found = replay(BytesIO(told[: round(share * len(told))]))
            if found is not None:
                _is_prefix(found, story.desk.conversation)


def _is_prefix(found: Conversation, whole: Conversation) -> None:
    questions = [exchange.question for exchange in whole.exchanges.values()]
    assert [exchange.question for exchange in found.exchanges.values()] == questions[: len(found.exchanges)]
    for number, exchange in found.exchanges.items():
        for column, tries in exchange.tries.items():
            for answer, said in zip(tries, whole.exchanges[number].tries[column], strict=False):
                assert said.text.startswith(answer.text)
                assert said.reasoning.startswith(answer.reasoning)
                assert all(said.calls[at].arguments.startswith(call.arguments) for at, call in answer.calls.items())
                assert answer.ending in (said.ending, Ending.CUT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "q",
    "parent",
    "text",
    "at",
    "c",
    "try",
    "calls",
    "ending",
    "usage",
    "first",
    "from",
    "columns",
    "title",
    "why",
)
KINDS = ("chat", "columns", "title", "asked", "gone", "leaf", "more", "ended", "else")
STRANGE = st.builds(
    lambda kind, rest: {"is": kind, **rest}, st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), JSON)
)


@settings(max_examples=100, deadline=None)
@given(st.lists(STRANGE, max_size=12), st.lists(st.binary(max_size=20), max_size=3))
def test_no_file_is_too_strange_to_be_read(records: list[dict[str, object]], noise: list[bytes]) -> None:
    import json

    lines = [b'{"is":"chat","version":1,"columns":[{"model":"m"}]}', *(json.dumps(one).encode() for one in records)]
    found = replay([*lines, *noise])
    assert found is not None
    found.path()
    for number in found.exchanges:
        found.turn_to(number)
        found.messages(0)


@pytest.mark.parametrize("text", [b"", b"not JSON", b"[]\n", b'{"is":"chat","version":2,"columns":[{"model":"m"}]}\n'])
def test_what_is_no_chat_is_passed_over_and_refused(folder: Path, text: bytes) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    (folder / "stranger.jsonl").write_bytes(text)
    assert [kept.title for kept in Chats(folder).list()] == ["One?"]
    with pytest.raises(Unreadable):
        Chats(folder).open("stranger")
    assert (folder / "stranger.jsonl").read_bytes() == text


def test_what_a_file_says_cannot_drive_the_terminal(folder: Path) -> None:
    desk = Desk(folder)
    desk.talk("One?", "One.")
    desk.chats.close()
    (file,) = files(folder)
    file.write_text(file.read_text().replace("One?", "One\\u001b[31m?"))
    assert reread(desk).path()[0].question == "One[31m?"


def _text(conversation: Conversation) -> str:
    answer = conversation.exchanges[1].answer(0)
    return answer.text if answer else ""


def test_settings_left_to_the_server_stay_so(folder: Path) -> None:
    desk = Desk(folder, replace(BASE, settings=Settings()))
    desk.talk("One?", "One.")
    assert reread(desk).columns == desk.conversation.columns
