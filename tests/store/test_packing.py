import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Span, Word
from speechcx.store.packing import (
    from_fixed,
    pack_spans,
    pack_words,
    to_fixed,
    unpack_spans,
    unpack_words,
)
from tests.factories import make_utterance

finite = st.floats(allow_nan=False, allow_infinity=False)
grid = st.integers(-(10**6), 10**6).map(lambda n: n / 1000)


@given(st.none() | grid, st.sampled_from((1000, 10_000)))
def test_a_fixed_number_is_the_same_number(value: float | None, scale: int) -> None:
    """Nothing is rounded: what comes out equals what went in, and in between it is a whole number or nothing."""
    kept = to_fixed(value, scale)
    assert (value, True) == (from_fixed(kept, scale), kept is None or isinstance(kept, int))


@pytest.mark.parametrize("value", [-26.371, 1 / 3, 5e-324, 1.7976931348623157e308, 2.0**53])
def test_a_number_with_more_digits_than_are_kept_is_refused(value: float) -> None:
    """Columns hold whole numbers only; who makes a call rounds its measures."""
    with pytest.raises(ValueError, match="kept in steps of 0.01 must be rounded"):
        to_fixed(value, 100)


def test_a_rounded_number_is_kept_as_a_whole_one() -> None:
    """Hundredths of a decibel, the same in tenths."""
    assert (-2637, 3.0, None) == (to_fixed(-26.37, 100), from_fixed(300, 100), to_fixed(None, 100))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused(value: float) -> None:
    """What could not be measured is None with a reason, never not-a-number."""
    with pytest.raises(ValueError, match="finite number or None with a reason"):
        to_fixed(value, 100)


times = st.one_of(grid.map(abs), st.floats(0, 1e5), st.floats(0, 1e300))
words = st.lists(st.builds(Word, st.text(max_size=6), times, times, st.floats(0, 1) | grid), max_size=40)


@given(words, st.booleans(), times)
def test_words_come_back_as_they_were(said: list[Word], joined: bool, start_s: float) -> None:
    """Whatever the text, the grid of the times or their order."""
    text = " ".join(word.text for word in said) if joined else "something else"
    packed = pack_words(said, text, start_s=start_s)
    assert tuple(said) == unpack_words(packed, text, start_s=start_s)


def test_words_of_a_recogniser_take_three_bytes_each() -> None:
    """Fifteen words of a turn on a grid of 0.01 s are kept in some forty bytes."""
    said = make_utterance(0, " ".join(["word"] * 15), 12.34)
    packed = pack_words(said.words, said.text, start_s=12.34)
    assert packed is not None
    assert 40 >= len(packed)


def test_no_words_are_nothing() -> None:
    """A turn without words keeps none, rather than an empty list."""
    assert pack_words((), "", start_s=1.0) is None
    assert () == unpack_words(None, "", start_s=1.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_words_without_a_time_are_refused(bad: float) -> None:
    """A word time that is not finite is an error with its value."""
    with pytest.raises(ValueError, match="finite numbers, got"):
        pack_words([Word("a", bad, 1.0, 0.5)], "a", start_s=0.0)


@given(st.lists(times, min_size=2, max_size=20).filter(lambda some: len(some) % 2 == 0))
def test_stretches_of_speech_come_back_as_they_were(edges: list[float]) -> None:
    """The edges inside a turn, on any grid."""
    edges = sorted(edges)
    spans = tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))
    whole = Span(edges[0], edges[-1])
    assert spans == unpack_spans(pack_spans(spans), whole)


def test_a_turn_without_pauses_keeps_nothing_more() -> None:
    """A single stretch is the turn itself."""
    assert pack_spans((Span(1.0, 2.0),)) is None
