"""Times in zones, at clock changes above all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.discover.clock import UnreadableTimeError, find_zone, place_local, read_moment

CHANGES = {
    # zone: (local hour that came twice, local hour that never was, size of the change)
    "Europe/Berlin": ("2025-10-26T02:30", "2025-03-30T02:30", 60),
    "Europe/London": ("2025-10-26T01:30", "2025-03-30T01:30", 60),
    "Europe/Lisbon": ("2025-10-26T01:30", "2025-03-30T01:30", 60),
    "Europe/Athens": ("2025-10-26T03:30", "2025-03-30T03:30", 60),
    "America/New_York": ("2025-11-02T01:30", "2025-03-09T02:30", 60),
    "America/Chicago": ("2025-11-02T01:30", "2025-03-09T02:30", 60),
    "America/Los_Angeles": ("2025-11-02T01:30", "2025-03-09T02:30", 60),
    "America/St_Johns": ("2025-11-02T01:30", "2025-03-09T02:30", 60),
    "America/Santiago": ("2025-04-05T23:30", "2025-09-07T00:30", 60),
    "Australia/Sydney": ("2025-04-06T02:30", "2025-10-05T02:30", 60),
    "Australia/Lord_Howe": ("2025-04-06T01:45", "2025-10-05T02:15", 30),
    "Pacific/Auckland": ("2025-04-06T02:30", "2025-09-28T02:30", 60),
}


@pytest.mark.parametrize("zone", CHANGES)
def test_an_hour_that_came_twice(zone: str) -> None:
    """Where clocks went back the first of the two is taken, and the note says so."""
    twice, _, minutes = CHANGES[zone]
    local = datetime.fromisoformat(twice)
    moment = place_local(local, zone)
    assert "came twice that day" in moment.note
    assert moment.when.replace(tzinfo=None) == local
    second = local.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    assert second - moment.when == timedelta(minutes=minutes)


@pytest.mark.parametrize("zone", CHANGES)
def test_a_time_that_never_was(zone: str) -> None:
    """Where clocks went forward a time in between is moved behind it, and the note says so."""
    _, never, minutes = CHANGES[zone]
    local = datetime.fromisoformat(never)
    moment = place_local(local, zone)
    assert "never was that day" in moment.note
    assert moment.when.replace(tzinfo=None) - local == timedelta(minutes=minutes)
    assert moment.when.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment.when.replace(tzinfo=None)


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize("hours", [-30, -3, 3, 30])
def test_ordinary_times_have_no_note(zone: str, hours: int) -> None:
    """A few hours away from a change there is nothing peculiar, and UTC is as the zone database has it."""
    for text in CHANGES[zone][:2]:
        local = datetime.fromisoformat(text) + timedelta(hours=hours)
        moment = place_local(local, zone)
        assert moment.note == ""
        assert moment.zone == zone
        assert moment.when.astimezone(UTC) == local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        assert moment.when.replace(tzinfo=None) == local


@given(st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)), st.sampled_from(sorted(CHANGES)))
def test_every_time_is_placed(local: datetime, zone: str) -> None:
    """Every local time has one instant; without a note it is read back as it was written."""
    moment = place_local(local, zone)
    back = moment.when.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert back == moment.when.replace(tzinfo=None)
    assert moment.note.__contains__("never was") or back == local


@pytest.mark.parametrize(
    ("text", "utc", "zone"),
    [
        ("2025-03-04T10:00:00+02:00", "2025-03-04T08:00:00", "+02:00"),
        ("2025-03-04T10:00:00Z", "2025-03-04T10:00:00", "UTC"),
        ("2025-03-04T10:00:00-0330", "2025-03-04T13:30:00", "-03:30"),
        ("2025-03-04 10:00:00", "2025-03-04T09:00:00", "Europe/Berlin"),
        ("20250304T100000", "2025-03-04T09:00:00", "Europe/Berlin"),
        ("2025-03-04T10:00:00.250", "2025-03-04T09:00:00.250000", "Europe/Berlin"),
        ("2025-03-04T10", "2025-03-04T09:00:00", "Europe/Berlin"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00", "UTC"),
        ("1741082400", "2025-03-04T10:00:00", "UTC"),
        ("1741082400.5", "2025-03-04T10:00:00.500000", "UTC"),
        ("1741082400500", "2025-03-04T10:00:00.500000", "UTC"),
    ],
)
def test_readable_times(text: str, utc: str, zone: str) -> None:
    """ISO 8601 in its forms, and seconds or milliseconds since 1970, are read."""
    moment = read_moment(text, zone="Europe/Berlin")
    assert moment.when.astimezone(UTC).replace(tzinfo=None).isoformat() == utc
    assert moment.zone == zone


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025-03-04", "has no time of day"),
        ("03/04/2025 10:00", "no time that can be read"),
        ("yesterday", "no time that can be read"),
        ("2025-02-30T10:00:00", "no time that can be read"),
        ("2025-03-04T25:00:00", "no time that can be read"),
        ("", "no time that can be read"),
        ("9" * 40, "no time that can be read"),
    ],
)
def test_unreadable_times(text: str, words: str) -> None:
    """A text that is no whole time is refused with the reason, never filled up."""
    with pytest.raises(UnreadableTimeError, match=words):
        read_moment(text, zone="UTC")


def test_no_zone_is_no_time() -> None:
    """A time without a zone is not silently UTC."""
    with pytest.raises(UnreadableTimeError, match="set discover.zone"):
        read_moment("2025-03-04T10:00:00", zone=None)
    assert read_moment("2025-03-04T10:00:00Z", zone=None).zone == "UTC"


def test_own_format() -> None:
    """A format of one's own is tried first, ISO 8601 after it."""
    own = "%d.%m.%Y %H:%M:%S"
    moment = read_moment("04.03.2025 10:00:00", zone="Europe/Berlin", time_format=own)
    assert moment.when.isoformat() == "2025-03-04T10:00:00+01:00"
    assert read_moment("2025-03-04T10:00:00", zone="UTC", time_format=own).when.month == 3
    with pytest.raises(UnreadableTimeError, match=r"set discover\.zone"):
        read_moment("04.03.2025 10:00:00", zone=None, time_format=own)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever stands in the cell, it is a time or a reason."""
    try:
        moment = read_moment(text, zone="UTC")
    except UnreadableTimeError as error:
        reason = str(error)
    else:
        reason = "" if moment.when.tzinfo is not None else "naive"
    assert reason != "naive"


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "Europe", "+25:00", "/etc/localtime", "Europe/Berlin\0"]
)
def test_no_such_zone(name: str) -> None:
    """A name that is no zone is refused."""
    with pytest.raises(ValueError, match="zone|offset"):
        find_zone(name)
