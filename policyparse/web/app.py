"""The application: which address is answered by which page, and what an error looks like.

In: Settings. Out: an ASGI application, for uvicorn or a test. Touches: through the pages.

gate.py (who may come in) → here → a page (search_page.py, document_page.py, …) → library.py (a corpus) → pages.py (HTML)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast
from urllib.parse import quote, unquote, urlsplit

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from policyparse.passing import PolicyparseError
from policyparse.web import api, compare_page, document_page, import_page, precedent_page, search_page
from policyparse.web.drafts import Drafts
from policyparse.web.gate import HEADERS, Gate
from policyparse.web.language import COOKIE, LANGUAGES, language_of, sayer
from policyparse.web.library import Library
from policyparse.web.pages import STATIC, page
from policyparse.web.running import Running
from policyparse.web.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The page for one corpus."""
    library, drafts = Library(settings), Drafts()
    running = Running(settings, library.learn)

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        library.learn()
        yield
        running.close()
        drafts.close()
        library.close()

    app = FastAPI(
        title="policyparse",
        version="1",
        # Swagger's page loads its scripts from elsewhere; api.html shows the same
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=living,
    )
    app.state.library, app.state.settings, app.state.running, app.state.drafts = library, settings, running, drafts
    app.mount("/static", _Static(directory=STATIC), name="static")
    app.include_router(api.router, prefix="/api/v1")
    app.router.routes.extend(_routes())
    app.add_exception_handler(PolicyparseError, _sentence)
    app.add_exception_handler(HTTPException, _status)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _fault)
    app.add_middleware(Gate, settings=settings)
    return app


def _routes() -> list[Route]:
    """Every page: all that a browser may ask for besides the static files and /api."""
    read, study = partial(_endpoint, Library.read), partial(_endpoint, Library.study)
    return [
        Route("/", read(search_page.render)),
        Route("/search.{format:str}", read(search_page.download, "format")),
        Route("/language", _language),
        Route("/help", _help),
        *document_page.routes(read, partial(_endpoint, _learned_or_not)),
        *compare_page.routes(study),
        *precedent_page.routes(partial(_endpoint, _learned), study),
        *import_page.routes(study),
        Route("/api/v1/", api.docs),
    ]


async def _learned(library: Library, function: Callable[..., Response], request: Request, *values: Any) -> Response:
    """`Library.study` for what needs precedents; the empty box does not."""
    if request.path_params or request.query_params:
        await library.need_learned()
    return await library.study(function, request, *values)


async def _learned_or_not(
    library: Library, function: Callable[..., Response], request: Request, *values: Any
) -> Response:
    """The same for what can do without: `request.state.learned` says whether there are precedents."""
    request.state.learned = library.learned.is_set()
    return await (library.study if request.state.learned else library.read)(function, request, *values)


def _endpoint(way: Callable[..., Any], function: Callable[..., Response], *names: str) -> Callable[[Request], Any]:
    """An endpoint that calls `function(corpus, request, *path parameters)` the `way` of the library's."""

    async def endpoint(request: Request) -> Response:
        values = (request.path_params[name] for name in names)
        return cast(Response, await way(request.app.state.library, function, request, *values))

    return endpoint


class _Static(StaticFiles):
    """Static files, whose addresses change with their content (pages.static_link), are kept by browsers for a year."""

    def file_response(self, *args: Any, **rest: Any) -> Response:
        response = super().file_response(*args, **rest)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


async def _language(request: Request) -> Response:
    """Chooses the language, and goes back to where the reader was."""
    wanted = request.query_params.get("to", "")
    back = request.query_params.get("back", "/")
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = "/"
    response = RedirectResponse(back, 303)
    if wanted in LANGUAGES:
        response.set_cookie(COOKIE, wanted, max_age=31536000, httponly=True, samesite="strict")
    return response


async def _help(request: Request) -> Response:
    return page(request, "help")


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


async def _sentence(request: Request, error: Exception) -> Response:
    """A mistake that the rooms below have put into one sentence."""
    if _is_api(request):
        return JSONResponse({"error": str(error)}, 400)
    settings: Settings = request.app.state.settings
    if request.method == "GET" and not (settings.corpus / "corpus.json").exists():
        return RedirectResponse("/imports", 303)  # where a corpus begins
    say = sayer(language_of(request))
    return page(
        request, "message", 400, heading=say("That did not work", "没有办成"), sentence=str(error), back=_back(request)
    )


async def _status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    say = sayer(language_of(request))
    sentences = {
        403: say(
            "This form is not from this page, or has been open since before the page was started anew. Go back, reload it and send it again.",
            "表单不是本页面的，或者在本页面重新启动之前就打开了。请返回、刷新后再提交。",
        ),
        404: say("There is nothing at this address.", "这个网址下没有内容。"),
        405: say("This address is not meant to be called so.", "这个网址不接受这种请求。"),
        413: say("That is more than this page takes.", "内容太大，超出本页面的限度。"),
    }
    if _is_api(request):
        return JSONResponse({"error": str(error.detail)}, error.status_code)
    if error.detail == "draft":
        sentences[404] = say(
            "This draft is no longer kept, or is another visitor's. Paste or choose it again.",
            "这份草稿已不再保留，或者不是您贴的。请重新贴上或选择文件。",
        )
    sentence = sentences.get(error.status_code, str(error.detail))
    heading = say("Not here", "没有这一页") if error.status_code == 404 else say("That did not work", "没有办成")
    return page(request, "message", error.status_code, heading=heading, sentence=sentence, back=_back(request))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return JSONResponse({"error": f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}"}, 422)


async def _fault(request: Request, error: Exception) -> Response:
    """A fault of ours: the traceback is printed where the page was started, and the visitor gets a sentence."""
    say = sayer(language_of(request))
    sentence = say(
        f"policyparse failed here ({type(error).__name__}); please report it.",
        f"程序在这里出错（{type(error).__name__}），请报告。",
    )
    response: Response
    if _is_api(request):
        response = JSONResponse({"error": sentence}, 500)
    else:
        heading = say("That did not work", "没有办成")
        response = page(request, "message", 500, heading=heading, sentence=sentence, back="/")
    # Starlette gives this answer outside of every middleware, so outside of the gate
    response.headers.update({**HEADERS, "cache-control": "no-store"})
    return response


def _back(request: Request) -> str:
    """Where one goes on: the page of the form that was sent, the room of the question that has no answer."""
    if request.method in ("GET", "HEAD"):
        there, question = (request.url.path if request.url.query else "/"), ""
    else:
        came = urlsplit(request.headers.get("referer", ""))
        there, question = (came.path, came.query) if came.netloc == request.url.netloc else ("/", "")
    return "/" + quote(unquote(there).lstrip("/\\")) + (f"?{question}" if question else "")
