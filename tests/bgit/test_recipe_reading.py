"""That a recipe read in pieces says what it says as a whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bgit.files.recipe import RecipeFile, read_recipe, recipe_text
from breadtui.bgit.history.recipes import recipe_in
from breadtui.bgit.problems import ProjectError
from tests.support.projects import BREAD, NO_RECIPE, baked_bread, baked_recipe

scraps = st.sampled_from(
    [BREAD, baked_bread("one"), NO_RECIPE, baked_recipe("two", "one"), "steps:\n", "  - step: 1\n", "    x: *y\n", "{"]
)
texts = st.none() | st.text(max_size=80) | st.lists(scraps, max_size=4).map("".join)


leaves = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.sampled_from(["\n  - step: 2\n", "a\n\n"])
)
values = st.recursive(
    leaves, lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3)
)


@given(st.lists(st.dictionaries(st.sampled_from(["action", "config", "x y"]), values), max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_recipe_read_in_pieces_says_what_it_says_as_a_whole(steps: list[dict[str, object]]) -> None:
    numbered = tuple({"step": at, **step} for at, step in enumerate(steps, 1))
    text = recipe_text(RecipeFile("base", len(steps), numbered, bakes={"one": ("m",)}))
    assert recipe_in(text) == read_recipe(text)


@given(texts)
@settings(max_examples=40, deadline=None)
def test_what_is_no_recipe_as_a_whole_is_none_in_pieces(text: str | None) -> None:
    try:
        whole = read_recipe(text or "")
    except ProjectError:
        whole = None
    assert recipe_in(text or "") == whole
