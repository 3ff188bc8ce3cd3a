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
from weakref import WeakKeyDictionary

from policyparse.corpus import Corpus
from policyparse.search.advice import advice
from policyparse.search.directory import Directory
from policyparse.search.engine import COPY_IDS, FACETS, MOST_DOCUMENTS, SORTS, Engine, Found, Question
from policyparse.search.highlight import excerpt, highlights, marker
from policyparse.search.query import QueryError, parse_query
from policyparse.words import squeezed

__all__ = [
    "FACETS", "SORTS", "Counts", "Engine", "Hit", "QueryError", "Results", "engine_of", "excerpt", "facets", "highlights",
    "matching_documents", "search",
]  # fmt: skip

#: Clauses whose pairs of characters overlap by this share (Jaccard) are one clause in two printings: a changed
#: place name in a clause of 60 characters leaves about 0.9, another town's version of the same rule less than 0.8.
NEAR = 0.9
#: Short clauses (各镇人民政府： …) are alike by chance.
_NEAR_LEAST = 20
#: So many pairs of a text are looked up in another one before all are.
_PROBES = 10

#: An engine makes room for all hits up to a page; before one that is farther behind it is asked how many there are.
_FAR = 1_000

#: So many more hits than there is room for are read at a time where folded copies have left room on the page.
_WINDOW = 2


