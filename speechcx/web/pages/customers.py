"""Why customers call, and one customer over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from speechcx.ask.customers import DriverTable, describe_customer, list_driver_rows
from speechcx.ask.operations import Topics, find_causes, find_topics
from speechcx.ask.people import count_by_hour, score_over_time
from speechcx.ask.search import SearchFilter, search
from speechcx.errors import UsageError
from speechcx.present.customers import present_customer, present_drivers
from speechcx.present.operations import present_causes, present_topics
from speechcx.present.table import Column, Table, make_table
from speechcx.present.units import count_text, days_text, moment, percent
from speechcx.report.charts import Chart, Mark, make_bars, make_grid
from speechcx.report.contents import make_trend_charts
from speechcx.store import CallFilter
from speechcx.web.asked import read_filters, with_usual_days
from speechcx.web.pages.people import NO_WEEKS
from speechcx.web.visit import NotThere, Part, Reply, Visit

USUAL_DAYS = 28
MAX_PHRASES, QUOTES_EACH = 8, 3
MAX_CALLS = 100


def show_why(visit: Visit) -> Reply:
    """Drivers with their change, when people call, what they say more than before, and what unhappy ends go with."""
    filters = with_usual_days(visit, read_filters(visit), USUAL_DAYS)
    drivers = visit.keep(("drivers", filters), lambda: list_driver_rows(visit.store, filters))
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
    counts = visit.keep(("hours", filters), lambda: count_by_hour(visit.store, filters))
    if counts:
        hours = {hour: str(hour) for hour in range(min(h for _, h in counts), max(h for _, h in counts) + 1)}
        days = dict(enumerate(_WEEKDAYS, start=1))
        yield Part(
            "When they call",
            (),
            charts=(make_grid("Calls by weekday and hour", counts, rows=days, columns=hours),),
        )
    longer = replace(filters, since=None)
    weeks = visit.keep(("weeks", longer), lambda: score_over_time(visit.store, longer))
    yield Part("Week by week", NO_WEEKS if len(weeks.rows) < 2 else (), charts=make_trend_charts(weeks))
    topics = visit.keep(("topics", filters), lambda: find_topics(visit.store, filters))
    blocks = present_topics(topics).blocks
    quotes = visit.keep(("quotes", filters), lambda: _quote(visit, filters, topics))
    yield Part("What customers say more than before", (*blocks, *([quotes] if quotes.rows else [])))
    causes = visit.keep(("causes", filters), lambda: find_causes(visit.store, "negative-end", filters))
    lead = "What goes with calls that end with an unhappy customer; it need not be why they are unhappy."
    yield Part("Unhappy ends", present_causes(causes).blocks, lead=lead)


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


_QUOTES = (
    Column("phrase", "customers say", value=lambda pair: pair[0]),
    Column("call_id", "call", value=lambda pair: pair[1].call_id),
    Column("time", "time", value=lambda pair: moment(pair[1].start_s)),
    Column("quote", "words", value=lambda pair: "".join(piece.text for piece in pair[1].pieces)),
)


def _quote(visit: Visit, filters: CallFilter, topics: Topics) -> Table:
    """Three places in calls where customers say each phrase."""
    said = SearchFilter(calls=filters, party="customer")
    pairs = [
        (topic.phrase, hit)
        for topic in topics.rows[:MAX_PHRASES]
        for hit in search(visit.store, f'"{topic.phrase}"', said, limit=QUOTES_EACH).hits
    ]
    return make_table("quotes", _QUOTES, pairs)


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
    calls, *surveys = [one for one in answer.blocks if isinstance(one, Table)]
    newest = replace(calls, rows=calls.rows[: -MAX_CALLS - 1 : -1])
    said = tuple(one for one in answer.blocks if not isinstance(one, Table))
    shown = {
        "title": f"Customer {report.customer}",
        "lead": count_text(report.n, "call"),
        "parts": [
            Part("", said),
            Part("Calls, newest first", (newest,)),
            *(Part("What they answered in surveys", (one,)) for one in surveys),
        ],
        "more": [(visit.link("/calls", {"customer": report.customer}), "All calls of this customer")],
        "data": True,
    }
    return Reply("page.html", shown, answer)
