"""What was baked in all branches and tags, as git's objects tell it; whatever state a directory is in."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api.models import RepoTree, TreeNode
from breadtui.bakery.lineage import Origin, walk
from breadtui.bgit import history as told
from breadtui.bgit.files.recipe import read_recipe
from breadtui.bgit.git import Commit, Ref, RefKind
from breadtui.bgit.history import Baked, History, Moment, joined, read_history, roots
from breadtui.bgit.problems import ProjectError
from tests.support.projects import (
    BASE_MODEL,
    BREAD,
    DONE_INPUT,
    INPUT,
    NO_RECIPE,
    REPO,
    baked_bread,
    baked_recipe,
    bread_directory,
    commit_all,
    git,
    model_of,
    repository,
)


def bake(folder: Path, *bakes: str) -> str:
    """Record these bakes, the latest first, in one commit."""
    bread_directory(folder, input=DONE_INPUT, bread=baked_bread(*bakes), recipe=baked_recipe(*bakes))
    return commit_all(folder, f"baked {bakes[0]}")


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    folder = bread_directory(repository(tmp_path / "here"))
    commit_all(folder, "first")
    return folder


@pytest.fixture
def forked(fresh: Path) -> Path:
    """`one` on main, and of it `two` on main and `side` on another branch."""
    bake(fresh, "one")
    git(fresh, "checkout", "--quiet", "-b", "other")
    bake(fresh, "side", "one")
    git(fresh, "checkout", "--quiet", "main")
    bake(fresh, "two", "one")
    return fresh


def names(refs: tuple[Ref, ...]) -> list[str]:
    return [ref.name for ref in refs]


def subjects(history: History) -> list[str]:
    return [moment.commit.subject if moment.commit else "now" for moment in history.moments]


# States of a directory


def test_without_git_the_files_are_all_that_is_told(tmp_path: Path) -> None:
    folder = bread_directory(tmp_path, bread=baked_bread("two", "one"), recipe=baked_recipe("two", "one"))
    history = read_history(folder)
    assert (history.repo, history.base_model) == (REPO, BASE_MODEL)
    assert history.moments == (Moment(None, read_recipe(baked_recipe("two", "one")), model_of("two")),)
    assert {name: found.parent for name, found in history.bakes.items()} == {"two": model_of("one"), "one": None}
    assert "not under git" in history.problem


def test_before_the_first_commit_the_files_are_all_that_is_told(tmp_path: Path) -> None:
    history = read_history(bread_directory(repository(tmp_path / "new")))
    assert subjects(history) == ["now"]
    assert history.bakes == {}
    assert "Nothing is committed" in history.problem


def test_a_directory_that_was_never_baked_has_a_history_on_the_base_model(fresh: Path) -> None:
    history = read_history(fresh)
    assert [(moment.model, names(moment.refs)) for moment in history.moments] == [(None, ["main"])]
    assert history.bakes == {}
    assert history.problem == ""
    assert [node.origin for node in roots(history)] == [Origin.BASE]


def test_two_branches_are_one_family_with_what_points_to_whom(forked: Path) -> None:
    git(forked, "tag", "v1", "main~1")
    history = read_history(forked)
    assert history.bakes == {
        "one": Baked("one", (model_of("one"), model_of("one", 7)), None, *_refs(forked, "main other v1", "v1")),
        "side": Baked(
            "side", (model_of("side"), model_of("side", 7)), model_of("one"), *_refs(forked, "other", "other")
        ),
        "two": Baked("two", (model_of("two"), model_of("two", 7)), model_of("one"), *_refs(forked, "main", "main")),
    }
    assert next(iter(history.bakes)) == "one"
    assert {
        subject: (moment.model, names(moment.refs))
        for subject, moment in zip(subjects(history), history.moments, strict=True)
    } == {
        "baked two": (model_of("two"), ["main"]),
        "baked side": (model_of("side"), ["other"]),
        "baked one": (model_of("one"), ["v1"]),
        "first": (None, []),
    }
    assert subjects(history)[-2:] == ["baked one", "first"]


def _refs(folder: Path, *of: str) -> tuple[tuple[Ref, ...], ...]:
    kinds = {"main": RefKind.BRANCH, "other": RefKind.BRANCH, "v1": RefKind.TAG}
    return tuple(
        tuple(Ref(kinds[name], name, git(folder, "rev-parse", name), current=name == "main") for name in refs.split())
        for refs in of
    )


def test_a_detached_head_has_a_place_of_its_own(forked: Path) -> None:
    git(forked, "checkout", "--quiet", "--detach", "other")
    history = read_history(forked)
    assert [(ref.kind, ref.current) for ref in history.bakes["side"].heads] == [
        (RefKind.HEAD, True),
        (RefKind.BRANCH, False),
    ]
    assert "now" not in subjects(history)


def test_files_that_differ_from_the_last_commit_come_first(forked: Path) -> None:
    bread_directory(forked, bread=baked_bread("three", "two", "one"), recipe=baked_recipe("three", "two", "one"))
    history = read_history(forked)
    assert subjects(history)[0] == "now"
    assert (history.moments[0].model, history.moments[0].refs) == (model_of("three"), ())
    assert history.bakes["three"].parent == model_of("two")
    assert history.bakes["three"].refs == ()


def test_other_changes_and_other_ends_of_lines_are_no_moment(forked: Path) -> None:
    (forked / "input.yml").write_text(INPUT)
    (forked / "recipe.yml").write_bytes(baked_recipe("two", "one").replace("\n", "\r\n").encode())
    assert "now" not in subjects(read_history(forked))


def test_a_branch_that_goes_on_without_baking_stays_with_its_moment(forked: Path) -> None:
    git(forked, "checkout", "--quiet", "-b", "docs")
    (forked / "README").write_text("x")
    commit_all(forked, "words")
    history = read_history(forked)
    assert (subjects(history)[0], set(names(history.moments[0].refs))) in [
        ("baked two", {"docs", "main"}),
        ("baked side", {"other"}),
    ]
    assert names(history.bakes["two"].heads) == ["docs", "main"]
    assert "words" not in subjects(history)


def test_of_two_moments_with_the_same_files_a_ref_is_with_the_newer_one(fresh: Path) -> None:
    bake(fresh, "one")
    bread_directory(fresh)
    commit_all(fresh, "back")
    (fresh / "README").write_text("x")
    commit_all(fresh, "words")
    history = read_history(fresh)
    assert subjects(history) == ["back", "baked one", "first"]
    assert [names(moment.refs) for moment in history.moments] == [["main"], [], []]


def test_a_clone_does_not_say_twice_what_its_origin_has_too(forked: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--origin", "the/origin", str(forked), "clone")
    clone = tmp_path / "clone"
    assert names(read_history(clone).bakes["one"].refs) == ["main", "the/origin/other"]
    bake(clone, "three", "two", "one")
    assert names(read_history(clone).bakes["two"].refs) == ["main", "the/origin/main"]


def test_a_merge_that_keeps_one_side_keeps_the_bakes_of_the_other(forked: Path) -> None:
    git(forked, "merge", "--quiet", "-s", "ours", "-m", "merged", "other")
    git(forked, "branch", "--quiet", "-D", "other")
    history = read_history(forked)
    assert set(history.bakes) == {"one", "two", "side"}
    assert history.bakes["side"].refs == ()


def test_a_directory_below_the_top_has_a_history_of_its_own(tmp_path: Path) -> None:
    top = repository(tmp_path / "top")
    bread_directory(top, bread=baked_bread("of_top"), recipe=baked_recipe("of_top"))
    folder = bread_directory(top / "below", bread=baked_bread("of_below"), recipe=baked_recipe("of_below"))
    commit_all(top, "both")
    assert list(read_history(folder).bakes) == ["of_below"]


def test_a_recipe_that_was_committed_before_its_bread_tells_the_newer_model(fresh: Path) -> None:
    bake(fresh, "one")
    (fresh / "recipe.yml").write_text(baked_recipe("two", "one"))
    git(fresh, "commit", "--quiet", "-m", "recipe alone", "recipe.yml")
    assert read_history(fresh).moments[0].model == model_of("two")
    (fresh / ".bread").write_text(
        baked_bread("two", "one").replace(f"name={model_of('two')}", f"name={model_of('one')}")
    )
    commit_all(fresh, "back to the first")
    assert read_history(fresh).moments[0].model == model_of("one")


def test_a_recipe_without_its_bread_still_tells_what_was_baked(fresh: Path) -> None:
    bake(fresh, "two", "one")
    (fresh / ".bread").write_text("nothing of use")
    commit_all(fresh, "broken")
    (fresh / ".bread").write_text(baked_bread("two", "one"))
    history = read_history(fresh)
    assert (subjects(history)[1], history.moments[1].model) == ("broken", model_of("two"))


@pytest.mark.parametrize("broken", [b"", b"\xff\xfe\x00", b"- [", b"<<<<<<< HEAD\n", b"a: &a [*a]", b"!!python/none x"])
def test_a_commit_that_cannot_be_read_hides_no_other(forked: Path, broken: bytes) -> None:
    for name in (".bread", "recipe.yml"):
        (forked / name).write_bytes(broken)
    commit_all(forked, "broken")
    bake(forked, "three", "two", "one")
    history = read_history(forked)
    assert set(history.bakes) == {"one", "two", "side", "three"}
    assert {"baked two", "baked three"} <= set(subjects(history))


def test_a_directory_without_bread_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no directory of bgit"):
        read_history(bread_directory(tmp_path, bread=None))
    with pytest.raises(ProjectError, match="names no repository"):
        read_history(bread_directory(tmp_path, bread="x"))


def test_a_machine_without_git_still_tells_of_the_files(forked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    history = read_history(forked)
    assert subjects(history) == ["now"]
    assert "git cannot be started" in history.problem


def test_older_commits_than_the_newest_are_left_out_but_no_ref_is(
    forked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "MOST_COMMITS", 1)
    history = read_history(forked)
    assert len(history.moments) == 1
    assert set(history.bakes) == {"one", "two", "side"}


# The family


def test_a_bake_hangs_on_the_checkpoint_that_it_was_trained_on(forked: Path) -> None:
    (base,) = roots(read_history(forked))
    (one,) = base.children
    latest, older = one.children
    assert (base.name, one.name) == (BASE_MODEL, "one")
    assert (latest.name, [child.name for child in latest.children]) == (model_of("one"), ["side", "two"])
    assert (older.name, older.children) == (model_of("one", 7), ())


def test_the_servers_facts_count_and_what_git_alone_knows_stays(forked: Path) -> None:
    server = RepoTree(
        base_model="Another/Base",
        bakes={
            "two": TreeNode(status="complete", model_name=("new/two/3",)),
            "unknown here": TreeNode(status="running"),
        },
        edges=(("bake", "two", "bake", "unknown here"),),
    )
    tree = joined(read_history(forked), server)
    assert set(tree.bakes) == {"one", "two", "side", "unknown here"}
    assert (tree.base_model, tree.edges) == ("Another/Base", server.edges)
    assert tree.bakes["two"] == server.bakes["two"]
    assert tree.bakes["one"].status == ""
    assert tree.bakes["side"].model_name == (model_of("side"), model_of("side", 7))
    assert set(server.bakes) == {"two", "unknown here"}


few = st.sampled_from(["a", "b", "c", "d"])
models = st.sampled_from(["m/a/1", "m/a/2", "m/b/1", "m/c/1", "m/d/1", "elsewhere"])
bakes = st.dictionaries(few, st.tuples(st.lists(models, max_size=3), st.none() | models))
edges = st.lists(st.tuples(st.just("bake"), few, st.just("bake"), few), max_size=4)


@given(bakes, st.none() | st.tuples(bakes, edges))
@settings(max_examples=60, deadline=None)
def test_whoever_descends_from_whom_every_bake_is_drawn_once(
    ours: Mapping[str, tuple[list[str], str | None]],
    theirs: tuple[Mapping[str, tuple[list[str], str | None]], list[tuple[str, str, str, str]]] | None,
) -> None:
    history = History("r", None, {name: Baked(name, tuple(made), parent) for name, (made, parent) in ours.items()})
    nodes = {
        name: TreeNode(model_name=tuple(made), config={"model": {"parent_model_name": parent}})
        for name, (made, parent) in (theirs[0] if theirs else {}).items()
    }
    tree = RepoTree(bakes=nodes, edges=tuple(theirs[1])) if theirs else None
    drawn = Counter(branch.node.name for branch in walk(roots(history, tree)) if branch.node.origin is Origin.BAKE)
    assert drawn == Counter({*ours, *nodes})


# Reading whatever is there

scraps = st.sampled_from(
    [BREAD, baked_bread("one"), NO_RECIPE, baked_recipe("two", "one"), "steps:\n", "  - step: 1\n", "    x: *y\n", "{"]
)
texts = st.none() | st.text(max_size=80) | st.lists(scraps, max_size=4).map("".join)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_files_give_a_history(files: list[tuple[str | None, str | None]]) -> None:
    commits = [Commit(f"{at}", (), "", 0.0, "") for at in range(len(files))]
    held = {commit.id: told._Files(*texts) for commit, texts in zip(commits, files, strict=True)}
    refs = [Ref(RefKind.BRANCH, f"b{commit.id}", commit.id, current=commit.id == "0") for commit in commits]
    history = told._history(REPO, told._Files(BREAD, None), told._Told(refs, commits, held))
    assert {ref for found in history.bakes.values() for ref in found.refs} <= set(refs)
    assert len([ref for moment in history.moments for ref in moment.refs]) <= len(refs)
    assert list(walk(roots(history)))
