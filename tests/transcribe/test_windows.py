"""Speech laid out in windows, and times mapped back."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from speechcx.call import Span
from speechcx.transcribe.windows import RATE_HZ, RecognitionWindow, WindowRule, make_windows
from speechcx.waveform import Sound

RULE = WindowRule(window_s=28.0, padding_s=0.2, seam_s=0.1)


@dataclass
class Made:
    """Noise of one level, softer in the stretches named."""

    channel: int
    duration_s: float
    soft: tuple[Span, ...] = ()

    @property
    def size(self) -> int:
        """Number of samples."""
        return round(self.duration_s * RATE_HZ)

    def __getitem__(self, window: slice) -> NDArray[np.float32]:
        """Samples whose value is channel and moment, or 0.001 where it is soft."""
        times_s = np.arange(*window.indices(self.size)) / RATE_HZ
        samples = (1 + self.channel + times_s / 1000).astype(np.float32)
        for each in self.soft:
            samples[(times_s >= each.start_s) & (times_s < each.end_s)] = 0.001
        return samples


def made(channels: Iterable[int], duration_s: float, soft: tuple[Span, ...] = ()) -> dict[int, Sound]:
    return {channel: Made(channel, duration_s, soft) for channel in channels}


def windows_of(
    *channels: tuple[tuple[float, float], ...],
    duration_s: float = 120.0,
    rule: WindowRule = RULE,
    soft: tuple[Span, ...] = (),
) -> tuple[RecognitionWindow, ...]:
    speech = {no: [Span(*each) for each in spans] for no, spans in enumerate(channels)}
    return make_windows(speech, made(speech, duration_s, soft), rule)


def spans_of(window: RecognitionWindow) -> list[tuple[int, float, float]]:
    return [
        (piece.channel, round(piece.span.start_s, 3), round(piece.span.end_s, 3)) for piece in window.pieces
    ]


def test_no_speech_no_windows() -> None:
    """Silence is not given to a recogniser at all."""
    assert () == windows_of((), ())


def test_turns_of_both_channels_share_a_window_in_spoken_order() -> None:
    """Each turn is cut from its own channel with a little sound around it, a moment of silence between."""
    (window,) = windows_of(((10.0, 12.0), (14.0, 15.0)), ((12.5, 13.5),), rule=WindowRule(5.4, 0.2, 0.1))
    assert [(0, 9.8, 12.2), (1, 12.3, 13.7), (0, 13.8, 15.2)] == spans_of(window)
    assert [0.0, 2.5, 4.0] == pytest.approx([piece.at_s for piece in window.pieces])
    assert [(0.2, 2.2), (2.7, 3.7), (4.2, 5.2)] == [
        pytest.approx((each.start_s, each.end_s)) for each in window.speech
    ]


def test_a_window_with_room_has_more_sound_at_its_edges() -> None:
    """Before the first and after the last turn up to 0.8 s more is heard, but no speech of a neighbour."""
    assert [(0, 9.0, 13.0)] == spans_of(windows_of(((10.0, 12.0),))[0])
    assert [(0, 0.0, 3.5)] == spans_of(windows_of(((0.5, 2.5),))[0])
    first, second = windows_of(((1.0, 15.0), (16.0, 32.0)), rule=WindowRule(18.0, 0.2, 0.1))
    assert [(0, 0.0, 15.5)] == spans_of(first)
    assert [(0, 15.5, 33.0)] == spans_of(second)


def test_a_pause_inside_a_turn_is_kept() -> None:
    """Stretches of one channel closer than a turn's pause stay at their true distance."""
    (window,) = windows_of(((10.0, 12.0), (12.7, 13.0)))
    assert [(0, 9.0, 14.0)] == spans_of(window)


