"""What follows on a submitted review: acknowledgement, dispute, decision, coaching notes."""

from __future__ import annotations

from collections.abc import Iterable

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.review_record import (
    Given,
    check_answer,
    expect_question,
    expect_state,
    expect_time,
    is_same,
    read_length_s,
    read_name,
    read_questions,
    read_review,
)
from speechcx.store.decisions.review_steps import NewReviewStep, add_step, set_state

OUTCOMES = ("upheld", "changed")
"""How a dispute or a second opinion can end."""


def acknowledge(store: Store, review_id: int, by: str, comment: str = "") -> None:
    """The agent has read the review.

    Raises
    ------
    UsageError
        The review is not submitted, or `by` is not the call's agent.
    """
    by = read_name(by)
    with store.write():
        review = read_review(store, review_id)
        expect_state(review, ("submitted", "decided"), "an acknowledgement")
        if review.agent is not None and not is_same(review.agent, by):
            raise UsageError(
                f"{by} acknowledges a review of a call of {review.agent}",
                "the agent of the call",
                f"use --as {review.agent}",
            )
        add_step(store.db, review_id, by, NewReviewStep("acknowledged", text=comment))
        if review.state == "submitted":
            set_state(store.db, review_id, "acknowledged")


def dispute(store: Store, review_id: int, by: str, reason: str, question: str | None = None) -> None:
    """Somebody other than the reviewer contradicts, with a reason; `question` None means the whole.

    Raises
    ------
    UsageError
        No reason, no such question, the reviewer's own, or not submitted.
    """
    by = read_name(by)
    if not reason.strip():
        raise UsageError("a dispute without a reason", "what is wrong, in a sentence", "add --reason TEXT")
    with store.write():
        review = read_review(store, review_id)
        expect_state(review, ("submitted", "acknowledged", "disputed"), "a dispute")
        if is_same(review.reviewer, by):
            raise UsageError(
                f"{by} disputes their own review", "somebody else", "add a `review note` instead"
            )
        if question is not None:
            expect_question(question, read_questions(store, review_id))
        add_step(store.db, review_id, by, NewReviewStep("disputed", question=question, text=reason))
        set_state(store.db, review_id, "disputed")


def decide(
    store: Store, review_id: int, by: str, *, outcome: str, changes: Iterable[Given] = (), reason: str = ""
) -> None:
    """Settle a dispute or a second opinion; changed answers stand beside the submitted ones.

    Parameters
    ----------
    store, review_id, by
        The review, and who decides: anybody but the call's agent.
    outcome
        ``upheld`` or ``changed``.
    changes
        The answers that count from now on; none where upheld.
    reason
        Why, in words.

    Raises
    ------
    UsageError
        Nothing is disputed and nobody gave a second opinion, `by` is the agent, or outcome and answers do
        not fit.
    """
    by, given = read_name(by), tuple(changes)
    _expect_outcome(outcome, given, reason)
    with store.write():
        review = read_review(store, review_id)
        second = store.db.execute(
            "SELECT 1 FROM reviews WHERE state NOT IN ('open', 'released') AND review_id <> ?1"
            " AND (of_review = ?1 OR draw_id = ?2)",
            (review_id, review.draw_id),
        ).fetchone()
        legal = ("disputed", "submitted", "acknowledged") if second else ("disputed",)
        expect_state(review, legal, "a decision")
        if is_same(review.agent, by):
            raise UsageError(f"{by} decides on a call of their own", "somebody else", "use --as NAME")
        known, length_s = read_questions(store, review_id), read_length_s(store, review.call_id)
        for one in given:
            check_answer(one, known, length_s)
            add_step(
                store.db,
                review_id,
                by,
                NewReviewStep("changed", one.question, one.answer, one.at_s, one.comment),
            )
        add_step(store.db, review_id, by, NewReviewStep("decided", answer=outcome, text=reason))
        set_state(store.db, review_id, "decided")


def add_note(store: Store, review_id: int, by: str, text: str, at_s: float | None = None) -> None:
    """A coaching note, at a time in the call where it is about a moment.

    Raises
    ------
    UsageError
        No words, a time outside of the call, or a review that was given back.
    """
    if not text.strip():
        raise UsageError("a note without words", "what to do better, or what was done well", "add the text")
    with store.write():
        review = read_review(store, review_id)
        expect_state(review, ("open", "submitted", "acknowledged", "disputed", "decided"), "a note")
        expect_time(at_s, read_length_s(store, review.call_id))
        add_step(store.db, review_id, read_name(by), NewReviewStep("note", at_s=at_s, text=text))


def _expect_outcome(outcome: str, changes: tuple[Given, ...], reason: str) -> None:
    if outcome not in OUTCOMES:
        raise UsageError(f"outcome {outcome!r}", f"one of {', '.join(OUTCOMES)}", "use one of these")
    if outcome == "changed" and not changes:
        raise UsageError("a changed outcome without answers", "what counts now", "add QUESTION=ANSWER")
    if outcome == "upheld" and changes:
        raise UsageError("an upheld outcome with answers", "no answers", "remove them, or use changed")
    if not reason.strip():
        raise UsageError("a decision without a reason", "why, in a sentence", "add --reason TEXT")
