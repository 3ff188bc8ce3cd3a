"""What two documents have in common, stretch by stretch, in the order of both.

In: the letters of two documents, and what they say (rarity.py). Out: Chains. Touches: nothing.

Runs are the longest stretches that two clauses have word for word, from two letters on. A chain of them is a local
alignment (Smith and Waterman 1981), over runs instead of letters: each run adds the bits that it says, less the bits that
it takes to say where (a word that both documents use ten times meets itself in a hundred places); each gap costs by its
length; and the chain with the most bits left is taken, then the next one without its letters, until what is left says
too little. So words that were kept here and there add up, and the words of a subject that both are about do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policyparse.reuse.letters import Letters
from policyparse.reuse.rarity import Rarity, Told
from policyparse.reuse.shingles import SIZE, Shingles

#: Chains of fewer bits are not looked at: two or three words.
LEAST = 40.0

#: What a gap costs in bits: each letter of its longer side, and each gap for itself.
_A_LETTER, _A_GAP = 0.5, 1.0

#: No gap is longer than this many letters, on either side: it would cost what three words say.
_GAP = 80

#: A run is at least a word: two letters.
_WORD = 2

#: Letters that stand together so often in both (times in the one by times in the other) begin nothing: the zeros of two
#: tables would make millions of runs. Such a word by itself, this often, is no run either: 试点 in two plans of a pilot.
_EVERYWHERE, _OFTEN = 4_000, 60

#: Of two clauses so many runs are aligned, those that say most: two tables share hundreds of words.
_RUNS = 400


class Run(NamedTuple):
    """`length` letters that stand at `one` in the one document and at `other` in the other; what they say there."""

    one: int
    other: int
    length: int
    bits: float = 0.0


@dataclass(frozen=True, slots=True)
class Chain:
    """Runs in the order of both clauses.

    bits:     what its runs say, less what its gaps cost
    distinct: letters in runs of at least a shingle that stand in no name, and in a shingle that not everyone uses
    shared:   all letters in its runs
    """

    runs: tuple[Run, ...]
    bits: float
    distinct: int
    shared: int

    @property
    def one(self) -> tuple[int, int]:
        """Its letters in the one document, from the first run to the last."""
        return self.runs[0].one, self.runs[-1].one + self.runs[-1].length

    @property
    def other(self) -> tuple[int, int]:
        return self.runs[0].other, self.runs[-1].other + self.runs[-1].length


class Aligner:
    """Aligns pairs of documents of one collection of letters.

    common: where a shingle begins that everyone uses; names: letters of names. Neither says that words were taken.
    """

    def __init__(self, letters: Letters, found: Shingles, common: NDArray[np.bool_], names: NDArray[np.bool_]) -> None:
        self._letters = letters
        self._clause = letters.clause_of_letters()
        self._everyones = np.where(common, found.hashes, np.uint64(0))
        rare = ((found.hashes != 0) & ~common).astype(np.int8)
        self._distinct = rare.copy()
        for at in range(1, SIZE):
            self._distinct[at:] |= rare[:-at]
        self._distinct[names] = 0
        self._rarity = Rarity(letters, self._distinct != 0)

    def chains(self, one: int, other: int) -> list[Chain]:
        """What the documents `one` and `other` share, in the order of the one; no letter of either is in two chains."""
        told = self._rarity.of(one)
        begin, start = self._letters.span(one)[0], self._letters.span(other)[0]
        taken_one, taken_other = bytearray(len(told.pairs)), bytearray(len(self._rarity.of(other).pairs))
        waiting: list[tuple[float, int, list[Run], list[Run]]] = []
        for number, runs in enumerate(self._of_clauses(one, other)):
            bits, chain = _best(runs, told)
            if bits >= LEAST:
                heappush(waiting, (-bits, number, chain, runs))
        chains: list[Chain] = []
        while waiting:
            bits, number, chain, runs = heappop(waiting)
            if all(_free(run, taken_one, taken_other) for run in chain):
                chains.append(
                    self._measured([Run(run.one + begin, run.other + start, run.length) for run in chain], -bits)
                )
                for run in chain:
                    taken_one[run.one : run.one + run.length] = b"\1" * run.length
                    taken_other[run.other : run.other + run.length] = b"\1" * run.length
            left = [run for run in runs if _free(run, taken_one, taken_other)]
            bits, chain = _best(left, told)
            if bits >= LEAST:
                heappush(waiting, (-bits, number, chain, left))
        return sorted(chains, key=lambda chain: chain.runs[0])

    def set_aside(self, one: int, other: int, chains: Sequence[Chain]) -> int:
        """How many letters of the document `other` outside of `chains` are everyone's, and the document `one` has them too."""
        (begin, end), (start, stop) = self._letters.span(one), self._letters.span(other)
        theirs = self._everyones[start:stop]
        shared = (theirs != 0) & np.isin(theirs, self._everyones[begin:end])
        letters = shared.copy()
        for at in range(1, SIZE):
            letters[at:] |= shared[:-at]
        for chain in chains:
            letters[chain.other[0] - start : chain.other[1] - start] = False
        return int(letters.sum())

    def _of_clauses(self, one: int, other: int) -> list[list[Run]]:
        """The runs of each clause of the one with each of the other that say enough together, by their order in the other;
        their letters are counted from the documents' beginnings."""
        ours, theirs = self._rarity.of(one), self._rarity.of(other)
        starts, others, lengths, where = _runs(ours, theirs)
        bits = np.maximum(0.0, ours.bits(starts, lengths) - where)
        in_one = self._clause[starts + self._letters.span(one)[0]].astype(np.int64)
        in_other = self._clause[others + self._letters.span(other)[0]].astype(np.int64)
        keys, group = np.unique(in_one * len(self._letters.clauses) + in_other, return_inverse=True)
        most = np.minimum(*(_at_most(group, side, lengths, bits, len(keys)) for side in (starts, others)))
        enough = np.flatnonzero(most[group] >= LEAST)
        enough = enough[np.lexsort((starts[enough], others[enough], group[enough]))]
        found = []
        for members in np.split(enough, np.flatnonzero(np.diff(group[enough])) + 1):
            if len(members) > _RUNS:
                members = np.sort(members[np.argsort(-bits[members], kind="stable")[:_RUNS]])
                members = members[np.lexsort((starts[members], others[members]))]
            columns = (starts[members], others[members], lengths[members], bits[members])
            found.append(list(map(Run, *(column.tolist() for column in columns))))
        return found

    def _measured(self, runs: list[Run], bits: float) -> Chain:
        rare = [int(self._distinct[run.other : run.other + run.length].sum()) for run in runs]
        own = sum(number for run, number in zip(runs, rare, strict=True) if run.length >= SIZE)
        return Chain(tuple(runs), bits, own, sum(run.length for run in runs))


