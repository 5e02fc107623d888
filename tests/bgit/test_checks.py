"""What is wrong with the sections of `input.yml`: each mistake has its place, and says what is allowed."""

import pathlib

import pytest

from breadtui.bgit.files.bread import BreadFile, Named
from breadtui.bgit.files.input import read_input

HERE = pathlib.Path("/nowhere/at all")
BREAD = BreadFile(
    "r",
    prompts={"teacher": Named("0" * 64, "tea_0123456789abcdef")},
    target=Named("1" * 64, "old_0123456789abcdef"),
    parent_model="me/r/one/21",
)
PROMPT = "PROMPT:\n  teacher: {messages: []}\n"
TARGET = "TARGET:\n  generators: [{type: persona}]\n"
ALL_THREE = (
    "PROMPT: {teacher: {messages: []}}\n"
    "TARGET: {name: t, generators: [{type: persona}]}\n"
    "BAKE: {datasets: [{target: t}]}\n"
)


def told(text: str, bread: BreadFile = BREAD, *, directory: pathlib.Path = HERE) -> str:
    """The mistakes in a text, one a line; warnings begin with a question mark."""
    mistakes = read_input(text, directory, bread).mistakes
    return "\n".join(f"{'?' if mistake.warning else ''}{mistake}" for mistake in mistakes)


def prompt(text: str) -> str:
    return told(f"PROMPT:\n  teacher: {text}\n")


def target(text: str, *, generators: str = "  generators: [{type: persona}]\n") -> str:
    return told(f"{PROMPT}TARGET:\n{generators}  {text}\n")


def bake(text: str, *, datasets: str = "  datasets: [{target: target}]\n") -> str:
    return told(f"{PROMPT}{TARGET}BAKE:\n{datasets}  {text}\n")


def test_what_is_as_it_should_be_gives_no_word() -> None:
    assert not told(ALL_THREE)
    assert not told(PROMPT)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3", "2:3: PROMPT.teacher: A prompt is an object with messages, and may have a name and tools; this is 3."),
        ("", "2:3: PROMPT.teacher: A prompt is an object with messages"),
        ("{}", "2:3: PROMPT.teacher.messages: messages are missing: write a list of them, or []"),
        ("{messages: a}", "2:13: PROMPT.teacher.messages: messages must be a list, be it empty, not “a”."),
        ("{mesages: [], messages: []}", "There is no “mesages” here, only name, messages, tools. Is “messages” meant?"),
        ("{messages: [{role: system}, {content: a}]}", "2:40: PROMPT.teacher.messages[1].role: role is missing."),
        ("{messages: [{role: sytem}]}", "?input.yml:2:25: PROMPT.teacher.messages[0].role: “sytem” is none of"),
        ("{messages: [], tools: [{type: function}]}", "PROMPT.teacher.tools[0].function: function must be an object"),
        ('{messages: [{role: user, content: "\\ud800"}]}', "A character in it is torn in half"),
        ("{name: a/b, messages: []}", "2:13: PROMPT.teacher.name: A name may not hold “/”"),
        ("{name: 3, messages: []}", "PROMPT.teacher.name: name must be text, not 3."),
        pytest.param(
            f"{{name: {'n' * 239}, messages: []}}",
            "name is too long: 239 characters, and at most 238 are allowed",
            id="a long name",
        ),
    ],
)
def test_a_prompt_is_told_what_is_wrong_with_it(text: str, said: str) -> None:
    assert said in prompt(text)


def test_a_name_is_looked_at_with_the_hash_that_is_added() -> None:
    assert not prompt("{name: batch, messages: []}")
    assert not prompt(f"{{name: {'n' * 238}, messages: []}}")
    assert not prompt('{name: "", messages: []}')


@pytest.mark.parametrize("key", ['""', '" a"', '"a]"', "'a\\.b'", '"a\\nb"', '"a\\u2028b"'])
def test_a_key_that_bread_files_cannot_hold_is_a_mistake(key: str) -> None:
    assert "PROMPT." in told(f"PROMPT:\n  {key}: {{messages: []}}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tempurature: 1", "5:3: TARGET.tempurature: There is no “tempurature” here. Is “temperature” meant?"),
        ("temperature: 3", "5:3: TARGET.temperature: temperature must be from 0 to 2."),
        ("max_tokens: 1.5", "TARGET.max_tokens: max_tokens must be a whole number, not 1.5."),
        ("name: [a]", "5:3: TARGET.name: name must be text, not a list."),
        ("name: a/b", "TARGET.name: A name may not hold “/”"),
        ("template: 5", "5:3: TARGET.template: template must be text, not 5."),
        ('template: ""', "5:3: TARGET.template: There is no target “” to start from."),
        ("teacher_prompt: 5", "TARGET.teacher_prompt: teacher_prompt must be text, not 5."),
        ('u: ""', "TARGET.teacher_prompt: A teacher is missing"),
        ("teacher_prompt: teachr", "?input.yml:5:3: TARGET.teacher_prompt: There is no “teachr” under PROMPT: it must"),
        ("teacher_prompt: teachr", "Is “teacher” meant?"),
        (
            "v: studnt",
            "?input.yml:5:3: TARGET.v: There is no “studnt” under PROMPT: it must be a prompt at the server.",
        ),
        ("u: a\n  teacher_prompt: teacher", "5:3: TARGET.u: u is the old name of"),
    ],
)
def test_a_target_is_told_what_is_wrong_with_it(text: str, said: str) -> None:
    assert said in target(text)


