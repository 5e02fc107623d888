"""The catalog against a real oven: what it asks, how often, and what it tells."""

import asyncio

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, NotFound
from breadtui.api.models import Repo
from breadtui.api.secret import Secret
from breadtui.bakery.catalog import PAGE, Catalog, Role
from breadtui.bakery.changes import CatalogChanged
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing
from breadtui.oven.store import Kind
from tests.api.wire import reply, serving
from tests.bakery.recipes import REPO, Heard, put_prompt, put_target, stock
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
    await put_target(kitchen, "reversed", {"teacher_prompt": "student", "student_prompt": "nobody"})
    role = kitchen.catalog.role
    assert role(REPO, "teacher") is Role.UNKNOWN
    await kitchen.catalog.target(REPO, "yoda")
    assert (role(REPO, "teacher"), role(REPO, "student")) == (Role.TEACHER, Role.STUDENT)
    await kitchen.catalog.target(REPO, "reversed")
    assert (role(REPO, "student"), role(REPO, "nobody")) == (Role.BOTH, Role.STUDENT)
    assert kitchen.catalog.users(REPO, "student") == ("yoda", "reversed")
    assert kitchen.catalog.users(REPO, "stranger") == ()
    assert role("another_repo", "teacher") is Role.UNKNOWN


async def test_a_prompt_is_called_unused_once_every_target_was_looked_at(kitchen: Kitchen) -> None:
    await stock(kitchen, "one", "two")
    await put_prompt(kitchen, "spare", [])
    await kitchen.catalog.target(REPO, "one")
    assert kitchen.catalog.role(REPO, "spare") is Role.UNKNOWN
    await kitchen.catalog.target(REPO, "two")
    assert kitchen.catalog.role(REPO, "spare") is Role.UNUSED
    assert kitchen.catalog.role(REPO, "teacher") is Role.TEACHER
    await put_target(kitchen, "three", {"teacher_prompt": "spare", "student_prompt": "spare"})
    assert kitchen.catalog.role(REPO, "spare") is Role.UNKNOWN
    await kitchen.catalog.target(REPO, "three")
    assert kitchen.catalog.role(REPO, "spare") is Role.BOTH


async def test_what_was_deleted_elsewhere_is_forgotten_with_the_next_look_at_the_shelf(kitchen: Kitchen) -> None:
    await stock(kitchen, "yoda")
    await put_target(kitchen, "other", {"teacher_prompt": "student", "student_prompt": "student"})
    await kitchen.look_at_all(REPO, ["yoda", "other"])
    assert kitchen.catalog.role(REPO, "student") is Role.BOTH
    await kitchen.client.delete_target(REPO, "other")
    await kitchen.open(REPO)
    assert kitchen.catalog.role(REPO, "student") is Role.STUDENT
    assert kitchen.catalog.known_target(REPO, "other") is None


@pytest.mark.parametrize("page", [["one", "two"], []])
async def test_a_server_that_sends_the_same_page_for_ever_is_asked_no_more(page: list[str]) -> None:
    async with serving() as server, BreadClient(server.url, Secret("key")) as client:
        server.plays(reply({"repos": page, "has_more": True}))
        catalog = Catalog(client, Heard())
        await catalog.refresh_repos()
        assert [repo.repo_name for repo in catalog.repos or ()] == page
        assert len(server.got) == (2 if page else 1)


@pytest.mark.parametrize(
    ("thing", "left"),
    [
        (Thing.PROMPT, (("student",), ("yoda",), ("yoda_bake",))),
        (Thing.TARGET, (("teacher", "student"), (), ("yoda_bake",))),
        (Thing.BAKE, (("teacher", "student"), ("yoda",), ())),
        (Thing.REPO, (("teacher", "student"), ("yoda",), ("yoda_bake",))),
    ],
)
async def test_what_is_forgotten_is_off_the_shelf_without_a_request(
    kitchen: Kitchen, heard: Heard, thing: Thing, left: tuple[tuple[str, ...], ...]
) -> None:
    await stock(kitchen)
    await kitchen.catalog.prompt(REPO, "teacher")
    await kitchen.catalog.target(REPO, "yoda")
    name = {Thing.PROMPT: "teacher", Thing.TARGET: "yoda", Thing.BAKE: "yoda_bake", Thing.REPO: REPO}[thing]
    before = kitchen.client.requests
    heard.clear()
    kitchen.catalog.forget(thing, REPO, name)
    kitchen.catalog.forget(thing, "another_repo", name)
    shelf = kitchen.catalog.shelf(REPO)
    assert shelf
    assert (shelf.prompts, shelf.targets, shelf.bakes) == left
    assert tuple(shelf.tree.bakes) == shelf.bakes
    assert (kitchen.catalog.known_prompt(REPO, "teacher") is None) == (thing is Thing.PROMPT)
    assert (kitchen.catalog.known_target(REPO, "yoda") is None) == (thing is Thing.TARGET)
    assert len(heard.catalog) == (0 if thing is Thing.REPO else 1)
    assert kitchen.client.requests == before
