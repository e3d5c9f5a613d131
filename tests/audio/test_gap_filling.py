"""Time stays true over lost packets, by timestamps and by bytes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.audio.gap_filling import ByteClock, StampClock
from speechcx.audio.reader import DecodedPacket

RATE_HZ = 8000
FRAME = 160


class Tape:
    """Keeps the number of the frame that each sample came from, 0 for silence."""

    def __init__(self) -> None:
        self.parts: list[np.ndarray] = []

    def append(self, samples: np.ndarray) -> None:  # noqa: D102
        self.parts.append(samples[0])

    def append_silence(self, count: int) -> None:  # noqa: D102
        self.parts.append(np.zeros(count, np.int16))

    @property
    def frames(self) -> list[int]:  # noqa: D102
        whole = np.concatenate(self.parts) if self.parts else np.zeros(0, np.int16)
        return whole[::FRAME].tolist()


def frame(no: int, *, start: int = 0, size_bytes: int = 20, is_lost: bool = False) -> DecodedPacket:
    """The `no`-th frame, counted from 1, of a stream whose timestamps begin at `start`."""
    samples = None if is_lost else np.full((1, FRAME), no, np.int16)
    rate = 0 if is_lost else RATE_HZ
    return DecodedPacket(samples, FRAME, start + (no - 1) * FRAME, (no - 1) * size_bytes, size_bytes, rate)


def by_stamps(
    pieces: list[DecodedPacket], declared_s: float | None = None, jitter_s: float = 0.002
) -> tuple[StampClock, Tape]:
    tape = Tape()
    clock = StampClock(tape, rate_hz=RATE_HZ, declared_s=declared_s, jitter_s=jitter_s)
    for piece in pieces:
        clock.add(piece)
    clock.finish()
    return clock, tape


def by_bytes(
    pieces: list[DecodedPacket], end_byte: int, bytes_per_s: float | None = None
) -> tuple[ByteClock, Tape]:
    tape = Tape()
    clock = ByteClock(tape, rate_hz=RATE_HZ, bytes_per_s=bytes_per_s, end_byte=end_byte)
    for piece in pieces:
        clock.add(piece)
    clock.finish()
    return clock, tape


@settings(max_examples=60)
@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)), st.integers(-500, 10_000))
def test_lost_and_missing_frames_keep_the_rest_in_place(bad: set[int], missing: set[int], start: int) -> None:
    """Whichever frames are broken or not there, every other frame is where it was, silence between."""
    missing -= {1, 60}  # what comes before the first packet, or behind the last, cannot be known
    bad -= {59, 60}
    pieces = [frame(no, start=start, is_lost=no in bad) for no in range(1, 61) if no not in missing]
    clock, tape = by_stamps(pieces, declared_s=60 * FRAME / RATE_HZ)
    assert tape.frames == [0 if no in bad | missing else no for no in range(1, 61)]
    assert clock.bad_packets == len(bad - missing)
    assert clock.lost == len(bad | missing) * FRAME


def test_one_wild_stamp_is_no_gap() -> None:
    """A timestamp that the next frame does not confirm moves nothing."""
    pieces = [frame(no) for no in range(1, 21)]
    for wild in (10_000, -10_000):
        pieces[9] = replace(frame(10), at=(frame(10).at or 0) + wild)
        clock, tape = by_stamps(pieces)
        assert tape.frames == list(range(1, 21))
        assert clock.lost == 0


def test_a_jump_out_of_the_file_is_no_gap() -> None:
    """A jump behind the declared end is a damaged clock, not an hour of silence."""
    pieces = [frame(no, start=0 if no <= 10 else 3600 * RATE_HZ) for no in range(1, 21)]
    clock, tape = by_stamps(pieces, declared_s=20 * FRAME / RATE_HZ)
    assert (tape.frames, clock.lost) == (list(range(1, 21)), 0)
    clock, _ = by_stamps(pieces)
    assert clock.lost == 0


def test_a_restarted_clock_goes_on() -> None:
    """Stamps that begin anew, as in joined files, are followed without a loss."""
    pieces = [frame(no) for no in range(1, 11)] + [
        replace(frame(no), at=(no - 11) * FRAME) for no in range(11, 21)
    ]
    clock, tape = by_stamps(pieces)
    assert (tape.frames, clock.lost) == (list(range(1, 21)), 0)


def test_jitter_is_no_gap() -> None:
    """Stamps of a real-time recorder that wander by less than the jitter leave no silence."""
    draw = np.random.default_rng(1)
    pieces = [replace(frame(no), at=(no - 1) * FRAME + int(draw.integers(0, 300))) for no in range(1, 101)]
    clock, tape = by_stamps(pieces, jitter_s=0.05)
    assert (tape.frames, clock.lost) == (list(range(1, 101)), 0)


def test_broken_packets_at_the_end_are_counted_apart() -> None:
    """Packets lost behind the last good one are told from those inside."""
    pieces = [frame(no, is_lost=no in (5, 19, 20)) for no in range(1, 21)]
    clock, _ = by_stamps(pieces)
    assert (clock.bad_packets, clock.tail_packets, clock.lost) == (3, 2, 3 * FRAME)


@settings(max_examples=40)
@given(st.integers(60, 250), st.integers(1, 60))
def test_bytes_tell_the_length_of_damage(first: int, length: int) -> None:
    """A broken stretch without stamps is as long as its bytes were before it."""
    pieces = [frame(no) for no in range(1, first)]
    # All the damage comes out as one packet, as MPEG parsers give it.
    pieces.append(DecodedPacket(None, FRAME, None, (first - 1) * 20, length * 20, 0))
    pieces += [frame(no) for no in range(first + length, 400)]
    clock, tape = by_bytes(pieces, 399 * 20)
    expected = [0 if first <= no < first + length else no for no in range(1, 400)]
    if length > 2:  # shorter damage may be taken at the packet's own word
        assert tape.frames == expected
        assert clock.lost == length * FRAME
    assert clock.bad_packets == 1
    assert len(tape.frames) == pytest.approx(399, abs=5)


def test_noise_inside_damage_is_silenced() -> None:
    """What a decoder makes of garbage between two bad packets is not kept where the times disagree."""
    pieces = [frame(no) for no in range(1, 101)]
    pieces += [
        DecodedPacket(None, FRAME, None, 2000, 900, 0),
        replace(frame(7777), byte=2900),
        DecodedPacket(None, FRAME, None, 2920, 80, 0),
    ]
    pieces += [frame(no) for no in range(151, 301)]
    clock, tape = by_bytes(pieces, 6000)
    assert 7777 not in tape.frames
    assert tape.frames[150:] == list(range(151, 301))
    assert clock.bad_packets == 2


def test_skipped_bytes_are_damage() -> None:
    """Bytes that a demuxer stepped over without a word are found by the position of the next packet."""
    pieces = [frame(no) for no in range(1, 301) if not 100 <= no < 150]
    clock, tape = by_bytes(pieces, 6000)
    assert (clock.lost, clock.bad_packets) == (50 * FRAME, 0)
    assert tape.frames[149:] == list(range(150, 301))


def test_damage_at_the_very_start_uses_the_average_rate() -> None:
    """Before a second of sound was heard, the bytes of the whole file tell the rate."""
    pieces = [DecodedPacket(None, FRAME, None, 0, 2000, 0), *(frame(no) for no in range(101, 301))]
    _, tape = by_bytes(pieces, 6000, bytes_per_s=1000.0)
    assert tape.frames == [0] * 100 + list(range(101, 301))


def test_damage_to_the_end_counts_as_time() -> None:
    """A file whose end is broken keeps its length."""
    pieces = [*(frame(no) for no in range(1, 201)), DecodedPacket(None, FRAME, None, 4000, 2000, 0)]
    clock, tape = by_bytes(pieces, 6000)
    assert (len(tape.frames), clock.tail_packets) == (300, 1)
