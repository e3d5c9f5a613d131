"""Notices by whatever a person chose (mail, chat, a web hook), by apprise: counts only; what fails is tried again."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.moments import utc_text

TRIES = 3
PAUSES_S = (1.0, 5.0)
"""Between the tries of one command."""

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


class Sender(Protocol):
    """Sends a notice to an address; the reason where that fails, None where it is delivered."""

    def __call__(self, url: str, title: str, body: str) -> str | None:
        """Send it."""


def send_by_apprise(url: str, title: str, body: str) -> str | None:
    """Send one notice; the reason where that failed.

    Raises
    ------
    UsageError
        The extra ``notify`` is not installed, or apprise does not know such an address.
    """
    try:
        import apprise
    except ImportError as error:
        raise UsageError(
            "apprise is not installed", "the extra `notify`", "pip install 'speechcx[notify]'"
        ) from error
    sender = apprise.Apprise()
    if not sender.add(url):
        raise UsageError(
            f"{name_target(url)!r} is no address that apprise knows",
            "an address such as mailto://, slack:// or json://host/path",
            "see the list of services in apprise's documentation",
        )
    with apprise.LogCapture(level=apprise.logging.INFO) as log:
        if sender.notify(body=body, title=title, notify_type=apprise.NotifyType.WARNING):
            return None
        found = re.findall(r"error=(\d{3})", log.getvalue())
    return f"the service answered {found[-1]}" if found else "the service could not be reached"


def name_target(url: str) -> str:
    """Scheme and host of an address, without user, password, port, path and query, any of which may be a secret."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    # Of many services the token stands where a host would: only names with a dot, or this machine, are hosts.
    shown = host if "." in host or host == "localhost" else "..."
    return f"{parts.scheme}://{shown}"


def deliver(
    store: Store,
    urls: Sequence[str],
    notices: Sequence[Notice],
    *,
    send: Sender = send_by_apprise,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Delivery, ...]:
    """Send notices to addresses, with those of earlier commands that did not get through.

    Parameters
    ----------
    store
        Open for writing: what is to be sent stands in it before it is sent.
    urls
        Addresses.
    notices
        New ones; those that an address has already are not sent again.
    send, pause
        How, and how to wait between tries.

    Returns
    -------
    tuple of Delivery
        What was tried, in order; empty where everything was delivered before.

    Raises
    ------
    UsageError
        As :func:`send_by_apprise`.
    """
    found = []
    for url in dict.fromkeys(urls):
        digest = hashlib.sha256(url.encode()).hexdigest()[:16]
        with store.write():
            for notice in notices:
                _queue(store, digest, name_target(url), notice)
        for number, title, body in _waiting(store, digest):
            error = _try(url, title, body, send, pause)
            found.append(_note(store, number, error))
    return tuple(found)


def list_deliveries(store: Store, *, only_failed: bool = False) -> tuple[Delivery, ...]:
    """Notices, the newest first."""
    rows = store.db.execute(
        f"SELECT {_COLUMNS} FROM deliveries {'WHERE delivered_at IS NULL' if only_failed else ''}"
        " ORDER BY delivery_no DESC"
    )
    return tuple(Delivery(*row) for row in rows)


_COLUMNS = "target, about, title, attempts, created_at, last_at, delivered_at, error"


def _queue(store: Store, digest: str, target: str, notice: Notice) -> None:
    key = hashlib.sha256(f"{notice.about}\n{notice.title}\n{notice.body}".encode()).hexdigest()[:16]
    store.db.execute(
        "INSERT INTO deliveries (target_digest, notice_digest, target, about, title, body, created_at, attempts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (target_digest, notice_digest) DO NOTHING",
        (digest, key, target, notice.about, notice.title, notice.body, utc_text()),
    )


def _waiting(store: Store, digest: str) -> list[tuple[int, str, str]]:
    return store.db.execute(
        "SELECT delivery_no, title, body FROM deliveries WHERE target_digest = ? AND delivered_at IS NULL"
        " AND julianday('now') - julianday(created_at) <= ? ORDER BY delivery_no",
        (digest, KEPT_DAYS),
    ).fetchall()


def _try(url: str, title: str, body: str, send: Sender, pause: Callable[[float], None]) -> str | None:
    """Send a notice, several times where that fails; the last reason, None where it was delivered."""
    error = send(url, title, body)
    for wait_s in PAUSES_S[: TRIES - 1]:
        if error is None:
            return None
        pause(wait_s)
        error = send(url, title, body)
    return error


def _note(store: Store, number: int, error: str | None) -> Delivery:
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
