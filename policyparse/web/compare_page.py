"""比较: the tables of the pilots, documents side by side, clause by clause, and who has passages from whom.

In: ids of documents, or a query that finds them. Out: pages, tables as files. Touches: reads the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from policyparse import compare as engine
from policyparse.compare import Made, PilotTable
from policyparse.compare.copying import REUSE_TABLES
from policyparse.compare.sources import COLUMNS, HEADS, TITLE, table_sources
from policyparse.corpus import Corpus
from policyparse.export import Sheet, write_book
from policyparse.export.calendar import calendar
from policyparse.export.graph import picture as reuse_picture
from policyparse.export.graph import write_graphml
from policyparse.export.timeline_picture import timeline_picture
from policyparse.model import Document
from policyparse.reuse import Reuse, reuse
from policyparse.search import matching_documents
from policyparse.web.document_page import documents as list_documents
from policyparse.web.document_view import cell
from policyparse.web.downloads import TYPES, file_response, saved
from policyparse.web.language import language_of, named
from policyparse.web.pages import address, page
from policyparse.web.timeline import timeline

#: More documents make tables that nobody reads in a browser; the command line has no such limit.
MOST = 200
MOST_ROWS = 2_000

#: What a page shows of a table; its file has all columns.
_SHOWN = {
    "items": ("item", "place", "from", "to", "mode", "basis", "date", "documents", "document"),
    "history": ("item", "place", "first", "last", "mode", "printed", "document"),
    "responsibilities": ("task", "lead", "support", "responsible", "deadline", "document"),
    "timeline": ("value", "type", "words", "certain", "place", "sentence", "document"),
    "bodies": ("body", "change", "place", "date", "sentence", "document"),
    "shares": ("share", "sentence", "since", "place", "date", "document"),
    "coding": ("headings", "text", "tag", "score", "document"),
}

#: View → its name in English and Chinese, in the order of the tabs.
VIEWS = {
    "items": ("Delegated items", "下放事项目录"),
    "matrix": ("Items by place", "事项对照"),
    "history": ("First dates", "先后次序"),
    "responsibilities": ("Responsibilities", "责任分工表"),
    "timeline": ("Timeline", "时间节点"),
    "bodies": ("Bodies", "机构设置"),
    "shares": ("Money", "财政条款"),
    "tags": ("By tag", "按标签"),
    "clauses": ("Clause by clause", "逐条对照"),
    "reuse": ("Who copied whom", "谁抄了谁"),
    "coding": ("Coding sheet", "编码表"),
}


def routes(study: Callable[..., Any]) -> list[Route]:
    """The addresses of this file."""
    return [
        Route("/compare", study(render)),
        Route("/compare/reuse.{format}", study(reuse_file, "format")),
        Route("/compare/timeline.{format:str}", study(timeline_file, "format")),
        Route("/compare/{table}.{format}", study(download, "table", "format")),
    ]


def chosen(corpus: Corpus, named_ones: Sequence[str], where: str) -> tuple[list[Document], int]:
    """The documents that are named by their ids or found by a query, the first 200, and how many they are in all."""
    identities = list(dict.fromkeys(each[:64] for each in named_ones if each))
    if where:
        identities += [each for each in matching_documents(corpus, where) if each not in identities]
    documents = []
    for identity in identities[:MOST]:
        if not corpus.store.find(identity):
            raise HTTPException(404)
        documents.append(corpus.document(identity))
    return documents, len(identities)


def _asked(request: Request) -> tuple[list[str], str]:
    """What an address names: documents, a query that finds some."""
    return request.query_params.getlist("d"), request.query_params.get("where", "").strip()[:2000]


def render(corpus: Corpus, request: Request) -> HTMLResponse:
    """The chooser; with documents chosen, one view of them."""
    asked, where = _asked(request)
    documents, number = chosen(corpus, asked, where)
    view = request.query_params.get("view", "")
    adding = "add" in request.query_params
    if not documents or adding:
        words = request.query_params.get("title", "").strip()[:200]
        rows, more = list_documents(corpus, words, 0, 100)
        return page(
            request, "compare_choose", rows=rows, more=more, words=words, where=where,
            chosen=documents, nothing=bool(where) and not documents,
        )  # fmt: skip
    if view not in VIEWS:
        view = "items"
    language = language_of(request)
    # a filter stays a filter, so that the link gives tomorrow what is in the corpus tomorrow
    named_ones = [] if where else [document.id for document in documents]
    parameters: list[tuple[str, Any]] = [("d", named_ones), ("where", where)]
    values: dict[str, Any] = {
        "documents": documents, "number": number, "view": view, "where": where, "views": VIEWS,
        "link": lambda name: address("/compare", [*parameters, ("view", name)]),
        "without": lambda identity: address("/compare", [("d", [each for each in named_ones if each != identity]), ("view", view)]),
        "adding": address("/compare", [("d", [document.id for document in documents]), ("view", view), ("add", "yes")]),
    }  # fmt: skip
    if view in engine.TABLE_NAMES:
        made = engine.make(view, documents)
        columns = [name for name in made.columns if name in _SHOWN.get(view, made.columns) and name not in _NEVER]
        values.update(
            columns=[(name, head(made, name, language)) for name in columns],
            rows=[_shown_row(row, columns, language) for row in made.rows[:MOST_ROWS]],
            all_rows=len(made.rows),
            downloads=[
                (name, address(f"/compare/{view}.{ending}", parameters))
                for ending, name in (("xlsx", "Excel"), ("docx", "Word"), ("csv", "CSV"), *_ALSO.get(view, ()))
            ],
            picture=timeline(made.rows) if view == "timeline" else None,
        )  # fmt: skip
        return page(request, "compare_table", **values)
    if view == "reuse":
        found = reuse_of(corpus, documents)
        tables = [(name, reuse_table(found, name, language)) for name in ("pairs", "passages")]
        return page(
            request, "compare_reuse", tables=tables, number_of_pairs=len(found.pairs), folded=found.folded,
            picture=address("/compare/reuse.svg", parameters),
            downloads=[
                (name, address(f"/compare/reuse.{ending}", parameters))
                for ending, name in (("xlsx", "Excel"), ("svg?save=yes", "SVG"), ("graphml", "GraphML"))
            ],
            **values,
        )  # fmt: skip
    if view == "tags":
        return page(
            request, "compare_tags", by_tag=engine.by_tag(documents), sections=engine.by_section(documents), **values
        )
    return page(request, "compare_clauses", **values, **_clause_by_clause(request, documents))


def _clause_by_clause(request: Request, documents: list[Document]) -> Mapping[str, Any]:
    """Two of the chosen documents, the first two if the address says nothing."""
    by_id = {document.id: document for document in documents}
    one = by_id.get(request.query_params.get("one", ""), documents[0])
    others = [document for document in documents if document is not one]
    if not others:
        return {"one": one, "other": None, "comparison": None}
    other = by_id.get(request.query_params.get("other", ""), others[0])
    if other is one:
        other = others[0]
    return {"one": one, "other": other, "comparison": engine.compare(one, other)}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is shown: its text, and the clause that it opens."""

    text: str
    clause: str


