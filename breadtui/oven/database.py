"""The SQLite file itself.

Its schema, how it is opened, and transactions; the stores say what the tables mean.
"""

import contextlib
import sqlite3
from collections.abc import Generator
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS repos (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, base_model TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS resources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    repo_id INTEGER NOT NULL REFERENCES repos(id) ON DELETE CASCADE,
    kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (repo_id, kind, name));
CREATE INDEX IF NOT EXISTS resources_as_created ON resources (repo_id, kind, id);
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    resource_id INTEGER NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
    phase TEXT NOT NULL, status TEXT NOT NULL, lines INTEGER NOT NULL DEFAULT 0, expected INTEGER NOT NULL,
    error TEXT, checkpoints TEXT NOT NULL DEFAULT '[]',
    latest_loss REAL, min_loss REAL, max_loss REAL, UNIQUE (resource_id, phase));
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, id);
CREATE TABLE IF NOT EXISTS rows (
    job_id INTEGER NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
    number INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (job_id, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faults (
    repo TEXT NOT NULL, phase TEXT NOT NULL, name TEXT NOT NULL, message TEXT NOT NULL, at REAL,
    PRIMARY KEY (repo, phase, name));
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL,
    body BLOB NOT NULL, at REAL NOT NULL);
"""


def open_database(path: Path) -> sqlite3.Connection:
    """A connection to the database at `path`, made if need be; it belongs to the thread that opens it."""
    db = sqlite3.connect(path, isolation_level=None, timeout=5.0)
    db.execute("PRAGMA journal_mode = WAL")
    # NORMAL loses nothing to a kill; only a machine that loses power may drop the last commits.
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    db.executescript(_SCHEMA)
    return db


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Generator[None]:
    """All or nothing; inside another transaction it is a part of that one."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
