"""The seam between the oven and what makes text and weights: what an engine is asked, and what it answers.

An engine takes the time that it takes: it yields what has become ready since it last yielded, and the oven
commits each batch whole. After a restart it is asked to go on from row `start`, and must yield what it would
have yielded.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from breadtui.oven.engines.messages import message_text
from breadtui.oven.schemas import BakeFields, Generator, TargetFields

Messages = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Stimulus:
    """A question, numbered from 0.

    A trajectory starts from the override, if any, not from teacher and question.
    """

    stimulus_id: int
    question: str
    trajectory_override_stimulus: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One answer to one stimulus: one row of a rollout."""

    stimulus_id: int
    trajectory_id: int
    stimulus: str
    response: str
    model: str
    temperature: float
    tokens: int


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """One row of a bake's metrics; times in seconds, `epoch` a fraction of the whole data."""

    epoch: float
    iter: int
    loss: float
    lr: float
    iter_time: float
    iter_tflops: float
    step_time: float
    step_tflops: float
    seqlen: int
    train_loss: float


@dataclass(frozen=True, slots=True)
class StimOrder:
    """The stimuli of a target; teacher and student are the messages of its prompts."""

    generators: Sequence[Generator]
    teacher: Messages
    student: Messages


@dataclass(frozen=True, slots=True)
class RolloutOrder:
    """The responses of a target, `trajectories` for each stimulus.

    `stimuli` begins with the first still due.
    """

    settings: TargetFields
    teacher: Messages
    stimuli: Iterable[Stimulus]
    model: str
    trajectories: int


@dataclass(frozen=True, slots=True)
class BakeOrder:
    """A training run over that many responses; `name` is the bake's, with its repository's."""

    name: str
    settings: BakeFields
    responses: int


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How many steps a bake takes, and after which it saves a checkpoint (ascending, the last one too)."""

    steps: int
    checkpoints: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChatOrder:
    """A conversation; `baked` holds the teacher prompts that the model has learnt, its parents' first.

    `learnt` tells how far the checkpoint had come in its bake, from 0 to 1.
    """

    model: str
    baked: tuple[str, ...]
    messages: Messages
    max_tokens: int | None
    thinking: bool
    seed: int | None
    learnt: float = 1.0

    @property
    def question(self) -> str:
        """The last that the user said."""
        return next((message_text(said) for said in reversed(self.messages) if said.get("role") == "user"), "")


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a reply. A tool's call is a token `call`, its name, and then `arguments`, joined JSON."""

    kind: Literal["reasoning", "content", "call", "arguments"]
    text: str


class BrokenOff(Exception):
    """A reply ends before it is whole. `words` is what is told of that; where they are empty, nothing is."""

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.words = words


class Engine(Protocol):
    """What makes stimuli, responses, training steps and replies."""

    def stimuli(self, order: StimOrder, start: int) -> AsyncGenerator[Sequence[Stimulus], None]:
        """The stimuli from number `start` on."""
        ...

    def responses(self, order: RolloutOrder, start: int) -> AsyncGenerator[Sequence[Response], None]:
        """The responses from row `start` on; a row is stimulus times trajectories plus trajectory."""
        ...

    def plan(self, order: BakeOrder) -> TrainingPlan:
        """The length of a training run, known before it begins."""
        ...

    def training(self, order: BakeOrder, start: int) -> AsyncGenerator[Sequence[TrainingStep], None]:
        """The steps after the first `start`."""
        ...

    def reply(self, order: ChatOrder) -> AsyncGenerator[Token, None]:
        """A reply, token by token; reasoning first, and none when `thinking` is off.

        Raises:
            BrokenOff: while reading: this is as far as it goes.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens a text is, for the usage of a chat."""
        ...
