"""Numbers and spans of time as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


def plain_number(value: float, digits: int, *, sign: bool = False) -> str:
    """A number with this many digits after the point, never as minus nothing."""
    rounded = round(value, digits)
    return f"{rounded if rounded else 0.0:{'+' if sign and rounded else ''}.{digits}f}"


def signed(value: float | None, digits: int) -> str | None:
    """A number with its sign; None for None."""
    return None if value is None else plain_number(value, digits, sign=True)


def percent(share: float, digits: int = 0, *, sign: bool = False) -> str:
    """A share, 0 to 1, in percent."""
    return f"{plain_number(100 * share, digits, sign=sign)} %"


def length(seconds: float | None) -> str:
    """How long something took, as ``m:ss`` or ``h:mm:ss``; a dash for None."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def clock(seconds: float | None) -> str:
    """Seconds as ``m:ss.s``, a dash for None."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def moment(seconds: float | None) -> str | None:
    """A moment of a call as ``m:ss.s``; None for None."""
    return None if seconds is None else clock(seconds)


def start_text(started: str | None) -> str:
    """When a call began as people read it, on the centre's clock: ``2026-03-02 09:15``."""
    return "time unknown" if started is None else started[:16].replace("T", " ")


def days_text(since: date | None, until: date | None) -> str:
    """A period in words."""
    if since is None and until is None:
        return "all calls"
    if until is None:
        return f"from {since} on"
    return f"until {until}" if since is None else f"{since} to {until}"


def count_text(count: int, noun: str) -> str:
    """``1 call``, ``2 calls``, ``1,200 calls``."""
    return f"{count:,} {noun}{'s' * (count != 1)}"
