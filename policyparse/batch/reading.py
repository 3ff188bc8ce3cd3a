"""One file (or the members of one archive) read: documents, or the reason why not. Knows nothing of the corpus, so that any process can do it.

In: a Task, what parses it. Out: Outcome. Touches: reads the file, once.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from policyparse.batch.files import printable, stamp_of, unreadable
from policyparse.batch.process import forget_peak, peak_memory
from policyparse.corpus import Imported
from policyparse.model import Document
from policyparse.passing import PolicyparseError, ReadError
from policyparse.vocabulary import Vocabulary

#: A file's name and bytes → its documents, and a ReadError for itself or for each member of an archive that gave none.
#: The name may be one that the system does not know (its bytes shown as \\xNN): nothing is to be opened by it.
Parse = Callable[[str, bytes], Sequence[Document | ReadError]]

#: A file whose time is younger than this when it is read may change again without a new time (FAT counts in twos).
_FRESH = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read: its name in the records, the path that the system knows it by, and whether that may be a link.

    data, stamp: its bytes and its stamp (Found), where whoever reads it does not see the file itself
    """

    path: str
    file: str
    follow: bool = True
    data: bytes | None = field(default=None, repr=False)
    stamp: str | None = None

    @classmethod
    def of(cls, path: Path | str) -> Task:
        return cls(printable(path), str(path))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one file gave; `left`: a record for each member of an archive that could not be read."""

    imported: Imported
    documents: list[Document] = field(default_factory=list)
    left: list[Imported] = field(default_factory=list)


@dataclass(frozen=True)
class Pipeline:
    """Parses with the vocabulary laid over by the folder `overlay`; made so that it can be sent to another process.

    ocr:       read pages that are pictures, where the extra is installed
    passwords: tried in turn on a file that is locked
    """

    overlay: Path | None = None
    ocr: bool = True
    passwords: tuple[str, ...] = field(default=(), repr=False)  # no log shows them

    def __call__(self, path: str, data: bytes) -> list[Document | ReadError]:
        # here and not above, because a process that only sends files to workers need not load the readers
        from policyparse.pipeline import parse_all
        from policyparse.read import Limits

        limits = Limits(ocr=self.ocr, passwords=self.passwords)
        return list(parse_all(path, data, vocabulary=_vocabulary(self.overlay), limits=limits))

    def need_ocr(self) -> None:
        """Raises PolicyparseError where pages that are pictures cannot be read here."""
        from policyparse.read import ocr

        if not ocr.available():
            raise PolicyparseError(f"pages that are pictures cannot be read here — {ocr.HOW_TO_INSTALL}")


@lru_cache(maxsize=2)
def _vocabulary(overlay: Path | None) -> Vocabulary | None:
    return Vocabulary(overlay) if overlay is not None else None


def read_file(task: Task, parse: Parse) -> Outcome:
    """One file as documents, or the reason why not, whatever the file does to its reader.

    Raises PolicyparseError where not the file is at fault but what every file needs: the model, the vocabulary.
    """
    forget_peak()
    began = time.monotonic()
    documents: list[Document] = []
    left: list[Imported] = []
    facts: dict[str, str | int | None] = {}
    status, code, reason, remedy = "done", None, None, None
    try:
        data = _bytes_of(task, facts)
        whole = None
        for found in parse(task.path, data):
            if not isinstance(found, ReadError):
                documents.append(found)
            elif found.path == task.path:
                whole = found
            else:
                left.append(Imported(found.path, "failed", None, found.code, found.reason, found.remedy))
        if whole is not None:
            raise whole
        if not documents and not left:
            status, code, reason, remedy = "failed", "no-text", "no document was found in it", "look at it by hand"
    except ReadError as error:
        status, code, reason, remedy = "failed", error.code, error.reason, error.remedy
    except PolicyparseError:
        raise
    except OSError as error:
        fault = unreadable(Path(task.file), error)
        status, code, reason, remedy = "failed", fault.code, fault.reason, fault.remedy
    except MemoryError:
        status, code, reason = "failed", "out-of-memory", "reading it takes more memory than a worker may have"
        remedy = "give it more with --memory, with fewer --workers; or split it"
    except (Exception, RecursionError) as error:  # a fault of ours must not end somebody's night run
        status, code = "failed", "internal"
        reason = f"policyparse failed on it ({type(error).__name__}: {' '.join(str(error).split())[:120]})"
        remedy = "please report it, with the file if you may"
    imported = Imported(
        task.path, status, code=code, reason=reason, remedy=remedy, documents=len(documents),
        seconds=round(time.monotonic() - began, 3), memory=peak_memory(), **facts,  # type: ignore[arg-type]
    )  # fmt: skip
    return Outcome(imported, documents, left)


def _bytes_of(task: Task, facts: dict[str, str | int | None]) -> bytes:
    """The file's bytes, all of one moment; what is known of them goes into `facts`."""
    from policyparse.read import Limits, sniff

    if task.data is not None:
        facts["size"], facts["stamp"] = len(task.data), task.stamp
        facts["sha256"], facts["format"] = sha256(task.data).hexdigest(), sniff(task.data, task.path)
        return task.data
    # what was a file when the folder was looked at may be a link or a pipe by now
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    if not task.follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    with open(os.open(task.file, flags), "rb") as handle:
        before = os.fstat(handle.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise ReadError(task.path, "not-a-file", "it is no file any more", "look what has become of it")
        facts["size"] = before.st_size
        most = Limits().max_bytes
        if before.st_size > most:
            reason = f"it has {before.st_size >> 20:,} MiB, more than the {most >> 20} MiB allowed"
            facts["stamp"] = stamp_of(before)
            raise ReadError(task.path, "too-large", reason, "split it")
        data = handle.read(before.st_size + 1)
        after = os.fstat(handle.fileno())
    if len(data) != before.st_size or stamp_of(before) != stamp_of(after):
        reason = "it was being written while it was read"
        raise ReadError(task.path, "changed", reason, "import it again when it is complete")
    facts["sha256"] = sha256(data).hexdigest()
    facts["format"] = sniff(data, task.path)
    changed = max(before.st_mtime_ns, before.st_ctime_ns)
    facts["stamp"] = stamp_of(before) if time.time_ns() - changed > _FRESH else None
    return data
