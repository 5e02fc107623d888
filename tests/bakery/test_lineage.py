"""Where models come from: whatever a server sends, every bake stands in the tree once."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api.models import RepoTree
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.lineage import Origin, ancestry, family, walk

BASE = "Qwen/Qwen3-32B"


def tree(edges: Sequence[list[str]] = (), /, **parents: str | None) -> RepoTree:
    """Bakes of two checkpoints each, `u/r/NAME/2` and `u/r/NAME/1`, each on the parent given by model name."""
    bakes = {
        name: {
            "status": "complete",
            "model_name": [f"u/r/{name}/2", f"u/r/{name}/1"],
            "config": {"model": {"parent_model_name": parent}} if parent else {},
        }
        for name, parent in parents.items()
    }
    return RepoTree.model_validate({"base_model": BASE, "bakes": bakes, "edges": [*edges]})


def drawn(told: RepoTree, base: str | None = None) -> list[str]:
    return ["  " * len(branch.last) + branch.node.name for branch in walk(family(told, base, lambda _: None))]


def test_a_bake_on_a_checkpoint_hangs_on_that_checkpoint() -> None:
    assert drawn(tree(first=None, second="u/r/first/1")) == [
        BASE,
        "  first",
        "    u/r/first/2",
        "    u/r/first/1",
        "      second",
        "        u/r/second/2",
        "        u/r/second/1",
    ]


def test_an_edge_tells_the_parent_where_the_configuration_does_not() -> None:
    told = tree([["bake", "second", "bake", "first"]], first=None, second=None)
    assert drawn(told)[:5] == [BASE, "  first", "    u/r/first/2", "    u/r/first/1", "    second"]


def test_a_parent_of_another_repository_begins_a_line_of_its_own() -> None:
    roots = family(tree(mine=None, theirs="u/other/bake/7"), None, lambda _: None)
    assert [(root.name, root.origin) for root in roots] == [
        (BASE, Origin.BASE),
        ("u/other/bake/7", Origin.ELSEWHERE),
    ]
    assert [child.name for child in roots[1].children] == ["theirs"]


def test_a_bake_says_what_the_watcher_knows_of_it_and_else_what_the_tree_told() -> None:
    status = JobStatus(JobKey("r", "known", Phase.BAKE), State.RUNNING, loss=4e-7)
    roots = family(tree(known=None, told=None), None, {"known": status}.get)
    known, told = roots[0].children
    assert (known.state, known.loss) == (State.RUNNING, 4e-7)
    assert (told.state, told.loss) == (State.COMPLETE, None)


def test_bakes_that_are_their_own_ancestors_are_shown_all_the_same() -> None:
    told = tree(a="u/r/b/1", b="u/r/a/1", itself="u/r/itself/2")
    names = Counter(line.strip() for line in drawn(told))
    assert names["a"] == names["b"] == names["itself"] == 1


def test_the_ancestry_of_a_checkpoint_begins_with_the_base_model_and_ends_with_it() -> None:
    told = tree(first=None, second="u/r/first/1", third="u/r/second/2")
    assert ancestry(told, "u/r/third/1") == (BASE, "u/r/first/1", "u/r/second/2", "u/r/third/1")


def test_a_chain_of_thousands_is_no_matter_for_recursion() -> None:
    names = [f"b{n}" for n in range(2000)]
    parents = {name: f"u/r/{before}/2" for before, name in pairwise(names)}
    told = tree((), b0=None, **parents)
    assert sum(1 for _ in walk(family(told, None, lambda _: None))) == 1 + 3 * 2000
    assert len(ancestry(told, "u/r/b1999/2")) == 2001


NAMES = ("a", "b", "c", "d", "e")
MODELS = st.sampled_from([*(f"u/r/{name}/{step}" for name in NAMES for step in (1, 2)), BASE, "elsewhere", ""])
BAKE = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["complete", "running", "strange"]),
        "model_name": st.lists(MODELS, max_size=3),
        "config": st.fixed_dictionaries({}, optional={"model": st.fixed_dictionaries({"parent_model_name": MODELS})}),
    }
)
EDGE = st.tuples(st.just("bake"), st.sampled_from(NAMES), st.sampled_from(["bake", "target"]), st.sampled_from(NAMES))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), BAKE), st.lists(EDGE, max_size=6), st.sampled_from([BASE, None]))
def test_no_bake_is_lost_or_shown_twice_and_no_circle_goes_on(
    bakes: dict[str, dict[str, object]], edges: list[tuple[str, ...]], base: str | None
) -> None:
    told = RepoTree.model_validate({"base_model": base, "bakes": bakes, "edges": [list(edge) for edge in edges]})
    shown = [branch.node for branch in walk(family(told, base, lambda _: None))]
    assert sorted(node.name for node in shown if node.origin is Origin.BAKE) == sorted(bakes)
    for node in shown:
        if node.origin is Origin.CHECKPOINT:
            line = ancestry(told, node.name, base)
            assert line[-1] == node.name
            assert len(line) <= len(bakes) + 2
