"""Whom to call back: customers touched by something, minus those already contacted, opted out or resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from speechcx.ask.ground.consent import is_opted_out, is_resolved, read_columns
from speechcx.ask.ground.customer_accounts import read_customer_accounts
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.ask.operations.events import WatchedRule, find_watched
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.follow_ups import FollowUp, read_follow_ups
from speechcx.store.facts.customer_keys import customer_key
from speechcx.store.moments import read_start

_NEWEST = 50
"""Calls of a customer that are asked for opting out."""

NEGATIVE = "negative-end"
"""The name for calls at whose end the customer's feeling was negative, in place of a rule."""

NEGATIVE_TITLE = "the customer's feeling was negative at the end"


@dataclass(frozen=True, slots=True)
class OutreachCustomer:
    """One customer to call back.

    Parameters
    ----------
    customer
        As the source wrote it.
    calls
        Calls of the customer that were touched.
    call_id, occurred_at, started, agent
        The newest of them, its start in UTC and on the clock of its own zone with the offset, and who took it.
    customer_sentiment
        The lowest of them, -5 to 5; None where none was measured.
    quote
        The words of the newest; None where the evidence is not speech.
    value, currency
        What the customer is worth, by imported accounts; None where that is not told.
    follow_up
        What people said of it; None where nobody did.
    """

    customer: str
    calls: int
    call_id: str
    occurred_at: str | None
    started: str | None
    agent: str | None
    customer_sentiment: float | None
    quote: str | None
    value: float | None = None
    currency: str | None = None
    follow_up: FollowUp | None = None


@dataclass(frozen=True, slots=True)
class Outreach:
    """Customers to call back, and who is not among them.

    Parameters
    ----------
    rule, title
        What touched them.
    calls
        Calls touched.
    unknown
        Of those, calls whose customer is not known: nobody can be called back.
    left_out
        (reason, customers) pairs: ``contacted`` (an outbound call came after), ``opted_out``, ``resolved``,
        ``excepted``, ``settled`` (somebody marked it as done or dropped).
    rows
        The worst sentiment first, then the most calls.
    hint
        Where the filter leaves no calls: what would widen it.
    """

    rule: str
    title: str
    calls: int
    unknown: int
    left_out: tuple[tuple[str, int], ...]
    rows: tuple[OutreachCustomer, ...]
    hint: Hint | None


def list_outreach(
    where: Where,
    rule: str,
    filters: CallFilter | None = None,
    *,
    excepted: Iterable[str] = (),
    with_settled: bool = False,
) -> Outreach:
    """Customers of the calls in which a rule was found (or which it flags), who still wait to be called.

    Parameters
    ----------
    where
        Store or database.
    rule
        A rule, or ``negative-end``.
    filters
        Which calls.
    excepted
        Customers who are not to be called, such as those another system has called.
    with_settled
        Also those that people marked as done or dropped.

    Raises
    ------
    UsageError
        There is no such rule; names the nearest.
    """
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        watched = None if rule == NEGATIVE else find_watched(store, rule, besides=(NEGATIVE,))
        condition, values = filters.to_sql()
        condition += f" AND {_touching(watched)}"
        calls, unknown = store.db.execute(
            f"SELECT count(*), count(*) - count(c.customer) FROM calls c WHERE {condition}", values
        ).fetchone()
        touched = _add_known(store, rule, _read_touched(store, watched, condition, values))
        reasons = _find_reasons(store, touched, frozenset(excepted))
        if not with_settled:
            settled = [one for one in touched if one.follow_up is not None and one.follow_up.is_settled]
            reasons |= {one.customer: "settled" for one in settled if one.customer not in reasons}
        rows = [one for one in touched if one.customer not in reasons]
        rows.sort(key=lambda one: (one.customer_sentiment is None, one.customer_sentiment or 0.0, -one.calls))
        return Outreach(
            rule, NEGATIVE_TITLE if watched is None else watched.title, calls, unknown,
            tuple(sorted(Counter(reasons.values()).items())), tuple(rows),
            None if calls else find_hint(store, filters),
        )  # fmt: skip


