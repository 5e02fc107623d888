"""The rows of a server: what is asked of it, and what its answers are taken for."""

from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.errors import TooLarge
from breadtui.api.models import OutputPage
from breadtui.api.secret import Secret
from breadtui.bakery.data.grouped import group_around, responses_to
from breadtui.bakery.data.joined import Joined
from breadtui.bakery.data.pages import Pages
from breadtui.bakery.data.remote import Remote
from breadtui.bakery.data.rows import Row, read
from breadtui.bakery.data.source import What
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.oven import jobs_store
from tests.support.oven import RunningOven
from tests.support.rows import REPO, TARGET, fill, put

KEY = JobKey(REPO, TARGET, Phase.ROLLOUT)


@pytest.fixture
async def client(oven: RunningOven) -> AsyncIterator[BreadClient]:
    async with BreadClient(oven.url, Secret(oven.key)) as opened:
        yield opened


def remote(client: BreadClient, what: What = What.RESPONSES, target: str = TARGET) -> Remote:
    return Remote(client, REPO, target, what)


def answering(
    client: BreadClient, monkeypatch: pytest.MonkeyPatch, answer: Callable[[int, int], dict[str, object]]
) -> list[tuple[int, int]]:
    """Have the server answer so; gives what it is asked."""
    asked: list[tuple[int, int]] = []

    async def output(repo: str, target: str, offset: int, limit: int) -> OutputPage:
        asked.append((offset, limit))
        return OutputPage.model_validate(answer(offset, limit))

    monkeypatch.setattr(client, "rollout_output", output)
    return asked


def numbered(offset: int, stop: int) -> list[dict[str, object]]:
    return [{"n": number} for number in range(offset, max(stop, offset))]


async def test_the_first_page_tells_how_many_there_are(oven: RunningOven, client: BreadClient) -> None:
    fill(oven.store, 300, 2)
    source = remote(client)
    rows = await source.page(0, 100)
    assert (len(rows), source.known, source.whole) == (100, 600, True)
    assert [row.number for row in await source.page(590, 100)] == [*range(590, 600)]


async def test_more_rows_than_a_server_gives_at_once_are_asked_for_in_turn(
    oven: RunningOven, client: BreadClient
) -> None:
    fill(oven.store, 1_200, 2)
    assert [row.number for row in await remote(client).page(100, 2_200)] == [*range(100, 2_300)]


async def test_a_target_that_did_not_run_has_no_rows_yet(oven: RunningOven, client: BreadClient) -> None:
    put(oven.store, [], jobs_store.Phase.STIM)
    source = remote(client)
    assert [*await source.page(0, 100)] == []
    assert source.known == 0


async def test_the_jobs_own_word_counts_too(client: BreadClient) -> None:
    source = remote(client)
    source.learn(JobStatus(KEY, State.RUNNING, lines=306))
    assert (source.known, source.whole) == (306, False)
    source.learn(JobStatus(KEY, State.RUNNING, lines=300))
    assert source.known == 306, "an older word than the last page's takes nothing back"
    source.learn(JobStatus(KEY, State.COMPLETE, lines=318))
    assert (source.known, source.whole, source.version) == (318, True, 0)
    source.learn(JobStatus(KEY, State.RUNNING, lines=4), JobStatus(KEY, State.COMPLETE, lines=318))
    assert (source.known, source.whole, source.version) == (4, False, 1)


async def test_a_server_that_gives_few_at_a_time_is_asked_on(
    client: BreadClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(
        client,
        monkeypatch,
        lambda offset, limit: {
            "output": numbered(offset, min(offset + min(limit, 30), 70)),
            "has_more": offset + 30 < 70,
            "status": "complete",
        },
    )
    source = remote(client)
    assert len(await source.page(0, 100)) == 70
    assert asked == [(0, 100), (30, 70), (60, 40)]
    assert source.known == 70


async def test_a_server_that_does_not_count_is_searched_for_its_end(
    client: BreadClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(
        client,
        monkeypatch,
        lambda offset, limit: {
            "output": numbered(offset, min(offset + limit, 12_345)),
            "has_more": offset + limit < 12_345,
            "status": "running",
        },
    )
    source = remote(client)
    assert await source.find_end() == 12_345
    assert source.known == 12_345
    assert len(asked) < 30


async def test_a_server_that_counts_rows_it_does_not_have_is_not_believed(
    client: BreadClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(
        client,
        monkeypatch,
        lambda offset, limit: {"output": numbered(offset, 50), "lines": 80, "status": "complete", "has_more": False},
    )
    source = remote(client)
    assert len(await source.page(0, 100)) == 50
    assert source.known == 50


async def test_rows_too_large_together_are_asked_for_in_parts(
    client: BreadClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(offset: int, limit: int) -> dict[str, object]:
        if limit > 3 or offset == 7:
            raise TooLarge("That is more than 64 MiB.")
        return {"output": numbered(offset, min(offset + limit, 10)), "lines": 10, "status": "complete"}

    answering(client, monkeypatch, answer)
    rows = await remote(client).page(0, 10)
    assert [row.number for row in rows] == [*range(10)]
    assert [row.number for row in rows if row.why] == [7]


async def test_the_data_of_several_targets_stand_behind_one_another(oven: RunningOven, client: BreadClient) -> None:
    fill(oven.store, 3, 2)
    fill(oven.store, 2, 2, target="other")
    joined = Joined(f"{REPO}/bake", What.RESPONSES, [remote(client), remote(client, target="other")])
    rows = await joined.page(4, 4)
    assert [(row.number, row.origin) for row in rows] == [(4, TARGET), (5, TARGET), (6, "other"), (7, "other")]
    assert (joined.known, joined.whole) == (10, True)
    assert [row.number for row in await joined.page(8, 100)] == [8, 9]


def trajectories(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return [(found.stimulus, found.trajectory) for found in map(read, rows)]


async def test_the_responses_to_a_stimulus_are_found_by_its_place(oven: RunningOven, client: BreadClient) -> None:
    fill(oven.store, 500, 3)
    stimuli, responses = remote(client, What.STIMULI), Pages(remote(client))
    row = (await stimuli.page(321, 1))[0]
    found = await responses_to(read(row), 321, responses, 500, 3)
    assert trajectories(found) == [("321", "0"), ("321", "1"), ("321", "2")]
    assert trajectories(await group_around(responses, 964)) == trajectories(found)


async def test_they_are_found_where_some_are_missing(oven: RunningOven, client: BreadClient) -> None:
    kept = [{"stimulus_id": n // 3, "trajectory_id": n % 3, "response": "r"} for n in range(900) if n % 5 and n > 100]
    put(oven.store, kept)
    found = await responses_to(read(Row(0, {"stimulus_id": 250})), 250, Pages(remote(client)), 300, 3)
    assert trajectories(found) == [("250", "1"), ("250", "2")]


async def test_responses_in_no_order_are_not_given_to_another_stimulus(oven: RunningOven, client: BreadClient) -> None:
    mixed = [{"stimulus_id": f"s{n * 37 % 100}", "response": "r"} for n in range(100)]
    put(oven.store, mixed)
    for number in range(0, 100, 9):
        found = await responses_to(read(Row(0, {"stimulus_id": f"s{number}"})), number, Pages(remote(client)), 100, 1)
        assert all(stimulus == f"s{number}" for stimulus, _ in trajectories(found))
