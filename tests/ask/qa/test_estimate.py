"""Estimates from reviewed calls are right on average, know their error, and never speak of what nobody saw."""

from __future__ import annotations

import random

import pytest

from speechcx.ask.qa.estimate import AgentSample, Scored, estimate_cells, estimate_plan
from speechcx.ask.qa.sampling import draw, find_chances
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.review_plans import Draw, ReviewPlan, save_plan
from speechcx.store.decisions.review_record import Given
from speechcx.store.decisions.reviews import ReviewDesk
from tests.ask.qa.judges import judged
from tests.ask.qa.test_review_comparison import BOOK


def test_by_hand() -> None:
    """A sure call of 40 and one of a chance of 1 in 4 of 90: (40 + 4 * 90) / 5 = 80 for five calls."""
    cell = AgentSample((1.0, 0.25), (Scored(40.0, 1.0), Scored(90.0, 0.25)))
    row = estimate_cells("ann", [cell])
    assert (5.0, 2, 2, 65.0, 80.0) == (row.calls, row.drawn, row.scored, row.plain, row.score)


def test_a_census_has_no_error_and_one_score_no_interval() -> None:
    """Where every call was drawn and scored the interval is a point; one score tells nothing of the spread."""
    everything = AgentSample((1.0,) * 3, tuple(Scored(score, 1.0) for score in (50.0, 60.0, 100.0)))
    assert (70.0, (70.0, 70.0)) == (
        estimate_cells("ann", [everything]).score,
        estimate_cells("ann", [everything]).interval,
    )
    assert estimate_cells("ann", [AgentSample((0.5,), (Scored(80.0, 0.5),))]).interval is None


def test_nothing_seen_is_nothing_said() -> None:
    """Without scores there is no estimate; cells that nobody looked at do not move one either."""
    unseen = AgentSample((0.5, 0.5), ())
    row = estimate_cells("ann", [unseen])
    assert (None, None, None, 0) == (row.score, row.plain, row.interval, row.scored)
    seen = AgentSample((0.5,), (Scored(80.0, 0.5),))
    assert 80.0 == estimate_cells("ann", [seen, unseen]).score


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of 600 risk-weighted draws of 10 agents, the mean estimate is the truth and about 95 % of intervals hold it."""
    dice = random.Random(3)
    agents = [[dice.gauss(75, 12) if n % 4 else dice.gauss(45, 12) for n in range(40)] for _ in range(10)]
    weights = [4.0 if n % 4 == 0 else 1.0 for n in range(40)]
    chances = find_chances(weights, 6)
    truth = sum(map(sum, agents)) / 400
    found, inside, plain = [], 0, []
    for seed in range(600):
        rng = random.Random(seed)
        cells = []
        for scores in agents:
            places = draw(chances, [0] * 40, rng)
            cells.append(
                AgentSample(
                    tuple(chances[p] for p in places), tuple(Scored(scores[p], chances[p]) for p in places)
                )
            )
        row = estimate_cells(None, cells)
        found.append(row.score)
        plain.append(row.plain)
        low, high = row.interval
        inside += low <= truth <= high
    assert truth == pytest.approx(sum(found) / 600, abs=0.5)
    assert sum(plain) / 600 < truth - 5
    assert 0.9 < inside / 600 <= 1.0


def test_a_plan_of_reviews(store: Store) -> None:
    """Scores come from the plan's own reviews; unknown plans are named; unseen agents are listed."""
    calls = [judged(f"c{n}", "yes", minute=n) for n in range(3)]
    for call in calls:
        store.save_call(call)
    made = calls[0].assessment
    store.save_rulebook(made.digest, name=made.rulebook, version=made.version, source=BOOK)
    ids = [call.conversation.recording.id for call in calls]
    draws = tuple(
        Draw(call_id, agent, "all", (), 1.0, chance, 1, "")
        for call_id, agent, chance in zip(ids, ("ann", "ann", "bob"), (1.0, 0.25, 0.5), strict=True)
    )
    save_plan(store, ReviewPlan("march", "service-quality", "lead", (), 7, (), draws, ()))
    desk = ReviewDesk(store, lambda *_: {})
    for greeted in ("no", "yes"):
        taken = desk.take_next("rita")
        desk.answer(taken.review_id, "rita", [Given("greeted", greeted), Given("polite", "yes")])
        desk.submit(taken.review_id, "rita")
    found = estimate_plan(store, "march")
    ann, bob = found.rows
    assert (5.0, 62.5, 85.0) == (ann.calls, ann.plain, ann.score)
    assert (None, ("bob",), 85.0) == (bob.score, found.unseen, found.total.score)
    with pytest.raises(UsageError, match="one of march"):
        estimate_plan(store, "may")
