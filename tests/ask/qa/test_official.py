"""Official scores rest on people, and on machine answers that people agree with, and on nothing else."""

from __future__ import annotations

import pytest

from speechcx.ask.qa.official import score_officially
from speechcx.config import ReviewSettings
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.review_disputes import decide, dispute
from speechcx.store.decisions.review_record import Given
from tests.ask.qa.judges import fill_pairs, judged, review
from tests.ask.qa.test_review_comparison import BOOK

GOOD = [("yes", "yes"), ("no", "no")] * 15


def keep_text(store: Store) -> None:
    """The rulebook's text, with the weights 3 for greeted and 1 for polite."""
    made = judged("any", "yes").assessment
    store.save_rulebook(made.digest, name=made.rulebook, version=made.version, source=BOOK)


def unreviewed(store: Store, machine: str, name: str = "new", **given: object) -> str:
    """A call nobody reviewed."""
    call = judged(name, machine, minute=500, **given)
    store.save_call(call)
    return call.conversation.recording.id


def test_without_reviews_nothing_is_official(store: Store) -> None:
    """A machine score alone is suggested: no official score, and all questions named."""
    unreviewed(store, "yes")
    table = score_officially(store)
    (row,) = table.rows
    assert (1, 0, None, 80.0, 1) == (row.n, row.n_scored, row.score, row.suggested, row.n_suggested)
    assert ((), ("greeted",)) == (table.official, table.suggested)


def test_an_official_question_scores_calls_nobody_reviewed(store: Store) -> None:
    """After 30 like answers the machine's greeting counts: yes is 100, no is 0, half of the weight is covered."""
    keep_text(store)
    fill_pairs(store, GOOD)
    unreviewed(store, "yes")
    table = score_officially(store)
    assert (("greeted",), ()) == (table.official, table.suggested)
    assert (31, 31, 30) == (table.total.n, table.total.n_scored, table.total.n_reviewed)
    # 15 reviewed calls are greeted and polite (100), 15 only polite (1 of 4), and the machine's one is 100.
    assert (15 * 100 + 15 * 25 + 100) / 31 == pytest.approx(table.total.score)
    assert (30 * 1.0 + 0.5) / 31 == pytest.approx(table.total.weight_share)


def test_a_reworded_rule_counts_no_more(store: Store) -> None:
    """A call judged the old way keeps no official score once the rule answers in another way."""
    keep_text(store)
    fill_pairs(store, GOOD)
    unreviewed(store, "yes", "old")
    unreviewed(store, "yes", "reworded", version="2")
    table = score_officially(store)
    assert ((), 30) == (table.official, table.total.n_scored)


def test_a_decision_moves_the_official_score(store: Store) -> None:
    """The decided answer, not the submitted one, is scored; a second review of the call changes nothing."""
    keep_text(store)
    call_id = unreviewed(store, "yes")
    number = review(store, call_id, "rita", "no")
    assert 25.0 == score_officially(store).total.score
    dispute(store, number, "ann", "I did")
    decide(store, number, "lead", outcome="changed", changes=[Given("greeted", "yes")], reason="heard")
    review(store, call_id, "sam", "no", polite="no")
    assert 100.0 == score_officially(store).total.score


def test_reviews_under_a_rulebook_without_text_have_no_score(store: Store) -> None:
    """Without the weights a reviewed call has no official score, rather than the machine's."""
    fill_pairs(store, GOOD)
    assert (30, 0) == (score_officially(store).total.n, score_officially(store).total.n_scored)


def test_groups_and_filters(store: Store) -> None:
    """By team or agent, of some calls; where there are none, what would widen it."""
    keep_text(store)
    review(store, unreviewed(store, "yes"), "rita", "yes")
    assert [None] == [row.key for row in score_officially(store, by="team").rows]
    assert ["ann"] == [row.key for row in score_officially(store).rows]
    nothing = score_officially(store, CallFilter(agent=("anne",)), ReviewSettings())
    assert ((), None) == (nothing.rows, nothing.total.score)
    assert "nearest is 'ann'" in str(nothing.hint)
