"""Many rows in an oven at once: written by one statement into its database, past the engine that would make them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from breadtui.oven import rules
from breadtui.oven.database import transaction
from breadtui.oven.jobs_store import Phase
from breadtui.oven.schemas import Message, TargetFields
from breadtui.oven.store import Kind, Repo, Resource, Store

REPO, TARGET = "kitchen", "dough"
TEACHER = "You are a baker. Say how long it takes, and why."

STIMULI = "json_object('stimulus_id', n, 'question', 'What about loaf number ' || n || '?')"
RESPONSES = (
    "json_object('stimulus_id', n / {each}, 'trajectory_id', n % {each}, 'stimulus', 'What about loaf number ' || "
    "(n / {each}) || '?', 'response', 'Loaf ' || n || ' rests for ' || (n * 7919 % 997) || ' minutes and is baked.', "
    "'model', 'Qwen/Qwen3-32B', 'temperature', 1.0, 'tokens', 12)"
)


def fill(store: Store, stimuli: int, each: int = 2, *, repo: str = REPO, target: str = TARGET) -> None:
    """A target that is complete, of so many stimuli with `each` responses."""
    made = resource(store, repo, target, each)
    _many(store, made, Phase.STIM, stimuli, STIMULI)
    _many(store, made, Phase.ROLLOUT, stimuli * each, RESPONSES.format(each=each))


def put(
    store: Store, rows: Sequence[Mapping[str, object]], phase: Phase = Phase.ROLLOUT, *, status: str = "complete"
) -> None:
    """Exactly these rows, of whatever shape; of a target that is made if need be."""
    made = resource(store, REPO, TARGET, 1)
    number = _job(store, made, phase)
    with transaction(store._db):
        store._db.executemany(
            "INSERT INTO rows VALUES (?, ?, ?)", ((number, at, json.dumps(row)) for at, row in enumerate(rows))
        )
        _stand(store, number, len(rows), status)


def add(store: Store, rows: Iterable[Mapping[str, object]], phase: Phase = Phase.ROLLOUT) -> None:
    """More rows of a job that runs."""
    job = store.jobs.of(resource(store, REPO, TARGET, 1).id, phase)
    assert job is not None
    assert store.jobs.advance(job.id, job.lines, list(rows))


def resource(store: Store, repo: str, name: str, each: int) -> Resource:
    """The target, made if it is not there."""
    place = _repo(store, repo)
    if (found := store.find(place, Kind.TARGET, name)) is not None:
        return found
    for prompt, content in ((f"{name}_teacher", TEACHER), (f"{name}_student", "")):
        rules.create(store, place, Kind.PROMPT, prompt, rules.prompt_body([Message(role="system", content=content)]))
    fields = {
        "generators": [{"type": "hardcoded", "questions": ["How long?"]}],
        "teacher_prompt": f"{name}_teacher",
        "student_prompt": f"{name}_student",
        "num_traj_per_stimulus": each,
    }
    body = rules.target_body(store, place, "default", TargetFields.model_validate(fields))
    rules.create(store, place, Kind.TARGET, name, body)
    found = store.find(place, Kind.TARGET, name)
    assert found is not None
    return found


def _repo(store: Store, name: str) -> Repo:
    return rules.open_repo(store, name, None)[0]


def _many(store: Store, made: Resource, phase: Phase, count: int, row: str) -> None:
    number = _job(store, made, phase)
    with transaction(store._db):
        store._db.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?)"
            f" INSERT INTO rows SELECT ?, n, {row} FROM numbers",
            (count, number),
        )
        _stand(store, number, count, "complete")


def _job(store: Store, made: Resource, phase: Phase) -> int:
    row = store._db.execute(
        "INSERT OR REPLACE INTO jobs (resource_id, phase, status, expected) VALUES (?, ?, 'running', 0) RETURNING id",
        (made.id, phase),
    ).fetchall()
    return int(row[0][0])


def _stand(store: Store, number: int, lines: int, status: str) -> None:
    expected = lines if status == "complete" else lines + 100
    store._db.execute(
        "UPDATE jobs SET lines = ?, expected = ?, status = ? WHERE id = ?", (lines, expected, status, number)
    )
