"""Why customers call, and one customer over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from speechcx.ask.customers import DriverTable, describe_customer, list_driver_rows
from speechcx.ask.operations import find_causes, find_topics
from speechcx.ask.people import score_over_time
from speechcx.errors import UsageError
from speechcx.present.customers import present_customer, present_drivers
from speechcx.present.operations import present_causes, present_topics
from speechcx.present.units import count_text, days_text, percent
from speechcx.report.charts import Chart, Mark, make_bars
from speechcx.store import CallFilter
from speechcx.web.asked import read_filters, with_usual_days
from speechcx.web.pages.people import make_trends
from speechcx.web.visit import NotThere, Part, Reply, Visit

USUAL_DAYS = 28


def show_why(visit: Visit) -> Reply:
    """Drivers with their change, when people call, what they say more than before, and what unhappy ends go with."""
    filters = with_usual_days(visit, read_filters(visit), USUAL_DAYS)
    drivers = list_driver_rows(visit.store, filters)
    answer = present_drivers(drivers)
    shown = {
        "title": "Why they call",
        "lead": days_text(filters.since, filters.until),
        "parts": [
            Part("Reasons", answer.blocks, charts=_make_bars(drivers)), *_more(visit, filters)
        ],
        "filters": True,
        "data": True,
    }  # fmt: skip
    return Reply("page.html", shown, answer)


def _more(visit: Visit, filters: CallFilter) -> Iterator[Part]:
    for by, title in (("weekday", "By day of the week"), ("hour", "By hour")):
        rows = score_over_time(visit.store, filters, by=by).rows
        marks = [
            Mark(_name(by, row.key), float(row.n), None, str(row.n), count_text(row.n, "call"))
            for row in rows
        ]
        if marks:
            yield Part(title, (), charts=(make_bars(f"Calls {title.lower()}", marks),))
    weeks = score_over_time(visit.store, replace(filters, since=None))
    yield Part("Week by week", (), charts=make_trends(weeks))
    topics = find_topics(visit.store, filters)
    yield Part("What customers say more than before", present_topics(topics).blocks)
    causes = find_causes(visit.store, "negative-end", filters)
    lead = "What goes with calls that end with an unhappy customer; it need not be why they are unhappy."
    yield Part("Unhappy ends", present_causes(causes).blocks, lead=lead)


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _name(by: str, key: str | None) -> str:
    if key is None:
        return "(unknown)"
    if by == "weekday" and key in "1234567":
        return _WEEKDAYS[int(key) - 1]
    return f"{int(key):02d}:00" if by == "hour" and key.isdecimal() else key


def _make_bars(table: DriverTable) -> tuple[Chart, ...]:
    marks = [
        Mark(
            row.title, row.share.value, row.share.interval,
            percent(row.share.value)
            + (f" ({percent(row.share.change, sign=True)})" if row.share.change is not None else ""),
            f"{row.title}: {count_text(row.calls, 'call')}",
        )
        for row in table.rows
        if row.share.value is not None and row.driver is not None
    ]  # fmt: skip
    return (
        (make_bars("Share of calls by reason, with the change against the period before", marks),)
        if marks
        else ()
    )


def show_customer(visit: Visit) -> Reply:
    """One customer: calls in order, what is open, how the feeling went."""
    name = visit.first("customer")
    try:
        report = describe_customer(visit.store, name, replace(read_filters(visit), customer=()))
    except UsageError:
        raise NotThere from None
    answer = present_customer(report)
    shown = {
        "title": f"Customer {report.customer}",
        "lead": count_text(report.n, "call"),
        "parts": [Part("", answer.blocks)],
        "data": True,
    }
    return Reply("page.html", shown, answer)
