"""Tests of the windows of the segmentation network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Span
from speechcx.turns.voices.segments import FRAMES, HOP_STEPS, LOCAL, Segments, hear_segments
from speechcx.weights import find_model
from tests.synth import speech_like


def heard(windows: int, voice: int = 0) -> Segments:
    """Windows in which one local voice speaks all the time."""
    voices = np.zeros((windows, FRAMES, 3), np.float32)
    voices[:, :, voice] = 1.0
    return Segments(voices, np.zeros((windows, FRAMES), np.float32))


@given(first=st.integers(0, 3000), length=st.integers(1, 2000), windows=st.integers(1, 9))
def test_parts_make_up_the_stretch(first: int, length: int, windows: int) -> None:
    """A stretch's parts follow each other, cover it, and are each answered by the window at their middle."""
    segments = heard(windows)
    parts = list(segments.parts(first, first + length))
    assert [part[1] for part in parts] == [first, *(part[2] for part in parts[:-1])]
    assert parts[-1][2] == first + length
    assert all(segments.window_at((start + end - 1) / 2) == window for window, start, end in parts)


def test_frames_follow_time() -> None:
    """A window's middle 5 s lie in its middle frames."""
    frames = heard(3).frames(1, HOP_STEPS, 2 * HOP_STEPS)
    assert abs(frames[0] - FRAMES / 4) < 3
    assert abs(frames[-1] - FRAMES * 3 / 4) < 3
    assert np.all(np.diff(frames) >= 0)


def test_neighbours_are_told_by_the_window_between_them() -> None:
    """Stretches of one local voice are alike; of two, unlike."""
    segments = heard(2)
    assert segments.same_voice((0, 100), (150, 300)) > 0.99
    segments.voices[0, segments.frames(0, 150, 300)[0] :, :] = (0, 1, 0)
    assert segments.same_voice((0, 100), (150, 300)) < 0.05


def test_the_classes_are_all_sets_of_two() -> None:
    """Nobody, each of three voices, each pair."""
    assert sorted(LOCAL.sum(1).tolist()) == [0, 1, 1, 1, 2, 2, 2]
    assert len({tuple(row) for row in LOCAL.tolist()}) == 7


def test_the_network_hears_speech_where_it_is() -> None:
    """Somebody speaks where speech is; windows without speech are not heard at all."""
    sound = np.zeros(16_000 * 30, np.float32)
    sound[16_000 : 16_000 * 4] = speech_like(3.0, 16_000)
    segments = hear_segments(sound, [Span(1.0, 4.0)], find_model("voices"))
    assert segments.voices.shape == (6, FRAMES, 3)
    assert segments.voices[0, segments.frames(0, 120, 380)].max(1).mean() > 0.9
    assert not segments.voices[1:].any()


@pytest.mark.parametrize("seconds", [0.05, 4.9, 5.0, 12.3])
def test_any_length_is_heard(seconds: float) -> None:
    """One window for each 5 s begun."""
    sound = speech_like(seconds, 16_000)
    segments = hear_segments(sound, [Span(0.0, seconds)], find_model("voices"))
    assert len(segments.voices) == max(1, -(-sound.size // 80_000))
