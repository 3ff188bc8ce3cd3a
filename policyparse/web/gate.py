"""The gate that every request passes: who may come in, what may be sent, and what the browser is told to refuse.

In: requests. Out: the same with a session, or a refusal; answers with protecting headers. Touches: nothing.

- Host must name this page (against DNS rebinding), see Settings.answers_to.
- With a token, the visitor shows it once (?token=…, a form, or `Authorization: Bearer`), then a cookie does.
- What changes something must come from this page: Origin and Sec-Fetch-Site say so, and the form holds a mark made
  from the visitor's session (HMAC, OWASP's signed double submit). `form_of` is the only way to a form's fields.
- The browser runs no script, shows no style and loads nothing but from here; nobody may put the page in a frame.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policyparse.web.settings import Settings

#: A form without files: a pasted draft of a million characters, percent-encoded, with room.
FORM_LIMIT = 16 * 1024 * 1024

#: A draft with its form; a longer one is a book.
DRAFT_LIMIT = 32 * 1024 * 1024

#: Fields of a form, and files of an upload; Starlette refuses more.
MOST_FIELDS, MOST_FILES = 1_000, 2_000

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # not no-referrer: with it browsers send `Origin: null` with our own forms, and the check below needs Origin
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}

_SAFE = ("GET", "HEAD")
_ENTER = "/enter"


class Gate:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.session_cookie = f"policyparse-session-{settings.port}"
        self.token_cookie = f"policyparse-token-{settings.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = _cookies(headers)
        session = cookies.get(self.session_cookie, "")
        fresh = not _is_session(session)
        if fresh:
            session = secrets.token_hex(16)
        scope.setdefault("state", {}).update(session=session, mark=self._mark(session), settings=self.settings)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
                out.setdefault("cache-control", "no-store")
                if fresh:
                    out.append("set-cookie", _cookie(self.session_cookie, session))
            await send(message)

        refusal = self._refusal(scope, headers, cookies)
        if refusal is not None:
            await refusal(scope, receive, answer)
            return
        if scope["method"] in _SAFE:
            await self.app(scope, receive, answer)
            return
        await self.app(scope, _limited(receive, self._limit(scope["path"])), answer)

    def _limit(self, path: str) -> int:
        """How many bytes may be sent to a path."""
        return {"/imports/upload": self.settings.upload_limit, "/precedents": DRAFT_LIMIT}.get(path, FORM_LIMIT)

    def _refusal(self, scope: Scope, headers: Headers, cookies: dict[str, str]) -> ASGIApp | None:
        host = headers.get("host", "")
        if not self.settings.answers_to(_host_name(host)):
            return _plain(421, "This page does not go by that name.", "本页面不以这个名称提供服务。")
        method = scope["method"]
        if method not in _SAFE:
            if not _own(headers, host):
                return _plain(403, "This request came from another page.", "请求来自其他页面，已拒绝。")
            length = headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > self._limit(scope["path"]):
                return _plain(413, "That is more than this page takes.", "内容太大，超出本页面的限度。")
        if self.settings.token is None:
            return None
        return self._without_token(scope, headers, cookies)

    def _without_token(self, scope: Scope, headers: Headers, cookies: dict[str, str]) -> ASGIApp | None:
        """What a visitor gets who has not shown the token; None for one who has."""
        token = self.settings.token or ""
        bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
        proof = self._proof()
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        shown = next((value for name, value in query if name == "token"), None)
        if shown is not None and _same(shown, token) and scope["method"] in _SAFE:
            rest = urlencode([(name, value) for name, value in query if name != "token"])
            target = _local(scope["path"]) + (f"?{rest}" if rest else "")
            return RedirectResponse(target, 303, {"set-cookie": _cookie(self.token_cookie, proof)})
        if _same(cookies.get(self.token_cookie, ""), proof) or _same(bearer, token):
            return None
        if scope["path"] == _ENTER and scope["method"] == "POST":
            return self._enter
        if scope["path"].startswith("/static/"):
            return None
        return _door

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await Request(scope, _limited(receive, 4096)).body()
        except (_TooMuch, ClientDisconnect):
            body = b""  # no token is so long
        fields = dict(parse_qsl(body.decode("utf-8", "replace")))
        if _same(fields.get("token", "").strip(), self.settings.token or ""):
            response: Response = RedirectResponse("/", 303)
            response.headers.append("set-cookie", _cookie(self.token_cookie, self._proof()))
        else:
            response = HTMLResponse(_DOOR.replace("<!-- -->", _WRONG), 401)
        await response(scope, receive, send)

    def _proof(self) -> str:
        """What the cookie holds in the token's place, so that the cookie's file does not hold the token."""
        return hmac.new(self.settings.secret, f"token {self.settings.token}".encode(), hashlib.sha256).hexdigest()

    def _mark(self, session: str) -> str:
        return hmac.new(self.settings.secret, f"form {session}".encode(), hashlib.sha256).hexdigest()


async def form_of(request: Request) -> FormData:
    """A form's fields and files. Raises HTTPException 403 where its mark is not this visitor's, 413 for too much."""
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=FORM_LIMIT)
    except _TooMuch:
        raise HTTPException(413) from None
    except ClientDisconnect:
        raise HTTPException(400) from None  # nobody hears it; no traceback either
    mark = form.get("mark")
    if not isinstance(mark, str) or not _same(mark, request.state.mark):
        await form.close()
        raise HTTPException(403)
    return form


class _TooMuch(Exception):
    pass


def _limited(receive: Receive, limit: int) -> Receive:
    """`receive` that stops after `limit` bytes, for a body that does not say its length."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _TooMuch
        return message

    return counted


def _own(headers: Headers, host: str) -> bool:
    """Whether a request that changes something was made by our own page (or by a program, which sends no Origin)."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == host.lower()


def _host_name(host: str) -> str:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
    return name.strip("[]")


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except Exception:  # a cookie that cannot be read is none
        return {}


def _cookie(name: str, value: str) -> str:
    # not Strict: a link in a mail or an office's own site would come without, ask for the token again and take a new
    # session for the old one, whose drafts and open forms were lost. What changes something needs a mark besides.
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax"


def _is_session(value: str) -> bool:
    return len(value) == 32 and all(sign in "0123456789abcdef" for sign in value)


def _same(one: str, other: str) -> bool:
    return bool(other) and hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _local(path: str) -> str:
    """A (decoded) path on this page: `//elsewhere` would be another machine."""
    return "/" + quote(path.replace("\\", "/").lstrip("/"))


def _plain(status: int, english: str, chinese: str) -> ASGIApp:
    return PlainTextResponse(f"{chinese}\n{english}\n", status)


_WRONG = '<p role="alert">口令不对。That is not the token.</p>'
_DOOR = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>policyparse</title><link rel="stylesheet" href="/static/style.css">
<main id="main" class="door"><h1>policyparse</h1>
<p>启动时屏幕上印出的链接里有口令，请打开那个链接，或把口令填在这里。<br>
The link that was printed at the start holds a token: open that link, or write the token here.</p><!-- -->
<form method="post" action="/enter"><label for="token">口令 · token</label>
<input id="token" name="token" type="password" autocomplete="off" required autofocus>
<button>进入 · enter</button></form></main></html>
"""


async def _door(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"].startswith("/api/"):
        response: Response = PlainTextResponse("a token is needed: Authorization: Bearer …\n", 401)
        response.headers["www-authenticate"] = "Bearer"
    else:
        response = HTMLResponse(_DOOR, 401)
    await response(scope, receive, send)
