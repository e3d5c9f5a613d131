"""Surges in counts: the window that shows one best, and made days with planted ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scripts.bench_rooms.alerts import count_false, count_found
from speechcx.ask.operations.surges import choose_past_days, find_surge

DAY = date(2026, 4, 27)
PAST = tuple(DAY - timedelta(days=back) for back in range(56, 0, -1))


def hours(**counts: int) -> tuple[int, ...]:
    """Counts of a day by hour, as ``h9=4``."""
    return tuple(counts.get(f"h{hour}", 0) for hour in range(24))


BEFORE = PAST[0] - timedelta(days=1)
USUAL = hours(h9=6, h10=6, h11=6, h12=6, h13=6, h14=6)


@pytest.mark.parametrize(
    ("today", "yesterday", "window"),
    [
        (hours(h9=6, h10=6, h11=22, h12=22, h13=2, h14=2), USUAL, (1, 11, 12)),
        (hours(h9=14, h10=14, h11=14, h12=14, h13=14, h14=14), USUAL, (1, 0, 23)),
        (hours(h9=10, h10=10, h11=10, h12=9, h13=9, h14=9), hours(h9=21, h10=21, h14=21), (2, 0, 23)),
    ],
)  # fmt: skip
def test_the_window_that_shows_it_best_is_told(
    today: tuple[int, ...], yesterday: tuple[int, ...], window: tuple[int, int, int]
) -> None:
    """Two hours of a day that is quiet afterwards, a whole day, two days that are each a little more."""
    counts = {**dict.fromkeys((BEFORE, *PAST), USUAL), PAST[-1]: yesterday, DAY: today}
    surge = find_surge(counts, choose_past_days(PAST, DAY), until_hour=23, least_excess=5)
    assert surge is not None
    assert (surge.window.days, surge.window.first_hour, surge.window.last_hour) == window
    assert surge.probability < 0.001


def test_hours_that_have_not_come_are_not_looked_at() -> None:
    """Until ten o'clock a usual morning is usual."""
    counts = {**dict.fromkeys((BEFORE, *PAST), USUAL), DAY: hours(h9=6, h10=7)}
    assert find_surge(counts, choose_past_days(PAST, DAY), until_hour=10, least_excess=5) is None


def test_too_few_days_say_nothing() -> None:
    """Three of the same weekday, else five of any."""
    assert choose_past_days(PAST, DAY).kind == "same weekday"
    assert choose_past_days(PAST[-13:], DAY).kind == "any day"
    assert choose_past_days(PAST[-4:], DAY).kind is None


def test_planted_surges_are_found_and_quiet_days_are_quiet() -> None:
    """Of 120 calls a day whose days differ by 5 %: all of five. Thirty rules bring at most one false alarm a month."""
    assert count_found(120, 0.05, 5) == (5, 5)
    assert count_false(0.1, 1) <= 1
