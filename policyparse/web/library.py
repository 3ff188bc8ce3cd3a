"""The corpus as the page reads it: a few threads, each with its own open corpus, and one writer at a time.

In: functions that want a corpus. Out: what they give. Touches: the corpus directory.

SQLite's connections belong to a thread, and more threads than processors only wait for each other; so
everything that costs time is done here, and the requests queue in the order in which they came.
"""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from policyparse.corpus import Corpus
from policyparse.passing import PolicyparseError
from policyparse.precedents import prepare
from policyparse.web.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


class Library:
    """Gives functions a corpus. `close` when done."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._readers = ThreadPoolExecutor(settings.readers, thread_name_prefix="reader")
        self._student = ThreadPoolExecutor(1, thread_name_prefix="student")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._local = threading.local()
        self._lock = threading.Lock()
        self._learning = self._due = False
        #: Set while what precedents need to know of the corpus is at hand; clear while it is being learned.
        self.learned = threading.Event()
        self.learned.set()

    async def read(self, function: Callable[Concatenate[Corpus, P], T], *args: P.args, **rest: P.kwargs) -> T:
        """`function(corpus, …)` in a reader's thread. Raises PolicyparseError when there is no corpus (yet)."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: function(self._corpus(), *args, **rest))

    async def study(self, function: Callable[Concatenate[Corpus, P], T], *args: P.args, **rest: P.kwargs) -> T:
        """`read` for what may take seconds, in one thread of its own, so that searches do not wait for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._student, lambda: function(self._corpus(), *args, **rest))

    def learn(self) -> None:
        """Learns from the corpus what precedents need, in a thread of its own: minutes for a large one, and again after
        an import. What was learned is kept beside the corpus, so that it costs little the next time."""
        with self._lock:
            self._due = True  # also while it is being done: what came since would be left out
            self.learned.clear()
            if self._learning:
                return
            self._learning = True
        threading.Thread(target=self._learn, name="learner", daemon=True).start()

    def _learn(self) -> None:
        while self._is_due():
            try:
                with Corpus.open(self._settings.corpus, vocabulary=self._settings.vocabulary) as corpus:
                    prepare(corpus)
            except PolicyparseError:
                pass  # no corpus yet, or one that cannot be read: who asks for precedents is told so
            except Exception:  # a fault of ours, for who started the page; the page goes on
                traceback.print_exc()

    def _is_due(self) -> bool:
        with self._lock:
            due, self._due = self._due, False
            if not due:
                self._learning = False
                self.learned.set()
            return due

    async def need_learned(self, seconds: float = 20.0) -> None:
        """Waits for `learn` so long. Raises PolicyparseError when it takes longer."""
        if not await asyncio.get_running_loop().run_in_executor(None, self.learned.wait, seconds):
            raise PolicyparseError("the corpus is being learned from, which takes some minutes — try again later")

    async def write(self, function: Callable[Concatenate[Corpus, P], T], *args: P.args, **rest: P.kwargs) -> T:
        """`function(corpus, …)` with a corpus that is open for writing and committed afterwards.

        Raises PolicyparseError while another program, or an import, is writing.
        """

        def work() -> T:
            with Corpus.open(self._settings.corpus, write=True, vocabulary=self._settings.vocabulary) as corpus:
                answer = function(corpus, *args, **rest)
                corpus.commit()
                return answer

        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    def close(self) -> None:
        """Waits for what is being done, and lets go of the corpora."""
        self._readers.shutdown(cancel_futures=True)
        self._student.shutdown(cancel_futures=True)
        self._writer.shutdown(cancel_futures=True)

    def _corpus(self) -> Corpus:
        """This thread's corpus; opened anew when another program has made its index again."""
        corpus: Corpus | None = getattr(self._local, "corpus", None)
        if corpus is not None and corpus.store.state("index") != self._local.index:
            corpus.close()
            corpus = None
        if corpus is None:
            corpus = self._local.corpus = Corpus.open(self._settings.corpus, vocabulary=self._settings.vocabulary)
            self._local.index = corpus.store.state("index")
        return corpus
