"""What became of every file that an import has seen.

In: Imported records. Out: the same, by path, status, run or content.
Touches: the tables `imports` (what holds now) and `imports_before` (what earlier runs had found) of the corpus database.

The table is the import's queue too: a file is `pending` from the moment it is seen until it is settled, so that a run
that was killed goes on from here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from policyparse.corpus.database import Database


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: status pending, done, skipped or failed; `code` for programs, the rest for people.

    documents: how many it gave          seconds, memory: what reading it took (bytes at the peak, where known)
    number:    the order in which files were first seen (or seen with another content)
    size, stamp: of the file, when it was looked at      format: docx, pdf …, by content where it could be told
    run:       the run that wrote the record             vanished: since when the file is no longer in its folder
    raw:       the path's own bytes, where they are no UTF-8 (`path` has them as \\xNN)
    """

    path: str
    status: str
    sha256: str | None = None
    code: str | None = None
    reason: str | None = None
    remedy: str | None = None
    documents: int = 0
    seconds: float | None = None
    finished: str | None = None
    number: int = 0
    size: int | None = None
    stamp: str | None = None
    format: str | None = None
    memory: int | None = None
    run: int | None = None
    vanished: str | None = None
    raw: bytes | None = None

    @property
    def file(self) -> str:
        """The path that the system knows the file by."""
        return self.path if self.raw is None else os.fsdecode(self.raw)


_COLUMNS = tuple(field.name for field in fields(Imported))
_KEPT = tuple(name for name in _COLUMNS if name not in ("stamp", "raw", "vanished"))  # in imports_before
_WRITE = f"INSERT OR REPLACE INTO imports ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_READ = f"SELECT {', '.join(_COLUMNS)} FROM imports"

# A member of an archive has its path, a slash and a name of its own ("0" is the sign after "/": a range, for the index).
MEMBER = "(path > :path || '/' AND path < :path || '0')"
#: The same for the files of a folder, "/" itself included.
_BELOW = "(path > rtrim(:path, '/') || '/' AND path < rtrim(:path, '/') || '0')"


