"""The team board, and one agent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from speechcx.ask.customers import read_satisfaction
from speechcx.ask.ground import ScoreRow, TableForm
from speechcx.ask.people import (
    TrendRow,
    TrendTable,
    adjust_scores,
    describe_agent,
    score_agents,
    score_over_time,
    score_teams,
)
from speechcx.errors import UsageError
from speechcx.present.agent import present_agent
from speechcx.present.imported_facts import present_satisfaction
from speechcx.present.measures import interval_text
from speechcx.present.scores import present_case_mix, present_scores
from speechcx.present.table import Text
from speechcx.present.units import count_text, days_text, signed
from speechcx.report.charts import Chart, Mark, make_dots, make_small_lines
from speechcx.report.contents import make_trend_charts
from speechcx.store import CallFilter
from speechcx.web.asked import read_filters, with_usual_days
from speechcx.web.visit import NotThere, Part, Refused, Reply, Visit

MAX_DOTS = 60
MAX_LINES = 30
NO_WEEKS = (Text("A trend needs calls of two weeks or more.", is_note=True),)
WEEKS = 12
USUAL_DAYS = 28


def show_agents(visit: Visit) -> Reply:
    """Agents, or teams, as dots with intervals against the mean of all; with the case mix taken out where asked."""
    by = visit.first("by", "agent")
    if by not in ("agent", "team"):
        raise Refused("The board shows agents or teams.")
    filters = with_usual_days(visit, read_filters(visit), USUAL_DAYS)
    if visit.first("mix") == "yes":
        return _show_mix(visit, filters, by)
    score = score_agents if by == "agent" else score_teams
    table = visit.keep((f"{by}s", filters), lambda: score(visit.store, filters))
    answer = present_scores(table)
    ranked = [row for row in table.rows if row.get("score").mean is not None]
    dots = _make_dots(ranked, table.total.get("score").mean)
    weeks = _twelve_weeks(filters)
    trend = visit.keep(("weeks", weeks), lambda: score_over_time(visit.store, weeks))
    lines = _make_lines(visit, filters, by, ranked)
    shown = {
        "title": "Team board",
        "lead": f"{count_text(table.total.n, 'call')}, {days_text(filters.since, filters.until)}."
        " In colour: differs from the mean of all by more than chance explains.",
        "parts": [
            Part("", (), charts=dots),
            Part("Every measure", answer.blocks),
            *_ask_surveys(visit, filters, "agent" if by == "agent" else "team"),
            Part(
                "Twelve weeks",
                NO_WEEKS if len(trend.rows) < 2 else (),
                charts=(*make_trend_charts(trend), *lines),
            ),
        ],
        "filters": True,
        "data": True,
        "switches": _switches(visit),
    }
    return Reply("page.html", shown, answer)


def _show_mix(visit: Visit, filters: CallFilter, by: str) -> Reply:
    table = adjust_scores(visit.store, by, filters, TableForm())  # type: ignore[arg-type]
    answer = present_case_mix(table)
    marks = [
        Mark(
            row.name or row.key or "(unknown)", row.difference, row.interval, f"{signed(row.difference, 1)}, n {row.n}",
            f"{row.name or row.key}: {signed(row.difference, 1)}, {count_text(row.n, 'call')}",
        )
        for row in table.rows
        if row.difference is not None
    ][:MAX_DOTS]  # fmt: skip
    ends = [abs(value) for mark in marks for value in (mark.value, *(mark.interval or ()))]
    reach = min(50.0, max(ends, default=10.0))
    charts: tuple[Chart, ...] = ()
    if marks:
        title = "Average score against what such calls usually bring, with 95 % interval"
        charts = (make_dots(title, marks, middle=0.0, low=-reach, high=reach),)
    shown = {
        "title": "Team board, adjusted for call mix",
        "lead": f"{days_text(filters.since, filters.until)}. Each call is compared with calls of the same queue,"
        " driver and hour that others took.",
        "parts": [Part("", answer.blocks, charts=charts)],
        "filters": True,
        "data": True,
        "switches": _switches(visit),
    }
    return Reply("page.html", shown, answer)


def _switches(visit: Visit) -> list[tuple[str, str, bool]]:
    """(address, name, whether it is on) of the board's views."""
    kept = [pair for pair in visit.asked if pair[0] not in ("by", "mix")]
    by, mix = visit.first("by", "agent"), visit.first("mix") == "yes"
    views = (
        ("agent", False, "Agents"),
        ("team", False, "Teams"),
        ("agent", True, "Agents, adjusted for call mix"),
    )
    return [
        (
            visit.link("/agents", [*kept, ("by", key), *([("mix", "yes")] if with_mix else [])]),
            name, (by, mix) == (key, with_mix),
        )
        for key, with_mix, name in views
    ]  # fmt: skip


