"""Deletion against a real oven: what goes, in which order, what stays, and what is forgotten."""

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, Conflict, NotFound, NotSupported
from breadtui.api.secret import Secret
from breadtui.bakery.deletion import Named
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing
from breadtui.oven.store import Kind
from tests.api.wire import reply, serving
from tests.bakery.recipes import REPO, Heard, bake, put_bake, put_target, rollout, stim, stock
from tests.support.oven import RunningOven

PROMPTS = {"teacher_prompt": "teacher", "student_prompt": "student"}


def shelf(kitchen: Kitchen) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of targets and bakes."""
    held = kitchen.catalog.shelf(REPO)
    assert held
    return held.targets, held.bakes


async def line(kitchen: Kitchen) -> None:
    """The bake `yoda_bake`; on its checkpoint the bake `child`, and the target `late`, which `child` learns from."""
    await stock(kitchen)
    for key in (stim(), rollout(), bake()):
        await kitchen.start(key)
    (model, *_) = (await kitchen.look_at_bake(REPO, "yoda_bake")).model_name
    await put_target(kitchen, "late", {**PROMPTS, "model_name": model})
    await put_bake(kitchen, "child", {"datasets": [{"target": "late"}], "model": {"parent_model_name": model}})
    await kitchen.look_at_all(REPO, ["yoda", "late"])


@pytest.fixture
def deletes_prompts(kitchen: Kitchen, oven: RunningOven, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Has the server delete prompts, which the contract's cannot; the names it was asked for."""
    asked: list[str] = []

    async def delete_prompt(repo: str, name: str) -> None:
        asked.append(name)
        where = oven.store.repo(repo)
        prompt = oven.store.find(where, Kind.PROMPT, name) if where else None
        if prompt is None:
            raise NotSupported("There is no such prompt.", status=404)
        oven.store.delete(prompt)

    monkeypatch.setattr(kitchen.client, "delete_prompt", delete_prompt)
    return asked


async def test_what_is_deleted_is_gone_with_all_that_was_known_of_it(kitchen: Kitchen, heard: Heard) -> None:
    await stock(kitchen)
    await kitchen.look_at_target(REPO, "yoda")
    await kitchen.look_at_bake(REPO, "yoda_bake")
    heard.clear()
    await kitchen.delete(Thing.BAKE, REPO, "yoda_bake")
    assert shelf(kitchen) == (("yoda",), ())
    assert kitchen.known_bake(REPO, "yoda_bake") is None
    assert set(kitchen.watcher.watched) == {stim(), rollout()}
    assert heard.catalog
    await kitchen.delete(Thing.TARGET, REPO, "yoda")
    assert shelf(kitchen) == ((), ())
    assert kitchen.catalog.known_target(REPO, "yoda") is None
    assert not kitchen.watcher.watched
    with pytest.raises(NotFound):
        await kitchen.client.get_target(REPO, "yoda")


async def test_a_target_and_a_bake_of_one_name_are_not_taken_for_each_other(kitchen: Kitchen) -> None:
    await stock(kitchen)
    await put_bake(kitchen, "yoda", {"datasets": [{"target": "yoda"}]})
    await kitchen.look_at_target(REPO, "yoda")
    await kitchen.delete(Thing.BAKE, REPO, "yoda")
    assert shelf(kitchen) == (("yoda",), ("yoda_bake",))
    assert set(kitchen.watcher.watched) == {stim(), rollout(), bake()}


async def test_what_is_in_use_stays_and_the_server_says_by_whom(kitchen: Kitchen) -> None:
    await stock(kitchen)
    await kitchen.look_at_target(REPO, "yoda")
    with pytest.raises(Conflict, match="yoda_bake"):
        await kitchen.delete(Thing.TARGET, REPO, "yoda")
    assert shelf(kitchen) == (("yoda",), ("yoda_bake",))
    assert stim() in kitchen.watcher.watched


