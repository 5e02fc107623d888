"""Things to compare with the guide's: the same prompt in other words, a target and a bake of it."""

import asyncio

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing
from tests.support.oven import RunningOven

REPO = "yoda_repo"
WORDS = (
    "You are Luke. Speak like Luke, use plain syntax, few words, and warm, hopeful tone, always calm and reflective.\n"
    "Never say “impossible”."
)
PATIENCE = 20.0


def furnish(oven: RunningOven) -> None:
    """Put into `oven`, which holds the guide's repositories: `luke_teacher`, `luke_target`, and `luke_bake`, baked."""
    asyncio.run(_furnish(oven))


async def _furnish(oven: RunningOven) -> None:
    kitchen = Kitchen(BreadClient(oven.url, Secret(oven.key)))
    messages = [{"role": "system", "content": WORDS}, {"role": "user", "content": "Who are you?"}]
    target = {
        "generators": [{"type": "hardcoded", "numq": 2, "questions": ["How tall are you?", "Who is your father?"]}],
        "teacher_prompt": "luke_teacher",
        "student_prompt": "empty_student",
        "temperature": 0.7,
    }
    bake = {"datasets": [{"target": "yoda_target", "weight": 1.0}], "epochs": 5}
    await kitchen.create(Thing.PROMPT, REPO, {"prompt_name": "luke_teacher", "messages": messages})
    await kitchen.create(Thing.TARGET, REPO, {"target_name": "luke_target", "overrides": target})
    await kitchen.create(Thing.BAKE, REPO, {"bake_name": "luke_bake", "overrides": bake})
    key = JobKey(REPO, "luke_bake", Phase.BAKE)
    await kitchen.start(key)
    async with asyncio.timeout(PATIENCE):
        while (await kitchen.ask_job(key)).state is not State.COMPLETE:  # noqa: ASYNC110 - the oven sets no event
            await asyncio.sleep(0.02)
    await kitchen.close()
