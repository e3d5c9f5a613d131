"""The settings of retention: how long each kind of thing is kept, and what keeps a call longer."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Literal, get_args

RetainedKind = Literal["audio", "words", "index", "measures", "scores", "evidence", "audit"]
RETAINED_KINDS: tuple[RetainedKind, ...] = get_args(RetainedKind)

_PERIOD = re.compile(r"(\d{1,5}) *(day|week|month|year)s?")
_FOR_EVER = ("", "for ever", "forever")


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long things are kept, as ``90 days``, ``18 months``, ``6 years``; empty: for ever. Nothing goes by itself.

    Counted from the day of the call, in its own zone; of a call without a known day from the day it was stored.

    Parameters
    ----------
    audio
        Recordings; removed from the disk only with `delete_recordings`.
    words
        Transcripts, with their times, words in results, assessments under earlier rulebooks, comments of
        reviews, and the search index.
    index
        The search index alone: search does not find such calls by their words any more, but they can be
        shown.
    measures
        Level, pitch, pace, pauses, sentiment, shares of talk. The lengths of call, speech and silence stay.
    scores
        Results of rules, and scorecards.
    evidence
        The words that rules quote.
    audit
        Details of the audit trail; who did what to which call and when stays.
    rules
        Rules that keep a call longer if they were found in it, as ``{complaint = "6 years"}``: everything of
        the call is kept at least that long.
    delete_recordings
        Whether ``retention apply`` removes recordings from the disk.
    """

    audio: str = ""
    words: str = ""
    index: str = ""
    measures: str = ""
    scores: str = ""
    evidence: str = ""
    audit: str = ""
    rules: dict[str, str] = field(default_factory=dict, hash=False)
    delete_recordings: bool = False

    def __post_init__(self) -> None:
        given: dict[str, str] = {kind: getattr(self, kind) for kind in RETAINED_KINDS}
        given |= {f"rules {rule}": period for rule, period in self.rules.items()}
        for name, period in given.items():
            find_cutoff(period, date(2000, 1, 1), name=name)

    def find_cutoffs(self, today: date) -> dict[RetainedKind, date]:
        """The day before which calls have outlived their period, for each kind that has one."""
        found = {kind: find_cutoff(getattr(self, kind), today) for kind in RETAINED_KINDS}
        return {kind: day for kind, day in found.items() if day is not None}

    def find_rule_cutoffs(self, today: date) -> dict[str, date | None]:
        """Likewise for each rule that keeps calls longer; None for one that keeps them for ever."""
        return {rule: find_cutoff(period, today) for rule, period in self.rules.items()}

    @property
    def is_anything(self) -> bool:
        """Whether any kind has a period."""
        return any(getattr(self, item.name) for item in fields(self) if item.name in RETAINED_KINDS)


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What the audit trail tells besides what people decide, erase and take away.

    Parameters
    ----------
    readings
        Whether commands write down who read a call, searched or wrote a report. Pages always do.
    unrecorded
        What happens where a reading cannot be written down, since the database cannot be written: ``tell`` (answer,
        and say so) or ``refuse`` (do not answer).
    """

    readings: bool = True
    unrecorded: Literal["tell", "refuse"] = "tell"


def find_cutoff(period: str, today: date, *, name: str = "") -> date | None:
    """The day so long before today; None for ever.

    Raises
    ------
    ValueError
        The period cannot be read.
    """
    text = period.strip().lower()
    if text in _FOR_EVER:
        return None
    found = _PERIOD.fullmatch(text)
    if found is None or not int(found[1]):
        raise ValueError(f"{name} must be a period such as 90 days or 6 years, or empty, got {period!r}")
    count, unit = int(found[1]), found[2]
    try:
        if unit in ("day", "week"):
            return today - timedelta(days=count * (7 if unit == "week" else 1))
        months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        # Longer than the calendar: nothing is as old as that.
        return date.min
