"""Plans of calls to review, written whole: the plan, its draws, and the agents it found too few calls of."""

from __future__ import annotations

import json
from dataclasses import dataclass

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.chain import note_decision
from speechcx.store.moments import utc_text
from speechcx.store.paths import plain_text


@dataclass(frozen=True, slots=True)
class Draw:
    """A call drawn for review.

    Parameters
    ----------
    call_id, agent
        The call and its agent.
    period
        The period it was drawn for: a day, a week (``2026-W13``), a month, or ``all``.
    stratum
        (name, value) pairs.
    risk
        Its weight in the draw; 1 for a call without any risk.
    chance
        How probable it was that this call be drawn, 0 (left out) to 1.
    reviews
        Blind reviews it is to get, by different people: 1 or 2.
    reason
        Why it was drawn, in words.
    """

    call_id: str
    agent: str
    period: str
    stratum: tuple[tuple[str, str], ...]
    risk: float
    chance: float
    reviews: int
    reason: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An agent with fewer calls in a period than a plan asked for."""

    agent: str
    period: str
    wanted: int
    found: int


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """A plan as it was drawn.

    Parameters
    ----------
    name, scorecard, made_by
        What it is called, the form people fill in, and who drew it.
    spec
        What was asked for, as (name, value) pairs of plain values.
    frame
        Calls it was drawn from.
    left_out
        (why others of the period could not be drawn, calls) pairs.
    draws
        In the order in which calls are given out.
    shortfalls
        Agents with too few calls.
    """

    name: str
    scorecard: str
    made_by: str
    spec: tuple[tuple[str, object], ...]
    frame: int
    left_out: tuple[tuple[str, int], ...]
    draws: tuple[Draw, ...]
    shortfalls: tuple[Shortfall, ...]


def save_plan(store: Store, plan: ReviewPlan) -> int:
    """Write a plan.

    Returns
    -------
    int
        Its number.

    Raises
    ------
    UsageError
        There is a plan of that name: plans are never drawn again, since people may be at work on them.
    """
    with store.write():
        if store.db.execute("SELECT 1 FROM review_plans WHERE name = ?", (plan.name,)).fetchone():
            raise UsageError(
                f"there is a review plan {plan.name!r} already",
                "a new name: a plan that people may be at work on is not drawn again",
                f"see it by `speechcx review plans`, or name this one otherwise, such as {plan.name}-2",
            )
        row = store.db.execute(
            "INSERT INTO review_plans (name, scorecard, made_at, made_by, spec, frame, left_out)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING plan_id",
            (
                plan.name, plan.scorecard, utc_text(), plan.made_by, json.dumps(dict(plan.spec)), plan.frame,
                json.dumps(dict(plan.left_out)),
            ),
        ).fetchone()  # fmt: skip
        plan_id = int(row[0])
        store.db.executemany(
            "INSERT INTO review_draws (plan_id, position, call_id, agent, period, stratum, risk, chance, reviews,"
            " reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(plan_id, place, *_draw_row(draw)) for place, draw in enumerate(plan.draws)],
        )
        store.db.executemany(
            "INSERT INTO review_shortfalls VALUES (?, ?, ?, ?, ?)",
            [(plan_id, short.agent, short.period, short.wanted, short.found) for short in plan.shortfalls],
        )
        note_decision(store.db, "review_plans", (plan_id,))
        return plan_id


def _draw_row(draw: Draw) -> tuple[object, ...]:
    return (
        draw.call_id, plain_text(draw.agent), draw.period, json.dumps(dict(draw.stratum)), draw.risk, draw.chance,
        draw.reviews, draw.reason,
    )  # fmt: skip
