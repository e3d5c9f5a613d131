"""Times as recorders write them, placed in a time zone; never guessed, never "now".

An instant with its own offset is kept as that instant, on the clock of the centre's zone: the call counts for
the centre's day. Forms of dates are read in ``time_forms``.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from speechcx.discover.time_forms import UnreadableTimeError, read_form

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_EPOCH = re.compile(r"(\d{9,10})(\.\d{1,9})?|(\d{13})|(\d{16})|(\d{19})")
_UTC_NAMES = frozenset({"UTC", "GMT", "Z", "UT", "ZULU", "ETC/UTC"})

_ABBREVIATIONS = {
    # RFC 2822, section 4.3, and the European Union's summer time directive (2000/84/EC).
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3,
}  # fmt: skip
"""Short names of zones that stand for one offset, in hours; others (IST, BST, AST) have several meanings."""

FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)
"""No telephone call was recorded to a file before."""


@dataclass(frozen=True, slots=True)
class StatedTime:
    """A point in time as a source gave it.

    Parameters
    ----------
    when
        Aware, with a fixed offset: unlike zoned times it compares and subtracts without surprises.
    zone
        IANA name of the zone whose clock it is on, or the offset.
    note
        What was peculiar: an hour that came twice, a time that never was. Empty otherwise.
    """

    when: datetime
    zone: str
    note: str = ""


@lru_cache(maxsize=1024)
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


def place_local(local: datetime, zone: str | None) -> StatedTime:
    """A naive local time in its zone.

    Where clocks were put back, the hour that came twice is taken for the first, with a note; where
    they were put forward, a time inside the missing hour is moved behind it, with a note.

    Raises
    ------
    UnreadableTimeError
        `zone` is None, or there is no such zone; or the time is no time of a recorded call.
    """
    if zone is None:
        raise UnreadableTimeError(f"no zone for {local.isoformat(sep=' ')}: set discover.zone")
    place = _place(zone)
    _expect_year(local)
    first, second = local.replace(tzinfo=place, fold=0), local.replace(tzinfo=place, fold=1)
    when = _fix(first)
    _expect_plausible(when)
    if first.utcoffset() == second.utcoffset():
        return StatedTime(when, zone)
    there_and_back = when.astimezone(place).replace(tzinfo=None, fold=0)
    if there_and_back == local:
        note = f"{local:%H:%M} came twice that day in {zone}: the first, {when:%z}, was taken"
        return StatedTime(when, zone, note)
    moved = _fix(when.astimezone(place))
    return StatedTime(moved, zone, f"{local:%H:%M} never was that day in {zone}: read as {moved:%H:%M %z}")


def place_time(read: datetime, zone: str | None) -> StatedTime:
    """A time with its own offset on the clock of `zone`, or a time without one in `zone`.

    Raises
    ------
    UnreadableTimeError
        As :func:`place_local`.
    """
    offset = read.utcoffset()
    if offset is None:
        return place_local(read, zone)
    _expect_year(read)
    when = _fix(read)
    _expect_plausible(when)
    if zone is not None:
        return StatedTime(_fix(when.astimezone(_place(zone))), zone)
    return StatedTime(when, "UTC" if not offset else f"{read:%z}"[:3] + ":" + f"{read:%z}"[3:5])


def place_named(read: datetime, name: str, zone: str | None) -> StatedTime:
    """A naive time with the name of its zone beside it: ``UTC``, ``EST``, ``America/New_York``.

    Raises
    ------
    UnreadableTimeError
        The name stands for no zone, or for several.
    """
    if name.upper() in _UTC_NAMES:
        return place_time(read.replace(tzinfo=UTC), zone)
    _expect_year(read)
    place = None if zone is None else _place(zone)
    for fold in (0, 1):
        own = read.replace(tzinfo=place, fold=fold)
        if place is not None and own.tzname() == name.upper():
            return place_time(_fix(own), zone)
    if name.upper() in _ABBREVIATIONS:
        hours = _ABBREVIATIONS[name.upper()]
        return place_time(read.replace(tzinfo=timezone(timedelta(hours=hours))), zone)
    if "/" in name:
        there = place_local(read, name)
        return StatedTime(place_time(there.when, zone or name).when, zone or name, there.note)
    raise UnreadableTimeError(
        f"the zone {name!r} in {read.isoformat(sep=' ')} {name} may be several; write an offset such as +01:00"
    )


def read_moment(text: str, *, zone: str | None, time_format: str | None = None) -> StatedTime:
    """A time from a sidecar or table: of `time_format`, seconds since 1970, or a usual form.

    Parameters
    ----------
    text
        What the source wrote.
    zone
        The centre's zone: that of times without an offset, and whose clock every time is put on.
    time_format
        A ``strptime`` format that is tried first; ``%z`` and ``%Z`` mean the zone that stands there.

    Raises
    ------
    UnreadableTimeError
        Why it cannot be read.
    """
    text = " ".join(text.split())
    if time_format is not None:
        # A recorder that changed its format: the others are tried below.
        moment = _read_own(text, time_format, zone)
        if moment is not None:
            return moment
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        return place_time(_from_epoch(epoch), zone)
    read, name = read_form(text)
    return place_time(read, zone) if name is None else place_named(read, name, zone)


def _read_own(text: str, time_format: str, zone: str | None) -> StatedTime | None:
    """A time of the user's own format; None where the text is of another."""
    before, percent_z, after = time_format.partition("%Z")
    if not percent_z:
        try:
            read = datetime.strptime(text, time_format)
        except ValueError:
            return None
        return place_time(read, zone)
    # strptime reads the letters of %Z and forgets them; here they say which zone.
    for found in re.finditer(r"[A-Za-z]+(?:/[A-Za-z_+-]+)*", text):
        try:
            read = datetime.strptime(f"{text[: found.start()]}\0{text[found.end() :]}", f"{before}\0{after}")
        except ValueError:
            continue
        return place_named(read, found[0], zone)
    return None


def _from_epoch(found: re.Match[str]) -> datetime:
    seconds, fraction, millis, micros, nanos = found.groups()
    if seconds is not None:
        return datetime.fromtimestamp(float(seconds + (fraction or "")), UTC)
    micro = int(micros) if micros else int(millis) * 1000 if millis else int(nanos) // 1000
    try:
        return FIRST_DAY + timedelta(microseconds=micro)
    except OverflowError:
        raise UnreadableTimeError(f"{found[0]!r} is not a time since 1970") from None


def _place(zone: str) -> tzinfo:
    try:
        return find_zone(zone)
    except ValueError as error:
        raise UnreadableTimeError(str(error)) from error


def _expect_year(read: datetime) -> None:
    """Refuse years whose times cannot even be moved between zones."""
    if not 1969 <= read.year <= 9000:
        raise _implausible(read)


def _expect_plausible(when: datetime) -> None:
    if when < FIRST_DAY or when.timestamp() > time.time() + 2 * 86_400:
        raise _implausible(when)


def _implausible(read: datetime) -> UnreadableTimeError:
    return UnreadableTimeError(
        f"{read.isoformat(sep=' ')} is not between 1970 and tomorrow: a null date of other software, or a wrong clock"
    )


def _fix(when: datetime) -> datetime:
    """The same instant and wall time with a fixed offset."""
    return when.replace(tzinfo=timezone(when.utcoffset() or timedelta(0)), fold=0)
