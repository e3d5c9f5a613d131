from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.ground.periods import Period, read_period
from speechcx.errors import UsageError


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026-09-14", "2026-09-14", "2026-09-14"),
        ("2026-W38", "2026-09-14", "2026-09-20"),
        ("2026w1", "2025-12-29", "2026-01-04"),
        ("2026-09", "2026-09-01", "2026-09-30"),
        ("2028-2", "2028-02-01", "2028-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-09-01:2026-09-14", "2026-09-01", "2026-09-14"),
        ("2026-08:2026-09", "2026-08-01", "2026-09-30"),
        ("2026-08:", "2026-08-01", None),
        (":2026-W38", None, "2026-09-20"),
    ],
)
def test_periods_are_read_as_people_write_them(text: str, since: str | None, until: str | None) -> None:
    """Days, ISO weeks, months, quarters, years, and from one to another."""
    wanted = Period(*(None if day is None else date.fromisoformat(day) for day in (since, until)))
    assert wanted == read_period(text)


@pytest.mark.parametrize(
    "text", ["", "yesterdayish", "2026-13", "2026-W54", "2026-02-30", "0000", "9999-12:1"]
)
def test_what_is_no_period_is_refused_with_the_forms(text: str) -> None:
    """The message shows how periods are written."""
    with pytest.raises(UsageError, match="2026-W38"):
        read_period(text)


def test_a_period_does_not_end_before_it_begins() -> None:
    """Days the wrong way round are named."""
    with pytest.raises(UsageError, match="cannot end before it begins"):
        read_period("2026-09-14:2026-09-01", flag="--against")


@given(st.dates(date(1000, 1, 1), date(9999, 11, 30)))
def test_every_day_lies_in_its_month(day: date) -> None:
    """And the day after the month's last is another month's first."""
    found = read_period(f"{day.year}-{day.month}")
    assert found.since is not None
    assert found.until is not None
    assert found.since <= day <= found.until
    assert 1 == (found.until + timedelta(days=1)).day == found.since.day
