"""The start of a call as tables and sidecars give it: in one cell, or date and time in two."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from speechcx.discover.headings import says_utc, squeeze

_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\.?)?", re.IGNORECASE)
_NULL_DAY = re.compile(r"(?:1899-12-3[01]|1900-01-0[01]|0000-00-00)[T ]|(?:12/3[01]/1899|30\.12\.1899) ")
"""The day that spreadsheets and databases put before a time of day that has none."""

_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(?::00(?:\.0+)?)?(?: ?am)?$", re.IGNORECASE)
_HAS_ZONE = re.compile(r"(?:z|utc|gmt|[+-]\d{2}:?\d{2}|\])$", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}|\d{14}|\d{16}|\d{19}")
_DAY_NUMBER = re.compile(r"[2-6]\d{4}[.,]\d{4,}")
"""A day and time as spreadsheets count them. As a place in a recording it would be hours behind its start."""

_LOOSE = frozenset({"start", "begin", "timestamp"})
"""Names that other programs use for a place inside the sound, in seconds."""


def find_start(
    values: Sequence[tuple[str, str]], columns: Mapping[str, int]
) -> tuple[str | None, frozenset[int]]:
    """The start of a call as one text, and which of the pairs it was made of.

    Parameters
    ----------
    values
        (column, text) pairs.
    columns
        Which of them stands for which field, from :func:`speechcx.discover.headings.choose_columns`.

    Returns
    -------
    tuple
        None where nothing of the kind is given. Whether the text is a time is for others to find out.
    """
    at, day_at, clock_at = (columns.get(name) for name in ("started_at", "date", "time"))
    start, day, clock = (_cell(values, place) for place in (at, day_at, clock_at))
    if at is not None and start and not is_place_in_sound(values[at][0], start):
        if day and day_at is not None and day_at != at and _is_clock(start):
            return _join(values, day_at, at)
        if clock and clock_at is not None and clock_at != at and _is_clock(clock) and _is_day(start):
            return _join(values, at, clock_at)
        return _with_utc(values, start, at), frozenset({at})
    if day is None or day_at is None:
        if clock and clock_at is not None and not _is_clock(clock) and not _is_day(clock):
            return _with_utc(values, clock, clock_at), frozenset({clock_at})  # "Call Time" with the day in it
        return None, frozenset()
    if clock and clock_at is not None and clock_at != day_at and _is_clock(clock):
        return _join(values, day_at, clock_at)
    return (None, frozenset()) if _is_day(day) else (_with_utc(values, day, day_at), frozenset({day_at}))


def is_place_in_sound(name: str, text: str) -> bool:
    """Whether a ``start`` is seconds inside a recording, as transcripts have it, not a time of day."""
    is_number = _PLAIN_NUMBER.fullmatch(text) is not None and not (
        _EPOCH.fullmatch(text) or _DAY_NUMBER.fullmatch(text)
    )
    return squeeze(name) in _LOOSE and is_number


def _cell(values: Sequence[tuple[str, str]], at: int | None) -> str | None:
    return None if at is None else " ".join(values[at][1].split()) or None


def _is_clock(text: str) -> bool:
    return _CLOCK.fullmatch(_NULL_DAY.sub("", text)) is not None


def _is_day(text: str) -> bool:
    """Whether a text holds no time of day: a date alone, or with the midnight that programs add."""
    return not _EPOCH.fullmatch(text) and re.search(r"\d[:h]\d{2}", _MIDNIGHT.sub("", text)) is None


def _join(values: Sequence[tuple[str, str]], day_at: int, clock_at: int) -> tuple[str, frozenset[int]]:
    day = _MIDNIGHT.sub("", _cell(values, day_at) or "")
    clock = _NULL_DAY.sub("", _cell(values, clock_at) or "")
    return _with_utc(values, f"{day} {clock}", clock_at, day_at), frozenset({day_at, clock_at})


def _with_utc(values: Sequence[tuple[str, str]], text: str, *places: int) -> str:
    is_utc = any(says_utc(values[at][0]) for at in places) and not _HAS_ZONE.search(text)
    return f"{text} UTC" if is_utc else text
