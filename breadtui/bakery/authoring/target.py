"""What may stand in a target: its fields, the generators of its stimuli, and how much it will make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath

from breadtui.api.lenient import as_object, items
from breadtui.bakery.authoring.check_values import is_whole
from breadtui.bakery.authoring.fields import Field, Repeated, Shape
from breadtui.bakery.authoring.text_files import Unreadable, read_text

FIELDS: tuple[Field, ...] = (
    Field(("teacher_prompt",), Shape.TEXT, "The prompt whose behaviour goes into the weights.", "Prompts"),
    Field(("student_prompt",), Shape.TEXT, "The prompt that calls the behaviour up; an empty one: always.", "Prompts"),
    Field(("model_name",), Shape.TEXT, "The model that answers: a base model or a checkpoint.", "Rollout"),
    Field(
        ("num_traj_per_stimulus",), Shape.WHOLE, "How many responses to record for each stimulus.", "Rollout", least=1
    ),
    Field(("temperature",), Shape.NUMBER, "How freely it answers: 0 says the likeliest.", "Rollout", least=0, most=2),
    Field(("max_tokens",), Shape.WHOLE, "The longest response, in tokens.", "Rollout", least=1),
    Field(("max_concurrency",), Shape.WHOLE, "How many responses are made side by side.", "Rollout", least=1),
    Field(
        ("extra_kwargs",), Shape.OBJECT, "Anything else for the model's chat completion, as a JSON object.", "Rollout"
    ),
)
"""The fields of a target's `overrides`, its generators aside."""

OLD_NAMES: Mapping[str, str] = {"u": "teacher_prompt", "v": "student_prompt"}
"""What the service still takes for the two prompts, and gives back under their present names."""

MODELS = ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5", "claude-3-5-sonnet-20241022")
MOST_TEMPLATE_BYTES = 1 << 20
TEMPLATE_MARKS = ("${numq}", "${prompt_u}")
DEFAULT_NUMQ = 10
"""How many questions a generator makes that does not say."""

_TYPE = Field(("type",), Shape.TEXT, "How the questions come about.", required=True)
_QUESTIONS = Field(("questions",), Shape.LINES, "The questions, one a line.")
_FIRST = Field(("numq",), Shape.WHOLE, "Only the first so many of them; all if empty.", least=1)
_NUMQ = Field(("numq",), Shape.WHOLE, "How many questions to make.", least=1)
_MODEL = Field(("model",), Shape.TEXT, "The model that writes the questions.", offers=MODELS)
_TEMPERATURE = Field(("temperature",), Shape.NUMBER, "How much the questions vary.", least=0, most=2)
_MAX_TOKENS = Field(("max_tokens",), Shape.WHOLE, "The longest answer of the model that writes them.", least=1)
_SEED = Field(("seed",), Shape.WHOLE, "The same seed makes the same choice again.")
_DATASET = Field(("dataset",), Shape.TEXT, "The data set that the questions are taken from.")
_TEMPLATE_PATH = Field(("template_path",), Shape.TEXT, "The template's name; it is kept under templates/.")
_TEMPLATE_CONTENT = Field(
    ("template_content",), Shape.LONG, "The template: ${numq} is the number of questions, ${prompt_u} the teacher."
)
_CONDITIONED = Field(
    ("rollout_with_conditioned",), Shape.FLAG, "Whether the rollout asks with the student prompt in front."
)
_WRITTEN = (_NUMQ, _MODEL, _TEMPERATURE, _MAX_TOKENS, _SEED)

GENERATORS: Mapping[str, tuple[Field, ...]] = {
    "hardcoded": (_QUESTIONS, _FIRST, _CONDITIONED),
    "oneshot_qs": (*_WRITTEN, _TEMPLATE_PATH, _TEMPLATE_CONTENT, _CONDITIONED),
    "persona": (_NUMQ, _TEMPERATURE, _MAX_TOKENS, _SEED, _CONDITIONED),
    "from_dataset": (_DATASET, _NUMQ, _SEED, _CONDITIONED),
    "custom": (_TEMPLATE_PATH, _TEMPLATE_CONTENT, *_WRITTEN, _CONDITIONED),
}
"""The types of generators, each with the fields that mean something to it."""

