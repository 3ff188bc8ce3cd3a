"""Search: a query in, the clauses that answer it out, each with the way back to its document.

In: an open Corpus, a query (query.py has the language), filters. Out: Results.
Touches: reads the corpus.

query.py (words → tree) → plan.py (tree → index query and needles) → here (hits, folding, facets) → highlight.py
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from sqlite3 import Row
from typing import Any

import tantivy
from tantivy import DocAddress, Occur, Order, Query

from policyparse.corpus import Corpus
from policyparse.corpus.index import count
from policyparse.search.advice import advice
from policyparse.search.highlight import excerpt, highlights
from policyparse.search.plan import Plan, Planner
from policyparse.search.query import QueryError, parse_query
from policyparse.words import pairs, squeezed

__all__ = ["FACETS", "SORTS", "Hit", "QueryError", "Results", "excerpt", "highlights", "matching_documents", "search"]

SORTS = ("relevance", "date", "oldest", "place")

#: Facet → field of the index that is counted.
FACETS = {
    "tag": "tag", "kind": "kind", "level": "level", "place": "region", "year": "year",
    "issuer": "issuer", "institution": "institution", "mode": "mode",
}  # fmt: skip

#: Clauses whose pairs of characters overlap by this share (Jaccard) are one clause in two printings: a changed
#: place name in a clause of 60 characters leaves about 0.9, another town's version of the same rule less than 0.8.
NEAR = 0.9
#: Short clauses (各镇人民政府： …) are alike by chance.
_NEAR_LEAST = 20

#: tantivy's aggregation answers with at most 65,000 buckets.
_MOST_DOCUMENTS = 65_000

#: How many copies of a hit are named.
_COPY_IDS = 20

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
    corpus: Corpus,
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

    filters: field → values, of which one must hold: {"place": ["广东"], "year": ["2009-2012"]}
    sort:    relevance, date (newest first), oldest or place
    fold:    show passages of the same or nearly the same words once, with their number
    Raises QueryError when the query cannot be understood.
    """
    if sort not in SORTS:
        raise QueryError(f"{sort}: no such order — one of: {', '.join(SORTS)}")
    planner = Planner(corpus, synonyms)
    plan = planner.plan(parse_query(query), list((filters or {}).items()))
    searcher = corpus.index.searcher()
    total, documents, counted = _numbers(searcher, plan.query, facets, facet_size)
    wanted = offset + limit + 1 if offset < total else 0  # a page behind the last one is empty
    found = _ranked(corpus, searcher, plan, sort, min(wanted, total), fold)
    page = found[offset : offset + limit]
    copies = _copies(corpus, searcher, planner, plan, page) if fold and page else [(0, [])] * len(page)
    return Results(
        query=query,
        total=total,
        documents=documents,
        offset=offset,
        hits=[_hit(planner, plan, group, alike) for group, alike in zip(page, copies, strict=True)],
        facets=counted,
        more=len(found) > offset + limit,
        advice=[] if total else advice(corpus, searcher, planner, query, filters or {}),
    )


