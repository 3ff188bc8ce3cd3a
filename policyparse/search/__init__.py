"""Search: a query in, the clauses that answer it out, each with the way back to its document.

In: an open Corpus or another Engine, a query (query.py has the language), filters. Out: Results.
Touches: reads the corpus.

query.py (words → tree) → an engine (directory.py with plan.py: tree → passages) → here (hits, folding, facets) →
highlight.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from policyparse.corpus import Corpus
from policyparse.search.advice import advice
from policyparse.search.directory import Directory
from policyparse.search.engine import FACETS, MOST_DOCUMENTS, SORTS, Engine, Found, Question
from policyparse.search.highlight import excerpt, highlights
from policyparse.search.query import QueryError, parse_query
from policyparse.words import pairs, squeezed

__all__ = [
    "FACETS", "SORTS", "Engine", "Hit", "QueryError", "Results", "excerpt", "highlights", "matching_documents", "search",
]  # fmt: skip

#: Clauses whose pairs of characters overlap by this share (Jaccard) are one clause in two printings: a changed
#: place name in a clause of 60 characters leaves about 0.9, another town's version of the same rule less than 0.8.
NEAR = 0.9
#: Short clauses (各镇人民政府： …) are alike by chance.
_NEAR_LEAST = 20

#: Hits that are ranked at a time while copies are being folded.
_WINDOW = 32


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause (or a title, heading, line) that was found.

    id:         `document#c7`; of a line that is no clause, the document's id
    path:       the headings above it, from the outside in
    start, end: its span in the document's text
    highlights: spans into `text` that were searched for
    copies:     how many more passages of the same words (or nearly) were folded into this hit
    copy_ids:   up to twenty of them
    """

    id: str
    document: str
    clause: str | None
    what: str
    title: str
    path: list[str]
    start: int
    end: int
    text: str
    highlights: list[tuple[int, int]]
    tags: list[dict[str, Any]]
    score: float
    kind: str
    doc_number: str | None
    date: str | None
    place: str | None
    level: str | None
    issuers: list[str]
    copies: int = 0
    copy_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Results:
    """total: passages found, copies counted; documents: in how many; advice: what to try when nothing was found."""

    query: str
    total: int
    documents: int
    offset: int
    hits: list[Hit]
    facets: dict[str, list[tuple[str, int]]]
    more: bool
    advice: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The shape of `policyparse search --json`; fields are added, never changed."""
        whole = asdict(self)
        whole["facets"] = {
            name: [{"value": value, "count": count} for value, count in counts] for name, counts in self.facets.items()
        }
        return whole


def search(
    corpus: Corpus | Engine,
    query: str = "",
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    sort: str = "relevance",
    limit: int = 10,
    offset: int = 0,
    fold: bool = True,
    synonyms: bool = True,
    facets: Sequence[str] = tuple(FACETS),
    facet_size: int = 10,
) -> Results:
    """The hits `offset` to `offset + limit` of `query` within `filters`.

    corpus:  an open corpus, or another engine (an OpenSearch)
    filters: field → values, of which one must hold: {"place": ["广东"], "year": ["2009-2012"]}
    sort:    relevance, date (newest first), oldest or place
    fold:    show passages of the same or nearly the same words once, with their number
    Raises QueryError when the query cannot be understood.
    """
    if sort not in SORTS:
        raise QueryError(f"{sort}: no such order — one of: {', '.join(SORTS)}")
    unknown = [name for name in facets if name not in FACETS]
    if unknown:
        raise QueryError(f"{unknown[0]}: no such facet — one of: {', '.join(FACETS)}")
    engine = Directory(corpus) if isinstance(corpus, Corpus) else corpus
    question = engine.question(parse_query(query), filters or {}, synonyms=synonyms)
    total, documents, counted = question.numbers(facets, facet_size)
    wanted = offset + limit + 1 if offset < total else 0  # a page behind the last one is empty
    found = _ranked(question, sort, min(wanted, total), fold)
    page = found[offset : offset + limit]
    copies = _copies(engine, question, page) if fold and page else [(0, [])] * len(page)
    return Results(
        query=query,
        total=total,
        documents=documents,
        offset=offset,
        hits=[_hit(engine, question, group, alike) for group, alike in zip(page, copies, strict=True)],
        facets=counted if total else {},
        more=len(found) > offset + limit,
        advice=[] if total else advice(engine, query, filters or {}, synonyms),
    )


def matching_documents(
    corpus: Corpus | Engine, query: str, filters: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """The ids of all documents with a hit, in the order in which they came.

    Raises QueryError, also when there are more than the index can name at once: none is left out in silence.
    """
    engine = Directory(corpus) if isinstance(corpus, Corpus) else corpus
    found = engine.question(parse_query(query), filters or {}, anywhere=True).documents(MOST_DOCUMENTS)
    if found is None:
        raise QueryError(f"the query finds more than {MOST_DOCUMENTS:,} documents — narrow it, by year for example")
    return found


@dataclass
class _Group:
    """A passage, and those that are nearly the same and came after it."""

    found: Found
    grams: frozenset[str] | None = None
    near: list[Found] = field(default_factory=list)


def _ranked(question: Question, sort: str, wanted: int, fold: bool) -> list[_Group]:
    """The first `wanted` groups in order. The same corpus gives the same groups, so pages do not shift."""
    groups: list[_Group] = []
    folds: set[int] = set()
    at = 0
    more = True
    while more and len(groups) < wanted:
        size = max(_WINDOW, wanted)
        window, more = question.window(sort, at, size)
        at += size
        for found in window:
            if not fold:
                groups.append(_Group(found))
                continue
            if found.fold in folds:
                continue
            folds.add(found.fold)
            grams = frozenset(pairs(squeezed(found.text))) if len(found.text) >= _NEAR_LEAST else None
            twin = next((group for group in groups if _near(grams, group.grams)), None) if grams else None
            if twin is not None:
                twin.near.append(found)
            else:
                groups.append(_Group(found, grams))
    return groups


def _near(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    if one is None or other is None or not NEAR <= len(one) / len(other) <= 1 / NEAR:
        return False
    shared = len(one & other)
    return shared >= NEAR * (len(one) + len(other) - shared)


def _copies(engine: Engine, question: Question, page: Sequence[_Group]) -> list[tuple[int, list[str]]]:
    """For every group of a page how many passages it stands for besides the one shown, and the first of them."""
    folds = [[group.found.fold, *(near.fold for near in group.near)] for group in page]
    repeated = engine.repeated([fold for alike in folds for fold in alike])
    return [
        question.copies(group.found, alike) if len(alike) > 1 or alike[0] in repeated else (0, [])
        for group, alike in zip(page, folds, strict=True)
    ]


def _hit(engine: Engine, question: Question, group: _Group, copies: tuple[int, list[str]]) -> Hit:
    found = group.found
    return Hit(
        id=found.name,
        document=found.document,
        clause=found.clause,
        what=found.what,
        title=found.title,
        path=list(found.path),
        start=found.start,
        end=found.end,
        text=found.text,
        highlights=highlights(found.text, question.needles, question.patterns, engine.segmenter),
        tags=[{"tag": tag, "score": score} for tag, score in found.tags],
        score=round(found.score, 4),
        kind=found.kind,
        doc_number=found.doc_number,
        date=found.date,
        place=found.place,
        level=found.level,
        issuers=list(found.issuers),
        copies=copies[0],
        copy_ids=copies[1],
    )