_NEVER = frozenset(("clause", "group", "confidence"))

#: What else a view can be saved as.
_ALSO = {"timeline": (("svg", "SVG"), ("ics", "日历 iCal"))}

#: What ends a line of the table item × place: the clause in brackets.
_CLAUSE = re.compile(r"(.*) \[([^\[\]\s]+)\]")


def _shown_row(
    row: Mapping[str, Any], columns: Sequence[str], language: str
) -> tuple[str, list[tuple[str, list[Cell]]]]:
    """The clause of a row, and its cells by column; a cell of the table item × place has a line for each clause."""
    clause = str(row.get("clause") or "")
    cells = []
    for name in columns:
        value = row.get(name)
        lines = [_CLAUSE.fullmatch(line) for line in str(value or "").split("\n")]
        if not clause and value and all(lines):
            cells.append((name, [Cell(line[1], line[2]) for line in lines if line]))
        else:
            cells.append((name, [Cell(cell(name, value, language), clause)]))
    return clause, cells


def head(made: Made | PilotTable, name: str, language: str) -> str:
    """What stands over a column."""
    return made.heads.get(name, name).strip() if language == "zh" else named(name, language)


def download(corpus: Corpus, request: Request, table: str, format: str) -> Response:
    """A pilot table as a file, with all its columns."""
    if table not in engine.TABLE_NAMES:
        raise HTTPException(404)
    documents, _ = chosen(corpus, *_asked(request))
    language = language_of(request)
    made = engine.make(table, documents)
    heads = {name: head(made, name, language) for name in made.columns}
    title = made.title if language == "zh" else VIEWS[table][0]
    where = table_sources(documents, made.columns, made.rows) if format == "xlsx" else []
    chinese = language == "zh"
    over = HEADS if chinese else {name: named(name, language) for name in COLUMNS}
    sheets = [Sheet(TITLE if chinese else "sources", COLUMNS, over, where)] if where else []
    return file_response(title, format, made.columns, heads, made.rows, language, sheets)


