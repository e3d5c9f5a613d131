"""The gate before every request: who asks, whether they may, and the headers of every answer.

What no route of ours matches is Datasette's own, and for admins only: a page that somebody adds is closed until a
rule opens it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from speechcx.web.access import ADMINS
from speechcx.web.routes import find_route
from speechcx.web.sessions import COOKIE

if TYPE_CHECKING:
    from speechcx.web.accounts import Account
    from speechcx.web.site import Site

AsgiScope = MutableMapping[str, Any]
AsgiMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[AsgiMessage]]
Send = Callable[[AsgiMessage], Awaitable[None]]
App = Callable[[AsgiScope, Receive, Send], Awaitable[None]]

PERSON = "speechcx_person"
TOKEN = "speechcx_token"
SAFE_METHODS = ("GET", "HEAD")
LONGEST_BODY = 1_000_000
"""Bytes of a form."""

_OUR_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"private, no-store",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
}


def guard(app: App, site: Site) -> App:
    """An application behind the gate of a site."""

    async def gated(scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                return
            await app(scope, receive, send)
            return
        path, method = route_path(scope, site.prefix), scope["method"]
        token = read_cookie(scope)
        account = site.find_person(token)
        route = find_route(path)
        out = _with_headers(send, method, is_ours=route is not None)
        refusal = _refuse(scope, account, path)
        if refusal is not None:
            await _say_no(out, scope, refusal, site)
            return
        # A request may claim to be anybody: what another layer put there does not count.
        inner = {**scope, PERSON: account, TOKEN: token if account else "", "actor": None}
        await app(inner, receive, out)

    return gated


def route_path(scope: AsgiScope, prefix: str) -> str:
    """The path as Datasette's router reads it: not decoded, without query and prefix."""
    raw: bytes | None = scope.get("raw_path")
    path = str(scope["path"]) if not raw else raw.decode("ascii", "replace")
    path = path.partition("?")[0]
    if prefix and path.startswith(f"{prefix}/"):
        path = path[len(prefix) :]
    return path


def read_cookie(scope: AsgiScope) -> str:
    """The session token of a request; empty without one."""
    for name, value in scope["headers"]:
        if name.lower() == b"cookie":
            try:
                held = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            if COOKIE in held:
                return held[COOKIE].value
    return ""


def _refuse(scope: AsgiScope, account: Account | None, path: str) -> int | None:
    """The status to refuse a request with; None where it may pass."""
    method, route = scope["method"], find_route(path)
    if method not in (*SAFE_METHODS, "POST"):
        return 405
    if method == "POST" and (not _is_same_origin(scope) or _is_long(scope)):
        return 403
    if route is None:
        if account is None:
            return 401
        # Datasette's own pages change nothing of ours; reading them is for admins.
        return None if account.role in ADMINS and method in SAFE_METHODS else 403
    if route.allows(account, method):
        return None
    return 401 if account is None else 403


def _is_same_origin(scope: AsgiScope) -> bool:
    """Whether a form was sent by one of our own pages, as far as the browser tells; the hidden mark is asked too."""
    headers: dict[bytes, str] = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get(b"origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == headers.get(b"x-forwarded-host", headers.get(b"host", ""))


def _is_browser(scope: AsgiScope) -> bool:
    """Whether a person waits for a page."""
    headers: dict[bytes, bytes] = {name.lower(): value for name, value in scope["headers"]}
    return b"text/html" in headers.get(b"accept", b"")


def _is_long(scope: AsgiScope) -> bool:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    length = headers.get(b"content-length", b"0")
    return not length.isdigit() or int(length) > LONGEST_BODY


def _with_headers(send: Send, method: str, *, is_ours: bool) -> Send:
    async def out(message: AsgiMessage) -> None:
        if message["type"] == "http.response.start":
            policy = _OUR_POLICY if is_ours else _datasette_policy()
            fixed = {**_HEADERS, b"content-security-policy": policy.encode()}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in fixed]
            message = {**message, "headers": [*kept, *fixed.items()]}
        elif method == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return out


@lru_cache(maxsize=1)
def _datasette_policy() -> str:
    """Our policy, and besides the scripts that Datasette's own templates carry, by their hash."""
    hashes = " ".join(f"'sha256-{one}'" for one in _hash_scripts(_read_templates()))
    return _OUR_POLICY.replace("script-src 'self'", f"script-src 'self' {hashes}").replace(
        "style-src 'self'", "style-src 'self' 'unsafe-inline'"
    )


def _read_templates() -> Iterable[str]:
    folder = resources.files("datasette") / "templates"
    return [one.read_text(encoding="utf-8") for one in folder.iterdir() if one.name.endswith(".html")]


def _hash_scripts(templates: Iterable[str]) -> list[str]:
    scripts = {
        text
        for template in templates
        for text in re.findall(r"<script>(.*?)</script>", template, re.S)
        if "{{" not in text and "{%" not in text
    }
    return sorted(base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)


async def _say_no(send: Send, scope: AsgiScope, status: int, site: Site) -> None:
    """Refuse: people who are not signed in are led to the sign-in page, programs get the status alone."""
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    path = route_path(scope, site.prefix)
    body = {401: "Please sign in.", 403: "This is not for you.", 405: "This cannot be done here."}[status]
    is_form = scope["method"] == "POST" and _is_browser(scope)
    is_page = (scope["method"] in SAFE_METHODS or is_form) and "." not in path and not path.endswith("/audio")
    if status == 401 and is_page:
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = quote(path + (f"?{query}" if query else ""), safe="")
        # Who sends a form without a session had one when the form was opened.
        ended = "&ended=yes" if is_form else ""
        status, headers = 303, [(b"location", f"{site.prefix}/login?next={wanted}{ended}".encode("latin-1"))]
        body = ""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
