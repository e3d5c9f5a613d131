"""Tests of words that sound alike or differ by one letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules.matching.fuzzy_words import is_one_off, sound_key
from tests.rules.reference import one_off


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("knight", "night"), ("cancel", "cansel"), ("phone", "fone"), ("write", "right"), ("their", "there"),
        ("wildfire", "wyldfyer"), ("quick", "kwik"), ("account", "akount"), ("lamb", "lam"),
        ("whether", "weather"), ("receive", "reseeve"),
    ],
)  # fmt: skip
def test_words_that_sound_alike_have_one_key(word: str, other: str) -> None:
    """Spellings of one sound share a key."""
    assert sound_key(word) == sound_key(other)


@pytest.mark.parametrize(
    ("word", "other"),
    [("bill", "pill"), ("card", "guard"), ("fee", "sea"), ("art", "rat")],
)
def test_words_that_sound_apart_have_two(word: str, other: str) -> None:
    """Voiced and voiceless stops, other consonants and a vowel in front keep words apart."""
    assert sound_key(word) != sound_key(other)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=8), st.data())
def test_one_letter_off_is_what_one_edit_makes(word: str, data: st.DataObject) -> None:
    """A word of four letters or more is one off from exactly what one edit makes of it."""
    other = data.draw(
        st.one_of(st.sampled_from(sorted(one_off(word))), st.text(alphabet="abc", min_size=4, max_size=8))
    )
    assert (len(other) > 3 and (other == word or other in one_off(word))) == is_one_off(word, other)


def test_short_words_and_numbers_must_be_equal() -> None:
    """One letter would change them too much."""
    assert not is_one_off("cat", "car")
    assert not is_one_off("4121", "4122")
    assert is_one_off("cat", "cat")
