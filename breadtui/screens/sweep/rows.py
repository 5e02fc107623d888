"""The lines in which a sweep is planned, and what each of them means. Which there are is told by the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from breadtui.bakery.authoring.fields import Field, Shape, read
from breadtui.bakery.chats.conversation import Settings
from breadtui.bakery.chats.models import known_choices
from breadtui.bakery.sweep.plan import MOST_MODELS, Asked, Plan, Source
from breadtui.bakery.sweep.questions import typed
from breadtui.bakery.sweep.sweep import MOST_AT_ONCE
from breadtui.widgets.fields.rows import Key, Row, RowKind

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

SOURCE, TEXT, FILE, TARGET, ADD, BEGIN = (("#source",), ("#text",), ("#file",), ("#target",), ("#add",), ("#begin",))
EVERY = "every checkpoint of "
NUMBERS = {
    "count": Field(("count",), Shape.WHOLE, "How many of the target's stimuli are drawn.", least=1, most=100_000),
    "sampling": Field(("sampling",), Shape.WHOLE, "The seed by which they are drawn: the same one, the same stimuli."),
    "temperature": Field(("temperature",), Shape.NUMBER, "How much answers vary; 0 is the surest.", least=0, most=2),
    "max_tokens": Field(("max_tokens",), Shape.WHOLE, "Where an answer is ended at the latest.", least=1),
    "seed": Field(("seed",), Shape.WHOLE, "For a server that can answer the same way twice."),
    "at_once": Field(("at_once",), Shape.WHOLE, "Questions under way together.", least=1, most=MOST_AT_ONCE),
}
"""The numbers, by the attribute of the plan or of its settings that they set."""
HELP: Mapping[Key, str] = {
    SOURCE: "Stimuli come with the teacher's answers, which every answer is compared with; a file may bring some too.",
    TEXT: "A question a line.",
    FILE: "A line each; of .jsonl and .json an object with question or messages, and answer or references if known.",
    TARGET: "Whose stimuli are asked. Its rollout is what the teacher answered.",
    ADD: "enter adds the model it stands at; typing finds one. Any name can be typed into the line of a model.",
    BEGIN: "Asks every question of every model.",
}
SETTINGS = ("temperature", "max_tokens", "thinking", "seed")
LABELS = {"count": "  How many", "sampling": "  Seed of draw", "max_tokens": "Max tokens", "at_once": "At once"}
SERVERS = "the server's"
NOTHING = "nothing"
"""What a model is told that is told nothing."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from: models, the checkpoints of each bake, targets, and prompts as `repo/prompt`."""

    models: tuple[str, ...] = ()
    bakes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    targets: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()


def offer(kitchen: Kitchen, repo: str = "") -> Offer:
    """What is known now; what is in `repo` first."""
    choices = known_choices(kitchen, repo)
    bakes: dict[str, list[str]] = {}
    for choice in choices:
        if choice.bake:
            bakes.setdefault(f"{choice.repo}/{choice.bake}", []).append(choice.model)
    names = sorted((each.repo_name for each in kitchen.catalog.repos or ()), key=lambda name: name != repo)
    shelves = [(name, shelf) for name in names if (shelf := kitchen.catalog.shelf(name))]
    return Offer(
        tuple(choice.model for choice in choices),
        {bake: tuple(models) for bake, models in bakes.items()},
        tuple(f"{name}/{target}" for name, shelf in shelves for target in shelf.targets),
        tuple(f"{name}/{prompt}" for name, shelf in shelves for prompt in shelf.prompts),
    )


def rows(plan: Plan, offered: Offer, numbers: Mapping[str, str]) -> Iterator[Row]:
    """Questions, models, settings. `numbers` are those that cannot be read, as they were typed."""
    yield Row(SOURCE, RowKind.CHOICE, "Questions", plan.source, options=tuple(Source))
    match plan.source:
        case Source.TYPED:
            count = len(typed(plan.text))
            told = f"{count:,} question{'' if count == 1 else 's'}" if count else ""
            yield Row(TEXT, RowKind.TEXT, "  Written", told, ghost="none yet", hint="enter writes")
        case Source.FILE:
            yield Row(FILE, RowKind.FIELD, "  File", plan.file, ghost="path of a .txt, .jsonl or .json")
        case Source.STIMULI:
            yield Row(TARGET, RowKind.CHOICE, "  Target", plan.target, ghost="none", options=offered.targets)
            yield _number(plan, "count", numbers)
            yield _number(plan, "sampling", numbers)
    for at, asked in enumerate(plan.asked):
        told = asked.prompt or (asked.opening.source or "a prompt" if asked.opening else NOTHING)
        label = f"Model {at + 1}" if len(plan.asked) > 1 else "Model"
        yield Row(("#model", at), RowKind.FIELD, label, asked.model, ghost="none: it is left out")
        yield Row(("#prompt", at), RowKind.CHOICE, "  Told first", told, options=(NOTHING, *offered.prompts))
    yield Row(ADD, RowKind.BUTTON, "+ Add", options=additions(plan, offered))
    for name in SETTINGS:
        if name == "thinking":
            flag = {True: "yes", False: "no", None: ""}[plan.settings.thinking]
            yield Row(("thinking",), RowKind.FLAG, "Thinking", flag, ghost=SERVERS)
        else:
            yield _number(plan, name, numbers)
    yield _number(plan, "at_once", numbers)
    yield Row(BEGIN, RowKind.BUTTON, promise(plan), hint="ctrl+o")


