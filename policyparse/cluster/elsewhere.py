"""Files read by whatever a `concurrent.futures.Executor` stands for: threads, processes, the machines of a cluster.

In: tasks, what parses them, an executor. Out: an Outcome for each. Touches: sends tasks; where a worker does not see a
file, reads it here and sends its bytes. A worker writes nothing and hands back what it read.

Wherever a task arrives, it is read by a process of its own there (batch's Workers, one for each thread of the executor):
one that hangs, crashes or runs out of memory is ended and named there, and costs neither the worker nor the next file.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

from policyparse.batch import Outcome, Parse, read_file
from policyparse.batch.files import stamp_of
from policyparse.batch.process import total_memory
from policyparse.batch.reading import Task
from policyparse.batch.workers import Busy, Workers
from policyparse.corpus import Imported
from policyparse.model import SCHEMA_VERSION, Document
from policyparse.passing import PolicyparseError, ReadError

#: Larger files are not sent: a scheduler holds what it passes on in its memory, several times.
MOST_SENT = 64 * 2**20

#: A reading process on a worker gets its share of this much of that machine's memory, and at least this many bytes.
_MEMORY_SHARE = 0.8
_LEAST_MEMORY = 1 << 30

#: Tasks given out for each place where one can be read: one that is read and one that waits.
_AHEAD = 2

#: So many files in a row that no worker sees, and the next ones are sent without asking. One may be missing by chance: it
#: was being written just then, or a network folder tells of it late.
_BLIND = 3

#: So often (seconds) it is looked how many places there are, and so long there may be none: a nanny starts a worker that
#: has died within seconds.
_COUNT_EVERY, _NONE_FOR = 5.0, 120.0


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent to a worker. `made_by`: the version that its reader must have, so that all documents are alike."""

    task: Task
    parse: Parse
    timeout: float | None
    memory: int | None
    made_by: str


