"""Scores of agents, teams and centres: means with intervals, counts, changes, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from speechcx.ask.ground import Estimate, ScoreRow, ScoreTable
from speechcx.ask.people import CaseMixRow, CaseMixTable, Difference, GroupComparison
from speechcx.present.envelope import Envelopes, record
from speechcx.present.measures import (
    MEASURE_COLUMNS,
    SHARES,
    VERDICT,
    change_text,
    count_chance,
    interval_text,
    list_versions,
    measure_title,
    value_text,
)
from speechcx.present.table import Answer, Column, make_table
from speechcx.present.units import count_text, days_text
from speechcx.present.wording import difference_text

_SCORES = {"ScoreRow.measures": dict[str, Estimate], "ScoreTable.hint": str | None}
_TABLES = {by: record(f"{by}s", ScoreTable, swapped=_SCORES) for by in ("agent", "team", "center")}
_MIXES = {
    by: record(f"{by}s_case_mix", CaseMixTable, swapped={"CaseMixTable.hint": str | None}) for by in _TABLES
}
_COMPARISON = record("comparison", GroupComparison)

ENVELOPES: dict[str, Envelopes] = {f"{by}s": (_TABLES[by], _MIXES[by], _COMPARISON) for by in _TABLES}


def present_scores(table: ScoreTable) -> Answer:
    """A table of scores; JSON carries everything, with intervals and reasons for what is left out."""
    shown = make_table(
        f"{table.by}s",
        _score_columns(table),
        table.rows,
        total=(table.total, {"key": "all", "rank": None, "where": ""}),
        empty=str(table.hint or ""),
        notes=_score_notes(table),
    ).with_hints(("Official scores: `speechcx qa scores`.",) if table.rows else ())
    return Answer(lambda: _TABLES[table.by].wrap(table), (shown,))


def _score_columns(table: ScoreTable) -> list[Column]:
    columns = [Column("rank", "#"), Column("key", table.by, text=_name)]
    if table.by != "center":
        heading = "team, centre" if table.by == "agent" else "centre"
        columns.append(
            Column("where", heading, rank=9, value=lambda row: ", ".join((*row.teams, *row.centers)))
        )
    columns += [
        Column("n", "calls"),
        Column("score", "score", digits=1, value=lambda row: row.get("score").mean),
        Column("interval", "95 %", value=lambda row: interval_text(row.get("score"))),
    ]
    if table.before:
        columns.append(
            Column(
                "change",
                "change",
                value=lambda row: row.get("score").change,
                text=lambda row: change_text("score", row.get("score")),
            )
        )
    if table.by != "agent":
        columns.append(
            Column("by_agent", "by\nagent", digits=1, rank=4, value=lambda row: row.score_by_agent)
        )
    missing = Column("n_missing", "left\nout", rank=1, value=lambda row: row.get("score").n_missing)
    return [*columns, *MEASURE_COLUMNS, missing, *_SCORE_PROGRAMS]


def _name(row: ScoreRow) -> str:
    named = row.name if row.name and row.name != row.key else None
    return f"{row.key} {named}" if row.key and named else row.key or "(unknown)"


def _end(interval: tuple[float, float] | None, place: int) -> float | None:
    return None if interval is None else interval[place]


_SCORE_PROGRAMS = tuple(
    Column(key, key, value=value, audience="programs")
    for key, value in (
        ("score_low", lambda row: _end(row.get("score").interval, 0)),
        ("score_high", lambda row: _end(row.get("score").interval, 1)),
        ("score_before", lambda row: row.get("score").before),
        ("score_change_low", lambda row: _end(row.get("score").change_interval, 0)),
        ("score_change_high", lambda row: _end(row.get("score").change_interval, 1)),
        ("score_n", lambda row: row.get("score").n),
        ("verdict", lambda row: row.get("score").verdict),
        ("name", None),
        ("n_flagged", None),
    )
)
"""Plain numbers that CSV has beside the cells."""


def _score_notes(table: ScoreTable) -> tuple[str, ...]:
    before = f", change against {days_text(*table.before)}" if table.before else ""
    ranked = f"Ranked from {table.min_n} calls upward" if table.min_n > 1 else "Ranked from the first call"
    return (
        f"Scorecard {table.scorecard or '(none)'}, {days_text(table.since, table.until)}{before}."
        f" {ranked}. Scores are the machine's.",
        *count_chance([row.get("score").verdict for row in table.rows], "changes"),
        *_left_out(table.total.measures),
        *list_versions(table.versions),
    )


def _left_out(measures: Sequence[Estimate]) -> list[str]:
    notes = []
    for measure in measures:
        if measure.n_missing:
            reasons = "; ".join(f"{why} ({count})" for why, count in measure.reasons[:3])
            why = f": {reasons}" if reasons else ""
            notes.append(
                f"{measure_title(measure.name)}: of {count_text(measure.n, 'call')}; {measure.n_missing} left out{why}"
            )
    return notes


_COMPARED = (
    Column("measure", "measure", value=lambda one: one.name, text=lambda one: measure_title(one.name)),
    Column("first", "first", value=lambda one: one.first.mean, text=lambda one: _mean_text(one, one.first)),
    Column("first_n", "calls", rank=2, value=lambda one: one.first.n),
    Column(
        "second", "second", value=lambda one: one.second.mean, text=lambda one: _mean_text(one, one.second)
    ),
    Column("second_n", "calls", rank=2, value=lambda one: one.second.n),
    Column("difference", "difference", text=lambda one: value_text(one.name, one.difference, sign=True)),
    Column("interval", "95 %", rank=1, text=lambda one: interval_text(one, sign=True)),
    Column("verdict", "clear difference?", text=lambda one: difference_text(one.verdict)),
)


def _mean_text(one: Difference, side: Estimate) -> str | None:
    return value_text(one.name, side.mean, side.interval)


def present_comparison(found: GroupComparison) -> Answer:
    """Two agents, teams or centres, measure by measure."""
    names = {"first": found.first, "second": found.second}
    columns = [replace(one, heading=names.get(one.key, one.heading)) for one in _COMPARED]
    notes = (
        f"{found.first} against {found.second}, {days_text(found.since, found.until)}, scorecard"
        f" {found.scorecard or '(none)'}. Better and worse are those of {found.first}.",
        *count_chance([one.verdict for one in found.differences], "differences"),
    )
    shown = make_table("differences", columns, found.differences, notes=notes)
    return Answer(lambda: _COMPARISON.wrap(found), (shown,))


def present_case_mix(table: CaseMixTable) -> Answer:
    """Who brings more or less than such calls usually bring."""
    notes = (
        f"{table.measure} of calls against what calls of the same queue, driver and hour bring to others,"
        f" {days_text(table.since, table.until)}; where others have under {table.min_cell} such calls, against a"
        " coarser kind. Adjusted: with everybody's mix of calls.",
        *count_chance([row.verdict for row in table.rows], "differences"),
    )
    shown = make_table(
        f"{table.by}s", _case_mix_columns(table), table.rows, empty=str(table.hint or ""), notes=notes
    )
    return Answer(lambda: _MIXES[table.by].wrap(table), (shown,))


def _case_mix_columns(table: CaseMixTable) -> tuple[Column, ...]:
    def difference(row: CaseMixRow) -> str | None:
        return value_text(table.measure, row.difference, sign=True)

    def interval(row: CaseMixRow) -> str | None:
        return interval_text(row, table.measure, sign=True)

    def mean(key: str, heading: str, rank: int = 0) -> Column:
        return Column(key, heading, 1, "share" if table.measure in SHARES else "plain", rank)

    return (
        Column("rank", "#"),
        Column("key", table.by, text=lambda row: f"{row.key} {row.name}" if row.name else row.key),
        Column("n", "calls"),
        mean("mean", "brought"),
        mean("expected", "usual for\nsuch calls"),
        Column("difference", "difference", text=difference),
        Column("interval", "95 %", text=interval),
        Column("verdict", VERDICT, text=lambda row: difference_text(row.verdict)),
        mean("adjusted", "adjusted", rank=1),
        Column(
            "levels",
            "compared with",
            rank=2,
            value=lambda row: "; ".join(f"{n} by {level}" for level, n in row.levels),
        ),
    )
