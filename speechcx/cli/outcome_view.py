"""Surveys and call records on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from speechcx.cli.figures import document
from speechcx.cli.output import Column, Format, length, note, plain_number, print_json, print_rows
from speechcx.cli.score_view import days_text

if TYPE_CHECKING:
    from speechcx.ask.customers.outcomes import Outcome, OutcomeRow, OutcomeTable

_HEADINGS = {
    "csat": "CSAT\n4 and 5", "nps": "NPS", "ces": "CES", "aht_s": "handle\ntime", "asa_s": "wait",
    "transfer_rate": "trans-\nferred", "resolution_rate": "resolved", "fcr": "first\ncontact",
}  # fmt: skip


def print_outcomes(table: OutcomeTable, style: Format) -> None:
    """A column for each measure some call has, with its interval and the calls it is of."""
    if style == "json":
        print_json(document("outcomes", table))
        return
    known = [one.name for one in table.total.measures if one.n]
    if style == "table" and not table.columns and table.rows:
        note(_no_columns())
        return
    columns = [Column("key", table.by), Column("n", "calls")]
    for name in known:
        columns += [Column(name, _HEADINGS[name]), Column(f"{name}_n", "of")]
        columns += [Column(f"{name}_{end}", f"{name} {end}") for end in ("low", "high") if style == "csv"]
    shown = [*table.rows, table.total] if style == "table" and len(table.rows) > 1 else table.rows
    rows = [_cells(row, style) for row in shown]
    if len(shown) > len(table.rows):
        rows[-1]["key"] = "all"
    print_rows("outcomes", rows, columns, style=style, empty=str(table.hint or ""))
    if style == "table" and rows:
        _print_notes(table, known)


def _cells(row: OutcomeRow, style: Format) -> dict[str, object]:
    cells: dict[str, object] = {"key": f"{row.key or '(unknown)'} {row.name or ''}".strip(), "n": row.n}
    if style == "csv":
        cells["key"] = row.key
    for one in row.measures:
        low, high = one.interval or (None, None)
        cells |= {f"{one.name}_n": one.n, f"{one.name}_low": low, f"{one.name}_high": high}
        cells[one.name] = one.value if style == "csv" else _text(one)
    return cells


def _text(one: Outcome) -> str | None:
    if one.value is None:
        return None
    if one.interval is None:
        return _number(one.name, one.value)
    low, high = (_number(one.name, end).removesuffix(" %") for end in one.interval)
    return f"{_number(one.name, one.value)} ({low} to {high})"


def _number(name: str, value: float) -> str:
    if name.endswith("_s"):
        return length(max(0.0, value))
    if name in ("nps", "ces"):
        return plain_number(value, 0 if name == "nps" else 1)
    return f"{plain_number(100 * value, 0)} %"


def _print_notes(table: OutcomeTable, known: list[str]) -> None:
    note(f"{table.total.n} calls, {days_text(table.since, table.until)}. In brackets: 95 % interval.")
    for one in table.total.measures:
        if one.n and (one.n_missing or one.n_unreadable):
            wrong = f", {one.n_unreadable} cannot be read" if one.n_unreadable else ""
            note(f"{one.name}: {one.n} calls, {one.n_missing} without it{wrong}")
        elif one.n_unreadable:
            note(f"{one.name}: none of {one.n_unreadable} values can be read")
    if "fcr" in known and table.immature:
        note(
            f"{table.immature} calls are too new to say whether the customer contacts again; not in first contact."
        )


def _no_columns() -> str:
    from speechcx.ask.customers.outcomes import COLUMNS

    names = "\n".join(f"  {name:12}  {meaning}" for name, meaning in COLUMNS.items())
    return (
        f"No call has a column of a survey or a call record. Understood in calls.csv and sidecars:\n{names}"
    )