class Elsewhere:
    """Reads through `executor`; a Readers of batch.

    places:  tells how many files can be read at a time just now; None where that cannot be known just now
    timeout: seconds for one file; memory: bytes for one reading process (its share of its machine's if None)
    lost:    tells of an error of the executor's own making whether the worker died on the file ("crashed"), or nothing
             can be read any more (a sentence); None where it is neither
    """

    def __init__(
        self,
        executor: Executor,
        parse: Parse,
        *,
        places: Callable[[], int | None],
        timeout: float | None = None,
        memory: int | None = None,
        lost: Callable[[BaseException], str | None] | None = None,
    ) -> None:
        self.room = max(1, places() or 0) * _AHEAD
        self._places, self._counted = places, time.monotonic()
        self._none_since: float | None = None
        self._executor, self._parse, self._timeout, self._memory = executor, parse, timeout, memory
        self._lost = lost or _lost
        self._sender = ThreadPoolExecutor(1, "policyparse-sender")
        self._given: dict[Future[Outcome], tuple[Task, float]] = {}
        self._unseen = 0  # files in a row that the workers did not see

    def submit(self, task: Task) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        self._given[future] = (task, time.monotonic())
        try:
            if self._unseen < _BLIND:
                self._give(replace(task, stamp=stamp_of(os.stat(task.file))), future)
                return future
        except (OSError, ValueError):
            pass  # reading it here will say why
        self._sender.submit(self._send, task, future)
        return future

    def outcome(self, task: Task, future: Future[Outcome]) -> Outcome:
        _, since = self._given.pop(future)
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, PolicyparseError):
            raise error
        lost = self._lost(error)
        if lost is None:
            code, reason = "internal", f"policyparse failed on it ({type(error).__name__}: {str(error)[:120]})"
            remedy = "please report it, with the file if you may"
        elif lost == "crashed":
            code, reason = "crashed", "the worker that read it died"
            remedy = "open it in its own program and save it anew"
        else:
            raise PolicyparseError(lost) from error
        seconds = round(time.monotonic() - since, 3)
        return Outcome(Imported(task.path, "failed", None, code, reason, remedy, seconds=seconds))

    def busy(self) -> list[Busy]:
        now = time.monotonic()
        if now - self._counted > _COUNT_EVERY:
            self._counted = now
            self._count(now)
        # which of them is being read just now the executor does not tell; those given out first are
        oldest = list(self._given.values())[: self.room // _AHEAD]
        return [Busy(task.path, now - since, None) for task, since in oldest]

    def _count(self, now: float) -> None:
        """Workers come and go: gives out tasks for those that there are, and does not wait for ever where there are none."""
        places = self._places()
        if places:
            self.room, self._none_since = places * _AHEAD, None
        elif places == 0:
            self._none_since = self._none_since or now
            if now - self._none_since > _NONE_FOR:
                raise PolicyparseError(
                    f"no worker has been there for {_NONE_FOR:.0f} seconds — start some; the same command goes on"
                )

    def close(self, finished: bool) -> None:
        if not finished:
            for future in list(self._given):
                future.cancel()
        self._sender.shutdown(wait=finished, cancel_futures=True)

    # -- on the way ------------------------------------------------------------------------------------------------

    def _give(self, task: Task, future: Future[Outcome]) -> None:
        request = Request(task, self._parse, self._timeout, self._memory, SCHEMA_VERSION)
        try:
            inner = self._executor.submit(read_request, request)
        except Exception as error:
            future.set_exception(PolicyparseError(_gone(error)))
            return
        future.add_done_callback(lambda outer: inner.cancel() if outer.cancelled() else None)
        inner.add_done_callback(lambda done: self._arrived(task, future, done))

    def _arrived(self, task: Task, future: Future[Outcome], done: Future[Outcome | None]) -> None:
        """Called by whichever thread the executor has for it, so that nothing here may take long."""
        if future.cancelled():
            return
        error = CancelledError() if done.cancelled() else done.exception()
        if error is not None:
            future.set_exception(error)
            return
        outcome = done.result()
        if outcome is not None:
            if task.data is None:
                self._unseen = 0
            future.set_result(outcome)
            return
        self._unseen += 1
        try:
            self._sender.submit(self._send, replace(task, stamp=None), future)
        except RuntimeError as closed:
            future.set_exception(closed)

    def _send(self, task: Task, future: Future[Outcome]) -> None:
        """Has `task` read from its bytes, which are read here."""
        taken: list[bytes] = []

        def keep(path: str, data: bytes) -> list[Document | ReadError]:
            taken.append(data)
            if len(data) > MOST_SENT:
                reason = (
                    f"the workers do not see it, and its {len(data) >> 20:,} MiB are more than the "
                    f"{MOST_SENT >> 20} MiB that are sent"
                )
                remedy = "put it in a folder that the workers share, or import it without --scheduler"
                raise ReadError(path, "too-large", reason, remedy)
            return []

        try:
            outcome = read_file(task, keep)
            if outcome.imported.code == "no-text":  # it could be read here, and nothing else was asked
                self._give(replace(task, data=taken[0], stamp=outcome.imported.stamp), future)
            else:
                future.set_result(outcome)
        except BaseException as error:
            future.set_exception(error)


def _lost(error: BaseException) -> str | None:
    if isinstance(error, BrokenProcessPool | CancelledError):
        return _gone(error)
    return None


def _gone(error: BaseException) -> str:
    return f"what reads the files is gone ({type(error).__name__}) — the same command goes on where it was"


# -- on the worker -------------------------------------------------------------------------------------------------

_reader = threading.local()


def read_request(request: Request) -> Outcome | None:
    """Reads what was asked for on the worker; None where the worker does not see the file as the asker does.

    Raises PolicyparseError where no file is at fault.
    """
    if request.made_by != SCHEMA_VERSION:
        raise PolicyparseError(
            f"a worker makes documents of schema {SCHEMA_VERSION} and this program of {request.made_by} — "
            "install the same policyparse on all machines"
        )
    task = request.task
    if task.data is None:
        try:
            if stamp_of(os.stat(task.file)) != task.stamp:
                return None
        except (OSError, ValueError):
            return None
    workers = _workers(request)
    future = workers.submit(task)
    future.exception()  # waits; what it is `outcome` says
    return workers.outcome(task, future)


def _workers(request: Request) -> Workers:
    """This thread's reading process: threads of a worker do not wait for each other."""
    wanted = (request.parse, request.timeout, request.memory)
    if getattr(_reader, "made_for", None) != wanted:
        old: Workers | None = getattr(_reader, "workers", None)
        if old is not None:
            old.close(finished=True)
        # Dask's workers are daemons, which may not start processes lest these outlive them: ours do not (process.py)
        multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
        memory = request.memory or max(
            _LEAST_MEMORY, int((total_memory() or 0) * _MEMORY_SHARE) // (os.cpu_count() or 1)
        )
        _reader.workers = Workers(1, request.parse, request.timeout, memory)
        _reader.made_for = wanted
        atexit.register(_reader.workers.close, finished=False)  # or the worker waits for them when it is to end
    workers: Workers = _reader.workers
    return workers
