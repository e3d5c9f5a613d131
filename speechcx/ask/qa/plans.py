"""Review plans in a list: what they drew, and how far people are with them."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.ask.opening import Where, reading


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
