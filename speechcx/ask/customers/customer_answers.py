"""What customers answered to surveys and wrote beside it: for one customer, and for the calls of a list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from speechcx.store import Store
from speechcx.store.facts.customer_keys import customer_key


@dataclass(frozen=True, slots=True)
class CustomerAnswer:
    """An answer to a survey.

    Parameters
    ----------
    kind
        ``csat``, ``nps`` or ``ces``.
    local_day
        The day of the answer; None where it is not told.
    value, low, high
        The rating on its scale.
    is_low
        Whether it is an unhappy answer.
    comment
        What the customer wrote, values taken out; None for nothing.
    sentiment, drivers
        What the comment says (negative, neutral, positive, mixed) and the contact drivers in it; None where it was not
        read.
    why_unread
        Why the comment was not read, or not for drivers.
    call_id
        The call it is about; None where none was found.
    """

    kind: str
    local_day: str | None
    value: float
    low: float
    high: float
    is_low: bool
    comment: str | None
    sentiment: str | None
    drivers: tuple[str, ...] | None
    why_unread: str | None
    call_id: str | None


def read_answers_of(store: Store, customer: str, call_ids: Iterable[str]) -> tuple[CustomerAnswer, ...]:
    """Answers about these calls, and those of the customer whose call was not found; the oldest first."""
    own, key = set(call_ids), customer_key(customer)
    rows = store.db.execute(
        "SELECT v.customer, v.kind, v.local_day, v.value, v.low, v.high, v.is_low, v.comment, v.comment_label,"
        " v.comment_drivers, v.comment_why, v.call_id FROM survey_answers v WHERE v.value IS NOT NULL"
        " AND (v.call_id IN (SELECT c.call_id FROM calls c WHERE c.customer = ?)"
        " OR v.call_id IS NULL AND v.customer IS NOT NULL) ORDER BY v.local_day, v.answer_no",
        (customer,),
    )
    return tuple(
        CustomerAnswer(
            kind, day, value, low, high, bool(is_low), comment, label,
            None if drivers is None else tuple(json.loads(drivers)), why, call_id,
        )
        for who, kind, day, value, low, high, is_low, comment, label, drivers, why, call_id in rows
        if call_id in own or (call_id is None and customer_key(who) == key)
    )  # fmt: skip


def read_comments_about(store: Store, call_id: str) -> tuple[str, ...]:
    """What the customer wrote about a call, the newest first, each text once."""
    rows = store.db.execute(
        "SELECT comment FROM survey_answers WHERE call_id = ? AND comment IS NOT NULL ORDER BY answer_no DESC",
        (call_id,),
    )
    return tuple(dict.fromkeys(comment for (comment,) in rows))
