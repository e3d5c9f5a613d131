"""The machine against people, question by question: what counts, what does not, and since when."""

from __future__ import annotations

import random

import pytest

from speechcx.ask.qa.agreement import AgreementFilter, measure_questions
from speechcx.config import ReviewSettings
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.review_plans import Draw, ReviewPlan, save_plan
from speechcx.store.decisions.review_record import Given
from speechcx.store.decisions.reviews import ReviewDesk
from tests.ask.qa.judges import fill_pairs, judged, review

GOOD = [("yes", "yes"), ("no", "no")] * 14 + [("yes", "no"), ("no", "yes")]
"""28 of 30 alike, half yes: kappa 13 / 15."""


def greeted(store: Store, **settings: object):
    """Agreement on the one machine question."""
    return measure_questions(store, settings=ReviewSettings(**settings)).questions[0]


def test_thirty_good_answers_make_a_question_official(store: Store) -> None:
    """Kappa 13 / 15 on 30 blind answers is above 0.6: official; with 29 it is not, and says what is missing."""
    fill_pairs(store, GOOD[1:])
    few = greeted(store)
    assert ("too-few", False, 29) == (few.status, few.official, few.machine.n)
    assert "review 1 more call" == few.to_do
    fill_pairs(store, GOOD[:1], name="last")
    found = greeted(store)
    assert ("official", True) == (found.status, found.official)
    assert 13 / 15 == pytest.approx(found.machine.kappa)
    assert (28 / 30, 0.5) == (found.machine.observed, found.prevalence)


def test_poor_agreement_asks_to_reword_and_says_which_way(store: Store) -> None:
    """12 of 40 times yes where people say no: suggested only, with the direction named."""
    fill_pairs(store, [("yes", "yes")] * 16 + [("no", "no")] * 11 + [("yes", "no")] * 12 + [("no", "yes")])
    found = greeted(store)
    assert ("below-bar", False) == (found.status, found.official)
    assert "12 of 13 disagreements are machine yes, person no" in found.to_do


def test_always_yes_is_undefined_not_official(store: Store) -> None:
    """Forty times yes by both: no kappa, not official, and the cure is to look for a no."""
    fill_pairs(store, [("yes", "yes")] * 40)
    found = greeted(store)
    assert ("undefined", None) == (found.status, found.machine.kappa)
    assert "both always say yes" in found.to_do


def test_a_rare_answer_is_named_as_the_cause(store: Store) -> None:
    """95 % yes and 95 % alike, kappa still low: the advice is to review more calls that may be no."""
    fill_pairs(store, [("yes", "yes")] * 57 + [("no", "no")] + [("yes", "no")] * 1 + [("no", "yes")] * 2)
    found = greeted(store)
    assert "below-bar" == found.status
    assert "people say no in only 3 %" in found.to_do


def test_unsure_answers_are_left_out_and_counted(store: Store) -> None:
    """Cannot-tell of either side is no disagreement; n-a is an answer like another."""
    fill_pairs(
        store, [("cannot-tell", "yes"), ("yes", "cannot-tell"), ("n-a", "n-a"), ("yes", "n-a"), ("no", "no")]
    )
    found = greeted(store)
    assert (3, 1, 1) == (found.machine.n, found.n_machine_unsure, found.n_person_unsure)
    assert 2 / 3 == pytest.approx(found.machine.observed)


def test_reviews_that_were_not_blind_do_not_count(store: Store) -> None:
    """A reviewer who had seen the machine's answers is left out, and counted as such."""
    ids = fill_pairs(store, [("yes", "yes")])
    store.save_call(judged("seen", "yes", minute=90))
    review(store, judged("seen", "yes").conversation.recording.id, "rita", "yes", blind=False)
    report = measure_questions(store)
    assert (1, 1, 1) == (report.reviews, report.not_blind, report.questions[0].machine.n)
    assert len(ids) == report.calls


def test_a_call_reviewed_twice_counts_once_and_compares_people(store: Store) -> None:
    """The first answer counts against the machine; first and second make the pair of people."""
    ids = fill_pairs(store, [("yes", "yes"), ("no", "no")])
    review(store, ids[0], "sam", "no", polite="no")
    review(store, ids[0], "tom", "no")
    found, polite = measure_questions(store).questions
    assert (2, 1.0) == (found.machine.n, found.machine.observed)
    assert (1, 0.0) == (found.people.n, found.people.observed)
    assert ("person", 0, 1) == (polite.status, polite.machine.n, polite.people.n)


def test_people_at_odds_are_told_first(store: Store) -> None:
    """Where people do not agree among themselves, the question is to be said better before anything else."""
    ids = fill_pairs(store, GOOD)
    for number, call_id in enumerate(ids[:12]):
        review(store, call_id, "sam", "yes" if number % 3 else "no")
    assert greeted(store).to_do.startswith("people do not agree among themselves")


