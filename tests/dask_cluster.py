"""A Dask scheduler and workers in processes of their own on this machine, started as from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Whatever is waited for is there within seconds, or never.
PATIENCE = 120.0


@contextmanager
def dask_cluster(home: Path, workers: int = 2) -> Iterator[str]:
    """The scheduler's address; each worker has one thread, and a nanny that starts it again when it dies."""
    told = home / "scheduler.json"
    # the workers find what the tests have them parse with
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    quiet: Any = {"cwd": home, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "dask"]
    here = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(told)]
    worker = [*dask, "worker", "--nthreads", "1", "--local-directory", str(home), *here]
    started = [subprocess.Popen([*dask, "scheduler", "--port", "0", *here], **quiet)]
    try:
        wait_for(lambda: told.exists() and told.read_text())
        started += [subprocess.Popen(worker, **quiet) for _ in range(workers)]
        address: str = json.loads(told.read_text())["address"]
        wait_for(lambda: len(workers_of(address)) == workers)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait()


def workers_of(address: str) -> dict[str, int]:
    """The addresses of the workers, and their processes."""
    from distributed import Client

    with Client(address, set_as_default=False, timeout=PATIENCE) as client:
        return dict(client.run(os.getpid))


def wait_for(what: Callable[[], Any]) -> Any:
    """What `what` gives, as soon as it is something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")
