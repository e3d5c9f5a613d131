"""Moments, days and the numbers of calls: everything the store derives from when a call began."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

CALLS_A_SECOND = 10
"""Numbers kept free for calls that began in the same second; more of them take the next ones."""

ROWS_A_CALL = 100_000
"""Numbers kept free for the rows of one call in a table: a turn a second for 27 hours."""

UNKNOWN_BEFORE = 365 * 86_400 * CALLS_A_SECOND
"""Calls without a time, or from before 1970, get numbers below this, before all others."""


def utc_text(moment: datetime | None = None) -> str:
    """A moment (default: now) as UTC text with milliseconds, as every ``_at`` column keeps it."""
    moment = (moment or datetime.now(UTC)).astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def first_call_no(moment: datetime | None) -> int:
    """The first number of calls that began in this second; numbers grow with time.

    Because of that, calls and turns lie in the file in the order of time: a month is one stretch of
    it, and the newest matches of a search are found without sorting.
    """
    if moment is None:
        return 0
    second = (moment.astimezone(UTC) - _EPOCH) // timedelta(seconds=1)
    return max(0, second) * CALLS_A_SECOND


def first_call_no_of_day(day: date) -> int:
    """The first number of calls of a day in UTC."""
    return max(0, (day - _EPOCH.date()).days) * 86_400 * CALLS_A_SECOND


def read_start(db: sqlite3.Connection, call_no: int) -> str | None:
    """Start of a stored call as :attr:`speechcx.call.Details.started` writes it: the one form of every answer."""
    written, zone = db.execute(
        "SELECT started_at, zone FROM recordings WHERE call_no = ?", (call_no,)
    ).fetchone()
    from speechcx.call import Details

    return Details(started_at=read_moment(written), zone=zone).started


def write_moment(moment: datetime | None) -> str | None:
    """A moment with offset, and with its zone in brackets where it has one (RFC 9557)."""
    if moment is None:
        return None
    zone = moment.tzinfo
    return moment.isoformat() + (f"[{zone.key}]" if isinstance(zone, ZoneInfo) and zone.key else "")


def read_moment(text: str | None) -> datetime | None:
    """The moment that :func:`write_moment` was given.

    In an hour that a clock change repeats, the offset tells which of the two it was.
    """
    if text is None:
        return None
    plain, _, zone = text.rstrip("]").partition("[")
    moment = datetime.fromisoformat(plain)
    if not zone:
        return moment
    placed = moment.replace(tzinfo=ZoneInfo(zone))
    return placed if placed.utcoffset() == moment.utcoffset() else placed.replace(fold=1)
