"""What the Bread API's answers hold, read leniently: a malformed field is its default, an unknown one kept.

Field names and meanings are those of Bread's OpenAPI document. What an answer means for the program is left to others.
"""

from dataclasses import field
from typing import Annotated

from breadtui.api import lenient
from breadtui.api.wire import Wire, all_of, every, maybe, named

Finite = Annotated[float, lenient.finite]
Names = Annotated[tuple[str, ...], every(lenient.texts)]
Rows = Annotated[tuple[dict[str, object], ...], every(lenient.objects)]
Edges = Annotated[tuple[tuple[str, str, str, str], ...], every(lenient.edges)]
Objects = Annotated[dict[str, dict[str, object]], lenient.named_objects]


class Repo(Wire):
    """A repository. `base_model` is what its bakes start from; None where the server did not say."""

    known_by = "repo_name"

    repo_name: str = ""
    base_model: str | None = None


class RepoPage(Wire):
    """Some of the repositories: at most `limit`, from number `offset` (0 is the first)."""

    repos: Annotated[tuple[Repo, ...], all_of(Repo, lenient.named("repo_name"))] = ()
    offset: int = 0
    limit: int | None = None
    has_more: bool = False
    total: int | None = None


class Message(Wire):
    """One message of a prompt, in OpenAI's form. Further keys (`tool_calls`, `name`…) are kept."""

    role: str = ""
    content: Annotated[str | list[dict[str, object]] | None, lenient.content] = None

    @property
    def text(self) -> str:
        """The content as one string: text parts joined, other parts left out."""
        return lenient.text_of(self.content)


class Prompt(Wire):
    """A prompt: messages, and tools in OpenAI's form if it has any."""

    prompt_name: str = ""
    messages: Annotated[tuple[Message, ...], all_of(Message)] = ()
    tools: Rows | None = None


class Generator(Wire):
    """One way to make stimuli. `type`: `oneshot_qs`, `hardcoded`, `persona`, `from_dataset`, `custom`…."""

    type: str = ""
    model: str | None = None
    numq: int | None = None
    temperature: Finite | None = None
    max_tokens: int | None = None
    dataset: str | None = None
    questions: Names | None = None
    template_path: str | None = None
    template_content: str | None = None
    seed: int | None = None
    rollout_with_conditioned: bool | None = None


class TargetConfig(Wire):
    """What a target is made of: the two prompts, the generators, and how responses are sampled."""

    teacher_prompt: str | None = None
    student_prompt: str | None = None
    generators: Annotated[tuple[Generator, ...], all_of(Generator)] = ()
    model_name: str | None = None
    num_traj_per_stimulus: int | None = None
    max_concurrency: int | None = None
    temperature: Finite | None = None
    max_tokens: int | None = None
    extra_kwargs: dict[str, object] | None = None


class Target(Wire):
    """A target and its configuration, with its template already applied."""

    target_name: str = ""
    config: Annotated[TargetConfig, TargetConfig.model_validate] = field(default_factory=TargetConfig)


class Job(Wire):
    """Where a stim, rollout or bake stands.

    `status` is the server's word, known or not; `unknown` if it said none. `lines` counts output rows so far,
    `total_expected` how many there will be (rollout only). `progress_percent` is 0 to 100, and may be
    None even while running.
    """

    status: str = "unknown"
    lines: int | None = None
    progress_percent: Finite | None = None
    error: Annotated[str | None, lenient.words] = None
    config: dict[str, object] | None = None
    job_id: int | None = None
    total_expected: int | None = None


class Loss(Wire):
    """A bake's loss so far. Values are about 1e-7."""

    latest_loss: float | None = None
    final_loss: float | None = None
    min_loss: float | None = None
    max_loss: float | None = None


class Bake(Job):
    """A bake. `model_name`: its checkpoints, `user/repo/bake/checkpoint`, latest first, once complete."""

    model_name: Names = ()
    loss: Annotated[Loss | None, maybe(Loss)] = None


class OutputPage(Job):
    """Some of a job's output: at most `limit` rows from row `offset` (0 is the first), keys as they came."""

    output: Rows = ()
    offset: int = 0
    limit: int | None = None
    has_more: bool = False


class TreeNode(Wire):
    """A bake in a repository's tree. `checkpoints` are training steps."""

    status: str = "unknown"
    model_name: Names = ()
    checkpoints: Annotated[tuple[int, ...], every(lenient.integers)] = ()
    config: dict[str, object] = field(default_factory=dict[str, object])


class RepoTree(Wire):
    """Every bake of a repository by name, and who descends from whom.

    An edge is (type, name, type, name): the first pair depends on the second, its parent.
    """

    base_model: str | None = None
    bakes: Annotated[dict[str, TreeNode], named(TreeNode)] = field(default_factory=dict[str, TreeNode])
    edges: Edges = ()


class DependencyGraph(Wire):
    """All that a bake rests on: configurations by name, prompts with their paths if known, edges."""

    base_model: str | None = None
    bakes: Objects = field(default_factory=dict[str, dict[str, object]])
    targets: Objects = field(default_factory=dict[str, dict[str, object]])
    prompts: Annotated[dict[str, str | None], lenient.named_texts] = field(default_factory=dict[str, str | None])
    edges: Edges = ()


class PlanStep(Wire):
    """One step of a recreation plan. `dependencies` are `type:name` or `type:name:status`."""

    step: int = 0
    action: str = ""
    resource_type: str = ""
    resource_name: str = ""
    dependencies: Names = ()
    config: dict[str, object] = field(default_factory=dict[str, object])


class RecreationPlan(Wire):
    """The steps that would make a bake again, in an order in which they can be taken."""

    base_model: str | None = None
    total_steps: int = 0
    steps: Annotated[tuple[PlanStep, ...], all_of(PlanStep)] = ()
    resources: dict[str, object] = field(default_factory=dict[str, object])


class BatchResult(Wire):
    """What a batch made, and what it did not, with the reason for each."""

    created: Names = ()
    failed: Annotated[dict[str, str], lenient.reasons] = field(default_factory=dict[str, str])


class DownloadLink(Wire):
    """Where weights can be fetched, for `expires_in` seconds. The address is signed, so repr hides it."""

    url: str = field(default="", repr=False)
    expires_in: int | None = None
    checkpoint: int | None = None
    bake_name: str | None = None


class Model(Wire):
    """A model that can be chatted with: `user/repo/bake/checkpoint`, or a base model's name."""

    known_by = "id"

    id: str = ""


class Health(Wire):
    """What the server says of itself; `status` is `healthy` or `degraded`."""

    status: str = "unknown"
    api: str | None = None
    version: str | None = None


class MetricPoint(Wire):
    """One row of a bake's metrics. Any key may be missing or null (None); NaN and infinity are kept as such.

    Times are in seconds, `seqlen` in tokens, `epoch` may be fractional.
    """

    iter: float | None = None
    epoch: float | None = None
    loss: float | None = None
    train_loss: float | None = None
    lr: float | None = None
    iter_time: float | None = None
    iter_tflops: float | None = None
    step_time: float | None = None
    step_tflops: float | None = None
    seqlen: float | None = None
    global_step: float | None = None

    @property
    def step(self) -> float | None:
        """Where in the training this is: `iter`, else `global_step`, else the epoch; always finite."""
        return next((at for at in (self.iter, self.global_step, self.epoch) if lenient.is_finite(at)), None)

    @property
    def value(self) -> float | None:
        """The loss: `loss`, else `train_loss`. May be NaN or infinite, when training diverged."""
        return self.loss if self.loss is not None else self.train_loss
