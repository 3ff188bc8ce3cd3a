"""How much it says that two documents have the same letters: bits, few for 加强领导, many for words that hardly anyone uses.

In: Letters. Out: Rarity: for each document the bits of its letters and the pairs of letters that it can be aligned by.
Touches: nothing.

A letter says -log2 of how likely it is behind the one before it, as the rest of the collection has it (a chain of letters,
smoothed by how often each letter stands anywhere); the first letter of a stretch says how rare it is alone. So a word
of two letters says some 10 bits, a fixed phrase hardly more than its first word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from policyparse.reuse.letters import Codes, Letters

#: Pairs of letters are counted by a hash of so many bits; of the pairs that occur (some 300,000) two in a hundred collide.
_BITS = 24

#: Two places are those that are compared: what the rest of the collection has is two fewer. What it has not counts half.
_TWO, _NEVER = 2, 0.5

#: Behind a letter any other is as likely as anywhere, with the weight of this many places.
_ANYWHERE = 4.0

#: No letter says more: a small collection does not know how usual its words are.
_MOST_FIRST, _MOST_BEHIND = 12.0, 6.0

#: Letters counted at a time.
_SLICE = 4_000_000

#: Documents whose bits are kept for the next pair.
_KEPT = 512


@dataclass(frozen=True, slots=True)
class Told:
    """One document's letters.

    pairs: a number for each letter with its next one, 0 at a clause's end; times: how often the document has it
    order: the letters by this number, then by place; ordered: their numbers
    first: bits of each letter by itself        upto: bits of all letters before it, each behind the one before
    """

    pairs: NDArray[np.uint64]
    times: NDArray[np.int64]
    order: NDArray[np.int64]
    ordered: NDArray[np.uint64]
    first: NDArray[np.float64]
    upto: NDArray[np.float64]

    def bits(self, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """What each stretch says."""
        found: NDArray[np.float64] = self.first[starts] + self.upto[starts + lengths] - self.upto[starts + 1]
        return found


class Rarity:
    """The bits of letters of one collection.

    told: where a letter is worth anything: not in a name, not among words that everyone uses
    """

    def __init__(self, letters: Letters, told: NDArray[np.bool_]) -> None:
        self._letters, self._told = letters, told
        codes = letters.codes
        self._alone = np.bincount(codes) if len(codes) else np.ones(1, np.int64)
        self._paired = np.zeros(1 << _BITS, np.int32)
        for at in range(0, max(0, len(codes) - 1), _SLICE):
            some = codes[at : at + _SLICE + 1]
            self._paired += np.bincount(_slots(some), minlength=1 << _BITS).astype(np.int32)
        self.of = lru_cache(maxsize=_KEPT)(self._of)

    def _of(self, document: int) -> Told:
        """The bits of a document's letters."""
        start, end = self._letters.span(document)
        codes, told = self._letters.codes[start:end], self._told[start:end]
        if not len(codes):
            none = np.zeros(0, np.int64)
            return Told(none.astype(np.uint64), none, none, none.astype(np.uint64), np.zeros(0), np.zeros(1))
        alone = np.maximum(self._alone[codes] - _TWO, _NEVER)
        anywhere = np.minimum(1.0, alone / len(self._letters.codes))
        paired = np.maximum(self._paired[_slots(codes)] - _TWO, 0)
        expected = (paired + _ANYWHERE * anywhere[1:]) / (alone[:-1] + _ANYWHERE)
        first = np.where(told, np.minimum(_MOST_FIRST, -np.log2(anywhere)), 0.0)
        behind = np.zeros(len(codes))
        behind[1:] = np.clip(-np.log2(expected), 0.0, _MOST_BEHIND)
        behind[~told] = 0.0
        pairs = np.zeros(len(codes), np.uint64)
        pairs[:-1] = (codes[:-1].astype(np.uint64) << np.uint64(32)) | codes[1:]
        ends = self._letters.bounds[self._letters.documents[document] + 1 : self._letters.documents[document + 1] + 1]
        last = ends - start - 1
        pairs[last[last >= 0]] = 0
        order = np.argsort(pairs, kind="stable")
        ordered = pairs[order]
        times = np.searchsorted(ordered, pairs, "right") - np.searchsorted(ordered, pairs, "left")
        return Told(pairs, times, order, ordered, first, np.concatenate(([0.0], np.cumsum(behind))))


def _slots(codes: Codes) -> NDArray[np.int64]:
    """A number below 2 ** _BITS for each letter with its next one."""
    mixed = (codes[:-1].astype(np.uint64) << np.uint64(21)) + codes[1:]
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - _BITS)).astype(np.int64)
