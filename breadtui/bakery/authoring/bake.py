"""What may stand in a bake: every field of its configuration, the default template's values, and its weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor

from breadtui.api.lenient import is_object, items
from breadtui.bakery.authoring.check_values import is_number, is_whole
from breadtui.bakery.authoring.fields import Field, Repeated, Shape, get

_MOST_PLACES = 9

_SOURCE = (
    Field(("type",), Shape.TEXT, "What kind of source it is.", offers=("bake_jsonl",)),
    Field(("name_or_path",), Shape.TEXT, "Where the data are."),
    Field(("split",), Shape.TEXT, "Which part to load; empty: what the list is for.", offers=("train", "eval")),
    Field(("max_samples",), Shape.WHOLE, "At most so many examples; -1 for all."),
    Field(("sample_ratio",), Shape.NUMBER, "The share of the examples to draw; all if empty."),
    Field(("sample_count",), Shape.WHOLE, "How many examples to draw; all if empty."),
    Field(("sample_seed",), Shape.WHOLE, "The seed of the draw; 42 if empty."),
    Field(("process",), Shape.FLAG, "Whether the examples are prepared (tokenized); yes if empty."),
)
_CHECKPOINT = (
    Field(("type",), Shape.TEXT, "What saves the checkpoints.", offers=("huggingface", "deepspeed")),
    Field(("output_dir",), Shape.TEXT, "The folder that they are saved in."),
    Field(("enabled",), Shape.FLAG, "Whether this one saves at all; yes if empty."),
    Field(("auto_resume",), Shape.FLAG, "Whether training goes on from a checkpoint found there."),
    Field(("save_every_n_steps",), Shape.WHOLE, "A checkpoint after every so many training steps.", least=0),
    Field(("save_every_n_epochs",), Shape.WHOLE, "A checkpoint after every so many epochs.", least=0),
    Field(("save_end_of_training",), Shape.FLAG, "Whether the end of training is saved."),
)

_TRAINING = (
    Field(("epochs",), Shape.WHOLE, "How often training goes through all the data.", "Training"),
    Field(("micro_batch_size",), Shape.WHOLE, "How many examples a GPU takes at once.", "Training"),
    Field(("gradient_accumulation_steps",), Shape.WHOLE, "How many such batches make one training step.", "Training"),
    Field(("total_trajectories",), Shape.WHOLE, "How many responses to train on, all targets together.", "Training"),
    Field(("seed",), Shape.WHOLE, "The same seed makes the same random choices again.", "Training"),
)
_MODEL = (
    Field(("model", "parent_model_name"), Shape.TEXT, "What it starts from: a base model, or a checkpoint.", "Model"),
    Field(
        ("model", "dtype"), Shape.TEXT, "The number format of the weights.", "Model", offers=("bf16", "fp16", "fp32")
    ),
    Field(
        ("model", "attn_implementation"),
        Shape.TEXT,
        "How attention is computed.",
        "Model",
        offers=("sdpa", "flash_attention_2"),
    ),
    Field(
        ("model", "student_model_path"),
        Shape.TEXT,
        "Another, often smaller model to teach (distillation); empty: the same.",
        "Model",
    ),
    Field(("model", "save_name"), Shape.TEXT, "The name that the model is saved under.", "Model"),
    Field(("model", "type"), Shape.TEXT, "How the model is built.", "Model", offers=("bake",)),
    Field(
        ("model", "disable_activation_checkpoint"),
        Shape.FLAG,
        "Whether activations are kept: faster, and more memory.",
        "Model",
    ),
    Field(("model", "peft_config"), Shape.OBJECT, "Settings of another adapter, as a JSON object.", "Model"),
)
_LORA = (
    Field(
        ("model", "baked_adapter_config", "r"),
        Shape.WHOLE,
        "The rank: how much the adapter can learn.",
        "LoRA",
        offers=("8", "16", "32", "64"),
    ),
    Field(
        ("model", "baked_adapter_config", "lora_alpha"),
        Shape.WHOLE,
        "How strongly it counts; twice the rank is usual.",
        "LoRA",
        offers=("16", "32", "64", "128"),
    ),
    Field(
        ("model", "baked_adapter_config", "lora_dropout"),
        Shape.NUMBER,
        "The share of it that is left out at random while training.",
        "LoRA",
    ),
    Field(
        ("model", "baked_adapter_config", "target_modules"),
        Shape.TEXT,
        "The layers that it is added to.",
        "LoRA",
        offers=("all-linear",),
    ),
    Field(
        ("model", "baked_adapter_config", "bias"),
        Shape.TEXT,
        "Which biases are trained too.",
        "LoRA",
        offers=("none", "all", "lora_only"),
    ),
)
_OPTIMIZATION = (
    Field(("optimizer", "learning_rate"), Shape.NUMBER, "How large the first steps are.", "Optimizer"),
    Field(("optimizer", "weight_decay"), Shape.NUMBER, "How strongly weights are drawn to 0.", "Optimizer", least=0),
    Field(
        ("optimizer", "betas"), Shape.NUMBERS, "How long Adam remembers: two numbers, 0.9, 0.999.", "Optimizer", count=2
    ),
    Field(("optimizer", "type"), Shape.TEXT, "The optimizer; the trainer's own if empty.", "Optimizer"),
    Field(
        ("scheduler", "type"),
        Shape.TEXT,
        "How the learning rate changes; the trainer's own if empty.",
        "Scheduler",
        offers=("huggingface",),
    ),
    Field(
        ("deepspeed", "zero_optimization", "stage"),
        Shape.WHOLE,
        "What GPUs share: 0 nothing, 1 optimizer, 2 gradients too, 3 weights too.",
        "DeepSpeed",
        least=0,
        most=3,
        offers=("0", "1", "2", "3"),
    ),
)
_DATA = (
    Repeated(("data", "sources"), "source", _SOURCE, "More data to train on, beside the targets'.", "Data"),
    Repeated(("data", "eval_sources"), "source", _SOURCE, "Data to evaluate on.", "Data"),
    Field(("data", "type"), Shape.TEXT, "How the data are read.", "Data", offers=("single_baker",)),
    Field(("data", "max_length"), Shape.WHOLE, "The longest sequence, in tokens.", "Data"),
    Field(("data", "train_eval_split"), Shape.NUMBERS, "The shares to train and to evaluate on.", "Data", count=2),
    Field(("data", "beta"), Shape.NUMBER, "The beta of the training loss.", "Data"),
    Field(("data", "temperature"), Shape.NUMBER, "The temperature of sampling.", "Data"),
    Field(("data", "seed"), Shape.WHOLE, "The seed of loading the data.", "Data"),
    Field(("data", "dl_num_workers"), Shape.WHOLE, "How many workers load data for each GPU.", "Data"),
    Field(("data", "num_proc"), Shape.WHOLE, "How many processes prepare the data.", "Data"),
    Field(("data", "cache_dir"), Shape.TEXT, "The folder that prepared data are kept in.", "Data"),
    Field(
        ("data", "cache_fs_type"),
        Shape.TEXT,
        "The kind of file system that folder is on.",
        "Data",
        offers=("auto", "local", "shared"),
    ),
    Field(("data", "use_data_cache"), Shape.FLAG, "Whether prepared data are kept; today they always are.", "Data"),
)
_LOGGING = (
    Field(("wandb", "enable"), Shape.FLAG, "Whether the training is logged to Weights & Biases.", "Weights & Biases"),
    Field(("wandb", "project"), Shape.TEXT, "The project that it is logged in.", "Weights & Biases"),
    Field(("wandb", "name"), Shape.TEXT, "The name of the run.", "Weights & Biases"),
    Field(("wandb", "entity"), Shape.TEXT, "The user or team that the project belongs to.", "Weights & Biases"),
)
_ADVANCED = (
    Field(("type",), Shape.TEXT, "The kind of bake.", "Advanced", offers=("single_baker",)),
    Field(("model_name",), Shape.TEXT, "The model's name in the trainer.", "Advanced"),
    Field(("train_log_iter_interval",), Shape.WHOLE, "The training is logged every so many steps.", "Advanced"),
    Field(("eval_interval",), Shape.WHOLE, "It is evaluated every so many steps.", "Advanced"),
    Field(
        ("activation_checkpoint_cpu_offload",),
        Shape.FLAG,
        "Whether activations wait in the CPU's memory: slower, and less of the GPU's.",
        "Advanced",
    ),
)

FIELDS: tuple[Field | Repeated, ...] = (
    *_TRAINING,
    *_MODEL,
    *_LORA,
    *_OPTIMIZATION,
    *_DATA,
    Repeated(
        ("checkpoint",), "checkpoint engine", _CHECKPOINT, "When checkpoints are saved, and where.", "Checkpoints"
    ),
    *_LOGGING,
    *_ADVANCED,
)
"""The fields of a bake's `overrides`, its datasets aside."""

