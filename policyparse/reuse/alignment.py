"""The exact stretches that two documents have in common, and which of them belong together.

In: the letters of two documents, and how rare their shingles are. Out: Runs, joined to Chains. Touches: nothing.

Runs are found as greedy string tiling does (Wise 1993): from every rare shingle that both have as far as the letters
agree, the longest runs first, no letter twice. Runs of one clause with one other are joined over small gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policyparse.reuse.letters import Letters
from policyparse.reuse.shingles import SIZE, Shingles

#: Runs are joined over this many letters at most, in both clauses: a changed half-sentence. Swept on
#: tests/benchmarks/reuse_pairs.py: 24 finds 0.23 of what was taken at 40 % of its words, 36 finds 0.50, 48 hardly more.
GAP = 36

#: A shingle that stands so often in both (times in the one by times in the other) says nothing of where a passage may
#: begin: the zeros of two tables would make millions of pairs.
_EVERYWHERE = 1_000

#: In the gaps between two runs, and this far around a chain, shorter runs count too: a word, two characters.
_WORD = 2

#: Words beyond the outermost runs lengthen a passage when they make up this share of what they add to it.
_EDGE = 0.35


class Run(NamedTuple):
    """`length` letters that stand at `one` in the one document and at `other` in the other."""

    one: int
    other: int
    length: int


#: A place in both documents.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chain:
    """Runs in the order of both clauses.

    distinct: letters in runs that stand in no name, and in a shingle that not everyone uses
    shared:   all letters in its runs
    """

    runs: tuple[Run, ...]
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
        self._hashes = np.where(common, np.uint64(0), found.hashes)
        rare = (self._hashes != 0).astype(np.int8)
        self._distinct = rare.copy()
        for at in range(1, SIZE):
            self._distinct[at:] |= rare[:-at]
        self._distinct[names] = 0

    def chains(self, one: int, other: int) -> list[Chain]:
        """What the documents `one` and `other` share, in the order of the one."""
        runs = self._runs(self._letters.span(one), self._letters.span(other))
        groups: dict[tuple[int, int], list[Run]] = {}
        for run in runs:
            groups.setdefault((int(self._clause[run.one]), int(self._clause[run.other])), []).append(run)
        chains = []
        for clauses, some in groups.items():
            limits = self._limits(clauses[0], clauses[1])
            taken = _Taken(some)
            for joined in sorted(_joined(some), key=lambda runs: -sum(run.length for run in runs)):
                chains.append(self._measured(self._filled(joined, limits, taken)))
        return sorted(chains, key=lambda chain: chain.runs[0])

    def _limits(self, one: int, other: int) -> tuple[Place, Place]:
        """Where two clauses begin and where they end."""
        bounds = self._letters.bounds
        return (int(bounds[one]), int(bounds[other])), (int(bounds[one + 1]), int(bounds[other + 1]))

    def _runs(self, one: tuple[int, int], other: tuple[int, int]) -> list[Run]:
        """The tiling: longest first, no letter of either in two runs."""
        seeds = _seeds(self._hashes[one[0] : one[1]], self._hashes[other[0] : other[1]])
        codes, clause = self._letters.codes, self._clause
        reached: dict[int, int] = {}
        runs: list[Run] = []
        for j, i in seeds:  # by place in the other
            a, b = i + one[0], j + other[0]
            if b < reached.get(b - a, 0):
                continue
            in_one, in_other = int(clause[a]), int(clause[b])
            low = min(a - int(self._letters.bounds[in_one]), b - int(self._letters.bounds[in_other]))
            high = min(int(self._letters.bounds[in_one + 1]) - a, int(self._letters.bounds[in_other + 1]) - b)
            back = _same(codes[a - low : a][::-1], codes[b - low : b][::-1])
            on = _same(codes[a : a + high], codes[b : b + high])
            reached[b - a] = b + on
            runs.append(Run(a - back, b - back, back + on))
        return _tiled(runs)

    def _filled(self, runs: Sequence[Run], limits: tuple[Place, Place], taken: _Taken) -> list[Run]:
        """The runs, with the words that agree in the gaps between them and just around them."""
        full = [runs[0]]
        for run in runs[1:]:
            full += self._words(_end(full[-1]), (run.one, run.other), taken)
            full.append(run)
        first, last = (runs[0].one, runs[0].other), _end(runs[-1])
        begin = (max(first[0] - GAP, limits[0][0]), max(first[1] - GAP, limits[0][1]))
        end = (min(last[0] + GAP, limits[1][0]), min(last[1] + GAP, limits[1][1]))
        before = [(first[0] - run.one, first[1] - run.other, run) for run in reversed(self._words(begin, first, taken))]
        after = [(_end(run)[0] - last[0], _end(run)[1] - last[1], run) for run in self._words(last, end, taken)]
        full = [*reversed(_near(before)), *full, *_near(after)]
        taken.add(full)
        return full

    def _words(self, left: Place, right: Place, taken: _Taken) -> list[Run]:
        """The words that two stretches have in common, in order, without what stands in other runs already."""
        if right[0] - left[0] < _WORD or right[1] - left[1] < _WORD:
            return []
        one, other = self._letters.text(left[0], right[0]), self._letters.text(left[1], right[1])
        blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
        found = [Run(left[0] + a, left[1] + b, size) for a, b, size in blocks if size >= _WORD]
        return [run for run in found if taken.free(run)]

    def _measured(self, runs: Sequence[Run]) -> Chain:
        rare = [int(self._distinct[run.other : run.other + run.length].sum()) for run in runs]
        return Chain(
            tuple(runs),
            sum(number for run, number in zip(runs, rare, strict=True) if run.length >= SIZE),
            sum(run.length for run in runs),
        )


class _Taken:
    """The letters of two clauses that stand in a run."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._one: set[int] = set()
        self._other: set[int] = set()
        self.add(runs)

    def add(self, runs: Iterable[Run]) -> None:
        for run in runs:
            self._one.update(range(run.one, run.one + run.length))
            self._other.update(range(run.other, run.other + run.length))

    def free(self, run: Run) -> bool:
        return self._one.isdisjoint(range(run.one, run.one + run.length)) and self._other.isdisjoint(
            range(run.other, run.other + run.length)
        )


