"""文件: a document with all that was found in it, its tables, its original beside it; one clause with its corrections.

In: an id, or a query over titles. Out: pages, tables as files, pictures of pages. Touches: the corpus; a correction
writes there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args
from urllib.parse import quote, unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from policyparse.corpus import Corpus
from policyparse.corpus.passages import path_of
from policyparse.corpus.versions import CURRENT
from policyparse.export import TABLES
from policyparse.export import rows as table_rows
from policyparse.model import TAGS, Clause, Document, Mode
from policyparse.passing import PolicyparseError
from policyparse.web import document_view as view
from policyparse.web.downloads import file_response, saved
from policyparse.web.gate import form_of
from policyparse.web.language import language_of, named, values_of
from policyparse.web.library import Library
from policyparse.web.marks import KINDS, marks_of, pieces
from policyparse.web.originals import PDF, file_name, original, pages_of, picture
from policyparse.web.pages import address, page
from policyparse.web.similar import similar_to, source_line

Reading = Callable[..., Any]
PER_PAGE = 50
#: Documents that cite one, as its page names them.
CITING = 50
WHO = "who"


def routes(read: Reading, learned: Reading) -> list[Route]:
    """The addresses of this file."""
    return [
        Route("/documents", read(listing)),
        Route("/documents/{identity}", read(text, "identity")),
        Route("/documents/{identity}/tables", read(tables, "identity")),
        Route("/documents/{identity}/tables/{table}.{format}", read(table_file, "identity", "table", "format")),
        Route("/documents/{identity}/original", read(beside, "identity")),
        Route("/documents/{identity}/original/file", read(original_file, "identity")),
        Route("/documents/{identity}/original/{number:int}.png", read(page_image, "identity", "number")),
        Route("/documents/{identity}/repairs", read(repairs, "identity")),
        Route("/documents/{identity}/{clause}", learned(clause_page, "identity", "clause")),
        Route("/documents/{identity}/{clause}/tags", correct_tags, methods=["POST"]),
        Route("/documents/{identity}/{clause}/record", correct_record, methods=["POST"]),
        Route("/documents/{identity}/{clause}/withdraw", withdraw, methods=["POST"]),
    ]


def found(corpus: Corpus, identity: str) -> Document:
    """The document, for a page. Raises HTTPException 404."""
    if corpus.store.find(identity):
        return corpus.document(identity)
    raise HTTPException(404)


def listing(corpus: Corpus, request: Request) -> HTMLResponse:
    """All documents, or those whose title or number has some words."""
    words = request.query_params.get("title", "").strip()[:200]
    at = max(1, _number(request.query_params.get("page")))
    rows, more = documents(corpus, words, (at - 1) * PER_PAGE, PER_PAGE)
    return page(
        request, "documents", words=words, rows=rows, at=at, counts=corpus.store.counts(),
        following=address("/documents", {"title": words, "page": at + 1}) if more else None,
        previous=address("/documents", {"title": words, "page": at - 1}) if at > 1 else None,
    )  # fmt: skip


def documents(corpus: Corpus, words: str, offset: int, limit: int) -> tuple[list[dict[str, Any]], bool]:
    """Documents (facts only) by date, newest first, whose title, number or place has all of `words`."""
    where = " AND ".join(
        "(title || ' ' || ifnull(doc_number, '') || ' ' || ifnull(place, '')) LIKE ? ESCAPE '\\'" for _ in words.split()
    )
    rows = corpus.database.rows.execute(
        "SELECT id, title, kind, doc_number, date, place, level FROM documents "
        f"WHERE {CURRENT} "
        + (f"AND {where} " if where else "")
        + "ORDER BY ifnull(date, '') DESC, seq LIMIT ? OFFSET ?",
        (*(f"%{_escaped(word)}%" for word in words.split()), limit + 1, offset),
    ).fetchall()
    return [dict(row) for row in rows[:limit]], len(rows) > limit


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _shared(corpus: Corpus, document: Document, tab: str) -> dict[str, Any]:
    """What every page of a document shows: its facts and where else it is."""
    return {
        "document": document,
        "tab": tab,
        "files": [
            (path.replace("\\", "/").rpartition("/")[2], path, part) for path, part in corpus.store.sources(document.id)
        ],
        "relatives": corpus.store.relatives(document.id),
        "newer": corpus.store.versions.newest(document.id),
        "older": corpus.store.versions.older(document.id),
    }


def text(corpus: Corpus, request: Request, identity: str) -> HTMLResponse:
    """The document's text with everything found in it."""
    document = found(corpus, identity)
    return page(
        request, "document", lines=view.lines(corpus, document, language_of(request)), outline=view.outline(document),
        citing=[(each.id, each.title) for each in corpus.documents(corpus.store.references.citing(document)[:CITING])],
        legend=[(kind, of) for kind, of in KINDS.items() if getattr(document, of)],
        **_shared(corpus, document, "text"),
    )  # fmt: skip


