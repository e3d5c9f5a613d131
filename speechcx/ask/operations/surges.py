"""Whether a day brings more of something than usual: over the day so far, in two hours of it, or over two days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from speechcx.ask.statistics import Usual, learn_usual

MIN_DAYS = 3
"""Fewer past days of the same weekday with calls say nothing; all past days stand in, if there are as many
as `MIN_ANY_DAYS`."""
MIN_ANY_DAYS = 5

HourCounts = Mapping[date, Sequence[int]]
"""Counts of the 24 hours of each day; a day without any may be left out."""

_NONE = (0,) * 24
_DAY_SHARE, _TWO_DAYS_SHARE, _HOURS_SHARE, _QUIET_SHARE = 0.45, 0.25, 0.25, 0.05
"""How the probability of a false alarm is shared: the more windows are looked at, the less probable each must be.
Windows of two hours in which past days brought calls have one share together, and those in which they brought none a
small one: a centre that is open for ten hours does not pay for the fourteen others."""


@dataclass(frozen=True, slots=True)
class SurgeWindow:
    """A part of time that is held against the same part of past days.

    Parameters
    ----------
    days
        1, or 2 with the day before.
    first_hour, last_hour
        Hours of the day, both included; of two days, of the second, and all of the first.
    share
        Its share of the probability of a false alarm.
    """

    days: int
    first_hour: int
    last_hour: int
    share: float

    def count(self, counts: HourCounts, day: date) -> int:
        """The count of a day's window."""
        here = sum(counts.get(day, _NONE)[self.first_hour : self.last_hour + 1])
        return here if self.days == 1 else here + sum(counts.get(day - timedelta(days=1), _NONE))


@dataclass(frozen=True, slots=True)
class Surge:
    """The window in which a count is least to be expected.

    Parameters
    ----------
    window
        Which.
    now, usual
        The count, and what is usual.
    probability
        Of such a count, or any as improbable in another window, on a usual day.
    """

    window: SurgeWindow
    now: int
    usual: float
    probability: float


@dataclass(frozen=True, slots=True)
class PastDays:
    """The past days that a day is compared with.

    Parameters
    ----------
    day
        The day.
    days
        All past days with calls.
    alike
        Those it is compared with.
    kind
        ``same weekday``, or ``any day`` where there are too few of that weekday; None where there are too few at all.
    """

    day: date
    days: tuple[date, ...]
    alike: tuple[date, ...]
    kind: str | None

    def learn(self, counts: HourCounts, window: SurgeWindow) -> Usual:
        """What is usual in a window."""
        if self.kind == "any day":
            return learn_usual([window.count(counts, day) for day in self.alike])
        groups: dict[int, list[int]] = defaultdict(list)
        for day in self.days:
            groups[day.weekday()].append(window.count(counts, day))
        mine = groups.pop(self.day.weekday())
        return learn_usual(mine, tuple(groups.values()))


def choose_past_days(days: Sequence[date], day: date) -> PastDays:
    """The past days to compare a day with, of those with calls."""
    past = tuple(one for one in days if one < day)
    same = tuple(one for one in past if one.weekday() == day.weekday())
    if len(same) >= MIN_DAYS:
        return PastDays(day, past, same, "same weekday")
    return PastDays(day, past, past, "any day" if len(past) >= MIN_ANY_DAYS else None)


def find_surge(counts: HourCounts, past: PastDays, *, until_hour: int, least_excess: float) -> Surge | None:
    """The least probable window in which there is so much more than usual; None if there is none.

    Parameters
    ----------
    counts
        Of the day and the past days.
    past
        What to compare with; its kind is not None.
    until_hour
        The last hour of the day that has come.
    least_excess
        So many more than usual, at least.
    """
    best: Surge | None = None
    for window in _list_windows(until_hour, counts, past):
        now = window.count(counts, past.day)
        mean = sum(window.count(counts, day) for day in past.alike) / len(past.alike)
        # Learning how much days differ costs more than looking at their mean, which settles most windows.
        if now - mean < least_excess:
            continue
        usual = past.learn(counts, window)
        if now - usual.mean < least_excess:
            continue
        probability = min(1.0, usual.tail(now) / window.share)
        if best is None or probability < best.probability:
            best = Surge(window, now, usual.mean, probability)
    return best


def _list_windows(until_hour: int, counts: HourCounts, past: PastDays) -> Iterator[SurgeWindow]:
    yield SurgeWindow(1, 0, until_hour, _DAY_SHARE)
    yield SurgeWindow(2, 0, until_hour, _TWO_DAYS_SHARE)
    usual = [sum(counts.get(day, _NONE)[hour] for day in past.alike) for hour in range(24)]
    busy = [hour for hour in range(23) if usual[hour] or usual[hour + 1]]
    for hour in range(until_hour):
        is_busy = hour in busy
        share = _HOURS_SHARE / len(busy) if is_busy else _QUIET_SHARE / (23 - len(busy))
        yield SurgeWindow(1, hour, hour + 1, share)