def _end(run: Run) -> Place:
    return run.one + run.length, run.other + run.length


def _near(steps: Iterable[tuple[int, int, Run]]) -> list[Run]:
    """The runs, from a passage's edge outwards, as far as they make up most of the way that they lengthen it.

    steps: (how far the run's outer end is from the edge in the one, in the other, the run)
    """
    kept: list[Run] = []
    waiting: list[Run] = []
    matched = from_one = from_other = 0
    for one, other, run in steps:
        waiting.append(run)
        matched += run.length
        if matched >= _EDGE * max(one - from_one, other - from_other):
            kept += waiting
            waiting, matched, from_one, from_other = [], 0, one, other
    return kept


def _seeds(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """(place in the other, place in the one) of every shingle that both have, sorted, but for those that are all over both."""
    order = np.argsort(one, kind="stable")
    ordered = one[order]
    low = np.searchsorted(ordered, other, "left")
    high = np.searchsorted(ordered, other, "right")
    again = np.sort(other)
    times = np.searchsorted(again, other, "right") - np.searchsorted(again, other, "left")
    number = np.where((other == 0) | ((high - low) * times > _EVERYWHERE), 0, high - low)
    places = np.repeat(np.arange(len(other)), number)
    first = np.repeat(low, number)
    within = np.arange(len(places)) - np.repeat(np.cumsum(number) - number, number)
    return list(zip(places.tolist(), order[first + within].tolist(), strict=True))


def _same(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> int:
    """How many letters agree from the beginning on."""
    different = np.flatnonzero(one != other)
    return int(different[0]) if len(different) else len(one)


def _tiled(runs: Iterable[Run]) -> list[Run]:
    """The longest runs of at least a shingle, cut so that no letter of either document is in two of them."""
    taken_one: set[int] = set()
    taken_other: set[int] = set()
    tiles: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run.length, run.other, run.one)):
        start = 0
        while start < run.length:
            if run.one + start in taken_one or run.other + start in taken_other:
                start += 1
                continue
            end = start
            while end < run.length and run.one + end not in taken_one and run.other + end not in taken_other:
                end += 1
            if end - start >= SIZE:
                tiles.append(Run(run.one + start, run.other + start, end - start))
                taken_one.update(range(run.one + start, run.one + end))
                taken_other.update(range(run.other + start, run.other + end))
            start = end
    return sorted(tiles, key=lambda run: (run.other, run.one))


def _joined(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs of two clauses that follow each other in both, with gaps of at most GAP letters."""
    chains: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (run.other, run.one)):
        for chain in reversed(chains):
            last = chain[-1]
            if 0 <= run.other - last.other - last.length <= GAP and 0 <= run.one - last.one - last.length <= GAP:
                chain.append(run)
                break
        else:
            chains.append([run])
    return chains