def tables(corpus: Corpus, request: Request, identity: str) -> HTMLResponse:
    """All that was found, and the tables that are printed in the document."""
    document = found(corpus, identity)
    return page(
        request, "document_tables", tables=view.tables(document, language_of(request)),
        **_shared(corpus, document, "tables"),
    )  # fmt: skip


def table_file(corpus: Corpus, request: Request, identity: str, table: str, format: str) -> Response:
    """One of the document's tables as a file."""
    if table not in TABLES:
        raise HTTPException(404)
    document = found(corpus, identity)
    language = language_of(request)
    columns = TABLES[table].columns
    heads = {name: named(name, language) for name in columns}
    return file_response(
        f"{document.title[:60]} {named(table, language)}",
        format,
        columns,
        heads,
        table_rows([document], table),
        language,
    )


def beside(corpus: Corpus, request: Request, identity: str) -> HTMLResponse:
    """The source's characters, or the picture of its page, beside the text."""
    document = found(corpus, identity)
    pages = pages_of(document)
    wanted = _number(request.query_params.get("page"))
    clause = next((c for c in document.clauses if c.id == request.query_params.get("clause")), None)
    if clause is not None and clause.origin.page is not None:
        wanted = clause.origin.page
    number = (wanted if wanted in pages else pages[0]) if pages else None
    return page(
        request, "document_original", rows=view.beside(document, number), pages=pages, number=number, clause=clause,
        pictured=document.source.media_type == PDF and number is not None, file=file_name(document),
        **_shared(corpus, document, "original"),
    )  # fmt: skip


def original_file(corpus: Corpus, request: Request, identity: str) -> Response:
    """The file that the document came from; browsers save it and never show it."""
    document = found(corpus, identity)
    return saved(original(corpus, document), file_name(document))


def page_image(corpus: Corpus, request: Request, identity: str, number: int) -> Response:
    """A page of the document's PDF as a picture, a clause marked."""
    document = found(corpus, identity)
    clause = next((c for c in document.clauses if c.id == request.query_params.get("clause")), None)
    try:
        data = picture(corpus, document, number, clause)
    except PolicyparseError:
        raise HTTPException(404) from None
    return Response(data, media_type="image/png", headers={"cache-control": "private, max-age=600"})


def repairs(corpus: Corpus, request: Request, identity: str) -> HTMLResponse:
    """What cleaning changed."""
    document = found(corpus, identity)
    return page(
        request, "document_repairs", repairs=view.repairs(document), number=len(document.repairs),
        **_shared(corpus, document, "repairs"),
    )  # fmt: skip


# -- one clause ------------------------------------------------------------------------------------------------------


def clause_page(corpus: Corpus, request: Request, identity: str, clause: str) -> HTMLResponse:
    """One clause: its source line, records, likenesses elsewhere, and what people corrected."""
    document = found(corpus, identity)
    here = _clause(document, clause)
    language = language_of(request)
    marks = marks_of(document, dict(values_of("type", language)), view.cited_documents(corpus, document))
    at = document.clauses.index(here)
    corrections = [each for each in corpus.corrections.all(document.id) if each.clause == here.id]
    return page(
        request, "clause", clause=here, path=path_of(document, here.section),
        pieces=pieces(document.text, marks, here.start, here.end), source=source_line(document, here),
        before=document.clauses[at - 1].id if at else None,
        after=document.clauses[at + 1].id if at + 1 < len(document.clauses) else None,
        similar=similar_to(corpus, document, here) if request.state.learned else None, all_tags=TAGS, all_modes=get_args(Mode), corrections=corrections,
        delegations=[(n, each) for n, each in enumerate(document.delegations) if each.clause == here.id],
        responsibilities=[(n, each) for n, each in enumerate(document.responsibilities) if each.clause == here.id],
        who=unquote(request.cookies.get(WHO, "")), saved="saved" in request.query_params,
        **_shared(corpus, document, "clause"),
    )  # fmt: skip


