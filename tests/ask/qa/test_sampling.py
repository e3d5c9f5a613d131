"""Plans draw as many calls an agent as asked, reproducibly, with reasons, chances and shortfalls."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.qa.sampling import PlanForm, draw, draw_plan, find_chances
from speechcx.config import ReviewSettings
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.review_plans import save_plan
from tests.ask.archive import at

FORM = PlanForm("march", "lead")


def test_so_many_calls_for_each_agent_and_month(reviewed: Store) -> None:
    """Three of ann's 24 in March, both of April, three of bea's 8, cid's only one."""
    plan = draw_plan(reviewed, FORM)
    counts = Counter((one.agent, one.period) for one in plan.draws)
    assert {
        ("ann", "2025-03"): 3,
        ("ann", "2025-04"): 2,
        ("bea", "2025-03"): 3,
        ("cid", "2025-03"): 1,
    } == counts
    assert (35, (("agent not known", 1),)) == (plan.frame, plan.left_out)
    chances = {(one.agent, one.period): one.chance for one in plan.draws}
    assert {0.125, 1.0, 0.375} == set(chances.values())
    assert 35 == pytest.approx(sum(1 / one.chance for one in plan.draws))


def test_agents_with_too_few_calls_are_named(reviewed: Store) -> None:
    """Every agent and month under three calls is named with what there was, none at all among them."""
    short = {(one.agent, one.period): one.found for one in draw_plan(reviewed, FORM).shortfalls}
    assert {
        ("ann", "2025-04"): 2,
        ("bea", "2025-04"): 0,
        ("cid", "2025-03"): 1,
        ("cid", "2025-04"): 0,
    } == short


def test_an_agent_of_the_roster_without_calls_is_named(reviewed: Store) -> None:
    """Filtered to days without a call of cid, the roster still tells of cid; a team filter leaves cid out."""
    days = CallFilter(since=at(10).date(), until=at(20).date())
    assert {"bea": 0, "cid": 0} == {
        one.agent: one.found for one in draw_plan(reviewed, FORM, days).shortfalls
    }
    blue = CallFilter(since=at(10).date(), until=at(20).date(), team=("blue",))
    assert ["bea"] == [one.agent for one in draw_plan(reviewed, FORM, blue).shortfalls]


def test_the_same_seed_draws_the_same(reviewed: Store) -> None:
    """A seed draws the same calls in the same order; another seed draws others."""
    first, again = draw_plan(reviewed, FORM), draw_plan(reviewed, FORM)
    assert first.draws == again.draws
    others = [draw_plan(reviewed, PlanForm("march", "lead", seed=seed)).draws for seed in range(2, 6)]
    assert all(first.draws != draws for draws in others)


def test_one_agent_s_draw_does_not_depend_on_others(reviewed: Store) -> None:
    """Drawn alone, bea has the same calls as among all agents."""
    alone = draw_plan(reviewed, FORM, CallFilter(agent=("bea",)))
    among = [one.call_id for one in draw_plan(reviewed, FORM).draws if one.agent == "bea"]
    assert sorted(among) == sorted(one.call_id for one in alone.draws)


def test_no_call_comes_twice(reviewed: Store) -> None:
    """However many are asked for, a call is drawn once."""
    plan = draw_plan(reviewed, FORM, settings=ReviewSettings(per_agent=100, period="all"))
    assert 35 == len({one.call_id for one in plan.draws}) == len(plan.draws)


def test_strata_get_their_share(reviewed: Store) -> None:
    """ann's March has 12 calls in billing, 6 in sales and 6 in tech: of four drawn, two, one and one."""
    settings = ReviewSettings(per_agent=4, strata=("queue",))
    for seed in range(8):
        plan = draw_plan(
            reviewed,
            PlanForm("m", "lead", seed=seed),
            CallFilter(agent=("ann",), until=at(31).date()),
            settings,
        )
        assert {"billing": 2, "sales": 1, "tech": 1} == Counter(
            dict(one.stratum)["queue"] for one in plan.draws
        )


def test_risky_calls_come_sooner_with_their_chance_known(reviewed: Store) -> None:
    """A flagged call weighs 5 against 1: 4 of 24 weigh 20 of 40, so their chance is three times 5 / 40."""
    settings = ReviewSettings(risks=(("flags", 4.0),))
    plan = draw_plan(reviewed, FORM, CallFilter(agent=("ann",), until=at(31).date()), settings)
    chances = {one.risk: one.chance for one in plan.draws}
    assert set(chances) <= {1.0, 5.0}
    assert all(chance == pytest.approx(3 * risk / 40) for risk, chance in chances.items())
    flagged = [one for one in plan.draws if one.risk == 5.0]
    assert all("risk: 1 flag" in one.reason for one in flagged)


def test_the_reason_says_out_of_how_many(reviewed: Store) -> None:
    """Every drawn call says the count, the agent, the period, the stratum and the chance."""
    plan = draw_plan(reviewed, FORM, CallFilter(agent=("bea",)), ReviewSettings(strata=("queue",)))
    assert {"3 of 8 calls of bea in 2025-03; queue billing; chance 37.5 %"} == {
        one.reason for one in plan.draws
    }


