"""The paper: its width, and the time axis."""

from __future__ import annotations

from dataclasses import replace

from speechcx.call import Call, Peaks
from tests.factories import make_assessment, make_call, make_conversation
from tests.picture.conftest import Draw


def test_an_hour_is_wider_and_stays_readable(draw: Draw) -> None:
    """An hour is drawn several times as wide as a short call, with marks two minutes apart; four hours end."""
    short = draw(make_call()).width
    lines = [("ch0" if i % 2 else "ch1", 6.0 * i, "a few words") for i in range(600)]
    heard = make_conversation(lines, duration_s=3600.0)
    heard = replace(heard, peaks=Peaks(10.0, (bytes([9, 200, 90, 5]) * 9000,) * 2))
    drawn = draw(Call(heard, make_assessment(heard)))
    assert 600 == drawn.count("turn")
    assert 3 < drawn.width / short < 5
    assert drawn.says("60:00")
    assert not drawn.says("59:00")
    assert len(drawn.data) < 3_000_000