def _touching(watched: WatchedRule | None) -> str:
    return "c.customer_end_state = 'negative'" if watched is None else watched.condition


def _read_touched(
    store: Store, watched: WatchedRule | None, condition: str, values: Sequence[object]
) -> list[OutreachCustomer]:
    numbers = ", ".join(map(str, watched.numbers)) if watched else "NULL"
    rows = store.db.execute(
        "SELECT x.customer, x.n, k.call_id, k.occurred_at, x.call_no, k.agent, x.lowest, (SELECT h.quote FROM hits h"
        f" WHERE h.call_no = x.call_no AND h.rule_no IN ({numbers}) AND h.quote <> '' ORDER BY h.position LIMIT 1)"
        " FROM (SELECT c.customer, count(*) AS n, max(c.call_no) AS call_no, min(c.customer_sentiment) AS lowest"
        f" FROM calls c WHERE {condition} AND c.customer IS NOT NULL GROUP BY c.customer) x"
        " JOIN calls k ON k.call_no = x.call_no ORDER BY x.customer",
        values,
    )
    return [
        OutreachCustomer(customer, calls, call_id, at, read_start(store.db, call_no), *more)
        for customer, calls, call_id, at, call_no, *more in rows.fetchall()
    ]


def _add_known(store: Store, rule: str, touched: Sequence[OutreachCustomer]) -> list[OutreachCustomer]:
    """The customers with what they are worth, and what people said of calling them."""
    marks = read_follow_ups(store.db, "outreach")
    known = read_customer_accounts(store, {customer_key(one.customer) for one in touched})
    found = []
    for one in touched:
        account = known.get(customer_key(one.customer))
        worth = (None, None)
        if account is not None and not account.is_lost and len(account.currencies) < 2:
            worth = (account.value, next(iter(account.currencies), None))  # type: ignore[assignment]
        mark = marks.get(f"{rule}/{one.call_id}")
        found.append(replace(one, value=worth[0], currency=worth[1], follow_up=mark))
    return found


def _find_reasons(
    store: Store, touched: Iterable[OutreachCustomer], excepted: frozenset[str]
) -> dict[str, str]:
    """Why a customer is not to be called, for those who are not."""
    found: dict[str, str] = {}
    for one in touched:
        if one.customer in excepted:
            found[one.customer] = "excepted"
            continue
        reason = _reason_of_calls(store, one)
        if reason is not None:
            found[one.customer] = reason
    return found


def _reason_of_calls(store: Store, one: OutreachCustomer) -> str | None:
    """What the customer's own calls say: opted out at any time; resolved or contacted since."""
    rows = store.db.execute(
        "SELECT c.call_no >= t.call_no, c.call_no > t.call_no AND c.direction = 'outbound', r.extras"
        " FROM calls t JOIN calls c ON c.customer = t.customer AND c.superseded_by IS NULL"
        " JOIN recordings r ON r.call_no = c.call_no WHERE t.call_id = ? ORDER BY c.call_no DESC LIMIT ?",
        (one.call_id, _NEWEST),
    ).fetchall()
    said = [(since, is_outbound, read_columns(extras)) for since, is_outbound, extras in rows]
    if any(is_opted_out(columns) for _, _, columns in said):
        return "opted_out"
    if any(since and is_resolved(columns) for since, _, columns in said):
        return "resolved"
    return "contacted" if any(is_outbound for _, is_outbound, _ in said) else None


def read_customers(path: Path) -> tuple[str, ...]:
    """Customers in the first column of a CSV; a first line that says ``customer`` is a heading.

    Raises
    ------
    UsageError
        The file cannot be read.
    """
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [row[0].strip() for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"{path} cannot be read: {error}", "a CSV in UTF-8 with a customer in each line", "correct it"
        ) from error
    if cells and cells[0].casefold() == "customer":
        cells = cells[1:]
    return tuple(cell for cell in cells if cell)