GENERATOR = Repeated(
    ("generators",),
    "generator",
    tuple(
        {field.path: field for field in (_TYPE, *(field for kind in GENERATORS.values() for field in kind))}.values()
    ),
    "Where the stimuli come from, in this order.",
)
"""The list of generators; any of them may hold any generator's fields."""

MEANING: Mapping[str, str] = {
    "hardcoded": "Questions that you write yourself.",
    "oneshot_qs": "Questions that a model makes up from the teacher prompt, all in one go.",
    "persona": "Questions that made-up people of many kinds would ask.",
    "from_dataset": "Questions taken from a data set.",
    "custom": "Questions that a model makes up from a template of yours.",
}

NEW: Mapping[str, dict[str, object]] = {
    "hardcoded": {"type": "hardcoded", "questions": []},
    "oneshot_qs": {"type": "oneshot_qs", "numq": 50, "model": MODELS[0], "temperature": 0.7},
    "persona": {"type": "persona", "numq": 20, "temperature": 0.9},
    "from_dataset": {"type": "from_dataset", "numq": 20, "seed": 42},
    "custom": {"type": "custom", "numq": 50, "model": MODELS[0], "temperature": 0.7},
}
"""What a generator of each type holds when it has just been added."""

DEFAULTS: Mapping[str, object] = {
    "num_traj_per_stimulus": 1,
    "max_concurrency": 4,
    "temperature": 1.0,
    "max_tokens": 1024,
}
"""The template `default`; its `model_name` is the repository's base model."""


class TemplateProblem(Exception):
    """A template cannot be used; the text says why."""


def stimuli(config: Mapping[str, object]) -> int | None:
    """How many stimuli the generators of a configuration make; None where there are none, or one is not readable."""
    counts = [_questions(as_object(generator)) for generator in items(config.get("generators"))]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def trajectories(config: Mapping[str, object]) -> int:
    """How many responses each stimulus gets: one, unless the configuration says otherwise."""
    return _count(config.get("num_traj_per_stimulus")) or 1


def responses(config: Mapping[str, object]) -> int | None:
    """How many responses a rollout makes; None where the number of stimuli is not known."""
    asked = stimuli(config)
    return None if asked is None else asked * trajectories(config)


def read_template(path: FilePath) -> str:
    """A template from a file (UTF-8, at most 1 MiB).

    Raises:
        TemplateProblem: the file cannot be read, or what is in it is no template.
    """
    try:
        content = read_text(path, MOST_TEMPLATE_BYTES)
    except Unreadable as error:
        raise TemplateProblem(str(error)) from None
    if sentence := check_template(content):
        raise TemplateProblem(sentence)
    return content


def check_template(content: str) -> str | None:
    """What is wrong with a template, or None."""
    if len(content.encode(errors="surrogatepass")) > MOST_TEMPLATE_BYTES:
        return "A template may have at most 1 MiB."
    missing = [mark for mark in TEMPLATE_MARKS if mark not in content]
    return f"A template must hold {' and '.join(missing)}, where the stim fills them in." if missing else None


def _questions(generator: Mapping[str, object]) -> int | None:
    """As the service counts them."""
    numq = generator.get("numq")
    if numq is not None and _count(numq) is None:
        return None
    if generator.get("type") != "hardcoded":
        return (_count(numq) or DEFAULT_NUMQ) if generator.get("type") in GENERATORS else None
    questions = generator.get("questions")
    if not isinstance(questions, Sequence) or isinstance(questions, str):
        return None
    count = len(items(generator.get("questions")))
    return min(count, _count(numq) or count)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and is_whole(value) and value > 0 else None
