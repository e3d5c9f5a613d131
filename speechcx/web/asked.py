"""Which calls an address asks for: the same filters as the commands have, as fields of the query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from speechcx.ask.ground import read_period
from speechcx.ask.runs import read_last_day
from speechcx.store import CallFilter
from speechcx.web.visit import Refused

if TYPE_CHECKING:
    from speechcx.web.visit import Visit

NAMES = ("agent", "team", "center", "queue", "direction", "customer")
USUAL_DAYS = 7


def read_filters(visit: Visit) -> CallFilter:
    """The calls an address asks for; all of those that this person may see without any filter.

    Raises
    ------
    Refused
        A day or period cannot be read.
    """
    period = visit.first("period").strip()
    since, until = _read_day(visit, "since"), _read_day(visit, "until")
    if period:
        found = read_period(period, flag="period")
        since, until = found.since, found.until
    if since and until and since > until:
        raise Refused(f"The first day, {since}, is after the last day, {until}.")
    named = {name: tuple(value[:500] for value in visit.every(name)) for name in NAMES}
    flagged = {"yes": True, "no": False}.get(visit.first("flagged"))
    results = tuple((rule[:200], "present") for rule in visit.every("driver"))
    return CallFilter(since=since, until=until, flagged=flagged, results=results, **named)  # type: ignore[arg-type]


_TOLD = {
    "period": "{}", "since": "from {}", "until": "to {}", "team": "team {}", "agent": "agent {}", "queue": "queue {}",
    "center": "centre {}", "customer": "customer {}", "direction": "{}", "driver": "about {}",
    "party": "said by the {}", "label": "{} feeling", "silence": "silences from {} s", "rule": "rule {}",
    "result": "{}", "severity": "{}", "owner": "owner {}", "status": "{}",
}  # fmt: skip


def tell_filters(visit: Visit, besides: Sequence[str] = ()) -> str:
    """What an address asks for, in words; empty for all calls. Names in `besides` are told elsewhere."""
    parts = [
        form.format(value[:80]) for name, form in _TOLD.items() if name not in besides for value in visit.every(name)
    ]  # fmt: skip
    parts += {"yes": ["flagged"], "no": ["not flagged"]}.get(visit.first("flagged"), [])
    return ", ".join(parts)


def with_usual_days(visit: Visit, filters: CallFilter, days: int = USUAL_DAYS) -> CallFilter:
    """The filter with the newest days on which there are calls, where no day was asked for."""
    if filters.since is not None or filters.until is not None:
        return filters
    last_day = read_last_day(visit.store)
    if last_day is None:
        return filters
    last = date.fromisoformat(last_day)
    return replace(filters, since=last - timedelta(days=days - 1), until=last)


def _read_day(visit: Visit, name: str) -> date | None:
    text = visit.first(name).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is not a day. Write it as 2026-09-14.") from None
