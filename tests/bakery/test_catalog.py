"""The catalog against a real oven: what it asks, how often, and what it tells."""

import asyncio

import pytest

from breadtui.api.errors import BreadError, NotFound
from breadtui.api.models import Repo
from breadtui.bakery.catalog import PAGE
from breadtui.bakery.changes import CatalogChanged
from breadtui.bakery.kitchen import Kitchen
from breadtui.oven.store import Kind
from tests.bakery.recipes import REPO, Heard, stock
from tests.support.oven import RunningOven


def fill(oven: RunningOven, repo: str, kind: Kind, names: list[str]) -> None:
    """Put many things in at once: over HTTP, hundreds take seconds."""
    with oven.store.transaction():
        where = oven.store.repo(repo) or oven.store.add_repo(repo, "Qwen/Qwen3-32B")
        for name in names:
            oven.store.add(where, kind, name, {"messages": []} if kind is Kind.PROMPT else {})


async def test_before_the_first_answer_nothing_is_known(kitchen: Kitchen) -> None:
    assert kitchen.catalog.repos is None
    assert kitchen.catalog.shelf(REPO) is None
    assert kitchen.catalog.base_model(REPO) is None
    assert kitchen.client.requests == 0


async def test_a_server_without_repositories_is_known_to_have_none(kitchen: Kitchen) -> None:
    await kitchen.catalog.refresh_repos()
    assert kitchen.catalog.repos == ()


async def test_names_come_in_the_servers_order(kitchen: Kitchen, oven: RunningOven) -> None:
    for repo in ("zebra", "apple", "mango"):
        fill(oven, repo, Kind.PROMPT, ["z", "a", "m"])
    await kitchen.catalog.refresh_repos()
    assert [repo.repo_name for repo in kitchen.catalog.repos or ()] == ["zebra", "apple", "mango"]
    assert (await kitchen.catalog.open("zebra")).prompts == ("z", "a", "m")


@pytest.mark.parametrize(("count", "requests"), [(PAGE, 1), (PAGE + 1, 2), (2 * PAGE + 50, 3)])
async def test_repositories_are_read_page_by_page_to_the_last(
    kitchen: Kitchen, oven: RunningOven, count: int, requests: int
) -> None:
    names = [f"repo {n:03}" for n in range(count)]
    with oven.store.transaction():
        for name in names:
            oven.store.add_repo(name, "Qwen/Qwen3-32B")
    await kitchen.catalog.refresh_repos()
    assert [repo.repo_name for repo in kitchen.catalog.repos or ()] == names
    assert kitchen.client.requests == requests


@pytest.mark.parametrize("targets", [2, 2000])
async def test_opening_a_repository_costs_four_requests_however_much_it_holds(
    kitchen: Kitchen, oven: RunningOven, targets: int
) -> None:
    names = [f"target {n:04}" for n in range(targets)]
    fill(oven, REPO, Kind.TARGET, names)
    shelf = await kitchen.catalog.open(REPO)
    assert shelf.targets == tuple(names)
    assert kitchen.client.requests == 4


async def test_the_same_question_asked_by_many_at_once_is_asked_once(kitchen: Kitchen, oven: RunningOven) -> None:
    fill(oven, REPO, Kind.PROMPT, ["teacher"])
    answers = await asyncio.gather(*(kitchen.catalog.prompt(REPO, "teacher") for _ in range(10)))
    assert {prompt.prompt_name for prompt in answers} == {"teacher"}
    assert kitchen.client.requests == 1
    await kitchen.catalog.prompt(REPO, "teacher")
    assert kitchen.client.requests == 2


async def test_who_gives_up_waiting_takes_the_answer_from_nobody(kitchen: Kitchen, oven: RunningOven) -> None:
    fill(oven, REPO, Kind.PROMPT, ["teacher"])
    impatient = asyncio.create_task(kitchen.catalog.prompt(REPO, "teacher"))
    patient = asyncio.create_task(kitchen.catalog.prompt(REPO, "teacher"))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).prompt_name == "teacher"
    assert impatient.cancelled()
    assert kitchen.client.requests == 1


