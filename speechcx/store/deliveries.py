"""Notices that were sent, or are still to be sent: kept before they are sent, so that none is lost or sent twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from speechcx.store.moments import utc_text

if TYPE_CHECKING:
    from speechcx.store import Store

KEPT_DAYS = 7
"""A notice that could not be delivered for so many days is given up, and stays in the list."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is sent.

    Parameters
    ----------
    about
        What it tells of, such as ``alerts 2026-11-30``; the same notice goes to one address once.
    title, body
        Counts and titles of rules; never words or names of customers.
    """

    about: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a notice.

    Parameters
    ----------
    target
        Scheme and host of the address; the rest of it may be a secret, and is not kept.
    about, title
        Of the notice.
    attempts
        Times it was tried.
    created_at, last_at, delivered_at
        UTC; None where it was not delivered yet.
    error
        Why the last try failed.
    """

    target: str
    about: str
    title: str
    attempts: int
    created_at: str
    last_at: str | None
    delivered_at: str | None
    error: str | None


_COLUMNS = "target, about, title, attempts, created_at, last_at, delivered_at, error"


def list_deliveries(store: Store, *, only_failed: bool = False) -> tuple[Delivery, ...]:
    """Notices, the newest first."""
    rows = store.db.execute(
        f"SELECT {_COLUMNS} FROM deliveries {'WHERE delivered_at IS NULL' if only_failed else ''}"
        " ORDER BY delivery_no DESC"
    )
    return tuple(Delivery(*row) for row in rows)


def queue_notice(store: Store, digest: str, target: str, notice: Notice) -> None:
    """Keep that a notice is to go to an address, unless it did already or waits; inside a write."""
    key = hashlib.sha256(f"{notice.about}\n{notice.title}\n{notice.body}".encode()).hexdigest()[:16]
    store.db.execute(
        "INSERT INTO deliveries (target_digest, notice_digest, target, about, title, body, created_at, attempts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (target_digest, notice_digest) DO NOTHING",
        (digest, key, target, notice.about, notice.title, notice.body, utc_text()),
    )


def list_waiting(store: Store, digest: str) -> list[tuple[int, str, str]]:
    """Number, title and text of what is still to go to an address, the oldest first."""
    return store.db.execute(
        "SELECT delivery_no, title, body FROM deliveries WHERE target_digest = ? AND delivered_at IS NULL"
        " AND julianday('now') - julianday(created_at) <= ? ORDER BY delivery_no",
        (digest, KEPT_DAYS),
    ).fetchall()


def note_attempt(store: Store, number: int, error: str | None) -> Delivery:
    """Keep how a try ended: the reason of a failure, or None where it was delivered."""
    now = utc_text()
    with store.write():
        store.db.execute(
            "UPDATE deliveries SET attempts = attempts + 1, last_at = ?, delivered_at = ?, error = ?"
            " WHERE delivery_no = ?",
            (now, now if error is None else None, error, number),
        )
    return Delivery(
        *store.db.execute(f"SELECT {_COLUMNS} FROM deliveries WHERE delivery_no = ?", (number,)).fetchone()
    )
