"""Answers kept under their idempotency keys, in the oven's SQLite file, for a day."""

import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

_KEPT_FOR = 86_400.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `fingerprint` is that of the request it answered."""

    fingerprint: str
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


class AnswerStore:
    """The table `answers`, on the store's connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def get(self, key: str) -> Answer | None:
        """The answer kept under a key."""
        row = self._db.execute(
            "SELECT fingerprint, status, headers, body FROM answers WHERE key = ? AND at > ?",
            (key, time.time() - _KEPT_FOR),
        ).fetchone()
        return Answer(row[0], row[1], [(name, value) for name, value in json.loads(row[2])], row[3]) if row else None

    def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer, and let go of those that are too old."""
        now = time.time()
        self._db.execute("DELETE FROM answers WHERE at <= ?", (now - _KEPT_FOR,))
        self._db.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
            (key, answer.fingerprint, answer.status, json.dumps(list(answer.headers)), answer.body, now),
        )
