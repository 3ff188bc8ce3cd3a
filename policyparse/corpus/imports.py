"""What became of every file that an import has seen.

In: Imported records. Out: the same, by path, status or content. Touches: the table `imports` of the corpus database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from policyparse.corpus.database import Database


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: status pending, done, skipped or failed; `code` for programs, the rest for people."""

    path: str
    status: str
    sha256: str | None = None
    code: str | None = None
    reason: str | None = None
    remedy: str | None = None
    documents: int = 0
    seconds: float | None = None
    finished: str | None = None


# A member of an archive has its path, a slash and a name of its own ("0" is the sign after "/": a range, for the index).
MEMBER = "(path > :path || '/' AND path < :path || '0')"


class Imports:
    """The records of imported files."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._db = database.rows

    def record(self, imported: Imported) -> None:
        """Notes what became of a file."""
        with self._database.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO imports "
                "(path, sha256, status, code, reason, remedy, documents, seconds, finished) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    imported.path,
                    imported.sha256,
                    imported.status,
                    imported.code,
                    imported.reason,
                    imported.remedy,
                    imported.documents,
                    imported.seconds,
                    imported.finished or datetime.now(UTC).isoformat(timespec="seconds"),
                ),
            )

    def left_within(self, path: str) -> bool:
        """Whether members of the archive `path` could not be read."""
        row = self._db.execute(f"SELECT 1 FROM imports WHERE {MEMBER} AND status = 'failed' LIMIT 1", {"path": path})
        return row.fetchone() is not None

    def forget_members(self, path: str) -> None:
        """Forgets what became of the members of the archive `path`."""
        with self._database.transaction():
            self._db.execute(f"DELETE FROM imports WHERE {MEMBER}", {"path": path})

    def note_pending(self, paths: Iterable[str]) -> None:
        """Notes files that are waiting; what is known of them already stays."""
        with self._database.transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO imports (path, status) VALUES (?, 'pending')", ((path,) for path in paths)
            )

    def of(self, path: str) -> Imported | None:
        row = self._db.execute("SELECT * FROM imports WHERE path = ?", (path,)).fetchone()
        return Imported(**dict(row)) if row else None

    def all(self, status: str | None = None) -> list[Imported]:
        """The records of all files, or those with `status`, by path."""
        rows = self._db.execute("SELECT * FROM imports WHERE ?1 IS NULL OR status = ?1 ORDER BY path", (status,))
        return [Imported(**dict(row)) for row in rows]

    def done_before(self, sha256: str) -> str | None:
        """The path of a file with the same bytes that was imported."""
        row = self._db.execute(
            "SELECT path FROM imports WHERE sha256 = ? AND status = 'done' ORDER BY path LIMIT 1", (sha256,)
        ).fetchone()
        return row[0] if row else None
