"""The usual ways to write a date and time, read where they can mean one thing only.

``03/04/2026`` is March or April: such a text is refused, never guessed. ``31/03/2026`` can be read.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY_NAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_TIME = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?"
)
_ZONE = (
    r"(?: ?(?P<offset>(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?)(?: ?[(\[][a-z/_ ]+[)\]])?"
    r"| ?\[?(?P<zone>[a-z]+/[a-z_]+(?:/[a-z_]+)?)\]?| ?(?P<short>z|[a-z]{2,5}))?"
)
_DATES = (
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
    r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4})",
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-. /]{_MONTH}[-. /,]{{1,2}}(?P<year>\d{{4}})",
    rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
    rf"(?P<year>\d{{4}})[-/]{_MONTH}[-/](?P<day>\d{{1,2}})",
)
_HAS_TIME_OF_DAY = re.compile(r"\d[T _]\d")
_LEAP_SECOND = re.compile(r":60(?=[.,Zz+-]|$)")
_NULL_DATE = re.compile(r"0{1,4}([-/.])0{1,2}[-/.]0{1,4}|1900-0[01]-00|0{8,14}")
_DATE_ONLY = re.compile(r"\d{1,4}[-/. ]\w{1,9}[-/. ,]{1,2}\d{1,4}|\d{8}")
_CLOCK = re.compile(r"\d:\d\d")
_SERIAL = re.compile(r"[2-6]\d{4}(?:[.,]\d+)?")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)


class UnreadableTimeError(ValueError):
    """A text that is no time, or a time that cannot be placed; the words say why."""


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    """Forms of times, in the order in which they are tried; compiled when the first time is read."""
    return (
        *(
            re.compile(rf"{_DAY_NAME}{date}(?:t|,? (?:at )?|_){_TIME}{_ZONE}", re.IGNORECASE)
            for date in _DATES
        ),
        # As date(1) and ctime(3) write it: Mon Mar  2 09:15:00 UTC 2026.
        re.compile(
            rf"{_DAY_NAME}{_MONTH} (?P<day>\d{{1,2}}) {_TIME}{_ZONE} (?P<year>\d{{4}})", re.IGNORECASE
        ),
        re.compile(
            r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)[-_T ]?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)"
            r"(?P<offset>)(?P<zone>)(?P<short>Z)?(?P<half>)(?P<fraction>)"
        ),
    )


def read_form(text: str) -> tuple[datetime, str | None]:
    """A date and time of a usual form.

    Returns
    -------
    tuple
        The time, aware where an offset stands there, and the name of a zone where one does.

    Raises
    ------
    UnreadableTimeError
        It is none, or could be two.
    """
    _refuse_known(text)
    if _HAS_TIME_OF_DAY.search(text):
        plain = _LEAP_SECOND.sub(":59", text)
        try:
            return datetime.fromisoformat(plain) + timedelta(seconds=plain != text), None
        except (ValueError, OverflowError):
            pass
    for form in _forms():
        found = form.fullmatch(text)
        if found:
            return _build(text, found)
    if _DATE_ONLY.fullmatch(text):
        raise UnreadableTimeError(f"{text!r} has no time of day")
    raise _unreadable(text)


def read_day(text: str) -> date:
    """A day of a usual form, with or without a time.

    Raises
    ------
    UnreadableTimeError
        It is none, or could be two.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        return read_form(text if _CLOCK.search(text) else f"{text} 00:00")[0].date()


def _refuse_known(text: str) -> None:
    """Refuse what other software writes instead of a time, saying what it is."""
    if _NULL_DATE.match(text):
        raise UnreadableTimeError(f"{text[:40]!r} is a null date of other software: no time was written")
    if _SERIAL.fullmatch(text):
        raise UnreadableTimeError(
            f"{text[:40]!r} is not a valid time: it looks like a day number of a spreadsheet; format the"
            " column as date and time before the export"
        )
    if _SCIENTIFIC.fullmatch(text):
        raise UnreadableTimeError(
            f"{text[:40]!r} is not a valid time: a spreadsheet rounded it; format the column as text"
        )


def _build(text: str, found: re.Match[str]) -> tuple[datetime, str | None]:
    parts = found.groupdict()
    month, day = _month_and_day(text, parts)
    fraction = (parts["fraction"] or "0")[:6].ljust(6, "0")
    second = int(parts["second"] or 0)
    try:
        read = datetime(
            int(parts["year"]), month, day, _hour(parts), int(parts["minute"]), min(second, 59), int(fraction)
        ) + timedelta(seconds=second == 60)
    except (ValueError, OverflowError):
        raise _unreadable(text) from None
    if second > 60:
        raise _unreadable(text)
    if parts["offset"]:
        return read.replace(tzinfo=_offset(text, parts["offset"])), None
    name = parts["zone"] or parts["short"]
    if name and name.upper() in ("Z", "UTC", "GMT"):
        return read.replace(tzinfo=UTC), None
    return read, name or None


def _month_and_day(text: str, parts: dict[str, str | None]) -> tuple[int, int]:
    if parts.get("name"):
        return _MONTHS.index(str(parts["name"])[:3].lower()) + 1, int(str(parts["day"]))
    if parts.get("one") is None:
        return int(str(parts["month"])), int(str(parts["day"]))
    one, two = int(str(parts["one"])), int(str(parts["two"]))
    if one == two or two > 12:
        return one, two
    if one > 12:
        return two, one
    raise UnreadableTimeError(
        f"{text[:40]!r} may be day and month or month and day; set discover.time_format, for example"
        f" {_example(str(parts['mark']), parts)!r}"
    )


def _example(mark: str, parts: dict[str, str | None]) -> str:
    clock = "%I" if parts["half"] else "%H"
    seconds = ":%S" if parts["second"] else ""
    return f"%d{mark}%m{mark}%Y {clock}:%M{seconds}{' %p' if parts['half'] else ''}"


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(str(parts["hour"])), parts["half"]
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"hour {hour} with am/pm")
    return hour % 12 + 12 * (half.lower() == "p")


def _offset(text: str, offset: str) -> timezone:
    found = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", offset, re.IGNORECASE)
    minutes = int(found[2]) * 60 + int(found[3] or 0) if found else 24 * 60
    if minutes >= 24 * 60:
        raise _unreadable(text)
    return timezone(timedelta(minutes=minutes if found and found[1] == "+" else -minutes))


def _unreadable(text: str) -> UnreadableTimeError:
    return UnreadableTimeError(
        f"{text[:40]!r} is not a valid time; write it as 2026-03-31T14:05:09, or set discover.time_format"
    )
