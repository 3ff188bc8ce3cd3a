"""Before anything is read: what the sources hold, beside what the corpus knows of it.

In: sources, the corpus' records. Out: a record a file: pending where it is to be read. Touches: reads folders; reads a
file's bytes only where it has the size of one that is known; writes the records.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from policyparse.batch.files import Found, file_sha256, find_files, printable
from policyparse.corpus import Corpus, Imported

#: Files of which the records are written in one transaction.
_AT_ONCE = 500

#: What a later run may find otherwise though the file is the same: these are read again without being asked.
PASSING = frozenset(("not-found", "no-permission", "needs-extra", "changed", "crashed"))


class Look:
    """Walks the sources and writes the records. `known` hears of every file that is not to be read, with its record.

    again: read also what was imported before
    """

    def __init__(self, corpus: Corpus, run: int, again: bool, known: Callable[[Imported, bool], None]) -> None:
        self._corpus, self._run, self._again, self._known = corpus, run, again, known
        self._number = corpus.imports.next_number()
        self._seen = corpus.database.rows
        self._seen.execute("CREATE TEMP TABLE IF NOT EXISTS seen (path TEXT PRIMARY KEY) WITHOUT ROWID")
        self._seen.execute("DELETE FROM seen")
        self._blind: set[str] = set()

    def at(self, sources: Sequence[str], tick: Callable[[int], None]) -> None:
        """Looks at all sources; `tick` is called with the number of files after every few hundred."""
        files = find_files(sources, self._corpus.directory.resolve())
        number = 0
        while some := list(islice(files, _AT_ONCE)):
            with self._corpus.store.transaction():
                for found in some:
                    self._file(found)
            number += len(some)
            tick(number)

    def again_at(self, records: Iterator[Imported]) -> int:
        """Has the files of `records` read again; returns how many."""
        number = 0
        with self._corpus.store.transaction():
            for before in list(records):
                self._corpus.imports.record(self._pending(before, before.size, before.stamp, False))
                number += 1
        return number

    def vanished(self, sources: Sequence[str]) -> list[Imported]:
        """Files of which there are records below the sources, and which are no longer there; noted as such.

        Their documents stay. Of a source that is not there itself nothing is said: a disk that is not plugged in has
        not lost its files.
        """
        gone = []
        for source in filter(os.path.isdir, sources):
            for record in self._corpus.imports.below(printable(source)):
                if not (record.vanished or self._hidden(record.path) or self._is_seen(record.path)):
                    gone.append(record)
        for record in gone:
            if record.status == "pending":
                reason, remedy = "it was gone before it could be read", "put it back, or find out where it went"
                lost = replace(record, status="failed", code="not-found", reason=reason, remedy=remedy, run=self._run)
                self._corpus.imports.record(lost)
        self._corpus.imports.note_vanished(record.path for record in gone)
        return gone

    def _is_seen(self, path: str) -> bool:
        """Whether the file was there, or is a member of an archive (which is judged for itself)."""
        if self._seen.execute("SELECT 1 FROM seen WHERE path = ?", (path,)).fetchone():
            return True
        while (path := os.path.dirname(path)) not in ("", "/"):
            if self._corpus.imports.of(path) is not None:
                return True
        return False

    def _hidden(self, path: str) -> bool:
        """Whether the file lies in a folder that could not be looked into."""
        while self._blind and path not in ("", "/"):
            if path in self._blind:
                return True
            path = os.path.dirname(path)
        return False

    def _file(self, found: Found) -> None:
        path = printable(found.path)
        if not self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?)", (path,)).rowcount:
            return  # by another of the sources
        before = self._corpus.imports.of(path)
        if found.fault:
            self._blind.add(path)
        if found.code is not None:
            status = "failed" if found.fault else "skipped"
            self._settle(before, _record(found, path, before, status, found.code, found.reason, found.remedy))
        elif found.size == 0:
            reason, remedy = "the file is empty", "fetch it again from where it came from"
            self._settle(before, _record(found, path, before, "failed", "empty", reason, remedy))
        elif before is None:
            fresh = Imported(path, "pending", raw=_raw(found.path, path))
            self._corpus.imports.record(self._pending(fresh, found.size, found.stamp, True))
        else:
            self._known_file(found, before)

    def _known_file(self, found: Found, before: Imported) -> None:
        same = before.size == found.size and before.stamp == found.stamp
        # a file that failed and still gives documents stands in the corpus with its former bytes, not with these
        if not same and before.size == found.size and before.sha256 and before.status != "failed":
            with suppress(OSError):
                same = file_sha256(found.path) == before.sha256
        if same and not self._again and stands(self._corpus, before):
            if before.stamp != found.stamp or before.vanished:
                self._corpus.imports.refresh(before.path, found.stamp)
            self._known(before, True)
            return
        fresh = not same and bool(before.documents) and before.status != "pending"
        self._corpus.imports.record(self._pending(before, found.size, found.stamp, fresh))

    def _pending(self, before: Imported, size: int | None, stamp: str | None, fresh: bool) -> Imported:
        number = before.number
        if fresh or not number:
            number, self._number = self._number, self._number + 1
        return Imported(
            before.path, "pending", before.sha256, documents=before.documents, number=number, size=size, stamp=stamp,
            format=before.format, run=self._run, raw=before.raw,
        )  # fmt: skip

    def _settle(self, before: Imported | None, record: Imported) -> None:
        if before is not None and (before.status, before.code, before.vanished) == (record.status, record.code, None):
            self._known(before, True)
            return
        record = replace(record, run=self._run)
        self._corpus.imports.record(record)
        self._known(record, False)


def stands(corpus: Corpus, before: Imported) -> bool:
    """Whether what is known of an unchanged file need not be found out again."""
    if before.status == "skipped" and before.code == "same-file":
        return corpus.imports.done_before(before.sha256 or "", before.path) is not None
    if before.status == "failed":
        return before.code not in PASSING
    return before.status == "done"


def _record(
    found: Found, path: str, before: Imported | None, status: str, code: str, reason: str, remedy: str
) -> Imported:
    """What is known of a file without reading it; what an earlier run has of it stays in the corpus."""
    return Imported(
        path, status, before.sha256 if before else None, code, reason, remedy or None,
        before.documents if before else 0, 0.0, size=found.size, stamp=found.stamp or None, raw=_raw(found.path, path),
        number=before.number if before else 0, format=found.path.suffix.lower().lstrip(".") or None,
    )  # fmt: skip


def _raw(path: Path, printed: str) -> bytes | None:
    raw = os.fsencode(path)
    return raw if raw != printed.encode() else None
