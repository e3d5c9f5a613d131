"""A submitted review with the machine beside it: answers, differences, both scores, every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.qa.question_digest import read_book
from speechcx.ask.qa.reviews import DONE, LISTED, ListedReview, to_listed
from speechcx.call import AnswerValue, ScoreResult
from speechcx.errors import UsageError
from speechcx.score import score_answers
from speechcx.store import Store
from speechcx.store.decisions.review_record import is_same, read_answers, read_review


@dataclass(frozen=True, slots=True)
class ComparedAnswer:
    """One question answered by the person, beside the machine.

    Parameters
    ----------
    answer, comment, at_s
        As submitted.
    machine, machine_why
        As the machine had it when the review was opened; the reason is None once the call is erased.
    differs
        Whether both gave an answer, and not the same.
    decided
        The answer that a decision put in its place; None where none did.
    """

    question: str
    section: str
    text: str
    critical: str | None
    answer: str
    comment: str | None
    at_s: float | None
    machine: str
    machine_why: str | None
    differs: bool
    decided: str | None


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """One step of a review, as it was kept."""

    event_id: int
    at: str
    by: str
    kind: str
    question: str | None
    answer: str | None
    at_s: float | None
    text: str | None


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A submitted review.

    Parameters
    ----------
    row
        The review in short.
    reason, chance
        Why the call was drawn, and how probable that was; None where a person chose it.
    rulebook, version, digest
        What the machine's answers were judged under.
    answers
        Beside the machine's.
    score, why_score
        The person's score, decisions included, 0 to 100; None with the reason.
    machine_score, why_machine_score
        The same of the machine's answers on this form.
    steps
        Everything that was done, oldest first.
    others
        Numbers of other reviews of the same call by this scorecard.
    """

    row: ListedReview
    reason: str | None
    chance: float | None
    rulebook: str
    version: str
    digest: str
    answers: tuple[ComparedAnswer, ...]
    score: float | None
    why_score: str
    machine_score: float | None
    why_machine_score: str
    steps: tuple[ReviewStep, ...]
    others: tuple[int, ...]


def show_review(where: Where, review_id: int, viewer: str) -> ReviewView:
    """A submitted review with the machine beside it.

    Raises
    ------
    UsageError
        It is not submitted yet, or the viewer has a review of the same call open and would not be blind
        any more.
    """
    with reading(where) as store:
        review = read_review(store, review_id)
        if review.state not in DONE:
            raise UsageError(
                f"review {review_id} is {review.state}",
                "a submitted one: the machine's answers stay hidden until then",
                f"see its form: `speechcx review open {review_id}`",
            )
        _expect_not_at_it(store, review_id, review.call_id, viewer)
        row = to_listed(store.db.execute(f"{LISTED} WHERE r.review_id = ?", (review_id,)).fetchone())
        name, version, digest, source, chance = store.db.execute(
            "SELECT b.name, b.version, b.digest, b.source, d.chance FROM reviews r JOIN rulebooks b USING (rulebook_no)"
            " LEFT JOIN review_draws d USING (draw_id) WHERE r.review_id = ?",
            (review_id,),
        ).fetchone()
        answers = _compare(store, review_id)
        form = {one.question: one.decided or one.answer for one in answers}
        score, why = _score(digest, source, review.scorecard, form)
        machine, why_machine = _score(
            digest, source, review.scorecard, {o.question: o.machine for o in answers}
        )
        others = store.db.execute(
            "SELECT review_id FROM reviews WHERE call_id = ? AND scorecard = ? AND review_id <> ?"
            " AND state <> 'released' ORDER BY 1",
            (review.call_id, review.scorecard, review_id),
        )
        return ReviewView(
            row, row.reason, chance, name, version, digest, answers, score, why, machine, why_machine,
            read_steps(store, review_id), tuple(number for (number,) in others),
        )  # fmt: skip


def read_steps(where: Where, review_id: int) -> tuple[ReviewStep, ...]:
    """Everything that was done with a review, oldest first."""
    with reading(where) as store:
        rows = store.db.execute(
            "SELECT event_id, at, by, kind, question, answer, at_s, text FROM review_events WHERE review_id = ?"
            " ORDER BY event_id",
            (review_id,),
        )
        return tuple(ReviewStep(*row) for row in rows)


def _expect_not_at_it(store: Store, review_id: int, call_id: str, viewer: str) -> None:
    rows = store.db.execute(
        "SELECT review_id, reviewer FROM reviews WHERE call_id = ? AND state = 'open' AND review_id <> ?",
        (call_id, review_id),
    )
    for number, reviewer in rows:
        if is_same(reviewer, viewer):
            raise UsageError(
                f"{viewer} is at review {number} of the same call, and blind",
                "its own answers first",
                f"submit it: `speechcx review submit {number}`",
            )


def _compare(store: Store, review_id: int) -> tuple[ComparedAnswer, ...]:
    given = read_answers(store, review_id)
    decided = dict(
        store.db.execute(
            "SELECT question, answer FROM review_events WHERE review_id = ? AND kind = 'changed' ORDER BY event_id",
            (review_id,),
        ).fetchall()
    )
    rows = store.db.execute(
        "SELECT q.question, q.section, q.text, q.critical, a.answer, a.at_s, a.machine_answer, f.machine_why"
        " FROM review_answers a JOIN review_questions f USING (review_id, position)"
        " JOIN questions q USING (question_no) WHERE a.review_id = ? ORDER BY a.position",
        (review_id,),
    )
    return tuple(
        ComparedAnswer(
            question, section, text, critical, answer, given[question].comment or None, at_s, machine, why,
            _differs(answer, machine), decided.get(question),
        )
        for question, section, text, critical, answer, at_s, machine, why in rows
    )  # fmt: skip


def _differs(answer: str, machine: str) -> bool:
    told = ("yes", "no", "n-a")
    return answer in told and machine in told and answer != machine


def score_form(
    digest: str, source: str | None, scorecard: str, values: Mapping[str, str]
) -> ScoreResult | None:
    """A form with these answers, scored by the weights of its rulebook; None where its text is not stored."""
    book = read_book(digest, source)
    card = next((card for card in book.scorecards if card.id == scorecard), None) if book else None
    return None if card is None else score_answers(card, cast(Mapping[str, AnswerValue], values))


def _score(
    digest: str, source: str | None, scorecard: str, values: Mapping[str, str]
) -> tuple[float | None, str]:
    filled = score_form(digest, source, scorecard, values)
    if filled is None:
        return None, "the text of this rulebook, with the weights of its questions, is not stored"
    return filled.score, filled.why
