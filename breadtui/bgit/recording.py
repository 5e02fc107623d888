"""Writes down what a bake made: `.bread` and `recipe.yml`, as bgit writes them; and nothing that was not asked for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from breadtui.api.text import one_line
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.bgit.files.bread import BreadFile, RecipeNote, bread_text, read_bread
from breadtui.bgit.files.clearing import cleared
from breadtui.bgit.files.recipe import RecipeFile, recipe_of, recipe_text
from breadtui.bgit.git import Git, GitError, NoGit
from breadtui.bgit.plan import Plan
from breadtui.bgit.problems import BREAD, INPUT, RECIPE, ProjectError
from breadtui.bgit.project import Project, read_file
from breadtui.files import write_all_over, write_over

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

NO_GIT = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a directory stood when its plan was made; what is recorded belongs there and nowhere else."""

    branch: str | None
    """None where the head is detached; empty where there is no git."""
    commit: str | None
    parent_model: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """What is done besides writing the two files: all of it only because it was asked for."""

    commit: bool = False
    """Commit just those files."""
    hooks: bool = True
    """Let the repository's hooks see that commit."""
    clear: bool = False
    """Comment out the sections of `input.yml`, ready for the next bake."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written down."""

    files: tuple[str, ...]
    """The names of those that changed; none where everything was recorded before."""
    model: str
    """The model that the next bake is on."""
    commit: str | None = None
    """The new commit, abbreviated."""
    problem: str = ""
    """What of it was not done, in a sentence; the files are written all the same."""
    note: str = ""
    """What happened on the way, and does no harm."""

    @property
    def sentence(self) -> str:
        """For people: `Recorded in recipe.yml and .bread, commit 1a2b3c4: the next bake is on me/repo/one/21.`"""
        commit = f", commit {self.commit}" if self.commit else ""
        what = f"Recorded in {' and '.join(self.files)}{commit}" if self.files else f"It was recorded before{commit}"
        return " ".join(filter(None, (f"{what}: the next bake is on {self.model}.", self.note, self.problem)))


def anchor(project: Project) -> Anchor:
    """Where the directory stands now."""
    parent = project.bread.parent_model
    try:
        head = Git(project.directory).head()
    except GitError:
        return Anchor(NO_GIT, None, parent)
    return Anchor(head.branch, head.commit, parent)


def is_recorded(plan: Plan) -> bool:
    """Whether `.bread` names the plan's bake as the one that the next is on."""
    return plan.project.recorded and plan.names.bake == plan.project.names.bake


async def record(kitchen: Kitchen, plan: Plan, where: Anchor, how: Record) -> Recorded:
    """Write down the complete bake of a plan.

    Raises:
        ProjectError: the directory is not what it was (another branch, another model to bake on), the bake is not
            complete, or nothing can be written. No file was changed.
        BreadError: the server does not tell the recipe.
    """
    bake, repo = _bake_of(plan), plan.project.repo
    await kitchen.look_at_bake(repo, bake)
    status = kitchen.watcher.status(JobKey(repo, bake, Phase.BAKE))
    if status is None or status.state is not State.COMPLETE or not status.models:
        raise ProjectError(f"{bake} is not complete, so there is nothing to record yet.")
    recipe = recipe_of(await kitchen.client.recreation_plan(repo, bake), bake, status.models)
    return await asyncio.to_thread(_write_down, plan, where, how, recipe, status.models[0])


def _bake_of(plan: Plan) -> str:
    if plan.names.bake is None:
        raise ProjectError(f"{INPUT} asks for no bake, so there is nothing to record.")
    return plan.names.bake.name


def _write_down(plan: Plan, where: Anchor, how: Record, recipe: RecipeFile, model: str) -> Recorded:
    directory = plan.project.directory
    before = _same_place(plan, where, model)
    files = _write(directory, {RECIPE: recipe_text(recipe), BREAD: bread_text(_noted(plan, before, recipe, model))})
    done = Recorded(files, model)
    if how.commit:
        try:
            done = _committed(done, directory, _bake_of(plan), how)
        except NoGit as error:
            done = replace(done, problem=f"Nothing was committed: {one_line(str(error))}")
        except GitError as error:
            # Of an input that asks for nothing, nothing could be committed the next time.
            left = f" {INPUT} was left as it is, so that the same can be done again." if how.clear else ""
            why = one_line(str(error)).rstrip(".")
            return replace(done, problem=f"The files are written, but git did not commit them: {why}.{left}")
    if how.clear:
        done = replace(done, problem=" ".join(filter(None, (done.problem, _clear(plan)))))
    return done


