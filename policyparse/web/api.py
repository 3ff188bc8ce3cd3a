"""The same data as JSON, under /api/v1, for scripts; described by OpenAPI.

In: parameters. Out: JSON of the shapes that the commands print with --json. Touches: reads the corpus.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, HTTPException, Query, Request
from starlette.responses import Response

from policyparse import compare, guard, precedents
from policyparse.corpus import Corpus
from policyparse.corpus.passages import path_of
from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.search import SORTS, matching_documents, search
from policyparse.web.compare_page import chosen
from policyparse.web.drafts import Drafts
from policyparse.web.library import Library
from policyparse.web.pages import page
from policyparse.web.search_page import FILTERS

router = APIRouter(tags=["policyparse"])

Values = Annotated[list[str], Query(default_factory=list)]
Table = Literal["items", "matrix", "history", "responsibilities", "timeline", "bodies", "shares", "coding"]
Status = Literal["pending", "done", "skipped", "failed"]

#: Documents of one answer; more come with `offset`.
MOST = 200


@router.get("/search", summary="Clauses that fit a query and filters")
async def get_search(
    request: Request,
    *,
    q: Annotated[str, Query(max_length=2000, description='words, "phrases", AND OR NOT, -word, field:value')] = "",
    tag: Values,
    kind: Values,
    level: Values,
    place: Values,
    year: Values,
    issuer: Values,
    institution: Values,
    mode: Values,
    item: Values,
    deadline: Values,
    sort: Annotated[str, Query(description=", ".join(SORTS))] = "relevance",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    fold: bool = True,
    synonyms: bool = True,
) -> dict[str, Any]:
    """Hits with their highlights, facets with their counts; the shape of `policyparse search --json`."""
    given = (tag, kind, level, place, year, issuer, institution, mode, item, deadline)
    filters = {name: values for name, values in zip(FILTERS, given, strict=True) if values}

    def work(corpus: Corpus) -> dict[str, Any]:
        results = search(
            corpus, q, filters=filters, sort=sort, limit=limit, offset=offset, fold=fold, synonyms=synonyms
        )
        return results.as_json()

    return await _library(request).read(work)


@router.get("/documents", summary="Documents, or those with a hit for a query")
async def get_documents(
    request: Request,
    where: Annotated[str, Query(max_length=2000, description="a query: the documents that have a hit")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """Facts of documents, in the order in which they came."""

    def work(corpus: Corpus) -> dict[str, Any]:
        found = matching_documents(corpus, where)
        documents = corpus.documents(found[offset : offset + limit])
        return {"total": len(found), "offset": offset, "documents": [_facts(document) for document in documents]}

    return await _library(request).read(work)


@router.get("/documents/{identity}", summary="A document, as the JSON Schema has it")
async def get_document(request: Request, identity: str) -> Document:
    """The whole document with people's corrections laid over it."""
    return await _library(request).read(_document, identity)


@router.get("/documents/{identity}/clauses/{clause}", summary="A clause with what was found in it")
async def get_clause(request: Request, identity: str, clause: str) -> dict[str, Any]:
    """The clause, its headings, its document's facts, and the mentions and records in it."""

    def work(corpus: Corpus) -> dict[str, Any]:
        document = _document(corpus, identity)
        found = next((each for each in document.clauses if each.id == clause), None)
        if found is None:
            raise HTTPException(404, "no such clause")
        whole = document.model_dump(mode="json", by_alias=True)
        kinds = ("institutions", "time_points", "delegations", "responsibilities", "citations")
        return {
            **found.model_dump(mode="json"), "id": f"{document.id}#{clause}", "document": _facts(document),
            "path": list(path_of(document, found.section)),
            **{kind: [each for each in whole[kind] if each["clause"] == clause] for kind in kinds},
            "corrections": [asdict(each) for each in corpus.corrections.all(document.id) if each.clause == clause],
        }  # fmt: skip

    return await _library(request).read(work)


@router.get("/compare/{table}", summary="A pilot table over documents")
async def get_table(
    request: Request,
    table: Table,
    d: Values,
    where: Annotated[str, Query(max_length=2000)] = "",
) -> dict[str, Any]:
    """Rows of 下放事项目录, 事项对照, 先后次序, 责任分工表, 时间节点, 机构设置, 财政条款 or 编码表, each with its clause."""

    def work(corpus: Corpus) -> dict[str, Any]:
        documents, number = chosen(corpus, d, where)
        if number > len(documents):
            raise HTTPException(422, f"{number} documents — name or find at most {len(documents)}")
        made = compare.make(table, documents)
        return {"table": table, "heads": dict(made.heads), "rows": made.rows}

    return await _library(request).study(work)


@router.get("/imports", summary="What became of every file")
async def get_imports(
    request: Request,
    status: Status | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """The import report: a record a file."""

    def work(corpus: Corpus) -> dict[str, Any]:
        records = corpus.imports.all(status)
        shown = [{k: v for k, v in asdict(record).items() if k != "raw"} for record in records[offset : offset + limit]]
        return {"total": len(records), "offset": offset, "files": shown}

    return await _library(request).read(work)


@router.post("/precedents", summary="How others wrote a clause")
async def post_precedents(
    request: Request,
    text: Annotated[str, Body(max_length=20_000)],
    where: Annotated[str, Body(max_length=2000)] = "",
    limit: Annotated[int, Body(ge=1, le=50)] = 10,
) -> dict[str, Any]:
    """Wordings of the corpus, best first, with their uses and what differs; the body is JSON."""

    def work(corpus: Corpus) -> dict[str, Any]:
        return precedents.find(corpus, text, where=where, limit=limit).as_json()

    await _library(request).need_learned()
    return await _library(request).study(work)


@router.post("/check", summary="What is left over or wrong in a draft")
async def post_check(request: Request, text: Annotated[str, Body(max_length=2_000_000, embed=True)]) -> dict[str, Any]:
    """The guard's findings on a draft's text; the body is JSON. Offsets are into each report's document's text."""
    drafts: Drafts = request.app.state.drafts
    documents = await drafts.read("text.txt", text.encode("utf-8", "replace"))

    def work(corpus: Corpus) -> dict[str, Any]:
        return {"reports": [guard.check(document, corpus).as_json() for document in documents]}

    return await _library(request).study(work)


def _library(request: Request) -> Library:
    library: Library = request.app.state.library
    return library


def _document(corpus: Corpus, identity: str) -> Document:
    try:
        return corpus.document(identity)
    except PolicyparseError as error:
        raise HTTPException(404, str(error)) from None


def _facts(document: Document) -> dict[str, Any]:
    names = ("id", "title", "kind", "doc_number", "issuers", "date", "place", "level")
    return {name: getattr(document, name) for name in names} | {"clauses": len(document.clauses)}


async def docs(request: Request) -> Response:
    """The page that describes all this, made of the OpenAPI description; it loads nothing from elsewhere."""
    described = request.app.openapi()
    calls = [
        (method.upper(), path, call) for path, methods in described["paths"].items() for method, call in methods.items()
    ]
    return page(request, "api", calls=calls)
