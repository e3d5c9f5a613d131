"""The audit trail: who decided, listened, looked and took away what."""

from __future__ import annotations

from speechcx.ask.compliance import list_trail
from speechcx.present.flags import present_trail
from speechcx.web.visit import Part, Reply, Visit

SHOWN = 200


def show_trail(visit: Visit) -> Reply:
    """The newest rows, of all calls or of one."""
    call_id = visit.first("call")
    limit = SHOWN if visit.format == "html" else 100_000
    rows = list_trail(visit.store, call=call_id or None)
    answer = present_trail(rows, limit=limit)
    shown = {
        "title": "Audit trail",
        "lead": f"Call {call_id}."
        if call_id
        else "Rows are added, never changed: `speechcx audit --verify`.",
        "parts": [Part("", answer.blocks)],
        "data": True,
    }
    return Reply("page.html", shown, answer)
