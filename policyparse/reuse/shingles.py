"""Which documents may share passages: runs of letters that few documents have, and who has them.

In: Letters. Out: how many documents have each run, pairs of clauses and of documents that share rare ones, documents
that are copies of each other. Touches: nothing.

All is done on sorted arrays of 64-bit numbers, a slice of their range at a time, so that memory stays bounded.
Why not MinHash: of passages that kept 40 % of their words it names 0.39 (rensa) or 0.45 (datasketch) as candidates, this
0.89, in half of rensa's time (tests/benchmarks/reuse_speed.py --minhash).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policyparse.reuse.letters import Letters, Numbers

#: Letters of a shingle. Swept by tests/benchmarks/reuse_pairs.py: 3 is in too many documents, 5 misses passages of
#: which 40 % of the words were kept.
SIZE = 4

#: Positions handled at a time: about 250 MB of working memory.
_SLICE = 6_000_000

#: Of each clause this many of its rarest shingles look for partners.
_RAREST = 24

#: Rare shingles that two clauses must share: three are a run of six letters, or two runs in different places.
LEAST = 3

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Shingles:
    """hashes: of the shingle that begins at each letter (0 where none does: at a clause's end)
    having:   in how many documents the shingle that begins there stands (1 to 65,535)
    """

    hashes: NDArray[np.uint64]
    having: NDArray[np.uint16]


def hashes(letters: Letters, size: int = SIZE) -> NDArray[np.uint64]:
    """A number for each letter's shingle of `size` letters, 0 where its clause ends before."""
    number = len(letters.codes)
    mixed = np.zeros(number, np.uint64)
    if number < size:
        return mixed
    inner = number - size + 1
    some = mixed[:inner]
    for at in range(size):
        some *= _MULTIPLIER
        some += letters.codes[at : at + inner]
        some ^= some >> np.uint64(29)
    some *= _MULTIPLIER
    some ^= some >> np.uint64(32)
    some |= np.uint64(1)
    ends = letters.bounds[1:]
    for at in range(1, size):  # a shingle does not cross the end of its clause
        mixed[np.maximum(ends - at, letters.bounds[:-1])[ends > letters.bounds[:-1]]] = 0
    return mixed


def slices(hashed: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    """The positions whose hash lies in one part of its range, by hash, then by position; part after part."""
    parts = 1 << max(0, (len(hashed) // _SLICE)).bit_length()
    part_of = (hashed >> np.uint64(40)).astype(np.uint32) % np.uint32(parts) if parts > 1 else None
    for part in range(parts):
        mask = hashed != 0 if part_of is None else (part_of == part) & (hashed != 0)
        positions = np.flatnonzero(mask)
        yield positions[np.argsort(hashed[positions], kind="stable")]


def shingles(letters: Letters, size: int = SIZE) -> Shingles:
    """All shingles of the letters, with the number of documents that have each."""
    hashed = hashes(letters, size)
    having = np.ones(len(hashed), np.uint16)
    document = letters.document_of_clauses()[letters.clause_of_letters()]
    for positions in slices(hashed):
        if not len(positions):
            continue
        group = _groups(hashed[positions])
        owners = document[positions]
        fresh = np.ones(len(positions), np.bool_)  # the first of its document in its group
        fresh[1:] = (group[1:] != group[:-1]) | (owners[1:] != owners[:-1])
        number = np.bincount(group, weights=fresh).astype(np.int64)
        having[positions] = np.minimum(number, 0xFFFF)[group].astype(np.uint16)
    return Shingles(hashed, having)


def clause_pairs(
    letters: Letters, found: Shingles, common: int, rarest: int = _RAREST, least: int = LEAST
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """(one, other, shared): clauses of different documents that share `least` of their `rarest` rarest shingles.

    Shingles in `common` documents or more look for nobody.
    """
    clause = letters.clause_of_letters()
    document = letters.document_of_clauses()
    places, groups = _rare(letters, found, clause, common, rarest)
    order = np.argsort(groups, kind="stable")
    places, groups = places[order], groups[order]
    starts = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1]))) if len(groups) else np.zeros(0, int)
    sizes = np.diff(np.concatenate((starts, [len(groups)])))
    number = np.int64(len(letters.clauses))
    gathered: list[Numbers] = []
    for size in np.unique(sizes[sizes > 1]):
        one, other = np.triu_indices(size, 1)
        members = starts[sizes == size]
        step = max(1, _SLICE // len(one))
        for at in range(0, len(members), step):
            some = members[at : at + step, None]
            first, second = places[some + one].ravel(), places[some + other].ravel()
            apart = document[first] != document[second]
            gathered.append(first[apart].astype(np.int64) * number + second[apart])
    return _counted(gathered, number, least)


def _counted(
    gathered: list[Numbers], number: np.int64, least: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """The pairs that were gathered `least` times, sorted a slice of the first clause's range at a time."""
    total = sum(map(len, gathered))
    parts = 1 + total // (4 * _SLICE)
    kept: list[tuple[Numbers, Numbers]] = []
    for part in range(parts):
        low, high = number * number * part // parts, number * number * (part + 1) // parts
        some = np.concatenate([g[(g >= low) & (g < high)] if parts > 1 else g for g in gathered]) if gathered else None
        if some is None or not len(some):
            continue
        some.sort()
        edges = np.flatnonzero(np.concatenate(([True], some[1:] != some[:-1])))
        counts = np.diff(np.concatenate((edges, [len(some)])))
        enough = counts >= least
        kept.append((some[edges[enough]], counts[enough]))
    pairs = np.concatenate([pair for pair, _ in kept]) if kept else np.zeros(0, np.int64)
    counts = np.concatenate([count for _, count in kept]) if kept else np.zeros(0, np.int64)
    return (pairs // number).astype(np.int32), (pairs % number).astype(np.int32), counts.astype(np.int32)


def _rare(
    letters: Letters, found: Shingles, clause: NDArray[np.int32], common: int, rarest: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """(clause, group) of each clause's rarest shingles that other documents have too; group is a shingle's number."""
    places: list[NDArray[np.int32]] = []
    groups: list[NDArray[np.int64]] = []
    having: list[NDArray[np.uint16]] = []
    base = 0
    wanted = (found.having > 1) & (found.having < common)
    for positions in slices(np.where(wanted, found.hashes, np.uint64(0))):
        if not len(positions):
            continue
        group = _groups(found.hashes[positions])
        owners = clause[positions]
        fresh = np.ones(len(positions), np.bool_)
        fresh[1:] = (group[1:] != group[:-1]) | (owners[1:] != owners[:-1])
        places.append(owners[fresh])
        groups.append(group[fresh] + base)
        having.append(found.having[positions[fresh]])
        base += int(group[-1]) + 1
    if not places:
        return np.zeros(0, np.int32), np.zeros(0, np.int64)
    place, group, number = np.concatenate(places), np.concatenate(groups), np.concatenate(having)
    order = np.lexsort((number, place))
    place, group = place[order], group[order]
    starts = np.flatnonzero(np.concatenate(([True], place[1:] != place[:-1])))
    rank = np.arange(len(place)) - np.repeat(starts, np.diff(np.concatenate((starts, [len(place)]))))
    return place[rank < rarest], group[rank < rarest]


def _groups(sorted_hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """0, 1, 2 … for equal numbers in a row."""
    return np.concatenate(([0], np.cumsum(sorted_hashes[1:] != sorted_hashes[:-1], dtype=np.int64)))


#: One shingle in this many stands for its document when whole documents are compared; never fewer than _SKETCH.
_ONE_IN = 16
_SKETCH = 64
_MANY = 60


def near_copies(letters: Letters, found: Shingles, share: float) -> Iterator[tuple[int, int, float]]:
    """(one, other, share) of documents that have at least `share` of all their shingles in common (Jaccard)."""
    number = len(letters.documents) - 1
    document = letters.document_of_clauses()[letters.clause_of_letters()]
    # of a long document one shingle in sixteen by its hash, of a short one more: the same ones in every document
    lengths = np.bincount(document, minlength=number)
    rate = np.clip(lengths // _SKETCH, 1, _ONE_IN).astype(np.uint64)
    # rates are powers of two, so that what a long document keeps a short one keeps too
    rate = np.uint64(1) << np.floor(np.log2(np.maximum(rate, 1))).astype(np.uint64)
    mask = (found.having > 1) & (found.hashes != 0)
    positions = np.flatnonzero(mask)
    positions = positions[((found.hashes[positions] >> np.uint64(8)) % rate[document[positions]]) == 0]
    sampled = np.unique(np.stack((found.hashes[positions], document[positions].astype(np.uint64))), axis=1)
    if not sampled.size:
        return
    group = _groups(sampled[0])
    owners = sampled[1].astype(np.int64)
    edges = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    sizes = np.diff(np.concatenate((edges, [len(group)])))
    gathered = []
    for size in np.unique(sizes[sizes > 1]):
        # of very many copies each is compared with the first alone, or their pairs would fill the memory
        one, other = np.triu_indices(size, 1) if size <= _MANY else (np.zeros(size - 1, int), np.arange(1, size))
        members = edges[sizes == size][:, None]
        gathered.append((owners[members + one] * number + owners[members + other]).ravel())
    first, second, _ = _counted(gathered, np.int64(number), _SKETCH // 4)
    sets: dict[int, frozenset[int]] = {}
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        for each in (a, b):
            if each not in sets:
                start, end = letters.span(each)
                some = found.hashes[start:end]
                sets[each] = frozenset(some[some != 0].tolist())
        common = len(sets[a] & sets[b])
        whole = len(sets[a]) + len(sets[b]) - common
        if whole and common >= share * whole:
            yield a, b, common / whole
