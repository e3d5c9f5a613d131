"""Tests of pace and pauses."""

import pytest

from speechcx.call import Span, Turn, Utterance
from speechcx.prosody.tempo import count_words, find_pauses, speech_in, words_per_minute
from tests.factories import make_utterance

TURN = Turn(0, "ch0", 0, Span(1.0, 6.0), (Span(1.0, 2.0), Span(2.3, 4.0), Span(4.25, 5.0), Span(5.6, 6.0)))


def test_pauses_are_the_long_gaps() -> None:
    """Gaps of 0.3 s and more are pauses, shorter ones are not."""
    assert find_pauses(TURN, pause_s=0.3) == (Span(2.0, 2.3), Span(5.0, 5.6))


def test_speech_leaves_the_gaps_out() -> None:
    """Speech is what is between the gaps."""
    assert speech_in([TURN]) == pytest.approx(1.0 + 1.7 + 0.75 + 0.4)


def test_words_are_counted_from_the_words() -> None:
    """Words count as recognised; without word times the text is counted."""
    assert count_words(make_utterance(0, "three little words")) == 3
    assert count_words(Utterance(0, "no times here", (), "en", None)) == 3


def test_no_words_have_no_pace() -> None:
    """30 words in 10 s are 180 a minute; none, or no time, have no pace."""
    assert words_per_minute(30, 10.0) == 180.0
    assert words_per_minute(0, 10.0) is None
    assert words_per_minute(3, 0.0) is None
