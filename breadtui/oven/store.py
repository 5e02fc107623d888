"""The oven's one SQLite file: repositories and what is in them; `jobs_store` adds the jobs and their rows.

Every call is short and runs where it is called. Lists come in the order of creation.
"""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from breadtui.oven.answers import AnswerStore
from breadtui.oven.database import open_database, transaction
from breadtui.oven.jobs_store import JobStore

_MESSAGES = TypeAdapter(list[dict[str, object]])


class Kind(StrEnum):
    """What a repository holds."""

    PROMPT = "prompt"
    TARGET = "target"
    BAKE = "bake"


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository; its base model never changes."""

    id: int
    name: str
    base_model: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A prompt, target or bake.

    `body` is plain JSON: a prompt's messages and tools, else the merged configuration.
    """

    id: int
    kind: Kind
    name: str
    body: Mapping[str, object]


class Store:
    """The database at `path`, made when it is not there.

    A connection belongs to the thread that opened it.
    """

    def __init__(self, path: Path) -> None:
        self._db = open_database(path)
        self.jobs = JobStore(self._db)
        self.answers = AnswerStore(self._db)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """All or nothing; inside another transaction it is a part of that one."""
        return transaction(self._db)

    def repo(self, name: str) -> Repo | None:
        """The repository of that name."""
        row = self._db.execute("SELECT id, name, base_model FROM repos WHERE name = ?", (name,)).fetchone()
        return Repo(*row) if row else None

    def repos(self, offset: int = 0, limit: int = -1) -> list[Repo]:
        """Repositories from `offset` on, at most `limit` of them (-1: all)."""
        rows = self._db.execute("SELECT id, name, base_model FROM repos ORDER BY id LIMIT ? OFFSET ?", (limit, offset))
        return [Repo(*row) for row in rows]

    def count_repos(self) -> int:
        """How many repositories there are."""
        return int(self._db.execute("SELECT count(*) FROM repos").fetchone()[0])

    def add_repo(self, name: str, base_model: str) -> Repo:
        """A new repository; the name must be free."""
        cursor = self._db.execute("INSERT INTO repos (name, base_model) VALUES (?, ?)", (name, base_model))
        return Repo(cursor.lastrowid or 0, name, base_model)

    def find(self, repo: Repo, kind: Kind, name: str) -> Resource | None:
        """The resource of that kind and name."""
        row = self._db.execute(
            "SELECT id, body FROM resources WHERE repo_id = ? AND kind = ? AND name = ?",
            (repo.id, kind, name),
        ).fetchone()
        return Resource(row[0], kind, name, json.loads(row[1])) if row else None

    def resources(self, repo: Repo, kind: Kind) -> list[Resource]:
        """All resources of a kind with their bodies."""
        rows = self._db.execute(
            "SELECT id, name, body FROM resources WHERE repo_id = ? AND kind = ? ORDER BY id", (repo.id, kind)
        )
        return [Resource(row[0], kind, row[1], json.loads(row[2])) for row in rows]

    def names(self, repo: Repo, kind: Kind) -> list[str]:
        """The names of all resources of a kind."""
        rows = self._db.execute(
            "SELECT name FROM resources WHERE repo_id = ? AND kind = ? ORDER BY id", (repo.id, kind)
        )
        return [row[0] for row in rows]

    def add(self, repo: Repo, kind: Kind, name: str, body: Mapping[str, object]) -> None:
        """A new resource; the name must be free in its kind."""
        self._db.execute(
            "INSERT INTO resources (repo_id, kind, name, body) VALUES (?, ?, ?, ?)",
            (repo.id, kind, name, json.dumps(body)),
        )

    def change(self, resource: Resource, body: Mapping[str, object]) -> None:
        """Give a resource another body; its jobs, run under the old one, go."""
        with self.transaction():
            self._db.execute("UPDATE resources SET body = ? WHERE id = ?", (json.dumps(body), resource.id))
            self._db.execute("DELETE FROM jobs WHERE resource_id = ?", (resource.id,))

    def delete(self, resource: Resource) -> None:
        """Remove a resource with its jobs and their rows."""
        self._db.execute("DELETE FROM resources WHERE id = ?", (resource.id,))

    def owner(self, resource_id: int) -> tuple[Repo, Resource] | None:
        """A resource by its id, with its repository."""
        row = self._db.execute(
            "SELECT repos.id, repos.name, base_model, kind, resources.name, body"
            " FROM resources JOIN repos ON repos.id = repo_id WHERE resources.id = ?",
            (resource_id,),
        ).fetchone()
        if row is None:
            return None
        return Repo(*row[:3]), Resource(resource_id, Kind(row[3]), row[4], json.loads(row[5]))

    def inject_fault(self, repo: str, phase: str, name: str, message: str, at: float = 0.4) -> None:
        """Rehearse a failure: the next run of that job fails once, with `message`, at a fraction of its rows.

        `phase` is "stim", "rollout" or "bake"; `name` is the target's or the bake's. Not reachable over HTTP.
        """
        self._put_fault(repo, phase, name, message, at)

    def refuse_payment(self, repo: str, phase: str, name: str, message: str = "") -> None:
        """Rehearse an empty purse.

        The next run of that job is refused once with 402. Not reachable over HTTP.
        """
        words = message or "Insufficient credits. Please add funds to continue."
        self._put_fault(repo, phase, name, words, None)

    def take_refusal(self, repo: str, phase: str, name: str) -> str | None:
        """The words of a rehearsed 402 for that run, once."""
        row = self._db.execute(
            "DELETE FROM faults WHERE repo = ? AND phase = ? AND name = ? AND at IS NULL RETURNING message",
            (repo, phase, name),
        ).fetchone()
        return row[0] if row else None

    def fault(self, repo: str, phase: str, name: str) -> tuple[float, str] | None:
        """The fraction and the words of a failure rehearsed for that job."""
        row = self._db.execute(
            "SELECT at, message FROM faults WHERE repo = ? AND phase = ? AND name = ? AND at IS NOT NULL",
            (repo, phase, name),
        ).fetchone()
        return (row[0], row[1]) if row else None

    def forget_fault(self, repo: str, phase: str, name: str) -> None:
        """A rehearsed failure has happened."""
        self._db.execute("DELETE FROM faults WHERE repo = ? AND phase = ? AND name = ?", (repo, phase, name))

    def _put_fault(self, repo: str, phase: str, name: str, message: str, at: float | None) -> None:
        self._db.execute("INSERT OR REPLACE INTO faults VALUES (?, ?, ?, ?, ?)", (repo, phase, name, message, at))


def messages_of(prompt: Resource) -> list[dict[str, object]]:
    """The messages of a stored prompt."""
    return _MESSAGES.validate_python(prompt.body["messages"])
