"""Review plans in a list, and the calls of one: what was drawn, and how far people are."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.ask.ground.opening import Where, reading
from speechcx.errors import UsageError


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan in a list.

    Parameters
    ----------
    name, scorecard, made_at, made_by, spec
        The plan; `spec` is what was asked for, JSON.
    frame, left_out
        Calls it was drawn from, and why others could not be, JSON.
    drawn, wanted
        Calls drawn, and reviews they are to get.
    open, done
        Of those reviews, those somebody is at and those submitted.
    gone
        Drawn calls that are erased, replaced, or not judged by the scorecard any more.
    short
        Agents and periods with fewer calls than asked for.
    """

    name: str
    scorecard: str
    made_at: str
    made_by: str
    frame: int
    left_out: str
    drawn: int
    wanted: int
    open: int
    done: int
    gone: int
    short: int
    spec: str


def list_plans(where: Where) -> tuple[PlanRow, ...]:
    """All plans with how far they are, newest first."""
    with reading(where) as store:
        rows = store.db.execute(
            "SELECT p.name, p.scorecard, p.made_at, p.made_by, p.frame, p.left_out, count(*), sum(d.reviews),"
            " (SELECT count(*) FROM reviews r JOIN review_draws x USING (draw_id) WHERE x.plan_id = p.plan_id"
            " AND r.state = 'open' AND r.round <= x.reviews),"
            " (SELECT count(*) FROM reviews r JOIN review_draws x USING (draw_id) WHERE x.plan_id = p.plan_id"
            " AND r.state NOT IN ('open', 'released') AND r.round <= x.reviews),"
            " sum(NOT EXISTS (SELECT 1 FROM calls c JOIN scores s USING (call_no) WHERE c.call_id = d.call_id"
            " AND c.superseded_by IS NULL AND s.scorecard = p.scorecard)),"
            " (SELECT count(*) FROM review_shortfalls f WHERE f.plan_id = p.plan_id), p.spec"
            " FROM review_plans p JOIN review_draws d USING (plan_id) GROUP BY p.plan_id ORDER BY p.plan_id DESC"
        )
        return tuple(PlanRow(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A call that a plan drew.

    Parameters
    ----------
    position
        Place in the order in which calls are given out, from 0.
    call_id, agent, period
        The call, its agent, and the period it was drawn for.
    stratum
        JSON object.
    risk
        Its weight in the draw.
    chance
        How probable it was that it be drawn; 1 / chance is its weight in estimates.
    reviews, done, reviewers
        Reviews it is to get, those submitted, and who is or was at it.
    reason
        Why it was drawn.
    """

    position: int
    call_id: str
    agent: str
    period: str
    stratum: str
    risk: float
    chance: float
    reviews: int
    done: int
    reviewers: str | None
    reason: str


def list_draws(where: Where, plan: str) -> tuple[DrawRow, ...]:
    """The calls of a plan, in the order they are given out.

    Raises
    ------
    UsageError
        There is no such plan.
    """
    with reading(where) as store:
        rows = store.db.execute(
            "SELECT d.position, d.call_id, d.agent, d.period, d.stratum, d.risk, d.chance, d.reviews,"
            " sum(coalesce(r.state, 'open') <> 'open'), group_concat(r.reviewer, ', '), d.reason FROM review_draws d"
            " JOIN review_plans p USING (plan_id) LEFT JOIN reviews r ON r.draw_id = d.draw_id"
            " AND r.state <> 'released' WHERE p.name = ? GROUP BY d.draw_id ORDER BY d.position",
            (plan,),
        ).fetchall()
    if not rows:
        names = ", ".join(one.name for one in list_plans(where)[:10])
        raise UsageError(
            f"no review plan {plan!r}",
            f"one of {names}" if names else "a plan",
            "see `speechcx review plans`",
        )
    return tuple(DrawRow(*row) for row in rows)
