"""Which clause of one document answers which of another, and what was changed in it.

In: Documents. Out: Comparison (pairs, and what only one has), tables by tag and by section. Touches: nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policyparse.model import TAGS, Clause, Document, Section
from policyparse.words import Change, changes, pairs, squeezed

#: Clauses are taken for two versions of one from this share of common pairs of characters (Dice). Set by looking at
#: the samples: at 0.4 two rules on one topic are joined, at 0.6 a clause with a new second half is lost. Not swept.
ALIGNED = 0.5

#: A clause answers a part of a longer one when this share of its pairs, and at least this many, stand there: a town's short
#: rule in a county's long paragraph. Set by looking at the samples and seeds, not swept.
_PART, _PART_LEAST = 0.6, 15

#: Headings are short, so two of them answer each other already when half of their characters are the same.
_SAME_HEADING = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """A clause of the one document and the clause of the other that answers it."""

    one: Clause
    other: Clause
    similarity: float
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """pairs in the order of the one document; only_one and only_other in the order of their own."""

    one: Document
    other: Document
    pairs: tuple[Pair, ...]
    only_one: tuple[Clause, ...]
    only_other: tuple[Clause, ...]

    @property
    def shared(self) -> float:
        """The share of the one document's clauses, by characters, that has an answer in the other."""
        whole = sum(len(clause.text) for clause in self.one.clauses)
        return sum(len(pair.one.text) for pair in self.pairs) / whole if whole else 0.0


def compare(one: Document, other: Document) -> Comparison:
    """Aligns the clauses of two documents, the most similar first, each at most once; their order does not matter."""
    ones = [frozenset(pairs(squeezed(clause.text))) for clause in one.clauses]
    others = [frozenset(pairs(squeezed(clause.text))) for clause in other.clauses]
    found = sorted(
        ((similarity, a, b) for a, b, similarity in _alike(ones, others, ALIGNED, _PART)),
        key=lambda each: (-each[0], abs(each[1] - each[2]), each[1]),
    )
    taken_one: dict[int, tuple[int, float]] = {}
    taken_other: set[int] = set()
    for similarity, a, b in found:
        if a not in taken_one and b not in taken_other:
            taken_one[a] = (b, similarity)
            taken_other.add(b)
    return Comparison(
        one,
        other,
        tuple(
            Pair(
                one.clauses[a],
                other.clauses[b],
                round(similarity, 3),
                changes(one.clauses[a].text, other.clauses[b].text),
            )
            for a, (b, similarity) in sorted(taken_one.items())
        ),
        tuple(clause for at, clause in enumerate(one.clauses) if at not in taken_one),
        tuple(clause for at, clause in enumerate(other.clauses) if at not in taken_other),
    )


def _alike(
    ones: Sequence[frozenset[str]], others: Sequence[frozenset[str]], least: float, part: float | None = None
) -> Iterable[tuple[int, int, float]]:
    """(a, b, Dice similarity) of all pairs from `least` on, or of which the shorter one stands in the longer by `part`;
    only those that share something are looked at."""
    having: dict[str, list[int]] = defaultdict(list)
    for b, grams in enumerate(others):
        for gram in grams:
            having[gram].append(b)
    for a, grams in enumerate(ones):
        common: dict[int, int] = defaultdict(int)
        for gram in grams:
            for b in having.get(gram, ()):
                common[b] += 1
        for b, number in common.items():
            similarity = 2 * number / (len(grams) + len(others[b]))
            inside = part is not None and number >= max(_PART_LEAST, part * min(len(grams), len(others[b])))
            if similarity >= least or inside:
                yield a, b, similarity


def by_tag(documents: Sequence[Document]) -> dict[str, list[list[Clause]]]:
    """Tag → for each document its clauses of which this is the main tag; tags that none has are left out."""
    table: dict[str, list[list[Clause]]] = {}
    for tag in TAGS:
        row = [[clause for clause in each.clauses if clause.tags and clause.tags[0].tag == tag] for each in documents]
        if any(row):
            table[tag] = row
    return table


def by_section(documents: Sequence[Document]) -> list[list[Section | None]]:
    """The documents' top sections side by side, those with like headings in one row, in the first document's order."""
    rows: list[list[Section | None]] = []
    keys: list[frozenset[str]] = []
    for column, document in enumerate(documents):
        top = [section for section in document.sections if section.level == 1 and section.title]
        titles = [frozenset(pairs(squeezed(section.title))) for section in top]
        best: dict[int, tuple[float, int]] = {}
        for a, b, similarity in _alike(titles, keys, _SAME_HEADING):
            if rows[b][column : column + 1] != [None]:
                continue
            if similarity > best.get(a, (0.0, 0))[0]:
                best[a] = (similarity, b)
        used: set[int] = set()
        for a, section in enumerate(top):
            row = best[a][1] if a in best and best[a][1] not in used else None
            if row is None:
                rows.append([None] * len(documents))
                keys.append(titles[a])
                row = len(rows) - 1
            used.add(row)
            rows[row][column] = section
    return rows
