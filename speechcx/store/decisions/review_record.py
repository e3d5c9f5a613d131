"""The record of a review: its row, its form, its steps, and what may be written into it."""

from __future__ import annotations

import difflib
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from speechcx.errors import UsageError
from speechcx.store.paths import plain_text

if TYPE_CHECKING:
    from speechcx.store import Store

ANSWERS = ("yes", "no", "n-a", "cannot-tell")
"""What a person can answer."""

LONGEST_NAME = 200
"""Characters of a person's name."""


@dataclass(frozen=True, slots=True)
class Given:
    """A person's answer to one question.

    Parameters
    ----------
    question
        Its id.
    answer
        One of :data:`ANSWERS`.
    comment
        In words; may be empty.
    at_s
        The time of the evidence in the call, seconds; None where no moment shows it.
    """

    question: str
    answer: str
    comment: str = ""
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review as its table has it."""

    review_id: int
    call_id: str
    agent: str | None
    scorecard: str
    draw_id: int | None
    of_review: int | None
    round: int
    reviewer: str
    state: str


def read_review(store: Store, review_id: int) -> ReviewRow:
    """The row of a review.

    Raises
    ------
    UsageError
        There is none of that number.
    """
    row = store.db.execute(
        "SELECT review_id, call_id, agent, scorecard, draw_id, of_review, round, reviewer, state FROM reviews"
        " WHERE review_id = ?",
        (review_id,),
    ).fetchone()
    if row is None:
        raise UsageError(f"no review {review_id}", "the number of one", "see `speechcx review list`")
    return ReviewRow(*row)


def read_questions(store: Store, review_id: int) -> tuple[str, ...]:
    """Ids of the questions on a review's form, in order."""
    rows = store.db.execute(
        "SELECT question FROM review_questions JOIN questions USING (question_no) WHERE review_id = ?"
        " ORDER BY position",
        (review_id,),
    )
    return tuple(question for (question,) in rows)


def read_answers(store: Store, review_id: int) -> dict[str, Given]:
    """The answers given so far, the last one to each question."""
    rows = store.db.execute(
        "SELECT question, answer, text, at_s FROM review_events WHERE review_id = ? AND kind = 'answered'"
        " ORDER BY event_id",
        (review_id,),
    )
    return {question: Given(question, answer, text or "", at_s) for question, answer, text, at_s in rows}


def read_length_s(store: Store, call_id: str) -> float | None:
    """Length of a call; None where it is not stored any more."""
    row = store.db.execute("SELECT audio_duration_s FROM calls WHERE call_id = ?", (call_id,)).fetchone()
    return None if row is None else float(row[0])


def read_name(name: str) -> str:
    """A person's name as it is kept.

    Raises
    ------
    UsageError
        It is empty or too long.
    """
    kept = " ".join(plain_text(name).split())
    if not kept or len(kept) > LONGEST_NAME:
        raise UsageError(
            f"a name of {len(kept)} characters", f"1 to {LONGEST_NAME}", "say who you are: --as NAME"
        )
    return kept


def fold_name(name: str | None) -> str | None:
    """A name as it is compared: neither case nor the way an accent is written matters."""
    return None if name is None else " ".join(unicodedata.normalize("NFC", name).casefold().split())


def is_same(one: str | None, other: str | None) -> bool:
    """Whether two names are one person's."""
    return one is not None and fold_name(one) == fold_name(other)


def expect_state(review: ReviewRow, legal: Sequence[str], what: str) -> None:
    """Refuse a step that does not follow from the state of a review."""
    if review.state not in legal:
        raise UsageError(
            f"review {review.review_id} is {review.state}",
            f"{what} follows on: {', '.join(legal)}",
            f"see its steps: `speechcx review show {review.review_id} --log`",
        )


def expect_reviewer(review: ReviewRow, by: str) -> None:
    """Refuse the hand of another person than the reviewer."""
    if not is_same(review.reviewer, by):
        raise UsageError(
            f"review {review.review_id} is {review.reviewer}'s, and this is {by}",
            "its own reviewer",
            f"use --as {review.reviewer}, or take the next call: `speechcx review next`",
        )


def expect_question(question: str, known: Sequence[str]) -> None:
    """Refuse a question that is not on the form; names the nearest."""
    if question not in known:
        near = difflib.get_close_matches(question, known, n=1)
        raise UsageError(
            f"no question {question!r} on this form",
            f"one of {', '.join(known)}",
            f"use {near[0]}" if near else "use one of these",
        )


def expect_time(at_s: float | None, length_s: float | None) -> None:
    """Refuse a time outside of a call."""
    if at_s is None:
        return
    if not math.isfinite(at_s) or at_s < 0 or (length_s is not None and at_s > length_s):
        end = "its end" if length_s is None else f"{length_s:.1f} s"
        raise UsageError(f"{at_s:g} s into the call", f"a time from 0 to {end}", "write minutes:seconds")


def check_answer(given: Given, known: Sequence[str], length_s: float | None) -> None:
    """Refuse an answer that the form does not have.

    Raises
    ------
    UsageError
        No such question, no such answer, or a time outside of the call.
    """
    expect_question(given.question, known)
    if given.answer not in ANSWERS:
        near = difflib.get_close_matches(given.answer, ANSWERS, n=1)
        raise UsageError(
            f"answer {given.answer!r} to {given.question}",
            f"one of {', '.join(ANSWERS)}",
            f"use {near[0]}" if near else "use one of these",
        )
    expect_time(given.at_s, length_s)
