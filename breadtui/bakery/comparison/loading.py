"""Reads what is compared. One that cannot be read, or whose prompt cannot, keeps nobody from seeing the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.api.lenient import as_object
from breadtui.bakery.bodies import DEFAULT
from breadtui.bakery.comparison.subject import Side, Subject, Text
from breadtui.bakery.jobs import checkpoint_of, format_loss, state_of
from breadtui.bakery.things import Thing

if TYPE_CHECKING:
    from breadtui.api.models import Bake
    from breadtui.bakery.kitchen import Kitchen

TEACHER, STUDENT, PROMPT = "Teacher prompt", "Student prompt", "Prompt"


async def load(kitchen: Kitchen, before: Subject, after: Subject) -> tuple[Side, Side]:
    """Both, as the server has them now."""
    return await asyncio.gather(load_one(kitchen, before), load_one(kitchen, after))


async def load_one(kitchen: Kitchen, subject: Subject) -> Side:
    """One of them; what the server would not tell is said in it."""
    try:
        match subject.thing:
            case Thing.PROMPT:
                return Side(subject, texts={PROMPT: await _text(kitchen, subject.repo, subject.name)})
            case Thing.TARGET:
                return await _target(kitchen, subject)
            case _:
                return await _bake(kitchen, subject)
    except BreadError as error:
        return Side(subject, str(error))


async def _target(kitchen: Kitchen, subject: Subject) -> Side:
    config = await _config(kitchen, subject)
    prompts = config.get("teacher_prompt"), config.get("student_prompt")
    teacher, student = await asyncio.gather(*(_text(kitchen, subject.repo, prompt) for prompt in prompts))
    defaults = await _defaults(kitchen, subject)
    return Side(subject, config=config, defaults=defaults, texts={TEACHER: teacher, STUDENT: student})


async def _bake(kitchen: Kitchen, subject: Subject) -> Side:
    bake = await kitchen.look_at_bake(subject.repo, subject.name)
    defaults = await _defaults(kitchen, subject)
    return Side(subject, config=as_object(bake.config), defaults=defaults, outcome=_outcome(bake))


async def _config(kitchen: Kitchen, subject: Subject) -> Mapping[str, object]:
    body = await kitchen.body_of(subject.thing, subject.repo, subject.name)
    return as_object(body.get("overrides"))


async def _defaults(kitchen: Kitchen, subject: Subject) -> Mapping[str, object]:
    return await kitchen.template_config(subject.thing, subject.repo, DEFAULT) or {}


async def _text(kitchen: Kitchen, repo: str, name: object) -> Text:
    if not isinstance(name, str) or not name:
        return Text()
    try:
        prompt = await kitchen.catalog.prompt(repo, name)
    except BreadError as error:
        return Text(name, problem=str(error))
    return Text(name, prompt.messages, prompt.tools or ())


def _outcome(bake: Bake) -> Mapping[str, object]:
    loss = bake.loss
    figures = {
        "final loss": loss.final_loss if loss else None,
        "latest loss": loss.latest_loss if loss and loss.final_loss is None else None,
        "lowest loss": loss.min_loss if loss else None,
    }
    told = {name: format_loss(value) for name, value in figures.items() if value is not None}
    checkpoints = ", ".join(reversed([checkpoint_of(model) for model in bake.model_name]))
    return {"state": str(state_of(bake.status)), **told, **({"checkpoints": checkpoints} if checkpoints else {})}
