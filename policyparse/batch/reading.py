"""One file (or the members of one archive) read: documents, or the reason why not. Knows nothing of the corpus, so that any process can do it.

In: a path, what parses it. Out: Outcome. Touches: reads the file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from policyparse.batch.files import printable, unreadable
from policyparse.corpus import Imported
from policyparse.model import Document
from policyparse.passing import PolicyparseError, ReadError
from policyparse.vocabulary import Vocabulary

# what a file gives: its documents, and a ReadError for itself or for each member of an archive that gave none
Parse = Callable[[Path], Sequence[Document | ReadError]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one file gave; `left`: a record for each member of an archive that could not be read."""

    imported: Imported
    documents: list[Document] = field(default_factory=list)
    left: list[Imported] = field(default_factory=list)


@dataclass
class Pipeline:
    """Parses with the vocabulary laid over by the folder `overlay`; made so that it can be sent to another process."""

    overlay: Path | None = None

    def __call__(self, path: Path) -> list[Document | ReadError]:
        # here and not above, because a process that only sends files to workers need not load the readers
        from policyparse.pipeline import parse_all

        return list(parse_all(path, vocabulary=_vocabulary(self.overlay)))


@lru_cache(maxsize=2)
def _vocabulary(overlay: Path | None) -> Vocabulary | None:
    return Vocabulary(overlay) if overlay is not None else None


def read_file(path: Path, parse: Parse) -> Outcome:
    """One file as documents, or the reason why not, whatever the file does to its reader.

    Raises PolicyparseError where not the file is at fault but what every file needs: the model, the vocabulary.
    """
    began = time.monotonic()
    documents: list[Document] = []
    left: list[Imported] = []
    digest: str | None = None
    status, code, reason, remedy = "done", None, None, None
    try:
        digest = file_sha256(path)
        whole = None
        for found in parse(path):
            if not isinstance(found, ReadError):
                documents.append(found)
            elif found.path == str(path):
                whole = found
            else:
                member = printable(Path(found.path))
                left.append(Imported(member, "failed", None, found.code, found.reason, found.remedy))
        if whole is not None:
            raise whole
        if not documents and not left:
            status, code, reason, remedy = "failed", "no-text", "no document was found in it", "look at it by hand"
    except ReadError as error:
        status, code, reason, remedy = "failed", error.code, error.reason, error.remedy
    except PolicyparseError:
        raise
    except OSError as error:
        fault = unreadable(path, error)
        status, code, reason, remedy = "failed", fault.code, fault.reason, fault.remedy
    except (Exception, RecursionError, MemoryError) as error:  # a fault of ours must not end somebody's night run
        status, code = "failed", "internal"
        reason = f"policyparse failed on it ({type(error).__name__}: {' '.join(str(error).split())[:120]})"
        remedy = "please report it, with the file if you may"
    seconds = round(time.monotonic() - began, 3)
    imported = Imported(printable(path), status, digest, code, reason, remedy, len(documents), seconds)
    return Outcome(imported, documents, left)


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
