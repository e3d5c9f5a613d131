"""Customers as their accounts tell of them: whether they stayed, since when, and what they are worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer with all accounts together.

    Parameters
    ----------
    opened, closed
        Days; None where not told. Closed is the last account's.
    is_lost
        Whether no account is left; None where not told.
    known_until
        The day up to which this is told.
    value, lifetime_value
        Sums over accounts that are kept, and over all; None where not told.
    currencies
        Of the values.
    """

    opened: date | None
    closed: date | None
    is_lost: bool | None
    known_until: date | None
    value: float | None
    lifetime_value: float | None
    currencies: frozenset[str]


def read_customer_accounts(store: Store, keys: Iterable[str] | None = None) -> dict[str, KnownCustomer]:
    """Every customer with an account, or those of `keys`, by what the ways to write them have in common."""
    condition, values = "1", list[str]()
    if keys is not None:
        values = sorted(set(keys))
        condition = f"customer_key IN ({', '.join('?' * len(values))})" if len(values) <= 500 else "1"
        values = values if len(values) <= 500 else []
    rows = store.db.execute(
        "SELECT customer_key, status, opened_day, closed_day, as_of_day, value, lifetime_value, currency"
        f" FROM accounts WHERE {condition} ORDER BY customer_key",
        values,
    ).fetchall()
    # Where a source does not say of which day it tells, it tells of the newest day in any of its rows.
    newest = store.db.execute(
        "SELECT max(max(coalesce(opened_day, ''), coalesce(closed_day, ''), coalesce(as_of_day, ''))) FROM accounts"
    ).fetchone()[0]
    grouped: dict[str, list[Sequence[object]]] = defaultdict(list)
    for key, *row in rows:
        grouped[key].append(row)
    return {key: _join(found, read_stored_day(newest)) for key, found in grouped.items()}


def _join(rows: Sequence[Sequence[object]], newest: date | None) -> KnownCustomer:
    """One customer of their accounts: lost when all are, since the first was opened."""
    statuses, opened, closed, as_of, values, lifetimes, currencies = zip(*rows, strict=True)
    is_lost = None if None in statuses else all(status == "lost" for status in statuses)
    first = None if None in opened else min(_days(opened))
    last = max(_days(closed)) if is_lost and None not in closed else None
    known = [read_stored_day(one) or newest for one in as_of]
    kept = (
        [value for value, status in zip(values, statuses, strict=True) if status != "lost"]
        if not is_lost
        else values
    )
    return KnownCustomer(
        first, last, is_lost, min((one for one in known if one is not None), default=None), _add(kept),
        _add(lifetimes), frozenset(str(one) for one in currencies if one is not None),
    )  # fmt: skip


def _days(texts: Iterable[object]) -> list[date]:
    return [day for text in texts if (day := read_stored_day(text)) is not None]


def read_stored_day(text: object) -> date | None:
    """A day as the database keeps it; None for none."""
    return date.fromisoformat(str(text)) if text else None


def _add(values: Iterable[object]) -> float | None:
    told = [float(str(value)) for value in values if value is not None]
    return sum(told) if told else None


def sum_values(customers: Iterable[KnownCustomer]) -> tuple[int, float | None, str | None]:
    """How many customers have a value, the sum, and its currency; no sum of several currencies."""
    told = [one for one in customers if one.value is not None and not one.is_lost]
    currencies = frozenset[str]().union(*(one.currencies for one in told))
    if not told or len(currencies) > 1:
        return 0, None, None
    total = sum(one.value for one in told if one.value is not None)
    return len(told), round(total, 2), next(iter(currencies), None)
