"""The audit trail: who decided, listened, looked and took away what."""

from __future__ import annotations

from dataclasses import replace

from speechcx.ask.compliance import count_trail, list_trail
from speechcx.errors import UsageError
from speechcx.present.flags import present_trail
from speechcx.present.table import Table
from speechcx.store.decisions.audit import ACTIONS
from speechcx.web.visit import NotThere, Part, Reply, Visit

SHOWN, MOST = 100, 5000


def show_trail(visit: Visit) -> Reply:
    """Rows of all calls or of one, the newest first on the page, oldest first for programs."""
    call, action = visit.first("call") or None, visit.first("action") or None
    limit = visit.number("limit", SHOWN if visit.format == "html" else MOST, low=1, high=MOST)
    offset = visit.number("offset", 0, high=100_000_000)
    try:
        total = count_trail(visit.store, call=call, action=action)
        rows = list_trail(visit.store, call=call, action=action, limit=limit, offset=offset)
    except UsageError:
        raise NotThere from None
    answer = present_trail(rows, total=total)
    newest = [replace(one, rows=one.rows[::-1], cut="") for one in answer.blocks if isinstance(one, Table)]
    place = f"{offset + 1} to {offset + len(rows)} of {total} rows" if rows else f"{total} rows"
    shown = {
        "title": "Audit trail",
        "lead": f"{f'Call {call}: ' if call else ''}{place}, newest first. Rows are added, never changed.",
        "parts": [Part("", tuple(newest))],
        "data": True,
        "actions": ACTIONS,
        "pages": _list_pages(visit, offset, limit, total),
    }
    return Reply("page.html", shown, answer)


def _list_pages(visit: Visit, offset: int, limit: int, total: int) -> list[tuple[str, str]]:
    """(address, name) of the rows before and after."""
    kept = [pair for pair in visit.asked if pair[0] != "offset"]
    places = (
        (offset - limit, "Newer rows", offset > 0),
        (offset + limit, "Older rows", offset + limit < total),
    )
    return [
        (visit.link("/trail", [*kept, ("offset", str(max(0, at)))]), name)
        for at, name, is_there in places
        if is_there
    ]
