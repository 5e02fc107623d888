"""What was baked in all branches and tags of a directory: one family of models, read from git's objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from breadtui.bakery.lineage import Look, Node, family
from breadtui.bgit.files.bread import BreadFile, read_bread
from breadtui.bgit.files.recipe import RecipeFile
from breadtui.bgit.git import Commit, Git, GitError, Ref, RefKind
from breadtui.bgit.history.recipes import recipe_in
from breadtui.bgit.problems import BREAD, RECIPE, ProjectError
from breadtui.bgit.project import read_file

if TYPE_CHECKING:
    from breadtui.api.models import RepoTree

MOST_COMMITS = 2000
"""Commits that are looked at, at most, the newest."""
NO_COMMITS = "Nothing is committed here yet, so this tells of the files as they are now."


@dataclass(frozen=True, slots=True)
class Moment:
    """A commit that changed what was baked; None stands for the files as they are now, committed or not."""

    commit: Commit | None
    recipe: RecipeFile | None
    model: str | None
    """The model that a bake on top of it would be on: by its `.bread`, or by its recipe where that is the newer one."""
    refs: tuple[Ref, ...] = ()
    """What points to a state with these files."""


@dataclass(frozen=True, slots=True)
class Baked:
    """A bake that some commit tells of."""

    name: str
    models: tuple[str, ...]
    parent: str | None
    refs: tuple[Ref, ...] = ()
    """The refs on whose model's line it is: those whose recipe has it."""
    heads: tuple[Ref, ...] = ()
    """The refs whose next bake would be on one of its models."""


@dataclass(frozen=True, slots=True)
class History:
    """All that the directory's commits tell."""

    repo: str
    base_model: str | None
    bakes: Mapping[str, Baked] = field(default_factory=dict[str, Baked])
    """The oldest first."""
    moments: tuple[Moment, ...] = ()
    """Newest first."""
    problem: str = ""
    """Why it tells only of the files as they are now: no git, no commits; else empty."""


def read_history(directory: Path) -> History:
    """The history of a directory; takes as long as git does, so it is read in a thread.

    Raises:
        ProjectError: it is no directory of bgit.
    """
    text = read_file(directory / BREAD)
    if text is None:
        raise ProjectError(f"There is no {BREAD} here, so it is no directory of bgit.")
    repo, now = read_bread(text).repo, _Files(text, _on_disk(directory))
    try:
        told = _told(Git(directory))
    except GitError as error:
        told = _Told(problem=str(error))
    return _history(repo, now, told)


def joined(history: History, tree: RepoTree | None) -> RepoTree:
    """The bakes of git and of the server as one tree. Of what both know, the server's facts count.

    A bake that only git knows has no status there.
    """
    # Loaded late: an answer's models are not needed before there is one.
    from breadtui.api.models import RepoTree, TreeNode

    known = tree or RepoTree()
    ours = {
        name: TreeNode(
            status="",
            model_name=baked.models,
            config={"model": {"parent_model_name": baked.parent}} if baked.parent else {},
        )
        for name, baked in history.bakes.items()
        if name not in known.bakes
    }
    return known.model_copy(
        update={"base_model": known.base_model or history.base_model, "bakes": {**ours, **known.bakes}}
    )


def roots(history: History, tree: RepoTree | None = None, look: Look = lambda _: None) -> tuple[Node, ...]:
    """The models that everything began from, each with all that came of it; to be drawn."""
    return family(joined(history, tree), history.base_model, look)


@dataclass(frozen=True)
class _Files:
    """The two files of a commit, or of the disk; those that are the same text are the same files."""

    bread_text: str | None
    recipe_text: str | None

    @cached_property
    def bread(self) -> BreadFile | None:
        try:
            return read_bread(self.bread_text) if self.bread_text is not None else None
        except ProjectError:
            return None

    @cached_property
    def recipe(self) -> RecipeFile | None:
        return recipe_in(self.recipe_text) if self.recipe_text is not None else None

    @property
    def noted(self) -> Mapping[str, tuple[str, ...]]:
        """The bakes that `.bread` knows."""
        return self.bread.bakes if self.bread else {}

    @property
    def made(self) -> Mapping[str, tuple[str, ...]]:
        """The bakes that the recipe knows."""
        return self.recipe.bakes if self.recipe else {}

    @property
    def bakes(self) -> Mapping[str, tuple[str, ...]]:
        return {**self.noted, **self.made}

    @property
    def parents(self) -> Mapping[str, str]:
        return self.recipe.parents if self.recipe else {}

    @property
    def base_model(self) -> str | None:
        note = self.bread.recipe if self.bread else None
        return (self.recipe.base_model if self.recipe else None) or (note.base_model if note else None)

    @cached_property
    def model(self) -> str | None:
        """The model to bake on. bgit commits a new recipe by itself, and `.bread` with whatever is committed next."""
        newer = _last({name: models for name, models in self.made.items() if name not in self.noted}, self.parents)
        return newer or (self.bread.parent_model if self.bread else None)

    @property
    def says_something(self) -> bool:
        return self.bread is not None or self.recipe is not None

    def same(self, other: _Files | None) -> bool:
        """Whether both say the same, however their lines end."""
        return other is not None and (self == other or (self.bread == other.bread and self.recipe == other.recipe))


