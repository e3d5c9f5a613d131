"""Cells of exports as values: durations, outcomes, ratings, directions, days, amounts of money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from speechcx.call.imported import AccountStatus, LegOutcome
from speechcx.discover.time_forms import UnreadableTimeError, read_day
from speechcx.imports.export_headings import DurationUnit
from speechcx.imports.mapping import DecimalMark, fold_word

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")
_PLAIN = re.compile(r"\d*[.,]?\d+(?:E-?\d+)?", re.IGNORECASE)
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?", re.IGNORECASE)
_WORDS = re.compile(
    r"(?:(\d+)\s*h(?:\.|rs?\b\.?|ours?|)[,\s]*)?(?:(\d+)\s*m(?:\.|ins?\b\.?|inutes?|inuten|)[,\s]*)?"
    r"(?:(\d+(?:[.,]\d+)?)\s*s(?:\.|ecs?\b\.?|econds?|ek\b\.?|ekunden|)\s*)?",
    re.IGNORECASE,
)
_MILLIS = re.compile(r"(\d+)\s*(?:ms|millis|milliseconds)", re.IGNORECASE)
_NO_DURATION = ("-", "--", "n/a", "na", "null", "none")
"""What other software writes for a duration that is not known."""
_SECONDS: dict[DurationUnit, float] = {"s": 1.0, "ms": 0.001, "min": 60.0, "day": 86_400.0}
MAX_DURATION_S = 86_400.0
"""No telephone call lasts longer than a day; milliseconds that are read as seconds do."""

_OUTCOMES: dict[str, LegOutcome] = {
    "answered": "answered", "answer": "answered", "connected": "answered", "completed": "answered",
    "handled": "answered", "abandoned": "abandoned", "abandon": "abandoned",
    "call connected": "answered", "accepted": "answered", "angenommen": "answered", "beantwortet": "answered",
    "missed": "no_answer", "unanswered": "no_answer", "not answered": "no_answer", "missed call": "no_answer",
    "verpasst": "no_answer", "nicht angenommen": "no_answer", "short abandoned": "abandoned",
    "short_abandoned": "abandoned", "hung up": "abandoned", "hang up": "abandoned", "aufgelegt": "abandoned",
    "abgebrochen": "abandoned", "canceled": "abandoned", "cancelled": "abandoned",
    "no answer": "no_answer", "no-answer": "no_answer", "no_answer": "no_answer", "noanswer": "no_answer",
    "ring no answer": "no_answer", "busy": "busy", "line busy": "busy", "besetzt": "busy", "failed": "failed",
    "congestion": "failed", "chanunavail": "failed", "call failed": "failed", "voicemail": "voicemail",
    "voice mail": "voicemail",
}  # fmt: skip


_STATUSES: dict[str, AccountStatus] = {
    **dict.fromkeys(
        ("kept", "active", "current", "customer", "open", "live", "retained", "renewed", "yes", "true", "1", "y"),
        "kept",
    ),
    **dict.fromkeys(
        (
            "lost", "churned", "closed", "cancelled", "canceled", "inactive", "terminated", "former", "left", "expired",
            "no", "false", "0", "n",
        ),
        "lost",
    ),
}  # fmt: skip
_NO_DAY = ("-", "9999-12-31", "0000-00-00", "31.12.9999", "12/31/9999", "n/a", "null")
"""What other software writes for a day that is open."""

_MONEY = re.compile(r"^[^\d.,'-]+|[^\d.,']+$")
"""A currency before or behind an amount; letters within are no part of one."""
_NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:[.,' ]\d{3})+)(?:[.,]\d+)?")


class UnreadableCellError(ValueError):
    """A cell that is no value of its kind; the words say why."""


def read_duration(text: str, unit: DurationUnit) -> float | None:
    """Seconds of ``192``, ``3:12``, ``00:03:12``, ``PT3M12S``, ``3m 12s`` or ``192 ms``; bare numbers are in `unit`.

    Returns
    -------
    float or None
        None where the source writes that it does not know.

    Raises
    ------
    UnreadableCellError
        It is none, or longer than a day.
    """
    text = text.strip()
    if text.casefold() in _NO_DURATION:
        return None
    if _PLAIN.fullmatch(text):
        seconds = float(text.replace(",", ".")) * _SECONDS[unit]
    elif found := _CLOCK.fullmatch(text):
        seconds = int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(found[3].replace(",", "."))
    elif found := _MILLIS.fullmatch(text):
        seconds = int(found[1]) / 1000
    elif (found := _ISO.fullmatch(text) or _WORDS.fullmatch(text)) and any(found.groups()):
        seconds = (
            int(found[1] or 0) * 3600 + int(found[2] or 0) * 60 + float((found[3] or "0").replace(",", "."))
        )
    else:
        raise UnreadableCellError(f"{text[:40]!r} is no duration; write seconds, or 00:03:12")
    if seconds > MAX_DURATION_S:
        raise UnreadableCellError(
            f"{text[:40]!r} is longer than a day; see the mapping's unit (s, ms, min or day)"
        )
    return round(seconds, 3)


def read_outcome(text: str, known: Mapping[str, str]) -> LegOutcome | None:
    """How a leg ended; None for a value that says nothing of it, such as a wrap-up code."""
    key = fold_word(text)
    return known.get(key) or _OUTCOMES.get(key)  # type: ignore[return-value]


def read_direction(text: str, known: Mapping[str, str]) -> str:
    """``inbound``, ``outbound`` or ``internal`` where the text says so; else as it stands there."""
    told = known.get(fold_word(text))
    if told is not None:
        return told
    key = re.sub(r"[\W_]", "", text.casefold())
    if key == "in" or key.startswith(("inbound", "incoming", "eingehend")):
        return "inbound"
    if key == "out" or key.startswith(("outbound", "outgoing", "ausgehend")):
        return "outbound"
    return "internal" if key in ("internal", "intern", "internalcall") else text


_CHANNEL = re.compile(r"(?:PJSIP|SIP|IAX2|SCCP|DAHDI|Local)/([^-@/\s]+)(?:[-@/].*)?")
_PARTY = re.compile(r".*[(<]\s*(?:tel:|sip:)?(\+?\d[\d\s./-]*)(?:@[^)>]*)?[)>]\s*")


def read_party(text: str) -> str:
    """The number in ``Ann (201)`` or ``"Lee" <0791234567>``, the extension of an Asterisk channel; else the text."""
    found = _CHANNEL.fullmatch(text) or _PARTY.fullmatch(text)
    return found[1].strip() if found else text


def is_extension(text: str, digits: int) -> bool:
    """Whether a number has so few digits that it is one inside of the house."""
    return text.isdigit() and len(text) <= digits


def read_rating(text: str, low: float, high: float) -> float:
    """A rating on its scale: a number, ``4 of 5``, ``4/5`` or ``4 - Satisfied``.

    Raises
    ------
    UnreadableCellError
        It is none, or beyond the scale.
    """
    found = re.match(r"\s*(-?\d+(?:[.,]\d+)?)\s*(?:(?:/|of|out of|von)\s*(\d+)\s*)?(?:$|[-:(].*)", text)
    if not found:
        raise UnreadableCellError(f"{text[:40]!r} is no rating; expected a number from {low:g} to {high:g}")
    value = float(found[1].replace(",", "."))
    if not low <= value <= high or (found[2] is not None and float(found[2]) != high):
        raise UnreadableCellError(
            f"{text[:40]!r} is beyond the scale from {low:g} to {high:g}; see [scales] of the mapping"
        )
    return value


def read_status(text: str, known: Mapping[str, str]) -> AccountStatus:
    """Whether a customer stayed.

    Raises
    ------
    UnreadableCellError
        The word is not known for either.
    """
    key = fold_word(text)
    status = known.get(key) or _STATUSES.get(key)
    if status is None:
        raise UnreadableCellError(
            f"the status {text[:40]!r} is neither kept nor lost; say which under [statuses] of the mapping"
        )
    return status  # type: ignore[return-value]


def read_account_day(text: str) -> date | None:
    """A day of an account; None where the source says that it is open.

    Raises
    ------
    UnreadableCellError
        It is none, or may be two.
    """
    if text.casefold() in _NO_DAY:
        return None
    try:
        return read_day(text)
    except UnreadableTimeError as error:
        raise UnreadableCellError(
            f"{text[:40]!r} is no day that can be read; write it as 2026-03-31"
        ) from error


def read_amount(text: str, decimal: DecimalMark | None) -> float:
    """An amount of money: ``1,234.50``, ``1.234,50 EUR``, ``$99``, ``1'200``.

    Parameters
    ----------
    text
        With or without a currency.
    decimal
        The mark before the decimals, for amounts such as ``1,234`` that could be read in two ways.

    Raises
    ------
    UnreadableCellError
        It is none, or could be two.
    """
    bare = " ".join(_MONEY.sub("", text).split())
    if text.strip().startswith("(") and text.strip().endswith(")"):
        bare = f"-{bare}"
    if not _NUMBER.fullmatch(bare):
        raise UnreadableCellError(f"{text[:40]!r} is no amount; write it as 1234.50")
    marks = [mark for mark in bare if mark in ".,"]
    if not marks:
        return float(re.sub(r"[' ]", "", bare))
    last = marks[-1]
    whole, _, rest = bare.rpartition(last)
    if decimal is None and len(marks) == 1 and len(rest) == 3 and re.fullmatch(r"-?[1-9]\d{0,2}", whole):
        raise UnreadableCellError(
            f'{text[:40]!r} may be a thousand and more, or one and three decimals; set decimal = "." or ","'
            " in the mapping"
        )
    is_decimal = last == decimal if decimal else marks.count(last) == 1
    digits = re.sub(r"[.,' ]", "", whole)
    return float(f"{digits}.{rest}") if is_decimal else float(digits + rest)
