"""The imports that were started: when, of what, and how they ended.

In: what a run says of itself. Out: Run. Touches: the table `runs` of the corpus database.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from policyparse.corpus.database import Database
from policyparse.passing import PolicyparseError


@dataclass(frozen=True, slots=True)
class Run:
    """One import.

    state:  running; done; stopped (`reason` says why); killed (it ended without a word: the same command goes on)
    heard:  when it last wrote its counts
    counts: files by what became of them (files, done, known, skipped, failed, vanished, pending), new documents and
            versions, bytes, seconds, peak memory of the parent and of a worker, in bytes
    """

    id: int
    began: str
    ended: str | None
    heard: str
    state: str
    reason: str | None
    sources: list[str]
    options: dict[str, Any]
    counts: dict[str, Any]
    pid: int
    host: str


class Runs:
    """The runs of an open database."""

    def __init__(self, database: Database) -> None:
        self._transaction = database.transaction
        self._db = database.rows

    def begin(self, sources: Sequence[str], options: Mapping[str, Any]) -> int:
        """Notes a new run and returns its number; one that says it is running was killed: only one can write."""
        now = _now()
        with self._transaction():
            self._db.execute("UPDATE runs SET state = 'killed' WHERE state = 'running'")
            return self._db.execute(
                "INSERT INTO runs (began, heard, state, host, pid, sources, options, counts) "
                "VALUES (?, ?, 'running', ?, ?, ?, ?, '{}')",
                (now, now, platform.node(), os.getpid(), json.dumps(list(sources), ensure_ascii=False), json.dumps(options)),
            ).lastrowid or 0  # fmt: skip

    def note(self, run: int, counts: Mapping[str, Any], state: str = "running", reason: str | None = None) -> None:
        """Notes how far the run is, or how it ended."""
        now = _now()
        with self._transaction():
            self._db.execute(
                "UPDATE runs SET counts = ?, heard = ?, state = ?, reason = ?, ended = ? WHERE id = ?",
                (json.dumps(counts), now, state, reason, None if state == "running" else now, run),
            )

    def all(self) -> list[Run]:
        """Every run, the last one first."""
        return [_from(row) for row in self._db.execute("SELECT * FROM runs ORDER BY id DESC")]

    def get(self, run: int | None = None) -> Run:
        """A run by its number, the last one if None. Raises PolicyparseError when there is none."""
        rows = self._db.execute("SELECT * FROM runs WHERE ?1 IS NULL OR id = ?1 ORDER BY id DESC LIMIT 1", (run,))
        row = rows.fetchone()
        if row is None:
            what = "no import has been run on this corpus" if run is None else f"{run}: no such import"
            raise PolicyparseError(f"{what} — policyparse imports lists them")
        return _from(row)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _from(row: sqlite3.Row) -> Run:
    state = row["state"]
    if state == "running" and row["host"] == platform.node() and not _alive(row["pid"]):
        state = "killed"
    return Run(
        id=row["id"], began=row["began"], ended=row["ended"], heard=row["heard"], state=state, reason=row["reason"],
        sources=json.loads(row["sources"]), options=json.loads(row["options"]), counts=json.loads(row["counts"]),
        pid=row["pid"], host=row["host"],
    )  # fmt: skip


def _alive(pid: int) -> bool:
    """Whether a process with this number runs; where that cannot be told (Windows), yes."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
