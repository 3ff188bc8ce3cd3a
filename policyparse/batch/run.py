"""One import from its beginning to its end: look, read, settle; again for what broke on the way.

In: an open Corpus, sources, whatever reads. Out: Summary; Progress on the way.
Touches: through looking, workers and settling.

The queue of what is to be read is the table of records itself, so that memory does not grow with the number of files and
a run that was killed is gone on with by the next one.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policyparse.batch.files import printable
from policyparse.batch.looking import Look
from policyparse.batch.process import give_back_memory, peak_memory
from policyparse.batch.reading import Outcome, Parse, Pipeline, Task
from policyparse.batch.settling import Settle
from policyparse.batch.workers import Busy, Here, Readers, Workers, outcomes
from policyparse.corpus import Corpus, Imported
from policyparse.passing import PolicyparseError

#: A file on which a worker died, or that was just being written, is read once more when all others are done.
_ONCE_MORE = frozenset(("crashed", "changed"))

#: Seconds between two lines that the run writes of itself, by which a killed run's report tells how far it came.
_HEARD = 5.0


@dataclass
class Summary:
    """What an import did.

    files: status → number: done, known (from an earlier run), skipped, failed; and vanished
    new:   documents that the corpus had not, or has anew; versions: those that became the version before another
    left:  the records of what failed, now or before
    memory, worker_memory: bytes at the peak, of this process and of the worker that had most
    """

    run: int = 0
    files: Counter[str] = field(default_factory=Counter)
    new: int = 0
    versions: int = 0
    left: list[Imported] = field(default_factory=list)
    vanished: list[Imported] = field(default_factory=list)
    bytes: int = 0
    seconds: float = 0.0
    memory: int | None = None
    worker_memory: int | None = None

    @property
    def complete(self) -> bool:
        """Whether every document could be read."""
        return not self.left

    def counts(self) -> dict[str, Any]:
        """The figures, as the record of the run has them."""
        return {
            **self.files, "new": self.new, "versions": self.versions, "bytes": self.bytes,
            "seconds": round(self.seconds, 3), "memory": self.memory, "worker_memory": self.worker_memory,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is; given after every file, and once a second while none comes.

    phase:   looking (the folders are walked; `files` grows) or reading
    settled: files and bytes of which it is known what becomes of them; files, bytes: all of them
    counts:  as Summary.files           read, read_files: bytes and files that were read, in `seconds` of reading
    busy:    the file that each worker is at, the longest first
    last:    the record of the file that was settled just now, None where only time has passed
    """

    run: int
    phase: str
    settled: int
    files: int
    settled_bytes: int
    bytes: int
    read: int
    read_files: int
    seconds: float
    counts: Counter[str]
    busy: Sequence[Busy] = ()
    last: Imported | None = None

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return self.read / self.seconds if self.seconds > 0 else 0.0

    @property
    def files_a_second(self) -> float:
        return self.read_files / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At this rate; None while there is none."""
        return (self.bytes - self.settled_bytes) / self.rate if self.rate else None


def import_files(
    corpus: Corpus,
    sources: Sequence[Path | str],
    *,
    parse: Parse | None = None,
    again: bool = False,
    retry: Sequence[str] | None = None,
    workers: int = 0,
    timeout: float | None = None,
    memory: int | None = None,
    keep_originals: bool = False,
    readers: Readers | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Imports all files of `sources` into `corpus`; a run of its own in the corpus' report.

    parse:    how a file's name and bytes become documents (the pipeline if None)
    again:    read also what was imported before, and put it in the place of what the corpus has
    retry:    read only files that failed before: those whose code is named, all of them where none is ([]);
              `sources` then narrows them down, and may be empty
    workers:  processes that read; 0 reads in this one, which a file that hangs or crashes takes down with it
    timeout:  seconds for one file, memory: bytes for one worker, where other processes read
    keep_originals: keep the files themselves too, by their hash, in the corpus directory
    readers:  what reads instead of `workers`: processes of another make, other machines
    progress: hears how far it is

    Raises PolicyparseError where it cannot go on (no room on the disk, no model); what is settled by then stays, and the
    same call goes on from there.
    """
    # whole paths, so that the report says where a file was, and a run from another folder knows it again
    whole = [os.path.abspath(source) for source in sources]
    options = {"again": again, "retry": retry, "workers": workers, "timeout": timeout, "keep_originals": keep_originals}
    with _failures(corpus):
        run = corpus.runs.begin([printable(path) for path in whole], options)
    importing = _Import(corpus, run, whole, again, keep_originals, progress)
    state, why = "stopped", None
    try:
        with _failures(corpus):
            importing.look(retry)
            if readers is None and importing.waiting:
                parse = parse or Pipeline()
                readers = Workers(min(workers, importing.waiting), parse, timeout, memory) if workers else Here(parse)
            if readers is not None:
                importing.read(readers)
            importing.finish(retry is None)
        state = "done"
    except PolicyparseError as error:
        why = str(error)
        raise
    except KeyboardInterrupt:
        why = "interrupted"
        raise
    finally:
        with suppress(sqlite3.Error):
            corpus.runs.note(run, importing.measured().counts(), state, why)
    return importing.summary