def timeline_file(corpus: Corpus, request: Request, format: str) -> Response:
    """The timeline as a picture, as a calendar, or as the other tables are."""
    if format not in ("svg", "ics"):
        return download(corpus, request, "timeline", format)
    documents, _ = chosen(corpus, *_asked(request))
    rows = engine.timeline(documents)
    chinese = language_of(request) == "zh"
    if format == "svg":
        text = timeline_picture(rows, chinese).text()
    else:
        text, _ = calendar(rows)
    return saved(text.encode(), f"{'时间节点' if chinese else 'timeline'}.{format}", TYPES[format])


def reuse_file(corpus: Corpus, request: Request, format: str) -> Response:
    """Who copied whom: the picture (shown in the page), a network, a workbook of pairs and passages."""
    documents, _ = chosen(corpus, *_asked(request))
    found = reuse_of(corpus, documents)
    chinese = language_of(request) == "zh"
    name = f"{'谁抄了谁' if chinese else 'reuse'}.{format}"
    if format == "svg":
        data = reuse_picture(found, chinese).text().encode()
        return (
            saved(data, name, TYPES[format])
            if "save" in request.query_params
            else Response(data, media_type=TYPES[format])
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"reuse.{format}"
        if format == "graphml":
            write_graphml(found, path)
        elif format == "xlsx":
            sheets = [
                Sheet(table.title, table.columns, table.heads, table.rows(found, chinese))
                for table in REUSE_TABLES.values()
                if table.rows(found, chinese)
            ]
            if not sheets:
                raise HTTPException(404)
            write_book(sheets, path)
        else:
            raise HTTPException(404)
        return saved(path.read_bytes(), name, TYPES[format])


#: In a corpus of more clauses, what everyone uses is judged by the chosen documents alone: the whole would take minutes.
_WHOLE = 20_000


def reuse_of(corpus: Corpus, documents: Sequence[Document]) -> Reuse:
    """What the chosen documents have from each other; kept until the corpus changes, since a page asks several times."""
    counts = corpus.store.counts()
    key = (str(corpus.directory), counts["documents"], counts["clauses"], tuple(document.id for document in documents))
    if key not in _KEPT:
        if counts["clauses"] <= _WHOLE:
            _KEPT[key] = reuse(corpus, between=[document.id for document in documents])
        else:
            _KEPT[key] = reuse(documents)
        while len(_KEPT) > 8:
            _KEPT.pop(next(iter(_KEPT)))
    return _KEPT[key]


_KEPT: dict[tuple[str, int, int, tuple[str, ...]], Reuse] = {}

_REUSE_SHOWN = {
    "pairs": (
        "from_place",
        "from_date",
        "arrow",
        "to_place",
        "to_date",
        "passages",
        "shared",
        "to_share",
        "sure",
        "why",
    ),
    "passages": ("from_place", "arrow", "to_place", "shared", "from_text", "to_text"),
}


def reuse_table(found: Reuse, name: str, language: str) -> tuple[list[tuple[str, str]], list[list[tuple[str, Cell]]]]:
    """Heads and rows of one of the tables of reuse; a cell opens the clause or document of its side."""
    table = REUSE_TABLES[name]
    columns = _REUSE_SHOWN[name]
    rows = []
    for row in table.rows(found, language == "zh")[:MOST_ROWS]:
        cells = []
        for column in columns:
            side = "to" if column.startswith("to_") else "from"
            target = row.get(f"{side}_clause") or row.get(f"{side}_document") or ""
            cells.append(
                (
                    column,
                    Cell(cell("place" if column.endswith("place") else column, row.get(column), language), str(target)),
                )
            )
        rows.append(cells)
    return [
        (column, table.heads[column].strip() if language == "zh" else named(column, language)) for column in columns
    ], rows
