"""The fields of a target and its generators, what they will make, and templates from files."""

from pathlib import Path

import pytest

from breadtui.bakery.authoring import target
from breadtui.bakery.authoring.target import (
    FIELDS,
    GENERATOR,
    GENERATORS,
    MEANING,
    NEW,
    TemplateProblem,
    read_template,
    responses,
    stimuli,
    trajectories,
)
from breadtui.oven.schemas import TargetFields
from tests.bakery.authoring.offered import offered, same, taken

TEMPLATE = "Ask ${numq} questions about: ${prompt_u}"


def test_every_field_of_a_target_is_offered_but_the_old_names():
    fields = offered((*FIELDS, GENERATOR))
    wanted = taken(TargetFields)
    for old in target.OLD_NAMES:
        del wanted[(old,)]
    assert set(fields) == set(wanted)
    assert [path for path, field in fields.items() if not same(field, wanted[path])] == []


def test_every_field_has_one_line_of_help():
    for path, field in offered((*FIELDS, GENERATOR)).items():
        assert 10 < len(field.help) <= 90, path
        assert field.help.endswith(".")


def test_every_type_of_generator_has_a_meaning_a_beginning_and_only_its_own_fields():
    assert set(GENERATORS) == set(MEANING) == set(NEW)
    for kind, new in NEW.items():
        own = {field.label for field in GENERATORS[kind]}
        assert new["type"] == kind
        assert set(new) - {"type"} <= own
        assert "rollout_with_conditioned" in own


@pytest.mark.parametrize(
    ("generators", "count"),
    [
        ([{"type": "hardcoded", "questions": ["a", "b", "c"]}], 3),
        ([{"type": "hardcoded", "questions": ["a", "b", "c"], "numq": 2}], 2),
        ([{"type": "hardcoded", "questions": ["a"], "numq": 9}], 1),
        ([{"type": "oneshot_qs", "numq": 50}, {"type": "hardcoded", "questions": ["a"]}], 51),
        ([{"type": "persona"}], 10),
        ([], None),
        (None, None),
        ([{"type": "persona", "numq": "many"}], None),
        ([{"type": "hardcoded"}], None),
        ([{"type": "unheard_of"}], None),
        (["junk"], None),
    ],
)
def test_the_stimuli_are_counted_as_far_as_they_are_known(generators: object, count: int | None):
    assert stimuli({"generators": generators}) == count


def test_each_stimulus_is_answered_as_often_as_there_are_trajectories():
    config: dict[str, object] = {"generators": [{"type": "persona", "numq": 4}], "num_traj_per_stimulus": 3}
    assert (trajectories(config), responses(config)) == (3, 12)
    assert trajectories({"num_traj_per_stimulus": True}) == 1
    assert responses({"num_traj_per_stimulus": 3}) is None


def test_a_template_is_read_from_a_file(tmp_path: Path):
    path = tmp_path / "ask.txt"
    path.write_bytes(b"\xef\xbb\xbf" + TEMPLATE.encode())
    assert read_template(path) == TEMPLATE


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Ask ${numq} questions.", "must hold ${prompt_u}"),
        (b"", "${numq} and ${prompt_u}"),
        (b"\xff${numq} ${prompt_u}", "not text in UTF-8: byte 1"),
        (TEMPLATE.encode().ljust((1 << 20) + 1), "at most 1 MiB"),
    ],
)
def test_a_file_that_is_no_template_is_refused_with_the_reason(tmp_path: Path, content: bytes, words: str):
    path = tmp_path / "ask.txt"
    path.write_bytes(content)
    with pytest.raises(TemplateProblem) as problem:
        read_template(path)
    assert words in str(problem.value)


def test_what_is_no_file_is_refused_with_the_reason(tmp_path: Path):
    for path, words in {
        tmp_path / "none.txt": "There is no file",
        tmp_path: "is not a file",
        Path("a\x00b"): "not the name of a file",
        Path("/dev/zero"): "is not a file",
        Path("~nobody_of_that_name/x"): "not the name of a file",
    }.items():
        with pytest.raises(TemplateProblem, match=words):
            read_template(path)