DATASETS = Repeated(
    ("datasets",),
    "dataset",
    (
        Field(("target",), Shape.TEXT, "The target whose responses it learns from.", required=True),
        Field(("weight",), Shape.NUMBER, "Its share; all of them should add up to 1."),
    ),
    "The targets that it learns from.",
)

DEFAULTS: Mapping[str, object] = {
    "type": "single_baker",
    "epochs": 3,
    "micro_batch_size": 1,
    "gradient_accumulation_steps": 1,
    "seed": 42,
    "model": {
        "type": "bake",
        "baked_adapter_config": {
            "r": 8,
            "lora_alpha": 16,
            "lora_dropout": 0.05,
            "bias": "none",
            "target_modules": "all-linear",
        },
    },
    "optimizer": {"learning_rate": 0.0001},
    "scheduler": {"type": "huggingface"},
    "deepspeed": {"zero_optimization": {"stage": 2}},
}
"""The template `default`, as the vendor's guide tells it."""


def even(targets: int) -> list[float]:
    """The same weight for each of so many targets, as nearly as they can add up to 1: 0.334, 0.333, 0.333."""
    return scaled([1.0] * targets)


def scaled(weights: Sequence[float]) -> list[float]:
    """Weights in the same proportions that add up to exactly 1, added as they are printed; all even if none counts.

    They have as few decimals as tell the smallest one to a hundredth of itself, at least three. What is negative or
    no number counts as 0.
    """
    parts = [Fraction(repr(weight)) if is_number(weight) and weight > 0 else Fraction(0) for weight in weights]
    if not any(parts):
        parts = [Fraction(1)] * len(parts)
    whole = sum(parts)
    if whole == 1:
        return [float(part) for part in parts]
    return _rounded([part / whole for part in parts])


