"""The models one can talk to, as a real oven and its repositories tell of them."""

import asyncio
from collections.abc import AsyncGenerator, Iterator

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.errors import Unreachable
from breadtui.api.models import Model, Repo, RepoTree
from breadtui.api.secret import Secret
from breadtui.bakery.catalog import Shelf
from breadtui.bakery.chats.models import TREES_AT_ONCE, Choice, Kind, Listing, all_choices, known_choices
from breadtui.bakery.kitchen import Kitchen
from tests.support.oven import RunningOven, running_oven

YODA = "yoda_repo"
MODEL = "baker/yoda_repo/yoda_bake_v1"
BASE = "Qwen/Qwen3-32B"
CHECKPOINTS = [f"{MODEL}/21", f"{MODEL}/14", f"{MODEL}/7"]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("models"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture
async def kitchen(samples: RunningOven) -> AsyncGenerator[Kitchen]:
    """One that knows the names of the repositories, and no more."""
    kitchen = Kitchen(BreadClient(samples.url, Secret(samples.key)))
    await kitchen.catalog.refresh_repos()
    yield kitchen
    await kitchen.close()


async def listings(kitchen: Kitchen) -> list[Listing]:
    return [listing async for listing in all_choices(kitchen)]


def names(listing: Listing) -> list[str]:
    return [choice.model for choice in listing.choices]


def hold(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch, **trees: RepoTree) -> None:
    """Let it know these repositories, opened."""
    shelves = {repo: Shelf((), (), (*tree.bakes,), tree) for repo, tree in trees.items()}
    monkeypatch.setattr(kitchen.catalog, "shelf", shelves.get)


async def test_what_is_known_is_told_at_once_and_the_rest_as_it_comes(kitchen: Kitchen) -> None:
    first, *_, last = await listings(kitchen)
    assert names(first) == [BASE]
    assert first.waiting == 3
    assert names(last) == [*CHECKPOINTS, BASE]
    assert (last.waiting, last.problems) == (0, ())


async def test_what_was_found_once_is_known_the_next_time(kitchen: Kitchen) -> None:
    assert await listings(kitchen)
    assert [choice.model for choice in known_choices(kitchen)] == [*CHECKPOINTS, BASE]


async def test_a_checkpoint_tells_its_bake_its_parent_and_the_loss_of_the_latest(kitchen: Kitchen) -> None:
    await kitchen.open(YODA)
    await kitchen.look_at_bake(YODA, "yoda_bake_v1")
    latest, second, *_ = known_choices(kitchen)
    assert (latest.kind, latest.repo, latest.bake, latest.parent) == (Kind.CHECKPOINT, YODA, "yoda_bake_v1", BASE)
    assert latest.latest
    assert latest.loss is not None
    assert not second.latest
    assert second.loss is None


async def test_a_bake_on_top_of_a_checkpoint_tells_that_it_is(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = RepoTree.model_validate(
        {
            "base_model": BASE,
            "bakes": {
                "first": {"model_name": ["u/r/first/9"]},
                "named": {"model_name": ["u/r/named/9"], "config": {"model": {"parent_model_name": "u/r/first/9"}}},
                "hung": {"model_name": ["u/r/hung/9"]},
            },
            "edges": [["bake", "hung", "bake", "first"]],
        }
    )
    hold(kitchen, monkeypatch, **{YODA: tree})
    parents = {choice.bake: choice.parent for choice in known_choices(kitchen) if choice.bake}
    assert parents == {"hung": "first", "named": "u/r/first/9", "first": BASE}
    assert [choice.bake for choice in known_choices(kitchen)][:3] == ["hung", "named", "first"]


async def test_a_model_that_only_the_server_lists_comes_last(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    async def models(_: BreadClient) -> tuple[Model, ...]:
        return (Model(id="somebody/elses/bake/3"), Model(id=BASE), Model(id=CHECKPOINTS[0]))

    monkeypatch.setattr(BreadClient, "models", models)
    *_, last = await listings(kitchen)
    assert last.choices[-1] == Choice("somebody/elses/bake/3", Kind.SERVED)
    assert len(names(last)) == len(set(names(last)))


async def test_the_repository_one_is_in_stands_first(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    def tree(repo: str) -> RepoTree:
        return RepoTree.model_validate({"bakes": {"bake": {"model_name": [f"u/{repo}/bake/1"]}}})

    repos = [repo.repo_name for repo in kitchen.catalog.repos or ()]
    hold(kitchen, monkeypatch, **{repo: tree(repo) for repo in repos})
    for repo in repos:
        assert known_choices(kitchen, repo)[0].repo == repo


async def test_a_repository_that_cannot_be_read_is_named_and_the_others_are_listed(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = BreadClient.tree

    async def broken(client: BreadClient, repo: str) -> RepoTree:
        if repo != YODA:
            raise Unreachable("the oven does not answer.")
        return await tree(client, repo)

    monkeypatch.setattr(BreadClient, "tree", broken)
    *_, last = await listings(kitchen)
    assert names(last) == [*CHECKPOINTS, BASE]
    assert last.problems == ("the oven does not answer.",)


async def test_a_server_that_is_away_takes_nothing_from_the_list(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unreachable("the oven does not answer.")

    for asked in ("tree", "models"):
        monkeypatch.setattr(BreadClient, asked, away)
    *_, last = await listings(kitchen)
    assert names(last) == [BASE]
    assert last.problems == ("the oven does not answer.",)


async def test_trees_are_asked_for_a_few_at_a_time_and_no_more_once_nobody_waits(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[str] = []
    asked: list[str] = []
    most = 0

    async def slow(_: BreadClient, repo: str) -> RepoTree:
        nonlocal most
        asked.append(repo)
        under_way.append(repo)
        most = max(most, len(under_way))
        await asyncio.sleep(0)
        under_way.remove(repo)
        return RepoTree()

    monkeypatch.setattr(BreadClient, "tree", slow)
    for number in range(30):
        kitchen.catalog.add_repo(Repo(repo_name=f"repo{number}"))
    assert await listings(kitchen)
    assert len(asked) == 32
    assert most == TREES_AT_ONCE

    asked.clear()
    choices = all_choices(kitchen)
    await anext(choices)
    await choices.aclose()
    await asyncio.sleep(0.01)
    assert len(asked) <= TREES_AT_ONCE
