"""A replay as plain lines for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping

from breadtui.api.text import one_line
from breadtui.bakery.following.lines import counted
from breadtui.bakery.recipes.foresight import Foresight, Standing
from breadtui.bakery.recipes.plan import Recipe, StepKey

SHOWN = 200
"""Steps that are listed, at most."""


def heading(foresight: Foresight, source: str) -> list[str]:
    """What is replayed, and where to."""
    recipe = foresight.recipe
    base = f", from {recipe.base_model}" if recipe.base_model else ""
    new = f" (new{base})" if foresight.new_repo else ""
    return [f"{one_line(source)} into {recipe.repo}{new}", *(f"! {one_line(said)}" for said in recipe.problems)]


def step_line(key: StepKey, standing: Standing, why: str = "") -> str:
    """`≠ target yoda: conflict. It differs in temperature.`"""
    return f"{standing.sign} {key}: {standing}" + (f". {one_line(why)}" if why else "")


def plan_lines(foresight: Foresight) -> list[str]:
    """Every step, and what would become of it."""
    steps = foresight.recipe.steps
    lines = [
        step_line(step.key, foresight.standings[step.key], foresight.why.get(step.key, "")) for step in steps[:SHOWN]
    ]
    more = [f"… and {len(steps) - SHOWN:,} more"] if len(steps) > SHOWN else []
    return [*lines, *more, "", summary(foresight)]


def summary(foresight: Foresight) -> str:
    """What it comes to: `2 to make, 3 to run, 4 there already. That makes 4 stimuli and 8 responses.`"""
    todo = foresight.of(Standing.TO_DO)
    runs = [key for key in todo if key.action.phase]
    counts = {
        "to make": len(todo) - len(runs),
        "to run": len(runs),
        "there already": len(foresight.of(Standing.THERE)),
        "under way": len(foresight.of(Standing.UNDER_WAY)),
        "in conflict": len(foresight.of(Standing.CONFLICT)),
        "held up": len(foresight.of(Standing.HELD_UP)),
        "left out": len(foresight.of(Standing.LEFT_OUT)),
    }
    told = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "Nothing to do"
    return f"{told}.{_amount(foresight)}"


def end_line(standings: Mapping[StepKey, Standing]) -> str:
    """What came of it all."""
    found = [*standings.values()]
    done, failed, held = (found.count(standing) for standing in (Standing.DONE, Standing.FAILED, Standing.HELD_UP))
    if all(standing.good for standing in found):
        return f"{counted(done, 'step')} done. Everything is there." if done else "Everything is there already."
    parts = [f"{done:,} done"]
    parts += [f"{failed:,} failed"] if failed else []
    parts += [f"{held:,} held up"] if held else []
    parts += [f"{left:,} left out"] if (left := found.count(Standing.LEFT_OUT)) else []
    return ", ".join(parts) + "."


def as_json(
    foresight: Foresight, standings: Mapping[StepKey, Standing], why: Mapping[StepKey, str]
) -> dict[str, object]:
    """All of a replay, and what came of it so far."""
    recipe = foresight.recipe
    return {
        "repo": recipe.repo,
        "bake": recipe.bake,
        "base_model": recipe.base_model,
        "new_repo": foresight.new_repo,
        "problems": [*recipe.problems, *([foresight.problem] if foresight.problem else [])],
        "stimuli": foresight.stimuli,
        "responses": foresight.responses,
        "complete": all(standing.good for standing in standings.values()),
        "steps": [_step(step.key, standings, why) for step in recipe.steps],
    }


def problem_lines(recipe: Recipe) -> list[str]:
    """What could not be read of a recipe."""
    return [one_line(problem) for problem in recipe.problems]


def _step(key: StepKey, standings: Mapping[StepKey, Standing], why: Mapping[StepKey, str]) -> dict[str, object]:
    told = {"why": why[key]} if key in why else {}
    return {"action": key.action.value, "name": key.name, "standing": standings[key].value, **told}


def _amount(foresight: Foresight) -> str:
    stimuli = "stimulus" if foresight.stimuli == 1 else "stimuli"
    parts = [f"{foresight.stimuli:,} {stimuli}"] if foresight.stimuli else []
    parts += [counted(foresight.responses, "response")] if foresight.responses else []
    more = f"those of {counted(foresight.uncounted, 'target')} that cannot be told before"
    parts += [more] if foresight.uncounted else []
    return f" That makes {' and '.join(parts)}." if parts else ""
