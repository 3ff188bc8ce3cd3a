"""比较: the tables of the pilots, documents side by side, clause by clause, and who has passages from whom.

In: ids of documents, or a query that finds them. Out: pages, tables as files. Touches: reads the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from policyparse import compare as engine
from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.search import matching_documents
from policyparse.web.document_page import documents as list_documents
from policyparse.web.document_view import cell
from policyparse.web.downloads import file_response
from policyparse.web.language import language_of, named
from policyparse.web.pages import address, page
from policyparse.web.timeline import timeline

#: More documents make tables that nobody reads in a browser; the command line has no such limit.
MOST = 200
MOST_ROWS = 2_000

#: What a page shows of a table; its file has all columns.
_HIDDEN = {
    "items": {"quote", "headings", "group"},
    "responsibilities": {"quote", "headings"},
    "timeline": {"headings"},
    "bodies": {"headings", "words", "printed"},
    "shares": {"headings"},
    "coding": {"coder_1", "coder_2", "note"},
}

#: View → its name in English and Chinese, in the order of the tabs.
VIEWS = {
    "items": ("Delegated items", "下放事项目录"),
    "responsibilities": ("Responsibilities", "责任分工表"),
    "timeline": ("Timeline", "时间节点"),
    "bodies": ("Bodies", "机构设置"),
    "shares": ("Money", "财政条款"),
    "tags": ("By tag", "按标签"),
    "clauses": ("Clause by clause", "逐条对照"),
    "coding": ("Coding sheet", "编码表"),
}


def routes(study: Callable[..., Any]) -> list[Route]:
    """The addresses of this file."""
    return [
        Route("/compare", study(render)),
        Route("/compare/{table}.{format}", study(download, "table", "format")),
    ]


def chosen(corpus: Corpus, request: Request) -> tuple[list[Document], int]:
    """The documents that the address names, and how many it names in all."""
    identities = list(dict.fromkeys(each[:64] for each in request.query_params.getlist("d") if each))
    where = request.query_params.get("where", "").strip()[:2000]
    if where:
        identities += [each for each in matching_documents(corpus, where) if each not in identities]
    documents = []
    for identity in identities[:MOST]:
        if not corpus.store.find(identity):
            raise HTTPException(404)
        documents.append(corpus.document(identity))
    return documents, len(identities)


def render(corpus: Corpus, request: Request) -> HTMLResponse:
    """The chooser; with documents chosen, one view of them."""
    documents, number = chosen(corpus, request)
    where = request.query_params.get("where", "").strip()[:2000]
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
    if view in engine.PILOT_TABLES:
        table = engine.PILOT_TABLES[view]
        rows = table.rows(documents)
        columns = [name for name in table.columns if name not in _HIDDEN[view] | {"clause"}]
        values.update(
            columns=[(name, named(name, language) if language == "en" else table.heads[name]) for name in columns],
            rows=[(row["clause"], [(name, cell(name, row.get(name), language)) for name in columns]) for row in rows[:MOST_ROWS]],
            all_rows=len(rows),
            downloads=[
                (name, address(f"/compare/{view}.{ending}", parameters))
                for ending, name in (("xlsx", "Excel"), ("docx", "Word"), ("csv", "CSV"))
            ],
            picture=timeline(rows) if view == "timeline" else None,
        )  # fmt: skip
        return page(request, "compare_table", **values)
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


def download(corpus: Corpus, request: Request, table: str, format: str) -> Response:
    """A pilot table as a file, with all its columns."""
    if table not in engine.PILOT_TABLES:
        raise HTTPException(404)
    documents, _ = chosen(corpus, request)
    kind = engine.PILOT_TABLES[table]
    language = language_of(request)
    heads = kind.heads if language == "zh" else {name: named(name, language) for name in kind.columns}
    title = kind.title if language == "zh" else VIEWS[table][0]
    return file_response(title, format, kind.columns, heads, kind.rows(documents))
