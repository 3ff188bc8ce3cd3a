"""What two documents have in common, when it is more than chance, and who had it first.

In: a Collection, two of its documents, their Aligner. Out: Pair with its Passages, or nothing. Touches: nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from policyparse.reuse.alignment import Aligner, Chain, Run
from policyparse.reuse.collection import Collection
from policyparse.reuse.direction import Direction, Evidence, Facts, before, direction
from policyparse.reuse.shingles import SIZE

#: What makes stretches in common a passage of a pair: so many bits (see rarity.py), a run of ten letters, in runs that fill
#: DENSE of the way from the first to the last.
WEAK, DENSE = 45.0, 0.28
#: … and what makes a pair: one passage of so many bits, in whatever pieces; or told word for word, and denser, with STRONG
#: letters of its own in runs (not in names, not what everyone uses), or FEWER among MORE that are shared. Bits of chance
#: reach 70 in tests/benchmarks/reuse_pairs.py (seeds 2 and 3); on 145 real notices and speeches, what has 100 is taken from
#: somewhere, and what has 70 is often a phrase of the year.
MUCH = 100.0
STRONG, STRONG_DENSE, FEWER, MORE = 20, 0.4, 14, 24


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the source's clause that the taker's clause has too.

    from_clause, to_clause: `document#c7`; from_start … to_end: offsets into the two documents' texts
    runs:     the parts that are word for word the same, as (from_start, from_end, to_start, to_end)
    shared:   letters and digits in the runs
    families: how many document families have most of it
    earlier:  a clause of a third document, older than the source, that has the passage too: the source may have it
              from there, and so may the taker
    """

    from_clause: str
    to_clause: str
    from_start: int
    from_end: int
    to_start: int
    to_end: int
    from_text: str
    to_text: str
    runs: tuple[tuple[int, int, int, int], ...]
    shared: int
    families: int
    earlier: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents that share passages; where `direction.forward` is None, source and taker are not told apart.

    from_share, to_share: the share of all letters of the source's and the taker's clauses
    common: letters in stretches that were set aside, because everyone uses them
    """

    source: Facts
    taker: Facts
    passages: tuple[Passage, ...]
    shared: int
    from_share: float
    to_share: float
    common: int
    direction: Direction

    @property
    def first_hand(self) -> float:
        """The share of the passages, by letters, of which no older holder is known."""
        return round(sum(p.shared for p in self.passages if p.earlier is None) / max(1, self.shared), 4)

    @property
    def only_two(self) -> float:
        """The share of the passages, by letters, that no third document has most of: hardly from a common source."""
        return round(sum(p.shared for p in self.passages if p.families == 2) / max(1, self.shared), 4)


def pair(source: Collection, aligner: Aligner, one: int, other: int) -> Pair | None:
    """The pair of the documents `one` and `other` with its direction, when they share enough."""
    taken = [chain for chain in aligner.chains(one, other) if chain.bits >= WEAK and _density(chain) >= DENSE]
    if not any(map(_makes_a_pair, taken)):
        return None
    aside = aligner.set_aside(one, other, taken)
    way = direction(
        source.facts[one], source.facts[other],
        "\n".join(source.text(one, _span(source, *chain.one)) for chain in taken),
        "\n".join(source.text(other, _span(source, *chain.other)) for chain in taken),
    )  # fmt: skip
    if way.forward is False:
        one, other = other, one
        taken = sorted(map(_turned, taken), key=lambda chain: chain.one)
        turned = tuple(Evidence(each.reason, not each.forward, each.words) for each in way.evidence)
        way = Direction(True, way.sure, turned)
    shared = sum(chain.shared for chain in taken)
    return Pair(
        source.facts[one], source.facts[other], tuple(_passage(source, chain, one, other) for chain in taken), shared,
        round(shared / source.size(one), 4), round(shared / source.size(other), 4), aside, way,
    )  # fmt: skip


def with_earlier(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs, with the oldest other holder noted at each passage that a third document had before its source."""
    held: dict[str, list[tuple[Passage, Facts]]] = defaultdict(list)
    found = list(pairs)
    for each in found:
        for passage in each.passages:
            held[passage.to_clause].append((passage, each.source))
    return [
        each if each.direction.forward is None else replace(
            each, passages=tuple(replace(p, earlier=_earlier(p, each.source, held[p.to_clause])) for p in each.passages)
        )
        for each in found
    ]  # fmt: skip


def _earlier(passage: Passage, source: Facts, holders: Sequence[tuple[Passage, Facts]]) -> str | None:
    """The clause of the oldest holder that wrote before `source` and has at least half of the passage."""
    older = [
        (holder.dated.last or "", other.from_clause)
        for other, holder in holders
        if holder is not source and before(holder.dated, source.dated)
        and 2 * (min(passage.to_end, other.to_end) - max(passage.to_start, other.to_start)) >= passage.to_end - passage.to_start
    ]  # fmt: skip
    return min(older)[1] if older else None


def _makes_a_pair(chain: Chain) -> bool:
    own = chain.distinct >= STRONG or (chain.distinct >= FEWER and chain.shared >= MORE)
    return chain.bits >= MUCH or (own and _density(chain) >= STRONG_DENSE)


def _density(chain: Chain) -> float:
    return chain.shared / min(chain.one[1] - chain.one[0], chain.other[1] - chain.other[0])


def _turned(chain: Chain) -> Chain:
    return replace(chain, runs=tuple(Run(run.other, run.one, run.length) for run in chain.runs))


def _span(source: Collection, start: int, end: int) -> tuple[int, int]:
    """The span in its document's text of the letters `start` to `end`."""
    return int(source.letters.offsets[start]), int(source.letters.offsets[end - 1]) + 1


def _passage(source: Collection, chain: Chain, one: int, other: int) -> Passage:
    ours, theirs = _span(source, *chain.one), _span(source, *chain.other)
    whole = [source.found.having[run.one : run.one + max(0, run.length - SIZE + 1)] for run in chain.runs]
    having = np.sort(np.concatenate(whole))
    return Passage(
        source.clause(one, chain.one[0]), source.clause(other, chain.other[0]), *ours, *theirs,
        source.text(one, ours), source.text(other, theirs),
        tuple(
            (*_span(source, run.one, run.one + run.length), *_span(source, run.other, run.other + run.length))
            for run in chain.runs
        ),
        chain.shared, max(2, int(having[(len(having) - 1) // 2])) if len(having) else 2,
    )  # fmt: skip
