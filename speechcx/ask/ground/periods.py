"""Periods as people write them: a day, a week, a month, a quarter, a year, or two days with a colon between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store

FORMS = "2026-09-14, 2026-W38, 2026-09, 2026-Q3, 2026 or 2026-09-01:2026-09-14"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day; None where open. Days are those of each call's own zone."""

    since: date | None
    until: date | None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError(f"a period cannot end before it begins, got {self.since} to {self.until}")


def read_period(text: str, *, flag: str = "--period") -> Period:
    """The period a text means.

    Parameters
    ----------
    text
        One of the forms of :data:`FORMS`; either side of the colon may be empty.
    flag
        Where it was written, for the message.

    Raises
    ------
    UsageError
        It means none.
    """
    clean = text.strip()
    try:
        if ":" in clean:
            first, _, last = (part.strip() for part in clean.partition(":"))
            since = _read_one(first).since if first else None
            return Period(since, _read_one(last).until if last else None)
        return _read_one(clean)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{flag} {text!r}: {error}", f"a period such as {FORMS}", "correct it") from error


def _read_one(text: str) -> Period:
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return Period(day, day)
    if found := _WEEK.fullmatch(text):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Period(monday, monday + timedelta(days=6))
    if found := _QUARTER.fullmatch(text):
        year, first = int(found[1]), 3 * int(found[2]) - 2
        return Period(date(year, first, 1), _last_of_month(year, first + 2))
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return Period(date(year, month, 1), _last_of_month(year, month))
    if _YEAR.fullmatch(text):
        return Period(date(int(text), 1, 1), date(int(text), 12, 31))
    raise ValueError("not a period")


def _last_of_month(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def find_newest_day(store: Store, filters: CallFilter) -> date | None:
    """The newest day of the calls of a filter; None without calls."""
    condition, values = filters.to_sql()
    found = store.db.execute(f"SELECT max(c.local_day) FROM calls c WHERE {condition}", values).fetchone()[0]
    return None if found is None else date.fromisoformat(found)


def period_before(store: Store, filters: CallFilter) -> tuple[date, date] | None:
    """The period of the same length that ends the day before `since`."""
    if filters.since is None:
        return None
    last = filters.until
    if last is None:
        newest = store.db.execute("SELECT max(local_day) FROM calls").fetchone()[0]
        if newest is None:
            return None
        last = date.fromisoformat(newest)
    days = (last - filters.since).days + 1
    if days < 1:
        return None
    return filters.since - timedelta(days=days), filters.since - timedelta(days=1)
