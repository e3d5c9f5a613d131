"""Tests of texts that are laid over each other by the times of their words."""

from __future__ import annotations

import pytest

from speechcx.store.calls.aligned_words import align_words, pair_words

WORDS = [(f"word{no}", 0.4 * no) for no in range(60)]


@pytest.mark.parametrize("later_s", [-30.0, 0.0, 12.25])
def test_the_same_words_at_the_same_distances_are_found(later_s: float) -> None:
    """However much later one of two begins, all of their words meet."""
    moved = [(word, time_s + later_s) for word, time_s in WORDS]
    found = align_words(pair_words(WORDS), pair_words(moved))
    assert (59, 1.0) == (found.pairs, found.share)
    assert found.later_s == pytest.approx(later_s, abs=0.01)


def test_the_same_words_at_other_distances_are_not() -> None:
    """Said again at another pace and in other places, they are another talk."""
    other = [(word, 3.0 * time_s) for word, time_s in WORDS]
    assert align_words(pair_words(WORDS), pair_words(other)).share < 0.15


def test_a_word_is_met_once() -> None:
    """One "thank you" is not the answer to three of the other text."""
    three, one = pair_words([("thank", 1.0), ("you", 1.2)]), pair_words([("Thank", 1.0), ("you!", 1.2)])
    assert 1 == align_words(three * 3, one).pairs


def test_nothing_in_common_is_no_share() -> None:
    """Texts without a common pair of words, or without words, have nothing in common."""
    assert 0.0 == align_words(pair_words(WORDS), pair_words([("other", 1.0), ("words", 2.0)])).share
    assert 0.0 == align_words([], []).share
