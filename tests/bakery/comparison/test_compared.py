"""What two things come to beside each other, read from a real oven."""

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api.client import BreadClient
from breadtui.api.models import Message
from breadtui.api.secret import Secret
from breadtui.bakery.authoring.differences import ABSENT
from breadtui.bakery.comparison.compared import Comparison, Heading, compare
from breadtui.bakery.comparison.lines import Line, Sign
from breadtui.bakery.comparison.loading import load
from breadtui.bakery.comparison.messages import Pair, paired
from breadtui.bakery.comparison.report import plain, unified
from breadtui.bakery.comparison.settings import Setting, compared_settings
from breadtui.bakery.comparison.subject import ComparisonError, Subject
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing
from tests.support.oven import RunningOven, running_oven
from tests.support.pairs import REPO, furnish

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
CONFIGS = st.dictionaries(st.sampled_from(["datasets", "model", "epochs", "extra_kwargs"]), VALUES, max_size=3)
MESSAGES = st.lists(
    st.builds(
        lambda role, content: Message(role=role, content=content),
        st.sampled_from(["system", "user"]),
        st.sampled_from(["", "be kind", "be cruel", "who are you?"]),
    ),
    max_size=6,
)
MIRRORED = {Sign.NEW: Sign.GONE, Sign.GONE: Sign.NEW}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("pairs"), samples=True) as oven:
        furnish(oven)
        yield oven


@pytest.fixture
async def kitchen(samples: RunningOven) -> AsyncIterator[Kitchen]:
    kitchen = Kitchen(BreadClient(samples.url, Secret(samples.key)))
    yield kitchen
    await kitchen.close()


async def compared(kitchen: Kitchen, thing: Thing, before: str, after: str) -> Comparison:
    return compare(*await load(kitchen, Subject(thing, REPO, before), Subject(thing, REPO, after)))


def differing(comparison: Comparison, title: str = "Configuration") -> dict[str, tuple[object, object]]:
    rows = [row for section in comparison.sections if section.title == title for row in section.rows]
    return {row.name: (row.before, row.after) for row in rows if isinstance(row, Setting) and row.sign.differs}


@given(CONFIGS, CONFIGS)
@settings(max_examples=60)
def test_configurations_differ_alike_from_either_side(before: dict[str, object], after: dict[str, object]) -> None:
    one = {row.name: (row.sign, row.before, row.after) for row in compared_settings(before, after)}
    other = {row.name: (row.sign, row.before, row.after) for row in compared_settings(after, before)}
    assert other == {name: (MIRRORED.get(sign, sign), b, a) for name, (sign, a, b) in one.items()}


@given(CONFIGS)
@settings(max_examples=40)
def test_a_configuration_does_not_differ_from_itself(config: dict[str, object]) -> None:
    assert not any(row.sign.differs for row in compared_settings(config, config))


@given(MESSAGES, MESSAGES)
@settings(max_examples=60)
def test_every_message_is_paired_once_with_one_of_its_role_or_with_none(
    before: list[Message], after: list[Message]
) -> None:
    pairs = paired(before, after)
    assert [pair.before for pair in pairs if pair.before is not None] == list(range(len(before)))
    assert [pair.after for pair in pairs if pair.after is not None] == list(range(len(after)))
    for pair in pairs:
        if pair.before is not None and pair.after is not None:
            assert before[pair.before].role == after[pair.after].role


def test_a_message_put_before_another_leaves_that_one_as_it_is() -> None:
    before = [Message(role="system", content="You are Yoda, wise and small.")]
    after = [Message(role="system", content="Answer in English."), *before]
    assert paired(before, after) == [Pair(None, 0), Pair(0, 1)]


def test_datasets_are_known_by_their_targets_and_an_absent_weight_is_one() -> None:
    before = {"datasets": [{"target": "a", "weight": 1.0}, {"target": "b", "weight": 0.5}]}
    after = {"datasets": [{"target": "b", "weight": 0.4}, {"target": "a"}]}
    rows = {row.name: row for row in compared_settings(before, after)}
    assert rows["datasets.a.weight"].sign is Sign.SAME
    assert (rows["datasets.b.weight"].before, rows["datasets.b.weight"].after) == (0.5, 0.4)


def test_what_is_as_in_the_default_template_is_told_from_what_is_a_persons_own() -> None:
    (row,) = compared_settings({"epochs": 3}, {"epochs": 5}, ({"epochs": 3}, {"epochs": 3}))
    assert row.inherited == (True, False)


async def test_of_two_bakes_settings_losses_and_checkpoints_stand_beside_each_other(kitchen: Kitchen) -> None:
    comparison = await compared(kitchen, Thing.BAKE, "yoda_bake_v1", "luke_bake")
    assert differing(comparison) == {"epochs": (3, 5)}
    outcome = {row.name: row for row in comparison.sections[1].rows if isinstance(row, Setting)}
    assert {"state", "final loss", "lowest loss"} <= outcome.keys()
    assert outcome["checkpoints"].before == "7, 14, 21"


async def test_of_two_targets_the_teachers_are_compared_with_each_other_and_the_students(kitchen: Kitchen) -> None:
    comparison = await compared(kitchen, Thing.TARGET, "yoda_target", "luke_target")
    assert differing(comparison)["temperature"] == (1.0, 0.7)
    assert differing(comparison)["generators[0].questions[3]"] == ("Teach me about patience.", ABSENT)
    teacher, student = comparison.sections[1:]
    assert teacher.names == ("yoda_teacher", "luke_teacher")
    changed = [span.text for row in teacher.rows if isinstance(row, Line) for span in row.after or () if span.changed]
    assert changed[:4] == ["Luke", "Luke", "plain", "warm"]
    assert [row.text for row in teacher.rows if isinstance(row, Heading) and row.sign is Sign.NEW] == [
        "message 2, user"
    ]
    assert student.differences == 0


async def test_a_thing_does_not_differ_from_itself(kitchen: Kitchen) -> None:
    for thing, name in ((Thing.PROMPT, "luke_teacher"), (Thing.TARGET, "luke_target"), (Thing.BAKE, "luke_bake")):
        comparison = await compared(kitchen, thing, name, name)
        assert (comparison.differences, comparison.problems) == (0, ())
        assert unified(comparison)[2:] == ["Equal."]


async def test_of_what_cannot_be_read_it_is_said_why_beside_what_could(kitchen: Kitchen) -> None:
    comparison = await compared(kitchen, Thing.TARGET, "gone", "luke_target")
    assert "gone" in comparison.problems[0]
    assert comparison.differences == 0
    assert "? temperature: 0.7" in unified(comparison)
    teacher = comparison.sections[1]
    assert "You are Luke" in "".join(plain(row.after) for row in teacher.rows if isinstance(row, Line))


async def test_only_two_of_a_kind_can_be_compared(kitchen: Kitchen) -> None:
    sides = await load(kitchen, Subject(Thing.BAKE, REPO, "luke_bake"), Subject(Thing.TARGET, REPO, "luke_target"))
    with pytest.raises(ComparisonError, match="only two of a kind"):
        compare(*sides)
