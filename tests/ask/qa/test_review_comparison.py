"""A submitted review beside the machine: differences, decisions, both scores, and who may see it."""

import pytest

from speechcx.ask.qa.question_digest import digest_questions
from speechcx.ask.qa.review_comparison import show_review
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.review_disputes import decide, dispute
from speechcx.store.decisions.review_record import Given
from speechcx.store.decisions.reviews import ReviewDesk
from tests.ask.qa.judges import judged, review

BOOK = """
rulebook: northwind-bank
version: 1
rules:
  - {id: greeting, title: Greets, kind: compliance, severity: minor, said: '"thank you"'}
scorecards:
  - id: service-quality
    sections:
      - title: Opening
        weight: 100
        questions:
          - {id: greeted, text: Greeted?, rule: greeting, weight: 3}
          - {id: polite, text: Polite?, ask: person}
"""


@pytest.fixture
def number(store: Store) -> int:
    """rita's review of a call of ann's: not greeted, polite; the machine says greeted."""
    call = judged("call", "yes")
    store.save_call(call)
    made = call.assessment
    store.save_rulebook(made.digest, name=made.rulebook, version=made.version, source=BOOK)
    return review(store, call.conversation.recording.id, "rita", "no")


def test_differences_and_both_scores(store: Store, number: int) -> None:
    """Not greeted is 1 of 4 for the person, 3 of 3 for the machine, which cannot say whether it was polite."""
    view = show_review(store, number, "rita")
    greeted, polite = view.answers
    assert ("no", "yes", True) == (greeted.answer, greeted.machine, greeted.differs)
    assert ("yes", "person", False) == (polite.answer, polite.machine, polite.differs)
    assert (25.0, 100.0) == (view.score, view.machine_score)
    assert ["opened", "answered", "answered", "submitted"] == [step.kind for step in view.steps]


def test_a_decision_stands_beside_and_moves_the_score(store: Store, number: int) -> None:
    """The decided answer counts; the submitted one is still shown."""
    dispute(store, number, "ann", "I did", "greeted")
    decide(store, number, "lead", outcome="changed", changes=[Given("greeted", "yes")], reason="0:01")
    view = show_review(store, number, "ann")
    assert ("no", "yes") == (view.answers[0].answer, view.answers[0].decided)
    assert (100.0, "decided") == (view.score, view.row.state)


def test_before_submitting_nobody_sees_the_machine(store: Store, number: int) -> None:
    """An open review is not shown; nor is the first one to whoever is at a second opinion on it."""
    second = ReviewDesk(store, digest_questions).take_second("sam", number)
    with pytest.raises(UsageError, match="is open"):
        show_review(store, second.review_id, "lead")
    with pytest.raises(UsageError, match=f"Sam is at review {second.review_id} of the same call"):
        show_review(store, number, "Sam")
    assert (second.review_id,) == show_review(store, number, "lead").others


def test_without_the_rulebooks_text_there_is_no_score(store: Store) -> None:
    """The weights are in the rulebook: without its text both scores are None, with the reason."""
    store.save_call(judged("call", "yes"))
    number = review(store, judged("call", "yes").conversation.recording.id, "rita", "no")
    view = show_review(store, number, "rita")
    assert (None, None) == (view.score, view.machine_score)
    assert "not stored" in view.why_score


def test_judging_anew_leaves_the_comparison(store: Store, number: int) -> None:
    """Another rulebook and another answer change nothing of what is shown."""
    before = show_review(store, number, "rita")
    call = judged("call", "no", version="2")
    store.save_assessment(call.conversation.recording.id, call.assessment)
    assert before == show_review(store, number, "rita")
