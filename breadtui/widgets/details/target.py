"""What is said of a target: its two prompts, how far it is, what it asks, and what trains on it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from breadtui.bakery.jobs import JobStatus, Phase, State
from breadtui.widgets.details.parts import (
    LABEL,
    Lines,
    Stage,
    beside,
    chain,
    count,
    field,
    hint,
    joined,
    listed,
    named_state,
    plain,
    problem,
    progress,
)
from breadtui.widgets.details.settings import Path, configuration, settings, settings_lines

if TYPE_CHECKING:
    from breadtui.api.models import Generator, TargetConfig

SIDE_BY_SIDE = 70
"""Cells from which the prompts stand beside each other."""
SHOWN = 6
"""Lines of a prompt that are shown."""
EXACT = 4_000
"""Characters up to which the lines left out are counted; above, that would be felt."""
QUESTIONS = 5

EMPTY = "empty: the behaviour is always on"
FACTS = ("numq", "model", "temperature", "max_tokens", "dataset", "template_path", "seed", "rollout_with_conditioned")
ABOVE = ("teacher_prompt", "student_prompt", "generators")
"""Settings that have a place of their own."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a target will make, as far as its configuration tells: stimuli × trajectories = responses."""

    stimuli: int | None = None
    trajectories: int | None = None
    responses: int | None = None


def target_detail(
    config: TargetConfig,
    texts: Mapping[str, str | None],
    stages: Sequence[Stage],
    bakes: Sequence[tuple[str, JobStatus | None]],
    amounts: Amounts,
    differing: Container[Path],
    width: int,
) -> Content:
    """A target. `texts` are its prompts by name, None where not read yet; `differing` the settings of its own."""
    lines = _prompts(config, texts, width)
    if config.teacher_prompt and config.teacher_prompt == config.student_prompt:
        lines += hint("regularisation: teacher and student are the same prompt", width)
    lines += [Content(""), *_stages(stages, width), Content("")]
    lines += _generators(config.generators, width)
    lines += _questions(config.generators, width)
    lines += field("makes", _amounts(amounts), width)
    lines += field("bakes", Content("  ").join([named_state(*bake) for bake in bakes]) if bakes else "none yet", width)
    own = {name: value for name, value in config.model_dump().items() if name not in ABOVE}
    if shown := list(settings(own, differing)):
        lines += [Content(""), configuration(width), *settings_lines("parameters", shown, width)]
    return joined(lines)


def _prompts(config: TargetConfig, texts: Mapping[str, str | None], width: int) -> Lines:
    roles = (("teacher", config.teacher_prompt), ("student", config.student_prompt))
    if width < SIDE_BY_SIDE:
        return [line for role, name in roles for line in _prompt(role, name, texts, width)]
    room = (width - 3) // 2
    left, right = (_prompt(role, name, texts, room) for role, name in roles)
    return beside(left, right, room)


def _prompt(role: str, name: str | None, texts: Mapping[str, str | None], width: int) -> Lines:
    """A prompt under its role and name, with its first lines."""
    named = Content.styled("none chosen", "$warning") if name is None else Content.styled(plain(name), "bold")
    head = Content.assemble((f"{role}  ", "bold $primary"), named).truncate(max(width, 4), ellipsis=True)
    if name is None:
        return [head]
    text = texts.get(name)
    if text is None:
        return [head, Content.styled("…", "$muted")]
    return [head, *_beginning(text, width)] if text.strip() else [head, *Content.styled(EMPTY, "$muted").wrap(width)]


def _beginning(text: str, width: int) -> Lines:
    """The first lines of a text, and how much more there is."""
    width = max(width, 2)
    whole = Content(text[: max(EXACT, SHOWN * width)].strip()).wrap(width)
    if len(text) > EXACT:
        left = f"… {len(text):,} characters in all"
    elif len(whole) > SHOWN + 1:
        left = f"… {len(whole) - SHOWN:,} more lines"
    else:
        return whole
    return [*whole[:SHOWN], Content.styled(left, "$muted").truncate(width)]


def _stages(stages: Sequence[Stage], width: int) -> Lines:
    """The phases as a chain, and below it what runs, or why it failed."""
    lines = chain(stages, width)
    for stage in stages:
        if stage.state is State.RUNNING:
            lines.append(progress(stage, width).truncate(max(width, 4)))
        elif stage.state is State.FAILED and stage.status and stage.phase is not Phase.BAKE:
            lines += [*problem(stage.status.error, width), *hint("Press r to try again from there.", width)]
    return lines


def _generators(generators: Sequence[Generator], width: int) -> Lines:
    if not generators:
        return field("generators", Content.styled("none yet", "$warning"), width)
    names = ["generators", *[""] * (len(generators) - 1)]
    return [
        line
        for name, generator in zip(names, generators, strict=True)
        for line in field(name, _generator(generator), width)
    ]


def _generator(generator: Generator) -> Content:
    """`oneshot_qs  numq 100 · model claude-sonnet-4-5 · temperature 0.6`."""
    facts = [f"{name} {plain(value)}" for name in FACTS if (value := getattr(generator, name)) is not None]
    if generator.questions:
        asked = len(generator.questions)
        facts = [count(asked, "question"), *(fact for fact in facts if fact != f"numq {asked}")]
    if generator.template_content:
        facts.append(f"template of {count(len(generator.template_content), 'character')}")
    return Content.assemble(f"{plain(generator.type):<{LABEL}}", (f" {' · '.join(facts)}", "$muted"))


def _questions(generators: Sequence[Generator], width: int) -> Lines:
    asked = [question for generator in generators for question in generator.questions or ()]
    if not asked:
        return []
    lines = listed("questions", (Content.styled(plain(question), "$muted") for question in asked[:QUESTIONS]), width)
    more = len(asked) - QUESTIONS
    return [*lines, *field("", Content.styled(f"and {more:,} more", "$muted"), width)] if more > 0 else lines


def _amounts(amounts: Amounts) -> str:
    return " ".join(_told(amounts)) or "as many responses as there are stimuli"


def _told(amounts: Amounts) -> Iterator[str]:
    if amounts.stimuli is not None:
        yield count(amounts.stimuli, "stimulus").replace("stimuluss", "stimuli")
    if amounts.trajectories is not None:
        yield f"× {count(amounts.trajectories, 'trajectory').replace('trajectorys', 'trajectories')}"
    if amounts.responses is not None:
        yield f"= {count(amounts.responses, 'response')}"
