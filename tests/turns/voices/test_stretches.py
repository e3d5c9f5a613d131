"""Tests of cutting speech where the voice changes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.call import Span
from speechcx.turns.voices.segments import FRAMES, Segments
from speechcx.turns.voices.stretches import LONGEST_STEPS, cut_speech, find_pairs
from tests.turns.voices.test_segments import heard


def change(segments: Segments, step: int) -> Segments:
    """Voice 0 up to a step, voice 1 from it on, in every window."""
    for window in range(len(segments.voices)):
        frames = segments.frames(window, step, step + 1)[0]
        start = (
            0
            if segments.window_at(step) < window
            else frames
            if segments.window_at(step) == window
            else FRAMES
        )
        segments.voices[window, start:] = (0, 1, 0)
    return segments


def test_a_change_of_voice_is_cut() -> None:
    """Speech in which the voice changes is two stretches."""
    first, second = cut_speech([Span(0.5, 4.5)], change(heard(3), 250))
    assert (first[0], second[1]) == (50, 450)
    assert first[1] == second[0]
    assert abs(first[1] - 250) <= 3


def test_a_change_where_windows_meet_is_cut_once() -> None:
    """At 5 s the answering window changes; a change of voice there is seen all the same."""
    for step in (495, 500, 503):
        segments = heard(3)
        # Both windows hear the change; they number the voices in their own ways.
        segments.voices[0, segments.frames(0, step, step + 1)[0] :] = (0, 1, 0)
        segments.voices[1, : segments.frames(1, step, step + 1)[0]] = (0, 0, 1)
        found = cut_speech([Span(4.0, 6.0)], segments)
        assert len(found) == 2, step
        assert abs(found[0][1] - step) <= 3


def test_windows_that_number_voices_differently_are_no_change() -> None:
    """Voice 0 of one window may be voice 2 of the next."""
    segments = heard(2)
    segments.voices[1] = (0, 0, 1)
    assert cut_speech([Span(4.0, 6.0)], segments) == [(400, 600)]


@settings(deadline=None, max_examples=60)
@given(
    edges=st.lists(st.integers(0, 4000), min_size=2, max_size=12, unique=True).map(sorted),
    seed=st.integers(0, 99),
)
def test_stretches_make_up_the_speech(edges: list[int], seed: int) -> None:
    """Whatever the network hears, stretches are in order, short enough, and together are the speech."""
    draw = np.random.default_rng(seed)
    segments = Segments(draw.random((8, FRAMES, 3), np.float32), np.zeros((8, FRAMES), np.float32))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    found = cut_speech([Span(a / 100, b / 100) for a, b in pairs], segments)
    inside = np.zeros(4001, int)
    for first, last in found:
        assert 0 < last - first <= LONGEST_STEPS
        inside[first:last] += 1
    wanted = np.zeros(4001, int)
    for first, last in pairs:
        wanted[first:last] = 1
    assert found == sorted(found)
    assert np.array_equal(inside, wanted)


def test_two_at_once_are_found() -> None:
    """Where the network is sure of two voices, their time is given, with the window that says so."""
    segments = heard(2)
    segments.pairs[0, segments.frames(0, 200, 260)] = 0.9
    segments.pairs[0, segments.frames(0, 300, 304)] = 0.9
    ((pair, window),) = find_pairs((100, 450), segments)
    assert window == 0
    assert abs(pair[0] - 200) <= 2
    assert abs(pair[1] - 260) <= 2
