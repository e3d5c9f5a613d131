"""Turns without words: which are heard again, and what is believed of them."""

import numpy as np
import pytest

from speechcx.call import Span, Word
from speechcx.transcribe.hallucinations import RecognisedStretch
from speechcx.transcribe.short_turns import find_holes, find_wordless, is_sure, shorten_over
from speechcx.transcribe.windows import RecognitionWindow, WindowPiece


def word(start_s: float, end_s: float, confidence: float = 0.9) -> Word:
    return Word("okay", start_s, end_s, confidence)


def wordless(
    *speech: tuple[float, float], words: tuple[Word, ...] = (), duration_s: float = 60.0
) -> list[Span]:
    windows = find_wordless(0, [Span(*each) for each in speech], words, duration_s)
    return [piece.span for window in windows for piece in window.pieces]


def test_a_turn_without_words_is_found() -> None:
    """A stretch of speech with no word in it is heard again with a little sound around."""
    said = (word(10.0, 11.0), word(30.0, 31.0))
    assert [Span(19.7, 20.8)] == wordless((10.0, 11.0), (20.0, 20.5), (30.0, 31.0), words=said)


def test_a_pause_inside_a_turn_makes_no_turn() -> None:
    """Stretches closer than a turn's pause are one: words in one of them are enough."""
    assert [] == wordless((10.0, 11.0), (11.5, 12.0), words=(word(10.0, 10.5),))
    assert [Span(9.7, 12.3)] == wordless((10.0, 11.0), (11.5, 12.0))


def test_clicks_are_not_heard_again() -> None:
    """Speech shorter than a word is left alone, and so is a long noise."""
    assert [] == wordless((20.0, 20.2))
    assert [] == wordless((20.0, 49.0))


def test_neighbours_are_left_out() -> None:
    """The sound around a turn ends where the neighbour's speech begins, and at the file's ends."""
    near = wordless((0.1, 1.0), (1.85, 2.2), (3.05, 5.0), words=(word(0.2, 0.8), word(3.1, 3.4)))
    assert [Span(1.55, 2.5)] == near
    assert [Span(0.0, 0.8)] == wordless((0.1, 0.5))
    assert [Span(58.2, 59.2)] == wordless((58.5, 61.0), duration_s=59.2)


def test_a_long_word_from_before_counts() -> None:
    """A word that begins before the turn and reaches into it is a word of it."""
    assert [] == wordless((20.0, 20.5), words=(word(18.0, 20.1),))


def test_words_at_the_edges_only_touch() -> None:
    """A word that ends where the turn begins is not in it."""
    assert [Span(19.7, 20.8)] == wordless((20.0, 20.5), words=(word(19.0, 20.0), word(20.5, 20.9)))


@pytest.mark.parametrize(
    ("confidences", "no_speech", "expected"),
    [
        ((0.7,), 0.1, True),
        ((0.5, 0.5), 0.39, True),
        ((0.4,), 0.1, False),
        ((0.9,), 0.6, False),
        ((), 0.1, False),
        ((0.9,) * 5, 0.1, True),
        ((0.9,) * 6, 0.1, False),
    ],
    ids=["sure", "barely", "doubtful", "likely silence", "no words", "fast", "too fast"],
)
def test_what_is_believed(confidences: tuple[float, ...], no_speech: float, expected: bool) -> None:
    """Alone, words need confidence, likely speech and time to be said in."""
    words = tuple(word(20.0, 20.1, confidence) for confidence in confidences)
    window = RecognitionWindow((WindowPiece(0, Span(19.7, 21.0), 0.0),))
    assert expected is is_sure(RecognisedStretch(words, -0.5, no_speech, 1.0), window)


def holes(*speech: tuple[float, float], words: tuple[Word, ...] = ()) -> list[Span]:
    sound = np.random.default_rng(0).standard_normal(60 * 16_000).astype(np.float32)
    windows = find_holes(0, [Span(*each) for each in speech], words, sound)
    assert all(window.duration_s <= 3.06 for window in windows)
    return [piece.span for window in windows for piece in window.pieces]


def test_seconds_of_speech_without_a_word_are_heard_again_in_short_parts() -> None:
    """Where words were dropped as a loop or passed over, the sound under them is covered by windows of 3 s."""
    found = holes((10.0, 20.0), words=(word(10.0, 10.8), word(18.6, 20.0)))
    assert pytest.approx(8.4, abs=0.1) == sum(each.overlap_s(Span(10.8, 19.2)) for each in found)
    assert 3 <= len(found)


def test_the_breath_between_two_words_is_no_hole() -> None:
    """Less than two seconds of speech without a word are not heard again, pauses in it not counted."""
    assert [] == holes((10.0, 11.0), (11.7, 12.4), words=(word(10.0, 10.2), word(12.2, 12.4)))
    assert [] == holes((10.0, 12.0), words=(word(10.0, 10.8), word(11.0, 12.0)))


def test_a_word_stretched_over_a_hole_covers_its_end_alone() -> None:
    """One word that seems to take eight seconds does not hide what else was said in them."""
    found = holes((10.0, 18.0), words=(word(10.0, 18.0),))
    assert pytest.approx(7.2, abs=0.3) == sum(each.overlap_s(Span(10.0, 17.2)) for each in found)


def test_words_found_in_a_hole_come_before_the_one_stretched_over_it() -> None:
    """The stretched word begins after them; other words keep their times."""
    said = shorten_over([word(8.0, 8.5), word(10.0, 18.0)], [word(11.0, 12.0), word(14.0, 15.0)])
    assert [(8.0, 8.5), (11.0, 12.0), (14.0, 15.0), (15.0, 18.0)] == [
        (each.start_s, each.end_s) for each in said
    ]


def test_a_number_read_out_is_no_hole() -> None:
    """An account number of fifteen digits, written as one word, fills the seconds it takes to say."""
    number = Word("227-419-053-270881.", 10.0, 17.0, 0.9)
    assert [] == holes((10.0, 17.0), words=(number,))
    assert [number] == shorten_over([number], [])
