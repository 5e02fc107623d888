"""Hashes of sections. The names beside them are those that bgit 0.2.7 was seen to give for the same content."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.bgit.naming.hashing import bake_hash, base_of, hashed_name, prompt_hash, target_hash

ONE = [{"role": "system", "content": "one"}]
PROMPTS = {"teacher": "a" * 64, "student": "b" * 64}
TARGETS = {"t": "c" * 64}
TOOL = {"type": "function", "function": {"parameters": {"type": "object", "properties": {}}, "name": "f"}}

PROMPT_PAIRS: list[tuple[str, Mapping[str, object], str]] = [
    ("teacher", {"name": "tea", "messages": ONE}, "983e1ba167325c2c"),
    ("student", {"messages": [{"role": "system", "content": ""}]}, "3d82040bb35a2971"),
    ("student", {"messages": []}, "2e6b7a4f61149e18"),
    ("student", {}, "8c16bdd4a9f4b958"),
    ("student", {"messages": None}, "c969751531341ed8"),
    ("1", {"messages": [{"content": "one", "role": "system"}]}, "d92647caff98baab"),
    ("teacher", {"messages": ONE, "tools": []}, "7379cc76361d33f6"),
    ("teacher", {"messages": ONE, "tools": None}, "983e1ba167325c2c"),
    ("teacher", {"tools": [TOOL], "messages": ONE}, "31514f9a3b62adb0"),
    (
        "teacher",
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Zoë — “hi” 🍞\u2028\x7f\x01\n"}]}]},
        "d9b2835bf8dc5312",
    ),
    ("teacher", {"messages": [{"role": "user", "content": "half \ud83c of a sign"}]}, "cf20d6cb783e40ca"),
    ("teacher", {"messages": [{"role": "user", "content": 1.0, "10": 1, "9": 2, "01": 3}]}, "e729a1e086dcb77d"),
]

EXTRA = {"b": 1e-7, "a": {"z": [{"y": 1, "x": 2}], "🍞": 1, "ﬁ": 2}}
GENERATORS = [
    {"type": "hardcoded", "numq": 2, "questions": ["b"]},
    {"type": "hardcoded", "numq": 10, "questions": ["a"]},
    {"type": "from_dataset", "dataset": "squad", "numq": 28, "seed": 42},
    {"type": "oneshot_qs", "model": "claude", "numq": 120, "temperature": 0.6},
]
QUESTIONS = ["What’s b?", "What's c?", "what's a?", "Élan", "elan", "_a", "-a", "A", "a"]
TARGET_PAIRS: list[tuple[Mapping[str, object], str]] = [
    ({"generators": []}, "24a56bece6c31723"),
    ({"template": "default", "temperature": 0.60, "max_tokens": 1e21, "extra_kwargs": EXTRA}, "79e05709f2814fa1"),
    ({"generators": GENERATORS}, "9eee711dc210ab38"),
    ({"generators": [{"questions": [question]} for question in QUESTIONS]}, "6e407c4b61d40639"),
    ({"teacher_prompt": "teacher", "student_prompt": "student", "generators": []}, "7b782795da9240a9"),
    ({"u": "teacher", "v": "nobody"}, "55296b1b509a1a8a"),
    ({"u": 7}, "6c40f607e8e6cbc8"),
    ({"generators": {"type": "hardcoded", "numq": 1}}, "5693262f545e1a56"),
    ({"10": 1, "9": 2, "b": 3, "a": 4}, "c1905a1796374cbc"),
    ({"temperature": -0.0, "max_tokens": 2**53 + 1, "num_traj_per_stimulus": 2**60}, "2d2f780220d6f223"),
    ({"_prompt_hashes": 1, "zz": 2}, "6f04c84f7d664fbe"),
]

MANY = [{"target": name} for name in ("b", "B", "_c", "a-1", "a_1", "a1")]
MODEL = {"dtype": "bf16", "baked_adapter_config": {"r": 16}}
BAKE_PAIRS: list[tuple[Mapping[str, object], str]] = [
    ({"datasets": [{"target": "t", "weight": 1.0}]}, "158a4333ab158d70"),
    ({"datasets": [{"target": "t"}]}, "158a4333ab158d70"),
    ({"datasets": [{"target": "t", "weight": None, "note": "x"}]}, "158a4333ab158d70"),
    ({"datasets": [*MANY[:3], {"target": "t", "weight": 0.5}, *MANY[3:]]}, "711414318f5a6561"),
    ({"datasets": {"weight": 2, "target": "t"}}, "47b56f3a43c2b66a"),
    ({"epochs": 2, "model": MODEL, "optimizer": {"learning_rate": 0.008}}, "e2b51e33b202f805"),
    ({"total_trajectories": 1e6, "betas": [0.9, 0.999], "eps": 1e-8}, "6eb2d3d3ae6ce07f"),
]

TEXTS = st.text(st.characters(), max_size=6)
KEYS = TEXTS | st.sampled_from(["name", "messages", "tools", "generators", "datasets", "target", "weight", "u", "1"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.sampled_from(["teacher", "t"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
SECTIONS = st.dictionaries(KEYS, VALUES, max_size=6)
WORDS = st.text("abAB_ -'\"1", max_size=6)  # none that ICU takes for the same
OBJECTS = st.dictionaries(WORDS, st.none() | st.integers() | WORDS, max_size=4)


@pytest.mark.parametrize(("key", "section", "digits"), PROMPT_PAIRS)
def test_a_prompt_goes_by_its_key_its_messages_and_its_tools(
    key: str, section: Mapping[str, object], digits: str
) -> None:
    assert prompt_hash(key, section)[:16] == digits


@pytest.mark.parametrize(("section", "digits"), TARGET_PAIRS)
def test_a_target_goes_by_its_content_and_the_prompts(section: Mapping[str, object], digits: str) -> None:
    assert target_hash(section, PROMPTS)[:16] == digits
    assert target_hash({**section, "name": "other"}, PROMPTS)[:16] == digits


@pytest.mark.parametrize(("section", "digits"), BAKE_PAIRS)
def test_a_bake_goes_by_its_content_the_prompts_and_the_targets(section: Mapping[str, object], digits: str) -> None:
    assert bake_hash(section, PROMPTS, TARGETS)[:16] == digits
    assert bake_hash({**section, "name": "other"}, PROMPTS, TARGETS)[:16] == digits


def test_what_there_is_none_of_has_no_part_in_a_hash() -> None:
    assert target_hash({"generators": []}, {})[:16] == "60e5e86f59faa2e7"
    assert bake_hash({"datasets": []}, {}, {})[:16] == "0cff26bf2ee4ff5a"


def test_prompts_with_numbers_for_keys_stand_first() -> None:
    assert bake_hash({}, {"2": "x", "10": "y", "a": "z"}, {"ta": "q"})[:16] == "0eb983d85311d4da"


def test_a_key_called_proto_is_lost_as_in_javascript_but_not_within_lists() -> None:
    assert target_hash({"extra_kwargs": {"__proto__": 1}}, {}) == target_hash({"extra_kwargs": {}}, {})
    assert target_hash({"extra_kwargs": [{"__proto__": 1}]}, {}) != target_hash({"extra_kwargs": [{}]}, {})


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("t_9b4cb973e515bb2c", "t"),
        ("t_9B4CB973E515BB2C", "t"),
        ("my_target_9b4cb973e515bb2c", "my_target"),
        ("t_0123456789abcdef_9b4cb973e515bb2c", "t_0123456789abcdef"),
        ("_9b4cb973e515bb2c", ""),
        ("two\nlines_9b4cb973e515bb2c", "two\nlines"),
        ("t_9b4cb973e515bb2c\n", "t_9b4cb973e515bb2c\n"),
        ("t_9b4cb973e515bb2", "t_9b4cb973e515bb2"),
        ("t_9b4cb973e515bb2g", "t_9b4cb973e515bb2g"),
        ("t9b4cb973e515bb2c", "t9b4cb973e515bb2c"),
        ("", ""),
    ],
)
def test_the_base_of_a_name_is_what_stands_before_its_hash(name: str, base: str) -> None:
    assert base_of(name) == base


@given(TEXTS, st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_name_is_made_of_its_base_and_the_beginning_of_the_hash(base: str, digits: str) -> None:
    assert hashed_name(base, digits) == f"{base}_{digits[:16]}"
    assert base_of(hashed_name(base, digits)) == base


@given(SECTIONS, TEXTS)
def test_every_section_has_a_hash(section: Mapping[str, object], key: str) -> None:
    for digits in (prompt_hash(key, section), target_hash(section, PROMPTS), bake_hash(section, PROMPTS, TARGETS)):
        assert len(digits) == 64
        assert set(digits) <= set("0123456789abcdef")


@given(
    st.dictionaries(KEYS.filter(lambda key: key not in {"generators", "datasets"}), OBJECTS, max_size=4),
    st.lists(OBJECTS, max_size=3),
    st.lists(st.sampled_from("abcd"), max_size=4, unique=True),
    st.randoms(use_true_random=False),
)
def test_the_order_of_keys_generators_and_datasets_is_nothing_to_it(
    objects: dict[str, dict[str, object]],
    generators: list[dict[str, object]],
    targets: list[str],
    chance: random.Random,
) -> None:
    first = {**objects, "generators": generators, "datasets": [{"target": name, "weight": 2} for name in targets]}
    again = _shuffled(
        {
            **{key: _shuffled(value, chance) for key, value in objects.items()},
            "generators": chance.sample([_shuffled(generator, chance) for generator in generators], len(generators)),
            "datasets": chance.sample([{"weight": 2, "target": name} for name in targets], len(targets)),
        },
        chance,
    )
    assert target_hash(first | {"datasets": 0}, PROMPTS) == target_hash(again | {"datasets": 0}, PROMPTS)
    assert bake_hash(first | {"generators": 0}, PROMPTS, TARGETS) == bake_hash(
        again | {"generators": 0}, _shuffled(PROMPTS, chance), TARGETS
    )


@given(st.lists(st.integers(), min_size=2, max_size=4, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_messages_matters(contents: list[int], chance: random.Random) -> None:
    messages = [{"content": content} for content in contents]
    mixed = chance.sample(messages, len(messages))
    same = prompt_hash("teacher", {"messages": messages}) == prompt_hash("teacher", {"messages": mixed})
    assert same == (messages == mixed)


def test_a_changed_prompt_makes_another_target_and_bake_of_the_same_words() -> None:
    changed = PROMPTS | {"teacher": "d" * 64}
    assert target_hash({}, PROMPTS) != target_hash({}, changed)
    assert bake_hash({}, PROMPTS, TARGETS) != bake_hash({}, changed, TARGETS)
    assert bake_hash({}, PROMPTS, TARGETS) != bake_hash({}, PROMPTS, {"t": "d" * 64})


def _shuffled(content: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    return {key: content[key] for key in chance.sample([*content], len(content))}
