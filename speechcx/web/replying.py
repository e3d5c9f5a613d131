"""From a request to a page and back: reads what was asked, runs the page in a thread, sends what it replies."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import logging
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from speechcx.errors import SpeechcxError, UsageError
from speechcx.present.table import Answer, write_csv
from speechcx.store import Store
from speechcx.web.access import Route, may_review, visible_to
from speechcx.web.gate import PERSON, TOKEN, Send, route_path
from speechcx.web.rendering import render
from speechcx.web.routes import find_route
from speechcx.web.visit import NotThere, Refused, Reply, Visit

if TYPE_CHECKING:
    from speechcx.web.accounts import Account
    from speechcx.web.site import Site

_LOG = logging.getLogger("speechcx.web")
_PIECE = 128 * 1024
_MOST_FIELDS = 1000
_FIRST_PAGES = ("/", "/rules", "/agents", "/why")
_READ_LATER = "The calls cannot be read now. Try again in a minute."
_SEND_AGAIN = (
    "Nothing was changed: another program holds the database."
    " Go back in your browser and send the form again in a minute."
)


async def answer(site: Site, request: Any, send: Send) -> None:
    """Answer one request."""
    scope = request.scope
    path = route_path(scope, site.prefix)
    sent = None
    if scope["method"] == "POST":
        sent = {str(name): str(value) for name, value in (await request.post_vars()).items()}
    hidden = scope["csrftoken"]()
    reply = await asyncio.to_thread(_answer, site, path, scope, sent, hidden)
    await _send(reply, send)


def _answer(
    site: Site, path: str, scope: Mapping[str, Any], sent: Mapping[str, str] | None, hidden: str
) -> Reply:
    """The reply of the page of a path, with the body made; everything that opens the database happens here."""
    route = find_route(path)
    account = scope[PERSON]
    # Asked a second time, so that no other way into Datasette passes the gate by.
    if route is None or not route.allows(account, scope["method"]):
        return _finish(None, Reply("error.html", {"message": "This is not for you."}, status=403))
    match = route.matches(path)
    asked = parse_qsl(
        scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
    )
    visit = Visit(
        site, account, scope[TOKEN], path, match.groupdict() if match else {}, asked, sent, _read_headers(scope),
        (scope.get("client") or ("unknown",))[0], hidden, None, scope.get("scheme") == "https",
    )  # fmt: skip
    try:
        with nullcontext() if account is None else _open_store(site, account, route) as store:
            seen = replace(visit, store_=store)
            return _finish(seen, _ask(seen, route))
    except NotThere as error:
        return _finish(visit, _trouble(str(error) or "There is nothing here that you may see.", 404))
    except Refused as error:
        return _finish(visit, _trouble(str(error), 400))
    except UsageError as error:
        return _finish(visit, _trouble(_say(visit, error), 400))
    except (SpeechcxError, sqlite3.Error) as error:
        _LOG.warning("%s: %s", path, type(error).__name__)
        return _finish(visit, _trouble(_READ_LATER if sent is None else _SEND_AGAIN, 503))


def _open_store(site: Site, account: Account, route: Route) -> AbstractContextManager[Store]:
    """The calls that somebody may see now."""
    is_blind = may_review(account) and not route.shows_open_reviews
    return site.readers.lend(visible_to(account), reviewer=account.name if is_blind else None)


def _ask(visit: Visit, route: Route) -> Reply:
    """The reply of a page; one that takes long may be the one that somebody who sees the same got a while ago."""
    if visit.sent is not None:
        reply = route.page(visit)
        if reply.is_change:
            visit.site.kept.forget_decisions()
        return reply
    if not route.is_kept or visit.format != "html":
        return route.page(visit)
    return visit.site.kept.get(
        (visit.path, tuple(visit.asked), visit.sight),
        lambda: route.page(visit),
        renew=lambda: _renew(visit, route),
        shows_decisions=route.shows_decisions,
    )


def prepare_pages(site: Site, is_over: Callable[[], bool] = lambda: False) -> None:
    """Work out the first pages of everybody who may sign in and has not looked yet, those who see all calls first.

    `is_over` is asked between two pages. What cannot be read now is left to those who ask for it.
    """
    people = {
        (account.role, visible_to(account)): account
        for account in site.accounts.read()
        if not account.is_disabled
    }
    ordered = sorted(people.items(), key=lambda pair: pair[0][1] is not None)
    for path, (_, account) in itertools.product(_FIRST_PAGES, ordered):
        route = find_route(path)
        if is_over():
            return
        if route is None or not route.allows(account, "GET"):
            continue
        try:
            with _open_store(site, account, route) as store:
                _ask(Visit(site, account, "", path, {}, [], None, {}, "", "", store, False), route)
        except (NotThere, Refused, SpeechcxError, sqlite3.Error) as error:
            _LOG.info("%s was not prepared: %s", path, type(error).__name__)


def _renew(visit: Visit, route: Route) -> Reply:
    """The reply of a page when the request that asked for it is over."""
    with _open_store(visit.site, visit.person, route) as store:
        again = replace(visit, store_=store)
        if again.sight != visit.sight:
            raise NotThere
        return route.page(again)


def _trouble(message: str, status: int) -> Reply:
    return Reply("error.html", {"message": message}, status=status)


def _say(visit: Visit, error: UsageError) -> str:
    """What was wrong; what to do instead is left out, since it may name what this person may not see."""
    return str(error) if visit.account is not None and visit.sees_all else error.found


def _finish(visit: Visit | None, reply: Reply) -> Reply:
    """The reply with its body."""
    if reply.file is not None or reply.to or (visit is None and not reply.template):
        return reply
    if visit is not None and visit.format != "html" and reply.answer is not None:
        return _as_data(visit, reply.answer)
    if visit is not None and visit.format != "html" and reply.status == 200:
        return _trouble_text("There is no such form of this page.", 404)
    if visit is None or visit.format != "html":
        return _trouble_text(str(reply.shown.get("message", "")), reply.status)
    body = render(visit, reply).encode("utf-8", "replace")
    return Reply(
        status=reply.status, file=io.BytesIO(body), length=len(body), content_type=reply.content_type,
        headers=reply.headers,
    )  # fmt: skip


def _trouble_text(message: str, status: int) -> Reply:
    body = message.encode()
    return Reply(
        status=status, file=io.BytesIO(body), length=len(body), content_type="text/plain; charset=utf-8"
    )


def _as_data(visit: Visit, found: Answer) -> Reply:
    """JSON or CSV for programs; who takes data away stands in the audit trail."""
    name = Path(visit.path).stem or "speechcx"
    if visit.format == "json":
        text = json.dumps(found.document(), ensure_ascii=False, separators=(",", ":"))
        kind = "application/json; charset=utf-8"
    elif found.table is None:
        return _trouble_text("There is no table here.", 404)
    else:
        held = io.StringIO()
        write_csv(found.table, held)
        text, kind = held.getvalue(), "text/csv; charset=utf-8"
    body = text.encode("utf-8", "replace")
    asked = "&".join(f"{key}={visit.typed(value)}" for key, value in visit.asked)
    call_id = visit.parts.get("call_id")
    visit.note("export", call_id, page=visit.path, asked=asked[:1000])
    sent = ("content-disposition", f'attachment; filename="{name}.{visit.format}"')
    return Reply(file=io.BytesIO(body), length=len(body), content_type=kind, headers=(sent,))


def _read_headers(scope: Mapping[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def _send(reply: Reply, send: Send) -> None:
    headers = [("content-type", reply.content_type), ("content-length", str(reply.length)), *reply.headers]
    if reply.to:
        headers = [("location", reply.to), ("content-length", "0"), *reply.headers]
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    status = 303 if reply.to else reply.status
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    left = 0 if reply.to else reply.length
    try:
        while left > 0 and reply.file is not None:
            piece = await asyncio.to_thread(reply.file.read, min(_PIECE, left))
            if not piece:
                break
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
        if left > 0 or reply.to or not reply.length:
            await send({"type": "http.response.body", "body": b""})
    finally:
        if reply.file is not None:
            reply.file.close()
