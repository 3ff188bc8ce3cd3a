"""检索: a box, facets, clauses with what was searched for marked, and the result to take away.

In: the parameters of an address. Out: a page, a CSV or Excel file. Touches: reads the corpus.

The whole search stands in the address (`Asked`), so that a link gives the same search tomorrow.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from policyparse.corpus import Corpus
from policyparse.search import SORTS, Hit, QueryError, Results, excerpt, search
from policyparse.web.downloads import file_response
from policyparse.web.language import label, language_of, named
from policyparse.web.marks import highlighted
from policyparse.web.pages import address, clause_link, document_link, page, place_name

FILTERS = ("tag", "kind", "level", "place", "year", "issuer", "institution", "mode", "item", "deadline")

#: Facets beside the results, in their order.
SHOWN_FACETS = ("tag", "kind", "level", "place", "year", "institution", "issuer")

PER_PAGE = 20
FACET_SIZE = 12
#: A longer query is no query; the search of each of its words would cost.
LONGEST_QUERY = 2_000
#: Folding compares each hit with those before it, so its cost grows with the square.
MOST_EXPORTED = 1_000
MOST_PAGES = 50
_EXCERPT = 220


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address has it. `seen` and `on`: how many passages there were when the link was made, and when."""

    query: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = "relevance"
    page: int = 1
    fold: bool = True
    synonyms: bool = True
    seen: int | None = None
    on: str = ""

    @classmethod
    def of(cls, parameters: QueryParams) -> Asked:
        """What an address asks for. Raises QueryError for a query that is too long."""
        query = parameters.get("q", "").strip()
        if len(query) > LONGEST_QUERY:
            raise QueryError(f"the query has more than {LONGEST_QUERY:,} characters — look for a sentence of it")
        filters = [
            (name, tuple(dict.fromkeys(v.strip()[:200] for v in parameters.getlist(name) if v.strip()))[:20])
            for name in FILTERS
        ]
        sort = parameters.get("sort", "relevance")
        seen = parameters.get("seen", "")
        return cls(
            query,
            tuple((name, values) for name, values in filters if values),
            sort if sort in SORTS else "relevance",
            min(_number(parameters.get("page"), 1), MOST_PAGES),
            parameters.get("fold") != "no",
            parameters.get("synonyms") != "no",
            _number(seen, 0) if seen else None,
            parameters.get("on", "")[:10],
        )

    @property
    def empty(self) -> bool:
        return not self.query and not self.filters

    def parameters(self) -> list[tuple[str, Any]]:
        """What an address of this search holds."""
        found: list[tuple[str, Any]] = [("q", self.query), *((name, list(values)) for name, values in self.filters)]
        if self.sort != "relevance":
            found.append(("sort", self.sort))
        if not self.fold:
            found.append(("fold", "no"))
        if not self.synonyms:
            found.append(("synonyms", "no"))
        if self.page > 1:
            found.append(("page", self.page))
        return found

    def link(self, **changed: Any) -> str:
        """The address of this search with something changed."""
        return address("/", replace(self, **changed).parameters())

    def toggled(self, name: str, value: str) -> str:
        """The address of the first page with a filter's value put on, or taken off."""
        if not self.has(name, value):
            here = replace(self, page=1).parameters() if self.page > 1 else self.parameters()
            return address("/", [*here, (name, value)])
        values = {each: list(having) for each, having in self.filters}
        values[name].remove(value)
        filters = tuple((each, tuple(values[each])) for each in FILTERS if values.get(each))
        return self.link(filters=filters, page=1)

    def has(self, name: str, value: str) -> bool:
        return any(each == name and value in values for each, values in self.filters)

    def value(self, name: str) -> str:
        return next((values[0] for each, values in self.filters if each == name), "")


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 and text.strip("0") else default


def asked_results(corpus: Corpus, asked: Asked, limit: int = PER_PAGE, facets: Sequence[str] = SHOWN_FACETS) -> Results:
    """The page of results that `asked` names."""
    return search(
        corpus, asked.query, filters=dict(asked.filters), sort=asked.sort, limit=limit,
        offset=(asked.page - 1) * limit, fold=asked.fold, synonyms=asked.synonyms,
        facets=facets, facet_size=FACET_SIZE,
    )  # fmt: skip


class Shown(NamedTuple):
    """A hit as it is shown: its text or the best part of it, what is said of its document, where it and its copies are."""

    hit: Hit
    text: Markup
    cut: bool
    facts: list[str]
    link: str
    similar: str
    copies: list[tuple[str, str]]


def shown(corpus: Corpus, hits: Sequence[Hit], language: str) -> list[Shown]:
    """Hits with their excerpt, their links and their copies' titles. All that needs no template is done here: a call in a
    template takes three times as long, and a page has hundreds."""
    titles = _titles(corpus, {name.partition("#")[0] for hit in hits for name in hit.copy_ids})
    found = []
    for hit in hits:
        start, end = excerpt(hit.text, hit.highlights, _EXCERPT)
        facts = (hit.doc_number, hit.date, place_name(hit.place), label("kind", hit.kind, language))
        found.append(
            Shown(
                hit,
                highlighted(hit.text, hit.highlights, start, end),
                end - start < len(hit.text),
                [fact for fact in facts if fact],
                clause_link(hit.id),
                f"{document_link(hit.document)}/{hit.clause}" if hit.clause else "",
                [(clause_link(name), titles.get(name.partition("#")[0], name)) for name in hit.copy_ids],
            )
        )
    return found