def test_overlapped_turns_stand_one_after_the_other() -> None:
    """Who speaks meanwhile in another channel is heard after, with the same moments of the file."""
    (window,) = windows_of(((10.0, 14.0),), ((11.0, 12.0),), rule=WindowRule(5.9, 0.2, 0.1))
    assert [(0, 9.8, 14.2), (1, 10.8, 12.2)] == spans_of(window)


def test_what_is_in_a_window_is_the_sound_of_its_turns() -> None:
    """Sound is cut from each turn's channel; seams are true silence."""
    (window,) = windows_of(((10.0, 12.0),), ((12.5, 13.5),), rule=WindowRule(3.9, 0.2, 0.1))
    samples = window.cut(made((0, 1), 120.0))
    assert samples.size == round(3.9 * RATE_HZ)
    at = {second: float(samples[round(second * RATE_HZ)]) for second in (1.0, 2.45, 3.0)}
    assert [1.0108, 0.0, 2.0128] == pytest.approx([at[1.0], at[2.45], at[3.0]], abs=1e-4)


def test_a_word_comes_back_to_its_channel_and_time() -> None:
    """A time in the window maps to the file's clock, and stays inside its piece."""
    (window,) = windows_of(((10.0, 12.0),), ((12.5, 13.5),), rule=WindowRule(3.9, 0.2, 0.1))
    assert (0, Span(10.3, 10.8)) == rounded(window.to_file(0.5, 1.0))
    assert (1, Span(12.8, 13.3)) == rounded(window.to_file(3.0, 3.5))
    assert (1, Span(13.3, 13.7)) == rounded(window.to_file(3.5, 9.0))


def test_a_word_on_a_seam_goes_where_it_lies_on_speech() -> None:
    """The alignment lets a word begin in the pause before it: its speech decides, not its middle."""
    (window,) = windows_of(((10.0, 12.0),), ((12.5, 13.5),), rule=WindowRule(3.9, 0.2, 0.1))
    assert (1, Span(12.3, 12.7)) == rounded(window.to_file(2.25, 2.9))
    assert (0, Span(11.9, 12.2)) == rounded(window.to_file(2.1, 2.6))
    assert (0, Span(12.1, 12.2)) == rounded(window.to_file(2.3, 2.42))


def test_a_word_stretched_over_what_was_not_recognised_lies_at_its_end() -> None:
    """A word that seems to begin seconds earlier, in the other channel, is said where it ends."""
    (window,) = windows_of(((10.0, 12.0),), ((12.5, 13.5),), rule=WindowRule(3.9, 0.2, 0.1))
    assert (1, Span(12.3, 12.9)) == rounded(window.to_file(0.3, 3.1))


def rounded(found: tuple[int, Span]) -> tuple[int, Span]:
    channel, span = found
    return channel, Span(round(span.start_s, 3), round(span.end_s, 3))


def test_a_stretch_over_several_pieces_has_several_places() -> None:
    """What was dropped over a seam was dropped in both channels."""
    (window,) = windows_of(((10.0, 12.0),), ((12.5, 13.5),), rule=WindowRule(3.9, 0.2, 0.1))
    assert [(0, Span(10.8, 12.2)), (1, Span(12.3, 12.8))] == [
        rounded(each) for each in window.to_files(Span(1.0, 3.0))
    ]


def test_a_long_turn_is_cut_where_it_is_quietest() -> None:
    """A monologue longer than a window is cut in a quiet moment, and no sound of it is heard twice."""
    first, second, *_ = windows_of(((1.0, 60.0),), soft=(Span(23.0, 23.3),))
    assert 23.0 < first.pieces[-1].span.end_s == second.pieces[0].span.start_s < 23.3


def test_speech_past_the_end_of_the_sound_is_left_out() -> None:
    """A stretch beyond the last sample cannot be heard, one over it is cut."""
    (window,) = windows_of(((8.0, 12.0), (15.0, 16.0)), duration_s=10.0)
    assert [(0, 7.0, 10.0)] == spans_of(window)


