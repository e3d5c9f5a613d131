"""The nouns of a recording check what must always hold."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Details, Origin, Recording, Span

times = st.floats(0, 10_000)


@given(times, times, times, times)
def test_overlap_is_symmetric_and_bounded(a: float, b: float, c: float, d: float) -> None:
    """Two spans share the same seconds seen from either, never more than the shorter one has."""
    one, two = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    assert one.overlap_s(two) == two.overlap_s(one)
    assert 0 <= one.overlap_s(two) <= min(one.duration_s, two.duration_s)


def test_span_must_run_forward() -> None:
    """A span cannot end before it starts, and its error gives both times."""
    with pytest.raises(ValueError, match=r"got 2\.0\.\.1\.0"):
        Span(2.0, 1.0)


def test_naive_start_is_refused() -> None:
    """A start without a zone never enters a call."""
    with pytest.raises(ValueError, match="must carry a time zone"):
        Details(started_at=datetime(2026, 3, 1, 9, 0))


def test_missing_names_what_is_needed() -> None:
    """A call without agent and time says so."""
    assert ("agent", "started_at") == Details().missing
    assert ("started_at",) == Details(agent="maria").missing


def test_id_comes_from_the_bytes() -> None:
    """A recording's id is the head of its digest, nothing else."""
    with pytest.raises(ValueError, match="first 16 of 64"):
        Recording("deadbeef", "/x.wav", "0" * 64, 1)


def test_recorded_is_all_but_the_gaps() -> None:
    """What was recorded is the call without its gaps."""
    whole = Origin("wav", "pcm_mulaw", 2, 8000, 10.0)
    assert (Span(0.0, 10.0),) == whole.recorded
    holed = Origin("ogg", "opus", 1, 48000, 10.0, gaps=(Span(0.0, 1.0), Span(4.0, 5.5)))
    assert (Span(1.0, 4.0), Span(5.5, 10.0)) == holed.recorded
