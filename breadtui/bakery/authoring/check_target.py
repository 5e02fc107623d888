"""Checks of what a target needs before its stim can run, and of what is allowed but seldom meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from breadtui.api.lenient import as_object, is_object, items
from breadtui.bakery.authoring.check_values import is_whole
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.problems import Around, Problem, nearest, shown
from breadtui.bakery.authoring.target import GENERATORS, OLD_NAMES, check_template

_HERE = ("overrides",)
_LACKING = {
    "teacher_prompt": "A teacher is missing: choose the prompt whose behaviour is to be baked in.",
    "student_prompt": "A student is missing: choose the prompt that is to call the behaviour up.",
    "generators": "Generators are missing: without one there are no questions to ask.",
}


def check_target(
    body: Mapping[str, object], config: Mapping[str, object], around: Around, *, template_known: bool
) -> Iterator[Problem]:
    """What is wrong with a target whose body comes to `config`; what an unknown template may give is not missed."""
    given = as_object(body.get("overrides"))
    for key, sentence in _LACKING.items():
        if config.get(key) in (None, "", []) and (template_known or key in config):
            yield Problem((*_HERE, key), sentence)
    if config.get("model_name") == "":
        yield Problem((*_HERE, "model_name"), "model_name must not be empty: leave it out, or name a model.")
    yield from _check_prompts(given, config, around)
    for number, generator in enumerate(items(config.get("generators"))):
        if is_object(generator):
            yield from _check_generator(generator, (*_HERE, "generators", number))


def _check_prompts(given: Mapping[str, object], config: Mapping[str, object], around: Around) -> Iterator[Problem]:
    for old, new in OLD_NAMES.items():
        name = config.get(new)
        key = old if given.get(new) is None and given.get(old) is not None else new
        if around.prompts is not None and isinstance(name, str) and name and name not in around.prompts:
            sentence = f"There is no prompt {shown(name)} in this repository.{nearest(name, around.prompts)}"
            yield Problem((*_HERE, key), sentence)
    teacher, student = config.get("teacher_prompt"), config.get("student_prompt")
    if isinstance(teacher, str) and teacher and teacher == student:
        sentence = "Regularisation: the same prompt on both sides keeps the model as it is."
        yield Problem((*_HERE, "student_prompt"), sentence, warning=True)


def _check_generator(generator: Mapping[str, object], path: Path) -> Iterator[Problem]:
    kind = generator.get("type")
    if isinstance(kind, str) and kind not in GENERATORS:
        known = ", ".join(GENERATORS)
        sentence = f"{shown(kind)} is no type of generator; there are {known}.{nearest(kind, GENERATORS)}"
        yield Problem((*path, "type"), sentence)
    content = generator.get("template_content")
    if isinstance(content, str) and (wrong := check_template(content)):
        yield Problem((*path, "template_content"), wrong)
    match kind:
        case "hardcoded":
            yield from _check_questions(generator, path)
        case "from_dataset" if generator.get("dataset") in (None, ""):
            yield Problem((*path, "dataset"), "dataset is missing: name the one that the questions are taken from.")
        case "custom" if not (generator.get("template_path") or content):
            yield Problem((*path, "template_content"), "A custom generator needs a template: load one, or write it.")
        case _:
            pass


def _check_questions(generator: Mapping[str, object], path: Path) -> Iterator[Problem]:
    questions, numq = items(generator.get("questions")), generator.get("numq")
    if generator.get("questions") in (None, []):
        yield Problem((*path, "questions"), "questions are missing: write at least one.")
        return
    for number, question in enumerate(questions):
        if isinstance(question, str) and not question.strip():
            yield Problem((*path, "questions", number), f"Question {number + 1} is empty.", warning=True)
    if isinstance(numq, int) and is_whole(numq) and numq > len(questions) > 0:
        sentence = f"numq is {shown(numq)}, but there are only {len(questions)} questions: all of them are asked once."
        yield Problem((*path, "numq"), sentence, warning=True)
