"""What search asks of whatever holds a corpus: the protocol that a corpus directory and an OpenSearch both keep.

In: trees of queries. Out: passages, numbers. Touches: nothing; directory.py and the room cluster have the two that answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from policyparse.search.query import Node
from policyparse.words import Segmenter

SORTS = ("relevance", "date", "oldest", "place")

#: Facet → field of the index that is counted.
FACETS = {
    "tag": "tag", "kind": "kind", "level": "level", "place": "region", "year": "year",
    "issuer": "issuer", "institution": "institution", "item": "item", "mode": "mode", "deadline": "deadline_year",
}  # fmt: skip

#: A query that finds more documents than this is to be narrowed: tantivy's aggregation answers with no more buckets.
MOST_DOCUMENTS = 65_000

#: A narrow plan (plan.py) that finds so many passages is not made wider: two pages are full, and a wide one costs more.
ENOUGH = 20

#: How many copies of a hit are named.
COPY_IDS = 20


@dataclass(slots=True)  # not frozen: a page makes a dozen, and a frozen one takes three times as long
class Found:
    """A passage that was found, with its document's facts; Hit has the words.

    key: what the engine knows the passage by       fold: equal for passages of the same words
    alone: it is known that no other passage has its fold
    """

    key: int | str
    score: float
    fold: int
    document: str
    clause: str | None
    what: str
    title: str
    path: Sequence[str]
    start: int
    end: int
    text: str
    tags: Sequence[tuple[str, float]]
    kind: str
    doc_number: str | None
    date: str | None
    place: str | None
    level: str | None
    issuers: Sequence[str]
    alone: bool = False

    @property
    def name(self) -> str:
        return f"{self.document}#{self.clause}" if self.clause else self.document


class Question(Protocol):
    """A query within its filters, ready to be asked.

    needles, patterns: what to highlight: squeezed strings, and the patterns of wildcards
    """

    @property
    def needles(self) -> Sequence[str]: ...

    @property
    def patterns(self) -> Sequence[re.Pattern[str]]: ...

    def count(self) -> int:
        """How many passages there are."""

    def numbers(self, facets: Sequence[str], size: int) -> tuple[int, int, dict[str, list[tuple[str, int]]]]:
        """How many passages, in how many documents, and the `size` commonest values of each facet with their number."""

    def window(self, sort: str, offset: int, limit: int) -> tuple[list[Found], bool]:
        """The passages `offset` to `offset + limit` in an order that is always the same, and whether the window was full.

        A passage that is replaced just now may be left out of it.
        """

    def copies(self, page: Sequence[tuple[Found, Sequence[int]]]) -> list[tuple[int, list[str]]]:
        """For every passage shown and its folds: how many others have one of them, and the names of the first COPY_IDS."""

    def documents(self, most: int) -> list[str] | None:
        """The ids of all documents with a passage, in the order in which they came; None where `most` are too few."""


class Engine(Protocol):
    """Something that holds passages and answers questions. `filled_by`: the command that puts documents into it."""

    @property
    def filled_by(self) -> str: ...

    @property
    def segmenter(self) -> Segmenter: ...

    def question(
        self, tree: Node | None, filters: Mapping[str, Sequence[str]], *, synonyms: bool = True, anywhere: bool = False
    ) -> Question:
        """What finds `tree` within `filters` (field → values of which one must hold). Raises QueryError.

        Where no words are asked for, only clauses are found, unless `anywhere`.
        """

    def units(self, whole: str) -> list[str]:
        """The words that a squeezed word is made of, all of which must be there."""

    def repeated(self, folds: Sequence[int]) -> set[int]:
        """Which of these folds, of passages that are not known to be alone, more than one passage has (or may have)."""

    def reading(self) -> AbstractContextManager[None]:
        """Around all that is asked for one page: what is read inside is of one moment, where the engine can do that."""

    def is_empty(self) -> bool: ...
