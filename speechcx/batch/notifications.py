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


UNKNOWN_ADDRESS = (
    "no address that apprise knows: correct it, for example mailto://, slack:// or json://host/path"
)
UNREACHABLE = "the service could not be reached"

_REASONS = (
    (r"NameResolution|resolve|Name or service|getaddrinfo", f"{UNREACHABLE}: no host has that name"),
    (r"refused", f"{UNREACHABLE}: the connection was refused"),
    (r"timed out|[Tt]imeout", f"{UNREACHABLE}: no answer in time"),
    (r"SSL|certificate", f"{UNREACHABLE}: no secure connection could be made"),
)
"""What errors of connections have in them, and what to say of them."""


class Sender(Protocol):
    """Sends a notice to an address; the reason where that fails, None where it is delivered."""

    def __call__(self, url: str, title: str, body: str) -> str | None:
        """Send it."""


def send_by_apprise(url: str, title: str, body: str) -> str | None:
    """Send one notice; the reason where that failed, also where apprise does not know such an address.

    Raises
    ------
    UsageError
        The extra ``notify`` is not installed.
    """
    try:
        import apprise
    except ImportError as error:
        raise UsageError(
            "apprise is not installed", "the extra `notify`", "pip install 'speechcx[notify]'"
        ) from error
    sender = apprise.Apprise()
    if not sender.add(url):
        return UNKNOWN_ADDRESS
    with apprise.LogCapture(level=apprise.logging.DEBUG) as log:
        if sender.notify(body=body, title=title, notify_type=apprise.NotifyType.WARNING):
            return None
        return _read_reason(log.getvalue())


def _read_reason(log: str) -> str:
    """Why a notice failed, by what apprise wrote down; none of its text, which may hold parts of the address."""
    for line in reversed(log.splitlines()):
        if status := re.search(r"- WARNING - .*error=(\d{3})", line):
            return f"the service answered {status[1]}"
        if "Exception:" in line:
            return next((said for sign, said in _REASONS if re.search(sign, line)), UNREACHABLE)
    return UNREACHABLE


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
        if error is None or error == UNKNOWN_ADDRESS:
            return error
        pause(wait_s)
        error = send(url, title, body)
    return error
