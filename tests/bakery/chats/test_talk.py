"""Columns are asked side by side; whatever becomes of an answer is in the conversation, and told."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from breadtui.api.chat import ChatEvent, Reasoning, Text, ToolCall
from breadtui.api.client import BreadClient
from breadtui.api.errors import Unreachable
from breadtui.api.secret import Secret
from breadtui.bakery.chats.conversation import Answer, Call, Column, Conversation, Ending, Exchange, Opening, Settings
from breadtui.bakery.chats.kept import Chats
from breadtui.bakery.chats.talk import CUT_OFF, ONLY_REASONED, SAID_NOTHING, TOO_LONG, Began, Ended, Talk
from tests.bakery.recipes import until
from tests.support.oven import RunningOven, running_oven

BASE = "Qwen/Qwen3-32B"
BAKED = "baker/yoda_repo/yoda_bake_v1/21"
GONE = "baker/nowhere/nothing/1"
LONG = "/rehearse tokens=5000 speed=50"


class Table:
    """A talk at an oven, and all that is told of it."""

    def __init__(self, oven: RunningOven, folder: Path | None, *models: str, column: Column | None = None) -> None:
        self.told: list[Began | ChatEvent | Ended] = []
        self.client = BreadClient(oven.url, Secret(oven.key))
        self.chats = Chats(folder)
        columns = (column,) if column else tuple(map(Column, models or (BASE,)))
        self.conversation = Conversation(columns)
        self.talk = Talk(lambda: self.client, self.conversation, self.chats.journal(self.conversation), self.tell)

    def tell(self, exchange: Exchange, column: int, event: Began | ChatEvent | Ended) -> None:
        self.told.append(event)

    def heard(self, kind: type[object]) -> list[Began | ChatEvent | Ended]:
        return [event for event in self.told if isinstance(event, kind)]


@pytest.fixture(scope="module")
def oven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("talk"), samples=True) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chats"


def files(folder: Path) -> list[Path]:
    return [*folder.iterdir()]


def only(exchange: Exchange, column: int = 0) -> Answer:
    (answer,) = exchange.tries[column]
    return answer


async def test_all_columns_answer_the_same_question(oven: RunningOven) -> None:
    table = Table(oven, None, BASE, BAKED)
    exchange = await table.talk.ask("How tall are you?")
    assert [only(exchange, column).ending for column in (0, 1)] == [Ending.WHOLE, Ending.WHOLE]
    assert only(exchange, 0).text != only(exchange, 1).text
    assert all("(rehearsal)" in only(exchange, column).text for column in (0, 1))
    assert {event.column for event in table.told if isinstance(event, Began | Ended)} == {0, 1}
    assert not table.talk.busy


async def test_an_answer_is_what_its_pieces_are_together_with_figures(oven: RunningOven) -> None:
    table = Table(oven, None)
    answer = only(await table.talk.ask("/rehearse tokens=300"))
    assert answer.text == "".join(event.text for event in table.told if isinstance(event, Text))
    assert answer.reasoning == "".join(event.text for event in table.told if isinstance(event, Reasoning))
    assert answer.usage
    assert answer.usage.completion_tokens >= 300
    assert answer.first is not None
    assert 0 < answer.first <= answer.seconds
    assert answer.finish_reason == "stop"
    assert isinstance(table.told[0], Began)
    assert isinstance(table.told[-1], Ended)


async def test_what_is_told_is_in_the_conversation_already(oven: RunningOven) -> None:
    table = Table(oven, None)
    said: list[bool] = []

    def told(exchange: Exchange, column: int, event: Began | ChatEvent | Ended) -> None:
        answer = exchange.answer(column)
        assert answer
        match event:
            case Began():
                said.append(answer.ending is Ending.OPEN and table.talk.open_columns == frozenset({column}))
            case Text(text=text):
                said.append(answer.text.endswith(text))
            case Ended():
                said.append(answer.ending is Ending.WHOLE and not table.talk.open_columns)
            case _:
                pass

    table.talk._told = told
    await table.talk.ask("hello")
    assert len(said) > 3
    assert all(said)


async def test_a_column_is_told_its_opening_and_the_talk_before(oven: RunningOven) -> None:
    table = Table(
        oven, None, column=Column(BASE, Opening.said("You are Yoda."), Settings(max_tokens=9, seed=3, thinking=False))
    )
    first = only(await table.talk.ask("One?"))
    await table.talk.ask("Two?")
    assert table.conversation.messages(0) == [
        {"role": "system", "content": "You are Yoda."},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": first.text},
        {"role": "user", "content": "Two?"},
    ]
    assert first.usage
    assert first.usage.completion_tokens == 9
    assert (first.finish_reason, first.why) == ("length", TOO_LONG)


async def test_a_column_that_fails_leaves_the_others_theirs(oven: RunningOven) -> None:
    table = Table(oven, None, GONE, BASE)
    exchange = await table.talk.ask("hello")
    assert only(exchange, 0).ending is Ending.FAILED
    assert GONE in only(exchange, 0).why
    assert only(exchange, 1).ending is Ending.WHOLE
    assert table.conversation.leaf == exchange.number


async def test_a_question_that_nobody_answered_is_taken_back(oven: RunningOven, folder: Path) -> None:
    table = Table(oven, folder, GONE)
    await table.talk.ask("Is anybody there?")
    assert table.conversation.exchanges == {}
    assert table.conversation.leaf is None
    (ended,) = table.heard(Ended)
    assert isinstance(ended, Ended)
    assert GONE in ended.answer.why
    table.chats.close()
    assert files(folder) == []


async def test_no_connection_is_told_in_its_own_words(oven: RunningOven) -> None:
    table = Table(oven, None)

    def away() -> BreadClient:
        raise Unreachable("There is no connection any more.")

    table.talk._client = away
    exchange = await table.talk.ask("hello")
    assert only(exchange).why == "There is no connection any more."
    assert exchange.number not in table.conversation.exchanges


@pytest.mark.parametrize(
    ("order", "why"), [("cut", CUT_OFF), ("error", "broke off its answer"), ("tokens=60 cut nousage", CUT_OFF)]
)
async def test_an_answer_that_breaks_off_keeps_what_came_and_says_why(oven: RunningOven, order: str, why: str) -> None:
    table = Table(oven, None)
    answer = only(await table.talk.ask(f"/rehearse {order}"))
    assert answer.ending is Ending.CUT
    assert answer.text
    assert why in answer.why


async def test_silence_is_an_answer_too(oven: RunningOven) -> None:
    table = Table(oven, None)
    table.talk.conversation.columns = (Column(BASE, settings=Settings(thinking=False)),)
    exchange = await table.talk.ask("/rehearse silent")
    assert (only(exchange).ending, only(exchange).why) == (Ending.WHOLE, SAID_NOTHING)
    assert exchange.number in table.conversation.exchanges


async def test_reasoning_that_comes_to_nothing_is_told(oven: RunningOven) -> None:
    table = Table(oven, None)
    exchange = await table.talk.ask("/rehearse silent")
    assert only(exchange).reasoning
    assert (only(exchange).ending, only(exchange).why) == (Ending.WHOLE, ONLY_REASONED)


async def test_a_tools_call_is_put_together(oven: RunningOven) -> None:
    table = Table(oven, None)
    answer = only(await table.talk.ask("/rehearse tool"))
    pieces = [event for event in table.told if isinstance(event, ToolCall)]
    assert answer.calls == {0: Call(pieces[0].name or "", "".join(piece.arguments for piece in pieces))}


async def test_stopping_closes_the_connections_and_keeps_what_came(oven: RunningOven) -> None:
    table = Table(oven, None, BASE, BASE)
    asking = asyncio.create_task(table.talk.ask(LONG))
    await until(lambda: oven.open_streams == 2 and len(table.heard(Text)) > 4, "two streams")
    assert table.talk.open_columns == {0, 1}
    table.talk.stop(0)
    await until(lambda: oven.open_streams == 1, "one stream")
    assert table.talk.open_columns == {1}
    table.talk.stop()
    exchange = await asking
    await until(lambda: oven.open_streams == 0, "the end of the streams")
    for column in (0, 1):
        assert only(exchange, column).ending is Ending.STOPPED
        assert not only(exchange, column).empty


async def test_cancelling_whoever_asks_stops_every_answer(oven: RunningOven) -> None:
    table = Table(oven, None, BASE, BASE)
    asking = asyncio.create_task(table.talk.ask(LONG))
    await until(lambda: bool(table.heard(Text)), "the first words")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: oven.open_streams == 0, "the end of the streams")
    assert not table.talk.busy
    exchange = table.conversation.exchanges[1]
    assert {only(exchange, column).ending for column in (0, 1)} == {Ending.STOPPED}


async def test_a_question_stopped_before_anything_came_is_taken_back(oven: RunningOven) -> None:
    table = Table(oven, None)
    asking = asyncio.create_task(table.talk.ask("/rehearse wait=60"))
    await until(lambda: oven.open_streams == 1, "one stream")
    table.talk.stop()
    exchange = await asking
    assert only(exchange).ending is Ending.STOPPED
    assert exchange.number not in table.conversation.exchanges


async def test_a_column_stopped_before_it_was_asked_has_ended_too(oven: RunningOven) -> None:
    table = Table(oven, None)

    def told(exchange: Exchange, column: int, event: Began | ChatEvent | Ended) -> None:
        table.tell(exchange, column, event)
        if isinstance(event, Began):
            table.talk.stop()

    table.talk._told = told
    exchange = await table.talk.ask("hello")
    assert only(exchange).ending is Ending.STOPPED
    assert [type(event) for event in table.told] == [Began, Ended]


async def test_an_edited_question_is_a_branch_and_a_failed_one_leaves_the_talk_where_it_was(oven: RunningOven) -> None:
    table = Table(oven, None)
    await table.talk.ask("One?")
    await table.talk.ask("Two?")
    edited = await table.talk.ask("One, or other?", instead_of=1)
    assert [exchange.question for exchange in table.conversation.path()] == ["One, or other?"]
    assert edited.parent is None
    table.conversation.turn_to(1)
    await table.talk.ask("/rehearse refuse=500", instead_of=2)
    assert [exchange.question for exchange in table.conversation.path()] == ["One?", "Two?"]


async def test_asked_again_the_last_answer_counts_and_the_earlier_one_stays(oven: RunningOven) -> None:
    table = Table(oven, None, BASE, BASE)
    assert await table.talk.again() is None
    exchange = await table.talk.ask("hello")
    first = only(exchange, 1)
    assert await table.talk.again([1]) is exchange
    assert [len(exchange.tries[column]) for column in (0, 1)] == [1, 2]
    assert exchange.tries[1][0] is first
    assert exchange.answer(1) is not first


async def test_a_try_in_vain_does_not_stand_before_an_answer(oven: RunningOven) -> None:
    table = Table(oven, None)
    exchange = await table.talk.ask("hello")
    answer = only(exchange)
    table.conversation.columns = (Column(GONE),)
    await table.talk.again()
    assert exchange.answer(0) is answer
    ended = table.heard(Ended)[-1]
    assert isinstance(ended, Ended)
    assert GONE in ended.answer.why


async def test_nobody_can_ask_while_an_answer_comes(oven: RunningOven) -> None:
    table = Table(oven, None)
    asking = asyncio.create_task(table.talk.ask(LONG))
    await until(lambda: table.talk.busy, "the question to be sent")
    with pytest.raises(RuntimeError):
        await table.talk.ask("and this?")
    table.talk.stop()
    await asking


async def test_a_mistake_in_what_is_told_loses_no_text_and_is_not_hidden(oven: RunningOven, folder: Path) -> None:
    table = Table(oven, folder)

    def told(exchange: Exchange, column: int, event: Began | ChatEvent | Ended) -> None:
        if isinstance(event, Text):
            raise ZeroDivisionError

    table.talk._told = told
    with pytest.raises(ZeroDivisionError):
        await table.talk.ask("/rehearse tokens=200")
    answer = only(table.conversation.exchanges[1])
    assert answer.ending is Ending.WHOLE
    table.chats.close()
    kept = Chats(folder).open(table.conversation.id).exchanges[1].answer(0)
    assert kept
    assert kept.text == answer.text


async def test_what_was_said_is_on_disk_as_it_is_in_memory(oven: RunningOven, folder: Path) -> None:
    column = Column(BASE, Opening.said("Be [bold]."), Settings(temperature=0.5, thinking=True))
    table = Table(oven, folder, column=column)
    await table.talk.ask("/rehearse think tool")
    await table.talk.ask("/rehearse escape")
    await table.talk.again()
    await table.talk.ask("/rehearse cut", instead_of=2)
    table.chats.close()
    assert Chats(folder).open(table.conversation.id) == table.conversation
