"""Whom to call back: customers whose newest call gives a reason, and who have not been spoken to since."""

from __future__ import annotations

from dataclasses import dataclass, replace

from speechcx.ask.customers.customer_answers import read_comments_about
from speechcx.ask.ground.consent import is_opted_out, is_resolved, is_unresolved, read_columns
from speechcx.ask.ground.empty_answer_hints import find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.flag_rules import IS_LOW, LOW_ANSWER, LOW_ANSWERS, LOW_TITLE
from speechcx.store.decisions.follow_ups import FollowUp, read_follow_ups
from speechcx.store.moments import read_start


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """A customer to call back.

    Parameters
    ----------
    customer
        The customer.
    call_id, occurred_at, started, local_day, agent, team, queue
        The newest call.
    calls
        Calls of the customer in all.
    why
        What speaks for it: the call ended negative; the source says it is not resolved; a risk was found that
        nobody dismissed; the customer gave a low answer about it, which nobody dismissed.
    follow_up
        What people said of it; None where nobody did.
    comments
        What the customer wrote about that call in surveys, the newest first; values were taken out.
    """

    customer: str
    call_id: str
    occurred_at: str | None
    started: str | None
    local_day: str | None
    agent: str | None
    team: str | None
    queue: str | None
    calls: int
    why: tuple[str, ...]
    follow_up: FollowUp | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallbackList:
    """Customers to call back, those with most reasons first; `left_out` counts others by why they are not here."""

    rows: tuple[CallbackRow, ...]
    total: int
    left_out: tuple[tuple[str, int], ...]
    hint: str | None


def list_callbacks(
    where: Where, filters: CallFilter | None = None, *, limit: int = 50, with_settled: bool = False
) -> CallbackList:
    """Customers whose newest call fits a filter and gives a reason to call them.

    A customer with any later call, in or out, has been spoken to and is not here. Nor is one whose call
    the source marks as resolved, or who opted out (the columns of :mod:`speechcx.ask.ground.consent`).

    Parameters
    ----------
    where
        Store or database.
    filters
        Which newest calls; None for all.
    limit
        At most this many.
    with_settled
        Also those that people marked as done or dropped; a customer who calls again is new.
    """
    with reading(where) as store:
        chosen = settle_names(store, filters or CallFilter())
        found, left_out = [], dict.fromkeys(("resolved", "opted out", "settled", "no reason"), 0)
        marks = read_follow_ups(store.db, "callback")
        for call_no, row in _newest_calls(store, chosen):
            known = _read_extras(store, call_no)
            reasons = _find_reasons(store, call_no, row.call_id, known)
            if is_opted_out(known):
                left_out["opted out"] += 1
            elif is_resolved(known):
                left_out["resolved"] += 1
            elif not reasons:
                left_out["no reason"] += 1
            elif not with_settled and (mark := marks.get(row.call_id)) is not None and mark.is_settled:
                left_out["settled"] += 1
            else:
                found.append(replace(row, why=reasons, follow_up=marks.get(row.call_id)))
        found.sort(key=lambda row: -len(row.why))
        hint = None if found else _hint(store, chosen, left_out)
        rows = tuple(replace(row, comments=read_comments_about(store, row.call_id)) for row in found[:limit])
    counts = tuple((why, n) for why, n in left_out.items() if n)
    return CallbackList(rows, len(found), counts, hint)


def _newest_calls(store: Store, filters: CallFilter) -> list[tuple[int, CallbackRow]]:
    """The newest call of each customer, where it fits; newest first."""
    where, values = filters.to_sql()
    rows = store.db.execute(
        "SELECT c.call_no, c.customer, c.call_id, c.occurred_at, c.local_day, c.agent, c.team, c.queue, n.calls FROM"
        " (SELECT max(call_no) AS call_no, count(*) AS calls FROM calls WHERE customer IS NOT NULL AND"
        " superseded_by IS NULL GROUP BY customer) n CROSS JOIN calls c ON c.call_no = n.call_no"
        f" WHERE {where} ORDER BY c.call_no DESC",
        values,
    )
    return [
        (
            call_no,
            CallbackRow(
                customer, call_id, at, read_start(store.db, call_no), day, agent, team, queue, calls, ()
            ),
        )
        for call_no, customer, call_id, at, day, agent, team, queue, calls in rows.fetchall()
    ]


def _read_extras(store: Store, call_no: int) -> dict[str, str]:
    (extras,) = store.db.execute("SELECT extras FROM recordings WHERE call_no = ?", (call_no,)).fetchone()
    return read_columns(extras)


def _find_reasons(store: Store, call_no: int, call_id: str, known: dict[str, str]) -> tuple[str, ...]:
    (state,) = store.db.execute(
        "SELECT customer_end_state FROM calls WHERE call_no = ?", (call_no,)
    ).fetchone()
    reasons = ["the customer ended the call negative"] if state == "negative" else []
    if is_unresolved(known):
        reasons.append("marked as not resolved by its source")
    risks = store.db.execute(
        "SELECT d.headline FROM results d LEFT JOIN flag_states s ON s.call_id = ? AND s.rule = d.rule"
        " WHERE d.call_no = ? AND d.flagged = 1 AND d.value = 'present' AND d.kind = 'risk'"
        " AND coalesce(s.status, 'open') <> 'dismissed' ORDER BY d.position",
        (call_id, call_no),
    )
    answers = store.db.execute(
        f"SELECT {LOW_TITLE} FROM {LOW_ANSWERS} LEFT JOIN flag_states s ON s.call_id = v.call_id"
        f" AND s.rule = {LOW_ANSWER} WHERE {IS_LOW} AND v.call_id = ? AND coalesce(s.status, 'open') <> 'dismissed'"
        " ORDER BY v.kind",
        (call_id,),
    )
    return (*reasons, *(title for (title,) in risks), *(title for (title,) in answers))


def _hint(store: Store, filters: CallFilter, left_out: dict[str, int]) -> str:
    if any(left_out.values()):
        parts = ", ".join(f"{n} {why}" for why, n in left_out.items() if n)
        return f"Nobody to call back: newest calls of customers that fit were left out ({parts})."
    unknown = store.db.execute("SELECT count(*) FROM calls WHERE customer IS NULL").fetchone()[0]
    more = f" Of {unknown} calls the customer is not known." if unknown else ""
    return f"No customer's newest call fits. {find_hint(store, filters)}{more}"
