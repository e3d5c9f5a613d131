"""What a report says: headline numbers, then one section for each question that a morning brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from speechcx.ask.compliance import FlagFilter, count_flags, list_flags
from speechcx.ask.customers import DriverTable, list_callbacks, list_driver_rows
from speechcx.ask.ground import Estimate, ScoreRow, ScoreTable, Where, reading
from speechcx.ask.operations import find_alerts
from speechcx.ask.people import TrendTable, score_agents, score_over_time, score_teams
from speechcx.ask.runs import KindCount, RunStatus, count_failures, read_status
from speechcx.present.customers import present_callbacks, present_drivers
from speechcx.present.flags import present_flag_counts, present_flags
from speechcx.present.measures import change_text, interval_text, measure_title, number_text
from speechcx.present.operations import present_alerts
from speechcx.present.scores import present_scores
from speechcx.present.table import Column, Table, Text, make_table
from speechcx.present.trends import present_trends
from speechcx.present.units import count_text, days_text, length, percent
from speechcx.report.charts import Chart, Mark, make_bars, make_dots, make_line
from speechcx.store import CallFilter, Store

USUAL_DAYS = 7
"""Days of a report whose period nobody named: the newest week of calls."""
MAX_PEOPLE = 40
MAX_FLAGS = 10
MAX_CUSTOMERS = 20
_FLAG_COLUMNS = ("number", "local_day", "agent", "severity", "title", "result", "time", "quote")
_HEADLINES = (
    ("score", "average score"),
    ("critical_accuracy", "all critical checks passed"),
    ("customer_sentiment", "customer sentiment, -5 to 5"),
    ("flagged_share", "calls flagged"),
)


@dataclass(frozen=True, slots=True)
class Headline:
    """One number at the top.

    Parameters
    ----------
    value, label
        The number, and what it is.
    interval
        Its 95 % interval in words, or why there is none.
    change
        Against the period before, in words; empty where there is nothing to compare with.
    """

    value: str
    label: str
    interval: str
    change: str


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One part of a report.

    Parameters
    ----------
    key
        Names it in the page's address, and its sheet in a workbook.
    title
        Its heading.
    lead
        The answer in a sentence; empty for none.
    charts
        Drawn above the tables.
    blocks
        Tables and paragraphs, in reading order.
    """

    key: str
    title: str
    lead: str
    charts: tuple[Chart, ...]
    blocks: tuple[Table | Text, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report on the calls of a period.

    Parameters
    ----------
    title, period, written_at
        What it is, the days it is about in words, and when it was made.
    headlines
        The numbers at the top.
    sections
        In reading order.
    is_empty
        Whether the period has no calls.
    """

    title: str
    period: str
    written_at: str
    headlines: tuple[Headline, ...]
    sections: tuple[ReportSection, ...]
    is_empty: bool


def make_report(where: Where, filters: CallFilter | None = None, *, now: datetime, title: str = "") -> Report:
    """The report on the calls of a filter.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls; without a first day, the newest seven days on which there are calls.
    now
        When it is made, for its head.
    title
        Its heading; empty for the usual one.
    """
    with reading(where) as store:
        status = read_status(store)
        filters = _with_days(filters or CallFilter(), status)
        agents, teams = score_agents(store, filters), score_teams(store, filters)
        return Report(
            title=title or "Morning report",
            period=days_text(filters.since, filters.until),
            written_at=now.strftime("%Y-%m-%d %H:%M"),
            headlines=tuple(list_headlines(agents)),
            sections=tuple(_sections(store, filters, agents=agents, teams=teams, status=status)),
            is_empty=not agents.total.n,
        )


def _with_days(filters: CallFilter, status: RunStatus) -> CallFilter:
    if filters.since is not None or filters.until is not None or status.last_day is None:
        return filters
    last = date.fromisoformat(status.last_day)
    return replace(filters, since=last - timedelta(days=USUAL_DAYS - 1), until=last)


def _sections(
    store: Store, filters: CallFilter, *, agents: ScoreTable, teams: ScoreTable, status: RunStatus
) -> Iterator[ReportSection]:
    yield report_work(status, count_failures(store))
    alerts = find_alerts(store, replace(filters, since=None, until=None), day=filters.until)
    yield ReportSection("alerts", "What surged on the last day", "", (), present_alerts(alerts).blocks)
    flags = list_flags(store, FlagFilter(calls=filters), sort="severity", limit=MAX_FLAGS)
    lead = f"{count_text(flags.total, 'flag')} wait for a decision; the gravest {len(flags.rows)} are below."
    blocks = _pick(present_flags(flags).blocks, _FLAG_COLUMNS)
    yield ReportSection("open-first", "Open these first", lead if flags.rows else "", (), blocks)
    counts = count_flags(store, FlagFilter(calls=filters))
    yield ReportSection("flags", "Flags by rule", "", (), present_flag_counts(counts).blocks)
    yield _people("teams", "Teams", teams)
    yield _people("agents", "Agents", agents)
    drivers = list_driver_rows(store, filters)
    yield ReportSection(
        "drivers", "Why customers call", "", _driver_charts(drivers), present_drivers(drivers).blocks
    )
    trend = score_over_time(store, _longer(filters), by="week")
    yield ReportSection("trend", "Week by week", "", make_trend_charts(trend), present_trends(trend).blocks)
    callbacks = list_callbacks(store, filters, limit=MAX_CUSTOMERS)
    yield ReportSection("callbacks", "Customers to call back", "", (), present_callbacks(callbacks).blocks)
    yield _untold(agents)


def _pick(blocks: Sequence[Table | Text], keys: Sequence[str]) -> tuple[Table | Text, ...]:
    """The same with only some columns of its tables."""
    return tuple(
        block.keep([one for one in block.columns if one.key in keys]) if isinstance(block, Table) else block
        for block in blocks
    )


def _longer(filters: CallFilter) -> CallFilter:
    """The twelve weeks up to the end of the period."""
    if filters.until is None:
        return replace(filters, since=None)
    return replace(filters, since=filters.until - timedelta(weeks=12))


def list_headlines(agents: ScoreTable) -> Iterator[Headline]:
    """The numbers at the top, of all calls of a table."""
    yield Headline(str(agents.total.n), "calls scored", "", "")
    for name, label in _HEADLINES:
        one = agents.total.get(name)
        yield Headline(
            number_text(name, one.mean) or "-", label, _interval_words(one), _change_words(name, one)
        )


def _interval_words(one: Estimate) -> str:
    if one.mean is None:
        return one.reasons[0][0] if one.reasons else "nothing to measure"
    if one.interval is None:
        return f"only {count_text(one.n, 'call')}: no interval"
    return f"95 % interval {interval_text(one)}"


def _change_words(name: str, one: Estimate) -> str:
    found = change_text(name, one)
    return f"{found} against the period before" if found else ""


_FAILURES = (
    Column("n", "files"),
    Column("sentence", "what happened"),
    Column("cure", "what to do"),
    Column("who", "who"),
)


def report_work(status: RunStatus, failures: Sequence[KindCount]) -> ReportSection:
    """What the last run did, and what failed grouped by cause, each with what to do."""
    run = status.run
    if run is None:
        lead = "No run yet."
    elif run.done is None:
        lead = "The last run has not ended, or was killed."
    else:
        speed = f", {run.times_realtime:.1f} times as fast as they last" if run.times_realtime else ""
        lead = (
            f"The last run scored {count_text(run.done, 'call')} ({length(run.audio_s)} of audio{speed});"
            f" {count_text(run.failed or 0, 'file')} failed, {count_text(status.backlog, 'file')} wait."
        )
    table = make_table("failures", _FAILURES, failures, empty="Every file that was taken is scored.")
    return ReportSection("work", "Last night's work", lead, (), (table,))


def _people(key: str, title: str, table: ScoreTable) -> ReportSection:
    ranked = [row for row in table.rows if row.rank is not None and row.get("score").mean is not None]
    shown = ranked[:MAX_PEOPLE]
    total = table.total.get("score").mean
    charts: tuple[Chart, ...] = ()
    if shown:
        drawn = make_dots(
            f"{title}: average score with 95 % interval", [_dot(row) for row in shown],
            middle=total, low=0.0, high=100.0,
        )  # fmt: skip
        charts = (drawn,)
    more = len(table.rows) - len(shown)
    lead = "In colour: differs from the average of all by more than chance explains." if shown else ""
    lead += f" {more} more, or with too few calls, are in the table only." if more > 0 else ""
    return ReportSection(key, title, lead, charts, present_scores(table).blocks)


def _dot(row: ScoreRow) -> Mark:
    score = row.get("score")
    assert score.mean is not None, "rows without a score are not drawn"
    label = row.name or row.key or "(unknown)"
    return Mark(
        label, score.mean, score.interval, f"{score.mean:.1f}, n {score.n}",
        f"{label}: {score.mean:.1f}, {_interval_words(score)}, {count_text(score.n, 'call')}",
    )  # fmt: skip


def _driver_charts(table: DriverTable) -> tuple[Chart, ...]:
    rows = [row for row in table.rows if row.share.value is not None and row.driver is not None]
    if not rows:
        return ()
    return (
        make_bars(
            "Share of calls by contact driver",
            [
                Mark(
                    row.title, row.share.value or 0.0, row.share.interval,
                    percent(row.share.value or 0.0)
                    + (f" ({percent(row.share.change, sign=True)})" if row.share.change is not None else ""),
                    f"{row.title}: {count_text(row.calls, 'call')}",
                )
                for row in rows
            ],
        ),
    )  # fmt: skip


def make_trend_charts(table: TrendTable) -> tuple[Chart, ...]:
    """Score and customer sentiment by week; none with fewer than two weeks."""
    charts = []
    for name, label in (("score", "Average score"), ("customer_sentiment", "Customer sentiment")):
        rows = [
            Mark(
                str(row.key), one.mean, one.interval, number_text(name, one.mean) or "-",
                f"week of {row.key}: {number_text(name, one.mean)}, {count_text(one.n, 'call')}",
            )
            for row in table.rows
            for one in row.measures
            if one.name == name and one.mean is not None and row.key
        ]  # fmt: skip
        if len(rows) > 1:
            charts.append(make_line(f"{label} by week, with 95 % interval", rows))
    return tuple(charts)


_UNTOLD = (
    Column("measure", "measure"),
    Column("missing", "calls without"),
    Column("reasons", "why"),
)


def _untold(agents: ScoreTable) -> ReportSection:
    rows = [
        {
            "measure": measure_title(one.name),
            "missing": one.n_missing,
            "reasons": "; ".join(f"{why} ({n})" for why, n in one.reasons),
        }
        for one in agents.total.measures
        if one.n_missing
    ]
    table = make_table("measures", _UNTOLD, rows, empty="Every measure could be told of every call.")
    return ReportSection(
        "untold",
        "What could not be told",
        "These calls are left out of the average beside them.",
        (),
        (table,),
    )
