"""What a process may use, and what it has used: memory, and its life, which ends with that of the one that started it.

In: numbers. Out: numbers. Touches: the limits of this process; /proc where there is one.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing import connection, parent_process
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_PR_SET_PDEATHSIG = 1


def forget_peak() -> None:
    """Has the peak of this process's memory counted from now on (Linux; elsewhere it counts from the start)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_memory(pid: int | None = None) -> int | None:
    """The most bytes of memory that a process (this one if None) has had; None where that cannot be known."""
    try:
        status = Path(f"/proc/{pid or 'self'}/status").read_bytes()
        at = status.index(b"VmHWM:")
        return int(status[at + 6 : status.index(b"kB", at)]) * 1024
    except (OSError, ValueError):
        pass
    if pid is None and resource is not None:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return None


def memory_now() -> int | None:
    """The bytes of memory that this process has just now; None where that cannot be known."""
    try:
        status = Path("/proc/self/status").read_bytes()
        at = status.index(b"VmRSS:")
        return int(status[at + 6 : status.index(b"kB", at)]) * 1024
    except (OSError, ValueError):
        return None


def give_back_memory() -> None:
    """Gives back to the system what was freed in this process (with glibc; others do it of themselves).

    The threads that write and merge the index each have their own heap, and glibc keeps what is freed there: an import
    of a night would grow by it though it holds nothing more.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def total_memory() -> int | None:
    """The machine's memory in bytes, or what the container may have of it."""
    sizes = []
    with suppress(OSError, ValueError, AttributeError):
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with suppress(OSError, ValueError):
        sizes.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return min(sizes, default=None)


def limit_memory(size: int) -> None:
    """This process gets no more than `size` bytes for its data; beyond that it hears MemoryError (not on Windows)."""
    if resource is not None:
        with suppress(OSError, ValueError):
            # RLIMIT_DATA and not RLIMIT_AS: libraries reserve far more addresses than they ever use
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            resource.setrlimit(
                resource.RLIMIT_DATA, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard)
            )


def die_with_parent() -> None:
    """Ends this process when the one that started it ends, however that ends, and whatever this one does just then."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = parent_process()
    if parent is not None:
        # the first does not see through the server that forks the workers; a hang in C may hold this one up
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