def _clause(document: Document, identity: str) -> Clause:
    clause = next((clause for clause in document.clauses if clause.id == identity), None)
    if clause is None:
        raise HTTPException(404)
    return clause


async def correct_tags(request: Request) -> Response:
    """Keeps a person's tags of a clause."""
    form = await form_of(request)
    by = _person(form.get("by"))
    main = str(form.get("main", ""))
    tags = list(dict.fromkeys([main, *(str(tag) for tag in form.getlist("tag"))] if main else form.getlist("tag")))
    library: Library = request.app.state.library
    name = f"{request.path_params['identity']}#{request.path_params['clause']}"
    await library.write(Corpus.correct, name, [str(tag) for tag in tags], by=by, note=_note(form.get("note")))
    return _back(request, by)


async def correct_record(request: Request) -> Response:
    """Keeps what a person says of a delegation or responsibility: that it is none, or how it should be."""
    form = await form_of(request)
    by = _person(form.get("by"))
    sort = str(form.get("sort"))
    fields: dict[str, Any] | None = None
    if form.get("wrong") is None:
        names = _FIELDS.get(sort, ())
        fields = {name: _value(name, form.get(name), form.getlist(name)) for name in names if name in form}
        if sort == "delegation":
            fields["mode"] = [str(mode) for mode in form.getlist("mode")]
    number, words = _number(str(form.get("number", ""))), str(form.get("words", ""))
    library: Library = request.app.state.library
    await library.write(
        _correct_record, request.path_params["identity"], sort, number, words, fields, by, _note(form.get("note"))
    )
    return _back(request, by)


_FIELDS = {"delegation": ("item", "from", "to"), "responsibility": ("departments", "role", "task", "deadline")}


def _correct_record(
    corpus: Corpus, identity: str, sort: str, number: int, words: str, fields: dict[str, Any] | None, by: str, note: str
) -> None:
    document = corpus.document(identity)
    records = document.delegations if sort == "delegation" else document.responsibilities
    record = records[number] if number < len(records) else None
    if record is None or words != (record.item if sort == "delegation" else record.task):  # type: ignore[union-attr]
        raise PolicyparseError("this record has been changed since the page was opened — open it again")
    if fields is not None:
        whole = record.model_dump(mode="json", by_alias=True)
        fields = {name: value for name, value in fields.items() if value != whole[name]}
        if not fields:
            raise PolicyparseError("nothing was changed — write what it should be, or say that it is wrong")
    corpus.correct_record(document.id, record, fields, by=by, note=note)


def _value(name: str, value: object, values: list[Any]) -> Any:
    text_value = str(value).strip()
    if name in ("from", "to", "departments"):
        return [part.strip() for part in text_value.replace("，", "、").replace(",", "、").split("、") if part.strip()]
    return text_value or (None if name == "deadline" else "")


async def withdraw(request: Request) -> Response:
    """Takes a correction back."""
    form = await form_of(request)
    number = _number(str(form.get("number", "")))
    library: Library = request.app.state.library
    await library.write(Corpus.withdraw, number)
    return _back(request, "")


def _person(value: object) -> str:
    name = " ".join(str(value or "").split())[:60]
    if not name:
        raise PolicyparseError("a correction needs a name — write who makes it")
    return name


def _note(value: object) -> str:
    return str(value or "").strip()[:500]


def _back(request: Request, by: str) -> Response:
    identity, clause = (quote(request.path_params[name], safe="") for name in ("identity", "clause"))
    response = RedirectResponse(f"/documents/{identity}/{clause}?saved", 303)
    if by:
        response.set_cookie(WHO, quote(by), max_age=31536000, httponly=True, samesite="strict")
    return response
