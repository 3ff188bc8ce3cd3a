"""What precedents ask of the corpus, and nothing else of it: clauses by words, by fold, by number, a sample of all.

In: an open corpus. Out: Candidates, the clauses' rows, a sample of their texts. Touches: reads the corpus.

The one place that knows the index's fields (`text`, `what`, `seq`) and the store's columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tantivy import Occur, Query

from policyparse.corpus import Corpus
from policyparse.search.building import Tantivy
from policyparse.search.plan import Planner
from policyparse.search.query import parse_query

#: A passage with its document's facts, as `Store.passages` has it.
Row = dict[str, Any]

#: Words that more than this share of the passages has (的, 和) lengthen a search and find nothing,
_COMMON = 0.1
#: and so do more words than these, the rarest first.
_MOST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause of the index: its number in the store, its fold, and its BM25 score as a share of the words' idf."""

    seq: int
    fold: int
    words: float


class Clauses:
    """The clauses of a corpus that lie within `where`, a query of the search language ("" for all)."""

    def __init__(self, corpus: Corpus, where: str = "") -> None:
        self.corpus = corpus
        self._searcher = corpus.index.searcher()
        self._schema = corpus.index.schema
        within: list[tuple[Occur, Query]] = []
        tree = parse_query(where)
        if tree is not None:
            found = Planner(corpus).plan(tree, anywhere=True).query
            within.append((Occur.Must, Query.const_score_query(found, 0.0)))
        self._within = within
        self._total = max(self._searcher.num_docs, 1)
        self._frequency: dict[str, int] = {}

    @property
    def empty(self) -> bool:
        """Whether there is none."""
        clause = (Occur.Must, Tantivy(self._schema).term("what", "clause"))
        return not self._searcher.search(Query.boolean_query([*self._within, clause]), 1, False).hits

    def with_words(self, words: Sequence[str], number: int) -> list[Candidate]:
        """The `number` clauses that have most of `words`, by BM25."""
        asked = self._asked(words)
        if not asked:
            return []
        return self._search(self._within, asked, number)

    def copies(self, folds: Sequence[int], most: int) -> list[int]:
        """The numbers of the passages with these folds, at most `most`."""
        numbers = [number for number, _ in self.corpus.store.with_folds(folds)]
        if not self._within:
            return numbers[:most]
        known = Query.const_score_query(Query.term_set_query(self._schema, "seq", numbers), 0.0)
        hits = self._searcher.search(Query.boolean_query([*self._within, (Occur.Must, known)]), most, False).hits
        return [int(seq) for seq in self._searcher.fast_field_values("seq", [at for _, at in hits]) if seq is not None]

    def rows(self, numbers: Sequence[int]) -> dict[int, Row]:
        """Number → passage with its document's facts."""
        return self.corpus.store.passages(numbers)

    def _search(self, must: list[tuple[Occur, Query]], words: dict[str, float], number: int) -> list[Candidate]:
        either = [(Occur.Should, Query.term_query(self._schema, "text", word)) for word in words]
        query = Query.boolean_query([*must, *either])
        hits = self._searcher.search(query, number, False).hits
        numbers = self._searcher.fast_field_values("seq", [address for _, address in hits])
        folds = self.corpus.store.folds([int(number) for number in numbers if number is not None])
        whole = sum(words.values()) or 1.0
        return [
            Candidate(int(number), folds[int(number)], score / whole)
            for (score, _), number in zip(hits, numbers, strict=True)
            if number is not None and int(number) in folds
        ]

    def _asked(self, words: Sequence[str]) -> dict[str, float]:
        """The words that tell most, with their idf as BM25 has it: what each of them adds to the score of a clause of
        middling length. Those that the corpus does not have are asked too: a clause lacks them."""
        found: dict[str, float] = {}
        for word in dict.fromkeys(words):
            if len(word) == 1:  # no term of the index
                continue
            if word not in self._frequency:
                self._frequency[word] = self._searcher.doc_freq("text", word)
            times = self._frequency[word]
            if times <= _COMMON * self._total or self._total < 1000:
                found[word] = math.log(1 + (self._total - times + 0.5) / (times + 0.5))
        kept = sorted(found.items(), key=lambda item: -item[1])[:_MOST_WORDS]
        return dict(kept)


def number_of_clauses(corpus: Corpus) -> int:
    """How many clauses the corpus has."""
    return corpus.store.counts()["clauses"]


def sample(corpus: Corpus, most: int) -> Iterator[tuple[str, str | None]]:
    """(text, place of its document) of at most `most` clauses, evenly over the corpus, the same ones each time."""
    step = -(-max(number_of_clauses(corpus), 1) // most)
    for at, (text, place) in enumerate(corpus.store.clause_texts()):
        if at % step == 0:
            yield text, place


def version(corpus: Corpus) -> tuple[int, int]:
    """Changes when the index does: its file of segments is a new one after every commit."""
    found = (corpus.index.directory / "meta.json").stat()
    return found.st_ino, found.st_mtime_ns


def model_path(corpus: Corpus) -> Path:
    """Where the learned model is kept: beside the index, and like it to be made again at any time."""
    return corpus.directory / "precedents.npz"