def _same_place(plan: Plan, where: Anchor, model: str) -> BreadFile:
    """What `.bread` says now.

    Raises:
        ProjectError: the directory is not where the plan was made for.
    """
    text = read_file(plan.project.directory / BREAD)
    if text is None:
        raise ProjectError(f"There is no {BREAD} any more, so nothing was recorded. Is this the right branch?")
    now = read_bread(text)
    here = anchor(replace(plan.project, bread=now))
    if here.branch != where.branch:
        raise ProjectError(
            f"The bake was planned on {_called(where)}, and {_called(here)} is checked out now. Nothing was written:"
            " go back to it, and record again."
        )
    if where.branch is None and here.commit != where.commit:
        raise ProjectError("Another commit is checked out than the bake was planned on. Nothing was written.")
    if now.repo != plan.project.repo:
        raise ProjectError(f"{BREAD} names the repository {now.repo} now. Nothing was written.")
    if now.parent_model not in (where.parent_model, model):
        raise ProjectError(
            f"Another bake was recorded meanwhile: by {BREAD}, the next is on {now.parent_model or 'the base model'}."
            " Nothing was written, because that would be lost."
        )
    return now


def _called(place: Anchor) -> str:
    if place.branch == NO_GIT:
        return "no branch at all"
    return f"the branch {place.branch}" if place.branch else f"the detached commit {(place.commit or '?')[:7]}"


def _noted(plan: Plan, before: BreadFile, recipe: RecipeFile, model: str) -> BreadFile:
    steps = None if recipe.total_steps is None else str(recipe.total_steps)
    return BreadFile(
        before.repo,
        {**before.prompts, **plan.names.prompts},
        plan.names.target or before.target,
        plan.names.bake,
        model,
        RecipeNote(recipe.base_model, steps, RECIPE),
        recipe.bakes,
    )


def _write(directory: Path, texts: dict[str, str]) -> tuple[str, ...]:
    """Write what differs; gives the names of those files. All of them are changed, or none.

    Raises:
        ProjectError: something cannot be written.
    """
    before = {name: read_file(directory / name) for name in texts}
    changed = [name for name, text in texts.items() if before[name] != text]
    try:
        write_all_over({directory / name: texts[name] for name in changed})
    except OSError as error:
        for name in changed:
            if read_file(directory / name) == texts[name]:
                _put_back(directory / name, before[name])
        raise ProjectError(
            f"{' and '.join(changed)} cannot be written: {error.strerror or error}. Nothing was changed; record it"
            " again when that is mended."
        ) from None
    return tuple(changed)


def _put_back(path: Path, text: str | None) -> None:
    try:
        if text is None:
            path.unlink()
        else:
            write_over(path, text)
    except OSError as error:
        raise ProjectError(
            f"{path.name} was written, and cannot be put back: {error.strerror or error}. Record it again."
        ) from None


def _committed(done: Recorded, directory: Path, bake: str, how: Record) -> Recorded:
    """The same with its commit, and with what hooks changed on the way: bgit's own writes .bread each time.

    Raises:
        NoGit, GitError: nothing was committed.
    """
    git = Git(directory)
    made = git.commit((BREAD, RECIPE), f"Record the bake {bake}", hooks=how.hooks)
    done = replace(done, commit=made or None)
    if not git.by_hooks:
        return done
    told = f"A hook of the repository changed {' and '.join(git.by_hooks)}."
    if _is_noted(directory, done.model):
        return replace(done, note=told)
    return replace(done, problem=f"{told} By it, the next bake is on something else: --no-verify leaves the hook out.")


def _is_noted(directory: Path, model: str) -> bool:
    """Whether `.bread` has that model as the one that the next bake is on."""
    try:
        text = read_file(directory / BREAD)
        return text is not None and read_bread(text).parent_model == model
    except ProjectError:
        return False


def _clear(plan: Plan) -> str:
    """Comment out what was baked; tells why it was left as it is."""
    path = plan.project.directory / INPUT
    try:
        text = read_file(path) or ""
        if text.removeprefix("\ufeff") != plan.project.input.text:
            return f"{INPUT} was changed meanwhile, so it was left as it is."
        write_over(path, cleared(text))
    except (ProjectError, OSError) as error:
        return f"{INPUT} was left as it is: {one_line(str(error))}"
    return ""
