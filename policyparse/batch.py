"""Files and folders into a corpus: nothing twice, nothing lost, and a record of every file.

In: paths, an open Corpus. Out: Summary, and a record a file in the corpus (pending, done, skipped or failed).
Touches: reads the files; writes the corpus, one transaction a file.

A second run imports nothing twice, because files are known by their bytes; a killed run is
continued by the same command, because each file is kept whole or not at all. `read_file` turns one path into
one Outcome and knows nothing of the corpus: workers in other processes can run it.
"""

from __future__ import annotations

import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from policyparse.corpus import Corpus, Imported
from policyparse.model import Document
from policyparse.passing import ReadError

Parse = Callable[[Path], list[Document]]

#: What editors, office programs and systems leave in folders; named in the report, never opened.
_LITTER = ("~$", ".~", "._")
_LITTER_NAMES = {"Thumbs.db", "thumbs.db", "desktop.ini", "Desktop.ini"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the sources; `code` and what follows say why it is passed over."""

    path: Path
    code: str | None = None
    reason: str = ""
    remedy: str = ""

    @property
    def fault(self) -> bool:
        """Whether this is something left behind, and not just something that is no document."""
        return self.code in _FAULTS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one file gave."""

    imported: Imported
    documents: list[Document] = field(default_factory=list)


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


def find_files(sources: Sequence[Path | str], leave_out: Path | None = None) -> Iterator[Found]:
    """Every file of `sources`, folders walked in the order of their names.

    A link inside a folder is not followed (its target is imported where it stands, or lies outside the folder), and
    what is no regular file (a pipe, a device) is never opened. `leave_out`: a directory that is not walked.
    """
    for source in sources:
        path = Path(os.path.abspath(source))
        try:
            mode = path.stat().st_mode
        except OSError as error:
            yield _unreadable(path, error)
            continue
        if stat.S_ISDIR(mode):
            seen = False
            for found in _walk(path, leave_out):
                seen = True
                yield found
            if not seen:
                yield Found(path, "empty", "the folder has no files", "give the folder that holds the documents")
        elif stat.S_ISREG(mode):
            yield Found(path)
        else:
            yield _special(path)


def _walk(folder: Path, leave_out: Path | None) -> Iterator[Found]:
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if leave_out is not None and path == leave_out:
            continue
        try:
            with os.scandir(path) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield _unreadable(path, error)
            continue
        folders = []
        for entry in inside:
            child = Path(entry.path)
            if entry.is_symlink():
                yield Found(
                    child, "link", "a link, which is not followed", "give its target as a source if it is wanted"
                )
            elif entry.is_dir(follow_symlinks=False):
                folders.append(child)
            elif not entry.is_file(follow_symlinks=False):
                yield _special(child)
            elif entry.name.startswith(_LITTER) or entry.name in _LITTER_NAMES or entry.name.startswith("."):
                yield Found(child, "not-a-document", "a hidden or temporary file", "")
            else:
                yield Found(child)
        waiting.extend(reversed(folders))


def _unreadable(path: Path, error: OSError) -> Found:
    if isinstance(error, FileNotFoundError):
        return Found(path, "not-found", "there is no such file or folder", "check the spelling of the path")
    if isinstance(error, PermissionError):
        return Found(path, "no-permission", "it may not be read", "ask its owner for permission to read it")
    return Found(path, "damaged", f"it cannot be read ({error.strerror})", "copy it again from where it came from")


def _special(path: Path) -> Found:
    return Found(path, "not-a-file", "a pipe, socket or device, which is never opened", "")


#: Codes of Found that are a fault to report, and not just something passed over.
_FAULTS = {"not-found", "no-permission", "damaged", "empty"}


def import_files(
    corpus: Corpus,
    sources: Sequence[Path | str],
    *,
    parse: Parse | None = None,
    again: bool = False,
    progress: Callable[[int, int, Imported], None] | None = None,
) -> Summary:
    """Imports all files of `sources` into `corpus`.

    parse:    how a path becomes documents (the pipeline's `parse` if None)
    again:    read also what was imported before, and put it in the place of what the corpus has
    progress: called after every file with how many are done, how many there are, and the file's record
    """
    began = time.monotonic()
    summary = Summary()
    files = list(find_files(sources, corpus.directory.resolve()))
    corpus.store.note_pending(printable(found.path) for found in files)
    for number, found in enumerate(files, 1):
        imported = _passed_over(found) or _known(corpus, found.path, again)
        if imported is None:
            outcome = read_file(found.path, parse or _pipeline)
            imported = outcome.imported
            summary.new += corpus.add_file(outcome.documents, imported, replace=again)
            status = imported.status
        else:
            status = "known" if imported.status == "done" else imported.status
            if status != "known":
                corpus.store.record(imported)
        summary.files[status] += 1
        if imported.status == "failed":
            summary.left.append(imported)
        if progress:
            progress(number, len(files), imported)
    corpus.commit()
    summary.seconds = time.monotonic() - began
    return summary


def read_file(path: Path, parse: Parse) -> Outcome:
    """One file as documents, or the reason why not; never an exception, whatever the file does to its reader."""
    began = time.monotonic()
    documents: list[Document] = []
    digest: str | None = None
    status, code, reason, remedy = "done", None, None, None
    try:
        digest = file_sha256(path)
        documents = parse(path)
        if not documents:
            status, code, reason, remedy = "failed", "no-text", "no document was found in it", "look at it by hand"
    except ReadError as error:
        status, code, reason, remedy = "failed", error.code, error.reason, error.remedy
    except OSError as error:
        found = _unreadable(path, error)
        status, code, reason, remedy = "failed", found.code, found.reason, found.remedy
    except (Exception, RecursionError, MemoryError) as error:  # a fault of ours must not end somebody's night run
        status, code = "failed", "internal"
        reason = f"policyparse failed on it ({type(error).__name__}: {' '.join(str(error).split())[:120]})"
        remedy = "please report it, with the file if you may"
    seconds = round(time.monotonic() - began, 3)
    return Outcome(
        Imported(printable(path), status, digest, code, reason, remedy, len(documents), seconds), documents
    )  # fmt: skip


def _passed_over(found: Found) -> Imported | None:
    if found.code is None:
        return None
    status = "failed" if found.fault else "skipped"
    return Imported(printable(found.path), status, None, found.code, found.reason, found.remedy or None)


def _known(corpus: Corpus, path: Path, again: bool) -> Imported | None:
    """The record of a file whose bytes the corpus has; None when it is to be read."""
    if again:
        return None
    try:
        digest = file_sha256(path)
    except OSError:
        return None  # read_file will say why
    name = printable(path)
    before = corpus.store.imported(name)
    if before is not None and before.sha256 == digest and before.status == "done":
        return before
    twin = corpus.store.done_before(digest)
    if twin is None or twin == name:
        return None
    documents = corpus.store.share_sources(twin, name)
    return Imported(name, "skipped", digest, "same-file", f"the same bytes as {twin}", None, documents)


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def printable(path: Path) -> str:
    """A path as text; bytes that are no UTF-8 are written as \\xNN, since neither JSON nor SQLite can hold them."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _pipeline(path: Path) -> list[Document]:
    from policyparse.pipeline import parse

    return parse(path)
