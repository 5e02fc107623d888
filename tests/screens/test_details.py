"""What the detail says of each kind of thing, and that it fits, whatever a server sent."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.content import Content

from breadtui.api.models import Prompt, TargetConfig
from breadtui.bakery.authoring import bake as baking
from breadtui.bakery.authoring.target import DEFAULTS
from breadtui.bakery.authoring.templates import differing
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.widgets.details.bake import Training, bake_detail
from breadtui.widgets.details.checkpoint import checkpoint_detail
from breadtui.widgets.details.parts import Stage
from breadtui.widgets.details.prompt import prompt_detail
from breadtui.widgets.details.prose import prose
from breadtui.widgets.details.repo import Checkpoint, folder_detail, repo_detail
from breadtui.widgets.details.target import Amounts, target_detail

WIDTHS = (38, 75, 140)
"""Of the detail in a narrow pane, on 80 columns and on 200."""
CJK = "苹果支持专家。" * 40


def status(state: State, phase: Phase = Phase.ROLLOUT, name: str = "one", **known: object) -> JobStatus:
    return JobStatus(JobKey("repo", name, phase), state, **known)  # type: ignore[arg-type]


def lines(content: Content) -> list[str]:
    return content.plain.split("\n")


def fits(content: Content, width: int) -> bool:
    return all(line.cell_length <= width for line in content.split("\n", allow_blank=True))


def bold(content: Content) -> str:
    return " ".join(content.plain[span.start : span.end] for span in content.spans if "bold" in str(span.style))


# -- targets --


def target(
    config: dict[str, object],
    width: int = 75,
    texts: dict[str, str | None] | None = None,
    stages: Sequence[Stage] = (),
    bakes: Sequence[tuple[str, JobStatus | None]] = (),
) -> Content:
    read = TargetConfig.model_validate(config)
    differs = differing(read.model_dump(), DEFAULTS)
    return target_detail(read, texts or {}, stages, bakes, Amounts(4, 3, 12), differs, width)


PAIR: dict[str, object] = {"teacher_prompt": "wise", "student_prompt": "plain"}


@pytest.mark.parametrize(("width", "together"), [(75, True), (69, False)])
def test_the_prompts_of_a_target_stand_side_by_side_where_there_is_room(width: int, together: bool) -> None:
    first, *_ = lines(target(PAIR, width, {"wise": "Be wise.", "plain": ""}))
    assert ("teacher  wise" in first, "student  plain" in first) == (True, together)


def test_a_long_prompt_of_a_target_is_cut_and_says_how_much_is_left() -> None:
    told = lines(target(PAIR, 69, {"wise": "\n".join(f"rule {n}" for n in range(20)), "plain": None}))
    assert told[1:8] == [*(f"rule {n}" for n in range(6)), "… 14 more lines"]


def test_a_target_with_one_prompt_on_both_sides_is_told_to_be_regularisation() -> None:
    assert "regularisation" in target({"teacher_prompt": "same", "student_prompt": "same"}).plain
    assert "regularisation" not in target(PAIR).plain
    assert "regularisation" not in target({}).plain


def test_the_phases_of_a_target_are_a_chain_with_the_bar_of_the_one_that_runs() -> None:
    stages = (
        Stage(Phase.STIM, status(State.COMPLETE, lines=4)),
        Stage(Phase.ROLLOUT, status(State.RUNNING, percent=62.0), left=80.0),
        Stage(Phase.BAKE, status(State.NOT_STARTED)),
    )
    told = lines(target(PAIR, stages=stages))
    chain = told.index("✔ stim 4 ── ◐ rollout 62 % ── ○ bake")
    assert told[chain + 1].endswith("62 %  1 m 20 s left")


def test_a_failed_phase_says_why() -> None:
    stages = (Stage(Phase.ROLLOUT, status(State.FAILED, error="The backend burns.")),)
    assert "The backend burns." in target(PAIR, stages=stages).plain


def test_what_a_target_has_otherwise_than_the_template_is_marked() -> None:
    told = target({**PAIR, "temperature": 0.3, "max_tokens": 1024})
    assert "0.3" in bold(told)
    assert "1024" not in bold(told)
    assert any("● temperature" in line for line in lines(told))


def test_a_target_tells_what_it_makes_and_who_bakes_it() -> None:
    told = target(PAIR, bakes=[("first", status(State.COMPLETE)), ("second", status(State.FAILED))]).plain
    assert "4 stimuli × 3 trajectories = 12 responses" in told
    assert "✔ first  ✖ second (failed)" in told


def test_every_generator_stands_on_a_line_with_its_facts() -> None:
    generators = [
        {"type": "hardcoded", "numq": 2, "questions": ["Why?", "How?"]},
        {"type": "oneshot_qs", "numq": 50, "model": "claude", "temperature": 0.7},
    ]
    told = target({**PAIR, "generators": generators}).plain
    assert "hardcoded    2 questions\n" in told
    assert "oneshot_qs   numq 50 · model claude · temperature 0.7" in told
    assert "Why?" in told


# -- bakes --


def bake(
    config: dict[str, object],
    width: int = 75,
    datasets: Sequence[tuple[str, float]] = (("one", 1.0),),
    rollouts: dict[str, JobStatus | None] | None = None,
    now: JobStatus | None = None,
) -> Content:
    groups = {field.path: field.group for field in baking.FIELDS}
    training = Training(config, differing(config, baking.DEFAULTS), groups, baking.effective_batch(config))
    return bake_detail(Stage(Phase.BAKE, now), datasets, rollouts or {}, training, width)


def test_a_bake_names_the_rollouts_it_lacks() -> None:
    rollouts = {"one": status(State.COMPLETE), "two": status(State.RUNNING), "three": status(State.FAILED)}
    told = bake({}, 140, [(name, 1 / 3) for name in rollouts], dict(rollouts)).plain
    assert "rollout of two (running), rollout of three (failed)" in told
    assert "rollout of one" not in told


def test_a_bake_whose_weights_do_not_sum_to_one_says_so() -> None:
    assert "weights sum to 0.9, not 1" in bake({}, datasets=[("one", 0.5), ("two", 0.4)]).plain
    assert "weights sum" not in bake({}, datasets=[("one", 0.1), ("two", 0.2), ("three", 0.7)]).plain


def test_the_settings_of_a_bake_stand_in_groups_with_what_differs_marked() -> None:
    told = bake({"epochs": 7, "model": {"baked_adapter_config": {"r": 8}}, "strange": {"key": [1]}}, 140)
    training, lora, other = (
        next(line for line in lines(told) if line.startswith(name)) for name in ("Training", "LoRA", "Others")
    )
    assert "● epochs  7" in training
    assert "  r  8" in lora
    assert "key  [1]" in other
    assert "7" in bold(told)


def test_the_checkpoints_of_a_bake_are_named_whole_the_latest_first() -> None:
    models = ("me/repo/bake/21", "me/repo/bake/7")
    told = bake({}, now=status(State.COMPLETE, Phase.BAKE, models=models, loss=4e-7))
    assert [line.split()[-1] for line in lines(told) if line.startswith("◆")] == list(models)
    assert "4.0e-07" in told.plain


def test_a_bake_tells_how_many_examples_a_step_takes() -> None:
    assert "8 examples a step" in bake({"micro_batch_size": 2, "gradient_accumulation_steps": 4}).plain


# -- prompts --


def prompt(body: dict[str, object], role: str = "teacher", *, raw: bool = False, width: int = 75) -> Content:
    return prompt_detail(Prompt.model_validate(body), role, ("target_one",), (1200, 300), width, raw=raw)


def test_a_prompt_says_its_role_its_users_and_its_length() -> None:
    told = prompt({"messages": [{"role": "system", "content": "Be wise."}]}).plain
    assert "teacher" in told
    assert "target_one" in told
    assert "1,200 characters, about 300 tokens, in 1 message" in told
    assert "unused" in prompt({"messages": []}, "unused").plain


def test_markdown_is_rendered_and_raw_is_as_it_was_written() -> None:
    text = "# Rules\n- be **brief**\n```\n- code\n```\n1. `one`"
    rendered = prompt({"messages": [{"role": "system", "content": text}]})
    assert rendered.plain.endswith("Rules\n• be brief\n```\n- code\n```\n1. one")
    assert "brief" in bold(rendered)
    assert prompt({"messages": [{"role": "system", "content": text}]}, raw=True).plain.endswith(text)


def test_parts_that_are_no_text_are_json_in_the_raw_view() -> None:
    parts = [{"type": "image_url", "image_url": {"url": "https://x"}}]
    body: dict[str, object] = {"messages": [{"role": "user", "content": parts, "name": "eve"}]}
    assert "https://x" not in prompt(body).plain
    assert '"url": "https://x"' in prompt(body, raw=True).plain
    assert '"name": "eve"' in prompt(body, raw=True).plain


def test_a_tool_is_folded_to_a_line_and_unfolded_in_the_raw_view() -> None:
    function = {
        "name": "weather",
        "description": "Tells the\nweather.",
        "parameters": {"properties": {"city": {}, "unit": {}}, "required": ["city"]},
    }
    body: dict[str, object] = {"messages": [], "tools": [{"type": "function", "function": function}]}
    assert lines(prompt(body))[-1] == "weather(city, unit?)  Tells the weather."
    assert '"required"' in prompt(body, raw=True).plain


# -- repositories, folders, checkpoints --


def test_a_repository_tells_what_runs_and_its_latest_checkpoints() -> None:
    jobs = [
        ("mac", Stage(Phase.ROLLOUT, status(State.RUNNING, lines=5, total=10), left=60.0)),
        ("old", Stage(Phase.STIM, status(State.COMPLETE))),
    ]
    told = repo_detail(
        "Qwen", {"prompts": 4, "targets": None, "bakes": 1}, jobs, [Checkpoint("me/repo/bake/21", "bake", 4e-7)], 75
    )
    assert "4 prompts · … targets · 1 bake" in told.plain
    assert "◐ 1 running   ✔ 1 complete" in told.plain
    assert "5/10  1 m 00 s left" in told.plain
    assert any(line.startswith("◆ 21") and line.endswith("loss 4.0e-07") for line in lines(told))


def test_a_checkpoint_tells_its_line_and_its_siblings() -> None:
    ancestry = ("Qwen", "me/repo/first/21", "me/repo/second/7")
    models = ("me/repo/second/14", "me/repo/second/7")
    now = status(State.COMPLETE, Phase.BAKE, models=models, loss=4e-7)
    told = checkpoint_detail("me/repo/second/7", "second", now, ancestry, models, 75).plain
    assert "Qwen → first/21 → this" in told
    assert "◆ 14 latest" in told
    assert "c talks to it" in told


# -- whatever comes --


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["", "n" * 255, CJK])
def test_long_and_empty_names_fit(name: str, width: int) -> None:
    key = status(State.RUNNING, name=name, total=10, lines=3)
    stage = Stage(Phase.ROLLOUT, key, 3.0)
    contents = [
        target({"teacher_prompt": name, "student_prompt": name}, width, {name: CJK}, [stage], [(name, key)]),
        bake({name: name}, width, [(name, 1.0)], {name: key}, key),
        repo_detail(name, {"prompts": 1}, [(name, stage)], [Checkpoint(name, name, 1.0)], width),
        checkpoint_detail(name, name, key, (name, name), (name, "other"), width),
        folder_detail("targets", 3, width),
    ]
    assert all(fits(content, width) for content in contents)


WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
GENERATOR = st.dictionaries(st.sampled_from(["type", "numq", "questions", "temperature", "model"]), JSON)
TARGET = st.fixed_dictionaries(
    {},
    optional={
        "teacher_prompt": WORDS,
        "student_prompt": JSON,
        "generators": st.lists(GENERATOR, max_size=3) | JSON,
        "temperature": JSON,
        "num_traj_per_stimulus": JSON,
        "extra_kwargs": st.dictionaries(WORDS, JSON, max_size=3),
    },
)


@settings(max_examples=80, deadline=None)
@given(TARGET, WORDS, st.sampled_from(WIDTHS))
def test_any_target_can_be_shown(config: dict[str, object], text: str, width: int) -> None:
    teacher = config.get("teacher_prompt")
    assert fits(target(config, width, {teacher: text} if isinstance(teacher, str) else {}), width)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(["epochs", "model", "data", "optimizer", "x"]), JSON), st.sampled_from(WIDTHS))
def test_any_bake_can_be_shown(config: dict[str, object], width: int) -> None:
    assert fits(bake(config, width), width)


@settings(max_examples=80, deadline=None)
@given(
    st.fixed_dictionaries({"messages": st.lists(st.dictionaries(WORDS, JSON, max_size=3) | JSON), "tools": JSON}),
    st.booleans(),
)
def test_any_prompt_can_be_shown(body: dict[str, object], raw: bool) -> None:
    assert "characters" in prompt(body, raw=raw).plain


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("#-*`~> 1.\nab"), max_size=60))
def test_rendering_never_loses_a_word(text: str) -> None:
    kept = [sign for sign in text if sign in "ab"]
    assert [sign for sign in prose(text).plain if sign in "ab"] == kept
