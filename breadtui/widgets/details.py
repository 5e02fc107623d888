"""What the detail pane says of each kind of thing: pure functions from what is known to content of a given width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from breadtui.api.lenient import is_object
from breadtui.bakery.jobs import JobStatus, State, checkpoint_of, format_loss, format_span
from breadtui.widgets.drawing import (
    COLOURS,
    amount,
    bar,
    bar_content,
    fit,
    shorten,
    state_content,
    state_word,
)

if TYPE_CHECKING:
    from breadtui.api.models import Prompt, TargetConfig

LABEL = 12
"""Cells given to the names at the left."""

QUESTIONS = 8
"""Questions of a target that are shown, at most."""

Lines = list[Content]


def repo_detail(base_model: str | None, counts: Mapping[str, int | None], running: int) -> Content:
    """A repository: its base model and how much it holds."""
    lines = [_field("base model", base_model or "not told by the server"), Content("")]
    lines += [_field(kind, "…" if count is None else f"{count:,}") for kind, count in counts.items()]
    if running:
        lines += [Content(""), _field("running", Content.styled(f"◐ {running}", "$primary"))]
    if all(count == 0 for count in counts.values()):
        lines += [Content(""), _hint("Nothing here yet. Press n to write its first prompt.")]
    return _joined(lines)


def folder_detail(kind: str, count: int | None) -> Content:
    """A folder: what it is for, in one sentence of the guide's."""
    meaning = {
        "prompts": "A prompt is a list of messages. As a teacher it holds the behaviour to bake in;"
        " as a student, the little that will call it up.",
        "targets": "A target pairs a teacher with a student, and says which questions to ask.",
        "bakes": "A bake trains a model on the responses of one or several targets.",
    }[kind]
    held = "" if count is None else f"{count:,} here. " if count else "None here yet. "
    return _joined([Content(meaning), Content(""), _hint(f"{held}Press n to make {'another' if count else 'one'}.")])


def prompt_detail(prompt: Prompt, role: str, users: Sequence[str]) -> Content:
    """A prompt: who uses it and how, its length, and its messages whole."""
    length = sum(len(message.text) for message in prompt.messages)
    lines = [_field("role", role or "not used by the targets seen so far")]
    if users:
        lines.append(_field("used by", ", ".join(users)))
    lines.append(_field("length", f"{length:,} characters, about {length // 4:,} tokens"))
    if length == 0:
        lines += [Content(""), _hint("Empty: as a student, the baked behaviour is always on.")]
    for message in prompt.messages:
        lines += [Content(""), Content.styled(message.role or "message", "bold $primary")]
        lines.append(Content(message.text) if message.text else Content.styled("(empty)", "$muted"))
    if prompt.tools:
        lines += [Content(""), _field("tools", f"{len(prompt.tools)}")]
    return _joined(lines)


def target_detail(
    config: TargetConfig,
    texts: Mapping[str, str | None],
    phases: Sequence[JobStatus | None],
    left: Sequence[float | None],
    waits: Sequence[str],
    bakes: Sequence[str],
    width: int,
) -> Content:
    """A target: its prompts with their first words, its phases with bars, its generators and settings."""
    lines: Lines = []
    for role, name in (("teacher", config.teacher_prompt), ("student", config.student_prompt)):
        if name is None:
            lines.append(_field(role, Content.styled("none chosen", "$warning")))
            continue
        text = texts.get(name)
        said = "…" if text is None else text or "empty: the behaviour is always on"
        room = max(width - LABEL - len(name) - 4, 10)
        lines.append(_field(role, Content.assemble(name, "  ", (shorten(said, room), "$muted"))))
    lines.append(Content(""))
    for name, status, seconds, held in zip(("stim", "rollout"), phases, left, waits, strict=True):
        lines.append(_phase(name, status, seconds, held, width))
    if any(status and status.state is State.FAILED for status in phases):
        lines += [_problem(status.error) for status in phases if status and status.state is State.FAILED]
        lines.append(_hint("Press r to try again from there."))
    lines.append(Content(""))
    generators = [_generator(g.type, g.numq, g.model, g.temperature, g.questions) for g in config.generators or ()] or [
        "none yet"
    ]
    lines += [_field("generators" if i == 0 else "", text) for i, text in enumerate(generators)]
    asked = [question for g in config.generators for question in g.questions or ()]
    room = max(width - LABEL - 3, 10)
    lines += [
        _field("questions" if i == 0 else "", Content.styled(shorten(question, room), "$muted"))
        for i, question in enumerate(asked[:QUESTIONS])
    ]
    if len(asked) > QUESTIONS:
        lines.append(_field("", Content.styled(f"and {len(asked) - QUESTIONS:,} more", "$muted")))
    lines += [_field(name, value) for name, value in _settings(config)]
    lines.append(_field("bakes", ", ".join(bakes) if bakes else "none uses it yet"))
    return _joined(lines)


