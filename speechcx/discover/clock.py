"""Times as recorders write them, placed in a time zone; never guessed, never "now"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_EPOCH = re.compile(r"\d{9,10}(\.\d{1,9})?|\d{13}")
_HAS_TIME_OF_DAY = re.compile(r"\d[T _]\d{2}")
_LEAP_SECOND = re.compile(r":60(?=[.,Zz+-]|$)")


class UnreadableTimeError(ValueError):
    """A text that is no time, or a time that cannot be placed; the words say why."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as a source gave it.

    Parameters
    ----------
    when
        Aware, with a fixed offset: unlike zoned times it compares and subtracts without surprises.
    zone
        IANA name it was written in, or the offset.
    note
        What was peculiar: an hour that came twice, a time that never was. Empty otherwise.
    """

    when: datetime
    zone: str
    note: str = ""


def find_zone(name: str) -> tzinfo:
    """The zone of an IANA name (``Europe/Berlin``) or an offset (``+02:00``).

    Raises
    ------
    ValueError
        There is no such zone.
    """
    offset = _OFFSET.fullmatch(name)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        if minutes >= 24 * 60:
            raise ValueError(f"an offset of {name} is over a day")
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        # KeyError is how zoneinfo says "not found"; a folder such as "Europe" is an OSError.
        raise ValueError(f"no time zone {name!r}; use an IANA name such as Europe/Berlin") from error


def place_local(local: datetime, zone: str | None) -> Moment:
    """A naive local time in its zone.

    Where clocks were put back, the hour that came twice is taken for the first, with a note; where
    they were put forward, a time inside the missing hour is moved behind it, with a note.

    Raises
    ------
    UnreadableTimeError
        `zone` is None, or there is no such zone.
    """
    if zone is None:
        raise UnreadableTimeError(f"no zone for {local.isoformat(sep=' ')}: set discover.zone")
    try:
        place = find_zone(zone)
    except ValueError as error:
        raise UnreadableTimeError(str(error)) from error
    first, second = local.replace(tzinfo=place, fold=0), local.replace(tzinfo=place, fold=1)
    when = _fix(first)
    if first.utcoffset() == second.utcoffset():
        return Moment(when, zone)
    there_and_back = when.astimezone(place).replace(tzinfo=None, fold=0)
    if there_and_back == local:
        note = f"{local:%H:%M} came twice that day in {zone}: the first, {when:%z}, was taken"
        return Moment(when, zone, note)
    moved = _fix(when.astimezone(place))
    return Moment(moved, zone, f"{local:%H:%M} never was that day in {zone}: read as {moved:%H:%M %z}")


def read_moment(text: str, *, zone: str | None, time_format: str | None = None) -> Moment:
    """A time from a sidecar or table: ISO 8601, seconds since 1970, or of `time_format`.

    Parameters
    ----------
    text
        What the source wrote.
    zone
        Zone of times without an offset; None where there is none.
    time_format
        A ``strptime`` format that is tried first.

    Raises
    ------
    UnreadableTimeError
        Why it cannot be read.
    """
    text = text.strip()
    if time_format is not None:
        try:
            return place_time(datetime.strptime(text, time_format), zone)
        except UnreadableTimeError:
            raise
        except ValueError:
            pass  # a recorder that changed its format: the others are tried below
    if _EPOCH.fullmatch(text):
        return Moment(_from_epoch(float(text) / (1000 if len(text) == 13 else 1)), "UTC")
    if not _HAS_TIME_OF_DAY.search(text):
        raise UnreadableTimeError(f"{text!r} has no time of day" if _is_date(text) else _unreadable(text))
    plain = _LEAP_SECOND.sub(":59", text)
    try:
        read = datetime.fromisoformat(plain)
    except ValueError:
        raise UnreadableTimeError(_unreadable(text)) from None
    return place_time(read + timedelta(seconds=plain != text), zone)


def place_time(read: datetime, zone: str | None) -> Moment:
    """A time as it stands: with its own offset, or in `zone`; see :func:`place_local`."""
    offset = read.utcoffset()
    if offset is None:
        return place_local(read, zone)
    return Moment(_fix(read), "UTC" if read.tzinfo is UTC else f"{read:%z}"[:3] + ":" + f"{read:%z}"[3:5])


def _fix(when: datetime) -> datetime:
    """The same instant and wall time with a fixed offset."""
    return when.replace(tzinfo=timezone(when.utcoffset() or timedelta(0)), fold=0)


def _from_epoch(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _unreadable(text: str) -> str:
    return f"{text[:40]!r} is no time that can be read; write it as 2026-03-31T14:05:09, or set discover.time_format"
