"""Tables of agents, teams and centres: means with their intervals, counts, changes, and what was left out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from speechcx.ask.ground.measures import MEASURES
from speechcx.cli.figures import SHARES, change_text, document, interval_text, value_text
from speechcx.cli.output import Column, Format, note, print_json, print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from speechcx.ask.ground.score_rows import By, Estimate, ScoreRow, ScoreTable
    from speechcx.ask.people.case_mix import CaseMixTable
    from speechcx.ask.people.compare import Comparison
    from speechcx.cli.question_options import Asked

_RANKS = {
    "critical_accuracy": 0, "customer_sentiment": 0, "flagged_share": 0, "non_talk_share": 2, "agent_talk_share": 3,
    "agent_interruptions": 5, "agent_pace_wpm": 6, "hold_s": 7,
}  # fmt: skip
"""Which columns a narrow window drops first: the highest; 4 for a measure that is not here."""

MEASURE_COLUMNS = tuple(
    Column(one.name, one.heading, digits=one.shown, share=one.unit == "share", rank=_RANKS.get(one.name, 4))
    for one in MEASURES
    if one.heading and one.name != "score"
)
"""Columns of measures that tables of people and of time share, beside the score."""


@dataclass(frozen=True, slots=True)
class ScoreQuestion:
    """What was asked of a score table, as typed."""

    by: By
    sort: str
    min_n: int
    against: str | None
    pair: tuple[str, str] | None
    case_mix: bool
    scorecard: str | None


def print_scores(asked: Asked, question: ScoreQuestion) -> None:
    """Ask, and print the table, the comparison of two, or the case-mix view.

    Raises
    ------
    UsageError
        Two forms at once, or a name or period that is none.
    """
    from speechcx.ask.ground.score_rows import TableForm
    from speechcx.ask.people.aggregate import score_agents, score_centers, score_teams
    from speechcx.ask.people.case_mix import adjust_scores
    from speechcx.ask.people.compare import compare
    from speechcx.errors import UsageError

    form = TableForm(question.scorecard, question.sort, question.min_n, read_against(question.against))
    given = [question.pair is not None, question.case_mix, question.against is not None]
    if sum(given) > 1:
        raise UsageError(
            "--compare, --case-mix and --against together", "one of them", "leave the others away"
        )
    if question.pair is not None:
        print_comparison(
            compare(asked.where, question.by, question.pair, asked.filters, scorecard=form.scorecard),
            asked.style,
        )
    elif question.case_mix:
        print_case_mix(adjust_scores(asked.where, question.by, asked.filters, form), asked.style)
    else:
        score = {"agent": score_agents, "team": score_teams, "center": score_centers}[question.by]
        print_score_table(score(asked.where, asked.filters, form), asked.style)


def read_against(text: str | None) -> tuple[date | None, date | None] | None:
    """First and last day of the period ``--against`` names; None where it is not given."""
    from speechcx.ask.ground.periods import read_period

    if text is None:
        return None
    period = read_period(text, flag="--against")
    return period.since, period.until


def print_score_table(table: ScoreTable, style: Format) -> None:
    """Print a table of scores; JSON carries everything, with intervals and reasons for what is left out."""
    if style == "json":
        print_json(document(f"{table.by}s", table))
        return
    rows = [_cells(row) for row in table.rows]
    if style == "table" and len(rows) > 1:
        rows.append(_cells(table.total) | {"key": "all", "rank": None, "where": ""})
    if style == "csv":
        rows = [row | _exact(one) for row, one in zip(rows, table.rows, strict=True)]
    print_rows(f"{table.by}s", rows, _columns(table, style), style=style, empty=str(table.hint or ""))
    if style == "table" and table.rows:
        _print_notes(table)


def _columns(table: ScoreTable, style: Format) -> list[Column]:
    columns = [Column("rank", "#"), Column("key", table.by)]
    if table.by != "center":
        columns.append(Column("where", "team, centre" if table.by == "agent" else "centre", rank=9))
    columns += [Column("n", "calls"), Column("score", "score", digits=1), Column("interval", "95 %")]
    columns += [Column("change", "change")] if table.before else []
    columns += [Column("by_agent", "by\nagent", digits=1, rank=4)] if table.by != "agent" else []
    columns += [*MEASURE_COLUMNS, Column("n_missing", "left\nout", rank=1)]
    if style == "csv":
        ends = [f"score_{name}" for name in ("low", "high", "before", "change_low", "change_high", "n")]
        columns += [Column(name, name) for name in (*ends, "verdict", "name", "n_flagged")]
    return columns


def _cells(row: ScoreRow) -> dict[str, object]:
    score = row.get("score")
    cells: dict[str, object] = {one.name: one.mean for one in row.measures}
    named = row.name if row.name and row.name != row.key else None
    return cells | {
        "rank": row.rank,
        "key": f"{row.key} {named}" if row.key and named else row.key or "(unknown)",
        "where": ", ".join((*row.teams, *row.centers)),
        "n": row.n,
        "interval": interval_text(score),
        "change": change_text("score", score),
        "by_agent": row.score_by_agent,
        "n_missing": score.n_missing,
    }


def _exact(row: ScoreRow) -> dict[str, object]:
    """What CSV has beside the cells: plain numbers for programs."""
    score = row.get("score")
    low, high = score.interval or (None, None)
    change_low, change_high = score.change_interval or (None, None)
    return {
        "key": row.key, "name": row.name, "change": score.change, "verdict": score.verdict,
        "score_low": low, "score_high": high,
        "score_before": score.before, "score_change_low": change_low, "score_change_high": change_high,
        "score_n": score.n, "n_flagged": row.n_flagged,
    }  # fmt: skip


def _print_notes(table: ScoreTable) -> None:
    before = f", change against {days_text(*table.before)}" if table.before else ""
    note(
        f"Scorecard {table.scorecard or '(none)'}, {days_text(table.since, table.until)}{before}."
        f" Ranked from {table.min_n} calls upward. Scores are the machine's; official ones: `speechcx qa scores`."
    )
    _note_chance([row.get("score").verdict for row in table.rows], "changes")
    _note_left_out(table.total.measures)
    note_versions(table.versions)


def _note_chance(verdicts: Sequence[str | None], what: str) -> None:
    """How many differences stand out, and how many would by chance alone."""
    judged = [verdict for verdict in verdicts if verdict not in (None, "too few calls")]
    told = sum(verdict != "cannot tell" for verdict in judged)
    if len(judged) > 1:
        note(
            f"Of {len(judged)} {what} {told} can be told from chance (a word says which way); about"
            f" {len(judged) / 20:.1f} would look so if nothing had changed."
        )


def _note_left_out(measures: Sequence[Estimate]) -> None:
    for measure in measures:
        if measure.n_missing:
            reasons = "; ".join(f"{why} ({count})" for why, count in measure.reasons[:3])
            note(
                f"{measure.name}: {measure.n} calls, {measure.n_missing} left out{': ' + reasons if reasons else ''}"
            )


def note_versions(versions: Sequence[tuple[str, int]]) -> None:
    """Say so where calls were made with different versions."""
    if len(versions) > 1:
        mixed = "; ".join(f"{version}: {count} calls" for version, count in versions)
        note(f"These calls were made with different versions, which means mix: {mixed}")


def days_text(since: date | None, until: date | None) -> str:
    """A period in words."""
    return f"{since or 'the first day'} to {until or 'the last day'}"


_COMPARED = (
    Column("measure", "measure"),
    Column("first", "first"),
    Column("first_n", "calls"),
    Column("second", "second"),
    Column("second_n", "calls"),
    Column("difference", "difference"),
    Column("interval", "95 %"),
    Column("verdict", "told from chance?"),
)


def print_comparison(found: Comparison, style: Format) -> None:
    """Two agents, teams or centres, measure by measure."""
    if style == "json":
        print_json(document("comparison", found))
        return
    rows: list[dict[str, Any]] = []
    for one in found.differences:
        raw = style == "csv"
        rows.append({
            "measure": one.name,
            "first": one.first.mean if raw else value_text(one.name, one.first.mean, one.first.interval),
            "first_n": one.first.n,
            "second": one.second.mean if raw else value_text(one.name, one.second.mean, one.second.interval),
            "second_n": one.second.n,
            "difference": one.difference if raw else value_text(one.name, one.difference, sign=True),
            "interval": one.interval if raw else interval_text(one, sign=True),
            "verdict": one.verdict,
        })  # fmt: skip
    columns = [
        Column(c.key, {"first": found.first, "second": found.second}.get(c.key, c.heading)) for c in _COMPARED
    ]
    print_rows("differences", rows, columns, style=style)
    if style == "table":
        note(
            f"{found.first} against {found.second}, {days_text(found.since, found.until)}, scorecard"
            f" {found.scorecard or '(none)'}. Better and worse are those of {found.first}."
        )
        _note_chance([one.verdict for one in found.differences], "differences")


_CASE_MIX = (
    Column("rank", "#"),
    Column("key", ""),
    Column("n", "calls"),
    Column("mean", "brought", digits=1),
    Column("expected", "usual for\nsuch calls", digits=1),
    Column("difference", "difference"),
    Column("interval", "95 %"),
    Column("verdict", "told from\nchance?"),
    Column("adjusted", "adjusted", digits=1, rank=1),
    Column("levels", "compared with", rank=2),
)


def print_case_mix(table: CaseMixTable, style: Format) -> None:
    """Who brings more or less than such calls usually bring."""
    if style == "json":
        print_json(document(f"{table.by}s_case_mix", table))
        return
    share = table.measure in SHARES
    rows = [
        asdict(row)
        | {
            "key": f"{row.key} {row.name}" if style == "table" and row.name else row.key,
            "difference": row.difference
            if style == "csv"
            else value_text(table.measure, row.difference, sign=True),
            "interval": row.interval if style == "csv" else interval_text(row, table.measure, sign=True),
            "levels": "; ".join(f"{n} by {level}" for level, n in row.levels),
        }
        for row in table.rows
    ]
    columns = [
        Column(
            c.key, c.heading or table.by, c.digits, share=share and c.key in ("mean", "expected", "adjusted")
        )
        for c in _CASE_MIX
    ]
    print_rows(f"{table.by}s", rows, columns, style=style, empty=str(table.hint or ""))
    if style == "table" and table.rows:
        note(
            f"{table.measure} of calls against what calls of the same queue, driver and hour bring to others,"
            f" {days_text(table.since, table.until)}; where others have under {table.min_cell} such calls, against a"
            " coarser kind. Adjusted: with everybody's mix of calls."
        )
        _note_chance([row.verdict for row in table.rows], "differences")
