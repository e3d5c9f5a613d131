"""Name patterns: what they read, and what they refuse to be."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from speechcx.discover.name_pattern import match_name, read_pattern
from speechcx.errors import ConfigError

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="_/\\\0.", exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2025, 12, 31)).map(
    lambda when: when.replace(microsecond=0)
)
FORMATS = ("%Y-%m-%dT%H-%M-%S", "%Y%m%d%H%M%S", "%d.%m.%Y %H-%M-%S", "%y%m%d-%H%M%S", "%Y-%j-%H%M%S", "%d%b%Y_%I%M%S%p",
           "%B %d %Y %H.%M.%S")  # fmt: skip


@given(WORDS, WORDS, MOMENTS, st.sampled_from(FORMATS))
def test_round_trip(agent: str, customer: str, when: datetime, spec: str) -> None:
    """What is written into a name by a pattern is read out of it again."""
    pattern = read_pattern(f"{{agent}}_{{customer}}_{{started:{spec}}}")
    found = match_name(pattern, f"/calls/{agent}_{customer}_{when.strftime(spec)}.wav", zone="UTC")
    assert found is not None
    assert dict(found.values) == {"agent": agent, "customer": customer}
    assert found.moment is not None
    assert found.moment.when == when.replace(tzinfo=UTC)


@given(WORDS, WORDS, MOMENTS)
def test_text_before_a_time_may_hold_the_divider(agent: str, other: str, when: datetime) -> None:
    """The last text before a time ends where the time begins, not at the first divider."""
    assume(not re.search(r"\d{14}", agent + other))
    pattern = read_pattern("{agent}_{started:%Y%m%d%H%M%S}")
    found = match_name(pattern, f"{agent}_{other}_{when:%Y%m%d%H%M%S}.wav", zone="UTC")
    assert found is not None
    assert dict(found.values)["agent"] == f"{agent}_{other}"


CASES = [
    # Amazon's call analytics sample, a real name
    ("{skip}_GUID_{skip}_AGENT_{agent}_DT_{started:%Y-%m-%dT%H-%M-%S}{skip}",
     "Auto0_GUID_000_AGENT_ChrisL_DT_2025-02-19T06-01-22_Mono.wav", {"agent": "ChrisL"}, "2025-02-19T06:01:22"),
    # Asterisk and FreePBX
    ("out-{customer}-{agent:digits}-{started:%Y%m%d-%H%M%S}-{unique_id}",
     "out-5551234-201-20250304-100000-1741082400.77.wav",
     {"customer": "5551234", "agent": "201", "unique_id": "1741082400.77"}, "2025-03-04T10:00:00"),
    ("q-{queue}-{customer}-{date:%Y%m%d}-{time:%H%M%S}-{skip}",
     "q-600-5551234-20250304-100000-1741082400.77.wav", {"queue": "600", "customer": "5551234"}, "2025-03-04T10:00:00"),
    # 3CX
    ("[{name_shown}]_{agent}-{customer}_{started:%Y%m%d%H%M%S}({skip})",
     "[Mary Jones]_101-5551234_20250304100000(77).wav",
     {"name_shown": "Mary Jones", "agent": "101", "customer": "5551234"}, "2025-03-04T10:00:00"),
    # Amazon Connect
    ("{contact_id}_{started:%Y%m%dT%H:%M}_UTC", "8f1c-aa_20250304T10:00_UTC.wav", {"contact_id": "8f1c-aa"},
     "2025-03-04T10:00:00"),
    # folders, and the extension written out
    ("{center}/{team}/{date:%Y/%m/%d}/{agent}_{time:%H%M}.wav", "/data/north/sales/2025/03/04/a7_1000.wav",
     {"center": "north", "team": "sales", "agent": "a7"}, "2025-03-04T10:00:00"),
    ("{agent}_{started:epoch}", "a7_1741082400.wav", {"agent": "a7"}, "2025-03-04T10:00:00"),
    ("{agent}_{started:%Y-%m-%dT%H%M%S%z}", "a7_2025-03-04T120000+0200.wav", {"agent": "a7"}, "2025-03-04T10:00:00"),
    ("{agent} {{x}} {started:%Y%m%d%H%M}", "a7 {x} 202503041000.wav", {"agent": "a7"}, "2025-03-04T10:00:00"),
    ("{agent}_{started:%Y%m%d%H%M%S}", "a7_20161231235960.wav", {"agent": "a7"}, "2017-01-01T00:00:00"),
    ("{agent}", "a.b.wav", {"agent": "a.b"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "values", "utc"), CASES, ids=[case[1] for case in CASES])
def test_names_of_recorders(text: str, name: str, values: dict[str, str], utc: str | None) -> None:
    """The names that recorders write are read."""
    found = match_name(read_pattern(text), name, zone="UTC")
    assert found is not None
    assert dict(found.values) == values
    told = (
        None if found.moment is None else found.moment.when.astimezone(UTC).replace(tzinfo=None).isoformat()
    )
    assert told == utc


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{agent}_{customer}", "a7.wav"),
        ("{agent}_{started:%Y%m%d%H%M}", "a7_2025030410000.wav"),
        ("{agent:digits}", "a7.wav"),
        ("x-{agent}", "y-a7.wav"),
        ("{agent}_", "_.wav"),
        ("{center}/{agent}", "a7.wav"),
    ],
)
def test_names_that_do_not_fit(text: str, name: str) -> None:
    """A name that does not fit whole is not read in part."""
    assert match_name(read_pattern(text), name, zone="UTC") is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a_20250230100000.wav", "not a valid time: day is out of range"),
        ("a_20250304250000.wav", "not a valid time: hour must be in"),
        ("a_20250304100061.wav", "is not a valid time"),
        ("a_00000304100000.wav", "is not a valid time"),
    ],
)
def test_impossible_times(name: str, words: str) -> None:
    """A time that fits the digits and is none is missing with the reason; the rest is read."""
    found = match_name(read_pattern("{agent}_{started:%Y%m%d%H%M%S}"), name, zone="UTC")
    assert found is not None
    assert found.moment is None
    assert words in found.why_no_moment
    assert dict(found.values) == {"agent": "a"}


def test_no_zone() -> None:
    """A local time without a zone is missing with the reason."""
    found = match_name(read_pattern("{started:%Y%m%d%H%M%S}"), "20250304100000.wav", zone=None)
    assert found is not None
    assert found.moment is None
    assert "set discover.zone" in found.why_no_moment


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{agent", "a { without its } in column 1"),
        ("x{agent}_{", "a { without its } in column 10"),
        ("agent}", "a } without its { in column 6"),
        ("agent", "no field in column 1"),
        ("", "no field"),
        ("{Agent}", "the field name 'Agent' in column 1"),
        ("{}", "a field without a name in column 1"),
        ("{agnet}_{x}", r"the field {agnet} in column 1 .*\n.*{agent}\?"),
        ("{agent}{customer}", "{customer} directly behind {agent} in column 8"),
        ("{agent}_{agent}", "the field {agent} for the second time in column 9"),
        ("{started}", "{started} without a format in column 1"),
        ("{started:%Y%m%d}", "no hour in '%Y%m%d' in column 1"),
        ("{started:%H%M}", "no whole date in '%H%M' in column 1"),
        ("{date:%Y%m%d}", "{date} or {time} alone"),
        ("{date:%Y%m%d}{started:%Y%m%d%H}", "{started} beside {date} or {time}"),
        ("{started:%Y%Q}", "the directive %Q in column 12"),
        ("{started:%Y%m%d%H%Y}", "%Y for the second time in column 18"),
        ("{agent:%Y}", "a time format in {agent} in column 1"),
        ("{agent:[a-z]+}", r"the format '\[a-z\]\+' in column 1"),
        ("{customer:epoch}", "a time format in {customer}"),
        ("{date:epoch}_{time:%H}", r"epoch in {date}"),
    ],
)
def test_errors_name_the_column(text: str, words: str) -> None:
    """A wrong pattern says what is wrong and in which column."""
    with pytest.raises(ConfigError, match=words):
        read_pattern(text)


@given(st.text(st.sampled_from("{}:%Yabc_/digitsagent "), max_size=40))
def test_any_pattern_is_read_or_refused(text: str) -> None:
    """Any text is a pattern or an error that names it."""
    try:
        shown = read_pattern(text).text
    except ConfigError as error:
        shown = str(error)
    assert text in shown or repr(text) in shown


def test_no_name_is_slow() -> None:
    """Every repetition in the expression is possessive: it never gives back, so no name takes long."""
    pattern = read_pattern("_".join(f"{{x{no}}}" for no in range(20)) + "_{a:digits}_{started:%Y%m%d%H%M}!")
    repetitions = re.findall(r"\+\+|[*+]", re.sub(r"\\.", "", pattern.regex.pattern))
    assert set(repetitions) == {"++"}
    for name in ("_" * 255, "a_" * 127, "1_" * 127, "1" * 255, "_2025" * 51):
        assert match_name(pattern, name, zone="UTC") is None


CONTACT = "8f6c0a1e-55aa-4c1b-9d11-0c9b2f6f9d01"


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{contact}_{started:%Y%m%dT%H:%M}_UTC", f"{CONTACT}_20260302T09:15_UTC.wav"),
        ("{agent}_{started:%Y%m%dT%H%M%SZ}", "maria_20260302T091500Z.wav"),
        ("{agent}_{started:%Y%m%d %H%M%S} GMT", "maria_20260302 091500 GMT.wav"),
        ("{agent}_{started:%Y%m%d-%H%M%S_%Z}", "maria_20260302-091500_UTC.wav"),
        ("{agent}_{started:%Y%m%d-%H%M%S%z}", "maria_20260302-101500+0100.wav"),
        ("{agent}_{started:%Y%m%d-%H%M%S}_{skip}", "maria_20260302-041500_UTC.wav"),
        ("{agent}_{started:epoch}", "maria_1772442900.wav"),
    ],
)
def test_a_zone_in_the_name_means_what_it_says(pattern: str, name: str) -> None:
    """UTC, Z, %Z and %z are the zone of the time; the call is on the centre's clock. What is skipped says nothing."""
    found = match_name(read_pattern(pattern), name, zone="America/New_York")
    assert found is not None
    assert found.moment is not None
    assert found.moment.when.isoformat() == "2026-03-02T04:15:00-05:00"
    assert found.moment.zone == "America/New_York"


def test_hours_of_one_digit() -> None:
    """A number that a mark follows may be written without its leading 0."""
    pattern = read_pattern("{agent}_{started:%Y-%m-%d_%H-%M-%S}")
    for name in ("maria_2026-3-2_9-5-00.wav", "maria_2026-03-02_09-05-00.wav"):
        found = match_name(pattern, name, zone="UTC")
        assert found is not None
        assert found.moment is not None
        assert found.moment.when.isoformat() == "2026-03-02T09:05:00+00:00"
