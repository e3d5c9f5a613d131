"""Scores of agents, teams and centers over a period, with intervals, trends and what was left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from speechcx.ask.ground.compared_measures import MEASURE_NAMES, MEASURES
from speechcx.ask.ground.empty_answer_hints import find_hint
from speechcx.ask.ground.group_sums import (
    GroupKey,
    GroupSums,
    add_sums,
    count_versions,
    find_scorecard,
    sum_calls,
)
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.periods import period_before
from speechcx.ask.ground.resolve_names import read_names, settle_names
from speechcx.ask.ground.score_rows import (
    MIN_N,
    Estimate,
    ScoreBy,
    ScoreRow,
    ScoreTable,
    TableForm,
    make_estimates,
)
from speechcx.store import CallFilter

__all__ = [
    "MIN_N",
    "Estimate",
    "ScoreBy",
    "ScoreRow",
    "ScoreTable",
    "TableForm",
    "score_agents",
    "score_centers",
    "score_teams",
]


def score_agents(
    where: Where, filters: CallFilter | None = None, form: TableForm | None = None
) -> ScoreTable:
    """Scores by agent."""
    return _score(where, "agent", filters or CallFilter(), form or TableForm())


def score_teams(where: Where, filters: CallFilter | None = None, form: TableForm | None = None) -> ScoreTable:
    """Scores by team, for the team an agent was in on the day of each call."""
    return _score(where, "team", filters or CallFilter(), form or TableForm())


def score_centers(
    where: Where, filters: CallFilter | None = None, form: TableForm | None = None
) -> ScoreTable:
    """Scores by center."""
    return _score(where, "center", filters or CallFilter(), form or TableForm())


def _score(where: Where, by: ScoreBy, filters: CallFilter, form: TableForm) -> ScoreTable:
    with reading(where) as store:
        filters = settle_names(store, filters)
        scorecard = find_scorecard(store, filters, form.scorecard)
        earlier = form.before or period_before(store, filters)
        now = sum_calls(store, filters, scorecard)
        past = {}
        if earlier is not None:
            past = sum_calls(store, replace(filters, since=earlier[0], until=earlier[1]), scorecard)
        groups, groups_before = _gather(now, by), _gather(past, by)
        names = read_names(store) if by == "agent" else {}
        rows = [
            _row(key, groups[key], groups_before.get(key), name=names.get(key), compared=earlier is not None)
            for key in groups
        ]
        everything = _row(
            None, [pair for pairs in groups.values() for pair in pairs],
            [pair for pairs in groups_before.values() for pair in pairs], name=None, compared=earlier is not None,
        )  # fmt: skip
        return ScoreTable(
            by, scorecard, filters.since, filters.until, earlier, _ranked(rows, form), everything, form.sort,
            form.min_n, count_versions(store, filters), None if rows else find_hint(store, filters),
        )  # fmt: skip


GroupParts = list[tuple[GroupKey, GroupSums]]


def _gather(found: dict[GroupKey, GroupSums], by: ScoreBy) -> dict[str | None, GroupParts]:
    place = ("agent", "team", "center").index(by)
    gathered: dict[str | None, GroupParts] = defaultdict(list)
    for group, sums in found.items():
        gathered[group[place]].append((group, sums))
    return gathered


def _row(
    key: str | None, parts: GroupParts, parts_before: GroupParts | None, *, name: str | None, compared: bool
) -> ScoreRow:
    now, before = add_sums(sums for _, sums in parts), add_sums(sums for _, sums in parts_before or ())
    means = [part.measures[0].mean for part in _by_agent(parts).values()]
    known = [mean for mean in means if mean is not None]
    return ScoreRow(
        key=key,
        name=name,
        teams=tuple(sorted({group[1] for group, _ in parts if group[1] is not None})),
        centers=tuple(sorted({group[2] for group, _ in parts if group[2] is not None})),
        n=now.n,
        n_flagged=now.flagged,
        rank=None,
        measures=make_estimates(now, before if compared else None),
        n_agents=len(means),
        score_by_agent=sum(known) / len(known) if known else None,
    )


def _by_agent(parts: GroupParts) -> dict[str | None, GroupSums]:
    agents: dict[str | None, GroupSums] = defaultdict(GroupSums)
    for (agent, _, _), sums in parts:
        agents[agent].add(sums)
    return agents


def _ranked(rows: list[ScoreRow], form: TableForm) -> tuple[ScoreRow, ...]:
    """Rows in order: those with enough calls and a value first, with their rank; equal values share one."""
    if form.sort == "name":
        return tuple(sorted(rows, key=lambda row: (row.key is None, row.key or "")))
    if form.sort == "n":
        return tuple(sorted(rows, key=lambda row: (-row.n, row.key or "")))
    place = MEASURE_NAMES.index(form.sort)
    sign = 1 if MEASURES[place].best == "low" else -1

    def value(row: ScoreRow) -> float | None:
        return row.measures[place].mean

    def is_ranked(row: ScoreRow) -> bool:
        return value(row) is not None and row.measures[place].n >= form.min_n and row.key is not None

    order: Callable[[ScoreRow], tuple[bool, bool, float, str]] = lambda row: (  # noqa: E731
        not is_ranked(row), value(row) is None, sign * (value(row) or 0.0), row.key or ""
    )  # fmt: skip
    placed: list[ScoreRow] = []
    for number, row in enumerate(sorted(rows, key=order), start=1):
        same = bool(placed) and value(placed[-1]) == value(row)
        rank = (placed[-1].rank if same else number) if is_ranked(row) else None
        placed.append(replace(row, rank=rank))
    return tuple(placed)
