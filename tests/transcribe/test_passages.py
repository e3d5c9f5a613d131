"""Pieces of text joined into the words of a window."""

import pytest

from speechcx.transcribe.passages import join_pieces
from speechcx.transcribe.whisper_decoding import TimedText


def pieces(*texts: str) -> list[TimedText]:
    return [TimedText(text, no * 1.0, no + 0.5, 0.5 + 0.1 * no) for no, text in enumerate(texts)]


def test_pieces_without_a_space_belong_together() -> None:
    """A hyphenated word and an amount are one word each, timed from their first to their last piece."""
    words = list(join_pieces(pieces(" A", " mini", "-van", " for", " $", "5", ".00"), spaced=True))
    assert ["A", "mini-van", "for", "$5.00"] == [word.text.strip() for word in words]
    assert (1.0, 2.5, pytest.approx(0.65)) == (words[1].start_s, words[1].end_s, words[1].probability)


def test_pieces_of_unspaced_languages_stay_apart() -> None:
    """Where words are written without spaces, each piece is a word."""
    assert ["你好", "世界"] == [word.text for word in join_pieces(pieces("你好", "世界"), spaced=False)]


def test_empty_pieces_are_left_out() -> None:
    """A piece of nothing but space is no word."""
    assert ["a"] == [word.text.strip() for word in join_pieces(pieces(" ", " a", " "), spaced=True)]