def bake_detail(
    status: JobStatus | None,
    left: float | None,
    waits: str,
    datasets: Sequence[tuple[str, float]],
    rollouts: Mapping[str, JobStatus | None],
    config: Mapping[str, object],
    base_model: str | None,
    width: int,
) -> Content:
    """A bake: how it goes, what it is made of, what it needs, and what came of it."""
    lines: Lines = [_phase("bake", status, left, waits, width)]
    if status and status.state is State.FAILED:
        lines += [_problem(status.error), _hint("Press r to try again.")]
    if status and status.loss is not None:
        lines.append(_field("loss", f"{format_loss(status.loss)}  (Bread calls 4e-07 good)"))
    if status and status.models:
        shown = Content("  ").join([Content.styled(f"◆ {checkpoint_of(model)}", "$accent") for model in status.models])
        lines += [_field("checkpoints", shown), _field("latest", status.models[0])]
    lines += [_field("parent", (status.parent if status else None) or base_model or "the repository's base model")]
    lines.append(Content(""))
    total = sum(weight for _, weight in datasets) or 1.0
    for i, (target, weight) in enumerate(datasets):
        done, rest = bar(weight / total, 12)
        note = _needs(rollouts.get(target))
        lines.append(
            _field(
                "datasets" if i == 0 else "",
                Content.assemble(
                    (done, "$secondary"),
                    (rest, "$border"),
                    f" {weight:<5g} {fit(target, min(28, max(width - 56, 12)))} ",
                    note,
                ),
            )
        )
    if not datasets:
        lines.append(_field("datasets", Content.styled("none: a bake needs at least one target", "$warning")))
    lines.append(Content(""))
    settings = list(_scalars(config))
    label = max((len(name) for name, _ in settings), default=LABEL)
    lines += [_field(name, value, label) for name, value in settings]
    return _joined(lines)


def checkpoint_detail(model: str, bake: str, repo: str, base_model: str | None, loss: float | None) -> Content:
    """A checkpoint: its full name, and how it came about."""
    lines = [
        _field("model", model),
        _field("bake", f"{repo}/{bake}"),
        _field("base model", base_model or "not told by the server"),
    ]
    if loss is not None:
        lines.append(_field("loss", format_loss(loss)))
    lines += [Content(""), _hint("Press c to talk to it, y to copy its name.")]
    return _joined(lines)


def _phase(name: str, status: JobStatus | None, left: float | None, waits: str, width: int) -> Content:
    if waits:
        return _field(name, Content.styled(f"◌ waits for {waits}", "$secondary"))
    if status is None:
        return _field(name, Content.styled("…", "$muted"))
    word = state_content(status)
    if status.state is State.NOT_STARTED:
        return _field(name, word)
    bar_width = min(max(width - LABEL - 40, 8), 30)
    tail = f"  {format_span(left)} left" if left is not None else ""
    pad = " " * max(14 - word.cell_length, 1)
    return _field(
        name,
        Content.assemble(word, pad, bar_content(status, bar_width), f"  {amount(status)}", (tail, "$muted")),
    )


def _generator(
    kind: str, numq: int | None, model: str | None, temperature: float | None, questions: Sequence[str] | None
) -> str:
    count = numq if numq is not None else len(questions or ()) or None
    parts = [model or "", f"t {temperature:g}" if temperature is not None else ""]
    told = ", ".join(part for part in parts if part)
    return f"{kind} {count if count is not None else ''}".strip() + (f" ({told})" if told else "")


def _settings(config: TargetConfig) -> Iterable[tuple[str, str]]:
    if config.model_name:
        yield "model", config.model_name
    named = (
        ("per question", config.num_traj_per_stimulus),
        ("temperature", config.temperature),
        ("max tokens", config.max_tokens),
        ("concurrency", config.max_concurrency),
    )
    for name, value in named:
        if value is not None:
            yield name, f"{value:g}"


def _scalars(config: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    """The bake's settings, nested ones as dotted names, without what is shown above."""
    for name, value in _flat(config, ""):
        if not name.startswith("datasets") and name != "model.parent_model_name" and value is not None:
            yield name, f"{value}"


def _flat(table: Mapping[str, object], prefix: str) -> Iterable[tuple[str, object]]:
    for name, value in table.items():
        if is_object(value):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _needs(rollout: JobStatus | None) -> Content:
    if rollout is None:
        return Content("")
    if rollout.state is State.COMPLETE:
        return Content.styled("✔ ready", "$success")
    colour = COLOURS[rollout.state]
    return Content.styled(f"{rollout.state.sign} rollout {state_word(rollout)}", f"${colour}")


def _problem(error: str | None) -> Content:
    return Content.styled(error or "The server does not say why.", "$error")


def _field(name: str, value: str | Content, label: int = LABEL) -> Content:
    return Content.assemble((f"{name:<{label}}  ", "$muted"), value)


def _hint(text: str) -> Content:
    return Content.styled(text, "italic $muted")


def _joined(lines: Iterable[Content]) -> Content:
    return Content("\n").join(list(lines))
