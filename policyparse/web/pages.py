"""A page: a template filled in its reader's language.

In: a request, a template's name, its values. Out: an HTML response. Touches: the templates and the static files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from policyparse.web.language import LANGUAGES, label, language_of, named, sayer
from policyparse.web.sentences import in_language

HERE = Path(__file__).parent
STATIC = HERE / "static"

#: The rooms of the page, in the order of the menu: address, English, Chinese.
MENU = (
    ("/", "Search", "检索"),
    ("/documents", "Documents", "文件"),
    ("/precedents", "Precedents", "先例"),
    ("/compare", "Compare", "比较"),
    ("/imports", "Imports", "导入"),
)


#: A sentence of the page's own, in both languages.
_SAID = re.compile(r"\{\{ say\('((?:[^'\\]|\\.)*)', '((?:[^'\\]|\\.)*)'\) \}\}")


class _Loader(FileSystemLoader):
    """Templates in which the page's own sentences are in one language already: most of what a page says."""

    def __init__(self, language: str) -> None:
        super().__init__(HERE / "templates")
        self._say = sayer(language)

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, uptodate = super().get_source(environment, template)
        return _SAID.sub(self._said, source), path, uptodate

    def _said(self, found: re.Match[str]) -> str:
        return str(escape(re.sub(r"\\(.)", r"\1", self._say(found[1], found[2]))))


@lru_cache(maxsize=len(LANGUAGES))
def environment(language: str) -> Environment:
    """The templates in a language, compiled once; every value is escaped."""
    made = Environment(
        loader=_Loader(language),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        menu=MENU,
        clause_link=clause_link,
        document_link=document_link,
        tag_link=tag_link,
        address=address,
        static=static_link,
    )
    made.filters.update(
        number=lambda value: f"{value:,}", place=place_name, percent=lambda value: f"{value:.0%}", clock=clock
    )
    return made


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The template `template` (without .html) with `values`, for this reader."""
    language = language_of(request)
    html = environment(language).get_template(f"{template}.html").render(
        say=sayer(language),
        language=language,
        named=partial(named, language=language),
        label=partial(label, language=language),
        plain=partial(in_language, language=language),
        mark=request.state.mark,
        here=request.url.path,
        here_whole=_whole(request),
        **values,
    )  # fmt: skip
    return HTMLResponse(html, status)


def _whole(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def address(path: str, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> str:
    """A link to `path`; values that are lists stand there once each, empty ones not at all."""
    pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
    flat = [
        (name, each)
        for name, value in pairs
        for each in (value if isinstance(value, (list, tuple)) else (value,))
        if each not in (None, "", False)
    ]
    return path + ("?" + "&".join(f"{name}={_quoted(str(each))}" for name, each in flat) if flat else "")


#: A page of results has a hundred links, most of whose values come again and again.
_quoted = lru_cache(maxsize=4096)(quote_plus)


@lru_cache(maxsize=256)
def tag_link(tag: str) -> str:
    """The search for all clauses with a tag."""
    return address("/", {"tag": tag})


def document_link(identity: str) -> str:
    return f"/documents/{quote(identity, safe='')}"


def clause_link(identity: str | None) -> str:
    """Where the clause `document#c7` stands in its document; of a document's id, the document."""
    document, mark, clause = (identity or "").partition("#")
    return document_link(document) + (f"#{quote(clause, safe='')}" if mark else "")


def place_name(path: str | None) -> str:
    """广东省/佛山市/顺德区 as it is read."""
    return (path or "").replace("/", " ")


def clock(moment: str | None) -> str:
    """A moment of the corpus (ISO 8601, UTC) as this machine's clock showed it, to the minute."""
    try:
        return datetime.fromisoformat(moment or "").astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return moment or ""


@lru_cache(maxsize=16)
def static_link(name: str) -> str:
    """A static file under a name that changes with its content, so that browsers may keep it."""
    return f"/static/{name}?{sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"