class _Import:
    """The state of one import."""

    def __init__(
        self,
        corpus: Corpus,
        run: int,
        sources: Sequence[str],
        again: bool,
        keep_originals: bool,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._corpus, self._run, self._sources, self._progress = corpus, run, sources, progress
        self.summary = Summary(run)
        self._look = Look(corpus, run, again, self._known)
        self._settle = Settle(corpus, run, again, keep_originals)
        self._given = frozenset(map(printable, sources))
        self._began = self._heard = self._told = time.monotonic()
        self._reading_began = 0.0
        self._files = self._bytes = self._settled = self._settled_bytes = 0
        self._versions_before = corpus.store.versions.count()
        self.waiting = self._read = 0

    # -- the three parts of an import ------------------------------------------------------------------------------

    def look(self, retry: Sequence[str] | None) -> None:
        if retry is None:
            self._look.at(self._sources, self._looked)
        else:
            self._look.again_at(self._failed_before(retry))
        self.waiting, size = self._corpus.imports.waiting(self._run)
        self._files = self._settled + self.waiting
        self._bytes = self._settled_bytes + size
        self._note()

    def read(self, readers: Readers) -> None:
        self._reading_began = time.monotonic()
        once_more: list[Task] = []
        finished = False
        try:
            with closing(outcomes(readers, self._tasks())) as first:
                for outcome in first:
                    if outcome is not None and outcome.imported.code in _ONCE_MORE:
                        once_more.append(self._task(outcome.imported.path))
                    else:
                        self._take(outcome, readers)
            # then the copies too of what was another file by the time it was read: they still wait
            for tasks in (once_more, self._tasks()):
                with closing(outcomes(readers, tasks)) as rest:
                    for outcome in rest:
                        self._take(outcome, readers)
            finished = True
        finally:
            readers.close(finished)

    def finish(self, whole: bool) -> None:
        if whole:
            self.summary.vanished = self._look.vanished(self._sources)
            self.summary.files.update({"vanished": len(self.summary.vanished)} if self.summary.vanished else {})
        self._corpus.commit()
        self.measured()

    def measured(self) -> Summary:
        """The summary with its figures as they are now."""
        self.summary.seconds = time.monotonic() - self._began
        self.summary.memory = peak_memory()
        with suppress(sqlite3.Error):
            self.summary.versions = max(0, self._corpus.store.versions.count() - self._versions_before)
        return self.summary

    # -- on the way ------------------------------------------------------------------------------------------------

    def _failed_before(self, codes: Sequence[str]) -> Iterator[Imported]:
        """The files that failed, or of whose members some did."""
        found: dict[str, Imported] = {}
        below = [printable(source) for source in self._sources]
        for record in self._corpus.imports.all("failed"):
            if codes and record.code not in codes:
                continue
            if below and not any(
                record.path == path or record.path.startswith(path.rstrip("/") + "/") for path in below
            ):
                continue
            top = self._corpus.imports.top_of(record)
            found[top.path] = top
        return iter(found.values())

    def _tasks(self) -> Iterator[Task]:
        for record in self._corpus.imports.pending(self._run):
            settled = self._settle.without_reading(record)
            if settled is None:
                yield self._task(record.path, record)
            elif settled.status != "pending":
                self._count(settled)

    def _task(self, path: str, record: Imported | None = None) -> Task:
        record = record or self._corpus.imports.of(path)
        return Task(path, record.file if record else path, follow=path in self._given)

    def _take(self, outcome: Outcome | None, readers: Readers) -> None:
        if outcome is None:
            self._tell(None, readers)
            return
        (imported, *copies), new = self._settle(outcome)
        self.summary.new += new
        self.summary.bytes += (outcome.imported.sha256 and imported.size) or 0  # what was too large was not read
        self._read += 1
        self.summary.worker_memory = max(self.summary.worker_memory or 0, imported.memory or 0) or None
        for record in (imported, *copies):
            self._count(record, readers)
        for member in outcome.left if imported.status == "done" else ():
            self.summary.files["failed"] += 1
            self.summary.left.append(member)
            self._tell(member, readers)

    def _known(self, imported: Imported, before: bool) -> None:
        """A file of which it is known without reading what becomes of it; `before`: since an earlier run."""
        if imported.status == "done":
            for member in self._corpus.imports.members(imported.path):
                self.summary.files["failed"] += member.status == "failed"
                self.summary.left += [member] if member.status == "failed" else []
        self._count(imported, status="known" if before and imported.status == "done" else imported.status)

    def _count(self, imported: Imported, readers: Readers | None = None, status: str = "") -> None:
        self._settled += 1
        self._settled_bytes += imported.size or 0
        self.summary.files[status or imported.status] += 1
        if imported.status == "failed":
            self.summary.left.append(imported)
        self._tell(imported, readers)

    def _looked(self, number: int) -> None:
        self._files = max(self._files, number)
        self._tell(None, None)

    def _tell(self, last: Imported | None, readers: Readers | None) -> None:
        self._note()
        if self._progress is None:
            return
        now = time.monotonic()
        reading = now - self._reading_began if self._reading_began else 0.0
        self._progress(
            Progress(
                self._run, "reading" if self._reading_began else "looking", self._settled, self._files,
                self._settled_bytes, self._bytes, self.summary.bytes, self._read, reading, self.summary.files,
                readers.busy() if readers and (last is None or now - self._told > 0.5) else (), last,
            )
        )  # fmt: skip
        if last is None or now - self._told > 0.5:
            self._told = now

    def _note(self) -> None:
        if time.monotonic() - self._heard > _HEARD:
            self._heard = time.monotonic()
            give_back_memory()
            counts = {**self.measured().counts(), "pending": max(0, self._files - self._settled)}
            self._corpus.runs.note(self._run, counts)


class _failures:
    """Failures of the disk as one sentence that says what to do."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        full = isinstance(error, sqlite3.OperationalError) and "full" in str(error)
        full = full or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
        # tantivy says it in the words of the system
        full = full or (isinstance(error, ValueError) and "space" in str(error).lower())
        if full:
            raise PolicyparseError(
                f"{self._corpus.directory}: there is no room left on its disk — make room; what was imported stays, "
                "and the same command goes on where it was"
            ) from error
