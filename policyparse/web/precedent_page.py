"""先例、核稿: paste a clause or upload a draft; how others wrote it, and what is left over in it.

In: a clause's text, the id of a clause of the corpus, a draft. Out: pages, Word files. Touches: reads the corpus; drafts
are forgotten after some hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from policyparse import guard, precedents
from policyparse.corpus import Corpus
from policyparse.corpus.passages import path_of
from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.precedents.word import write_word
from policyparse.web.downloads import TYPES, saved
from policyparse.web.drafts import Draft, Drafts
from policyparse.web.gate import form_of
from policyparse.web.language import language_of
from policyparse.web.pages import address, page

#: A pasted clause no longer than this stands in the address, so that it can be kept as a link; a longer text is a draft.
LINKED = 400
LONGEST_TEXT = 2_000_000
PER_PAGE = 15
LIMIT = 8
#: Finding the precedents of a clause takes tens of milliseconds; the command line has no such limit.
MOST_IN_FILE = 100


def routes(learned: Callable[..., Any], study: Callable[..., Any]) -> list[Route]:
    """The addresses of this file."""
    return [
        Route("/precedents", learned(render), methods=["GET"]),
        Route("/precedents", bring, methods=["POST"]),
        Route("/precedents.docx", learned(answer_file)),
        Route("/drafts/{name}", learned(draft_page, "name")),
        Route("/drafts/{name}/precedents.docx", learned(draft_file, "name")),
        Route("/drafts/{name}/check", study(check_page, "name")),
        Route("/drafts/{name}/check.docx", study(commented, "name")),
    ]


def render(corpus: Corpus, request: Request) -> HTMLResponse:
    """The box; with a clause in the address, its precedents."""
    asked = _asked(corpus, request)
    return page(
        request, "precedents", text=asked.text, where=asked.where, answer=asked.answer, of=asked.of,
        word=address("/precedents.docx", list(request.query_params.multi_items())),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks: a clause's text, within which documents, of which clause of the corpus; and the answer."""

    text: str
    where: str
    of: tuple[str, str] | None
    answer: precedents.Answer | None


def _asked(corpus: Corpus, request: Request) -> Asked:
    text = request.query_params.get("text", "").strip()[:LONGEST_TEXT]
    where = request.query_params.get("where", "").strip()[:2000]
    identity = request.query_params.get("clause", "")[:80]
    if identity:
        document, clause = _of_corpus(corpus, identity)
        answer = precedents.find(corpus, clause.text, where=where, without=document.id, limit=LIMIT)
        return Asked(clause.text, where, (f"{document.id}#{clause.id}", document.title), answer)
    return Asked(text, where, None, precedents.find(corpus, text, where=where, limit=LIMIT) if text else None)


def answer_file(corpus: Corpus, request: Request) -> Response:
    """The precedents of one clause as a Word file."""
    asked = _asked(corpus, request)
    if asked.answer is None:
        raise HTTPException(404)
    return _word([asked.answer], "", request)


def draft_file(corpus: Corpus, request: Request, name: str) -> Response:
    """The precedents of a draft's first hundred clauses as a Word file."""
    draft = _draft(request, name)
    answers = (
        answer
        for document in draft.documents
        for answer in precedents.find_each(corpus, document, where=draft.where, limit=3)
    )
    return _word(islice(answers, MOST_IN_FILE), draft.documents[0].title, request)


def _word(answers: Iterable[precedents.Answer], title: str, request: Request) -> Response:
    chinese = language_of(request) == "zh"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "precedents.docx"
        write_word(answers, path, title=title, language="zh" if chinese else "en")
        data = path.read_bytes()
    return saved(data, "先例.docx" if chinese else "precedents.docx", TYPES["docx"])


def _of_corpus(corpus: Corpus, identity: str) -> tuple[Document, Any]:
    if not corpus.store.find(identity.partition("#")[0]):
        raise HTTPException(404)
    try:
        return corpus.clause(identity)
    except PolicyparseError:
        raise HTTPException(404) from None


async def bring(request: Request) -> Response:
    """Takes what a visitor pasted or uploaded, and leads to its page."""
    form = await form_of(request)
    check = form.get("do") == "check"
    where = str(form.get("where", "")).strip()[:2000]
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        name, data = _plain_name(file.filename), await file.read()
    else:
        text = str(form.get("text", "")).strip()
        if not text:
            raise PolicyparseError("nothing was pasted or chosen — paste a clause, or choose a file")
        if len(text) > LONGEST_TEXT:
            raise HTTPException(413)
        if not check and len(text) <= LINKED and "\n" not in text:
            return RedirectResponse(address("/precedents", {"text": text, "where": where}), 303)
        name = "草稿.txt" if language_of(request) == "zh" else "draft.txt"
        data = text.encode("utf-8", "replace")
    drafts: Drafts = request.app.state.drafts
    documents = await drafts.read(name, data)
    if not documents:
        raise PolicyparseError(f"{name}: no document was found in it — look at it by hand")
    key = drafts.keep(Draft(request.state.session, name, data, documents, where))
    return RedirectResponse(f"/drafts/{key}" + ("/check" if check else ""), 303)


def _plain_name(name: str) -> str:
    """The last part of an uploaded file's name; its ending helps to tell what it is."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[-120:] or "draft"


def _draft(request: Request, name: str) -> Draft:
    draft: Draft | None = request.app.state.drafts.get(name, request.state.session)
    if draft is None:
        raise HTTPException(404, "draft")
    return draft


def draft_page(corpus: Corpus, request: Request, name: str) -> HTMLResponse:
    """A draft clause by clause, each with its precedents."""
    draft = _draft(request, name)
    clauses = [(document, clause) for document in draft.documents for clause in document.clauses]
    last = max(1, -(-len(clauses) // PER_PAGE))
    asked = request.query_params.get("page", "1")
    at = min(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1, last) or 1
    answers = []
    for document, clause in clauses[(at - 1) * PER_PAGE : at * PER_PAGE]:
        found = precedents.find(corpus, clause.text, where=draft.where, without=document.id, limit=3)
        answers.append((clause, path_of(document, clause.section), found))
    return page(
        request, "draft", draft=draft, name=name, answers=answers, at=at, last=last, number=len(clauses), tab="precedents",
    )  # fmt: skip


def check_page(corpus: Corpus, request: Request, name: str) -> HTMLResponse:
    """What the guard finds in a draft."""
    draft = _draft(request, name)
    reports = reports_of(corpus, draft)
    shown = [
        (report, {level: [f for f in report.findings if f.level == level] for level in guard.LEVELS})
        for report in reports
    ]
    return page(
        request, "check", draft=draft, name=name, reports=shown, levels=guard.LEVELS, kinds=guard.KINDS, tab="check",
        remarks=list(dict.fromkeys(remark for report in reports for remark in report.remarks)),
        zh=language_of(request) == "zh",
    )  # fmt: skip


def reports_of(corpus: Corpus, draft: Draft) -> Sequence[guard.Report]:
    """The guard's report on each document of the draft."""
    return [guard.check(document, corpus, vocabulary=corpus.vocabulary) for document in draft.documents]


def commented(corpus: Corpus, request: Request, name: str) -> Response:
    """A Word copy of the draft with the findings as comments."""
    draft = _draft(request, name)
    language = "zh" if language_of(request) == "zh" else "en"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "checked.docx"
        guard.commented_copy(draft.name, reports_of(corpus, draft), path, language=language, data=draft.data)  # type: ignore[arg-type]
        data = path.read_bytes()
    return saved(data, f"{Path(draft.name).stem}-{'批注' if language == 'zh' else 'comments'}.docx", TYPES["docx"])
