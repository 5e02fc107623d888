"""The request bodies of the contract: no unknown keys, no coerced types, the ranges of the OpenAPI document.

Stored configurations are read back through the same models, so that the rest of the oven never digs in
untyped JSON.
"""

import json
from collections.abc import Iterable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

T = TypeVar("T")
_DEEPEST = 100
_MOST_TEMPLATE_BYTES = 1 << 20
_TEMPLATE_MARKS = ("${numq}", "${prompt_u}")


def _encodable(value: T) -> T:
    # Python's JSON parser lets NaN, Infinity and lone surrogates in, and no answer could carry them out
    # again.
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    return value


FreeJson = Annotated[JsonValue, AfterValidator(_encodable)]
FreeObject = dict[str, FreeJson]
Count = Annotated[int, Field(ge=1)]
Interval = Annotated[int, Field(ge=0)]
Temperature = Annotated[float, Field(ge=0.0, le=2.0)]
Pair = Annotated[list[float], Field(min_length=2, max_length=2)]


class Strict(BaseModel):
    """A body in which an unknown key or a wrong type is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, protected_namespaces=())

    def given(self) -> dict[str, object]:
        """What was set, as plain JSON; a null says nothing and is left out."""
        return self.model_dump(exclude_none=True, exclude_unset=True)


class Body(Strict):
    """The whole body of a request."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_unkeepable(cls, body: object) -> object:
        # What is nested deeper than Python likes to go could be stored, and never be given back.
        if _deeper_than(_DEEPEST, body):
            raise ValueError(f"Nested too deeply: at most {_DEEPEST} objects and arrays in one another")
        try:
            json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("Text must not hold half of a surrogate pair") from None
        return body


class Open(Strict):
    """An object that keeps all it came with: keys beyond its own, and explicit nulls."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="after")
    def _check_extra(self) -> Self:
        for value in (self.model_extra or {}).values():
            _encodable(value)
        return self

    def as_sent(self) -> dict[str, object]:
        """The object as it came."""
        return self.model_dump(exclude_unset=True)


class Message(Open):
    """One message of a prompt."""

    role: str
    content: str | list[FreeObject] | None = None


class Function(Open):
    """What a model may call, as OpenAI describes it; `parameters` is a JSON schema."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    description: str | None = None
    parameters: FreeObject | None = None
    strict: bool | None = None


class Tool(Open):
    """A tool of a prompt, in OpenAI's form: always a function."""

    type: Literal["function"]
    function: Function


class Generator(Strict):
    """One way to make stimuli.

    `type` is checked when the stim runs, since the contract leaves it a plain string.
    """

    type: str
    model: str | None = None
    numq: Count | None = None
    temperature: Temperature | None = None
    max_tokens: Count | None = None
    dataset: str | None = None
    questions: list[str] | None = None
    template_path: str | None = None
    template_content: str | None = None
    seed: int | None = None
    rollout_with_conditioned: bool | None = None

    @field_validator("template_path")
    @classmethod
    def _in_templates(cls, path: str | None) -> str | None:
        # A template is the repository's: the contract keeps its file name and puts it under templates/.
        return path and f"templates/{path.rpartition('/')[2]}"

    @field_validator("template_content")
    @classmethod
    def _is_template(cls, content: str | None) -> str | None:
        if content is None:
            return None
        if len(content.encode()) > _MOST_TEMPLATE_BYTES:
            raise ValueError("A template may have at most 1 MiB")
        if missing := [mark for mark in _TEMPLATE_MARKS if mark not in content]:
            raise ValueError(f"A template must hold {' and '.join(missing)}")
        return content


class TargetFields(Strict):
    """The settings of a target, all optional; `u` and `v` are the old names of teacher and student."""

    teacher_prompt: str | None = None
    student_prompt: str | None = None
    u: str | None = None
    v: str | None = None
    generators: list[Generator] | None = None
    model_name: str | None = None
    num_traj_per_stimulus: Count | None = None
    max_concurrency: Count | None = None
    temperature: Temperature | None = None
    max_tokens: Count | None = None
    extra_kwargs: FreeObject | None = None


class Dataset(Strict):
    """A target whose rollout a bake learns from, with its weight among the others."""

    target: str
    weight: float = 1.0


class LoRA(Strict):
    """The adapter that a bake trains."""

    r: int | None = None
    lora_alpha: int | None = None
    target_modules: str | None = None
    lora_dropout: float | None = None
    bias: str | None = None


class ModelFields(Strict):
    """The model that a bake starts from, and its adapter."""

    type: str | None = None
    parent_model_name: str | None = None
    baked_adapter_config: LoRA | None = None
    dtype: str | None = None
    save_name: str | None = None
    attn_implementation: str | None = None
    disable_activation_checkpoint: bool | None = None
    peft_config: FreeObject | None = None
    student_model_path: str | None = None


