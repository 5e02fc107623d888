"""Applying a plan: in batches, item by item where something fails, and taken up again wherever it was broken off."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, NoCredits, ServerFailed, Unreachable, WrongKey
from breadtui.api.secret import Secret
from breadtui.bakery.folder import applying
from breadtui.bakery.folder.applying import MOST_AT_ONCE, MOST_BYTES, Failure, Step, batches
from breadtui.bakery.folder.options import Options
from breadtui.bakery.folder.pieces import Piece
from breadtui.bakery.folder.problems import FolderError
from breadtui.bakery.things import Thing
from breadtui.oven.store import Kind
from tests.api.wire import Got, reply
from tests.bakery.folder.folders import APPLE, REPO, Between, applied, held, many, ordered, planned, write
from tests.support.oven import RunningOven


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "apple_docs", APPLE)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "MOST_AT_ONCE", 2)


def failures(steps: list[Step]) -> list[Failure]:
    return [failure for step in steps for failure in step.failed]


def names_in(got: Got) -> list[str]:
    """What a batch of prompts asks for."""
    return [*json.loads(got.body)["prompts"]]


# -- what is made --


async def test_the_guides_three_documents_become_three_targets_of_equal_weight(
    client: BreadClient, oven: RunningOven, folder: Path
) -> None:
    steps = await applied(client, await planned(client, folder))
    assert not failures(steps)
    there = held(oven.store)
    assert [*there[Kind.PROMPT]] == ["empty_student", "airpods_teacher", "iphone_teacher", "mac_teacher"]
    assert [*there[Kind.TARGET]] == ["airpods", "iphone", "mac"]
    bake = json.dumps(there[Kind.BAKE]["apple_docs"])
    assert [json.dumps(weight) in bake for weight in (0.334, 0.333)] == [True, True]


async def test_the_guides_weights_come_from_a_table(client: BreadClient, folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "weights.csv"
    table.write_text("iphone,0.5\nmac,0.3\nairpods,0.2\n")
    await applied(client, await planned(client, folder, Options(weights=table)))
    config = (await client.get_bake(REPO, "apple_docs")).config
    assert config
    assert config["datasets"] == [
        {"target": "airpods", "weight": 0.2},
        {"target": "iphone", "weight": 0.5},
        {"target": "mac", "weight": 0.3},
    ]


async def test_what_was_made_can_be_baked(client: BreadClient, folder: Path) -> None:
    await applied(client, await planned(client, folder, Options(numq=2)))
    for name in ("airpods", "iphone", "mac"):
        assert (await client.run_stim(REPO, name)).error is None
        assert (await client.stim_output(REPO, name)).output


@pytest.mark.usefixtures("small_batches")
async def test_every_step_tells_how_far_it_is(client: BreadClient, folder: Path) -> None:
    steps = await applied(client, await planned(client, folder))
    assert [(step.thing, step.done, step.total) for step in steps] == [
        (Thing.REPO, 1, 9),
        (Thing.PROMPT, 3, 9),
        (Thing.PROMPT, 5, 9),
        (Thing.TARGET, 7, 9),
        (Thing.TARGET, 8, 9),
        (Thing.BAKE, 9, 9),
    ]


async def test_a_thousand_documents_are_a_few_requests(client: BreadClient, way: Between, tmp_path: Path) -> None:
    plan = await planned(client, write(tmp_path / "docs", many(1000)))
    way.got.clear()
    steps = await applied(client, plan)
    assert (steps[-1].done, steps[-1].total) == (2003, 2003)
    assert len(way.posted("/prompts/batch")) == 11
    assert len(way.posted("/targets/batch")) == 10
    assert len(way.got) == 11 + 10 + 2


async def test_a_plan_with_conflicts_is_refused_and_nothing_is_sent(
    client: BreadClient, way: Between, folder: Path
) -> None:
    await client.create_repo(REPO)
    await client.create_prompt(REPO, "mac_teacher", [])
    plan = await planned(client, folder)
    way.got.clear()
    with pytest.raises(FolderError, match="Nothing was created"):
        await applied(client, plan)
    assert not way.got


@settings(max_examples=40)
@given(sizes=st.lists(st.integers(0, MOST_BYTES // 3), max_size=12), few=st.integers(0, 250))
def test_no_batch_is_too_large_and_none_is_lost(sizes: list[int], few: int) -> None:
    text = "x" * (MOST_BYTES // 3)
    pieces = [Piece(Thing.PROMPT, f"{n}", {"content": text[:size]}) for n, size in enumerate([*sizes, *[0] * few])]
    made = [*batches(pieces)]
    assert [piece for batch in made for piece in batch] == pieces
    for batch in made:
        assert 1 <= len(batch) <= MOST_AT_ONCE
        assert sum(len(json.dumps(piece.body)) for piece in batch) <= MOST_BYTES


def test_a_piece_that_is_too_large_goes_alone() -> None:
    large = Piece(Thing.PROMPT, "large", {"content": "\\" * MOST_BYTES})
    small = Piece(Thing.PROMPT, "small", {"content": ""})
    assert [*batches([small, large, small])] == [[small], [large], [small]]


# -- what fails --


async def test_a_failed_prompt_is_told_with_the_reason_and_stops_its_own_target_and_the_bake(
    client: BreadClient, oven: RunningOven, folder: Path
) -> None:
    await client.create_repo(REPO)
    plan = await planned(client, folder)
    await client.create_prompt(REPO, "mac_teacher", [])  # somebody was faster
    told = failures(await applied(client, plan))
    assert [(failure.thing, failure.name) for failure in told] == [
        (Thing.PROMPT, "mac_teacher"),
        (Thing.TARGET, "mac"),
        (Thing.BAKE, "apple_docs"),
    ]
    assert "already exists with different content" in told[0].reason
    assert told[1].reason == "Not tried: its prompt mac_teacher was not created."
    assert told[2].reason == "Not tried: 1 of its 3 targets were not created."
    there = held(oven.store)
    assert [*there[Kind.TARGET]] == ["airpods", "iphone"]
    assert not there[Kind.BAKE]


async def test_a_failed_target_stops_the_bake_alone(client: BreadClient, oven: RunningOven, folder: Path) -> None:
    await client.create_repo(REPO)
    plan = await planned(client, folder)
    await client.create_target(REPO, "mac", overrides={"temperature": 0.1})
    told = failures(await applied(client, plan))
    assert [failure.name for failure in told] == ["mac", "apple_docs"]
    assert "already exists with different configuration" in told[0].reason
    assert not held(oven.store)[Kind.BAKE]


async def test_a_bake_that_is_refused_is_told(client: BreadClient, folder: Path) -> None:
    plan = await planned(client, folder)
    await client.create_repo(REPO)
    await client.create_bake(REPO, "apple_docs", overrides={"epochs": 9})
    told = failures(await applied(client, plan))
    assert [failure.name for failure in told] == ["apple_docs"]
    assert "already exists with different configuration" in told[0].reason


def _bad_names(got: Got) -> bytes | None:
    if not got.path.endswith("/prompts/batch") or "iphone_teacher" not in names_in(got):
        return None
    return reply({"detail": [{"loc": ["body", "prompts", "iphone_teacher"], "msg": "no iPhones", "type": "x"}]}, 422)


def _small_bodies(got: Got) -> bytes | None:
    return reply("too large", 413) if len(got.body) > 400 and got.path.endswith("/batch") else None


async def test_a_batch_refused_as_a_whole_is_narrowed_down_to_what_it_is_refused_for(
    client: BreadClient, way: Between, folder: Path
) -> None:
    way.instead = _bad_names
    told = failures(await applied(client, await planned(client, folder)))
    assert [failure.name for failure in told] == ["iphone_teacher", "iphone", "apple_docs"]
    assert "no iPhones" in told[0].reason
    assert await client.list_targets(REPO) == ("airpods", "mac")


async def test_a_server_that_takes_only_small_requests_gets_small_ones(
    client: BreadClient, way: Between, folder: Path
) -> None:
    way.instead = _small_bodies
    assert not failures(await applied(client, await planned(client, folder)))
    assert (await planned(client, folder)).complete


async def test_what_the_server_says_nothing_of_counts_as_failed(
    client: BreadClient, way: Between, folder: Path
) -> None:
    plan = await planned(client, folder)
    way.instead = lambda got: reply({"created": ["mac_teacher"]}) if got.path.endswith("/prompts/batch") else None
    told = failures(await applied(client, plan))
    silent = [failure.name for failure in told if failure.reason == "The server did not say what became of it."]
    assert silent == ["empty_student", "airpods_teacher", "iphone_teacher"]
    assert (Thing.TARGET, "mac") in [(failure.thing, failure.name) for failure in told], "its student is not there"


# -- what stops it, and taking it up again --


def after(count: int, answer: bytes) -> Callable[[Got], bytes | None]:
    """Let `count` POSTs through, and answer every later one so."""
    seen: list[Got] = []

    def instead(got: Got) -> bytes | None:
        if got.method == "POST":
            seen.append(got)
        return answer if len(seen) > count and got.method == "POST" else None

    return instead


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    ("count", "status", "kind", "tries"),
    [
        (0, 402, NoCredits, 1),
        (1, 402, NoCredits, 1),
        (2, 401, WrongKey, 1),
        (3, 402, NoCredits, 1),
        (4, 503, ServerFailed, 2),
        (5, 402, NoCredits, 1),
    ],
)
async def test_what_was_made_before_a_stop_stays_and_only_the_rest_is_made_afterwards(
    client: BreadClient,
    way: Between,
    oven: RunningOven,
    folder: Path,
    count: int,
    status: int,
    kind: type[BreadError],
    tries: int,
) -> None:
    way.instead = after(count, reply({"message": "Please add funds", "code": "X"}, status))
    plan = await planned(client, folder)
    way.got.clear()
    made: list[str] = []
    with pytest.raises(kind, match="Please add funds"):
        await applied(client, plan, lambda step: made.extend(step.created))
    assert len([got for got in way.got if got.method == "POST"]) == count + tries
    way.instead = lambda _: None
    more = [name for step in await applied(client, await planned(client, folder)) for name in step.created]
    assert len(made) + len(more) == 9
    assert not set(made) & set(more)
    await applied(client, await planned(client, folder, repo="uninterrupted"))
    assert ordered(oven.store) == ordered(oven.store, "uninterrupted")


async def test_a_server_that_goes_away_in_the_middle_is_told_and_taken_up_again(
    oven: RunningOven, folder: Path
) -> None:
    async with BreadClient(oven.url, Secret(oven.key)) as client:
        plan = await planned(client, folder)
        with pytest.raises(Unreachable):
            await applied(client, plan, lambda step: oven.stop() if step.thing is Thing.PROMPT else None)
        oven.restart()
        again = await planned(client, folder)
        steps = await applied(client, again)
    assert [step.thing for step in steps] == [Thing.TARGET, Thing.BAKE]
    assert not failures(steps)
