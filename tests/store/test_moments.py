from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.store.moments import (
    first_call_no,
    first_call_no_of_day,
    read_moment,
    utc_text,
    write_moment,
)
from tests.factories import make_details

BERLIN = ZoneInfo("Europe/Berlin")
zones = st.sampled_from((UTC, timezone(timedelta(hours=5, minutes=30)), BERLIN, ZoneInfo("America/New_York")))


@given(st.datetimes(datetime(1980, 1, 1), datetime(2080, 1, 1)), zones, st.integers(0, 1))
def test_a_moment_comes_back_with_zone_and_fold(naive: datetime, zone: timezone, fold: int) -> None:
    """The same instant, on the same clock, in the same zone."""
    moment = naive.replace(tzinfo=zone, fold=fold)
    found = read_moment(write_moment(moment))
    assert moment == found
    assert found is not None
    assert (moment.utcoffset(), zone) == (found.utcoffset(), found.tzinfo)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_repeated_hour_is_told_by_its_offset(fold: int) -> None:
    """Half past two on the night the clocks go back happens twice; both are kept apart."""
    moment = datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN, fold=fold)
    found = read_moment(write_moment(moment))
    assert found is not None
    assert moment.astimezone(UTC) == found.astimezone(UTC)


def test_no_moment_stays_none() -> None:
    """An unknown start is never now."""
    assert (None, None) == (write_moment(None), read_moment(None))


def test_times_are_written_in_utc_with_milliseconds() -> None:
    """One form for every ``_at`` column, that sorts as text."""
    assert "2025-03-04T08:30:00.250Z" == utc_text(datetime(2025, 3, 4, 9, 30, 0, 250_999, tzinfo=BERLIN))


@given(*[st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))] * 2)
def test_later_calls_have_higher_numbers(first: datetime, second: datetime) -> None:
    """Numbers never go against time, also before 1970."""
    low, high = sorted((first, second))
    assert 0 <= first_call_no(low) <= first_call_no(high)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)))
def test_a_call_is_numbered_within_its_day(moment: datetime) -> None:
    """The numbers of a day in UTC lie between its first and that of the next day."""
    day = moment.date()
    low, high = first_call_no_of_day(day), first_call_no_of_day(day + timedelta(days=1))
    assert low <= first_call_no(moment.replace(tzinfo=UTC)) < high


def test_the_first_day_there_is() -> None:
    """Days before 1970 share the lowest number."""
    assert 0 == first_call_no_of_day(date.min)


def test_local_time_is_that_of_the_zone() -> None:
    """An offset, or a name this machine does not know, leaves the time as it was written."""
    moment = datetime(2025, 3, 4, 23, 30, tzinfo=UTC)
    berlin = make_details(started_at=moment, zone="Europe/Berlin").local_start
    assert berlin is not None
    assert (5, 0) == (berlin.day, berlin.hour)
    for zone in ("+02:00", "Nowhere/At-all", "../../etc/passwd", None):
        assert moment == make_details(started_at=moment, zone=zone).local_start
    assert make_details(started_at=None).local_start is None
