"""Notices by whatever a person chose (mail, chat, a web hook), by apprise: counts only; what fails is tried again."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.deliveries import Delivery, Notice, list_waiting, note_attempt, queue_notice

TRIES = 3
PAUSES_S = (1.0, 5.0)
"""Between the tries of one command."""


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
                queue_notice(store, digest, name_target(url), notice)
        for number, title, body in list_waiting(store, digest):
            error = _try(url, title, body, send, pause)
            found.append(note_attempt(store, number, error))
    return tuple(found)


def _try(url: str, title: str, body: str, send: Sender, pause: Callable[[float], None]) -> str | None:
    """Send a notice, several times where that fails; the last reason, None where it was delivered."""
    error = send(url, title, body)
    for wait_s in PAUSES_S[: TRIES - 1]:
        if error is None:
            return None
        pause(wait_s)
        error = send(url, title, body)
    return error
