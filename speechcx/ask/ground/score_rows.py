"""The records that score tables consist of: an estimate of a measure, a row, a table, and how it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from speechcx.ask.ground.compared_measures import MEASURE_NAMES, MEASURES, ComparedMeasure, DifferenceVerdict
from speechcx.ask.ground.empty_answer_hints import Hint
from speechcx.ask.ground.group_sums import GroupSums
from speechcx.ask.ground.resolve_names import expect_one
from speechcx.ask.statistics import Interval, Sums

ScoreBy = Literal["agent", "team", "center"]

MIN_N = 5
"""Calls that a place in the ranking needs, and that a difference needs on both sides to be judged."""


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
        The same in the period it is compared with; None without one.
    change, change_interval
        Mean minus `before`, and its 95 % interval.
    verdict
        Whether the change is beyond chance, in a word; None without a change.
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
    verdict: DifferenceVerdict | None = None


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
        In the order of ``measures.MEASURES``; an object by name in JSON.
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
        First and last day of the period that the change is against; None if there is none.
    rows, total
        The rows, and all their calls together.
    sort, min_n
        What rows are sorted by, and the calls a rank needs.
    versions
        (rulebook, engines and settings; calls) pairs. More than one: means mix versions.
    hint
        Where there are no rows: what would widen the question.
    """

    by: ScoreBy
    scorecard: str | None
    since: date | None
    until: date | None
    before: tuple[date | None, date | None] | None
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
        Minimum number of calls for a rank.
    before
        First and last day of the period to compare with; None for the one of the same length before.
    """

    scorecard: str | None = None
    sort: str = "score"
    min_n: int = MIN_N
    before: tuple[date | None, date | None] | None = None

    def __post_init__(self) -> None:
        expect_one("sort by", self.sort, (*MEASURE_NAMES, "name", "n"))


def make_estimates(now: GroupSums, before: GroupSums | None) -> tuple[Estimate, ...]:
    """Every measure of a group of calls, with the change against another group where there is one."""
    return tuple(_estimate(measure, place, now, before) for place, measure in enumerate(MEASURES))


def _estimate(measure: ComparedMeasure, place: int, now: GroupSums, before: GroupSums | None) -> Estimate:
    sums = now.measures[place]
    earlier = Sums() if before is None else before.measures[place]
    is_changed = sums.mean is not None and earlier.mean is not None
    interval = measure.difference(sums, earlier) if is_changed else None
    return Estimate(
        name=measure.name,
        mean=sums.mean,
        interval=measure.interval(sums),
        n=sums.n,
        n_missing=sums.n_missing,
        reasons=tuple(now.reasons[measure.name].most_common()) if measure.name in now.reasons else (),
        before=earlier.mean,
        change=None if sums.mean is None or earlier.mean is None else sums.mean - earlier.mean,
        change_interval=interval,
        verdict=measure.judge(interval, enough=min(sums.n, earlier.n) >= MIN_N) if is_changed else None,
    )
