"""One institution under its several names: 市发改委 is 市发展和改革委员会 is 佛山市发展和改革委员会.

In: a name as typed, a corpus. Out: the names in full that mean it, and how they are printed.
Touches: reads the corpus's table of names.
"""

from __future__ import annotations

from dataclasses import dataclass

from policyparse.corpus import Corpus
from policyparse.words import normal, squeezed


@dataclass(frozen=True, slots=True)
class Same:
    """canonical: full names in normal form, as the index has them; printed: their forms in the texts."""

    canonical: frozenset[str]
    printed: frozenset[str]


def same_institutions(name: str, corpus: Corpus) -> Same:
    """Every institution of the corpus that `name` can mean.

    A full name that ends in the typed one is meant (市公安局 in 东莞市公安局), and so is what the corpus's own
    documents take the typed form for: where one prints 市发改委 and means 佛山市发展和改革委员会, then
    市发展和改革委员会 of any place.
    """
    asked = squeezed(name)
    names = [(normal(printed), normal(full)) for printed, full in corpus.store.names()]
    endings = {asked}
    for printed, full in names:
        if printed == asked and asked:
            endings.add(_without_place(full, asked))
    ends = tuple(endings)
    canonical = {full for printed, full in names if full.endswith(ends) or printed == asked}
    printed_forms = {printed for printed, full in names if full in canonical}
    return Same(frozenset(canonical), frozenset(printed_forms))


def _without_place(full: str, asked: str) -> str:
    """`full` from the level that `asked` begins with: 佛山市发展和改革委员会 for 市发改委 → 市发展和改革委员会.

    The last place of that sign counts, so that 佛山市顺德区… for 区… loses both divisions above.
    """
    at = full.rfind(asked[0])
    return full[at:] if 0 <= at < len(full) - 2 else full
