"""One institution under its several names: 市发改委 is 市发展和改革委员会 is 佛山市发展和改革委员会.

In: a name as typed, a corpus. Out: the names in full that mean it, and how they are printed.
Touches: reads the corpus's table of names and vocab/institutions_abbreviations.csv.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from policyparse.corpus import Corpus
from policyparse.vocabulary import Vocabulary, shipped
from policyparse.words import normal, squeezed


@dataclass(frozen=True, slots=True)
class Same:
    """canonical: full names in normal form, as the index has them; printed: their forms in the texts; asked: the typed
    name, in full and short."""

    canonical: frozenset[str]
    printed: frozenset[str]
    asked: frozenset[str]


def same_institutions(name: str, corpus: Corpus) -> Same:
    """Every institution of the corpus that `name` can mean.

    A full name that ends in the typed one is meant (市公安局 in 东莞市公安局), with abbreviations opened and full names
    shortened. So is what a document of the corpus takes the typed form for: where one prints 区委 and means
    中共佛山市顺德区委员会, that one is meant.
    """
    endings = forms(name, corpus.vocabulary or shipped())
    ends = tuple(endings)
    canonical, printed_forms = set(), set()
    names = [(normal(printed), normal(full)) for printed, full in corpus.store.names()]
    for printed, full in names:
        if full.endswith(ends) or printed in endings:
            canonical.add(full)
    for printed, full in names:
        if full in canonical:
            printed_forms.add(printed)
    return Same(frozenset(canonical), frozenset(printed_forms), endings)


def forms(name: str, vocabulary: Vocabulary) -> frozenset[str]:
    """`name` in normal form, with its abbreviation opened and its full name shortened."""
    asked = squeezed(name)
    if not asked:
        return frozenset()
    found = {asked}
    for short, full in _abbreviations(vocabulary):
        if asked.endswith(full):
            found.add(asked.removesuffix(full) + short)
        elif asked.endswith(short):
            found.add(asked.removesuffix(short) + full)
    # a second step leads from one short form over the full one to the others: 发改委 → 发展和改革委员会 → 发展改革委
    for form in tuple(found):
        found.update(
            form.removesuffix(full) + short for short, full in _abbreviations(vocabulary) if form.endswith(full)
        )
    return frozenset(found)


@lru_cache(maxsize=4)
def _abbreviations(vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """(short, full) of the table; `@1` behind a short form keeps several full names of one short form apart."""
    rows = vocabulary.table("institutions_abbreviations")
    return tuple((squeezed(row["short"].partition("@")[0]), squeezed(row["full"])) for row in rows if row["full"])
