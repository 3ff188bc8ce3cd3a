"""Who copied whom: the passages that documents share, and which of two had them first.

In: a Corpus or Documents. Out: Reuse: pairs of documents with their passages, what was set aside, what was folded.
Touches: reads the corpus.

    from policyparse.corpus import Corpus
    from policyparse.reuse import reuse
    with Corpus.open("pilots") as corpus:
        for pair in reuse(corpus).pairs:
            print(pair.source.title, "→", pair.taker.title, pair.shared, pair.direction.sure)

collection.py (documents → letters.py with their offsets, families.py: copies folded) → boilerplate.py (what everyone
uses) → shingles.py (who may share what) → rarity.py (what letters say) → alignment.py (runs, chained) → pairs.py (what
counts) with direction.py and dating.py (who was first)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.reuse.alignment import Aligner
from policyparse.reuse.boilerplate import Boilerplate, common_from, everyones, most_used
from policyparse.reuse.collection import Collection, collection
from policyparse.reuse.dating import Dated, dated
from policyparse.reuse.direction import Direction, Evidence, Facts
from policyparse.reuse.pairs import Pair, Passage, pair, with_earlier
from policyparse.reuse.shingles import Shingles, clause_pairs
from policyparse.vocabulary import Vocabulary, shipped

__all__ = [
    "Boilerplate", "Dated", "Direction", "Evidence", "Facts", "Pair", "Passage", "Reuse", "dated", "reuse",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reuse:
    """What was found.

    pairs: by shared letters, most first; folded: the printings of one document, the one that is looked at first;
    boilerplate: words that were set aside because many families have them, the most used first;
    documents, clauses: how many were looked at; facts: those of one document of each family
    """

    pairs: tuple[Pair, ...]
    folded: tuple[tuple[Facts, ...], ...]
    boilerplate: tuple[Boilerplate, ...]
    documents: int
    clauses: int
    facts: tuple[Facts, ...] = field(repr=False)


def reuse(
    source: Corpus | Iterable[Document],
    *,
    between: Sequence[str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Reuse:
    """Looks for passages that documents of `source` have from each other.

    between: ids (or their beginnings) of documents; then only pairs with both among them are shown. What everyone uses
             is still judged by the whole source.
    vocabulary: whose stock phrases (boilerplate.csv) are nobody's; by default the corpus's own.
    Raises PolicyparseError when an id of `between` is not there, or not the only one.
    """
    looked = collection(source)
    words = vocabulary or (source.vocabulary if isinstance(source, Corpus) else None) or shipped()
    wanted = _wanted(looked, between)
    common = everyones(looked, words)
    aligner = Aligner(looked.letters, looked.found, common, looked.in_names())
    found = []
    for one, other in _candidates(looked, common):
        if wanted is None or (one in wanted and other in wanted):
            each = pair(looked, aligner, one, other)
            if each is not None:
                found.append(each)
    found.sort(key=lambda each: (-each.shared, each.source.id, each.taker.id))
    copies = sum(len(family) - 1 for family in looked.folded)
    return Reuse(
        tuple(with_earlier(found)), tuple(looked.folded), tuple(most_used(looked)), len(looked.facts) + copies,
        len(looked.letters.clauses), tuple(looked.facts),
    )  # fmt: skip


def _candidates(looked: Collection, common: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Documents with at least one pair of clauses that share enough rare shingles, in order."""
    letters = looked.letters
    rare = Shingles(np.where(common, np.uint64(0), looked.found.hashes), looked.found.having)
    one, other, _ = clause_pairs(letters, rare, common_from(len(looked.facts)))
    document = letters.document_of_clauses().astype(np.int64)
    number = len(looked.facts)
    a, b = np.minimum(document[one], document[other]), np.maximum(document[one], document[other])
    for each in np.unique(a * number + b).tolist():
        yield each // number, each % number


def _wanted(looked: Collection, between: Sequence[str] | None) -> set[int] | None:
    """The numbers of the documents of `between`; a folded copy's is its family's."""
    if between is None:
        return None
    ids = [(each.id, number) for number, each in enumerate(looked.facts)]
    numbers = dict(ids)
    ids += [(copy.id, numbers[family[0].id]) for family in looked.folded for copy in family[1:]]
    wanted: set[int] = set()
    for prefix in between:
        found = {number for name, number in ids if name.startswith(prefix)} if prefix else set()
        if len(found) != 1:
            raise PolicyparseError(
                f"{prefix}: {f'{len(found)} documents begin so' if found else 'no such document'} — "
                "policyparse search shows the ids"
            )
        wanted |= found
    return wanted
