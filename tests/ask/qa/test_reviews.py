"""Lists of reviews say who is at what, and keep the machine's findings to themselves before submitting."""

import pytest

from speechcx.ask.qa.plans import list_draws, list_plans
from speechcx.ask.qa.question_digest import digest_questions
from speechcx.ask.qa.reviews import ReviewFilter, list_reviews
from speechcx.ask.qa.sampling import PlanForm, draw_plan
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.review_plans import save_plan
from speechcx.store.decisions.review_record import Given
from speechcx.store.decisions.reviews import ReviewDesk

ALL = [Given("greeted", "no"), Given("closed", "yes"), Given("polite", "n-a")]


def test_an_open_review_does_not_tell_why_it_was_drawn(reviewed: Store) -> None:
    """The reason, which may name a flag, and the differences come with submitting."""
    save_plan(reviewed, draw_plan(reviewed, PlanForm("march", "lead"), CallFilter(agent=("bea",))))
    desk = ReviewDesk(reviewed, digest_questions)
    taken = desk.take_next("rita")
    (row,) = list_reviews(reviewed)
    assert ("open", "march", None, None, None) == (
        row.state,
        row.plan,
        row.reason,
        row.n_unlike,
        row.submitted_at,
    )
    desk.answer(taken.review_id, "rita", ALL)
    desk.submit(taken.review_id, "rita")
    (row,) = list_reviews(reviewed)
    assert ("submitted", 2, True) == (row.state, row.n_unlike, row.blind)
    assert "3 of 8 calls of bea" in row.reason


def test_filters(reviewed: Store) -> None:
    """State, person, agent, call and plan narrow the list; names do not mind case."""
    save_plan(reviewed, draw_plan(reviewed, PlanForm("march", "lead")))
    desk = ReviewDesk(reviewed, digest_questions)
    first, second = desk.take_next("rita"), desk.take_next("sam")
    desk.release(second.review_id, "sam")
    for wanted in (
        ReviewFilter(state="open"), ReviewFilter(reviewer="Rita"), ReviewFilter(call_id=first.call_id),
    ):  # fmt: skip
        assert [first.review_id] == [row.review_id for row in list_reviews(reviewed, wanted)]
    assert 2 == len(list_reviews(reviewed, ReviewFilter(plan="march", since="2000-01-01")))
    assert () == list_reviews(reviewed, ReviewFilter(agent="nobody"))
    assert 1 == len(list_reviews(reviewed, limit=1))


def test_plans_say_how_far_they_are(reviewed: Store) -> None:
    """Drawn, wanted, open, done, gone and short are counted; given-back reviews are none of them."""
    assert () == list_plans(reviewed)
    save_plan(reviewed, draw_plan(reviewed, PlanForm("march", "lead")))
    desk = ReviewDesk(reviewed, digest_questions)
    done = desk.take_next("rita")
    desk.answer(done.review_id, "rita", ALL)
    desk.submit(done.review_id, "rita")
    desk.take_next("rita")
    desk.release(desk.take_next("sam").review_id, "sam")
    gone = reviewed.db.execute("SELECT call_id FROM review_draws ORDER BY position DESC").fetchone()[0]
    reviewed.delete_call(gone)
    (row,) = list_plans(reviewed)
    assert ("march", 35, 9, 9, 1, 1, 1, 4) == (
        row.name, row.frame, row.drawn, row.wanted, row.open, row.done, row.gone, row.short,
    )  # fmt: skip
    draws = list_draws(reviewed, "march")
    assert [(1, "rita"), (0, "rita"), (0, None)] == [(one.done, one.reviewers) for one in draws[:3]]
    with pytest.raises(UsageError, match="one of march"):
        list_draws(reviewed, "may")
