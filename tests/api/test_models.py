"""Whatever JSON a server answers, reading it gives a model: what is right is kept, what is wrong is the default."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api import models
from breadtui.api.models import (
    Bake,
    BatchResult,
    DownloadLink,
    Job,
    Message,
    MetricPoint,
    OutputPage,
    Prompt,
    RecreationPlan,
    Repo,
    RepoPage,
    RepoTree,
    Target,
    Wire,
)
from breadtui.api.refusals import parse_json

KINDS = [
    kind for kind in vars(models).values() if isinstance(kind, type) and issubclass(kind, Wire) and kind is not Wire
]
FIELDS = sorted({name for kind in KINDS for name in kind.model_fields})
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["NaN", "1", "1e999", 10**4000, -(10**400), math.nan, math.inf, "copy", "a/b/c/21"])
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=60, deadline=None)
@given(junk=JUNK)
def test_any_json_is_read(kind: type[Wire], junk: object) -> None:
    read = kind.model_validate(junk)
    assert repr(read)
    if isinstance(read, Message):
        assert isinstance(read.text, str)
    if isinstance(read, MetricPoint):
        assert read.step is None or math.isfinite(read.step)
        assert read.value is None or isinstance(read.value, float)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(field=st.sampled_from(FIELDS), junk=JUNK)
@settings(max_examples=60, deadline=None)
def test_a_bad_field_spoils_no_other(kind: type[Wire], field: str, junk: object) -> None:
    read = kind.model_validate({field: junk, "newer": "kept"})
    assert read.model_extra["newer"] == "kept"
    untouched = set(kind.model_fields) - {field}
    empty = kind()
    assert all(getattr(read, name) == getattr(empty, name) for name in untouched)


def test_deep_nesting_is_read() -> None:
    deep: object = "x"
    for _ in range(500):
        deep = {"config": [deep]}
    assert Job.model_validate({"status": "running", "config": deep}).status == "running"


def test_numbers_of_any_length_are_read() -> None:
    found = parse_json(f'{{"lines": {"9" * 6000}, "progress_percent": {"9" * 6000}, "status": "running"}}')
    assert Job.model_validate(found) == Job(status="running")


def test_models_cannot_be_changed() -> None:
    repo = Repo(repo_name="a")
    with pytest.raises(AttributeError):
        repo.repo_name = "b"  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(AttributeError):
        del repo.repo_name  # pyright: ignore[reportAttributeAccessIssue]
    assert repo.repo_name == "a"


def test_a_word_of_status_nobody_knows_is_carried_through() -> None:
    assert Job.model_validate({"status": "proofing"}).status == "proofing"
    assert Job.model_validate({"status": 3}).status == "unknown"


def test_a_job_keeps_what_is_right_beside_what_is_wrong() -> None:
    job = Job.model_validate(
        {"status": "running", "lines": "many", "progress_percent": math.nan, "job_id": 7, "config": [1]}
    )
    assert (job.status, job.lines, job.progress_percent, job.job_id, job.config) == (
        "running",
        None,
        None,
        7,
        None,
    )


def test_an_error_that_is_no_text_is_put_into_words() -> None:
    assert Job.model_validate({"error": {"message": "out of memory", "code": 9}}).error == "out of memory"
    assert Job.model_validate({"error": ["a", 1]}).error == '["a", 1]'


def test_a_bare_name_of_a_model_counts_as_a_list_of_one() -> None:
    assert Bake.model_validate({"model_name": "u/r/b/21"}).model_name == ("u/r/b/21",)
    assert Bake.model_validate({"model_name": ["u/r/b/21", None, 3, "u/r/b/14"]}).model_name == (
        "u/r/b/21",
        "u/r/b/14",
    )
    assert Bake.model_validate({"model_name": None}).model_name == ()


def test_losses_keep_their_digits_and_their_absence() -> None:
    loss = Bake.model_validate({"loss": {"latest_loss": 1.395237632095814e-07, "min_loss": "x"}}).loss
    assert loss is not None
    assert (loss.latest_loss, loss.min_loss, loss.final_loss) == (1.395237632095814e-07, None, None)
    assert Bake.model_validate({"loss": None}).loss is None
    assert Bake.model_validate({"loss": []}).loss is None


def test_repositories_come_with_and_without_their_base_models() -> None:
    page = RepoPage.model_validate({"repos": ["a", {"repo_name": "b", "base_model": "Qwen"}, 3, {}, None, ""]})
    assert page.repos == (Repo(repo_name="a"), Repo(repo_name="b", base_model="Qwen"))


def test_models_can_be_made_of_models() -> None:
    assert RepoPage(repos=(Repo(repo_name="a"),)).repos[0].repo_name == "a"
    assert Prompt(messages=(Message(role="user", content="x"),)).messages[0].text == "x"
    assert RepoTree(bakes={"b": models.TreeNode(status="failed")}).bakes["b"].status == "failed"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a", "a"),
        ("", ""),
        (None, ""),
        ([{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {}}, {"text": "b"}], "ab"),
        (["a", "b"], "ab"),
        ({"type": "text", "text": "a"}, "a"),
        ([1, None, {"text": 3}], ""),
        (7, ""),
    ],
)
def test_a_messages_text_is_what_its_content_says(content: object, text: str) -> None:
    assert Message.model_validate({"role": "user", "content": content}).text == text


def test_a_message_goes_back_as_it_came() -> None:
    sent = {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}], "text": "an extra key"}
    message = Message.model_validate(sent)
    assert message.model_dump(exclude_unset=True) == sent
    assert message.text == ""


def test_a_prompt_without_tools_differs_from_one_with_an_empty_list() -> None:
    assert Prompt.model_validate({"prompt_name": "p"}).tools is None
    assert Prompt.model_validate({"tools": []}).tools == ()
    assert Prompt.model_validate({"tools": [{"type": "function"}, 3]}).tools == ({"type": "function"},)


def test_generators_keep_their_questions_and_what_is_new_about_them() -> None:
    target = Target.model_validate(
        {
            "target_name": "t",
            "config": {"generators": [{"type": "hardcoded", "questions": ["a", 2], "new": 1}, "junk"]},
        }
    )
    (generator,) = target.config.generators
    assert (generator.type, generator.questions, generator.model_extra) == ("hardcoded", ("a",), {"new": 1})


def test_output_rows_are_kept_whatever_their_keys() -> None:
    page = OutputPage.model_validate({"output": [{"question": "q", "x": [1]}, 3], "has_more": True})
    assert page.output == ({"question": "q", "x": [1]},)
    assert page.has_more


def test_edges_that_are_not_four_names_are_left_out() -> None:
    tree = RepoTree.model_validate({"edges": [["bake", "b", "bake", "a"], ["bake", "b"], [1, 2, 3, 4], None]})
    assert tree.edges == (("bake", "b", "bake", "a"),)


def test_checkpoints_are_whole_numbers_zero_included() -> None:
    node = models.TreeNode.model_validate({"checkpoints": [0, "21", 14.0, None, True, "x", math.inf]})
    assert node.checkpoints == (0, 21, 14)


def test_no_failure_of_a_batch_is_lost() -> None:
    assert BatchResult.model_validate({"created": ["a"], "failed": {"b": {"message": "why"}, "c": None}}).failed == {
        "b": "why",
        "c": "",
    }
    assert BatchResult.model_validate({"failed": ["b"]}).failed == {"b": ""}


def test_a_signed_address_is_not_in_the_repr() -> None:
    link = DownloadLink.model_validate({"url": "https://x/?signature=abc", "expires_in": 60, "bake_name": "b"})
    assert link.url.endswith("abc")
    assert "abc" not in repr(link)
    assert "abc" not in str(link)


def test_a_plan_keeps_its_steps_in_order() -> None:
    steps = [{"step": 1, "action": "create_prompt", "dependencies": None}, {"step": 2, "action": "run_stim"}]
    plan = RecreationPlan.model_validate({"base_model": "Qwen", "steps": steps, "total_steps": 2})
    assert [(step.step, step.action, step.dependencies) for step in plan.steps] == [
        (1, "create_prompt", ()),
        (2, "run_stim", ()),
    ]


@pytest.mark.parametrize(
    ("row", "step", "value"),
    [
        ({"iter": 3, "epoch": 0.1, "loss": 4e-7}, 3.0, 4e-7),
        ({"epoch": 0.5, "train_loss": 4e-7}, 0.5, 4e-7),
        ({"global_step": 9, "loss": None, "train_loss": 1e-7}, 9.0, 1e-7),
        ({"iter": None, "loss": math.inf}, None, math.inf),
        ({"iter": math.nan, "epoch": 2}, 2.0, None),
        ({}, None, None),
    ],
)
def test_a_metrics_row_tells_step_and_loss_whichever_key_carries_them(
    row: dict[str, float], step: float | None, value: float | None
) -> None:
    point = MetricPoint.model_validate(json.loads(json.dumps(row)))
    assert (point.step, point.value) == (step, value)


def test_a_loss_that_is_not_a_number_is_kept_as_such() -> None:
    value = MetricPoint.model_validate({"iter": 1, "loss": math.nan}).value
    assert value is not None
    assert math.isnan(value)
