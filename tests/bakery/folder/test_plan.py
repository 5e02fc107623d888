"""A plan tells what would be made, what exists, and what stands in the way, and changes nothing."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.errors import WrongKey
from breadtui.api.secret import Secret
from breadtui.bakery.folder.options import Options
from breadtui.bakery.folder.pieces import Piece, Standing
from breadtui.bakery.folder.plan import make_plan
from breadtui.bakery.folder.problems import FolderError
from breadtui.bakery.folder.reading import read_folder
from breadtui.bakery.folder.report import as_json, plan_lines
from tests.bakery.folder.folders import APPLE, REPO, Between, applied, many, planned, write
from tests.support.oven import RunningOven

QUESTIONS = {"questions.yml": "iphone: [My iPhone won't turn on]\nmac: [Why is it slow?, How do I start in safe mode?]"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "apple_docs", APPLE)


def standings(pieces: tuple[Piece, ...]) -> Mapping[str, Standing]:
    return {piece.name: piece.standing for piece in pieces}


# -- what would be made --


async def test_each_document_becomes_a_teacher_and_a_target_and_all_of_them_a_bake(
    client: BreadClient, folder: Path
) -> None:
    plan = await planned(client, write(folder, QUESTIONS), Options(numq=100, temperature=0.6, trajectories=3, epochs=2))
    assert [piece.name for piece in plan.prompts] == [
        "empty_student",
        "airpods_teacher",
        "iphone_teacher",
        "mac_teacher",
    ]
    assert plan.student.body == {"messages": [{"role": "system", "content": ""}]}
    assert plan.teachers[1].body == {"messages": [{"role": "system", "content": APPLE["iphone.md"]}]}
    written = {"type": "oneshot_qs", "numq": 100, "model": "claude-sonnet-4-5-20250929", "temperature": 0.6}
    assert plan.targets[1].body == {
        "teacher_prompt": "iphone_teacher",
        "student_prompt": "empty_student",
        "generators": [{"type": "hardcoded", "numq": 1, "questions": ["My iPhone won't turn on"]}, written],
        "num_traj_per_stimulus": 3,
    }
    datasets = [
        {"target": "airpods", "weight": 0.334},
        {"target": "iphone", "weight": 0.333},
        {"target": "mac", "weight": 0.333},
    ]
    assert (plan.bake.name, plan.bake.body) == ("apple_docs", {"datasets": datasets, "epochs": 2})


async def test_responses_are_questions_times_trajectories(client: BreadClient, folder: Path) -> None:
    plan = await planned(client, write(folder, QUESTIONS), Options(numq=100, trajectories=3))
    assert (plan.stimuli, plan.responses) == (303, 909)


async def test_an_introduction_is_put_before_every_document(client: BreadClient, folder: Path) -> None:
    plan = await planned(client, folder, Options(intro="You are a support agent. What you know:\n"))
    content = json.dumps(plan.teachers[1].body, ensure_ascii=False)
    assert "What you know:\\n\\nA phone that stays dark" in content


async def test_questions_of_files_alone_must_be_there_for_every_document(client: BreadClient, folder: Path) -> None:
    with pytest.raises(FolderError, match=r"^airpods\.md would have no question at all"):
        await planned(client, write(folder, QUESTIONS), Options(numq=0))
    write(folder, {"airpods.questions.txt": "Which one is left?"})
    plan = await planned(client, folder, Options(numq=0))
    assert plan.stimuli == 4
    assert all("oneshot_qs" not in json.dumps(target.body) for target in plan.targets)


async def test_a_prefix_begins_the_names_of_targets_and_teachers(client: BreadClient, folder: Path) -> None:
    plan = await planned(client, folder, Options(prefix="v2_", student="always", bake="second"))
    names = ["always", "v2_airpods_teacher", "v2_iphone_teacher", "v2_mac_teacher"]
    assert [piece.name for piece in plan.prompts] == names
    assert [piece.name for piece in (*plan.targets, plan.bake)] == ["v2_airpods", "v2_iphone", "v2_mac", "second"]
    assert plan.targets[0].body["teacher_prompt"] == "v2_airpods_teacher"


# -- what is in the way before anything is sent --


@pytest.mark.parametrize(
    ("files", "options", "why"),
    [
        ({"bad.md": b"\xff"}, Options(), r"bad\.md is not UTF-8 \(line 1\)\. .*--skip-unusable"),
        ({"a.md": "", "b.md": ""}, Options(), r"2 things are in the way:\n  a\.md is empty\.\n  b\.md is empty\.\n"),
        ({"questions.yml": "ipod: [W?]"}, Options(skip_unusable=True), "questions for “ipod”.* Mend that"),
        ({}, Options(bake="a/b"), "No bake can be called “a/b”"),
        ({}, Options(bake="batch"), "No bake can be called “batch”"),
        ({}, Options(student="a\nb"), "No prompt can be called “a b”"),
        ({}, Options(prefix="x" * 250), "No prompt can be called “xxx"),
        ({}, Options(student="mac_teacher"), r"The student prompt is called mac_teacher, as the teacher of mac\.md"),
        ({}, Options(weights=Path("/nowhere.csv")), "nowhere.csv cannot be read"),
    ],
)
async def test_a_folder_that_cannot_be_baked_as_asked_is_refused_and_nothing_is_sent(
    client: BreadClient, way: Between, folder: Path, files: dict[str, str | bytes], options: Options, why: str
) -> None:
    with pytest.raises(FolderError, match=f"(?s){why}"):
        await planned(client, write(folder, files), options)
    assert not way.got


async def test_what_cannot_be_used_is_left_out_if_asked(client: BreadClient, folder: Path) -> None:
    plan = await planned(client, write(folder, {"bad.md": b"\xff"}), Options(skip_unusable=True))
    assert [target.name for target in plan.targets] == ["airpods", "iphone", "mac"]
    assert "  bad.md is not UTF-8 (line 1)." in plan_lines(plan)


async def test_a_folder_of_which_nothing_can_be_used_is_refused(client: BreadClient, tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="No document is left"):
        await planned(client, write(tmp_path / "docs", {"a.md": ""}), Options(skip_unusable=True))


async def test_a_repository_that_could_not_be_made_is_refused(client: BreadClient, folder: Path) -> None:
    with pytest.raises(FolderError, match="No repository can be called “a/b”"):
        await make_plan(client, "a/b", read_folder(folder), Options())


# -- what exists --


async def test_a_repository_that_is_not_there_is_new(client: BreadClient, way: Between, folder: Path) -> None:
    plan = await planned(client, folder)
    assert plan.new_repo
    assert set(standings(plan.pieces).values()) == {Standing.NEW}
    assert way.methods == {"GET"}


async def test_what_was_made_of_the_same_folder_is_the_same(client: BreadClient, way: Between, folder: Path) -> None:
    options = Options(intro="You know:", temperature=0.6, epochs=2, weights="length")
    write(folder, {**QUESTIONS, "signs.md": "tab\t, bell \x07, right-to-left \u200f, dos\r\n, emoji 👩‍🚀\n"})
    await applied(client, await planned(client, folder, options))
    way.got.clear()
    plan = await planned(client, folder, options)
    assert plan.complete
    assert set(standings(plan.pieces).values()) == {Standing.SAME}
    assert way.methods == {"GET"}


async def test_a_plan_asks_three_lists_and_once_for_each_that_exists(
    client: BreadClient, way: Between, tmp_path: Path
) -> None:
    folder = write(tmp_path / "docs", many(40))
    await planned(client, folder)
    assert len(way.got) == 3
    await applied(client, await planned(client, folder))
    way.got.clear()
    told: list[tuple[int, int]] = []
    await make_plan(client, REPO, read_folder(folder), Options(), lambda done, total: told.append((done, total)))
    assert len(way.got) == 3 + 40 + 40 + 1
    assert told == [(done, 81) for done in range(1, 82)]


async def test_a_changed_document_is_in_conflict_and_so_is_nothing_else(client: BreadClient, folder: Path) -> None:
    await applied(client, await planned(client, folder))
    plan = await planned(client, write(folder, {"mac.md": "Another text."}))
    conflicts = plan.of(Standing.CONFLICT)
    assert [(piece.name, piece.differs) for piece in conflicts] == [("mac_teacher", ("messages",))]


@pytest.mark.parametrize(
    ("options", "conflicts"),
    [
        (Options(numq=50), {"airpods": ("generators",), "iphone": ("generators",), "mac": ("generators",)}),
        (Options(model="another"), {"airpods": ("generators",), "iphone": ("generators",), "mac": ("generators",)}),
        (Options(trajectories=2), dict.fromkeys(("airpods", "iphone", "mac"), ("num_traj_per_stimulus",))),
        (Options(student="other"), dict.fromkeys(("airpods", "iphone", "mac"), ("student_prompt",))),
        (Options(weights="length"), {"apple_docs": ("datasets",)}),
        (Options(epochs=7), {"apple_docs": ("epochs",)}),
        (Options(intro="Other"), dict.fromkeys(("airpods_teacher", "iphone_teacher", "mac_teacher"), ("messages",))),
    ],
)
async def test_what_is_asked_for_otherwise_is_in_conflict(
    client: BreadClient, folder: Path, options: Options, conflicts: dict[str, tuple[str, ...]]
) -> None:
    await applied(client, await planned(client, folder))
    plan = await planned(client, folder, options)
    assert {piece.name: piece.differs for piece in plan.of(Standing.CONFLICT)} == conflicts


@pytest.mark.parametrize(("before", "after"), [(5, 0), (0, 5)])
async def test_a_generator_more_or_less_is_another_target(
    client: BreadClient, folder: Path, before: int, after: int
) -> None:
    write(folder, {f"{stem}.questions.txt": "Why?" for stem in ("airpods", "iphone", "mac")})
    await applied(client, await planned(client, folder, Options(numq=before)))
    plan = await planned(client, folder, Options(numq=after))
    assert {piece.differs for piece in plan.of(Standing.CONFLICT)} == {("generators",)}


async def test_a_teacher_with_tools_is_another(client: BreadClient, folder: Path) -> None:
    await client.create_repo(REPO)
    tool = {"type": "function", "function": {"name": "look_up"}}
    messages = [{"role": "system", "content": APPLE["mac.md"]}]
    await client.create_prompt(REPO, "mac_teacher", messages, [tool])
    plan = await planned(client, folder)
    assert [(piece.name, piece.differs) for piece in plan.of(Standing.CONFLICT)] == [("mac_teacher", ("tools",))]


async def test_a_student_that_exists_is_used_whatever_it_says(client: BreadClient, folder: Path) -> None:
    await client.create_repo(REPO)
    await client.create_prompt(REPO, "support", [{"role": "system", "content": "You work for Apple."}])
    plan = await planned(client, folder, Options(student="support"))
    assert plan.student.standing is Standing.SAME
    assert not plan.of(Standing.CONFLICT)


async def test_a_document_more_is_new_and_the_bake_needs_another_name(client: BreadClient, folder: Path) -> None:
    await applied(client, await planned(client, folder))
    write(folder, {"watch.md": "It is wound by hand."})
    plan = await planned(client, folder)
    assert [piece.name for piece in plan.of(Standing.NEW)] == ["watch_teacher", "watch"]
    assert [piece.name for piece in plan.of(Standing.CONFLICT)] == ["apple_docs"]
    assert not (await planned(client, folder, Options(bake="apple_v2"))).of(Standing.CONFLICT)


async def test_a_refusal_of_the_server_is_the_plans(oven: RunningOven, folder: Path) -> None:
    async with BreadClient(oven.url, Secret("sk-another-key")) as stranger:
        with pytest.raises(WrongKey):
            await planned(stranger, folder)


# -- how it reads --


async def test_a_plan_of_a_thousand_documents_is_a_screenful_and_its_json_is_all(
    client: BreadClient, tmp_path: Path
) -> None:
    plan = await planned(client, write(tmp_path / "docs", many(1000)))
    lines = plan_lines(plan)
    assert len(lines) < 30
    assert "…" in "\n".join(lines)
    assert "and 995 more targets" in "\n".join(lines)
    assert "bake        docs: 1,000 targets, weights 0.001 each" in lines
    told = json.loads(json.dumps(as_json(plan)))
    assert len(told["prompts"]) == 1001
    assert len(told["targets"]) == 1000
    assert {target["weight"] for target in told["targets"]} == {0.001}


async def test_a_plan_names_every_number_once_aligned(client: BreadClient, folder: Path) -> None:
    lines = plan_lines(await planned(client, folder, Options(numq=2)))
    assert "responses   6 = 6 questions × 1" in lines
    assert "bake        apple_docs: 3 targets, weights 0.334, 0.333, 0.333" in lines
    assert "prompts    4         0            0" in lines
