"""Rehearsed stimuli.

Plausible questions from a prompt's own words, distinct as long as there are new ones.
"""

import re
from collections.abc import Iterator
from itertools import islice
from math import gcd

from breadtui.oven.engines.dice import dice
from breadtui.oven.schemas import Generator

DEFAULT_NUMQ = 10
_COMMON = frozenset(
    [
        "about",
        "after",
        "also",
        "always",
        "answer",
        "answers",
        "before",
        "being",
        "could",
        "every",
        "from",
        "have",
        "help",
        "into",
        "like",
        "make",
        "more",
        "must",
        "never",
        "only",
        "other",
        "please",
        "questions",
        "should",
        "some",
        "speak",
        "such",
        "tell",
        "than",
        "that",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "user",
        "users",
        "very",
        "want",
        "what",
        "when",
        "where",
        "which",
        "while",
        "with",
        "without",
        "would",
        "you",
        "your",
        "yours",
    ]
)
_PATTERNS = (
    "How do I get started with {topic}{setting}?",
    "Why does {topic} matter{setting}?",
    "What should I check first when {topic} goes wrong{setting}?",
    "Can you explain {topic} to me{setting}?",
    "What is the most common mistake with {topic}{setting}?",
    "Is there a quicker way to deal with {topic}{setting}?",
    "What would you do about {topic}{setting}?",
    "How can I tell that {topic} is as it should be{setting}?",
    "Teach me about {topic}{setting}.",
    "I am stuck with {topic}{setting}. What now?",
    "Who can help me with {topic}{setting}?",
    "When is {topic} worth the effort{setting}?",
)
_SETTINGS = (
    "",
    " on my first day",
    " when I have only five minutes",
    " while I am travelling",
    " after an update",
    " without any experience",
    " for my whole family",
    " at work",
    " before I give up",
    " in the middle of the night",
    " if nothing else has worked",
)
_PERSONAS = (
    "a patient teacher",
    "a curious child",
    "a retired engineer",
    "a busy parent",
    "a sceptical journalist",
    "a first-year student",
    "a shop owner",
    "a nurse after a night shift",
)


def questions(generator: Generator, teacher: str) -> Iterator[str]:
    """The questions of one generator, endless ones cut at `numq` (10 when it is not given).

    Hardcoded questions come as they are; the other types are told apart by how a question begins.
    """
    hardcoded = generator.questions or []
    if generator.type == "hardcoded":
        return iter(hardcoded[: generator.numq])
    return islice(_made_up(generator, teacher), generator.numq or DEFAULT_NUMQ)


def how_many(generator: Generator) -> int:
    """How many questions that generator yields."""
    if generator.type != "hardcoded":
        return generator.numq or DEFAULT_NUMQ
    count = len(generator.questions or [])
    return min(count, generator.numq or count)


def topics(text: str, most: int = 24) -> list[str]:
    """The telling words of a text, in the order in which they first occur."""
    words = (word.lower() for word in re.findall(r"[^\W\d_][\w'-]{3,}", text))
    return list(islice(dict.fromkeys(word for word in words if word not in _COMMON), most))


def _made_up(generator: Generator, teacher: str) -> Iterator[str]:
    source = f"{generator.template_content or ''} {teacher}"
    subjects = topics(source) or ["this"]
    roll = dice("questions", generator.type, generator.seed, generator.dataset, source)
    total = len(_PATTERNS) * len(_SETTINGS) * len(subjects)
    # A stride near half of the ring and prime to it: neighbours differ, and each question comes up once.
    step = next(n for n in range(roll.randrange(total // 3, total // 2), total + 2) if gcd(n, total) == 1)
    place = roll.randrange(total)
    number = 0
    while True:
        rest, pattern = divmod(place, len(_PATTERNS))
        subject, setting = divmod(rest, len(_SETTINGS))
        asked = _PATTERNS[pattern].format(topic=subjects[subject], setting=_SETTINGS[setting])
        again = number // total
        yield _opening(generator, number) + asked + (f" (asked again, {again})" if again else "")
        place = (place + step) % total
        number += 1


def _opening(generator: Generator, number: int) -> str:
    match generator.type:
        case "persona":
            return f"I am {_PERSONAS[number % len(_PERSONAS)]}. "
        case "from_dataset":
            return f"[{generator.dataset or 'dataset'} {number + 1}] "
        case _:
            return ""
