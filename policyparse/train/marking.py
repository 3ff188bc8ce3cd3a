"""The extractors' marks of written clauses, so that training sees what the pipeline will show.

In: LabelledClause. Out: the same with `marks`. Touches nothing.

The clauses of one `document` are put under each other as its text, so that a short
form or a year that one clause states is known in the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, cast

from policyparse.extract.citations import citations
from policyparse.extract.delegations import delegations
from policyparse.extract.institutions import institutions
from policyparse.extract.responsibilities import responsibilities
from policyparse.extract.time_points import time_points
from policyparse.model import Clause, Kind, Level
from policyparse.passing import Facts, Outline
from policyparse.tag import marks_of
from policyparse.train.clauses import LabelledClause
from policyparse.vocabulary import shipped


def with_marks(clauses: Sequence[LabelledClause]) -> list[LabelledClause]:
    """The clauses in their order, each with the marks of what the extractors find in it."""
    documents: dict[str, list[int]] = {}
    for number, clause in enumerate(clauses):
        documents.setdefault(clause.document or f"#{number}", []).append(number)
    out = list(clauses)
    for numbers in documents.values():
        numbers = sorted(numbers, key=lambda n: clauses[n].position)
        for number, marks in zip(numbers, _marks([clauses[n] for n in numbers]), strict=True):
            out[number] = replace(clauses[number], marks=marks)
    return out


def _marks(clauses: Sequence[LabelledClause]) -> list[tuple[str, ...]]:
    vocabulary = shipped()
    outline = _outline(clauses)
    organs = institutions(outline, vocabulary)
    times = time_points(outline, vocabulary)
    moved = delegations(outline, organs, vocabulary)
    tasks = responsibilities(outline, organs, times, vocabulary)
    held = [_held(records) for records in (moved, tasks, organs, citations(outline, vocabulary))]
    types: dict[str | None, set[str]] = {}
    for point in times:
        types.setdefault(point.clause, set()).add(point.type)
    return [
        marks_of(
            delegations=held[0][clause.id], responsibilities=held[1][clause.id], institutions=held[2][clause.id],
            citations=held[3][clause.id], times=types.get(clause.id, ()),
        )
        for clause in outline.clauses
    ]  # fmt: skip


class _Record(Protocol):
    clause: str | None


def _held(records: Iterable[_Record]) -> Counter[str | None]:
    return Counter(record.clause for record in records)


def _outline(clauses: Sequence[LabelledClause]) -> Outline:
    """The clauses as one document's text, a line each."""
    placed, at = [], 0
    for number, clause in enumerate(clauses):
        placed.append(Clause(id=f"c{number + 1}", start=at, end=at + len(clause.text), text=clause.text))
        at += len(clause.text) + 1
    first = clauses[0]
    facts = Facts(kind=cast(Kind, first.kind), level=cast("Level | None", first.level))
    return Outline(text="\n".join(c.text for c in clauses), sections=(), clauses=placed, tables=(), facts=facts)
