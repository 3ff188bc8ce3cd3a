"""A Dask cluster that reads files for an import (extra [cluster]).

In: the address of a scheduler. Out: Readers of batch. Touches: the network.
"""

from __future__ import annotations

import logging
import pickle
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

from policyparse.batch import Parse
from policyparse.cluster.elsewhere import Elsewhere
from policyparse.passing import PolicyparseError

#: Seconds in which a scheduler must answer, and in which it must have a worker.
_PATIENCE = 30.0
#: Loggers that tell of a lost connection in tracebacks.
_CHATTY = ("distributed", "tornado", "asyncio")

_ADDRESS = re.compile(r"(?:tcp|tls|ws|wss|ucx)://[^\s/]+")


@contextmanager
def dask_readers(
    address: str, parse: Parse, *, timeout: float | None = None, memory: int | None = None
) -> Iterator[Elsewhere]:
    """What reads on the workers of the Dask scheduler at `address` (tcp://host:port).

    Raises PolicyparseError when the extra is not installed, when the scheduler does not answer, or has no workers.
    """
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise PolicyparseError(
            "--scheduler needs Dask, which is not installed — pip install 'policyparse[cluster]'"
        ) from None
    if not _ADDRESS.fullmatch(address):
        raise PolicyparseError(f"{address}: no address of a scheduler — write it as tcp://host:8786")
    # files that are sent may be large, and Dask would warn of each
    large = dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})
    with _quiet(), large, _connected(Client, address) as client:
        yield Elsewhere(
            _Packing(client.get_executor(pure=False)), parse, places=_counter(client, address), timeout=timeout,
            memory=memory, lost=lambda error: _lost(error, address),
        )  # fmt: skip


@contextmanager
def _connected(connect: Any, address: str) -> Iterator[Any]:
    try:
        client = connect(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError):
        raise PolicyparseError(
            f"{address}: no Dask scheduler answers there — start one with: dask scheduler, and workers with: dask worker"
        ) from None
    try:
        yield client
    finally:
        client.close(timeout=_PATIENCE / 6)


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask's own log is silent: what matters of it is said in a sentence."""
    loggers = [log for name, log in logging.root.manager.loggerDict.items() if name.startswith(_CHATTY)]
    levels = [(log, log.level) for log in loggers if isinstance(log, logging.Logger)]
    for log, _ in levels:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in levels:
            log.setLevel(level)


class _Packing(Executor):
    """Sends calls as bytes: the scheduler, which opens what it passes on, needs no policyparse, and a worker that has none
    says so. (Dask itself lets such a worker start again and again, and the call waits for ever.)"""

    def __init__(self, inner: Executor) -> None:
        self._inner = inner

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        def unpacked(packed: bytes) -> Any:  # not of a module, so that its code is sent along
            import pickle

            function, arguments, named = pickle.loads(packed)
            return function(*arguments, **named)

        return self._inner.submit(unpacked, pickle.dumps((function, arguments, named)))


def _counter(client: Any, address: str) -> Callable[[], int | None]:
    """What tells how many files the workers can read at a time. Raises PolicyparseError where there are none to begin with."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except Exception:
        raise PolicyparseError(
            f"{address}: the scheduler has no workers — start some, on any machine, with: dask worker {address}"
        ) from None

    def places() -> int | None:
        try:
            return sum(int(threads) for threads in client.nthreads().values())
        except Exception:  # the scheduler is busy, or gone: then the files that it has will say so
            return None

    return places


def _lost(error: BaseException, address: str) -> str | None:
    """What an error of Dask's means to the import."""
    name = type(error).__name__
    if name == "KilledWorker":
        return "crashed"
    if isinstance(error, ImportError):
        return f"a worker of {address} cannot load policyparse ({error}) — install the same version on all machines"
    if name in ("CancelledError", "FutureCancelledError", "CommClosedError", "FuturesCancelledError") or isinstance(
        error, OSError
    ):
        return f"{address}: the scheduler is gone ({name}) — the same command goes on where it was"
    return None
