"""Drafts that visitors brought: kept in memory for a while, shown to their visitor only, in no corpus.

In: a file's name and bytes. Out: Draft, by the visitor's session and a random name. Touches: starts a process that reads the file.

A draft is a hostile file until it has been read, so it is read in a process of its own, which may crash, hang or ask for
all the memory. While it is uploaded, read or made into Word, files of it may stand in the system's temporary directory.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import secrets
import threading
import time
from collections import OrderedDict
from concurrent.futures import BrokenExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field

from pebble import ProcessExpired, ProcessPool

from policyparse.batch.process import die_with_parent, limit_memory
from policyparse.model import Document
from policyparse.passing import PolicyparseError, ReadError

#: How many drafts are kept, for how long, and of how many bytes in all: enough for an office for an afternoon.
MOST, SECONDS, BYTES = 50, 4 * 3600.0, 400 * 1024 * 1024
#: Reading a draft of two hundred pages takes a few seconds; a scan longer.
_TIMEOUT = 120.0
#: What reading may take: the same as the least that a worker of an import has, twice, since there is but one.
_MEMORY = 2 << 30
#: Bytes of a parsed document for each character of its text (measured on corpora/samples with tracemalloc).
_A_CHARACTER = 150


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: the file's name and bytes, and its documents."""

    session: str
    name: str
    data: bytes
    documents: list[Document]
    where: str = ""
    made: float = field(default_factory=time.monotonic)

    @property
    def size(self) -> int:
        """The bytes of memory that it takes, roughly."""
        return len(self.data) + _A_CHARACTER * sum(len(document.text) for document in self.documents)

    @property
    def old(self) -> bool:
        return time.monotonic() - self.made > SECONDS


class Drafts:
    """The drafts of all visitors. `close` when done."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Draft] = OrderedDict()
        self._pool: ProcessPool | None = None
        self._lock = threading.Lock()

    def keep(self, draft: Draft) -> str:
        """Keeps a draft; returns the name by which its visitor finds it."""
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[name] = draft
            for gone in [key for key, each in self._kept.items() if each.old]:
                del self._kept[gone]
            while len(self._kept) > 1 and (
                len(self._kept) > MOST or sum(each.size for each in self._kept.values()) > BYTES
            ):
                self._kept.popitem(last=False)
        return name

    def get(self, name: str, session: str) -> Draft | None:
        """The visitor's own draft of this name."""
        with self._lock:
            draft = self._kept.get(name)
        if draft is None or draft.old or not secrets.compare_digest(draft.session, session):
            return None
        return draft

    async def read(self, name: str, data: bytes) -> list[Document]:
        """The documents of a file. Raises ReadError or PolicyparseError, also where reading it takes too long."""
        with self._lock:
            if self._pool is None or not self._pool.active:  # a pool whose processes would not start is broken for good
                # not fork: this process has threads
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPool(1, max_tasks=50, initializer=_start, context=context)
            future = self._pool.schedule(_parse, args=[name, data], timeout=_TIMEOUT)
        try:
            found = await asyncio.wrap_future(future)
        except FutureTimeout:
            raise PolicyparseError(f"{name}: reading it took longer than {_TIMEOUT:g} seconds — split it") from None
        except ProcessExpired:
            raise PolicyparseError(f"{name}: reading it failed — open it in its own program and save it anew") from None
        except BrokenExecutor as error:
            what = f"the reading processes cannot be started or reached ({error})"
            raise PolicyparseError(f"{name}: {what} — try again") from None
        if isinstance(found, str):
            raise PolicyparseError(found)
        return [Document.model_validate_json(each) for each in found]

    def close(self) -> None:
        """Ends the process that reads."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()


def _start() -> None:
    """The reading process begins."""
    die_with_parent()
    limit_memory(_MEMORY)


def _parse(name: str, data: bytes) -> list[str] | str:
    """In the reading process: the documents as JSON, or the sentence that says why there are none."""
    from policyparse.pipeline import parse

    try:
        return [document.model_dump_json(by_alias=True) for document in parse(name, data)]
    except (ReadError, PolicyparseError) as error:
        return str(error)
    except MemoryError:
        return f"{name}: reading it takes more memory than a worker may have — split it"
    except Exception as error:  # a fault of ours on a visitor's file
        return f"{name}: policyparse failed on it ({type(error).__name__}) — please report it, with the file if you may"
