"""What goes with an outcome: how much more often it comes with a driver, queue, team, hour, than over all calls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from speechcx.ask.ground.driver_lookup import list_drivers
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import DIVISIONS
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import expect_one, settle_names
from speechcx.ask.ground.score_rows import MIN_N
from speechcx.ask.operations.events import find_watched
from speechcx.ask.operations.outreach import NEGATIVE, NEGATIVE_TITLE
from speechcx.ask.statistics import NORMAL, Interval
from speechcx.store import CallFilter, Store

CauseBy = Literal["driver", "queue", "team", "center", "agent", "direction", "hour", "weekday"]
FLAGGED = "flagged"
"""The name for calls with any flagged rule, in place of a rule."""

_EXPRESSIONS: dict[str, str] = {
    "team": "c.team",
    "center": "c.center",
    "agent": "c.agent",
    **{by: DIVISIONS[by] for by in ("queue", "direction", "hour", "weekday")},
}

CauseVerdict = Literal["more often", "less often", "cannot tell", "too few calls"]


@dataclass(frozen=True, slots=True)
class Cause:
    """One driver, queue, ..., and how often the outcome comes with it.

    Parameters
    ----------
    key, title
        Which; the title of a driver, else the key.
    calls, outcomes
        Calls with it, and those of them with the outcome.
    share
        Of the one over the other.
    lift
        That share over the share of all calls; None where no call at all has the outcome.
    interval
        Its 95 % interval; None where it is all calls, or none.
    verdict
        Whether it is beyond chance, and which way.
    """

    key: str
    title: str
    calls: int
    outcomes: int
    share: float
    lift: float | None
    interval: Interval | None
    verdict: CauseVerdict


@dataclass(frozen=True, slots=True)
class Causes:
    """What goes with an outcome. What goes with it need not be why: calls are not an experiment.

    Parameters
    ----------
    outcome, title
        The rule, ``negative-end`` or ``flagged``.
    by
        What a row is.
    calls, outcomes
        All calls in which the outcome could be told, and those with it.
    rows
        The highest lift first, those with too few calls last.
    by_chance
        Of the rows beyond chance, about so many are there by chance alone.
    hint
        Where the filter leaves no calls: what would widen it.
    """

    outcome: str
    title: str
    by: str
    calls: int
    outcomes: int
    rows: tuple[Cause, ...]
    by_chance: float
    hint: Hint | None


def find_causes(
    where: Where, outcome: str, filters: CallFilter | None = None, *, by: str = "driver"
) -> Causes:
    """How often an outcome comes with each driver, queue, team, centre, agent, direction, hour or weekday.

    Parameters
    ----------
    where
        Store or database.
    outcome
        A rule (calls in which it was found, or which it flags), ``negative-end`` or ``flagged``.
    filters
        Which calls.
    by
        What to look at.

    Raises
    ------
    UsageError
        There is no such rule or division; names the nearest.
    """
    expect_one("divide by", by, get_args(CauseBy))
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        title, happened, told = _outcome(store, outcome)
        condition, values = filters.to_sql()
        condition += f" AND {told}"
        calls, outcomes = store.db.execute(
            f"SELECT count(*), total({happened}) FROM calls c WHERE {condition}", values
        ).fetchone()
        counts = _count(store, by, happened, (condition, values), outcome)
        rows = [
            weigh(key, name, (with_it, n), (int(outcomes), calls)) for key, name, n, with_it in counts if n
        ]
        rows.sort(key=lambda row: (row.verdict == "too few calls", -(row.lift or 0.0), -row.calls, row.key))
        judged = sum(row.verdict != "too few calls" for row in rows)
        return Causes(
            outcome, title, by, calls, int(outcomes), tuple(rows), round(0.05 * judged, 1),
            None if calls else find_hint(store, filters),
        )  # fmt: skip


def weigh(key: str, title: str, mine: tuple[int, int], everything: tuple[int, int]) -> Cause:
    """One row from counts.

    The interval is that of the ratio of the share with it to the share without it (logarithm, half a call
    added to each count: Katz et al., Biometrics 34 (1978) 469), carried over to the lift, which grows with
    that ratio.

    Parameters
    ----------
    key, title
        Which it is.
    mine, everything
        Outcomes and calls with it, and of all calls.
    """
    (outcomes, calls), (all_outcomes, all_calls) = mine, everything
    share, overall = outcomes / calls, all_outcomes / all_calls
    lift = share / overall if all_outcomes else None
    rest_outcomes, rest = all_outcomes - outcomes, all_calls - calls
    if lift is None or not rest:
        return Cause(key, title, calls, outcomes, share, lift, None, "too few calls")
    a, b = outcomes + 0.5, rest_outcomes + 0.5
    ratio = math.log(a / (calls + 0.5)) - math.log(b / (rest + 0.5))
    reach = NORMAL * math.sqrt(max(0.0, 1 / a - 1 / (calls + 0.5) + 1 / b - 1 / (rest + 0.5)))
    part = calls / all_calls

    def to_lift(log_ratio: float) -> float:
        # exp of a huge number overflows; a ratio that large has reached its limit.
        ratio = math.exp(min(log_ratio, 700.0))
        return ratio / (part * ratio + 1 - part)

    # Without a call, or without any other, the added half moves the ratio past its own interval.
    low, high = min(lift, to_lift(ratio - reach)), max(lift, to_lift(ratio + reach))
    if min(calls, rest) < MIN_N:
        return Cause(key, title, calls, outcomes, share, lift, (low, high), "too few calls")
    verdict: CauseVerdict = "more often" if low > 1 else "less often" if high < 1 else "cannot tell"
    return Cause(key, title, calls, outcomes, share, lift, (low, high), verdict)


def _outcome(store: Store, outcome: str) -> tuple[str, str, str]:
    """Title, SQL of whether it happened in a call ``c``, and of whether that can be told."""
    if outcome == NEGATIVE:
        return NEGATIVE_TITLE, "c.customer_end_state = 'negative'", "c.customer_end_state IS NOT NULL"
    if outcome == FLAGGED:
        return "a rule flags the call", "c.flagged_count > 0", "1"
    rule = find_watched(store, outcome, besides=(NEGATIVE, FLAGGED))
    listed = ", ".join(map(str, rule.numbers))
    told = (
        "EXISTS (SELECT 1 FROM rule_results d WHERE d.call_no = c.call_no"
        f" AND d.rule_no IN ({listed}) AND NOT d.is_unsure)"
    )
    return rule.title, rule.condition, told


def _count(
    store: Store,
    by: str,
    happened: str,
    which: tuple[str, list[str | int | float | bytes | None]],
    outcome: str,
) -> list[tuple[str, str, int, int]]:
    """(key, title, calls, outcomes) of each driver, queue, ..."""
    condition, values = which
    if by != "driver":
        rows = store.db.execute(
            f"SELECT {_EXPRESSIONS[by]}, count(*), total({happened}) FROM calls c WHERE {condition} GROUP BY 1",
            values,
        )
        return [(key, key, n, int(with_it)) for key, n, with_it in rows if key is not None]
    found = []
    for driver in list_drivers(store):
        if driver.rule == outcome:
            continue
        listed = ", ".join(map(str, driver.numbers))
        n, with_it = store.db.execute(
            f"SELECT count(*), total({happened}) FROM calls c WHERE {condition} AND EXISTS (SELECT 1 FROM"
            f" rule_results x WHERE x.call_no = c.call_no AND x.rule_no IN ({listed}) AND x.is_present)",
            values,
        ).fetchone()
        found.append((driver.rule, driver.title, n, int(with_it)))
    return found
