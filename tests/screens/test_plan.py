"""The plan of a directory of bgit on the screen: what it says in every state, and what its keys do."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Static

from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.changes import JobChanged
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes.plan import Action, StepKey, arranged
from breadtui.bakery.things import Thing
from breadtui.bgit.applying import Bench
from breadtui.bgit.problems import Mistake, ProjectError
from breadtui.screens.messages import KitchenChanged
from breadtui.screens.plan import looking
from breadtui.screens.plan.detail import mistake_detail
from breadtui.screens.plan.editing import edit_input
from breadtui.screens.plan.screen import PlanScreen
from breadtui.screens.plan.sight import stamp_of
from breadtui.screens.plan.tree import tree
from breadtui.screens.question import Question
from breadtui.screens.workspace import Workspace
from breadtui.settings import Bgit
from breadtui.widgets.page import Page
from breadtui.widgets.recipe_list import RecipeList
from breadtui.widgets.tree.repo_tree import Item, Kind
from tests.support.app import bread_app, quiet, stocked, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, changed
from tests.support.projects import (
    DONE_INPUT,
    GIT_ENVIRONMENT,
    INPUT,
    NAMES,
    REPO,
    baked_bread,
    baked_recipe,
    bread_directory,
    commit_all,
    git,
    model_of,
    repository,
)

__all__ = ["changed"]  # a fixture

SIZES = ((80, 24), (120, 36), (200, 50))
BAKE = NAMES["bake"]
WRONG = INPUT.replace("numq: 1", "numq: many").replace("weight: 1.0", "weight: heavy")
"""Two mistakes."""


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GIT_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def steady_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[RunningOven]:
    """An oven whose jobs never end."""
    with running_oven(tmp_path, speed=1e-9) as oven:
        yield oven


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory of bgit on the branch `main`, with nothing baked yet."""
    path = bread_directory(repository(tmp_path / "yoda"))
    commit_all(path, "Begin")
    return path


def kitchen_of(pilot: Pilot[None]) -> Kitchen:
    assert isinstance(pilot.app, BreadApp)
    assert pilot.app.kitchen
    return pilot.app.kitchen


async def opened(pilot: Pilot[None], place: Path, bench: Bench | None = None, **settings: bool) -> PlanScreen:
    """Show the plan of a directory, and wait until all is known."""
    await stocked(pilot)
    screen = PlanScreen(kitchen_of(pilot), place, bench or Bench(), Bgit(**settings), server="the oven")
    await pilot.app.push_screen(screen)
    await quiet(pilot)
    return screen


def rows(pilot: Pilot[None]) -> list[str]:
    listed = pilot.app.screen.query_one(RecipeList)
    return [text for y in range(listed.size.height) if (text := listed.render_line(y).text.rstrip())]


def said(pilot: Pilot[None], of: str = "#plan-word") -> str:
    return str(pilot.app.screen.query_one(of, Static).render())


def head(pilot: Pilot[None]) -> str:
    return said(pilot, "#plan-head")