class Imports:
    """The records of imported files."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._db = database.rows

    # -- writing -------------------------------------------------------------------------------------------------

    def record(self, *records: Imported) -> None:
        """Notes what became of files; what an earlier run had noted of them stays in that run's report."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction():
            for imported in records:
                self._keep_before("path = ? AND run IS NOT ?", (imported.path, imported.run))
                values = [getattr(imported, name) for name in _COLUMNS]
                if imported.status != "pending" and imported.finished is None:
                    values[_COLUMNS.index("finished")] = now
                self._db.execute(_WRITE, values)

    def _keep_before(self, which: str, values: Sequence[object]) -> None:
        names = ", ".join(_KEPT)
        self._db.execute(
            f"INSERT OR REPLACE INTO imports_before ({names}) SELECT {names} FROM imports "
            f"WHERE {which} AND run IS NOT NULL AND status <> 'pending'",
            tuple(values),
        )

    def forget_members(self, path: str, run: int | None = None) -> None:
        """Forgets what became of the members of the archive `path`, except in the reports of runs before `run`."""
        with self._database.transaction():
            members = [row[0] for row in self._db.execute(f"SELECT path FROM imports WHERE {MEMBER}", {"path": path})]
            for member in members:
                self._keep_before("path = ? AND run IS NOT ?", (member, run))
            self._db.executemany("DELETE FROM imports WHERE path = ?", [(member,) for member in members])

    def refresh(self, path: str, stamp: str | None) -> None:
        """Notes that a file is there, with the same bytes, and perhaps another time."""
        with self._database.transaction():
            self._db.execute("UPDATE imports SET stamp = ?, vanished = NULL WHERE path = ?", (stamp, path))

    def note_vanished(self, paths: Iterable[str]) -> None:
        """Notes that files are no longer where they were; their documents stay."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction():
            self._db.executemany(
                "UPDATE imports SET vanished = ? WHERE path = ? AND vanished IS NULL", ((now, path) for path in paths)
            )

    def note_pending(self, paths: Iterable[str]) -> int:
        """Has the files `paths` read again by the next import; returns how many of them there are records of."""
        with self._database.transaction():
            return sum(
                self._db.execute("UPDATE imports SET status = 'pending', stamp = NULL WHERE path = ?", (path,)).rowcount
                for path in paths
            )

    # -- reading -------------------------------------------------------------------------------------------------

    def of(self, path: str) -> Imported | None:
        row = self._db.execute(f"{_READ} WHERE path = ?", (path,)).fetchone()
        return Imported(**dict(row)) if row else None

    def all(self, status: str | None = None) -> list[Imported]:
        """The records of all files, or those with `status`, by path."""
        return list(self._rows("WHERE ?1 IS NULL OR status = ?1 ORDER BY path", (status,)))

    def members(self, path: str) -> list[Imported]:
        """The records of the members of the archive `path` that could not be read."""
        return list(self._rows(f"WHERE {MEMBER} ORDER BY path", {"path": path}))

    def top_of(self, record: Imported) -> Imported:
        """The record of the archive that `record` is a member of; itself where it is a file."""
        path = record.path
        while (path := os.path.dirname(path)) not in ("", "/"):
            found = self.of(path)
            if found is not None:
                return found
        return record

    def below(self, path: str) -> Iterator[Imported]:
        """The records of the file `path` and of all files in the folder `path`, by path."""
        return self._rows(f"WHERE path = :path OR {_BELOW} ORDER BY path", {"path": path})

    def of_run(self, run: int) -> Iterator[Imported]:
        """What the run found of each file that it settled, by path; as it was then, if a later run found otherwise."""
        names = ", ".join(_KEPT)
        rows = self._db.execute(
            f"SELECT {names} FROM imports WHERE run = ?1 AND status <> 'pending' "
            f"UNION ALL SELECT {names} FROM imports_before WHERE run = ?1 ORDER BY path",
            (run,),
        )
        return (Imported(**dict(row)) for row in rows)

    def vanished(self, since: str, until: str | None = None) -> Iterator[Imported]:
        """The files that were found to be gone between two moments, by path."""
        return self._rows("WHERE vanished >= ?1 AND (?2 IS NULL OR vanished <= ?2) ORDER BY path", (since, until))

    def pending(self, run: int) -> Iterator[Imported]:
        """The files that wait in `run`, in the order in which they were first seen; may be settled meanwhile."""
        after = -1
        while True:  # a page at a time, so that a record written between two pages disturbs nothing
            page = list(
                self._rows(
                    "WHERE status = 'pending' AND run = ? AND number > ? ORDER BY number LIMIT 500", (run, after)
                )
            )
            if not page:
                return
            yield from page
            after = page[-1].number

    def waiting(self, run: int) -> tuple[int, int]:
        """How many files wait in `run`, and their bytes."""
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM imports WHERE status = 'pending' AND run = ?", (run,)
        ).fetchone()
        return row[0], row[1]

    def next_number(self) -> int:
        """A number that no file and no document has had."""
        files = self._db.execute("SELECT max(number) FROM imports").fetchone()[0] or 0
        before = self._db.execute("SELECT max(number) FROM imports_before").fetchone()[0] or 0
        documents = self._db.execute("SELECT max(seq) FROM documents").fetchone()[0] or 0
        return max(files, before, documents >> DOCUMENTS_A_FILE) + 1

    def same_size(self, size: int, path: str) -> bool:
        """Whether another file has this size, so that it may be the same."""
        row = self._db.execute("SELECT 1 FROM imports WHERE size = ? AND path <> ? LIMIT 1", (size, path)).fetchone()
        return row is not None

    def done_before(self, sha256: str, path: str = "") -> Imported | None:
        """The first file other than `path` with the same bytes that was imported."""
        rows = self._rows(
            "WHERE sha256 = ? AND status = 'done' AND path <> ? ORDER BY number, path LIMIT 1", (sha256, path)
        )
        return next(rows, None)

    def _rows(self, rest: str, values: Sequence[object] | dict[str, object]) -> Iterator[Imported]:
        rows: sqlite3.Cursor = self._db.execute(f"{_READ} {rest}", values)
        return (Imported(**dict(row)) for row in rows)


#: A file may have 2 to this power documents: document number i of file number n comes at n << 20 | i in the corpus,
#: whichever file was read first.
DOCUMENTS_A_FILE = 20
