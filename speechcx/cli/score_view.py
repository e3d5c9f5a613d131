"""Tables of agents, teams and centres: means with their intervals, counts, trends, and what was left out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from speechcx.cli.output import Column, Format, note, print_json, print_rows

if TYPE_CHECKING:
    from speechcx.ask.aggregate import Estimate, ScoreRow, ScoreTable

_SHARES = frozenset({"critical_accuracy", "agent_talk_share", "non_talk_share", "flagged_share"})
_HEADINGS = (
    ("score", "score", 1),
    ("critical_accuracy", "critical accuracy", 0),
    ("customer_sentiment", "customer -5..5", 1),
    ("agent_talk_share", "talks", 0),
    ("agent_pace_wpm", "wpm", 0),
    ("agent_interruptions", "interrupts", 1),
    ("non_talk_share", "nobody talks", 0),
    ("hold_s", "hold s", 0),
)


def print_scores(table: ScoreTable, style: Format) -> None:
    """Print a table of scores; JSON carries everything, with intervals and reasons for what is left out."""
    if style == "json":
        print_json({"schema_version": 1, "kind": f"{table.by}s", **_document(table)})
        return
    rows = [_cells(row) for row in table.rows]
    if style == "table" and len(rows) > 1:
        rows.append(_cells(table.total) | {"key": "all", "rank": None})
    print_rows(f"{table.by}s", rows, _columns(table), style=style, empty=str(table.hint or ""))
    if style == "table" and table.rows:
        _print_notes(table)


def _document(table: ScoreTable) -> dict[str, object]:
    found = asdict(table)
    for name in ("rows", "total"):
        rows = table.rows if name == "rows" else (table.total,)
        shown = [{**asdict(row), "measures": {one.name: asdict(one) for one in row.measures}} for row in rows]
        found[name] = shown if name == "rows" else shown[0]
    found["hint"] = str(table.hint) if table.hint else None
    return found


def _columns(table: ScoreTable) -> list[Column]:
    columns = [Column("rank", "#"), Column("key", table.by)]
    columns += (
        [Column("where", "team, centre" if table.by == "agent" else "centre")] if table.by != "center" else []
    )
    columns += [Column("n", "calls")]
    for name, heading, digits in _HEADINGS:
        columns.append(Column(name, heading, digits=digits, share=name in _SHARES))
        if name == "score":
            columns += [Column("interval", "95 %"), Column("change", "change", digits=1)]
            columns += [Column("by_agent", "by agent", digits=1)] if table.by != "agent" else []
    return [*columns, Column("n_flagged", "flagged"), Column("n_missing", "left out")]


def _cells(row: ScoreRow) -> dict[str, object]:
    score = row.get("score")
    cells: dict[str, object] = {name: row.get(name).mean for name, _, _ in _HEADINGS}
    return cells | {
        "rank": row.rank,
        "key": row.key or "(unknown)",
        "where": ", ".join((*row.teams, *row.centers)),
        "n": row.n,
        "interval": _interval(score),
        "change": score.change,
        "by_agent": row.score_by_agent,
        "n_flagged": row.n_flagged,
        "n_missing": score.n_missing,
    }


def _interval(estimate: Estimate) -> str | None:
    if estimate.interval is None:
        return None
    # The t interval of a few calls can reach past the ends of the scale; people read scores on 0 to 100.
    low, high = max(0.0, estimate.interval[0]), min(100.0, estimate.interval[1])
    return f"{low:.0f} to {high:.0f}"


def _print_notes(table: ScoreTable) -> None:
    period = f"{table.since or 'the first day'} to {table.until or 'the last day'}"
    before = f", change against {table.before[0]} to {table.before[1]}" if table.before else ""
    note(
        f"Scorecard {table.scorecard or '(none)'}, {period}{before}. Ranked from {table.min_n} calls upward."
    )
    for measure in table.total.measures:
        reasons = "; ".join(f"{why} ({count})" for why, count in measure.reasons[:3])
        if measure.n_missing:
            note(
                f"{measure.name}: {measure.n} calls, {measure.n_missing} left out{': ' + reasons if reasons else ''}"
            )
    if len(table.versions) > 1:
        mixed = "; ".join(f"{version}: {count} calls" for version, count in table.versions)
        note(f"These calls were made with different versions, which means mix: {mixed}")
