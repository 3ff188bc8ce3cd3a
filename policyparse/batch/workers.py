"""Many files read by several processes; one that hangs, runs out of memory or crashes its process is named, and the others go on.

In: tasks, what parses them. Out: an Outcome for each, as they come. Touches: starts processes.

`Readers` is what an import needs of whatever reads for it: `Here` (this process), `Workers` (processes of this machine,
with pebble), or an executor of another make (a cluster's).
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from ctypes import c_longlong
from dataclasses import dataclass
from multiprocessing import resource_tracker, sharedctypes
from typing import Any, Protocol

from pebble import ProcessExpired, ProcessPool

from policyparse.batch.process import die_with_parent, limit_memory, peak_memory, total_memory
from policyparse.batch.reading import Outcome, Parse, Pipeline, Task, read_file
from policyparse.corpus import Imported
from policyparse.passing import PolicyparseError

#: A worker is renewed after so many files, so that no reader's leak grows through the night (Tika's habit).
_FILES_A_WORKER = 500

#: Files given out for each worker: one that it reads and some that wait, so that none is idle while we write.
_AHEAD = 4

#: A worker has no less than this, whatever the machine; of a large machine all have four fifths.
_LEAST_MEMORY = 1 << 30
_MEMORY_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Busy:
    """A file that is being read: since when (seconds), and the most memory its process has had (bytes)."""

    path: str
    seconds: float
    memory: int | None


class Readers(Protocol):
    """Whatever reads files for an import. `room`: how many it wants to have at a time."""

    room: int

    def submit(self, task: Task) -> Future[Outcome]: ...

    def outcome(self, task: Task, future: Future[Outcome]) -> Outcome:
        """What became of a task whose future is done. Raises PolicyparseError where no file is at fault."""

    def busy(self) -> list[Busy]: ...

    def close(self, finished: bool) -> None: ...


def outcomes(readers: Readers, tasks: Iterable[Task], tick: float = 1.0) -> Generator[Outcome | None, None, None]:
    """The outcomes of `tasks` as they come, whichever is first; None after every `tick` seconds without one."""
    ready: queue.SimpleQueue[tuple[Task, Future[Outcome]]] = queue.SimpleQueue()
    waiting = 0
    source = iter(tasks)
    more = True
    while more or waiting:
        while more and waiting < readers.room:
            task = next(source, None)
            if task is None:
                more = False
                break
            waiting += 1
            future = readers.submit(task)
            future.add_done_callback(lambda done, task=task: ready.put((task, done)))  # type: ignore[misc]
        if not waiting:
            return
        try:
            task, future = ready.get(timeout=tick)
        except queue.Empty:
            yield None
            continue
        waiting -= 1
        yield readers.outcome(task, future)


class Here:
    """Reads in this process, which a file that hangs or crashes takes down with it."""

    room = 1

    def __init__(self, parse: Parse) -> None:
        self._parse = parse

    def submit(self, task: Task) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        try:
            future.set_result(read_file(task, self._parse))
        except PolicyparseError as error:
            future.set_exception(error)
        return future

    def outcome(self, task: Task, future: Future[Outcome]) -> Outcome:
        return future.result()

    def busy(self) -> list[Busy]:
        return []

    def close(self, finished: bool) -> None:
        pass


class Workers:
    """Processes of this machine. `parse` must be something that pickle can send.

    number:  how many
    timeout: seconds for one file
    memory:  bytes for one worker; if None, its share of the machine's
    """

    def __init__(self, number: int, parse: Parse, timeout: float | None = None, memory: int | None = None) -> None:
        self.room = number * _AHEAD
        self.memory = memory or max(_LEAST_MEMORY, int((total_memory() or 0) * _MEMORY_SHARE) // number)
        self._parse, self._timeout = parse, timeout
        self._context = _context(isinstance(parse, Pipeline))
        self._started = False
        # for each file that is given out: the process that reads it, and since when (milliseconds of the system's clock)
        self._slots = sharedctypes.RawArray(c_longlong, 2 * self.room)
        self._free = list(range(self.room))
        self._given: dict[Task, tuple[int, int | None]] = {}
        self._pool = ProcessPool(
            number,
            max_tasks=_FILES_A_WORKER,
            initializer=_start_worker,
            initargs=(self._slots, self.memory),
            context=self._context,
        )

    def _start(self) -> None:
        self._started = True
        with _no_interrupt():
            # the first process waits until the server has loaded everything; a worker that waited so long would
            # find its locks gone if we were interrupted meanwhile
            first = self._context.Process(target=_nothing)
            first.start()
        first.join()
        if first.exitcode:  # the next ones would end in the same way, without end
            raise PolicyparseError(
                "the reading processes cannot be started — a program of your own must call import_files under "
                "if __name__ == '__main__'"
            )
        with _no_interrupt():
            _ = self._pool.active  # starts the workers

    def submit(self, task: Task) -> Future[Outcome]:
        if not self._started:
            self._start()
        slot = self._free.pop()
        self._slots[2 * slot] = self._slots[2 * slot + 1] = 0
        self._given[task] = (slot, None)
        return self._pool.schedule(_read_in_worker, args=[slot, task, self._parse], timeout=self._timeout)

    def busy(self) -> list[Busy]:
        now = time.time()
        found = []
        for task, (slot, memory) in self._given.items():
            pid, since = self._slots[2 * slot], self._slots[2 * slot + 1]
            if pid:
                peak = max(memory or 0, peak_memory(pid) or 0) or None
                self._given[task] = (slot, peak)
                found.append(Busy(task.path, max(0.0, now - since / 1000), peak))
        return sorted(found, key=lambda busy: -busy.seconds)

    def outcome(self, task: Task, future: Future[Outcome]) -> Outcome:
        slot, memory = self._given.pop(task)
        since = self._slots[2 * slot + 1]
        self._free.append(slot)
        error = future.exception()
        if error is None:
            return future.result()
        seconds = round(time.time() - since / 1000, 3) if since else None
        return self._failure(task, error, seconds, memory)

    def _failure(self, task: Task, error: BaseException, seconds: float | None, memory: int | None) -> Outcome:
        mib = self.memory >> 20
        if isinstance(error, FutureTimeout):
            code, reason = "timed-out", f"reading it took longer than {self._timeout:g} seconds"
            remedy = "give it more time with --timeout, or split it"
        elif isinstance(error, ProcessExpired):
            code, reason = "crashed", f"reading it ended the reading process (exit code {error.exitcode})"
            remedy = "open it in its own program and save it anew"
            if error.exitcode == -signal.SIGKILL:
                reason = "the system ended the reading process (signal 9), as it does when memory runs out"
                remedy = "import it again with fewer --workers"
        elif isinstance(error, MemoryError):
            code, reason = "out-of-memory", f"what it holds takes more than the {mib:,} MiB a worker may have"
            remedy = "give it more with --memory, with fewer --workers; or split it"
        elif isinstance(error, PolicyparseError):
            raise error
        elif isinstance(error, OSError | RuntimeError):  # the pool is broken
            raise PolicyparseError(
                f"the reading processes cannot be started or reached ({error}) — the same command goes on"
            ) from error
        else:
            code, reason = "internal", f"policyparse failed on it ({type(error).__name__})"
            remedy = "please report it, with the file if you may"
        return Outcome(Imported(task.path, "failed", None, code, reason, remedy, seconds=seconds, memory=memory))

    def close(self, finished: bool) -> None:
        if finished:
            self._pool.close()  # type: ignore[no-untyped-call]
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


#: In a worker: its part of `Workers._slots`.
_slots: Any = None


def _nothing() -> None:
    """What the first process does."""


def _start_worker(slots: Any, memory: int) -> None:
    global _slots
    _slots = slots
    die_with_parent()
    limit_memory(memory)


def _read_in_worker(slot: int, task: Task, parse: Parse) -> Outcome:
    _slots[2 * slot], _slots[2 * slot + 1] = os.getpid(), int(time.time() * 1000)
    outcome = read_file(task, parse)
    _slots[2 * slot] = 0  # since when stays: where this is not reached, it tells how long it took
    return outcome


def _context(warm: bool) -> Any:
    """How processes start: forked from a server, which if `warm` has loaded the readers and the model for all of them.

    Never forked from this process: it has tantivy's threads, whose locks a child would find held.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():  # Windows
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["policyparse.batch.warm"] if warm else [])
    return context


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """What is started inside never sees Ctrl-C: this process does, and stops its workers without their tracebacks."""
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield  # Windows; or a thread of a server, which hears no signal
        return
    resource_tracker.ensure_running()  # where it is started later, it lets the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited by threads and processes
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
