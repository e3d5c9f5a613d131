"""Numbers and times as people read them."""

from datetime import date

import pytest

from speechcx.present.units import clock, count_text, days_text, length, moment, percent, plain_number, signed


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00.0"), (59.96, "1:00.0"), (125.3, "2:05.3"), (None, "-")]
)
def test_clock(seconds, shown: str) -> None:
    """Seconds are shown as minutes and seconds."""
    assert shown == clock(seconds)


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(-0.04, 1, "0.0"), (-0.06, 1, "-0.1"), (0.0, 0, "0"), (-0.4, 0, "0")]
)
def test_nothing_has_no_sign(value: float, digits: int, text: str) -> None:
    """Minus nothing is nothing."""
    assert text == plain_number(value, digits)


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "-"), (59.6, "1:00"), (546.3, "9:06"), (3725, "1:02:05")]
)
def test_lengths_are_minutes(seconds: float | None, text: str) -> None:
    """And hours where there are any."""
    assert text == length(seconds)


def test_words_for_shares_periods_and_counts() -> None:
    """A share in percent, a period with open ends, a noun in its number."""
    assert ("48 %", "47.6 %", "+1 %") == (percent(0.476), percent(0.476, 1), percent(0.01, sign=True))
    assert "from 2026-03-01 on" == days_text(date(2026, 3, 1), None)
    assert ("1 call", "0 calls") == (count_text(1, "call"), count_text(0, "call"))
    assert ("0:05.0", None, "+0.5") == (moment(5.0), moment(None), signed(0.5, 1))
