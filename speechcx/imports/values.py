"""Cells of exports as values: durations, outcomes, ratings, directions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from speechcx.call.imported import LegOutcome
from speechcx.imports.mapping import DurationUnit

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", re.IGNORECASE)
_WORDS = re.compile(r"(?:(\d+)\s*h\w*)?\s*(?:(\d+)\s*m\w*)?\s*(?:(\d+(?:\.\d+)?)\s*s\w*)?", re.IGNORECASE)
_SECONDS: dict[DurationUnit, float] = {"s": 1.0, "ms": 0.001, "min": 60.0}
MAX_DURATION_S = 7 * 86_400.0
"""No telephone call lasts longer than a week."""

_OUTCOMES: dict[str, LegOutcome] = {
    "answered": "answered", "answer": "answered", "connected": "answered", "completed": "answered",
    "handled": "answered", "abandoned": "abandoned", "abandon": "abandoned",
    "missed": "no_answer", "unanswered": "no_answer",
    "no answer": "no_answer", "no_answer": "no_answer", "noanswer": "no_answer", "busy": "busy", "failed": "failed",
    "congestion": "failed", "chanunavail": "failed", "voicemail": "voicemail",
}  # fmt: skip


class UnreadableCellError(ValueError):
    """A cell that is no value of its kind; the words say why."""


def read_duration(text: str, unit: DurationUnit) -> float:
    """Seconds of ``192``, ``3:12``, ``00:03:12``, ``PT3M12S`` or ``3m 12s``; bare numbers are in `unit`.

    Raises
    ------
    UnreadableCellError
        It is none, or longer than a week.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        seconds = float(text.replace(",", ".")) * _SECONDS[unit]
    elif found := _CLOCK.fullmatch(text):
        seconds = int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(found[3].replace(",", "."))
    elif (found := _ISO.fullmatch(text) or _WORDS.fullmatch(text)) and any(found.groups()):
        seconds = int(found[1] or 0) * 3600 + int(found[2] or 0) * 60 + float(found[3] or 0)
    else:
        raise UnreadableCellError(f"{text[:40]!r} is no duration; write seconds, or 00:03:12")
    if seconds > MAX_DURATION_S:
        raise UnreadableCellError(
            f"{text[:40]!r} is longer than a week; see the mapping's unit (s, ms or min)"
        )
    return round(seconds, 3)


def read_outcome(text: str, known: Mapping[str, str]) -> LegOutcome | None:
    """How a leg ended; None for a value that says nothing of it, such as a wrap-up code."""
    key = " ".join(text.casefold().split())
    return known.get(key) or _OUTCOMES.get(key)  # type: ignore[return-value]


def read_direction(text: str) -> str:
    """``inbound`` or ``outbound`` where the text says so; else as it stands there."""
    key = re.sub(r"[\W_]", "", text.casefold())
    if key in ("in", "inbound", "incoming", "eingehend"):
        return "inbound"
    return "outbound" if key in ("out", "outbound", "outgoing", "ausgehend") else text


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
