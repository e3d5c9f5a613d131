"""Periods, bands, strata and risks of calls that can be drawn."""

import pytest

from speechcx.ask.qa.sampling_frame import find_band, find_period, read_frame
from speechcx.config import ReviewSettings
from speechcx.store import CallFilter, Store


@pytest.mark.parametrize(
    ("period", "expected"),
    [("day", "2025-12-31"), ("week", "2026-W01"), ("month", "2025-12"), ("all", "all")],
)
def test_periods(period: str, expected: str) -> None:
    """The last day of 2025 belongs to the first ISO week of 2026."""
    assert expected == find_period("2025-12-31", period)


@pytest.mark.parametrize(
    ("length_s", "expected"),
    [(0, "under 2 min"), (120, "2 to 5 min"), (299.9, "2 to 5 min"), (600, "from 10 min")],
)
def test_bands(length_s: float, expected: str) -> None:
    """A band begins with its lower end."""
    assert expected == find_band(length_s, (120.0, 300.0, 600.0))


def test_calls_that_cannot_be_drawn_are_counted(reviewed: Store) -> None:
    """A call without agent is left out and counted; so are all under another scorecard."""
    frame = read_frame(reviewed, CallFilter(), "service-quality", ReviewSettings())
    assert (35, (("agent not known", 1),)) == (len(frame.candidates), frame.left_out)
    other = read_frame(reviewed, CallFilter(), "other", ReviewSettings(min_length_s=5.0))
    assert ((), 35) == (other.candidates, dict(other.left_out)["not judged by this scorecard"])
    long = read_frame(reviewed, CallFilter(), "service-quality", ReviewSettings(min_length_s=61))
    assert 35 == dict(long.left_out)["too short"]


def test_strata_and_risks_of_a_call(reviewed: Store) -> None:
    """Call a0 is in billing, about delivery, flagged, scored 40, with a doubt; a5 ends negative."""
    risks = (("flags", 3.0), ("low-score", 2.0), ("cannot-tell", 1.0), ("negative-end", 4.0))
    settings = ReviewSettings(strata=("queue", "driver", "duration", "direction"), risks=risks)
    frame = read_frame(reviewed, CallFilter(agent=("ann",)), "service-quality", settings)
    by_id = {one.call_id: one for one in frame.candidates}
    ids = dict(reviewed.db.execute("SELECT r.path, c.call_id FROM recordings r JOIN calls c USING (call_no)"))
    first, fifth = by_id[ids["/recordings/a0.wav"]], by_id[ids["/recordings/a5.wav"]]
    assert (
        ("queue", "billing"), ("driver", "delivery"), ("duration", "under 2 min"), ("direction", "inbound"),
    ) == first.stratum  # fmt: skip
    assert (("1 flag", 3.0), ("score 40", 2.0), ("1 answer cannot tell", 1.0)) == first.risks
    assert (("customer ends negative", 4.0),) == fifth.risks
