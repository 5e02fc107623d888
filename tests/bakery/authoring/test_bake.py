"""The fields of a bake, and weights that add up."""

from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.authoring import bake
from breadtui.bakery.authoring.bake import FIELDS, effective_batch, even, scaled, total
from breadtui.oven.schemas import BakeFields
from tests.bakery.authoring.offered import offered, same, taken

WEIGHTS = st.lists(st.floats(0, 1000, allow_subnormal=False) | st.integers(0, 5), min_size=1, max_size=12)


def printed(weights: list[float]) -> Decimal:
    return sum((Decimal(f"{weight}") for weight in weights), Decimal(0))


def test_every_field_of_a_bake_is_offered_with_its_type_and_range():
    fields = offered((*FIELDS, bake.DATASETS))
    wanted = taken(BakeFields)
    del wanted["scheduler", "lr"]
    assert set(fields) == set(wanted)
    assert [path for path, field in fields.items() if not same(field, wanted[path])] == []


def test_fields_stand_under_their_headings_in_order():
    assert [group for group, _ in groupby(FIELDS, lambda field: field.group)] == [
        "Training",
        "Model",
        "LoRA",
        "Optimizer",
        "Scheduler",
        "DeepSpeed",
        "Data",
        "Checkpoints",
        "Weights & Biases",
        "Advanced",
    ]


def test_every_field_has_one_line_of_help():
    for path, field in offered((*FIELDS, bake.DATASETS)).items():
        assert 10 < len(field.help) <= 90, path
        assert "\n" not in field.help
        assert field.help.endswith("."), path


def test_even_weights_of_three_are_a_third_each_as_nearly_as_they_add_up():
    assert even(3) == [0.334, 0.333, 0.333]
    assert even(1) == [1.0]
    assert even(0) == []
    assert even(4) == [0.25] * 4


@pytest.mark.parametrize("targets", [1, 2, 3, 7, 11, 30, 99, 1000, 2001])
def test_even_weights_add_up_to_exactly_one_as_they_are_printed(targets: int):
    weights = even(targets)
    assert printed(weights) == 1
    assert max(weights) - min(weights) < 0.011 / targets + 1e-9


@settings(max_examples=150)
@given(weights=WEIGHTS)
def test_scaled_weights_add_up_to_exactly_one_and_keep_their_proportions(weights: list[float]):
    result = scaled(weights)
    assert printed(result) == 1
    assert total([{"target": "t", "weight": weight} for weight in result]) == 1.0
    whole = sum(weights)
    for weight, share in zip(weights, result, strict=True):
        assert share == pytest.approx(weight / whole if whole else 1 / len(weights), abs=1e-3)
    assert scaled(result) == result


def test_weights_that_are_no_shares_count_as_nothing():
    assert scaled([0, 0]) == [0.5, 0.5]
    assert scaled([-1, 3, float("nan"), float("inf")]) == [0.0, 1.0, 0.0, 0.0]
    assert scaled([1e-300, 1]) == [0.0, 1.0]
    assert scaled([0.5, 0.3, 0.2]) == [0.5, 0.3, 0.2]
    assert scaled([1, 0.6, 0.4]) == [0.5, 0.3, 0.2]


def test_the_total_counts_a_missing_weight_as_one_and_adds_as_printed():
    datasets = [{"target": "a", "weight": 0.1}, {"target": "b", "weight": 0.2}, {"target": "c", "weight": 0.7}]
    assert total(datasets) == 1.0
    assert total([{"target": "a"}, {"target": "b", "weight": 0.5}, "junk", {"weight": "x"}]) == 1.5
    assert total(None) == 0


def test_the_effective_batch_is_what_one_step_takes_on_a_gpu():
    assert effective_batch(bake.DEFAULTS) == 1
    assert effective_batch({"micro_batch_size": 2, "gradient_accumulation_steps": 8}) == 16
    assert effective_batch({"micro_batch_size": 2}) is None
    assert effective_batch({"micro_batch_size": True, "gradient_accumulation_steps": "4"}) is None