async def test_a_refusal_is_told_to_all_who_asked_and_asked_again_the_next_time(
    kitchen: Kitchen, oven: RunningOven
) -> None:
    fill(oven, REPO, Kind.PROMPT, [])
    asked = (kitchen.catalog.prompt(REPO, "teacher") for _ in range(2))
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [NotFound, NotFound]
    fill(oven, REPO, Kind.PROMPT, ["teacher"])
    assert (await kitchen.catalog.prompt(REPO, "teacher")).prompt_name == "teacher"


async def test_no_more_than_eight_questions_are_under_way(
    kitchen: Kitchen, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"prompt {n:02}" for n in range(40)]
    fill(oven, REPO, Kind.PROMPT, names)
    under_way = most = 0
    get_prompt = kitchen.client.get_prompt

    async def counted(repo: str, name: str) -> object:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await get_prompt(repo, name)
        finally:
            under_way -= 1

    monkeypatch.setattr(kitchen.client, "get_prompt", counted)
    await asyncio.gather(*(kitchen.catalog.prompt(REPO, name) for name in names))
    assert most == 8


async def test_what_was_known_stays_when_the_server_is_gone(kitchen: Kitchen, oven: RunningOven) -> None:
    await stock(kitchen)
    await kitchen.catalog.refresh_repos()
    await kitchen.catalog.prompt(REPO, "teacher")
    repos, shelf = kitchen.catalog.repos, kitchen.catalog.shelf(REPO)
    oven.stop()
    for asked in (kitchen.catalog.refresh_repos, lambda: kitchen.catalog.open(REPO)):
        with pytest.raises(BreadError):
            await asked()
    with pytest.raises(BreadError):
        await kitchen.catalog.prompt(REPO, "teacher")
    assert repos
    assert shelf
    assert kitchen.catalog.repos == repos
    assert kitchen.catalog.shelf(REPO) == shelf
    assert kitchen.catalog.known_prompt(REPO, "teacher")


async def test_only_what_is_new_is_told(kitchen: Kitchen, heard: Heard, oven: RunningOven) -> None:
    await stock(kitchen)
    heard.clear()
    ask = kitchen.catalog
    for _ in range(3):
        await ask.refresh_repos()
        await ask.open(REPO)
        await ask.prompt(REPO, "teacher")
        await ask.target(REPO, "yoda")
    assert heard.catalog == [CatalogChanged(REPO), CatalogChanged(REPO)], "the prompt and the target; names were known"
    fill(oven, REPO, Kind.PROMPT, ["another"])
    await ask.open(REPO)
    oven.store.add_repo("other", "Qwen/Qwen3-32B")
    await ask.refresh_repos()
    assert heard.catalog[2:] == [CatalogChanged(REPO), CatalogChanged()]


async def test_a_new_repository_is_known_at_once_and_only_once(kitchen: Kitchen, heard: Heard) -> None:
    made = Repo(repo_name="made", base_model="Qwen/Qwen3-32B")
    kitchen.catalog.add_repo(made)
    kitchen.catalog.add_repo(made)
    assert kitchen.catalog.repos == (made,)
    assert kitchen.catalog.base_model("made") == "Qwen/Qwen3-32B"
    assert heard.catalog == [CatalogChanged()]


async def test_a_prompts_role_is_what_the_targets_seen_so_far_make_of_it(kitchen: Kitchen) -> None:
    await stock(kitchen, "yoda")
    await kitchen.create_target(REPO, "reversed", {"teacher_prompt": "student", "student_prompt": "nobody"})
    role = kitchen.catalog.role
    assert role(REPO, "teacher") == ""
    await kitchen.catalog.target(REPO, "yoda")
    assert (role(REPO, "teacher"), role(REPO, "student")) == ("teacher", "student")
    await kitchen.catalog.target(REPO, "reversed")
    assert (role(REPO, "student"), role(REPO, "nobody")) == ("both", "student")
    assert kitchen.catalog.users(REPO, "student") == ("yoda", "reversed")
    assert kitchen.catalog.users(REPO, "stranger") == ()
    assert role("another_repo", "teacher") == ""