def test_another_rule_starts_anew(store: Store) -> None:
    """Answers given to an older rule do not make the new one official; today's machine is shown on them apart."""
    ids = fill_pairs(store, [("yes", "no")] * 20 + [("no", "no")] * 20)
    assert "below-bar" == greeted(store).status
    for number, call_id in enumerate(ids):
        store.save_assessment(call_id, judged(f"p{number}", "no", version="2", minute=number).assessment)
    found = greeted(store)
    assert ("too-few", 0, 40) == (found.status, found.machine.n, found.n_earlier)
    assert (40, 1.0) == (found.now_on_all.n, found.now_on_all.observed)
    fill_pairs(store, [("yes", "yes"), ("no", "no")] * 15, version="2", name="new")
    assert ("official", 30, 40) == (greeted(store).status, greeted(store).machine.n, greeted(store).n_earlier)


def test_drift_reopens_a_question(store: Store) -> None:
    """After 60 like answers, 12 of the newest 30 unlike: kappa is still above the bar, yet it counts no more."""
    fill_pairs(store, [("yes", "yes"), ("no", "no")] * 30)
    assert "official" == greeted(store).status
    fill_pairs(store, [("yes", "yes"), ("no", "no")] * 9 + [("yes", "no")] * 12, name="late")
    found = greeted(store)
    assert found.machine.kappa > 0.6
    assert ("drift", False, True) == (found.status, found.official, found.drift.fell)
    assert (30, 0.6, 60, 1.0) == (
        found.drift.n, found.drift.observed, found.drift.n_before, found.drift.observed_before,
    )  # fmt: skip
    assert "fell from 100 % to 60 %" in found.to_do
    fill_pairs(store, [("yes", "yes"), ("no", "no")] * 15, name="mended")
    assert "official" == greeted(store).status


def test_even_agreement_is_no_drift(store: Store) -> None:
    """The same agreement spread evenly over time is none, in any order of the calls' ids."""
    pairs = GOOD * 3
    random.Random(5).shuffle(pairs)
    fill_pairs(store, pairs)
    found = greeted(store)
    assert ("official", False) == (found.status, found.drift.fell)


def test_order_does_not_change_kappa(store: Store) -> None:
    """The same pairs reviewed in another order have the same agreement."""
    fill_pairs(store, GOOD)
    first = greeted(store).machine
    fill_pairs(store, list(reversed(GOOD)), name="again")
    both = greeted(store).machine
    assert (first.observed, first.pabak) == (both.observed, both.pabak)
    assert first.kappa == pytest.approx(both.kappa)


def test_observed_agreement_is_weighted_by_chance(store: Store) -> None:
    """A call drawn for sure and one of a chance of 1 in 10: unlike on the sure one means 10 / 11 alike."""
    calls = [judged("sure", "yes"), judged("rare", "no", minute=1)]
    for call in calls:
        store.save_call(call)
    ids = [call.conversation.recording.id for call in calls]
    draws = tuple(
        Draw(call_id, "ann", "all", (), 1.0, chance, 1, "")
        for call_id, chance in zip(ids, (1.0, 0.1), strict=True)
    )
    save_plan(store, ReviewPlan("march", "service-quality", "lead", (), 11, (), draws, ()))
    desk = ReviewDesk(store, lambda *_: {})
    while (taken := desk.take_next("rita")) is not None:
        desk.answer(taken.review_id, "rita", [Given("greeted", "no"), Given("polite", "yes")])
        desk.submit(taken.review_id, "rita")
    found = greeted(store)
    assert 0.5 == found.machine.observed
    assert 10 / 11 == pytest.approx(found.observed_weighted)


def test_disagreements_are_listed_newest_first(store: Store) -> None:
    """Each unlike pair is named with call, review, both answers and the time of the evidence."""
    ids = fill_pairs(store, [("yes", "no"), ("yes", "yes"), ("no", "yes")])
    listed = measure_questions(store).disagreements
    assert [(ids[2], "no", "yes", 1.5), (ids[0], "yes", "no", 1.5)] == [
        (one.call_id, one.machine, one.person, one.at_s) for one in listed
    ]


def test_answers_of_one_person_or_from_a_day_on(store: Store) -> None:
    """Filters narrow what is compared."""
    fill_pairs(store, [("yes", "yes")] * 3)
    fill_pairs(store, [("yes", "no")] * 2, name="s", reviewer="Sam")
    assert 2 == measure_questions(store, AgreementFilter(reviewer="sam")).questions[0].machine.n
    assert 0 == measure_questions(store, AgreementFilter(since="2999-01-01")).reviews


def test_without_a_scorecard_there_is_a_clear_error(store: Store) -> None:
    """An empty database, and an unknown scorecard, are refused with what there is."""
    with pytest.raises(UsageError, match="no call has a scorecard"):
        measure_questions(store)
    fill_pairs(store, [("yes", "yes")])
    with pytest.raises(UsageError, match="one of service-quality"):
        measure_questions(store, AgreementFilter("quality"))