def page(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(Page).text


def asked(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#question-text Static", Static).render())


async def answered(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and answer the question that comes of them with yes."""
    await pilot.press(*keys)
    await quiet(pilot)
    assert isinstance(pilot.app.screen, Question)
    await pilot.press("enter")
    await quiet(pilot)


async def taken(pilot: Pilot[None]) -> None:
    """Something else has the name of the teacher prompt."""
    kitchen = kitchen_of(pilot)
    await kitchen.create(Thing.REPO, "", {"repo_name": REPO})
    other = {"role": "system", "content": "another"}
    await kitchen.create(Thing.PROMPT, REPO, {"prompt_name": NAMES["teacher"], "messages": [other]})


async def test_the_tree_tells_what_would_be_made_and_run(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        assert rows(pilot) == [
            f" ○ bake {BAKE}  new",
            " ├─ ○ run bake  to run",
            f" └─ ○ target {NAMES['target']}  new",
            "    ├─ ○ run stim  to run  1 stimulus",
            "    ├─ ○ run rollout  to run  1 response",
            f"    ├─ ○ prompt {NAMES['teacher']}  teacher  new",
            f"    └─ ○ prompt {NAMES['student']}  student  new",
        ]
        assert "my_repo  on main  not on this server: it is made first" in head(pilot)
        assert "1 stimulus × 1 trajectory = 1 response   runs stim → rollout → bake" in head(pilot)
        assert "4 to make, 3 to run." in said(pilot)
        assert f"target: {NAMES['target']}" in page(pilot)
        assert oven.store.repo(REPO) is None


async def test_the_steps_stand_in_their_order_and_the_cursor_stays_with_its_thing(
    oven: RunningOven, place: Path
) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        await pilot.press("G", "t")
        assert rows(pilot)[0] == f" ○ make prompt   {NAMES['teacher']}  new"
        assert rows(pilot)[-1] == f" ○ run bake      {BAKE}  to run"
        assert pilot.app.screen.query_one(RecipeList).cursor == 1


async def test_nothing_is_made_unless_the_question_is_answered_with_yes(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        await pilot.press("enter")
        await quiet(pilot)
        assert isinstance(pilot.app.screen, Question)
        assert "In my_repo at the oven, which is made first, on the base model." in asked(pilot)
        await pilot.press("escape")
        await quiet(pilot)
        assert oven.store.repo(REPO) is None


async def test_a_server_that_rehearses_is_told_of_before_its_models_are_written_down(
    oven: RunningOven, place: Path
) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        assert "rehearsal: nothing is trained, and recording writes down rehearsed models" in head(pilot)
        await pilot.press("w", "enter")
        await quiet(pilot)
        assert "nothing is trained, and what is written down names rehearsed models" in asked(pilot)
        await pilot.press("enter")
        await quiet(pilot)
        assert "Recorded in" in said(pilot)
        assert "rehearsal" not in head(pilot), "it was said, and is done"


async def test_a_bake_goes_to_its_end_and_is_recorded_when_asked(oven: RunningOven, place: Path) -> None:
    before = (place / ".bread").read_bytes()
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        await answered(pilot, "enter")
        assert "Everything is there. w records it." in said(pilot)
        assert rows(pilot)[0] == f" ✔ bake {BAKE}  made"
        assert "not yet" in head(pilot)
        assert (place / ".bread").read_bytes() == before
        await pilot.press("w")
        await quiet(pilot)
        assert "Recorded in recipe.yml and .bread" in said(pilot)
        assert f"recorded    the next bake is on {model_of(BAKE)}" in head(pilot)
        assert f"model_name={model_of(BAKE)}" in (place / ".bread").read_text()
        assert git(place, "diff", "--name-only").split() == [".bread", "recipe.yml"]


async def test_what_is_recorded_can_be_cleared_for_the_next_bake(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place, record=True)
        await answered(pilot, "enter")
        assert (place / "input.yml").read_text() == INPUT
        await answered(pilot, "x")
        assert (place / "input.yml").read_text() == DONE_INPUT
        assert f"Ready for the next bake, on {model_of(BAKE)}: input.yml asks for nothing." in said(pilot)
        assert rows(pilot) == [f" ✔ bake {BAKE}  3 checkpoints  the next bake is on it"]


async def test_w_before_the_bake_has_it_recorded_and_committed_at_its_end(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        assert "nothing is written down" in head(pilot)
        await pilot.press("w", "C")
        assert ".bread and recipe.yml are written, and committed" in head(pilot)
        await answered(pilot, "enter")
        assert "Recorded in recipe.yml and .bread, commit" in said(pilot)
        assert git(place, "show", "--name-only", "--format=").split() == [".bread", "recipe.yml"]


async def test_to_commit_is_to_record(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        await pilot.press("C")
        assert ".bread and recipe.yml are written, and committed" in head(pilot)
        await pilot.press("C")
        assert ".bread and recipe.yml are written" in head(pilot)
        assert "committed" not in head(pilot)


async def test_what_was_recorded_can_be_committed_afterwards(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place, record=True)
        await answered(pilot, "enter")
        assert git(place, "diff", "--name-only").split() == [".bread", "recipe.yml"]
        await pilot.press("C")
        await quiet(pilot)
        assert "It was recorded before, commit" in said(pilot)
        assert git(place, "show", "--name-only", "--format=").split() == [".bread", "recipe.yml"]
        await pilot.press("C")
        await quiet(pilot)
        assert "All of it was committed before" in said(pilot)


async def test_before_it_is_written_down_it_is_said_whether_that_is_committed(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        await answered(pilot, "enter")
        assert "recorded    not yet; w writes .bread and recipe.yml\n" in head(pilot)
        await pilot.press("C")
        assert "recorded    not yet; w writes .bread and recipe.yml and commits them" in head(pilot)


async def test_what_is_made_only_is_not_run(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        await answered(pilot, "m")
        assert "run stim  left out" in "\n".join(rows(pilot))
        assert (await kitchen_of(pilot).client.get_stim(REPO, NAMES["target"])).status == "not_started"


async def test_a_bake_that_is_left_goes_on_and_is_shown_live_when_one_comes_back(
    frozen: RunningOven, place: Path
) -> None:
    async with bread_app(frozen).run_test(size=(120, 36)) as pilot:
        bench = Bench()
        await opened(pilot, place, bench, record=True)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question), "the question")
        await pilot.press("enter")
        await until(pilot, lambda: any("run stim  running" in row for row in rows(pilot)), "the stim")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Workspace), "the workspace")
        await pilot.app.push_screen(PlanScreen(kitchen_of(pilot), place, bench, Bgit()))
        await until(pilot, lambda: any("run rollout  waits" in row for row in rows(pilot)), "the steps")
        assert "Under way: 3 of 7 steps are done." in said(pilot)
        assert ".bread and recipe.yml are written" in head(pilot)
        assert not pilot.app.screen.check_action("bake", ())
        await pilot.press("w")
        assert bench.applying
        assert bench.applying.record is None


async def test_files_that_change_while_it_is_under_way_are_told_of_and_not_taken(
    frozen: RunningOven, place: Path
) -> None:
    async with bread_app(frozen).run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, place)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question), "the question")
        await pilot.press("enter")
        await until(pilot, lambda: any("run stim  running" in row for row in rows(pilot)), "the stim")
        (place / "input.yml").write_text(WRONG)
        pilot.app.app_focus = False
        pilot.app.app_focus = True
        await until(pilot, lambda: "changed meanwhile" in said(pilot), "the word")
        assert not screen.sight.wrong


async def test_files_are_read_again_when_somebody_comes_back(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        (place / "input.yml").write_text(WRONG)
        pilot.app.app_focus = False
        pilot.app.app_focus = True
        await until(pilot, lambda: "2 mistakes" in said(pilot), "the mistakes")


async def test_files_that_are_written_in_another_terminal_are_read_again(
    oven: RunningOven, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "EVERY", 0.01)
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        (place / "input.yml").write_text(WRONG)
        await until(pilot, lambda: "2 mistakes" in said(pilot), "the mistakes")
        (place / "input.yml").write_text(INPUT)
        await until(pilot, lambda: len(rows(pilot)) == 7, "the plan")
        git(place, "checkout", "-q", "-b", "trial")
        await until(pilot, lambda: "on trial" in head(pilot), "the branch")


async def test_a_worktree_tells_of_its_own_branch(place: Path, tmp_path: Path) -> None:
    git(place, "worktree", "add", "-q", "-b", "beside", str(tmp_path / "beside"))
    here, beside = stamp_of(place), stamp_of(tmp_path / "beside")
    git(tmp_path / "beside", "checkout", "-q", "-b", "other")
    assert stamp_of(tmp_path / "beside") != beside
    assert stamp_of(place) == here


async def test_a_job_that_ends_without_being_followed_from_here_is_asked_about(
    frozen: RunningOven, place: Path
) -> None:
    async with bread_app(frozen).run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, place)
        await answered(pilot, "m")
        await kitchen_of(pilot).client.run_stim(REPO, NAMES["target"])
        await pilot.press("R")
        await until(pilot, lambda: "enter follows it" in said(pilot) or "1 under way" in said(pilot), "the job")
        before = screen.sight
        over = JobStatus(JobKey(REPO, NAMES["target"], Phase.STIM), State.FAILED)
        screen.post_message(KitchenChanged(JobChanged(over, None)))
        await until(pilot, lambda: screen.sight is not before, "another look")


async def test_mistakes_are_listed_with_their_places_and_shown_with_a_caret(oven: RunningOven, place: Path) -> None:
    (place / "input.yml").write_text(WRONG)
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        assert rows(pilot)[0].startswith(" ✖ 15:7  numq must be a whole number")
        lines = page(pilot).split("\n")
        at = next(n for n, line in enumerate(lines) if line.startswith("15 │"))
        assert lines[at][lines[at + 1].index("^") :] == "numq: many"
        assert "2 mistakes keep it from being baked" in said(pilot)
        assert not pilot.app.screen.check_action("bake", ())


async def test_a_conflict_is_shown_with_what_differs_and_n_takes_another_name(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await taken(pilot)
        screen = await opened(pilot, place)
        assert "1 name is taken in my_repo by something else." in said(pilot)
        assert "messages[0].content: another → one" in page(pilot)
        assert not screen.check_action("bake", ())
        assert "n takes those again" not in head(pilot)
        await pilot.press("n")
        await quiet(pilot)
        assert "others than its own, which are taken; n takes those again" in head(pilot)
        assert not any("≠" in row for row in rows(pilot))
        assert f"prompt {NAMES['teacher']}" not in "\n".join(rows(pilot))
        await pilot.press("n")
        await quiet(pilot)
        assert any("≠" in row for row in rows(pilot))


async def test_a_bake_that_has_the_name_by_chance_cannot_be_recorded_as_this_one(
    oven: RunningOven, place: Path
) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        await answered(pilot, "enter")
        other = f"[REPO]\nname={REPO}\n\n[PARENT_MODEL]\nmodel_name={model_of('two')}\n"
        (place / ".bread").write_text(other)
        screen = pilot.app.screen
        assert isinstance(screen, PlanScreen)
        await pilot.press("R")
        await quiet(pilot)
        assert "taken in my_repo by something else" in said(pilot)
        assert "run bake  complete, of the other one" in "\n".join(rows(pilot))
        assert not any(screen.check_action(action, ()) for action in ("record", "commit", "clear", "loss"))
        await pilot.press("w")
        await quiet(pilot)
        assert (place / ".bread").read_text() == other


async def test_a_bake_that_bgit_made_otherwise_is_recorded_as_it_is_after_a_question(
    oven: RunningOven, place: Path
) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        await answered(pilot, "enter")
        (place / ".bread").write_text(baked_bread("two", "one"))
        await pilot.press("R")
        await quiet(pilot)
        assert "w records it as it is there" in said(pilot)
        await pilot.press("w")
        await quiet(pilot)
        assert "It is written down as it is there." in asked(pilot)
        await pilot.press("enter")
        await quiet(pilot)
        assert "Recorded in recipe.yml and .bread" in said(pilot)
        assert f"model_name={model_of(BAKE)}" in (place / ".bread").read_text()


async def test_a_job_that_failed_is_shown_with_the_servers_words_and_can_be_tried_again(
    oven: RunningOven, place: Path
) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        await answered(pilot, "m")
        oven.store.inject_fault(REPO, Phase.STIM, NAMES["target"], "The oven is cold.")
        await answered(pilot, "enter")
        assert "1 failed, 3 held up" in said(pilot)
        await pilot.press(*"jjj")
        assert "The oven is cold." in page(pilot)
        assert pilot.app.screen.check_action("bake", ())


async def test_an_empty_input_is_ready_for_the_next_bake(oven: RunningOven, place: Path) -> None:
    bread_directory(place, input=DONE_INPUT, bread=baked_bread("two", "one"), recipe=baked_recipe("two", "one"))
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        assert f"Ready for the next bake, on {model_of('two')}" in said(pilot)
        assert rows(pilot)[0] == " ✔ bake two  2 checkpoints  the next bake is on it"
        assert model_of("two", 7) in page(pilot)


async def test_a_bread_file_that_cannot_be_read_is_told_of(oven: RunningOven, place: Path) -> None:
    (place / ".bread").write_text("nothing")
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place)
        assert ".bread" in said(pilot)
        assert "R reads again" in said(pilot)
        assert str(place) in head(pilot)
        bread_directory(place)
        await pilot.press("R")
        await quiet(pilot)
        assert len(rows(pilot)) == 7


async def test_a_server_that_is_away_leaves_the_names_and_the_mistakes(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        oven.stop()
        await opened(pilot, place)
        assert "R asks again" in said(pilot)
        assert rows(pilot)[0] == f" · bake {BAKE}"
        assert f"target: {NAMES['target']}" in page(pilot)


async def test_a_directory_without_git_is_baked_and_recorded_all_the_same(oven: RunningOven, tmp_path: Path) -> None:
    place = bread_directory(tmp_path / "plain")
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, place, record=True, commit=True)
        assert "no git here" in head(pilot)
        assert not screen.check_action("commit", ())
        await answered(pilot, "r")
        assert f"model_name={model_of(BAKE)}" in (place / ".bread").read_text()


async def test_e_edits_the_input_and_plans_again(
    oven: RunningOven, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor(tmp_path, monkeypatch, 'sed -i "s/name: one/name: two/" "$1"')
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, place)
        with monkeypatch.context() as patched:
            patched.setattr(pilot.app, "suspend", contextlib.nullcontext)
            screen.action_edit()
        await quiet(pilot)
        assert (place / "input.yml").read_text() == INPUT.replace("name: one", "name: two")
        assert rows(pilot)[0].startswith(" ○ bake two_")


async def test_without_an_editor_the_terminal_is_taken_back(
    oven: RunningOven, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    taken_back: list[bool] = []

    @contextlib.contextmanager
    def suspend() -> Generator[None]:
        yield
        taken_back.append(True)  # as in Textual 8.2, an error above keeps this from being reached

    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, place)
        with monkeypatch.context() as patched:
            patched.setattr(pilot.app, "suspend", suspend)
            screen.action_edit()
        assert taken_back
        await quiet(pilot)
        assert any("No editor is set up" in told.message for told in pilot.app._notifications)


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """An editor that does what `script` says; $1 is the file."""
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(path))


def test_a_file_with_other_line_breaks_keeps_them(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "input.yml").write_bytes(b"PROMPT:\r\nTARGET:\r\n")
    editor(tmp_path, monkeypatch, 'echo "BAKE:" >> "$1"')
    assert edit_input(place)
    assert (place / "input.yml").read_bytes() == b"PROMPT:\r\nTARGET:\r\nBAKE:\r\n"


def test_what_another_program_wrote_meanwhile_stays_and_so_does_what_was_typed(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor(tmp_path, monkeypatch, f'echo mine >> "$1"; echo theirs > "{place}/input.yml"')
    with pytest.raises(ProjectError, match=r"input-edited\.yml"):
        edit_input(place)
    assert (place / "input.yml").read_text() == "theirs\n"
    assert (place / "input-edited.yml").read_text() == f"{INPUT}mine\n"


async def test_what_is_under_the_cursor_is_gone_to_in_the_workspace(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        found: list[Item | None] = []
        await stocked(pilot)
        await pilot.app.push_screen(PlanScreen(kitchen_of(pilot), place, Bench(), Bgit()), found.append)
        await quiet(pilot)
        await pilot.press("j", "j", "space")
        await quiet(pilot)
        assert found == [Item(Kind.TARGET, REPO, NAMES["target"])]


async def paused(pilot: Pilot[None], oven: RunningOven, place: Path) -> None:
    """A bake under way that waits for credits."""
    await opened(pilot, place)
    await answered(pilot, "m")
    oven.store.refuse_payment(REPO, Phase.STIM, NAMES["target"], "No credits are left.")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Question), "the question")
    await pilot.press("enter")
    await until(pilot, lambda: "No credits are left." in said(pilot), "the pause")


async def test_a_run_that_wants_credits_says_so_and_goes_on_by_key(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await paused(pilot, oven, place)
        assert "a goes on." in said(pilot)
        await pilot.press("a")
        await until(pilot, lambda: "w records it" in said(pilot), "the end")


async def test_the_end_is_told_wherever_one_is(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await paused(pilot, oven, place)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, Workspace)
        kitchen_of(pilot).pipeline.go_on()
        await quiet(pilot)
        assert any("my_repo: 4 steps done. Everything is there." in told.message for told in pilot.app._notifications)


async def test_a_second_bake_is_on_the_model_that_was_recorded(oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place, record=True)
        await answered(pilot, "enter")
        (place / "input.yml").write_text(
            INPUT.replace("name: one", "name: two").replace("content: one", "content: other")
        )
        await pilot.press("R")
        await quiet(pilot)
        assert f"baked on    {model_of(BAKE)}" in head(pilot)
        assert f"parent_model_name: {model_of(BAKE)}" in page(pilot)


@pytest.mark.parametrize(
    ("key", "screen"),
    [("H", "HistoryScreen"), ("c", "Chat"), ("l", "LossScreen"), ("d", "DataScreen")],
)
async def test_what_was_baked_leads_on(key: str, screen: str, oven: RunningOven, place: Path) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, place, record=True)
        await answered(pilot, "enter")
        await pilot.press(key)
        await quiet(pilot)
        assert type(pilot.app.screen).__name__ == screen


async def test_an_earlier_bake_can_be_talked_to(oven: RunningOven, place: Path) -> None:
    bread_directory(place, input=DONE_INPUT, bread=baked_bread("two", "one"), recipe=baked_recipe("two", "one"))
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, place)
        await pilot.press("j")
        assert screen.before == "one"
        assert screen.model == model_of("one")


async def test_what_is_said_of_a_long_name_stands_beside_the_bar_at_the_right(oven: RunningOven, place: Path) -> None:
    long = "t" * 90
    (place / "input.yml").write_text(
        INPUT.replace("name: t\n", f"name: {long}\n").replace("target: t\n", f"target: {long}\n")
    )
    async with bread_app(oven).run_test(size=(80, 24)) as pilot:
        await opened(pilot, place)
        listed = pilot.app.screen.query_one(RecipeList)
        row = next(row for row in rows(pilot) if "target ttt" in row)
        assert row.endswith("…  new")
        assert cell_len(row) <= listed.scrollable_size.width


async def test_the_models_that_were_made_can_be_told_apart_where_there_is_little_room(
    oven: RunningOven, place: Path
) -> None:
    async with bread_app(oven).run_test(size=(100, 30)) as pilot:
        await opened(pilot, place)
        await answered(pilot, "enter")
        await pilot.press("j")
        assert [
            line.rsplit("/")[-1].strip() for line in page(pilot).split("\n") if "/one_" in line or "…/" in line
        ] == [
            "21",
            "14",
            "7",
        ]


LINES = st.lists(st.text(max_size=90).filter(lambda line: len(line.splitlines()) <= 1), max_size=8)


@settings(max_examples=60, deadline=None)
@given(LINES, st.integers(1, 12), st.integers(1, 120), st.integers(1, 90))
def test_a_mistake_is_shown_wherever_it_is_said_to_be(lines: list[str], line: int, column: int, width: int) -> None:
    shown = mistake_detail(Mistake(line, column, "BAKE", "It is wrong."), "\n".join(lines), width).plain
    assert "It is wrong." in shown
    assert "\x1b" not in shown


def test_the_caret_of_a_long_line_stands_below_its_place() -> None:
    text = "a" * 200 + "面" + "here" + "b" * 200
    marked, caret = mistake_detail(Mistake(1, 202, "", "Wrong."), text, 60).plain.split("\n")[2:4]
    assert cell_len(marked) <= 61
    assert cell_len(marked[: marked.index("here")]) == caret.index("^")


def test_a_prompt_that_no_target_takes_stands_at_the_end_of_the_tree() -> None:
    taken, other = (StepKey(Action.CREATE_PROMPT, name) for name in ("taken", "other"))
    target = StepKey(Action.CREATE_TARGET, "t")
    steps = {other: ({}, ()), taken: ({}, ()), target: ({"teacher_prompt": "taken"}, ())}
    found = tree(arranged("repo", "", None, steps, {}))
    assert [(twig.key, twig.note, len(twig.last)) for twig in found] == [
        (target, "", 0),
        (taken, "teacher", 1),
        (other, "", 0),
    ]


async def fresh(pilot: Pilot[None], place: Path) -> None:
    await opened(pilot, place)


async def mistaken(pilot: Pilot[None], place: Path) -> None:
    (place / "input.yml").write_text(WRONG)
    await opened(pilot, place)


async def in_conflict(pilot: Pilot[None], place: Path) -> None:
    await stocked(pilot)
    await taken(pilot)
    await opened(pilot, place)


async def asking(pilot: Pilot[None], place: Path) -> None:
    await opened(pilot, place, record=True, commit=True)
    await pilot.press("enter")


async def baked(pilot: Pilot[None], place: Path) -> None:
    await opened(pilot, place)
    assert isinstance(pilot.app, BreadApp)
    pilot.app._notices = None  # they gather for seconds what ended, and would come up at any of the sizes
    await answered(pilot, "enter")
    await pilot.press("j")


async def ready(pilot: Pilot[None], place: Path) -> None:
    bread_directory(place, input=DONE_INPUT, bread=baked_bread("two", "one"), recipe=baked_recipe("two", "one"))
    await opened(pilot, place)


SCENES: dict[str, Callable[[Pilot[None], Path], Awaitable[None]]] = {
    "new": fresh,
    "mistaken": mistaken,
    "in conflict": in_conflict,
    "asking": asking,
    "baked": baked,
    "ready": ready,
}


@pytest.mark.parametrize("scene", SCENES)
async def test_looks(scene: str, oven: RunningOven, place: Path, changed: Changed) -> None:
    assert not await changed(bread_app(oven), SIZES, lambda pilot: SCENES[scene](pilot, place))


async def test_looks_in_the_light(oven: RunningOven, place: Path, changed: Changed) -> None:
    app = bread_app(oven, theme="breadtui-light")
    assert not await changed(app, SIZES[1:2], lambda pilot: in_conflict(pilot, place))