def show_agent(visit: Visit) -> Reply:
    """One agent: figures beside the team's, weeks, questions, calls to open, moments to talk about."""
    name = visit.first("agent")
    try:
        filters = with_usual_days(visit, replace(read_filters(visit), agent=()), USUAL_DAYS)
        report = describe_agent(visit.store, name, filters)
    except UsageError:
        raise NotThere from None
    answer = present_agent(report)
    charts: tuple[Chart, ...] = ()
    if len(report.weeks) > 1:
        weeks = TrendTable("week", report.scorecard, report.since, report.until, report.weeks, (), None)
        charts = make_trend_charts(weeks)
    shown = {
        "title": report.name or report.agent,
        "lead": days_text(report.since, report.until),
        "parts": [
            Part("", answer.blocks[1:], charts=charts),
            *_ask_surveys(visit, replace(filters, agent=(report.agent,)), "all"),
        ],
        "filters": True,
        "kept": [("agent", name)],
        "data": True,
        "more": [(visit.link("/calls", {"agent": report.agent}), "All calls of this agent")],
    }
    return Reply("page.html", shown, answer)


def _ask_surveys(visit: Visit, filters: CallFilter, by: Literal["all", "agent", "team"]) -> list[Part]:
    """What customers answered to surveys after these calls; nothing where none was imported."""
    found = read_satisfaction(visit.store, filters, by=by)
    return (
        [Part("What customers answered to surveys", present_satisfaction(found).blocks)] if found.rows else []
    )


def _make_dots(rows: Sequence[ScoreRow], middle: float | None) -> tuple[Chart, ...]:
    if not rows:
        return ()
    marks = [
        Mark(
            row.name or row.key or "(unknown)", row.get("score").mean or 0.0, row.get("score").interval,
            f"{row.get('score').mean:.1f}, n {row.get('score').n}",
            f"{row.name or row.key}: {row.get('score').mean:.1f}, {interval_text(row.get('score')) or 'no interval'},"
            f" {count_text(row.get('score').n, 'call')}",
        )
        for row in rows[:MAX_DOTS]
    ]  # fmt: skip
    return (
        make_dots("Average score with 95 % interval, and calls", marks, middle=middle, low=0.0, high=100.0),
    )


def _make_lines(visit: Visit, filters: CallFilter, by: str, rows: Sequence[ScoreRow]) -> tuple[Chart, ...]:
    """The weeks of each agent or team on one scale."""
    weeks: dict[str, list[TrendRow]] = {}
    asked = _twelve_weeks(filters)
    trend = visit.keep((f"weeks of {by}s", asked), lambda: score_over_time(visit.store, asked, by=by))
    for week in trend.rows:
        if week.key is not None:
            weeks.setdefault(week.group or "", []).append(week)
    lines = []
    for row in rows[:MAX_LINES]:
        marks = [
            Mark(str(week.key), one.mean, None, f"{one.mean:.0f}", "")
            for week in weeks.get(row.name or row.key or "", ())
            for one in week.measures
            if one.name == "score" and one.mean is not None
        ]
        if len(marks) > 1:
            lines.append((row.name or row.key or "", marks))
    if not lines:
        return ()
    return (
        make_small_lines("Average score of each by week, all on one scale; at the end the last week", lines),
    )


def _twelve_weeks(filters: CallFilter) -> CallFilter:
    return (
        filters if filters.until is None else replace(filters, since=filters.until - timedelta(weeks=WEEKS))
    )