def _titles(corpus: Corpus, identities: set[str]) -> dict[str, str]:
    if not identities:
        return {}
    marks = ", ".join("?" * len(identities))
    rows = corpus.database.rows.execute(
        f"SELECT id, title, place, date FROM documents WHERE id IN ({marks})", tuple(identities)
    )
    return {
        row[0]: " ".join(part for part in (row[1], (row[2] or "").replace("/", " "), row[3]) if part) for row in rows
    }


class Choice(NamedTuple):
    """A value of a facet: the search with it (or, where it is chosen, without it), its name, how often it is found."""

    link: str
    name: str
    times: str
    depth: int
    chosen: bool


def facet_rows(facets: Mapping[str, Sequence[tuple[str, int]]], asked: Asked, language: str) -> dict[str, list[Choice]]:
    """Facet → its values as they are shown; places stand under what they lie in, years by time."""
    first = asked.link(page=1)
    first += "&" if "?" in first else "?"
    rows: dict[str, list[Choice]] = {}
    for name, counts in facets.items():
        places = dict(counts) if name == "place" else {}
        if places:
            counts = sorted(counts, key=lambda each: _family(each[0], places))
        elif name == "year":
            counts = sorted(counts, reverse=True)
        rows[name] = [
            Choice(
                asked.toggled(name, value) if asked.has(name, value) else first + address("", {name: value})[1:],
                value.rpartition("/")[2] if places else label(name, value, language),
                f"{count:,}",
                value.count("/") if places else 0,
                asked.has(name, value),
            )
            for value, count in counts
        ]
    return rows


#: The start page of a large corpus counts everything: it is counted once in so many seconds.
_LARGE, _SECONDS = 1_000, 60.0
_COUNTED: dict[str, tuple[float, dict[str, int], dict[str, list[tuple[str, int]]]]] = {}


def _whole(corpus: Corpus) -> tuple[dict[str, int], dict[str, list[tuple[str, int]]]]:
    """How much the corpus holds, and the facets of all of it."""
    name = str(corpus.directory)
    if (
        name not in _COUNTED
        or time.monotonic() - _COUNTED[name][0] > _SECONDS
        or _COUNTED[name][1]["documents"] < _LARGE
    ):
        facets = search(corpus, limit=0, facets=SHOWN_FACETS, facet_size=FACET_SIZE).facets
        _COUNTED[name] = (time.monotonic(), corpus.store.counts(), facets)
    return _COUNTED[name][1:]


def _family(place: str, counts: Mapping[str, int]) -> list[tuple[int, str]]:
    """By which places are sorted: the most frequent first, each followed by what lies in it."""
    parts = place.split("/")
    above = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    return [(-counts.get(each, 0), each) for each in above]


def render(corpus: Corpus, request: Request) -> HTMLResponse:
    """The page of a search; without a question, where to begin."""
    asked = Asked.of(request.query_params)
    if asked.empty:
        counts, facets = _whole(corpus)
        return page(
            request,
            "search",
            asked=asked,
            results=None,
            hits=[],
            counts=counts,
            facets=facet_rows(facets, asked, language_of(request)),
            mistake=None,
        )
    try:
        results = asked_results(corpus, asked)
    except QueryError as error:  # what was typed stays in the box, to be mended
        return page(
            request, "search", 400, asked=asked, results=None, hits=[], counts=None, facets={}, mistake=str(error)
        )
    language = language_of(request)
    # the same search when this link was made and today
    grown = asked.seen is not None and asked.seen != results.total
    return page(
        request, "search", asked=asked, results=results, hits=shown(corpus, results.hits, language), counts=None,
        facets=facet_rows(results.facets, asked, language), grown=grown, mistake=None,
        kept=address("/", [*replace(asked, page=1).parameters(), ("seen", results.total), ("on", date.today())]),
        downloads=[(kind, address(f"/search.{kind}", asked.parameters())) for kind in ("xlsx", "csv")],
    )  # fmt: skip


_COLUMNS = {
    "clause": 22, "title": 40, "doc_number": 20, "issuers": 26, "date": 11, "place": 26, "kind": 10, "headings": 30,
    "text": 80, "tags": 22, "copies": 8,
}  # fmt: skip


def download(corpus: Corpus, request: Request, format: str) -> Response:
    """The result as a file, from its first row to the thousandth."""
    asked = replace(Asked.of(request.query_params), page=1)
    language = language_of(request)
    results = asked_results(corpus, asked, MOST_EXPORTED, ())
    rows = [
        {
            "clause": hit.id, "title": hit.title, "doc_number": hit.doc_number, "issuers": "；".join(hit.issuers),
            "date": hit.date, "place": hit.place, "kind": hit.kind,
            "headings": " › ".join(hit.path), "text": hit.text,
            "tags": "；".join(tag["tag"] for tag in hit.tags), "copies": hit.copies,
        }
        for hit in results.hits
    ]  # fmt: skip
    heads = {name: named(name, language) for name in _COLUMNS}
    return file_response("检索结果" if language == "zh" else "search", format, _COLUMNS, heads, rows, language)
