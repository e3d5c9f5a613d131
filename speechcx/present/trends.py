"""Scores and measures over days, weeks, hours and queues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from speechcx.ask.ground import Estimate
from speechcx.ask.people import TrendGroup, TrendRow, TrendTable
from speechcx.present.envelope import Envelopes, record
from speechcx.present.measures import (
    MEASURE_COLUMNS,
    change_text,
    get_estimate,
    interval_text,
    list_versions,
)
from speechcx.present.table import Answer, Column, Table, make_table
from speechcx.present.units import days_text

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TRENDS = record(
    "trends",
    TrendTable,
    swapped={"TrendRow.measures": dict[str, Estimate], "TrendTable.hint": str | None},
)

ENVELOPES: dict[str, Envelopes] = {"trends": _TRENDS}


def present_trends(table: TrendTable) -> Answer:
    """Measures by day, week, ...; changes against the row before."""
    notes = [f"Scorecard {table.scorecard or '(none)'}, {days_text(table.since, table.until)}."]
    notes += [] if all(row.is_whole for row in table.rows) else ["* The period begins or ends inside it."]
    is_grouped = table.by in get_args(TrendGroup)
    shown = make_trend(
        "week" if is_grouped else table.by,
        table.rows,
        group=table.by if is_grouped else None,
        empty=str(table.hint or ""),
        notes=(*notes, *list_versions(table.versions)),
    )
    return Answer(lambda: _TRENDS.wrap(table), (shown,))


def make_trend(
    by: str, rows: Sequence[TrendRow], *, group: str | None = None, empty: str = "", notes: Sequence[str] = ()
) -> Table:
    """The rows of a trend as a table; `group` is what each has a trend of its own for."""
    columns = [Column("group", group, text=lambda row: row.group or "(unknown)")] if group else []
    columns += [
        Column("key", by, text=lambda row: _label(by, row)),
        Column("n", "calls"),
        Column("score", "score", digits=1, value=lambda row: get_estimate(row, "score").mean),
        Column("interval", "95 %", value=lambda row: interval_text(get_estimate(row, "score"))),
    ]
    if by in ("day", "week", "month"):
        columns += [
            Column(
                "change",
                "change",
                value=lambda row: get_estimate(row, "score").change,
                text=lambda row: change_text("score", get_estimate(row, "score")),
            ),
            Column("verdict", "", value=lambda row: get_estimate(row, "score").verdict, audience="programs"),
        ]
    missing = Column("n_missing", "left\nout", rank=1, value=lambda row: get_estimate(row, "score").n_missing)
    return make_table(by, [*columns, *MEASURE_COLUMNS, missing], rows, empty=empty, notes=notes)


def _label(by: str, row: TrendRow) -> str:
    if row.key is None:
        return "(unknown)"
    text = row.key
    if by == "hour":
        text = f"{int(row.key)}:00"
    elif by == "weekday":
        text = _WEEKDAYS[int(row.key) - 1]
    return text if row.is_whole else f"{text} *"
