"""What everyone uses, and so says nothing of who took from whom.

In: a Collection, vocab/boilerplate.csv. Out: where such words stand; the longest of them, to be shown. Touches: nothing.

Two things count: words that many document families have, and the stock phrases of the trade, which a small collection
cannot show to be common.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policyparse.reuse.collection import Collection
from policyparse.reuse.letters import gathered
from policyparse.reuse.shingles import SIZE, shingles
from policyparse.vocabulary import Vocabulary

#: A shingle that this many document families have is what everyone uses: 5 % of them, at least 6, at most 40.
COMMON_SHARE, COMMON_LEAST, COMMON_MOST = 0.05, 6, 40

#: Common stretches are shown from this many letters on (以科学发展观为指导 has nine), and this many of them.
_PHRASE, _PHRASES = 9, 100


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Words that many document families use: one place where they stand, and in how many families."""

    text: str
    families: int
    clause: str


def common_from(families: int) -> int:
    """The number of families from which on words are what everyone uses."""
    return max(COMMON_LEAST, min(COMMON_MOST, round(families * COMMON_SHARE)))


def everyones(source: Collection, vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """For each letter whether a shingle begins there that everyone uses."""
    phrases = [row["phrase"] for row in vocabulary.table("boilerplate")]
    stock = shingles(gathered((phrase, [("", 0, len(phrase))]) for phrase in phrases)).hashes
    common: NDArray[np.bool_] = source.found.having >= common_from(len(source.facts))
    return common | np.isin(source.found.hashes, stock[stock != 0])


def most_used(source: Collection) -> Iterator[Boilerplate]:
    """The longest stretches of shingles that many families have, the most used first, each once."""
    letters, found = source.letters, source.found
    common = (found.having >= common_from(len(source.facts))).astype(np.int8)
    edges = np.diff(np.concatenate(([0], common, [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    long = ends - starts + SIZE - 1 >= _PHRASE
    rows: dict[str, tuple[int, int, int]] = {}
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        stop = end + SIZE - 1
        rows.setdefault(letters.text(start, stop), (-int(found.having[start:end].min()), start, stop))
    shown: list[str] = []
    for words, (families, start, stop) in sorted(rows.items(), key=lambda row: (row[1][0], -len(row[0]))):
        if len(shown) == _PHRASES:
            break
        if any(words in longer for longer in shown):  # a part of what is shown already
            continue
        shown.append(words)
        document = int(np.searchsorted(letters.bounds[letters.documents], start, "right")) - 1
        span = int(letters.offsets[start]), int(letters.offsets[stop - 1]) + 1
        yield Boilerplate(source.text(document, span), -families, source.clause(document, start))
