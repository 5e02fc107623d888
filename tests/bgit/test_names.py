"""Names of what a directory asks for. Those with digits are the ones that bgit 0.2.7 gave in directories of its own."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.bgit.files.bread import BreadFile, Named
from breadtui.bgit.files.input import Input
from breadtui.bgit.naming.hashing import base_of, prompt_hash
from breadtui.bgit.naming.names import Names, names_of

FRESH = BreadFile("loaf")
TEACHER: Mapping[str, object] = {"name": "tea", "messages": [{"role": "system", "content": "one"}]}
EMPTY: Mapping[str, object] = {"messages": [{"role": "system", "content": ""}]}
TARGET: Mapping[str, object] = {"name": "t", "generators": [{"type": "hardcoded", "numq": 1, "questions": ["one"]}]}
BAKE: Mapping[str, object] = {
    "name": "one",
    "datasets": [{"target": "t", "weight": 1.0}],
    "model": {"dtype": "bf16"},
}
WHOLE = Input({"teacher": TEACHER, "student": EMPTY}, TARGET, BAKE)


def recorded(names: Names) -> BreadFile:
    return BreadFile("loaf", names.prompts, names.target, names.bake)


def called(names: Names) -> list[str | None]:
    things = [*names.prompts.values(), names.target, names.bake]
    return [named and named.name for named in things]


def test_names_are_made_as_bgit_makes_them() -> None:
    assert called(names_of(WHOLE, FRESH)) == [
        "tea_983e1ba167325c2c",
        "prompt_3d82040bb35a2971",
        "t_9b4cb973e515bb2c",
        "one_71589d1750811a6f",
    ]
    assert names_of(WHOLE, FRESH).targets == {"t": "t_9b4cb973e515bb2c"}


def test_a_missing_student_counts_as_an_empty_one() -> None:
    found = Input({"teacher": TEACHER}, TARGET, {**BAKE, "epochs": 2})
    assert called(names_of(found, FRESH)) == [
        "tea_983e1ba167325c2c",
        "prompt_2e6b7a4f61149e18",
        "t_de8aa03d56151adf",
        "one_4fa725c6e7a11d0f",
    ]


def test_the_order_of_prompts_is_nothing_to_the_names() -> None:
    long = (
        "You are the second teacher, and this text is rather long, so that whoever writes it down has to wrap it "
        "somewhere.\nAnd it: has more lines — with “quotes” and é.\n"
    )
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    weather = {"name": "get_weather", "description": "Weather: now", "parameters": parameters}
    teacher: Mapping[str, object] = {
        "name": "tea2",
        "messages": [{"role": "system", "content": long}],
        "tools": [{"type": "function", "function": weather}],
    }
    oneshot = {"type": "oneshot_qs", "numq": 3, "model": "claude-sonnet-4-5-20250929", "temperature": 0.60}
    target: Mapping[str, object] = {
        "name": "t2",
        "generators": [oneshot, {"type": "hardcoded", "numq": 2, "questions": ["one", "yes"]}],
        "num_traj_per_stimulus": 2,
    }
    bake: Mapping[str, object] = {
        "name": "two",
        "datasets": [{"target": "t2"}],
        "epochs": 1,
        "model": {"baked_adapter_config": {"r": 16}},
    }
    names = names_of(Input({"student": EMPTY, "teacher": teacher}, target, bake), FRESH)
    assert called(names) == [
        "prompt_3d82040bb35a2971",
        "tea2_9a8b78a6fb174500",
        "t2_4440d5058a093abb",
        "two_921a03afde33aa8c",
    ]
    assert [*names.prompts] == ["student", "teacher"]


def test_what_has_no_name_is_called_after_what_it_is() -> None:
    found = Input({"teacher": {**TEACHER, "name": ""}}, {"generators": []}, {"name": None})
    names = names_of(found, FRESH)
    assert [base_of(name or "") for name in called(names)] == ["prompt", "prompt", "target", "bake"]
    assert [*names.targets] == ["target"]


@pytest.mark.parametrize(("name", "base"), [(5, "5"), (1.0, "1"), (True, "true"), (0, "target"), (False, "target")])
def test_a_name_that_is_no_text_is_written_as_javascript_writes_it(name: object, base: str) -> None:
    target = names_of(Input({}, {"name": name}), FRESH).target
    assert target is not None
    assert base_of(target.name) == base


def test_what_has_not_changed_keeps_its_recorded_name() -> None:
    before = recorded(names_of(WHOLE, FRESH))
    kept = {key: Named(named.hash, f"mine_{key}") for key, named in before.prompts.items()}
    names = names_of(WHOLE, BreadFile("loaf", kept, before.target, before.bake))
    assert [named.name for named in names.prompts.values()] == ["mine_teacher", "mine_student"]
    assert (names.target, names.bake) == (before.target, before.bake)


def test_a_prompt_that_is_only_called_otherwise_keeps_its_name_but_a_target_and_a_bake_get_another() -> None:
    before = names_of(WHOLE, FRESH)
    prompts = {"teacher": {**TEACHER, "name": "coffee"}, "student": EMPTY}
    bake = {**BAKE, "name": "uno", "datasets": [{"target": "u"}]}
    after = names_of(Input(prompts, {**TARGET, "name": "u"}, bake), recorded(before))
    assert after.prompts == before.prompts
    assert after.target is not None
    assert before.target is not None
    assert after.target == Named(before.target.hash, f"u_{before.target.hash[:16]}")
    assert after.bake is not None
    assert base_of(after.bake.name) == "uno"


def test_a_changed_prompt_gives_all_that_is_made_of_it_another_name() -> None:
    before = names_of(WHOLE, FRESH)
    changed = Input({"teacher": {**TEACHER, "messages": []}, "student": EMPTY}, TARGET, BAKE)
    after = names_of(changed, recorded(before))
    assert after.prompts["student"] == before.prompts["student"]
    for one, other in ((after.prompts["teacher"], before.prompts["teacher"]), (after.target, before.target)):
        assert one != other
    assert after.bake != before.bake


def test_without_a_target_the_datasets_mean_the_recorded_one() -> None:
    before = names_of(WHOLE, FRESH)
    after = names_of(Input(WHOLE.prompts, None, BAKE), recorded(before))
    assert after.target is None
    assert after.targets == {"t": "t_9b4cb973e515bb2c"}
    assert after.bake == before.bake


def test_without_a_bake_none_is_named() -> None:
    assert names_of(Input(WHOLE.prompts, TARGET), recorded(names_of(WHOLE, FRESH))).bake is None


def test_where_no_target_was_ever_made_the_datasets_mean_none() -> None:
    names = names_of(Input(WHOLE.prompts, None, BAKE), FRESH)
    assert not names.targets
    assert names.bake is not None
    assert names.bake != names_of(WHOLE, FRESH).bake


def test_without_prompts_there_is_still_the_student() -> None:
    before = recorded(names_of(WHOLE, FRESH))
    names = names_of(Input({}, TARGET), before)
    assert [*names.prompts] == ["student"]
    assert names.prompts["student"].hash == prompt_hash("student", {"messages": []})


TEXTS = st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
)
SECTIONS = st.dictionaries(st.sampled_from(["name", "messages", "generators", "datasets", "u"]) | TEXTS, VALUES)
INPUTS = st.builds(Input, st.dictionaries(TEXTS, SECTIONS, max_size=3), st.none() | SECTIONS, st.none() | SECTIONS)


@given(INPUTS)
def test_whatever_is_asked_for_has_a_name_and_the_same_once_that_is_recorded(found: Input) -> None:
    names = names_of(found, FRESH)
    assert {*names.prompts} == {*found.prompts, "student"}
    assert (names.target is None) == (found.target is None)
    assert (names.bake is None) == (found.bake is None)
    for named in (*names.prompts.values(), names.target, names.bake):
        assert named is None or named.name.endswith(f"_{named.hash[:16]}")
    again = names_of(found, recorded(names))
    assert (again.prompts, again.target, again.bake) == (names.prompts, names.target, names.bake)
