"""Scores of agents, teams and centers over a period, with intervals, trends and what was left out."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from speechcx.ask.intervals import Interval
from speechcx.ask.measures import MEASURE_NAMES, MEASURES, Measure
from speechcx.ask.opening import Where, reading
from speechcx.ask.sums import Group, GroupSums, count_versions, find_scorecard, sum_calls
from speechcx.ask.widen import Hint, find_hint
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store

By = Literal["agent", "team", "center"]

MIN_N = 5
"""Calls that a place in the ranking needs."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One measure of one group of calls.

    Parameters
    ----------
    name
        The measure.
    mean
        Mean over calls, or share of calls; None where no call has a value.
    interval
        Its 95 % interval; None where there are too few calls.
    n, n_missing
        Calls with a value, and calls left out.
    reasons
        (why calls are left out, how many) pairs, most frequent first.
    before
        The same in the period before; None without one.
    change, change_interval
        Mean minus `before`, and its 95 % interval.
    """

    name: str
    mean: float | None
    interval: Interval | None
    n: int
    n_missing: int
    reasons: tuple[tuple[str, int], ...] = ()
    before: float | None = None
    change: float | None = None
    change_interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One agent, team or center.

    Parameters
    ----------
    key
        The agent, team or center; None for calls whose team or center is not known.
    name
        An agent's name in the roster.
    teams, centers
        Where an agent's calls of the period count; the center of a team.
    n, n_flagged
        Calls, and those with a flagged rule.
    rank
        Place by the measure the table is sorted by, among rows with enough calls; else None.
    measures
        In the order of ``measures.MEASURES``.
    n_agents, score_by_agent
        Of teams and centers: agents, and the mean in which each agent weighs alike.
    """

    key: str | None
    name: str | None
    teams: tuple[str, ...]
    centers: tuple[str, ...]
    n: int
    n_flagged: int
    rank: int | None
    measures: tuple[Estimate, ...]
    n_agents: int
    score_by_agent: float | None

    def get(self, measure: str) -> Estimate:
        """The estimate of one measure."""
        return self.measures[MEASURE_NAMES.index(measure)]


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Scores by agent, team or center.

    Parameters
    ----------
    by
        What a row is.
    scorecard
        The scorecard of score and critical accuracy; None where no call has one.
    since, until
        The period; None where open.
    before
        First and last day of the period before that the trend is against; None where there is none.
    rows, total
        The rows, and all their calls together.
    sort, min_n
        What rows are sorted by, and the calls a rank needs.
    versions
        (rulebook, engines and settings; calls) pairs. More than one: means mix versions.
    hint
        Where there are no rows: what would widen the question.
    """

    by: By
    scorecard: str | None
    since: date | None
    until: date | None
    before: tuple[date, date] | None
    rows: tuple[ScoreRow, ...]
    total: ScoreRow
    sort: str
    min_n: int
    versions: tuple[tuple[str, int], ...]
    hint: Hint | None


@dataclass(frozen=True, slots=True)
class TableForm:
    """How a table is asked for.

    Parameters
    ----------
    scorecard
        Id of a scorecard; None for the first one of the newest call.
    sort
        A measure, ``name`` or ``n``.
    min_n
        Calls that a rank needs.
    before
        First and last day of the period to compare with; None for the one of the same length before.
    """

    scorecard: str | None = None
    sort: str = "score"
    min_n: int = MIN_N
    before: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        legal = (*MEASURE_NAMES, "name", "n")
        if self.sort not in legal:
            near = difflib.get_close_matches(self.sort, legal, n=1)
            raise UsageError(
                f"cannot sort by {self.sort!r}",
                f"one of {', '.join(legal)}",
                f"use {near[0]}" if near else "name another",
            )


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


def _score(where: Where, by: By, filters: CallFilter, form: TableForm) -> ScoreTable:
    with reading(where) as store:
        scorecard = form.scorecard or find_scorecard(store, filters)
        earlier = form.before or _period_before(store, filters)
        now = sum_calls(store, filters, scorecard)
        past = {}
        if earlier is not None:
            past = sum_calls(store, replace(filters, since=earlier[0], until=earlier[1]), scorecard)
        groups, groups_before = _gather(now, by), _gather(past, by)
        names = _read_names(store) if by == "agent" else {}
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


def _read_names(store: Store) -> dict[str | None, str | None]:
    return dict(store.db.execute("SELECT agent, name FROM roster ORDER BY agent, valid_from").fetchall())


def _period_before(store: Store, filters: CallFilter) -> tuple[date, date] | None:
    """The period of the same length that ends the day before `since`."""
    if filters.since is None:
        return None
    last = filters.until
    if last is None:
        newest = store.db.execute("SELECT max(local_day) FROM calls").fetchone()[0]
        if newest is None:
            return None
        last = date.fromisoformat(newest)
    days = (last - filters.since).days + 1
    if days < 1:
        return None
    return filters.since - timedelta(days=days), filters.since - timedelta(days=1)


Parts = list[tuple[Group, GroupSums]]


def _gather(found: dict[Group, GroupSums], by: By) -> dict[str | None, Parts]:
    place = ("agent", "team", "center").index(by)
    gathered: dict[str | None, Parts] = defaultdict(list)
    for group, sums in found.items():
        gathered[group[place]].append((group, sums))
    return gathered


def _row(
    key: str | None, parts: Parts, parts_before: Parts | None, *, name: str | None, compared: bool
) -> ScoreRow:
    now, before = _add(sums for _, sums in parts), _add(sums for _, sums in parts_before or ())
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
        measures=tuple(_estimate(m, i, now, before if compared else None) for i, m in enumerate(MEASURES)),
        n_agents=len(means),
        score_by_agent=sum(known) / len(known) if known else None,
    )


def _add(parts: Iterable[GroupSums]) -> GroupSums:
    together = GroupSums()
    for part in parts:
        together.add(part)
    return together


def _by_agent(parts: Parts) -> dict[str | None, GroupSums]:
    agents: dict[str | None, GroupSums] = defaultdict(GroupSums)
    for (agent, _, _), sums in parts:
        agents[agent].add(sums)
    return agents


def _estimate(measure: Measure, place: int, now: GroupSums, before: GroupSums | None) -> Estimate:
    sums = now.measures[place]
    found = Estimate(
        measure.name, sums.mean, measure.interval(sums), sums.n, sums.n_missing,
        tuple(now.reasons[measure.name].most_common()) if measure.name in now.reasons else (),
    )  # fmt: skip
    if before is None or before.measures[place].mean is None:
        return found
    earlier = before.measures[place]
    change = None if sums.mean is None or earlier.mean is None else sums.mean - earlier.mean
    return replace(
        found, before=earlier.mean, change=change, change_interval=measure.difference(sums, earlier)
    )


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