@pytest.mark.parametrize(("thing", "name"), [(Thing.TARGET, "extra"), (Thing.BAKE, "yoda_bake")])
async def test_what_was_deleted_elsewhere_counts_as_deleted(kitchen: Kitchen, thing: Thing, name: str) -> None:
    await stock(kitchen)
    await put_target(kitchen, "extra", PROMPTS)
    await kitchen.look_at_all(REPO, ["extra"])
    await (kitchen.client.delete_target if thing is Thing.TARGET else kitchen.client.delete_bake)(REPO, name)
    await kitchen.delete(thing, REPO, name)
    assert name not in (*shelf(kitchen)[0], *shelf(kitchen)[1])
    assert not [key for key in kitchen.watcher.watched if key.name == name]


async def test_what_was_deleted_is_off_the_shelf_even_if_that_cannot_be_read_again(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock(kitchen)

    async def lost(_: str) -> tuple[str, ...]:
        raise BreadError("The connection was lost.")

    monkeypatch.setattr(kitchen.client, "list_bakes", lost)
    await kitchen.delete(Thing.BAKE, REPO, "yoda_bake")
    assert shelf(kitchen) == (("yoda",), ())


async def test_dependents_are_told_as_far_as_they_are_known(kitchen: Kitchen) -> None:
    await line(kitchen)
    assert kitchen.dependents(Thing.PROMPT, REPO, "teacher") == ("target yoda", "target late")
    assert kitchen.dependents(Thing.PROMPT, REPO, "student") == ("target yoda", "target late")
    assert kitchen.dependents(Thing.TARGET, REPO, "yoda") == ("bake yoda_bake",)
    assert kitchen.dependents(Thing.TARGET, REPO, "late") == ("bake child",)
    assert kitchen.dependents(Thing.BAKE, REPO, "yoda_bake") == ("bake child", "target late")
    assert kitchen.dependents(Thing.BAKE, REPO, "child") == ()
    assert kitchen.dependents(Thing.REPO, REPO, REPO) == ()
    assert kitchen.dependents(Thing.TARGET, "another_repo", "yoda") == ()


async def test_anothers_checkpoint_of_the_same_name_makes_no_dependent(kitchen: Kitchen) -> None:
    await line(kitchen)
    for number, model in enumerate(
        (f"stranger/{REPO}/yoda_bake/21", "baker/other/yoda_bake/21", "Qwen/Qwen3-32B", f"baker/{REPO}/yoda_bake")
    ):
        await put_target(kitchen, f"other {number}", {**PROMPTS, "model_name": model})
        await kitchen.catalog.target(REPO, f"other {number}")
    assert kitchen.dependents(Thing.BAKE, REPO, "yoda_bake") == ("bake child", "target late")


ALL: list[Named] = [
    (Thing.PROMPT, REPO, "teacher"),
    (Thing.TARGET, REPO, "yoda"),
    (Thing.BAKE, REPO, "yoda_bake"),
    (Thing.TARGET, REPO, "late"),
    (Thing.BAKE, REPO, "child"),
]


@pytest.mark.parametrize("order", [1, -1])
async def test_marked_together_each_goes_after_what_depends_on_it(
    kitchen: Kitchen, deletes_prompts: list[str], order: int
) -> None:
    await line(kitchen)
    assert await kitchen.delete_all([*ALL, *ALL][::order]) == []
    assert shelf(kitchen) == ((), ())
    assert deletes_prompts == ["teacher"]
    assert not kitchen.watcher.watched


async def test_what_cannot_be_deleted_keeps_nothing_else_from_it(kitchen: Kitchen) -> None:
    await line(kitchen)
    things = [named for named in ALL if named[2] != "child"]
    failed = await kitchen.delete_all(things)
    assert {named: type(error) for named, error in failed} == {
        (Thing.PROMPT, REPO, "teacher"): NotSupported,
        (Thing.TARGET, REPO, "late"): Conflict,
        (Thing.BAKE, REPO, "yoda_bake"): Conflict,
        (Thing.TARGET, REPO, "yoda"): Conflict,
    }
    assert shelf(kitchen) == (("yoda", "late"), ("yoda_bake", "child"))


async def test_things_that_depend_on_each_other_in_a_circle_are_all_tried(kitchen: Kitchen, oven: RunningOven) -> None:
    await stock(kitchen)
    with oven.store.transaction():
        where = oven.store.repo(REPO)
        assert where
        for name, parent in (("one", "two"), ("two", "one")):
            model = {"parent_model_name": f"baker/{REPO}/{parent}/21"}
            oven.store.add(where, Kind.BAKE, name, {"datasets": [], "model": model})
    await kitchen.open(REPO)
    failed = await kitchen.delete_all([(Thing.BAKE, REPO, "one"), (Thing.BAKE, REPO, "two")])
    assert sorted(name for (_, _, name), _ in failed) == ["one", "two"]


async def test_repositories_are_never_deleted(kitchen: Kitchen) -> None:
    await stock(kitchen)
    before = kitchen.client.requests
    assert not await kitchen.can_delete(Thing.REPO, REPO)
    assert await kitchen.can_delete(Thing.TARGET, REPO)
    assert await kitchen.can_delete(Thing.BAKE, REPO)
    assert kitchen.client.requests == before
    with pytest.raises(NotSupported, match="no way to delete a repository"):
        await kitchen.delete(Thing.REPO, REPO, REPO)
    assert [repo.repo_name for repo in kitchen.catalog.repos or ()] == [REPO]


async def test_a_server_without_a_way_to_delete_prompts_is_asked_once(kitchen: Kitchen) -> None:
    await stock(kitchen)
    before = kitchen.client.requests
    assert not await kitchen.can_delete(Thing.PROMPT, REPO)
    assert not await kitchen.can_delete(Thing.PROMPT, REPO)
    assert kitchen.client.requests == before + 1
    assert (await kitchen.client.list_prompts(REPO)) == ("teacher", "student")


@pytest.mark.parametrize(("status", "can"), [(404, True), (405, False), (501, False), (200, True), (204, True)])
async def test_the_probe_names_a_prompt_that_nobody_has(status: int, can: bool) -> None:
    async with serving() as server:
        kitchen = Kitchen(BreadClient(server.url, Secret("key")))
        server.plays(reply({"message": "no", "code": "NO"} if status != 204 else b"", status))
        assert await kitchen.can_delete(Thing.PROMPT, REPO) is can
        assert await kitchen.can_delete(Thing.PROMPT, REPO) is can
        (got,) = server.got
        assert got.method == "DELETE"
        assert got.path.startswith(f"/v1/repo/{REPO}/prompts/breadtui-probe-")
        await kitchen.close()


async def test_a_probe_that_was_refused_is_made_again_the_next_time() -> None:
    async with serving() as server:
        kitchen = Kitchen(BreadClient(server.url, Secret("key")))
        server.plays(reply({"message": "no"}, 403), reply({"message": "no"}, 404))
        with pytest.raises(BreadError):
            await kitchen.can_delete(Thing.PROMPT, REPO)
        assert await kitchen.can_delete(Thing.PROMPT, REPO)
        await kitchen.close()


async def test_a_server_that_can_deletes_a_prompt(kitchen: Kitchen, deletes_prompts: list[str]) -> None:
    await stock(kitchen)
    assert await kitchen.can_delete(Thing.PROMPT, REPO)
    await kitchen.delete(Thing.PROMPT, REPO, "teacher")
    await kitchen.delete(Thing.PROMPT, REPO, "teacher")
    held = kitchen.catalog.shelf(REPO)
    assert held
    assert held.prompts == ("student",)


async def test_a_server_that_knows_the_prompt_and_not_how_to_delete_it_is_remembered(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock(kitchen)

    async def unknown(_repo: str, _name: str) -> None:
        raise NotSupported("bread.test cannot delete it.", status=404)

    monkeypatch.setattr(kitchen.client, "delete_prompt", unknown)
    assert await kitchen.can_delete(Thing.PROMPT, REPO), "perhaps"
    with pytest.raises(NotSupported):
        await kitchen.delete(Thing.PROMPT, REPO, "teacher")
    assert not await kitchen.can_delete(Thing.PROMPT, REPO)
