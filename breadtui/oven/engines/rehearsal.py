"""The built-in engine: text and a loss curve of the right shape from prompts and a seed; it trains nothing.

Same order and seed, same rows; every text says that it is a rehearsal. Times at speed 1 follow the vendor's
guide: a stim about 1 s and 0.15 s a question, a rollout about 2 s and 0.4 s a response shared by its
concurrency, a bake 12 minutes for 4 responses, 45 for 75 and at most 2 hours.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import chain, islice

from breadtui.oven.engines import (
    BakeOrder,
    BrokenOff,
    ChatOrder,
    Response,
    RolloutOrder,
    StimOrder,
    Stimulus,
    Token,
    TrainingPlan,
    TrainingStep,
)
from breadtui.oven.engines.dice import dice
from breadtui.oven.engines.directives import Directives, directives
from breadtui.oven.engines.messages import message_text, prompt_text
from breadtui.oven.engines.pace import batches
from breadtui.oven.engines.questions import questions
from breadtui.oven.engines.voices import answer, reasoning, tokens

_FEWEST_STEPS = 21
_MOST_STEPS = 5_000
_FIRST_LOSS = 1e-6
_LAST_LOSS = 2e-7
_LONGEST_BAKE = 7_200.0


class Rehearsal:
    """An engine that rehearses.

    `speed` divides the time of jobs, `chat_speed` is in tokens a second; 0 or infinity is at once for both.
    """

    def __init__(self, *, speed: float = 1.0, chat_speed: float = 60.0, seed: int = 0) -> None:
        self._speed = speed
        self._chat_speed = chat_speed
        self._seed = seed

    def stimuli(self, order: StimOrder, start: int) -> AsyncGenerator[Sequence[Stimulus], None]:
        """The generators' questions in order."""
        items = islice(self._stimuli(order), start, None)
        return batches(items, warm_up=0 if start else 1.0, each=0.15, speed=self._speed)

    def responses(self, order: RolloutOrder, start: int) -> AsyncGenerator[Sequence[Response], None]:
        """One response for each stimulus and trajectory."""
        items = islice(self._responses(order), start % order.trajectories, None)
        each = 0.4 / (order.settings.max_concurrency or 1)
        return batches(items, warm_up=0 if start else 2.0, each=each, speed=self._speed)

    def plan(self, order: BakeOrder) -> TrainingPlan:
        """Epochs over batches, 21 to 5,000 steps.

        Checkpoints as configured, else at each third (7, 14, 21).
        """
        settings = order.settings
        samples = max(1, settings.total_trajectories or order.responses)
        batch = max(1, settings.micro_batch_size or 1) * max(1, settings.gradient_accumulation_steps or 1)
        per_epoch = -(-samples // batch)
        steps = min(_MOST_STEPS, max(_FEWEST_STEPS, max(1, settings.epochs or 1) * per_epoch))
        saving = [item for item in settings.checkpoint or () if item.enabled is not False]
        every = min(
            (n for item in saving for n in (item.save_every_n_steps, (item.save_every_n_epochs or 0) * per_epoch) if n),
            default=-(-steps // 3),
        )
        return TrainingPlan(steps, tuple(sorted({*range(every, steps, every), steps})))

    def training(self, order: BakeOrder, start: int) -> AsyncGenerator[Sequence[TrainingStep], None]:
        """A loss that falls from about 1e-6 to about 2e-7, with noise."""
        steps = self.plan(order).steps
        whole = min(_LONGEST_BAKE, 720.0 * (max(order.responses, 1) / 4) ** 0.45)
        items = (self._step(order, number, steps) for number in range(start + 1, steps + 1))
        return batches(items, warm_up=0, each=whole / steps, speed=self._speed)

    async def reply(self, order: ChatOrder) -> AsyncGenerator[Token, None]:
        """Tokens at the chat's speed; `max_tokens` is the caller's to keep."""
        asked = directives(order.question)
        speed = self._chat_speed if asked.speed is None else asked.speed
        prompts = "\n".join(chain(order.baked, (message_text(m) for m in order.messages if m.get("role") == "system")))
        seed = (order.seed, self._seed, order.model, len(order.messages))
        clock = asyncio.get_running_loop()
        thought = tokens(reasoning(order.question, prompts, seed=seed))
        spoken = tokens(answer(order.question, prompts, seed=seed, learnt=order.learnt))
        await asyncio.sleep(asked.wait or 0)
        begun = clock.time()
        for number, token in enumerate(_said(asked, thought if order.thinking else [], thought, spoken), 1):
            # At full speed the loop still has to see to other requests, and to a client that hangs up.
            await asyncio.sleep(max(0.0, begun + number / speed - clock.time()) if speed else 0)
            yield token
        if "error" in asked:
            raise BrokenOff("The model's worker went away (a rehearsed failure)")
        if "cut" in asked:
            raise BrokenOff

    def count_tokens(self, text: str) -> int:
        """Rehearsed tokens: words, long ones cut."""
        return len(tokens(text))

    def _stimuli(self, order: StimOrder) -> Iterator[Stimulus]:
        teacher, student = prompt_text(order.teacher), prompt_text(order.student)
        number = 0
        for generator in order.generators:
            seeded = generator if generator.seed is not None else generator.model_copy(update={"seed": self._seed})
            for question in questions(seeded, teacher):
                override = f"{student}\n\n{question}".strip() if generator.rollout_with_conditioned else None
                yield Stimulus(number, question, override)
                number += 1

    def _responses(self, order: RolloutOrder) -> Iterator[Response]:
        teacher = prompt_text(order.teacher)
        temperature = 1.0 if order.settings.temperature is None else order.settings.temperature
        most = order.settings.max_tokens
        for stimulus in order.stimuli:
            asked = stimulus.trajectory_override_stimulus
            for trajectory in range(order.trajectories):
                seed = (self._seed, trajectory if temperature else 0)
                said = tokens(answer(asked or stimulus.question, "" if asked else teacher, seed=seed))[:most]
                yield Response(
                    stimulus.stimulus_id,
                    trajectory,
                    stimulus.question,
                    "".join(said),
                    order.model,
                    temperature,
                    len(said),
                )

    def _step(self, order: BakeOrder, number: int, steps: int) -> TrainingStep:
        roll = dice("training", order.name, order.settings.seed, self._seed, number)
        done = number / steps
        level = _LAST_LOSS + (_FIRST_LOSS - _LAST_LOSS) * math.exp(-5 * done)
        loss = level * (1 + roll.gauss(0, 0.06 * (1 - done / 2)))
        rate = order.settings.optimizer.learning_rate if order.settings.optimizer else None
        seconds = 1.9 + 0.2 * roll.random()
        return TrainingStep(
            epoch=round(done * max(1, order.settings.epochs or 1), 4),
            iter=number,
            loss=loss,
            lr=(1e-4 if rate is None else rate) * 0.5 * (1 + math.cos(math.pi * done)),
            iter_time=seconds,
            iter_tflops=380 / seconds,
            step_time=seconds * 1.04,
            step_tflops=380 / seconds / 1.04,
            seqlen=512 + roll.randrange(512),
            train_loss=loss,
        )


def _said(asked: Directives, reasoned: list[str], thought: list[str], spoken: list[str]) -> Iterator[Token]:
    """A reply as the question wants it: `reasoned` apart from the text, `thought` inside it."""
    if asked.tokens is None and ("cut" in asked or "error" in asked):
        spoken = spoken[: len(spoken) // 2]
    if "think" in asked:
        spoken, reasoned = ["<think>", *thought, "</think>\n\n", *spoken], []
    yield from (Token("reasoning", piece) for piece in reasoned)
    if "silent" not in asked:
        yield from (Token("content", piece) for piece in spoken)
    if "tool" in asked:
        yield Token("call", "rehearsal_lookup")
        yield from (Token("arguments", piece) for piece in tokens('{"topic": "weather", "in": ["Dagobah", "東京"]}'))
