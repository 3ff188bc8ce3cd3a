"""Many files read by several processes; one that hangs or crashes its process is named, and the others go on.

In: paths, what parses them. Out: an Outcome for each, in the order of the paths. Touches: starts processes.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from policyparse.batch.files import printable
from policyparse.batch.reading import Outcome, Parse, file_sha256, read_file
from policyparse.corpus import Imported

#: A worker is renewed after so many files, so that no reader's leak grows through the night (Tika's habit).
_FILES_A_WORKER = 500

#: Files ahead of the one that is waited for, for each worker: enough to keep all busy behind a slow one.
_AHEAD = 4


def read_files(paths: Iterable[Path], parse: Parse, jobs: int, timeout: float | None) -> Generator[Outcome, None, None]:
    """The outcomes of `paths` in their order, read by `jobs` processes, each file within `timeout` seconds.

    `parse` must be something that pickle can send. Closing the iterator stops the workers.
    """
    # not fork: this process has tantivy's threads, whose locks a forked child would find held
    pool = ProcessPool(jobs, max_tasks=_FILES_A_WORKER, context=multiprocessing.get_context("spawn"))
    waiting: deque[tuple[Path, ProcessFuture[Outcome]]] = deque()
    finished = False
    try:
        with _no_interrupt():
            _ = pool.active  # starts the workers
        for path in paths:
            waiting.append((path, pool.schedule(read_file, args=[path, parse], timeout=timeout)))
            if len(waiting) >= jobs * _AHEAD:
                yield _outcome(*waiting.popleft(), timeout)
        while waiting:
            yield _outcome(*waiting.popleft(), timeout)
        finished = True
    finally:
        if finished:
            pool.close()  # type: ignore[no-untyped-call]
        else:
            pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """What is started inside never sees Ctrl-C: this process does, and stops its workers without their tracebacks."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # where it is started later, it lets the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited by threads and processes
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _outcome(path: Path, future: ProcessFuture[Outcome], timeout: float | None) -> Outcome:
    try:
        return future.result()
    except FutureTimeout:
        code, reason = "timed-out", f"reading it took longer than {timeout:g} seconds"
        remedy = "give it more time with --timeout, or split it"
    except ProcessExpired as error:
        code, reason = "crashed", f"reading it ended the reading process (exit code {error.exitcode})"
        remedy = "open it in its own program and save it anew"
    return Outcome(Imported(printable(path), "failed", _digest(path), code, reason, remedy))


def _digest(path: Path) -> str | None:
    try:
        return file_sha256(path)
    except OSError:
        return None