@dataclass(frozen=True, slots=True)
class _Told:
    """What git told."""

    refs: Sequence[Ref] = ()
    commits: Sequence[Commit] = ()
    files: Mapping[str, _Files] = field(default_factory=dict[str, _Files])
    """Of each commit, those that refs point to included."""
    problem: str = ""


def _last(bakes: Mapping[str, tuple[str, ...]], parents: Mapping[str, str]) -> str | None:
    """The model of the first bake that no other was trained on."""
    below = {parents[name] for name in bakes if name in parents}
    made = [models for models in bakes.values() if models]
    return next((models[0] for models in made if below.isdisjoint(models)), made[0][0] if made else None)


def _on_disk(directory: Path) -> str | None:
    try:
        return read_file(directory / RECIPE)
    except ProjectError:
        return None


def _told(git: Git) -> _Told:
    refs = _folded(git.refs())
    commits = git.commits(BREAD, RECIPE, limit=MOST_COMMITS)
    ids = dict.fromkeys([*(commit.id for commit in commits), *(ref.commit for ref in refs)])
    texts = git.read([(commit, name) for commit in ids for name in (BREAD, RECIPE)])
    # What many commits share is read once.
    alike: dict[_Files, _Files] = {}
    files = {commit: _Files(texts.get((commit, BREAD)), texts.get((commit, RECIPE))) for commit in ids}
    files = {commit: alike.setdefault(found, found) for commit, found in files.items()}
    return _Told(refs, commits, files, "" if ids else NO_COMMITS)


def _folded(refs: Sequence[Ref]) -> list[Ref]:
    """Without the remote branches that a branch of the same name agrees with."""
    own = {(ref.name, ref.commit) for ref in refs if ref.kind is RefKind.BRANCH}
    return [ref for ref in refs if ref.kind is not RefKind.REMOTE or not _within(ref, own)]


def _within(remote: Ref, own: set[tuple[str, str]]) -> bool:
    """Whether there is that branch; a remote's name may have slashes too."""
    parts = remote.name.split("/")
    return any(("/".join(parts[at:]), remote.commit) in own for at in range(1, len(parts)))


def _history(repo: str, now: _Files, told: _Told) -> History:
    changes = [commit for commit in told.commits if told.files[commit.id].says_something]
    head = next((ref.commit for ref in told.refs if ref.current), "")
    changed_now = not now.same(told.files.get(head))
    refs = _placed(told, changes)
    moments = [Moment(None, now.recipe, now.model)] if changed_now else []
    for commit in changes:
        files = told.files[commit.id]
        moments.append(Moment(commit, files.recipe, files.model, tuple(refs.get(commit.id, ()))))
    states = list(dict.fromkeys([now, *(told.files[commit.id] for commit in changes), *told.files.values()]))
    base = next((files.base_model for files in states if files.base_model), None)
    return History(repo, base, _bakes(states, told), tuple(moments), told.problem)


def _placed(told: _Told, changes: Sequence[Commit]) -> dict[str, list[Ref]]:
    """The refs by the commits that made their files; where two made the same files, by the newer one."""
    makers = {told.files[commit.id]: commit.id for commit in reversed(changes)}
    made = {commit.id for commit in changes}
    placed: dict[str, list[Ref]] = {}
    for ref in told.refs:
        maker = ref.commit if ref.commit in made else makers.get(told.files[ref.commit])
        if maker is not None:
            placed.setdefault(maker, []).append(ref)
    return placed


def _bakes(states: Sequence[_Files], told: _Told) -> dict[str, Baked]:
    """All that `states`, the newest first, tell of; of each bake what the newest one knows."""
    models: dict[str, tuple[str, ...]] = {}
    parents: dict[str, str] = {}
    for files in reversed(states):
        models.update((name, made) for name, made in files.bakes.items() if made or name not in models)
        parents.update(files.parents)
    refs = _by(told, lambda files: files.bakes)
    heads = _by(told, lambda files: [files.model] if files.model else [])
    return {
        name: Baked(name, made, parents.get(name), tuple(refs.get(name, ())), tuple(_on(made, heads)))
        for name, made in models.items()
    }


def _by(told: _Told, names: Callable[[_Files], Iterable[str]]) -> dict[str, list[Ref]]:
    """The refs by each of the names that their files give."""
    found: dict[str, list[Ref]] = {}
    for ref in told.refs:
        for name in names(told.files[ref.commit]):
            found.setdefault(name, []).append(ref)
    return found


def _on(models: Sequence[str], heads: Mapping[str, Sequence[Ref]]) -> dict[Ref, None]:
    return dict.fromkeys(ref for model in models for ref in heads.get(model, ()))
