"""The rehearsal engine on its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import TypeVar

import pytest

from breadtui.oven.engines import BakeOrder, ChatOrder, Response, RolloutOrder, StimOrder, Stimulus
from breadtui.oven.engines.rehearsal import Rehearsal
from breadtui.oven.schemas import BakeFields, Generator, TargetFields

T = TypeVar("T")
TEACHER = [{"role": "system", "content": "You are a baker of sourdough bread in Lisbon."}]
MADE_UP = ("oneshot_qs", "persona", "from_dataset", "custom")


def _stim(*generators: Generator) -> StimOrder:
    return StimOrder(generators, TEACHER, [{"role": "system", "content": "Short!"}])


def _rollout(stimuli: Sequence[Stimulus], trajectories: int = 2) -> RolloutOrder:
    return RolloutOrder(TargetFields(temperature=1.0), TEACHER, stimuli, "Qwen/Qwen3-32B", trajectories)


async def _all(batches: AsyncIterator[Sequence[T]]) -> list[T]:
    return [item async for batch in batches for item in batch]


async def test_hardcoded_questions_come_as_they_are_and_numq_limits_them():
    generator = Generator(type="hardcoded", questions=["a", "b", "c"], numq=2)
    assert await _all(Rehearsal(speed=0).stimuli(_stim(generator), 0)) == [Stimulus(0, "a"), Stimulus(1, "b")]


@pytest.mark.parametrize("kind", MADE_UP)
async def test_made_up_questions_are_distinct_and_about_the_prompt(kind: str):
    generator = Generator(type=kind, numq=300, dataset="code", template_path="t.j2")
    questions = [item.question for item in await _all(Rehearsal(speed=0).stimuli(_stim(generator), 0))]
    assert len(set(questions)) == 300
    assert any("sourdough" in question for question in questions)


async def test_ten_questions_are_made_when_no_number_is_given():
    assert len(await _all(Rehearsal(speed=0).stimuli(_stim(Generator(type="persona")), 0))) == 10


@pytest.mark.parametrize("kind", MADE_UP)
async def test_the_same_seed_repeats_and_another_does_not(kind: str):
    async def questions(seed: int) -> list[Stimulus]:
        return await _all(Rehearsal(speed=0, seed=seed).stimuli(_stim(Generator(type=kind, numq=5)), 0))

    assert await questions(1) == await questions(1)
    assert await questions(1) != await questions(2)


@pytest.mark.parametrize("start", [0, 1, 7, 499])
async def test_going_on_from_a_row_yields_what_the_whole_run_would_have_from_there(start: int):
    engine = Rehearsal(speed=0)
    order = _stim(Generator(type="oneshot_qs", numq=500))
    whole = await _all(engine.stimuli(order, 0))
    assert await _all(engine.stimuli(order, start)) == whole[start:]
    responses = await _all(engine.responses(_rollout(whole), 0))
    assert await _all(engine.responses(_rollout(whole[start // 2 :]), start)) == responses[start:]
    bake = BakeOrder("r/b", BakeFields(epochs=3), 500)
    assert await _all(engine.training(bake, start)) == (await _all(engine.training(bake, 0)))[start:]


async def test_the_trajectories_of_a_stimulus_differ_unless_the_temperature_is_zero():
    async def said(temperature: float) -> set[str]:
        order = _rollout([Stimulus(0, "Why rye?")], 5)
        order = RolloutOrder(TargetFields(temperature=temperature), order.teacher, order.stimuli, order.model, 5)
        rows: list[Response] = await _all(Rehearsal(speed=0).responses(order, 0))
        return {row.response for row in rows}

    assert len(await said(1.0)) > 1
    assert len(await said(0.0)) == 1


async def test_conditioned_stimuli_carry_what_their_trajectories_start_from():
    generator = Generator(type="hardcoded", questions=["a"], rollout_with_conditioned=True)
    (stimulus,) = await _all(Rehearsal(speed=0).stimuli(_stim(generator), 0))
    assert stimulus.trajectory_override_stimulus == "Short!\n\na"


async def test_a_loss_falls_from_about_one_to_about_two_in_ten_millionths():
    steps = await _all(Rehearsal(speed=0).training(BakeOrder("r/b", BakeFields(epochs=10), 30), 0))
    losses = [step.loss for step in steps]
    assert 7e-7 < losses[0] < 1.3e-6
    assert 1.5e-7 < losses[-1] < 2.5e-7
    assert sum(losses[:10]) > 2 * sum(losses[-10:])
    assert any(later > earlier for earlier, later in pairwise(losses))
    assert [step.iter for step in steps] == list(range(1, 301))


@pytest.mark.parametrize(
    ("settings", "responses", "steps", "checkpoints"),
    [
        ({"epochs": 3}, 4, 21, (7, 14, 21)),
        ({"epochs": 3}, 100, 300, (100, 200, 300)),
        ({"epochs": 2, "micro_batch_size": 4, "gradient_accumulation_steps": 2}, 100, 26, (9, 18, 26)),
        ({"epochs": 1, "total_trajectories": 50}, 4, 50, (17, 34, 50)),
        ({"checkpoint": [{"save_every_n_steps": 10}]}, 4, 21, (10, 20, 21)),
        ({"epochs": 10**9}, 10**6, 5000, (1667, 3334, 5000)),
    ],
)
def test_a_bakes_length_follows_its_settings(
    settings: dict[str, object], responses: int, steps: int, checkpoints: tuple[int, ...]
):
    plan = Rehearsal().plan(BakeOrder("r/b", BakeFields.model_validate(settings), responses))
    assert (plan.steps, plan.checkpoints) == (steps, checkpoints)


async def test_speed_divides_the_time_of_a_job():
    order = _stim(Generator(type="hardcoded", questions=["a"] * 20))
    begun = time.monotonic()
    assert len(await _all(Rehearsal(speed=10).stimuli(order, 0))) == 20
    assert 0.35 < time.monotonic() - begun < 2.0


async def test_chat_keeps_to_its_speed_and_to_its_length():
    engine = Rehearsal(chat_speed=400)
    order = ChatOrder("m", (), [{"role": "user", "content": "/rehearse tokens=100"}], None, thinking=False, seed=None)
    begun = asyncio.get_running_loop().time()
    tokens = [token.text async for token in engine.reply(order)]
    assert len(tokens) == 100
    assert 0.2 < asyncio.get_running_loop().time() - begun < 2.0


@pytest.mark.parametrize("prompt", ["You are Yoda.", "You support Apple iPhone users.", "", "Be a pirate."])
async def test_a_reply_is_sixty_to_two_hundred_tokens_with_a_list(prompt: str):
    engine = Rehearsal(chat_speed=0)
    code = 0
    for number in range(40):
        messages = [
            {"role": "system", "content": prompt},
            {"role": "user", "content": f"Question {number} on ovens?"},
        ]
        order = ChatOrder("m", (), messages, None, thinking=False, seed=None)
        text = "".join([token.text async for token in engine.reply(order)])
        assert 60 <= engine.count_tokens(text) <= 200
        assert text.startswith("(rehearsal)")
        assert "\n- " in text or "\n1. " in text
        code += "```" in text
    assert 0 < code < 40