def additions(plan: Plan, offered: Offer) -> tuple[str, ...]:
    """What can be added: all of a bake, or one model. The same one again may be told something else first."""
    bakes = [f"{EVERY}{bake}" for bake, models in offered.bakes.items() if len(models) > 1]
    there = {asked.model for asked in plan.asked}
    fresh = [model for model in offered.models if model not in there]
    return (*bakes, *fresh, *(model for model in offered.models if model in there))


def choose_target(plan: Plan, offered: Offer, repo: str) -> None:
    """Where stimuli are to be asked and no target is chosen: the only one there is, or the first of `repo`."""
    near = [target for target in offered.targets if target.startswith(f"{repo}/")]
    if plan.source is Source.STIMULI and not plan.target and (near or len(offered.targets) == 1):
        plan.target = (near or offered.targets)[0]


def add(plan: Plan, offered: Offer, option: str) -> None:
    """Put models in, each once; a single one also a second time."""
    every = offered.bakes.get(option.removeprefix(EVERY), ()) if option.startswith(EVERY) else ()
    there = {asked.model for asked in plan.asked}
    found = [model for model in every if model not in there] if every else [option]
    plan.asked += [Asked(model) for model in found if model]
    del plan.asked[MOST_MODELS:]


def promise(plan: Plan) -> str:
    """What the last row does."""
    count = {
        Source.TYPED: len(typed(plan.text)) if plan.source is Source.TYPED else 0,
        Source.STIMULI: plan.count or 0,
        Source.FILE: 0,
    }[plan.source]
    models = len(plan.asked)
    asked = f"{models} model{'' if models == 1 else 's'}"
    return f"Ask {count:,} × {asked}" if count else f"Ask {asked}"


def change(plan: Plan, key: Key, text: str) -> str:
    """Take in what was typed or chosen; gives what is wrong with it, if it is a number that cannot be."""
    match key:
        case ("#source",):
            plan.source = Source(text) if text else plan.source
        case ("#file",):
            plan.file = text
        case ("#target",):
            plan.target = text
        case ("#model", int(at)):
            plan.asked[at] = replace(plan.asked[at], model=text.strip())
        case ("#prompt", int(at)):
            plan.asked[at] = replace(plan.asked[at], prompt="" if text == NOTHING else text, opening=None)
        case ("thinking",):
            plan.settings = replace(plan.settings, thinking={"yes": True, "no": False}.get(text))
        case (str(name),) if name in NUMBERS:
            return _change_number(plan, name, text)
        case _:
            pass
    return ""


def help_of(key: Key) -> str:
    """What a row is for."""
    match key:
        case ("#model", _):
            return "The name of a model, as user/repo/bake/checkpoint or a base model's. ctrl+r takes it out."
        case ("#prompt", _):
            return "A prompt it is told before each question, such as the teacher's to the base model."
        case ("thinking",):
            return "Whether the model may reason before it answers."
        case (str(name),) if name in NUMBERS:
            bounds = NUMBERS[name].bounds
            return NUMBERS[name].help + (f" ({bounds})" if bounds else "")
        case _:
            return HELP.get(key, "")


def _change_number(plan: Plan, name: str, text: str) -> str:
    number = NUMBERS[name]
    value = read(number, text)
    if isinstance(value, str) or (isinstance(value, int | float) and not _within(number, value)):
        return f"{LABELS.get(name, name).strip().capitalize()} must be a {number.shape}, {number.bounds or 'any'}."
    if name in Settings.__slots__:
        plan.settings = replace(plan.settings, **{name: value})
    else:
        setattr(plan, name, value)
    return ""


def _within(number: Field, value: float) -> bool:
    return (number.least is None or value >= number.least) and (number.most is None or value <= number.most)


def _number(plan: Plan, name: str, numbers: Mapping[str, str]) -> Row:
    held = getattr(plan.settings if name in Settings.__slots__ else plan, name)
    value = numbers.get(name, "" if held is None else f"{held:g}" if isinstance(held, float) else str(held))
    label = LABELS.get(name, name.capitalize())
    fault = "cannot be" if name in numbers else ""
    return Row((name,), RowKind.FIELD, label, value, ghost=SERVERS, figure=True, fault=fault)
