"""Files and folders into a corpus: nothing twice, nothing lost, and a record of every file.

In: paths, an open Corpus. Out: Summary, and a record a file in the corpus (pending, done, skipped or failed).
Touches: reads the files; writes the corpus, one transaction a file.

files.py (which files there are) → reading.py (one file → Outcome) or workers.py (many) → here (Outcome → corpus)

A second run imports nothing twice, because files are known by their bytes; a killed run is
continued by the same command, because each file is kept whole or not at all.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from policyparse.batch.files import Found, find_files, printable
from policyparse.batch.reading import Outcome, Parse, Pipeline, file_sha256, read_file
from policyparse.batch.workers import read_files
from policyparse.corpus import Corpus, Imported

__all__ = ["Found", "Outcome", "Parse", "Pipeline", "Summary", "find_files", "import_files", "printable", "read_file"]


@dataclass
class Summary:
    """new: documents that the corpus had not; files: status → number (`known`: imported by an earlier run)."""

    files: Counter[str] = field(default_factory=Counter)
    new: int = 0
    left: list[Imported] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every document could be read."""
        return not self.left


def import_files(
    corpus: Corpus,
    sources: Sequence[Path | str],
    *,
    parse: Parse | None = None,
    again: bool = False,
    jobs: int = 0,
    timeout: float | None = None,
    progress: Callable[[int, int, Imported], None] | None = None,
) -> Summary:
    """Imports all files of `sources` into `corpus`.

    parse:    how a path becomes documents (the pipeline if None)
    again:    read also what was imported before, and put it in the place of what the corpus has
    jobs:     processes that read; 0 reads in this one, which a file that hangs or crashes takes down with it
    timeout:  seconds for one file, where other processes read
    progress: called after every file with how many are done, how many there are, and the file's record
    """
    began = time.monotonic()
    summary = Summary()
    # whole paths, so that the report says where a file was, and a run from another folder knows it again
    whole = [os.path.abspath(source) for source in sources]
    files = list(find_files(whole, corpus.directory.resolve()))
    corpus.imports.record(
        *(Imported(printable(f.path), "pending") for f in files if corpus.imports.of(printable(f.path)) is None)
    )
    settled, wanted = _sort_out(corpus, files, again)
    number = 0

    def note(imported: Imported, status: str, member: bool = False) -> None:
        nonlocal number
        number += not member
        summary.files[status] += 1
        if imported.status == "failed":
            summary.left.append(imported)
        if progress:
            progress(number, len(files), imported)

    for imported in settled:
        if imported.status != "done":
            corpus.imports.record(imported)
        note(imported, "known" if imported.status == "done" else imported.status)
    with closing(_outcomes(wanted, parse or Pipeline(), jobs, timeout)) as outcomes:
        for outcome in outcomes:
            known = _twin(corpus, outcome.imported, again)
            if known is None:
                summary.new += corpus.add_file(outcome.documents, outcome.imported, outcome.left, replace=again)
            note(known or outcome.imported, (known or outcome.imported).status)
            for member in outcome.left if known is None else ():
                note(member, member.status, member=True)
    corpus.commit()
    summary.seconds = time.monotonic() - began
    return summary


def _outcomes(paths: Sequence[Path], parse: Parse, jobs: int, timeout: float | None) -> Generator[Outcome, None, None]:
    if jobs and paths:
        yield from read_files(paths, parse, min(jobs, len(paths)), timeout)
    else:
        for path in paths:
            yield read_file(path, parse)


def _sort_out(corpus: Corpus, files: Sequence[Found], again: bool) -> tuple[list[Imported], list[Path]]:
    """The files of which it is known already what becomes of them, and those that are to be read."""
    settled: list[Imported] = []
    wanted: list[Path] = []
    for found in files:
        imported = _passed_over(found) or (None if again else _known(corpus, found.path))
        if imported is None:
            wanted.append(found.path)
        else:
            settled.append(imported)
    return settled, wanted


def _passed_over(found: Found) -> Imported | None:
    if found.code is None:
        return None
    status = "failed" if found.fault else "skipped"
    return Imported(printable(found.path), status, None, found.code, found.reason, found.remedy or None)


def _known(corpus: Corpus, path: Path) -> Imported | None:
    """The record of a file whose bytes the corpus has; None when it is to be read."""
    try:
        digest = file_sha256(path)
    except OSError:
        return None  # reading it will say why
    before = corpus.imports.of(printable(path))
    if before is not None and before.sha256 == digest and before.status == "done":
        # an archive of which members were left is read again, as a file that was left is
        return None if corpus.imports.members(printable(path)) else before
    return _twin(corpus, Imported(printable(path), "done", digest), False)


def _twin(corpus: Corpus, imported: Imported, again: bool) -> Imported | None:
    """What becomes of a file whose bytes were imported under another name; None when there is no such file."""
    if again or imported.status != "done" or imported.sha256 is None:
        return None
    twin = corpus.imports.done_before(imported.sha256, imported.path)
    if twin is None:
        return None
    number = corpus.store.share_sources(twin.path, imported.path)
    skipped = Imported(
        imported.path, "skipped", imported.sha256, "same-file", f"the same bytes as {twin.path}", None, number
    )  # fmt: skip
    corpus.imports.record(skipped)
    return skipped