@pytest.mark.parametrize(
    "text",
    [
        "teacher_prompt: teacher",
        "u: teacher\n  teacher_prompt: teacher",
        "student_prompt: student",
        "u: tea_0123456789abcdef",
        "template: default",
        "num_traj_per_stimulus: 5.0",
    ],
)
def test_a_prompt_may_be_named_by_its_key_or_its_recorded_name(text: str) -> None:
    assert not target(text)


def test_a_target_needs_a_teacher_but_no_student() -> None:
    said = told(f"PROMPT:\n  techer: {{messages: []}}\n{TARGET}")
    assert "3:1: TARGET.teacher_prompt: A teacher is missing: write one under PROMPT, or name the prompt" in said
    assert "Is “techer” meant?" in said
    assert "A teacher is missing" in told(TARGET)
    assert not told(f"PROMPT:\n  a: {{messages: []}}\n{TARGET}  teacher_prompt: a\n")
    assert not told(f"{TARGET}  template: other\n")


def test_the_generators_of_a_target_are_checked_where_they_stand() -> None:
    kinds = "  generators:\n    - type: oneshot\n    - {type: hardcoded, numq: 0}\n    - a\n    - {numq: 1}\n"
    said = target("name: t", generators=kinds)
    assert "5:7: TARGET.generators[0].type: “oneshot” is no type of generator; there are hardcoded, oneshot_qs" in said
    assert "6:25: TARGET.generators[1].numq: numq must be at least 1." in said
    assert "6:7: TARGET.generators[1].questions: questions are missing: write at least one." in said
    assert "7:7: TARGET.generators[2]: generators 3 must be an object, not “a”." in said
    assert "8:7: TARGET.generators[3].type: type is missing." in said
    assert "3:1: TARGET.generators: Generators are missing" in target("name: t", generators="")
    assert "TARGET.generators: generators must be a list" in target("name: t", generators="  generators: {}\n")


def test_a_target_of_another_template_may_lack_what_that_gives() -> None:
    assert not target("template: other", generators="")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epoch: 3", "7:3: BAKE.epoch: There is no “epoch” here. Is “epochs” meant?"),
        ("epochs: a", "7:3: BAKE.epochs: epochs must be a whole number, not “a”."),
        ("model: {r: 8}", "7:11: BAKE.model.r: There is no “r” here."),
        ("model: {baked_adapter_config: {r: 600}}", "?input.yml:7:34: BAKE.model.baked_adapter_config.r: A LoRA rank"),
        ("name: a/b", "7:3: BAKE.name: A name may not hold “/”"),
        (
            "model_name: me",
            "?input.yml:7:3: BAKE.model_name: model_name is not looked at in a BAKE: it is trained on me/r",
        ),
        (
            "model: {parent_model_name: me}",
            "?input.yml:7:11: BAKE.model.parent_model_name: This is trained on “me”, not",
        ),
        ("scheduler: {lr: 1}", "BAKE.scheduler.lr: The service no longer takes scheduler.lr"),
    ],
)
def test_a_bake_is_told_what_is_wrong_with_it(text: str, said: str) -> None:
    assert said in bake(text)


@pytest.mark.parametrize(
    ("datasets", "said"),
    [
        ("", "5:1: BAKE.datasets: A bake needs at least one target to learn from: add one."),
        ("[]", "6:3: BAKE.datasets: A bake needs at least one target to learn from: add one."),
        ("{target: target}", "6:3: BAKE.datasets: datasets must be a list, not an object."),
        ("[target]", "6:14: BAKE.datasets[0]: datasets 1 must be an object, not “target”."),
        ("[{weight: 1}]", "6:14: BAKE.datasets[0].target: target is missing."),
        ("[{target: target, weight: a}]", "6:31: BAKE.datasets[0].weight: weight must be a number, not “a”."),
        ("[{target: target, wieght: 1}]", "There is no “wieght” here. Is “weight” meant?"),
        ("[{target: target, weight: 2}]", "?input.yml:6:3: BAKE.datasets: The weights add up to 2"),
        (
            "[{target: targt}]",
            "?input.yml:6:15: BAKE.datasets[0].target: There is no target “targt” here, only “target”: it must be",
        ),
    ],
)
def test_the_datasets_of_a_bake_are_checked(datasets: str, said: str) -> None:
    assert said in bake("name: one", datasets=f"  datasets: {datasets}\n" if datasets else "")


def test_a_target_that_may_be_at_the_server_is_a_question_with_the_nearest_name() -> None:
    said = bake("name: one", datasets="  datasets: [{target: targt}]\n")
    assert said.endswith("it must be at the server. Is “target” meant?")


def test_whatever_the_model_name_of_a_bake_is_it_is_not_looked_at() -> None:
    said = bake("model_name: [5]")
    assert said.count("model_name") == 2
    assert said.startswith("?")


def test_without_a_target_a_bake_may_name_the_recorded_one_by_either_of_its_names() -> None:
    text = "BAKE:\n  datasets:\n    - {target: old, weight: 0.5}\n    - {target: old_0123456789abcdef, weight: 0.5}\n"
    assert not told(text)
    assert "There is no target “old” here: it must be at the server." in told(text, BreadFile("r"))


def test_the_recorded_target_may_be_named_beside_a_new_one() -> None:
    two = "[{target: t, weight: 0.5}, {target: old_0123456789abcdef, weight: 0.5}]"
    assert not told(ALL_THREE.replace("[{target: t}]", two))


def test_the_parent_that_is_recorded_may_be_said_again() -> None:
    assert not bake("model: {parent_model_name: me/r/one/21, dtype: bf16}")
    assert not told(f"{ALL_THREE.rstrip().removesuffix('}')}, model: {{parent_model_name: me}}}}\n", BreadFile("r"))
