"""Trends and contact drivers on the screen."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from speechcx.cli.figures import change_text, document, interval_text, number_text, signed
from speechcx.cli.output import Column, Format, length, note, print_json, print_rows
from speechcx.cli.score_view import MEASURE_COLUMNS, days_text, note_versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from speechcx.ask.customers.drivers import DriverRow, DriverTable
    from speechcx.ask.people.trends import TrendRow, TrendTable

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def print_trends(table: TrendTable, style: Format) -> None:
    """Measures by day, week, ...; changes against the row before."""
    if style == "json":
        print_json(document("trends", table))
        return
    print_trend_rows(table.by, table.rows, style, empty=str(table.hint or ""))
    if style == "table" and table.rows:
        note(f"Scorecard {table.scorecard or '(none)'}, {days_text(table.since, table.until)}.")
        if not all(row.is_whole for row in table.rows):
            note("* The period begins or ends inside it.")
        note_versions(table.versions)


def print_trend_rows(by: str, rows: Sequence[TrendRow], style: Format, *, empty: str = "") -> None:
    """The rows of a trend as a table."""
    is_time = by in ("day", "week", "month")
    columns = [
        Column("key", by),
        Column("n", "calls"),
        Column("score", "score", digits=1),
        Column("interval", "95 %"),
    ]
    columns += [Column("change", "change")] if is_time else []
    columns += [Column("verdict", "")] if is_time and style == "csv" else []
    columns += [*MEASURE_COLUMNS, Column("n_missing", "left\nout", rank=1)]
    shown = []
    for row in rows:
        score = row.measures[0]
        cells: dict[str, object] = {one.name: one.mean for one in row.measures}
        shown.append(
            cells
            | {
                "key": row.key if style == "csv" else _label(by, row),
                "n": row.n,
                "interval": interval_text(score),
                "change": score.change if style == "csv" else change_text("score", score),
                "verdict": score.verdict,
                "n_missing": score.n_missing,
            }
        )
    print_rows(by, shown, columns, style=style, empty=empty)


def _label(by: str, row: TrendRow) -> str:
    if row.key is None:
        return "(unknown)"
    text = (
        f"{int(row.key)}:00" if by == "hour" else _WEEKDAYS[int(row.key) - 1] if by == "weekday" else row.key
    )
    return text if row.is_whole else f"{text} *"


_DRIVERS = (
    Column("title", "driver"),
    Column("calls", "calls"),
    Column("share", "share", share=True),
    Column("change", "change"),
    Column("verdict", "told from\nchance?"),
    Column("customers", "cus-\ntomers", rank=2),
    Column("length", "length"),
    Column("sentiment", "customer\n-5..5", digits=1),
    Column("sentiment_change", "change", rank=1),
    Column("repeat", "call\nagain", share=True),
)


def print_drivers(table: DriverTable, style: Format) -> None:
    """Contact drivers."""
    if style == "json":
        print_json(document("drivers", table))
        return
    rows = [_driver_cells(row, style) for row in table.rows]
    columns = [*_DRIVERS, *((Column("driver", "driver"),) if style == "csv" else ())]
    print_rows("drivers", rows, columns, style=style, empty=str(table.hint or _NO_DRIVERS))
    if style == "table" and rows:
        before = f"; change against {days_text(*table.before)}" if table.before else ""
        note(
            f"{table.calls} calls, {days_text(table.since, table.until)}{before}. A call may have several drivers."
            " Call again: about the same within 7 days."
        )
        new = sum(row.immature for row in table.rows)
        if new:
            note(
                f"{new} calls are too new to say whether the customer calls again; they are left out of that share."
            )
        if len(rows) == 1 and table.rows[0].driver is None:
            note(_NO_DRIVERS)


_NO_DRIVERS = (
    "No driver was found in a call: give the rulebook rules of kind 'driver', then `speechcx rejudge`."
)


def _driver_cells(row: DriverRow, style: Format) -> dict[str, object]:
    raw = style == "csv"
    lasts = row.recorded_duration_s.value
    return asdict(row) | {
        "share": row.share.value,
        "change": row.share.change if raw else number_text("flagged_share", row.share.change, sign=True),
        "verdict": row.share.verdict,
        "length": lasts if raw else length(lasts),
        "sentiment": row.customer_sentiment.value,
        "sentiment_change": row.customer_sentiment.change
        if raw
        else signed(row.customer_sentiment.change, 1),
        "repeat": row.repeat_share.value,
    }
