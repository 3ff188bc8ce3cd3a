"""The import that was started from the page, and how far it is.

In: files and folders. Out: Going, by which a page shows a bar. Touches: starts a thread that imports into the corpus.

One at a time: a corpus has one writer. What became of each file is in the corpus; here is only what is going on.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from policyparse.batch import Pipeline, Progress, import_files
from policyparse.corpus import Corpus
from policyparse.passing import PolicyparseError
from policyparse.web.settings import Settings


@dataclass
class Going:
    """An import: what it was told, how far it is, and how it ended (`error`: why it did not end well)."""

    sources: list[Path]
    progress: Progress | None = None
    run: int | None = None
    error: str | None = None
    over: bool = False
    stop: bool = False


class _Stopped(PolicyparseError):
    pass


class Running:
    """Starts imports, one at a time. `close` when done."""

    def __init__(self, settings: Settings, after: Callable[[], None]) -> None:
        """after: called when an import is over."""
        self._settings, self._after = settings, after
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.going: Going | None = None

    def start(
        self,
        sources: Sequence[Path],
        *,
        retry: Sequence[str] | None = None,
        again: bool = False,
        timeout: float = 300.0,
    ) -> None:
        """Begins to import. Raises PolicyparseError while another import runs."""
        with self._lock:
            if self.going is not None and not self.going.over:
                raise PolicyparseError("an import is running already — wait until it has finished")
            self.going = Going(list(sources))
            self._thread = threading.Thread(
                target=self._run, args=(self.going, retry, again, timeout), name="import", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Asks the import to stop after the file it is at; the same import started again goes on."""
        if self.going is not None:
            self.going.stop = True

    def close(self) -> None:
        """Stops the import and waits for it a little."""
        self.stop()
        if self._thread is not None:
            self._thread.join(20)

    def _run(self, going: Going, retry: Sequence[str] | None, again: bool, timeout: float) -> None:
        def step(progress: Progress) -> None:
            going.progress, going.run = progress, progress.run
            if going.stop:
                raise _Stopped("it was stopped — the same import started again goes on where it was")

        # one processor stays free for those who search meanwhile
        workers = max(1, (os.cpu_count() or 2) - 1)
        try:
            with Corpus.open(self._settings.corpus, create=True, vocabulary=self._settings.vocabulary) as corpus:
                summary = import_files(
                    corpus, going.sources, parse=Pipeline(), again=again, retry=retry, workers=workers,
                    timeout=timeout, keep_originals=True, progress=step,
                )  # fmt: skip
                going.run = summary.run
        except PolicyparseError as error:
            going.error = str(error)
        except Exception as error:  # whatever it is, the page must say that nothing is going on any more
            going.error = f"the import failed ({type(error).__name__}: {error}) — the same import started again goes on"
        finally:
            going.over = True
            self._after()
