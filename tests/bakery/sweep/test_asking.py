"""Asking the questions of a sweep, over HTTP: what comes of each, what stops it, and what is left to ask."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.bakery.chats.conversation import Column, Opening
from breadtui.bakery.sweep.kept import Sweeps
from breadtui.bakery.sweep.sweep import Place, Question, Standing, Sweep
from tests.bakery.sweep.sweeps import BASE, QUICK, Heard, asking, client_of, sweep_of, until
from tests.support.oven import RunningOven, running_oven


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """An oven that speaks at the pace a question asks for."""
    with running_oven(tmp_path_factory.mktemp("sweep")) as oven:
        yield oven


@pytest.fixture
async def client(slow: RunningOven) -> AsyncGenerator[BreadClient]:
    opened = client_of(slow)
    yield opened
    await opened.aclose()


def standings(sweep: Sweep) -> list[Standing]:
    return [
        sweep.cell(row, column).standing for row in range(len(sweep.questions)) for column in range(len(sweep.columns))
    ]


async def test_every_question_is_asked_of_every_model_and_compared_with_the_teacher(client: BreadClient) -> None:
    prompted = Column(BASE, Opening.said("You are Yoda."), QUICK)
    questions = (Question("How are you?", (), ("(rehearsal) Do, or do not. There is no try.",)), Question("Who?"))
    sweep = Sweep((Column(BASE, Opening(), QUICK), prompted), questions)
    heard = Heard()
    await asking(client, sweep, told=heard).run()
    assert standings(sweep) == [Standing.ANSWERED] * 4
    assert sweep.cell(0, 0).text != sweep.cell(0, 1).text
    assert 0 < (sweep.cell(0, 0).agreement or 0) < 1
    assert sweep.cell(1, 0).agreement is None
    cell = sweep.cell(0, 0)
    assert cell.tokens
    assert not cell.estimated
    assert cell.first is not None
    assert 0 < cell.first <= cell.seconds
    assert {*heard} == {None, (0, 0), (0, 1), (1, 0), (1, 1)}


async def test_a_talk_is_sent_whole_behind_what_the_model_is_told_first() -> None:
    talk = (
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": "Go"},
    )
    sent = Question("Go", talk).sent_to(Column(BASE, Opening.said("Be short.")))
    assert [message["content"] for message in sent] == ["Be short.", "Hi", "Yes?", "Go"]


async def test_no_more_are_under_way_together_than_are_allowed(client: BreadClient, slow: RunningOven) -> None:
    sweep = sweep_of(*(f"{number} /rehearse tokens=5 speed=100" for number in range(12)))
    most = 0

    def count(_: Place | None) -> None:
        nonlocal most
        most = max(most, sweep.count(Standing.ASKING))

    await asking(client, sweep, told=count, at_once=3).run()
    assert most == 3
    assert sweep.count(Standing.ANSWERED) == 12


async def test_stopping_closes_the_connections_and_keeps_what_was_answered(
    client: BreadClient, slow: RunningOven
) -> None:
    sweep = sweep_of("Quick", "Slow /rehearse tokens=5000 speed=20", "Slow as well /rehearse tokens=5000 speed=20")
    run = asking(client, sweep)
    running = asyncio.create_task(run.run())
    await until(lambda: sweep.count(Standing.ANSWERED) == 1 and slow.open_streams == 2, "the slow ones")
    run.stop()
    await asyncio.gather(running, return_exceptions=True)
    assert standings(sweep) == [Standing.ANSWERED, Standing.WAITING, Standing.WAITING]
    assert not run.busy
    await until(lambda: slow.open_streams == 0, "the end of the streams")


async def test_going_on_asks_only_what_is_missing(client: BreadClient) -> None:
    sweep = sweep_of("One", "Two", "Three")
    await asking(client, sweep).run()
    first = sweep.cell(0, 0)
    del sweep.cells[1, 0]
    heard = Heard()
    await asking(client, sweep, told=heard).run()
    assert {*heard} == {None, (1, 0)}
    assert sweep.cell(0, 0) is first
    assert sweep.count(Standing.ANSWERED) == 3


async def test_what_fails_is_kept_with_its_sentence_and_can_be_asked_again(client: BreadClient) -> None:
    sweep = sweep_of("Fine", "/rehearse tokens=4 error", "/rehearse tokens=4 cut", "/rehearse refuse=400 times=1")
    run = asking(client, sweep)
    await run.run()
    assert standings(sweep) == [Standing.ANSWERED, Standing.FAILED, Standing.FAILED, Standing.FAILED]
    assert "rehearsed failure" in sweep.cell(1, 0).why
    assert sweep.cell(1, 0).text
    assert "cut off" in sweep.cell(2, 0).why
    assert "as the question asked" in sweep.cell(3, 0).why
    assert not run.halted
    await run.run()
    assert sweep.count(Standing.FAILED) == 3
    await run.run(failed_too=True)
    assert standings(sweep) == [Standing.ANSWERED, Standing.FAILED, Standing.FAILED, Standing.ANSWERED]


async def test_a_server_that_fails_for_a_moment_is_asked_again(client: BreadClient) -> None:
    sweep = sweep_of("/rehearse refuse=503 times=1")
    await asking(client, sweep).run()
    assert standings(sweep) == [Standing.ANSWERED]


async def test_one_that_asks_to_wait_is_left_alone_that_long_and_then_asked_again(
    client: BreadClient,
) -> None:
    sweep = sweep_of("/rehearse refuse=429 times=1", "Another")
    said: list[tuple[str, float]] = []
    run = asking(client, sweep, told=lambda _: said.append((run.waiting, run.wait)), at_once=1)
    await run.run()
    assert standings(sweep) == [Standing.ANSWERED, Standing.ANSWERED]
    waited = [(words, wait) for words, wait in said if words]
    assert "Refused with 429" in waited[0][0]
    assert 0.5 < waited[0][1] <= 1.0
    assert not run.waiting


async def test_an_account_without_credit_ends_it_and_what_was_not_asked_still_waits(client: BreadClient) -> None:
    sweep = sweep_of("Fine", "/rehearse refuse=402 times=1", "Later")
    run = asking(client, sweep, at_once=1)
    await run.run()
    assert standings(sweep) == [Standing.ANSWERED, Standing.WAITING, Standing.WAITING]
    assert "Refused with 402" in run.halted
    assert not run.away
    await run.run()
    assert sweep.count(Standing.ANSWERED) == 3
    assert not run.halted


async def test_a_server_that_is_gone_ends_it_as_well() -> None:
    gone = BreadClient("http://127.0.0.1:9", Secret("key"))
    sweep = sweep_of("One", "Two")
    run = asking(gone, sweep)
    await run.run()
    await gone.aclose()
    assert standings(sweep) == [Standing.WAITING] * 2
    assert run.away
    assert run.halted


async def test_an_unknown_model_fails_every_question_and_no_other_models(client: BreadClient) -> None:
    sweep = sweep_of("One", "Two", models=("nobody", BASE))
    await asking(client, sweep).run()
    assert [sweep.cell(row, 0).standing for row in range(2)] == [Standing.FAILED] * 2
    assert [sweep.cell(row, 1).standing for row in range(2)] == [Standing.ANSWERED] * 2
    assert "nobody" in sweep.cell(0, 0).why


async def test_silence_is_an_answer_that_says_nothing_and_a_call_is_told_as_one(client: BreadClient) -> None:
    sweep = sweep_of("/rehearse silent nousage", "/rehearse silent tool", "/rehearse tokens=40 nousage")
    await asking(client, sweep).run()
    assert sweep.cell(0, 0).empty
    assert (sweep.cell(0, 0).tokens, sweep.cell(0, 0).estimated) == (0, True)
    assert sweep.cell(1, 0).text.startswith('→ rehearsal_lookup {"topic"')
    assert sweep.cell(2, 0).estimated


async def test_the_wild_is_cleaned_before_it_is_kept(client: BreadClient) -> None:
    sweep = sweep_of("/rehearse escape")
    await asking(client, sweep).run()
    text = sweep.cell(0, 0).text
    assert "[bold]markup[/bold]" in text
    assert "東京" in text
    assert not {"\x1b", "\x9b", "\x07", "\u202e", "\r"} & {*text}


async def test_many_short_answers_are_all_kept_as_they_came(client: BreadClient, tmp_path: Path) -> None:
    sweep = sweep_of(*(f"{number} /rehearse tokens=1" for number in range(150)), models=(BASE, "Qwen/Qwen3-32B"))
    sweeps = Sweeps(tmp_path)
    journal = sweeps.journal(sweep)
    await asking(client, sweep, journal, at_once=16).run()
    journal.close()
    opened = sweeps.open(sweep.id)
    assert opened
    assert opened.cells == sweep.cells