@dataclass(slots=True)  # not frozen, as Found
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
    """total: passages found, copies counted; documents: in how many (None where no facets were asked for: that takes as
    long as they do); more: whether there is a next page; advice: what to try when nothing was found, in English and in Chinese."""

    query: str
    total: int
    documents: int | None
    offset: int
    hits: list[Hit]
    facets: dict[str, list[tuple[str, int]]]
    more: bool
    advice: list[str] = field(default_factory=list)
    advice_zh: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The shape of `policyparse search --json`; fields are added, never changed."""
        whole = asdict(self)
        whole["facets"] = _facets_as_json(self.facets)
        return whole


@dataclass(frozen=True, slots=True)
class Counts:
    """total: passages found, copies counted; documents: in how many; facets: name → (value, passages), most first."""

    total: int
    documents: int
    facets: dict[str, list[tuple[str, int]]]

    def as_json(self) -> dict[str, Any]:
        return {"total": self.total, "documents": self.documents, "facets": _facets_as_json(self.facets)}


def _facets_as_json(facets: Mapping[str, Sequence[tuple[str, int]]]) -> dict[str, list[dict[str, Any]]]:
    return {name: [{"value": value, "count": count} for value, count in counts] for name, counts in facets.items()}


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
    advise: bool = True,
) -> Results:
    """The hits `offset` to `offset + limit` of `query` within `filters`.

    corpus:  an open corpus, or another engine (an OpenSearch)
    filters: field → values, of which one must hold: {"place": ["广东"], "year": ["2009-2012"]}
    sort:    relevance, date (newest first), oldest or place
    fold:    show passages of the same or nearly the same words once, with their number
    facets:  those that are counted, too; without any a search is quickest, and `facets()` counts them apart
    advise:  say what to try where nothing is found, which takes some more searches
    Raises QueryError when the query cannot be understood.
    """
    if sort not in SORTS:
        raise QueryError(
            f"{sort}: no such order — one of: {', '.join(SORTS)}", f"{sort}：没有这种排序——可用：{', '.join(SORTS)}"
        )
    _check_facets(facets)
    engine = engine_of(corpus)
    question = engine.question(parse_query(query), filters or {}, synonyms=synonyms)
    documents: int | None = None
    counted: dict[str, list[tuple[str, int]]] = {}
    with engine.reading():
        wanted = offset + limit + 1
        if wanted > _FAR:  # a page behind the last one is empty
            wanted = min(wanted, question.count()) if offset < question.count() else 0
        # the hits before the facets: on the way to them they are counted
        found = _ranked(question, sort, wanted, fold) if limit else []
        if facets:
            total, documents, counted = question.numbers(facets, facet_size)
        else:
            total = question.count()
        page = found[offset : offset + limit]
        copies = _copies(engine, question, page) if fold and page else [(0, [])] * len(page)
    marks = marker(question.needles, question.patterns, engine.segmenter)
    tips = advice(engine, query, filters or {}, synonyms) if advise and not total else []
    return Results(
        query=query,
        total=total,
        documents=documents,
        offset=offset,
        hits=[_hit(group.found, marks(group.found.text), alike) for group, alike in zip(page, copies, strict=True)],
        facets=counted if total else {},
        more=len(found) > offset + limit,
        advice=[tip.english for tip in tips],
        advice_zh=[tip.chinese for tip in tips],
    )


def facets(
    corpus: Corpus | Engine,
    query: str = "",
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    synonyms: bool = True,
    names: Sequence[str] = tuple(FACETS),
    size: int = 10,
) -> Counts:
    """How many passages `query` finds within `filters`, in how many documents, and the commonest values of each facet.

    The call beside `search(…, facets=())`: a page can be shown before its facets are counted.
    Raises QueryError when the query cannot be understood.
    """
    _check_facets(names)
    question = engine_of(corpus).question(parse_query(query), filters or {}, synonyms=synonyms)
    total, documents, counted = question.numbers(names, size)
    return Counts(total, documents, counted if total else {})


def engine_of(corpus: Corpus | Engine) -> Engine:
    """The engine of a corpus, the same one at every call; an engine itself."""
    if not isinstance(corpus, Corpus):
        return corpus
    engine = _ENGINES.get(corpus)
    if engine is None:
        engine = _ENGINES[corpus] = Directory(corpus)
    return engine


_ENGINES: WeakKeyDictionary[Corpus, Directory] = WeakKeyDictionary()


def _check_facets(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in FACETS]
    if unknown:
        raise QueryError(
            f"{unknown[0]}: no such facet — one of: {', '.join(FACETS)}",
            f"{unknown[0]}：没有这种分类统计——可用：{', '.join(FACETS)}",
        )


def matching_documents(
    corpus: Corpus | Engine, query: str, filters: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """The ids of all documents with a hit, in the order in which they came.

    Raises QueryError, also when there are more than the index can name at once: none is left out in silence.
    """
    engine = engine_of(corpus)
    found = engine.question(parse_query(query), filters or {}, anywhere=True).documents(MOST_DOCUMENTS)
    if found is None:
        raise QueryError(
            f"the query finds more than {MOST_DOCUMENTS:,} documents — narrow it, by year for example",
            f"命中的文件超过 {MOST_DOCUMENTS:,} 份——请缩小范围，例如限定年份",
        )
    return found


@dataclass(slots=True)
class _Group:
    """A passage, and those that are nearly the same and came after it; `whole`, `grams`: its text squeezed, and the pairs of
    its characters, once asked for."""

    found: Found
    length: int
    whole: str | None = None
    grams: set[int] | None = None
    near: list[Found] = field(default_factory=list)


def _ranked(question: Question, sort: str, wanted: int, fold: bool) -> list[_Group]:
    """The first `wanted` groups in order. The same corpus gives the same groups, so pages do not shift."""
    groups: list[_Group] = []
    folds: set[int] = set()
    twin: _Group | None
    at, size = 0, wanted
    more = wanted > 0
    while more and len(groups) < wanted:
        window, more = question.window(sort, at, size)
        at += size
        for found in window:
            if fold:
                if found.fold in folds:
                    continue
                folds.add(found.fold)
            group = _Group(found, len(found.text))
            twin = _twin(group, groups) if fold else None
            if twin is not None:
                twin.near.append(found)
            else:
                groups.append(group)
        size = wanted - len(groups) + _WINDOW
    return groups


def _twin(one: _Group, groups: Sequence[_Group]) -> _Group | None:
    """The first of `groups` that is nearly the same as `one`."""
    if one.length < _NEAR_LEAST:
        return None
    least, most = NEAR * one.length, one.length / NEAR
    for other in groups:
        if least <= other.length <= most and _near(one, other):
            return other
    return None


def _near(one: _Group, other: _Group) -> bool:
    """Whether two passages of nearly the same length are one in two printings."""
    if one.grams is None or other.grams is None:
        if one.whole is None:
            one.whole = squeezed(one.found.text)
        if other.whole is None:
            other.whole = squeezed(other.found.text)
        if _are_apart(one.whole, other.whole):
            return False
        one.grams = one.grams or _grams(one.whole)
        other.grams = other.grams or _grams(other.whole)
    shared = len(one.grams & other.grams)
    return shared >= NEAR * (len(one.grams) + len(other.grams) - shared)


def _are_apart(whole: str, other: str) -> bool:
    """Whether half of ten pairs of a text, which stand far apart, are missing in another one. Of one that is nearly the same
    no more than a tenth of all pairs are."""
    missing = 0
    for at in range(0, len(whole) - 1, len(whole) // _PROBES + 1):
        if whole[at : at + 2] not in other:
            missing += 1
            if missing == _PROBES // 2:
                return True
    return False


def _grams(whole: str) -> set[int]:
    """The pairs of neighbouring characters of a squeezed text, each as a number: 32 bits of its UTF-16, those that begin at an even
    place and those at an odd one. A sixth of the time that strings take."""
    units = memoryview(whole.encode("utf-16-le", "surrogatepass"))
    grams = set(units[: len(units) & -4].cast("I"))
    grams.update(units[2 : 2 + ((len(units) - 2) & -4)].cast("I"))
    return grams


def _copies(engine: Engine, question: Question, page: Sequence[_Group]) -> list[tuple[int, list[str]]]:
    """For every group of a page how many passages it stands for besides the one shown, and the first of them."""
    folds = [[group.found.fold, *(near.fold for near in group.near)] for group in page]
    doubtful = [each.fold for group in page for each in (group.found, *group.near) if not each.alone]
    repeated = engine.repeated(doubtful) if doubtful else set()
    asked = [(group.found, alike) for group, alike in zip(page, folds, strict=True) if not repeated.isdisjoint(alike)]
    found = dict(zip((shown.key for shown, _ in asked), question.copies(asked), strict=True)) if asked else {}
    return [
        found.get(group.found.key) or (len(group.near), [near.name for near in group.near[:COPY_IDS]]) for group in page
    ]


def _hit(found: Found, marks: list[tuple[int, int]], copies: tuple[int, list[str]]) -> Hit:
    return Hit(
        found.name, found.document, found.clause, found.what, found.title, list(found.path), found.start, found.end,
        found.text, marks, [{"tag": tag, "score": score} for tag, score in found.tags], round(found.score, 4), found.kind,
        found.doc_number, found.date, found.place, found.level, list(found.issuers), *copies,
    )  # fmt: skip
