"""Plans draw as many calls an agent as asked, reproducibly, with reasons, chances and shortfalls."""

from __future__ import annotations

from collections import Counter

import pytest

from speechcx.ask.qa.sampling import PlanForm, draw_plan
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
