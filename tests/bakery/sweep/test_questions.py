"""Where questions come from: lines, files of three kinds, and a target's stimuli with the teacher's answers."""

import json
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breadtui.api.client import BreadClient
from breadtui.api.errors import NotFound
from breadtui.api.secret import Secret
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.sweep import questions
from breadtui.bakery.sweep.plan import Asked, Plan, Source, asked, make
from breadtui.bakery.sweep.questions import NoQuestions, read_file, sample, typed
from breadtui.bakery.sweep.sweep import Question
from tests.api.wire import reply, serving
from tests.bakery.sweep.sweeps import BASE, client_of
from tests.oven import bread
from tests.support.oven import RunningOven, running_oven

KEYS = st.sampled_from(["question", "messages", "role", "content", "answer", "text"])
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """An oven with 30 stimuli, three responses to each; and one target with stimuli alone."""
    with running_oven(tmp_path_factory.mktemp("questions")) as oven:
        with httpx.Client(base_url=oven.url, headers=oven.headers) as http:
            made = [{"type": "oneshot_qs", "numq": 30}]
            bread.yoda(http, generators=made, num_traj_per_stimulus=3)
            for path in (bread.STIM, bread.ROLLOUT):
                http.post(path)
                bread.wait_until(lambda path=path: http.get(path).json()["status"] == "complete")
            given = {"generators": bread.hardcoded(), "teacher_prompt": "teacher", "student_prompt": "student"}
            bread.target(http, "asked", **given)
            bread.target(http, "bare", **given)
            http.post(f"{bread.R}/targets/asked/stim")
        yield oven


@pytest.fixture
async def client(stocked: RunningOven) -> AsyncGenerator[BreadClient]:
    opened = client_of(stocked)
    yield opened
    await opened.aclose()


def test_typed_questions_stand_a_line_each() -> None:
    assert [question.text for question in typed("One?\n\n  Two? \r\nThr\x1bee?")] == ["One?", "Two?", "Three?"]


class TestFiles:
    def test_any_file_has_a_question_a_line(self, tmp_path: Path) -> None:
        file = tmp_path / "questions.txt"
        file.write_text("\ufeffOne?\n\n東京?\n", encoding="utf-8")
        assert read_file(file) == (Question("One?"), Question("東京?"))

    def test_jsonl_has_texts_objects_and_talks_with_the_teachers_answers(self, tmp_path: Path) -> None:
        talk = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hm?"}]
        lines = [
            "Plain?",
            {"question": "With one?", "answer": "Yes."},
            {"prompt": "With several?", "references": ["Yes.", "No."]},
            {"messages": [{"role": "user", "content": "Alone?"}, {"role": "assistant", "content": "Quite."}]},
            {"messages": talk},
            {"content": "Line\u2028end?"},
        ]
        file = tmp_path / "questions.jsonl"
        file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n\n", encoding="utf-8")
        assert read_file(file) == (
            Question("Plain?"),
            Question("With one?", (), ("Yes.",)),
            Question("With several?", (), ("Yes.", "No.")),
            Question("Alone?", (), ("Quite.",)),
            Question("Hm?", tuple(talk)),
            Question("Line\u2028end?"),
        )

    @pytest.mark.parametrize("value", [["One?", {"text": "Two?"}], {"questions": ["One?", "Two?"]}])
    def test_json_is_a_list_or_holds_one(self, tmp_path: Path, value: object) -> None:
        file = tmp_path / "questions.json"
        file.write_text(json.dumps(value))
        assert [question.text for question in read_file(file)] == ["One?", "Two?"]

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("a.txt", "", "is empty"),
            ("a.txt", None, "no such file"),
            ("a.jsonl", '"fine"\n{"question": ', "not JSON in line 2"),
            ("a.jsonl", '{"q": "?"}', "line 1, says no question"),
            ("a.json", "[1]", "item 1, says no question"),
            ("a.json", "{}", "holds no question"),
            ("a.json", "[" * 100_000, "not JSON"),
        ],
    )
    def test_what_says_no_questions_is_refused_with_its_place(
        self, tmp_path: Path, name: str, content: str | None, said: str
    ) -> None:
        file = tmp_path / name
        if content is not None:
            file.write_text(content)
        with pytest.raises(NoQuestions, match=said):
            read_file(file)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(JSON)
    def test_any_json_is_read_or_refused(self, tmp_path: Path, value: object) -> None:
        file = tmp_path / "any.jsonl"
        file.write_text(json.dumps(value))
        try:
            found = read_file(file)
        except NoQuestions:
            return
        assert len(found) == 1
        assert found[0].text or found[0].messages