def total(datasets: object) -> float:
    """The sum of the weights of a bake's datasets, added as they are printed; one without a weight has 1."""
    weights = [item.get("weight", 1) for item in items(datasets) if is_object(item)]
    return float(sum(Fraction(repr(weight)) for weight in weights if is_number(weight)))


def effective_batch(config: Mapping[str, object]) -> int | None:
    """How many examples one training step takes on each GPU; None where the configuration does not say."""
    sizes = [get(config, (key,)) for key in ("micro_batch_size", "gradient_accumulation_steps")]
    known = [size for size in sizes if isinstance(size, int) and is_whole(size) and size > 0]
    return known[0] * known[1] if len(known) == len(sizes) else None


def _rounded(shares: list[Fraction]) -> list[float]:
    """Shares rounded to decimals; what rounding down leaves goes to those that it took most from."""
    smallest = min((share for share in shares if share), default=Fraction(1))
    places = next((places for places in range(3, _MOST_PLACES) if smallest * 10**places >= 100), _MOST_PLACES)
    units = [floor(share * 10**places) for share in shares]
    left = 10**places - sum(units)
    lost = sorted(range(len(shares)), key=lambda place: units[place] - shares[place] * 10**places)
    for place in lost[:left]:
        units[place] += 1
    return [unit / 10**places for unit in units]