def matching_documents(corpus: Corpus, query: str, filters: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """The ids of all documents with a hit, in the order in which they came.

    Raises QueryError, also when there are more than the index can name at once: none is left out in silence.
    """
    plan = Planner(corpus).plan(parse_query(query), list((filters or {}).items()), anywhere=True)
    answer = corpus.index.searcher().aggregate(
        plan.query, {"ids": {"terms": {"field": "document", "size": _MOST_DOCUMENTS}}}
    )
    if answer["ids"].get("sum_other_doc_count"):
        raise QueryError(f"the query finds more than {_MOST_DOCUMENTS:,} documents — narrow it, by year for example")
    return corpus.store.in_order(str(bucket["key"]) for bucket in answer["ids"]["buckets"])


_Copies = list[tuple[int, list[str]]]


@dataclass
class _Group:
    """A passage, and those that are nearly the same and came after it."""

    row: Row
    score: float
    grams: frozenset[str] | None = None
    near: list[Row] = field(default_factory=list)


def _ranked(corpus: Corpus, searcher: tantivy.Searcher, plan: Plan, sort: str, wanted: int, fold: bool) -> list[_Group]:
    """The first `wanted` groups in order. The same corpus gives the same groups, so pages do not shift."""
    groups: list[_Group] = []
    folds: set[int] = set()
    at = 0
    while len(groups) < wanted:
        addresses = _window(searcher, plan.query, sort, at, max(_WINDOW, wanted))
        if not addresses:
            break
        at += len(addresses)
        numbers = searcher.fast_field_values("seq", [address for _, address in addresses])
        rows = corpus.store.passages([int(number) for number in numbers if number is not None])
        for (score, _), number in zip(addresses, numbers, strict=True):
            row = rows.get(int(number)) if number is not None else None
            if row is None:  # replaced since the index was committed
                continue
            if not fold:
                groups.append(_Group(row, score))
                continue
            if row["fold"] in folds:
                continue
            folds.add(row["fold"])
            grams = frozenset(pairs(squeezed(row["text"]))) if len(row["text"]) >= _NEAR_LEAST else None
            twin = next((group for group in groups if _near(grams, group.grams)), None) if grams else None
            if twin is not None:
                twin.near.append(row)
            else:
                groups.append(_Group(row, score, grams))
    return groups


def _near(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    if one is None or other is None or not NEAR <= len(one) / len(other) <= 1 / NEAR:
        return False
    shared = len(one & other)
    return shared >= NEAR * (len(one) + len(other) - shared)


def _window(
    searcher: tantivy.Searcher, query: Query, sort: str, offset: int, limit: int
) -> list[tuple[float, DocAddress]]:
    if sort == "relevance":
        return searcher.search(query, limit, False, offset=offset).hits
    by = {"place": "place_order", "date": "date_order", "oldest": "oldest_order"}[sort]
    order = Order.Desc if sort == "date" else Order.Asc
    hits = searcher.search(query, limit, False, order_by_field=by, offset=offset, order=order).hits
    return [(0.0, address) for _, address in hits]


def _copies(
    corpus: Corpus, searcher: tantivy.Searcher, planner: Planner, plan: Plan, page: Sequence[_Group]
) -> _Copies:
    """For every group of a page how many passages it stands for besides the one shown, and the first of them."""
    folds = [[group.row["fold"], *(near["fold"] for near in group.near)] for group in page]
    repeated = corpus.store.repeated([fold for alike in folds for fold in alike])
    found: _Copies = []
    for group, alike in zip(page, folds, strict=True):
        number = 0
        names: list[str] = []
        if len(alike) > 1 or alike[0] in repeated:
            query = Query.boolean_query(
                [
                    (Occur.Must, plan.query),
                    (Occur.Must, Query.term_set_query(planner.schema, "fold", alike)),
                    (Occur.MustNot, Query.term_query(planner.schema, "seq", group.row["seq"])),
                ]
            )
            hits = searcher.search(query, _COPY_IDS, False).hits
            number = len(hits) if len(hits) < _COPY_IDS else count(searcher, query)
            numbers = searcher.fast_field_values("seq", [address for _, address in hits])
            rows = corpus.store.passages([int(value) for value in numbers if value is not None])
            names = [_name(rows[seq]) for seq in sorted(rows)]
        found.append((number, names))
    return found


def _hit(planner: Planner, plan: Plan, group: _Group, copies: tuple[int, list[str]]) -> Hit:
    row = group.row
    return Hit(
        id=_name(row),
        document=row["document"],
        clause=row["clause"],
        what=row["what"],
        title=row["title"],
        path=json.loads(row["path"]),
        start=row["start"],
        end=row["end"],
        text=row["text"],
        highlights=highlights(row["text"], plan.needles, plan.patterns, planner.segmenter),
        tags=[{"tag": tag, "score": score} for tag, score in json.loads(row["tags"])],
        score=round(group.score, 4),
        kind=row["kind"],
        doc_number=row["doc_number"],
        date=row["date"],
        place=row["place"],
        level=row["level"],
        issuers=json.loads(row["issuers"]),
        copies=copies[0],
        copy_ids=copies[1],
    )


def _name(row: Row) -> str:
    return f"{row['document']}#{row['clause']}" if row["clause"] else str(row["document"])


def _numbers(
    searcher: tantivy.Searcher, query: Query, names: Sequence[str], size: int
) -> tuple[int, int, dict[str, list[tuple[str, int]]]]:
    """How many passages there are, in how many documents, and the facets: all in one pass over what is found."""
    unknown = [name for name in names if name not in FACETS]
    if unknown:
        raise QueryError(f"{unknown[0]}: no such facet — one of: {', '.join(FACETS)}")
    asked: dict[str, Any] = {name: {"terms": {"field": FACETS[name], "size": size}} for name in names}
    asked["passages"] = {"value_count": {"field": "seq"}}
    asked["documents"] = {"cardinality": {"field": "document"}}
    answer = searcher.aggregate(query, asked)
    facets = {
        name: [(_shown(bucket["key"]), int(bucket["doc_count"])) for bucket in answer[name]["buckets"]]
        for name in names
    }
    total = int(answer["passages"]["value"])
    return total, round(answer["documents"]["value"]), facets if total else {}


def _shown(key: object) -> str:
    return str(int(key)) if isinstance(key, float) else str(key)
