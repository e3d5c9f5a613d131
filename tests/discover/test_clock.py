"""Times in zones, at clock changes above all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.discover.clock import find_zone, place_local, read_moment
from speechcx.discover.time_forms import UnreadableTimeError

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


@given(st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1)), st.sampled_from(sorted(CHANGES)))
def test_every_time_is_placed(local: datetime, zone: str) -> None:
    """Every local time has one instant; without a note it is read back as it was written."""
    moment = place_local(local, zone)
    back = moment.when.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert back == moment.when.replace(tzinfo=None)
    assert moment.note.__contains__("never was") or back == local


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-03-04T10:00:00+02:00", "2025-03-04T08:00:00"),
        ("2025-03-04T10:00:00Z", "2025-03-04T10:00:00"),
        ("2025-03-04T10:00:00-0330", "2025-03-04T13:30:00"),
        ("2025-03-04 10:00:00", "2025-03-04T09:00:00"),
        ("20250304T100000", "2025-03-04T09:00:00"),
        ("2025-03-04T10:00:00.250", "2025-03-04T09:00:00.250000"),
        ("2025-03-04T10", "2025-03-04T09:00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
        ("1741082400", "2025-03-04T10:00:00"),
        ("1741082400.5", "2025-03-04T10:00:00.500000"),
        ("1741082400500", "2025-03-04T10:00:00.500000"),
        ("1741082400500250", "2025-03-04T10:00:00.500250"),
        ("2025-03-04 9:05", "2025-03-04T08:05:00"),
        ("2025/03/04 10:00:00", "2025-03-04T09:00:00"),
        ("31.03.2025 9:15", "2025-03-31T07:15:00"),
        ("03/31/2025 9:15 PM", "2025-03-31T19:15:00"),
        ("12/31/2025 12:15 am", "2025-12-30T23:15:00"),
        ("6/6/2025 7:05", "2025-06-06T05:05:00"),
        ("4 Mar 2025 10:00:00", "2025-03-04T09:00:00"),
        ("March 4th, 2025 at 10:00", "2025-03-04T09:00:00"),
        ("Tue, 04 Mar 2025 10:00:00 +0000", "2025-03-04T10:00:00"),
        ("Tue Mar  4 10:00:00 UTC 2025", "2025-03-04T10:00:00"),
        ("20250304100000", "2025-03-04T09:00:00"),
        ("2025-03-04 10:00 UTC", "2025-03-04T10:00:00"),
        ("2025-03-04 10:00 EST", "2025-03-04T15:00:00"),
        ("2025-07-04 10:00 CEST", "2025-07-04T08:00:00"),
        ("2025-03-04 10:00 America/New_York", "2025-03-04T15:00:00"),
        ("2025-03-04T10:00:00-05:00[America/New_York]", "2025-03-04T15:00:00"),
        ("2025-03-04 10:00:00 UTC+2", "2025-03-04T08:00:00"),
        ("2025-03-04\u00a010:00", "2025-03-04T09:00:00"),
    ],
)
def test_readable_times(text: str, utc: str) -> None:
    """The usual forms of recorders are read without settings, and put on the centre's clock."""
    moment = read_moment(text, zone="Europe/Berlin")
    assert moment.when.astimezone(UTC).replace(tzinfo=None).isoformat() == utc
    assert moment.zone == "Europe/Berlin"
    assert moment.when.utcoffset() == moment.when.astimezone(ZoneInfo("Europe/Berlin")).utcoffset()


def test_an_evening_call_in_utc_is_of_the_centres_day() -> None:
    """03:30 UTC is half past ten in the evening before in New York; without a centre's zone it stays in UTC."""
    for text in ("2026-03-05T03:30:00Z", "1772681400", "2026-03-05T09:00:00+05:30"):
        moment = read_moment(text, zone="America/New_York")
        assert (moment.when.isoformat(), moment.zone) == ("2026-03-04T22:30:00-05:00", "America/New_York")
    assert read_moment("2026-03-05T03:30:00Z", zone=None).zone == "UTC"
    assert read_moment("2026-03-05T09:00:00+05:30", zone=None).zone == "+05:30"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025-03-04", "has no time of day"),
        (
            "03/04/2025 10:00",
            "may be day and month or month and day; set discover.time_format, .*'%d/%m/%Y %H:%M'",
        ),
        ("03.04.2025 10:00", "may be day and month or month and day"),
        ("04.03.25 10:00", "not a valid time"),
        ("09:15", "not a valid time"),
        ("4.3.2025", "no time of day"),
        ("2025-03-04 13:15 PM", "not a valid time"),
        ("2025-03-04 10:00 IST", "the zone 'IST' .* may be several"),
        ("45720.4167", "day number of a spreadsheet"),
        ("4.47E+11", "a spreadsheet rounded it"),
        ("0000-00-00 00:00:00", "null date of other software"),
        ("1900-01-00 00:00", "null date of other software"),
        ("0001-01-01T00:00:00", "0001-01-01 00:00:00 is not between 1970 and tomorrow"),
        ("9999-12-31T23:59:59", "9999-12-31 23:59:59 is not between 1970 and tomorrow"),
        ("9999-12-31T23:59:59Z", "not between 1970 and tomorrow"),
        ("1969-12-31T23:59:59Z", "not between 1970 and tomorrow"),
        ("9999999999999999999", "not between 1970 and tomorrow"),
        ("yesterday", "not a valid time"),
        ("2025-02-30T10:00:00", "not a valid time"),
        ("2025-03-04T25:00:00", "not a valid time"),
        ("", "not a valid time"),
        ("9" * 40, "not a valid time"),
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


@pytest.mark.parametrize(
    ("text", "time_format", "utc"),
    [
        ("2026-03-02 09:15:00 UTC", "%Y-%m-%d %H:%M:%S %Z", "2026-03-02T09:15:00"),
        ("2026-03-02 09:15:00 EST", "%Y-%m-%d %H:%M:%S %Z", "2026-03-02T14:15:00"),
        ("UTC 02.03.2026 9:15", "%Z %d.%m.%Y %H:%M", "2026-03-02T09:15:00"),
        ("2026-03-02 09:15:00 America/Chicago", "%Y-%m-%d %H:%M:%S %Z", "2026-03-02T15:15:00"),
        ("02.03.2026 09:15 +0100", "%d.%m.%Y %H:%M %z", "2026-03-02T08:15:00"),
        ("02.03.2026 09:15", "%d.%m.%Y %H:%M", "2026-03-02T14:15:00"),
    ],
)
def test_a_zone_in_the_own_format(text: str, time_format: str, utc: str) -> None:
    """%Z and %z mean the zone that stands there, not the centre's; the call is shown by the centre's clock."""
    moment = read_moment(text, zone="America/New_York", time_format=time_format)
    assert moment.when.astimezone(UTC).replace(tzinfo=None).isoformat() == utc
    assert moment.zone == "America/New_York"


def test_tomorrow_is_legal_and_next_week_is_not() -> None:
    """A recorder in another zone, or a clock some hours fast, is a day ahead at most."""
    soon = datetime.now(UTC) + timedelta(hours=30)
    assert read_moment(soon.isoformat(), zone="UTC").when == soon
    with pytest.raises(UnreadableTimeError, match="not between 1970 and tomorrow"):
        read_moment((soon + timedelta(days=7)).isoformat(), zone="UTC")


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
