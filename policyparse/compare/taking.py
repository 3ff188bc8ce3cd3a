"""Was it taken over: which rows of the tables of delegations stand in words that an older document has.

In: a table of delegations, Reuse. Out: the table with the column taken_from. Touches: nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from policyparse.compare.copying import place
from policyparse.compare.rows import Made, Row
from policyparse.passing import PolicyparseError
from policyparse.reuse import Pair, Passage, Reuse
from policyparse.words import pairs, squeezed

#: Tables with a row for each delegation, and their column of the words that are printed.
_WORDS = {"items": "item", "history": "printed"}

#: An item is of a passage when this share of the pairs of characters of the shorter one stands in the other.
_MOST = 0.6


def with_origins(made: Made, found: Reuse) -> Made:
    """The table with `taken_from`: place, date and clause of the oldest document that has the passage in which the row's
    item stands; empty where no passage is known to be older. Raises PolicyparseError for a table of something else."""
    if made.name not in _WORDS:
        raise PolicyparseError(
            f"{made.name}: only of {' and '.join(_WORDS)} it can be said whether they were taken over"
        )
    taken: dict[str, list[tuple[Passage, Pair]]] = defaultdict(list)
    dates: dict[str, str] = {each.id: f"{place(each)} {each.dated.shown or ''}".strip() for each in found.facts}
    for pair in found.pairs:
        if pair.direction.forward is not None:
            for passage in pair.passages:
                taken[passage.to_clause].append((passage, pair))
    rows = []
    for row in made.rows:
        origin = _origin(row, _WORDS[made.name], taken[str(row["clause"])])
        rows.append({**row, "taken_from": f"{dates[origin.partition('#')[0]]} [{origin}]" if origin else None})
    at = list(made.columns).index("confidence")
    columns = dict([*list(made.columns.items())[:at], ("taken_from", 30), *list(made.columns.items())[at:]])
    return replace(made, columns=columns, heads={**made.heads, "taken_from": "沿用自"}, rows=rows)


def _origin(row: Row, words: str, passages: Sequence[tuple[Passage, Pair]]) -> str | None:
    """The clause from which the row's words may be: of those that are known the oldest."""
    grams = frozenset(pairs(squeezed(str(row[words]))))
    having = [
        (pair.source.dated.first or pair.source.dated.last or "", passage.earlier or passage.from_clause)
        for passage, pair in passages
        if _alike(grams, frozenset(pairs(squeezed(passage.to_text))))
    ]
    return min(having)[1] if having else None


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= max(1, _MOST * min(len(one), len(other)))
