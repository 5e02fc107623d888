"""The recipe of a bake as the server tells it now; what its plan leaves open is looked up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from breadtui.api.errors import NotFound, TooLarge
from breadtui.api.lenient import is_object
from breadtui.bakery import bodies
from breadtui.bakery.recipes.plan import Recipe, RecipeStep, lacks, read_plan, with_config

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


async def recipe_of(kitchen: Kitchen, repo: str, bake: str) -> Recipe:
    """The steps that would make a bake again.

    Raises:
        BreadError: the server cannot be asked, or has no such bake.
    """
    recipe = read_plan(await kitchen.client.recreation_plan(repo, bake), repo, bake)
    for step in [step for step in recipe.steps if lacks(step)]:
        recipe = await _completed(kitchen, recipe, step)
    return recipe


async def _completed(kitchen: Kitchen, recipe: Recipe, step: RecipeStep) -> Recipe:
    """The recipe with what one thing is made of, if that is still there."""
    thing, name = step.key.action.thing, step.key.name
    try:
        body = await bodies.body_of(kitchen.client, kitchen.catalog, thing, recipe.repo, name)
    except NotFound:
        gone = f"The plan does not tell what the {step.key} is made of, and it is not in {recipe.repo} any more."
        return replace(recipe, problems=(*recipe.problems, gone))
    except TooLarge as error:
        return replace(recipe, problems=(*recipe.problems, str(error)))
    overrides = body.get("overrides")
    return with_config(recipe, step.key, overrides if is_object(overrides) else body)
