"""Two agents, teams or centers beside each other: every measure, the difference, and what chance alone explains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from speechcx.ask.ground.compared_measures import MEASURES, DifferenceVerdict
from speechcx.ask.ground.group_sums import GroupSums, find_scorecard, sum_calls
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import find_name, settle_names
from speechcx.ask.ground.score_rows import MIN_N, Estimate, ScoreBy, make_estimates
from speechcx.ask.statistics import Interval
from speechcx.store import CallFilter

LEVEL = 0.05
"""Part of the differences that would stand out by chance alone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of two groups of calls.

    Parameters
    ----------
    name
        The measure.
    first, second
        What it is in each.
    difference, interval
        The first minus the second, and its 95 % interval; None where there are too few calls.
    verdict
        The first against the second, in a word; ``cannot tell`` where chance alone could explain it.
    """

    name: str
    first: Estimate
    second: Estimate
    difference: float | None
    interval: Interval | None
    verdict: DifferenceVerdict


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """Two groups of calls of one period.

    Parameters
    ----------
    by
        What is compared.
    first, second
        The two.
    scorecard
        The scorecard of score and critical accuracy.
    since, until
        The period; None where open.
    differences
        In the order of ``measures.MEASURES``.
    told, by_chance
        Differences beyond chance, and how many of as many would stand out by chance alone.
    """

    by: ScoreBy
    first: str
    second: str
    scorecard: str | None
    since: date | None
    until: date | None
    differences: tuple[Difference, ...]
    told: int
    by_chance: float


def compare_two(
    where: Where,
    by: ScoreBy,
    pair: tuple[str, str],
    filters: CallFilter | None = None,
    *,
    scorecard: str | None = None,
) -> GroupComparison:
    """Compare two agents, teams or centers over the same calls.

    Parameters
    ----------
    where
        Store or database.
    by
        What they are.
    pair
        Their names.
    filters
        Which calls; None for all.
    scorecard
        None for the first one of the newest call.

    Raises
    ------
    UsageError
        A name means none; the message names the nearest.
    """
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        first, second = (find_name(store, by, name) for name in pair)
        card = find_scorecard(store, filters, scorecard)
        both = replace(filters, **{by: (first, second)})  # type: ignore[arg-type]
        sums = sum_calls(store, both, card, by=(f"c.{by}",))
    found = compare_sums(sums.get((first,), GroupSums()), sums.get((second,), GroupSums()))
    judged = [one for one in found if one.verdict != "too few calls"]
    told = sum(one.verdict != "cannot tell" for one in judged)
    return GroupComparison(
        by, first, second, card, filters.since, filters.until, found, told, LEVEL * len(judged)
    )  # fmt: skip


def compare_sums(first: GroupSums, second: GroupSums) -> tuple[Difference, ...]:
    """Every measure of two groups of calls that share none."""
    differences = []
    for place, (measure, one, other) in enumerate(
        zip(MEASURES, make_estimates(first, None), make_estimates(second, None), strict=True)
    ):
        interval = measure.difference(first.measures[place], second.measures[place])
        gap = None if one.mean is None or other.mean is None else one.mean - other.mean
        verdict = measure.judge(interval, enough=min(one.n, other.n) >= MIN_N)
        differences.append(Difference(measure.name, one, other, gap, interval, verdict))
    return tuple(differences)
