"""Speech cut into chunks, and times mapped back."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.call import Span
from speechcx.transcribe.chunks import Chunk, ChunkRule, make_chunks

RATE = 100
"""A low rate keeps the arrays small; nothing here depends on it."""

RULE = ChunkRule(chunk_s=28.0, longest_gap_s=2.0, padding_s=0.4)


def chunks_of(
    *speech: tuple[float, float], duration_s: float = 120.0, rule: ChunkRule = RULE
) -> tuple[Chunk, ...]:
    samples = np.random.default_rng(0).standard_normal(round(duration_s * RATE)).astype(np.float32)
    return make_chunks([Span(*each) for each in speech], samples, RATE, rule)


def test_no_speech_no_chunks() -> None:
    """Silence is not given to a recogniser at all."""
    assert () == chunks_of()


def test_short_turns_share_a_chunk_with_the_silence_between() -> None:
    """A one-word turn is heard together with its neighbours, at its true distance."""
    (chunk,) = chunks_of((10.0, 12.0), (13.0, 13.4), (14.5, 16.0))
    assert (Span(9.6, 16.4),) == chunk.pieces


def test_long_silence_is_shortened() -> None:
    """Of a long silence two seconds stay, half at each side."""
    (chunk,) = chunks_of((10.0, 12.0), (40.0, 42.0))
    assert (Span(9.6, 13.0), Span(39.0, 42.4)) == chunk.pieces


def test_times_over_a_shortened_silence_are_right() -> None:
    """A time after the cut maps to the file's clock, and a word over the cut stays in one piece."""
    (chunk,) = chunks_of((10.0, 12.0), (40.0, 42.0))
    assert Span(40.0, 41.0) == chunk.to_file(4.4, 5.4)
    assert Span(10.0, 11.0) == chunk.to_file(0.4, 1.4)
    assert Span(12.6, 13.0) == chunk.to_file(3.0, 3.7)


def test_the_sound_is_that_of_the_pieces() -> None:
    """Cutting joins exactly the pieces."""
    chunk = Chunk((Span(1.0, 2.0), Span(5.0, 5.5)))
    samples = np.arange(1000, dtype=np.float32)
    assert [*range(100, 200), *range(500, 550)] == chunk.cut(samples, RATE).tolist()


def test_a_full_chunk_ends_at_the_longest_pause() -> None:
    """Where speech goes on past the limit, the cut is at the longest pause of the second half."""
    first, second = chunks_of((0.0, 10.0), (10.3, 18.0), (19.5, 24.0), (24.3, 40.0))
    assert (18.4, 19.1) == (first.pieces[-1].end_s, second.pieces[0].start_s)


def test_speech_without_a_pause_is_cut_where_it_is_quietest() -> None:
    """A monologue longer than a chunk is cut in a quiet moment, not in a word."""
    samples = np.ones(60 * RATE, np.float32)
    samples[round(23.0 * RATE) : round(23.3 * RATE)] = 0.01
    first, second, *_ = make_chunks([Span(0.0, 60.0)], samples, RATE, RULE)
    assert 23.0 < first.pieces[-1].end_s == second.pieces[0].start_s < 23.3


def test_speech_past_the_end_of_the_sound_is_left_out() -> None:
    """A stretch beyond the last sample cannot be heard, one over it is cut."""
    (chunk,) = chunks_of((8.0, 12.0), (15.0, 16.0), duration_s=10.0)
    assert (Span(7.6, 10.0),) == chunk.pieces


gaps = st.floats(0.05, 8).map(lambda t: round(t, 2))
lengths = st.floats(0.1, 70).map(lambda t: round(t, 2))


@st.composite
def speech_of_a_call(draw: st.DrawFn) -> list[Span]:
    spans = []
    at_s = 0.0
    for gap_s, length_s in draw(st.lists(st.tuples(gaps, lengths), min_size=1, max_size=15)):
        spans.append(Span(round(at_s + gap_s, 2), round(at_s + gap_s + length_s, 2)))
        at_s = spans[-1].end_s
    return spans


@settings(max_examples=60, deadline=None)
@given(speech_of_a_call(), st.sampled_from([RULE, ChunkRule(10.0, 0.5, 0.2), ChunkRule(30.0, 30.0, 0.0)]))
def test_all_speech_is_heard_once(speech: list[Span], rule: ChunkRule) -> None:
    """Chunks keep the limit, do not overlap, and together hold every moment of speech."""
    duration_s = speech[-1].end_s + 1.0
    samples = np.random.default_rng(1).standard_normal(round(duration_s * RATE)).astype(np.float32)
    chunks = make_chunks(speech, samples, RATE, rule)
    pieces = [piece for chunk in chunks for piece in chunk.pieces]
    assert max(chunk.duration_s for chunk in chunks) <= rule.chunk_s + 0.06
    for before, after in itertools.pairwise(pieces):
        assert before.end_s <= after.start_s + 1e-9
    heard_s = sum(piece.overlap_s(span) for piece in pieces for span in speech)
    assert heard_s == pytest.approx(sum(span.duration_s for span in speech))


@settings(max_examples=60, deadline=None)
@given(speech_of_a_call(), st.data())
def test_a_moment_comes_back_to_its_place(speech: list[Span], data: st.DataObject) -> None:
    """A moment of speech, put into its chunk's time and back, is the same moment."""
    duration_s = speech[-1].end_s + 1.0
    chunks = make_chunks(speech, np.ones(round(duration_s * RATE), np.float32), RATE, RULE)
    chunk = data.draw(st.sampled_from(chunks))
    piece = data.draw(st.sampled_from(chunk.pieces))
    share = data.draw(st.floats(0.1, 0.9))
    moment_s = piece.start_s + share * piece.duration_s
    before_s = sum(each.duration_s for each in chunk.pieces if each.end_s <= piece.start_s)
    inside_s = before_s + moment_s - piece.start_s
    assert chunk.to_file(inside_s, inside_s).start_s == pytest.approx(moment_s)
