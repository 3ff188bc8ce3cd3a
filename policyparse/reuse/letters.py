"""The letters of many documents in a few arrays, each with its place in its document.

In: Documents. Out: Letters: normal forms of letters and digits, clause by clause, without signs and space.
Touches: nothing.

Signs, space and script are where two printings of one passage differ, so reuse is looked for among letters alone; the
offset kept beside each leads back into the document's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from policyparse.model import Document
from policyparse.words import normal

Codes = NDArray[np.uint32]
Numbers = NDArray[np.int64]


@cache
def _tables() -> tuple[Codes, NDArray[np.bool_]]:
    """For each code point of the first plane: its normal form, and whether that is a letter or digit."""
    # the surrogates are no characters; a text that holds them all the same keeps its length
    plane = "".join(chr(code) if not 0xD800 <= code < 0xE000 else " " for code in range(0x10000))
    whole = normal(plane)
    letters = np.fromiter((sign.isalnum() for sign in whole), dtype=np.bool_, count=0x10000)
    return np.frombuffer(whole.encode("utf-32-le"), dtype=np.uint32), letters


def codes_of(text: str) -> Codes:
    """The code points of `text`; what UTF-32 cannot hold counts as a question mark."""
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)


@dataclass(slots=True)
class Letters:
    """The letters of all clauses, in the order of the documents.

    codes:   the letters                     offsets: where each stands in its document's text
    bounds:  clause n has the letters bounds[n] to bounds[n + 1]
    clauses: the ids of the clauses          documents: document n has the clauses documents[n] to documents[n + 1]
    """

    codes: Codes
    offsets: NDArray[np.int32]
    bounds: Numbers
    clauses: list[str] = field(repr=False)
    documents: Numbers

    def text(self, start: int, end: int) -> str:
        """The letters `start` to `end` as a string."""
        return self.codes[start:end].tobytes().decode("utf-32-le")

    def span(self, document: int) -> tuple[int, int]:
        """The letters of a document."""
        first, last = self.documents[document], self.documents[document + 1]
        return int(self.bounds[first]), int(self.bounds[last])

    def clause_at(self, letter: int) -> str:
        """The id of the clause that a letter stands in."""
        return self.clauses[int(np.searchsorted(self.bounds, letter, "right")) - 1]

    def clause_of_letters(self) -> NDArray[np.int32]:
        """For each letter the number of its clause."""
        return np.repeat(np.arange(len(self.clauses), dtype=np.int32), np.diff(self.bounds))

    def document_of_clauses(self) -> NDArray[np.int32]:
        """For each clause the number of its document."""
        return np.repeat(np.arange(len(self.documents) - 1, dtype=np.int32), np.diff(self.documents))


def letters(documents: Iterable[Document]) -> Letters:
    """The letters of `documents`, which may be an iterator: none is kept."""
    return gathered((document.text, [(c.id, c.start, c.end) for c in document.clauses]) for document in documents)


def gathered(texts: Iterable[tuple[str, list[tuple[str, int, int]]]]) -> Letters:
    """The letters of (text, clauses as id, start, end) pairs."""
    codes: list[Codes] = []
    offsets: list[NDArray[np.int32]] = []
    sizes: list[int] = []
    names: list[str] = []
    counts: list[int] = []
    for text, clauses in texts:
        counts.append(len(clauses))
        for name, some, places in _clauses(codes_of(text), clauses):
            names.append(name)
            codes.append(some)
            offsets.append(places)
            sizes.append(len(some))
    return Letters(
        np.concatenate(codes) if codes else np.zeros(0, np.uint32),
        np.concatenate(offsets) if offsets else np.zeros(0, np.int32),
        np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))).astype(np.int64),
        names,
        np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int64),
    )


def _clauses(whole: Codes, clauses: list[tuple[str, int, int]]) -> Iterator[tuple[str, Codes, NDArray[np.int32]]]:
    table, is_letter = _tables()
    low = np.minimum(whole, 0xFFFF)
    shown = np.where(whole < 0x10000, table[low], whole)
    # beyond the first plane there are hardly other signs than rare characters of names
    kept = np.where(whole < 0x10000, is_letter[low], True)
    for name, start, end in clauses:
        places = np.flatnonzero(kept[start:end]).astype(np.int32) + np.int32(start)
        yield name, shown[places], places