class TestStimuli:
    async def test_a_sample_brings_every_answer_of_the_teacher(self, client: BreadClient) -> None:
        found = await sample(client, "kitchen", "yoda", 10)
        stimuli = [str(row["question"]) for row in (await client.stim_output("kitchen", "yoda")).output]
        responses = (await client.rollout_output("kitchen", "yoda")).output
        assert len(found) == 10
        assert [question.text for question in found] == [text for text in stimuli if text in {q.text for q in found}]
        for question in found:
            said = [row["response"] for row in responses if row["stimulus"] == question.text]
            assert [*question.references] == said
            assert len(said) == 3

    async def test_the_same_seed_draws_the_same_and_another_seed_others(self, client: BreadClient) -> None:
        first = await sample(client, "kitchen", "yoda", 10, seed=1)
        assert await sample(client, "kitchen", "yoda", 10, seed=1) == first
        assert await sample(client, "kitchen", "yoda", 10, seed=2) != first

    async def test_all_are_taken_where_there_are_fewer(self, client: BreadClient) -> None:
        assert len(await sample(client, "kitchen", "yoda", 500)) == 30

    async def test_it_is_read_page_by_page(self, client: BreadClient, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = await sample(client, "kitchen", "yoda", 12, seed=3)
        monkeypatch.setattr(questions, "PAGE", 7)
        told: list[tuple[int, int | None]] = []
        paged = await sample(client, "kitchen", "yoda", 12, seed=3, told=lambda done, of: told.append((done, of)))
        assert paged == whole
        assert told[:5] == [(7, 30), (14, 30), (21, 30), (28, 30), (30, 30)]
        assert all(of == 90 for _, of in told[5:])

    async def test_without_a_rollout_there_is_nothing_to_compare_with(self, client: BreadClient) -> None:
        found = await sample(client, "kitchen", "asked")
        assert len(found) == 4
        assert not any(question.references for question in found)

    async def test_a_target_without_stimuli_or_none_at_all_is_told(self, client: BreadClient) -> None:
        with pytest.raises(NoQuestions, match="Run its stim first"):
            await sample(client, "kitchen", "bare")
        with pytest.raises(NotFound):
            await sample(client, "kitchen", "nobody")

    async def test_rows_of_other_shapes_are_understood_and_foreign_ones_left_out(self) -> None:
        said = (("user", "Hello?"), ("assistant", "?"), ("user", "So?"))
        talk = [{"role": role, "content": content} for role, content in said]
        stimuli = [{"stimulus": "One?"}, {"question": talk}, {"nothing": 1}, {"stimulus_id": [], "question": "Two?"}]
        responses = [{"stimulus": "One?", "response": "1"}, {"stimulus": "Who?", "response": "?"}, {"response": None}]
        async with serving() as server, BreadClient(server.url, Secret("key")) as client:
            server.plays(reply({"output": stimuli, "lines": 4}), reply({"output": responses, "lines": 3}))
            found = await sample(client, "kitchen", "yoda")
        assert found == (Question("One?", (), ("1",)), Question("So?", tuple(talk)), Question("Two?"))


class TestPlans:
    async def test_a_plan_becomes_a_sweep_with_its_prompts_looked_up(self, stocked: RunningOven) -> None:
        kitchen = Kitchen(client_of(stocked))
        plan = Plan(Source.TYPED, "One?\nTwo?", asked=[Asked(BASE), asked(f"{BASE}@kitchen/teacher")])
        sweep = await make(kitchen, plan)
        await kitchen.close()
        assert [question.text for question in sweep.questions] == ["One?", "Two?"]
        assert [column.opening.source for column in sweep.columns] == ["", "kitchen/teacher"]
        assert sweep.columns[1].opening.messages[0]["content"] == "You are Yoda. Speak like Yoda."
        assert sweep.title == "Qwen3-32B · typed questions"

    @pytest.mark.parametrize(
        ("plan", "said"),
        [
            (Plan(text="One?"), "no model"),
            (Plan(asked=[Asked(BASE)]), "no question"),
            (Plan(Source.FILE, asked=[Asked(BASE)]), "No file"),
            (Plan(Source.STIMULI, asked=[Asked(BASE)]), "No target"),
        ],
    )
    async def test_one_that_lacks_something_says_what(self, stocked: RunningOven, plan: Plan, said: str) -> None:
        kitchen = Kitchen(client_of(stocked))
        with pytest.raises(NoQuestions, match=said):
            await make(kitchen, plan)
        await kitchen.close()