class DataSource(Strict):
    """One file of training data."""

    type: str | None = None
    name_or_path: str | None = None
    split: str | None = None
    max_samples: int | None = None
    sample_ratio: float | None = None
    sample_count: int | None = None
    sample_seed: int | None = None
    process: bool | None = None


class DataFields(Strict):
    """How training data are read."""

    type: str | None = None
    sources: list[DataSource] | None = None
    eval_sources: list[DataSource] | None = None
    beta: float | None = None
    temperature: float | None = None
    max_length: int | None = None
    train_eval_split: Pair | None = None
    cache_dir: str | None = None
    dl_num_workers: int | None = None
    num_proc: int | None = None
    seed: int | None = None
    use_data_cache: bool | None = None
    cache_fs_type: str | None = None


class Optimizer(Strict):
    """The optimizer's settings."""

    type: str | None = None
    learning_rate: float | None = None
    weight_decay: Annotated[float, Field(ge=0.0)] | None = None
    betas: Pair | None = None


class Scheduler(Strict):
    """The learning rate's schedule."""

    type: str | None = None
    lr: float | None = None

    @field_validator("lr")
    @classmethod
    def _refuse_lr(cls, lr: float | None) -> None:
        if lr is not None:
            raise ValueError("scheduler.lr is deprecated, use optimizer.learning_rate instead")


class Wandb(Strict):
    """Where a run is logged."""

    enable: bool | None = None
    project: str | None = None
    name: str | None = None
    entity: str | None = None


class ZeroOptimization(Strict):
    """ZeRO's stage, 0 to 3."""

    stage: Annotated[int, Field(ge=0, le=3)] | None = None


class DeepSpeed(Strict):
    """DeepSpeed's settings."""

    zero_optimization: ZeroOptimization | None = None


class CheckpointSaving(Strict):
    """When checkpoints are saved."""

    type: str | None = None
    output_dir: str | None = None
    enabled: bool | None = None
    auto_resume: bool | None = None
    save_every_n_steps: Interval | None = None
    save_every_n_epochs: Interval | None = None
    save_end_of_training: bool | None = None


class BakeFields(Strict):
    """The settings of a bake, all optional."""

    model_name: str | None = None
    total_trajectories: int | None = None
    seed: int | None = None
    datasets: list[Dataset] | None = None
    type: str | None = None
    micro_batch_size: int | None = None
    gradient_accumulation_steps: int | None = None
    epochs: int | None = None
    model: ModelFields | None = None
    data: DataFields | None = None
    optimizer: Optimizer | None = None
    scheduler: Scheduler | None = None
    wandb: Wandb | None = None
    deepspeed: DeepSpeed | None = None
    checkpoint: list[CheckpointSaving] | None = None
    train_log_iter_interval: int | None = None
    eval_interval: int | None = None
    activation_checkpoint_cpu_offload: bool | None = None

    @property
    def parent(self) -> str | None:
        """The model that the bake starts from.

        A checkpoint's full name, a base model, or None for the repo's own.
        """
        return self.model.parent_model_name if self.model else None


class RepoCreate(Body):
    """POST and PUT /v1/repo."""

    repo_name: str
    base_model: str | None = None


class PromptSet(Body):
    """PUT of one prompt."""

    messages: list[Message]
    tools: list[Tool] | None = None


class PromptCreate(PromptSet):
    """POST of one prompt."""

    prompt_name: str


class PromptBatch(Body):
    """Many prompts at once; the contract lets tools out of a batch."""

    prompts: dict[str, list[Message]]


class TargetSet(Body):
    """PUT of one target."""

    template: str
    overrides: TargetFields | None = None


class TargetCreate(TargetSet):
    """POST of one target, and an item of a batch."""

    target_name: str


class TargetBatch(Body):
    """Many targets at once."""

    targets: list[TargetCreate]


class BakeSet(Body):
    """PUT of one bake."""

    template: str
    overrides: BakeFields | None = None


class BakeCreate(BakeSet):
    """POST of one bake, and an item of a batch."""

    bake_name: str


class BakeBatch(Body):
    """Many bakes at once."""

    bakes: list[BakeCreate]


def _deeper_than(most: int, value: object) -> bool:
    level = [value]
    for _ in range(most):
        level = [item for box in level for item in _held(box)]
    return any(isinstance(item, dict | list) for item in level)


def _held(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()  # pyright: ignore[reportUnknownVariableType] - any JSON
    return value if isinstance(value, list) else ()  # pyright: ignore[reportUnknownVariableType] - any JSON