def _runs(
    one: Told, other: Told
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """(place in the one, place in the other, length, bits to say where) of all runs: pairs of letters that both have,
    joined on diagonals."""
    low = np.searchsorted(one.ordered, other.pairs, "left")
    high = np.searchsorted(one.ordered, other.pairs, "right")
    times = (high - low) * other.times
    number = np.where((other.pairs == 0) | (times > _EVERYWHERE), 0, high - low)
    others = np.repeat(np.arange(len(number)), number)
    within = np.arange(len(others)) - np.repeat(np.cumsum(number) - number, number)
    starts = one.order[np.repeat(low, number) + within]
    along = np.lexsort((starts, others - starts))
    starts, others = starts[along], others[along]
    first = np.ones(len(starts), np.bool_)
    first[1:] = (np.diff(others - starts) != 0) | (np.diff(starts) != 1)
    edges = np.flatnonzero(first)
    lengths = np.diff(np.concatenate((edges, [len(starts)]))) + 1
    if not len(edges):
        return starts, others, lengths, np.zeros(0)
    rarest = np.minimum.reduceat(times[others], edges)
    kept = (lengths > _WORD) | (rarest <= _OFTEN)
    return starts[edges][kept], others[edges][kept], lengths[kept], np.log2(rarest[kept])


def _at_most(
    group: NDArray[np.int64],
    places: NDArray[np.int64],
    lengths: NDArray[np.int64],
    bits: NDArray[np.float64],
    number: int,
) -> NDArray[np.float64]:
    """For each group of runs as many bits as a chain of them can have at most: those of the best stretch of one side alone,
    which has at each place its best run and pays for the letters that no run covers."""
    order = np.lexsort((-bits, places, group))
    group, places, lengths, bits = group[order], places[order], lengths[order], bits[order]
    fresh = np.ones(len(group), np.bool_)
    fresh[1:] = (np.diff(group) != 0) | (np.diff(places) != 0)
    group, places, lengths, bits = group[fresh], places[fresh], lengths[fresh], bits[fresh]
    if not len(group):
        return np.zeros(number)
    apart = int(places.max() + lengths.max()) + 1  # so far apart that no group reaches into the next
    ends = np.maximum.accumulate(places + lengths + group * apart)
    costs = np.zeros(len(group))
    costs[1:] = _A_LETTER * np.clip(places[1:] + group[1:] * apart - ends[:-1], 0, _GAP) + _A_GAP
    whole = np.cumsum(bits - costs)
    before = whole - bits  # what was to be had without the run, its gap paid
    far = float(bits.sum() + costs.sum()) + 1
    least = np.minimum.accumulate(before - group * far) + group * far
    most = np.zeros(number)
    np.maximum.at(most, group, whole - least)
    return most


def _free(run: Run, one: bytearray, other: bytearray) -> bool:
    return 1 not in one[run.one : run.one + run.length] and 1 not in other[run.other : run.other + run.length]


def _best(runs: Sequence[Run], told: Told) -> tuple[float, list[Run]]:
    """The chain of runs, sorted by their place in the other, that says most; and its bits."""
    if not runs:
        return 0.0, []
    first, upto = told.first, told.upto
    ones, others, lengths, full = (list(column) for column in zip(*runs, strict=True))
    ends = [a + n for a, n in zip(ones, lengths, strict=True)]
    stops = [b + n for b, n in zip(others, lengths, strict=True)]
    reach = _GAP + max(lengths)
    best: list[float] = []
    before: list[int] = []
    cut: list[int] = []
    for at, (a, b, n) in enumerate(zip(ones, others, lengths, strict=True)):
        most, behind, less = full[at], -1, 0
        for each in range(at - 1, -1, -1):
            if b - others[each] > reach:
                break
            gap, span = a - ends[each], b - stops[each]
            low, high = (gap, span) if gap < span else (span, gap)
            if low >= 0:
                if high > _GAP:
                    continue
                bits = best[each] + full[at] - _A_LETTER * high - _A_GAP
            else:  # what overlaps is the earlier run's
                if n + low < _WORD or high - low > _GAP or ones[each] > a or others[each] > b:
                    continue
                later = a - low
                kept = full[at] - float(first[a] - first[later] + upto[later + 1] - upto[a + 1])
                bits = best[each] + min(full[at], kept) - _A_LETTER * (high - low) - _A_GAP
            if bits > most:
                most, behind, less = bits, each, max(0, -low)
        best.append(most)
        before.append(behind)
        cut.append(less)
    at = max(range(len(best)), key=best.__getitem__)
    bits, chain = best[at], []
    while at >= 0:
        less = cut[at]
        chain.append(Run(ones[at] + less, others[at] + less, lengths[at] - less))
        at = before[at]
    return bits, chain[::-1]
