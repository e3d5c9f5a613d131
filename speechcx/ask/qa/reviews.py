"""Reviews in a list: who is at which call, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.store import CallFilter, Store

DONE = ("submitted", "acknowledged", "disputed", "decided")
"""States in which a review's answers count."""


@dataclass(frozen=True, slots=True)
class ListedReview:
    """A review in a list.

    Parameters
    ----------
    review_id, call_id, agent, scorecard, reviewer, state, opened_at, submitted_at
        What it is; `submitted_at` is None before.
    plan, reason
        The plan that drew the call, and why; `reason` is None before submitting, since it may tell what the
        machine found.
    round, of_review
        1 for a first review; the review that it is a second opinion on.
    blind
        False where the reviewer had seen the machine's answers.
    n_unlike
        Answers unlike the machine's; None before submitting.
    """

    review_id: int
    call_id: str
    agent: str | None
    scorecard: str
    reviewer: str
    state: str
    plan: str | None
    round: int
    of_review: int | None
    opened_at: str
    submitted_at: str | None
    blind: bool
    n_unlike: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """Which reviews; every field that is given must fit."""

    plan: str | None = None
    state: str | None = None
    reviewer: str | None = None
    agent: str | None = None
    call_id: str | None = None
    since: str | None = None


LISTED = (
    "SELECT r.review_id, r.call_id, r.agent, r.scorecard, r.reviewer, r.state, p.name, r.round, r.of_review,"
    " r.opened_at, (SELECT min(submitted_at) FROM review_answers a WHERE a.review_id = r.review_id), r.blind,"
    " (SELECT sum(a.answer <> a.machine_answer AND a.answer <> 'cannot-tell' AND a.machine_answer IN"
    " ('yes', 'no', 'n-a')) FROM review_answers a WHERE a.review_id = r.review_id), d.reason"
    " FROM reviews r LEFT JOIN review_draws d USING (draw_id) LEFT JOIN review_plans p USING (plan_id)"
)
"""Columns of a listed review, to be followed by a condition."""


def list_reviews(
    where: Where, wanted: ReviewFilter | None = None, *, limit: int = 50
) -> tuple[ListedReview, ...]:
    """Reviews, newest first.

    Parameters
    ----------
    where
        Store or database.
    wanted
        Which; None for all.
    limit
        At most this many.
    """
    wanted = wanted or ReviewFilter()
    with reading(where) as store:
        return _read_listed(store, wanted, limit)


def _read_listed(store: Store, wanted: ReviewFilter, limit: int) -> tuple[ListedReview, ...]:
    agents = settle_names(store, CallFilter(agent=(wanted.agent,))).agent if wanted.agent else (None,)
    parts = {
        "p.name = ?": wanted.plan, "r.state = ?": wanted.state, "r.reviewer = ? COLLATE NOCASE": wanted.reviewer,
        "r.agent = ? COLLATE NOCASE": agents[0], "r.call_id = ?": wanted.call_id, "r.opened_at >= ?": wanted.since,
    }  # fmt: skip
    given = {condition: value for condition, value in parts.items() if value is not None}
    condition = " AND ".join(given) or "1"
    rows = store.db.execute(
        f"{LISTED} WHERE {condition} ORDER BY r.review_id DESC LIMIT ?", [*given.values(), limit]
    )
    return tuple(to_listed(row) for row in rows)


def to_listed(row: tuple[Any, ...]) -> ListedReview:
    """A row of :data:`LISTED` as a record; what the machine found is left out before submitting."""
    cells = list(row)
    cells[-3] = bool(cells[-3])
    if cells[5] not in DONE:
        cells[-2:] = None, None
    return ListedReview(*cells)
