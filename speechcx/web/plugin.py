"""The plugin of Datasette: our routes in front of its own, its own pages for admins, everything behind the gate.

Only hooks that the stable release and the coming one share. Does nothing in a Datasette that is none of ours.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from typing import Any

from datasette import Response, hookimpl

from speechcx.web.gate import PERSON, App, Send, guard
from speechcx.web.replying import answer
from speechcx.web.routes import ROUTES

ATTRIBUTE = "speechcx_site"
"""Where a Datasette carries its site; one without it is none of ours and left alone by the plugin."""

_LOG = logging.getLogger("speechcx.web")


@hookimpl(tryfirst=True)
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Our routes."""
    if getattr(datasette, ATTRIBUTE, None) is None:
        return []
    return [(rf"{route.path}\Z", _view) for route in ROUTES]


async def _view(request: Any, datasette: Any, send: Send) -> None:
    await answer(getattr(datasette, ATTRIBUTE), request, send)


@hookimpl(tryfirst=True)
def actor_from_request(datasette: Any, request: Any) -> dict[str, str] | None:
    """Who asks, for Datasette's own pages."""
    account = request.scope.get(PERSON)
    return None if account is None else {"id": account.name, "role": account.role}


@hookimpl(hookwrapper=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Iterator[None]:
    """Answer errors alone: what Datasette answers them with prints every variable, among them words of calls."""
    outcome: Any = yield
    if getattr(datasette, ATTRIBUTE, None) is None:
        return
    status = getattr(exception, "status", 500)
    if status >= 500:
        trace = exception if os.environ.get("SPEECHCX_DEBUG") else None
        _LOG.error("%s failed: %s", request.path, type(exception).__name__, exc_info=trace)
    message = {404: "There is nothing here."}.get(status, "This cannot be shown.")
    outcome.force_result([Response.text(message, status=status)])


@hookimpl(trylast=True)
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Put the gate around everything."""
    site = getattr(datasette, ATTRIBUTE, None)
    return (lambda app: app) if site is None else (lambda app: guard(app, site))