def test_a_share_is_reviewed_twice(reviewed: Store) -> None:
    """A second share of a half gives half of the draws two reviews."""
    plan = draw_plan(reviewed, FORM, settings=ReviewSettings(per_agent=6, second_share=0.5))
    assert round(len(plan.draws) / 2) == sum(one.reviews == 2 for one in plan.draws)


def test_a_drawn_plan_can_be_kept(reviewed: Store) -> None:
    """What was asked for is kept with it, so that it can be drawn again elsewhere."""
    save_plan(reviewed, draw_plan(reviewed, FORM, CallFilter(agent=("bea",), since=at(1).date())))
    spec = reviewed.db.execute(
        "SELECT spec ->> 'seed', spec ->> '$.filters.since' FROM review_plans"
    ).fetchone()
    assert (1, "2025-03-01") == spec


def test_nothing_to_draw_from_says_what_would_widen(reviewed: Store) -> None:
    """A filter without calls is refused with the nearest name."""
    with pytest.raises(UsageError, match="nearest is 'bea'"):
        draw_plan(reviewed, FORM, CallFilter(agent=("beo",)))
    with pytest.raises(UsageError, match="35 not judged by this scorecard"):
        draw_plan(reviewed, PlanForm("m", "lead", scorecard="other"))
    with pytest.raises(UsageError, match="1 to 100 characters"):
        PlanForm(" ", "lead")


WEIGHTS = st.lists(st.floats(0.1, 50), min_size=1, max_size=40)


def test_equal_weights_have_equal_chances() -> None:
    """2 of 8 alike are drawn with 1 in 4 each."""
    assert (0.25,) * 8 == find_chances([1.0] * 8, 2)


def test_a_heavy_item_is_sure_and_the_rest_share() -> None:
    """Weight 9 of 12 with two to draw would be 1.5: it is sure, and three others share one."""
    assert (1.0, pytest.approx(1 / 3), pytest.approx(1 / 3), pytest.approx(1 / 3)) == find_chances(
        [9, 1, 1, 1], 2
    )


@given(WEIGHTS, st.integers(0, 45))
def test_chances_add_up(weights: list[float], n: int) -> None:
    """Chances lie in 0..1, add up to what is drawn, and never fall with weight."""
    chances = find_chances(weights, n)
    assert all(0.0 <= chance <= 1.0 for chance in chances)
    assert min(n, len(weights)) == pytest.approx(sum(chances))
    pairs = sorted(zip(weights, chances, strict=True))
    assert all(a[1] <= b[1] + 1e-12 for a, b in pairwise(pairs))


@given(WEIGHTS, st.integers(1, 45), st.integers(0, 999), st.integers(1, 5))
def test_as_many_as_asked_for(weights: list[float], n: int, seed: int, kinds: int) -> None:
    """A draw has exactly the asked number of different places, and the same for the same seed."""
    strata = [place % kinds for place in range(len(weights))]
    chances = find_chances(weights, n)
    found = draw(chances, strata, random.Random(seed))
    assert min(n, len(weights)) == len(set(found)) == len(found)
    assert found == draw(chances, strata, random.Random(seed))
    assert {place for place, chance in enumerate(chances) if chance == 1.0} <= set(found)


def test_draws_come_as_often_as_their_chance() -> None:
    """Over 4,000 draws each item comes within four standard errors of its chance."""
    weights = [1.0, 1.0, 2.0, 4.0, 3.0, 1.0, 8.0]
    chances = find_chances(weights, 3)
    counts = Counter(
        place for seed in range(4000) for place in draw(chances, [0, 0, 0, 1, 1, 1, 1], random.Random(seed))
    )
    for place, chance in enumerate(chances):
        error = (chance * (1 - chance) / 4000) ** 0.5
        assert chance == pytest.approx(counts[place] / 4000, abs=4 * error + 1e-9)


def test_each_stratum_gets_its_share() -> None:
    """Of 60 + 30 + 10 calls, ten drawn are always 6, 3 and 1."""
    strata = ["a"] * 60 + ["b"] * 30 + ["c"] * 10
    chances = find_chances([1.0] * 100, 10)
    for seed in range(50):
        found = Counter(strata[place] for place in draw(chances, strata, random.Random(seed)))
        assert {"a": 6, "b": 3, "c": 1} == found


def test_estimates_by_the_chances_are_unbiased() -> None:
    """Weighting each drawn value by 1 / chance gives the true mean on average, though risky calls come more."""
    values = [1.0 if place % 5 else 0.0 for place in range(50)]
    weights = [1.0 if value else 5.0 for value in values]
    chances = find_chances(weights, 8)
    weighed, plain = [], []
    for seed in range(2000):
        found = draw(chances, [0] * 50, random.Random(seed))
        weighed.append(sum(values[place] / chances[place] for place in found) / 50)
        plain.append(sum(values[place] for place in found) / 8)
    assert 0.8 == pytest.approx(sum(weighed) / 2000, abs=0.02)
    assert sum(plain) / 2000 < 0.6
