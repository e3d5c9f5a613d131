"""The blind form of a review: the call and the questions, and nothing of the machine's verdict."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.ask.ground.opening import Where, reading
from speechcx.store import Store
from speechcx.store.decisions.review_record import read_answers, read_review
from speechcx.store.moments import read_start
from speechcx.store.paths import read_path


@dataclass(frozen=True, slots=True)
class FormTurn:
    """A turn as a blind form shows it: words and when, no measure and no feeling."""

    start_s: float
    party: str
    text: str


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """A question of a form with the person's own answer so far; None where it waits."""

    question: str
    section: str
    text: str
    critical: str | None
    auto_fail: bool
    answer: str | None
    comment: str | None
    at_s: float | None


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """What a reviewer sees before submitting: the call and the questions, nothing of the machine's verdict.

    Parameters
    ----------
    review_id, scorecard, reviewer, state
        The review.
    call_id, path, occurred_at, started, agent, customer, queue, direction, audio_duration_s
        The call; `path` is the file to listen to, `occurred_at` its start in UTC, `started` the same on the clock of
        its own zone, with the offset. All but `call_id` are None once the call is erased.
    turns
        Who said what when.
    questions
        In order.
    """

    review_id: int
    scorecard: str
    reviewer: str
    state: str
    call_id: str
    path: str | None
    occurred_at: str | None
    started: str | None
    agent: str | None
    customer: str | None
    queue: str | None
    direction: str | None
    audio_duration_s: float | None
    turns: tuple[FormTurn, ...]
    questions: tuple[FormQuestion, ...]


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """No call waits for this reviewer; `hint` says why that can be."""

    hint: str = (
        "No call waits for you: all are reviewed, somebody is at them, or they are your own."
        " `speechcx review plans` shows how far each plan is."
    )


def read_form(where: Where, review_id: int) -> ReviewForm:
    """The blind form of a review.

    Raises
    ------
    UsageError
        There is no such review.
    """
    with reading(where) as store:
        review = read_review(store, review_id)
        call = store.db.execute(
            "SELECT c.call_no, x.path, c.occurred_at, c.customer, c.queue, c.direction, c.audio_duration_s FROM calls c"
            " JOIN recordings x USING (call_no) WHERE c.call_id = ?",
            (review.call_id,),
        ).fetchone()
        call_no, path, occurred_at, customer, queue, direction, length_s = call or (None,) * 7
        turns = store.db.execute(
            "SELECT start_s, party, text FROM turns WHERE call_no = ? ORDER BY no", (call_no,)
        )
        return ReviewForm(
            review_id, review.scorecard, review.reviewer, review.state, review.call_id,
            None if path is None else read_path(path), occurred_at,
            None if call_no is None else read_start(store.db, call_no), review.agent, customer, queue, direction,
            length_s,
            tuple(FormTurn(*turn) for turn in turns), _read_questions(store, review_id),
        )  # fmt: skip


def _read_questions(store: Store, review_id: int) -> tuple[FormQuestion, ...]:
    given = read_answers(store, review_id)
    rows = store.db.execute(
        "SELECT question, section, text, critical, auto_fail FROM review_questions JOIN questions USING (question_no)"
        " WHERE review_id = ? ORDER BY position",
        (review_id,),
    )
    found = []
    for question, section, text, critical, auto_fail in rows:
        one = given.get(question)
        answer = (None, None, None) if one is None else (one.answer, one.comment or None, one.at_s)
        found.append(FormQuestion(question, section, text, critical, bool(auto_fail), *answer))
    return tuple(found)
