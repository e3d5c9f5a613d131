"""Writing the steps of reviews: each is added and none is changed; the state is what the last one made of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from speechcx.errors import UsageError
from speechcx.store.decisions.chain import keys_of, note_decision
from speechcx.store.moments import utc_text
from speechcx.store.paths import plain_text

LONGEST_TEXT = 4000
"""Characters of a comment, reason or note."""


@dataclass(frozen=True, slots=True)
class NewReviewStep:
    """One step of a review, still to be kept.

    Parameters
    ----------
    kind
        As in the table ``review_events``.
    question, answer, at_s, text
        What it is about, where it is about any of these.
    """

    kind: str
    question: str | None = None
    answer: str | None = None
    at_s: float | None = None
    text: str = ""


def add_step(db: sqlite3.Connection, review_id: int, by: str, step: NewReviewStep) -> None:
    """Keep a step; inside a write.

    Raises
    ------
    UsageError
        Its text is too long.
    """
    text = plain_text(step.text).replace("\0", "").strip()
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"a text of {len(text)} characters",
            f"at most {LONGEST_TEXT}",
            "say the rest in a note of its own",
        )
    added = db.execute(
        "INSERT INTO review_events (review_id, at, by, kind, question, answer, at_s, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING event_id",
        (review_id, utc_text(), by, step.kind, step.question, step.answer, step.at_s, text or None),
    ).fetchall()
    note_decision(db, "review_events", *keys_of(added))


def set_state(db: sqlite3.Connection, review_id: int, state: str) -> None:
    """What the last step made of a review; inside a write."""
    db.execute("UPDATE reviews SET state = ? WHERE review_id = ?", (state, review_id))
    note_decision(db, "reviews", (review_id,))


def erase_words(db: sqlite3.Connection, call_id: str) -> None:
    """Take every word out of the reviews of a call that is erased; who answered what stays. Inside a write."""
    rows = db.execute("SELECT review_id FROM reviews WHERE call_id = ?", (call_id,)).fetchall()
    for (review_id,) in rows:
        wiped = db.execute(
            "UPDATE review_events SET text = NULL WHERE review_id = ? AND text IS NOT NULL RETURNING event_id",
            (review_id,),
        ).fetchall()
        note_decision(db, "review_events", *keys_of(wiped))
        db.execute("UPDATE review_questions SET machine_why = NULL WHERE review_id = ?", (review_id,))
        note_decision(db, "reviews", (review_id,))
        add_step(db, review_id, "speechcx", NewReviewStep("erased"))