lengths = st.floats(0.1, 70).map(lambda t: round(t, 2))
gaps = st.floats(0.05, 8).map(lambda t: round(t, 2))


@st.composite
def speech_of_a_channel(draw: st.DrawFn) -> list[Span]:
    spans = []
    at_s = 0.0
    for gap_s, length_s in draw(st.lists(st.tuples(gaps, lengths), max_size=10)):
        spans.append(Span(round(at_s + gap_s, 2), round(at_s + gap_s + length_s, 2)))
        at_s = spans[-1].end_s
    return spans


CALLS = st.lists(speech_of_a_channel(), min_size=1, max_size=3).filter(any)
RULES = st.sampled_from([RULE, WindowRule(10.0, 0.0, 0.0), WindowRule(30.0, 0.4, 1.0)])


@settings(max_examples=60, deadline=None)
@given(CALLS, RULES)
def test_all_speech_is_heard_once(call: list[list[Span]], rule: WindowRule) -> None:
    """Windows keep the limit, and of each channel no moment is in two pieces and no speech is in none."""
    channels = dict(enumerate(call))
    duration_s = max(span.end_s for speech in call for span in speech) + 1.0
    windows = make_windows(channels, made(channels, duration_s), rule)
    assert max(window.duration_s for window in windows) <= rule.window_s + 0.06
    for channel, speech in channels.items():
        pieces = sorted(
            piece.span for window in windows for piece in window.pieces if piece.channel == channel
        )
        for before, after in pairwise(pieces):
            assert before.end_s <= after.start_s + 1e-6
        heard_s = sum(piece.overlap_s(span) for piece in pieces for span in speech)
        assert heard_s == pytest.approx(sum(span.duration_s for span in speech))


@settings(max_examples=60, deadline=None)
@given(CALLS, st.data())
def test_a_moment_comes_back_to_its_place(call: list[list[Span]], data: st.DataObject) -> None:
    """A moment of speech, put into its window's time and back, is the same moment of the same channel."""
    duration_s = max(span.end_s for speech in call for span in speech) + 1.0
    window = data.draw(
        st.sampled_from(make_windows(dict(enumerate(call)), made(range(len(call)), duration_s), RULE))
    )
    piece = data.draw(st.sampled_from(window.pieces))
    share = data.draw(st.floats(0.1, 0.9))
    inside_s = piece.at_s + share * piece.span.duration_s
    channel, span = window.to_file(inside_s, inside_s)
    assert channel == piece.channel
    assert span.start_s == pytest.approx(piece.span.start_s + share * piece.span.duration_s)


def test_a_turn_fills_the_window_up_to_a_long_pause() -> None:
    """A turn that does not fit is cut in the middle of its last long pause that does; nothing is heard twice."""
    turn = ((20.0, 25.0), (25.5, 28.0), (28.2, 40.0))
    first, second = windows_of(((1.0, 19.0),), turn, rule=WindowRule(28.0, 0.2, 0.1))
    assert (1, 19.8, 25.25) == spans_of(first)[-1]
    assert (1, 25.25) == spans_of(second)[0][:2]


def test_a_turn_without_a_long_pause_is_not_cut() -> None:
    """Sounds between two words are not parted: the turn begins a window."""
    turn = ((20.0, 25.0), (25.3, 28.0), (28.2, 40.0))
    first, second = windows_of(((1.0, 19.0),), turn, rule=WindowRule(28.0, 0.2, 0.1))
    assert [0] == [piece.channel for piece in first.pieces]
    assert [1] == [piece.channel for piece in second.pieces]


def test_no_window_begins_or_ends_with_a_scrap() -> None:
    """Less than two seconds of a turn are not cut off."""
    turn = ((25.0, 26.0), (26.5, 28.5), (28.7, 40.0))
    first, _ = windows_of(((1.0, 24.0),), turn, rule=WindowRule(28.0, 0.2, 0.1))
    assert [0] == [piece.channel for piece in first.pieces]
