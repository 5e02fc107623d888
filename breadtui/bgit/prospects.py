"""What of a plan is done this time, and whether its bake can be recorded then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from breadtui.api.text import one_line
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import Action, StepKey
from breadtui.bgit.plan import Plan
from breadtui.bgit.recording import is_recorded


def comes_to_an_end(seen: Plan, *, runs: bool) -> bool:
    """Whether the bake is complete, or will be when this is done: only then settings ask for it to be recorded."""
    standing = _run_of(seen, seen.foresight.standings)
    if seen.conflicts:
        return False  # what was made otherwise is recorded for those alone who say so
    if is_recorded(seen) and standing is Standing.THERE:
        return False
    return standing is Standing.THERE or (runs and standing in (Standing.TO_DO, Standing.UNDER_WAY))


def not_baked(seen: Plan, standings: Mapping[StepKey, Standing]) -> str:
    """Why there is nothing to record; empty where there is."""
    standing = _run_of(seen, standings)
    if standing is None:
        return "input.yml asks for no bake, so there is nothing to record."
    if standing.good:
        return ""
    name = one_line(seen.foresight.recipe.bake)
    if standing is Standing.UNDER_WAY:
        return f"The bake {name} still runs, so nothing was recorded. Add --run to wait for it, or do this again later."
    return f"The bake {name} is not complete, so nothing was recorded. --run with all phases completes it."


def for_now(seen: Plan) -> Plan:
    """The same, without what waits for jobs under way: it is left for when those are complete."""
    standings, why = dict(seen.foresight.standings), dict(seen.foresight.why)
    for step in seen.foresight.recipe.steps:
        waits = any(standings[need] in (Standing.UNDER_WAY, Standing.LEFT_OUT) for need in step.needs)
        if standings[step.key] is Standing.TO_DO and waits:
            standings[step.key] = Standing.LEFT_OUT
            why[step.key] = "It waits for what is under way."
    return replace(seen, foresight=replace(seen.foresight, standings=standings, why=why))


def unfollowed(seen: Plan) -> Plan:
    """The same, without the jobs that are under way."""
    standings = {
        key: Standing.LEFT_OUT if standing is Standing.UNDER_WAY else standing
        for key, standing in seen.foresight.standings.items()
    }
    return replace(seen, foresight=replace(seen.foresight, standings=standings))


def _run_of(seen: Plan, standings: Mapping[StepKey, Standing]) -> Standing | None:
    """How the run of the bake stands that is asked for; None where none is."""
    return standings.get(StepKey(Action.RUN_BAKE, seen.foresight.recipe.bake))
