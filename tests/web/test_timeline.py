"""A call on one axis: shapes stand where their times are, and a long call stays small."""

import re
from dataclasses import replace

from speechcx.call import Peaks
from speechcx.web.timeline import MAX_NOTED, POINTS, WIDTH, draw_timeline, outline
from tests.factories import make_assessment, make_call, make_conversation


def test_shapes_stand_at_their_times() -> None:
    """Turns, silences and ticks stand at their share of the call's length."""
    call = make_call()
    drawn = draw_timeline(call)
    turn = call.conversation.speech.turns[1]
    bar = drawn.lanes[0].bars[1]
    begins = float(re.findall(r"^M([\d.]+) ", bar.path)[0])
    assert abs(begins - WIDTH * turn.span.start_s / drawn.duration_s) < 0.1
    assert bar.note.startswith("0:05")
    assert "customer" == bar.party
    silence = next(one for one in drawn.stretches if one.kind == "silence")
    assert (round(WIDTH * 15 / 60, 1), round(WIDTH * 5 / 60, 1)) == (silence.x, silence.width)
    assert ["0:00", "0:10"] == [tick.text for tick in drawn.ticks][:2]
    assert ["level", "pitch", "feeling"] == [lane.title for lane in drawn.lanes]


def test_the_bars_of_a_long_call_are_drawn_at_once_for_each_party() -> None:
    """Hundreds of turns make two shapes of a lane, with a bar for each turn in them."""
    said = tuple((f"ch{no % 2}", 2.0 * no, "yes") for no in range(MAX_NOTED + 1))
    heard = make_conversation(said, duration_s=2.0 * len(said))
    call = make_call()
    drawn = draw_timeline(replace(call, conversation=heard, assessment=make_assessment(heard)))
    level = drawn.lanes[0]
    assert ["agent", "customer"] == [bar.party for bar in level.bars]
    assert len(said) == sum(bar.path.count("M") for bar in level.bars)


def test_a_blind_timeline_shows_no_feeling() -> None:
    """What the machine felt is left out for a blind review."""
    assert ["level", "pitch"] == [lane.title for lane in draw_timeline(make_call(), blind=True).lanes]


def test_a_wave_is_as_loud_as_its_loudest_point_and_never_long() -> None:
    """An hour has as many points as a minute, and a click between two points is not lost."""
    hour = bytearray(36_000)
    hour[12_345] = 255
    path = outline(bytes(hour))
    numbers = re.findall(r"(-?\d+) ([\d.]+)", path)
    assert 2 * POINTS == len(numbers)
    assert 1.0 == min(float(y) for _, y in numbers)
    assert len(path) < 12_000
    assert "" == outline(b"")


def test_a_silent_channel_is_a_line() -> None:
    """Noise just above nothing is not blown up to a full wave."""
    heights = {float(y) for _, y in re.findall(r"(-?\d+) ([\d.]+)", outline(bytes([1, 0, 1, 0])))}
    assert max(heights) - min(heights) < 2
    assert Peaks(10.0, (bytes(4),)).values
