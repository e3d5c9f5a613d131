"""Plans are written whole or not at all, and never twice."""

import sqlite3

import pytest

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.review_plans import Draw, ReviewPlan, Shortfall, save_plan
from tests.store.reviewing import fill, plan


def test_a_plan_is_kept_with_its_chances_and_shortfalls(store: Store) -> None:
    """Draws keep order, chance, stratum and reason; agents with too few calls are named."""
    draw = Draw("c1", "ann", "2025-03", (("queue", "billing"),), 2.5, 0.25, 2, "risk: flagged")
    made = ReviewPlan("march", "quality", "lead", (("seed", 7),), 40, (("no agent", 3),), (draw,),
                      (Shortfall("bob", "2025-03", 3, 1),))  # fmt: skip
    plan_id = save_plan(store, made)
    row = store.db.execute(
        "SELECT call_id, stratum, risk, chance, reviews, reason FROM review_draws"
    ).fetchone()
    assert ("c1", '{"queue": "billing"}', 2.5, 0.25, 2, "risk: flagged") == row
    assert (plan_id, "bob", "2025-03", 3, 1) == store.db.execute("SELECT * FROM review_shortfalls").fetchone()


def test_a_plan_of_the_same_name_is_refused(store: Store) -> None:
    """A name is taken once, and the first plan stays as it is."""
    ids = fill(store, 2)
    plan(store, ids[:1])
    with pytest.raises(UsageError, match="'march' already"):
        plan(store, ids)
    assert (1,) == store.db.execute("SELECT count(*) FROM review_draws").fetchone()


def test_a_call_twice_in_a_plan_is_refused_whole(store: Store) -> None:
    """Nothing is left of a plan that names a call twice."""
    with pytest.raises(sqlite3.IntegrityError, match="call_id"):
        plan(store, ["c1", "c1"])
    assert (0,) == store.db.execute("SELECT count(*) FROM review_plans").fetchone()
