"""Turns into sentences and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.sentiment.protocol import ClassShares
from speechcx.sentiment.sentences import join_passages, join_shares, split_sentences

words = st.text(alphabet="abc.!? ,", max_size=400)


@given(words)
def test_no_word_is_lost(text: str) -> None:
    """The sentences hold all words of the text in order."""
    assert text.split() == " ".join(split_sentences(text)).split()


def test_sentences_end_at_marks() -> None:
    """Full stops, question and exclamation marks end a sentence."""
    assert split_sentences("It broke again. Why is that? I want my money back!") == (
        "It broke again.",
        "Why is that?",
        "I want my money back!",
    )


def test_titles_do_not_end_a_sentence() -> None:
    """Mr. and Dr. belong to the name that follows."""
    assert split_sentences("I spoke to Dr. Lang yesterday.") == ("I spoke to Dr. Lang yesterday.",)


def test_short_sentences_go_with_the_next() -> None:
    """A sentence of one word is read with what follows it."""
    assert split_sentences("Oh. Great. It broke again.") == ("Oh. Great. It broke again.",)
    assert split_sentences("I want it now. Okay?") == ("I want it now. Okay?",)


def test_long_speech_is_cut_at_a_conjunction() -> None:
    """Speech without marks is cut at 'and' near the 40th word, in pieces of at most 40."""
    text = " ".join(["word"] * 30 + ["and"] + ["word"] * 30)
    first, second = split_sentences(text)
    assert (len(first.split()), len(second.split())) == (30, 31)
    assert max(len(piece.split()) for piece in split_sentences("word " * 130)) == 40


@given(words)
def test_passages_hold_the_sentences(text: str) -> None:
    """Passages hold all words in order, and none that could hold the next sentence leaves it out."""
    passages = join_passages(split_sentences(text))
    assert text.split() == " ".join(passages).split()
    sizes = [len(passage.split()) for passage in passages]
    assert all(size <= 40 for size in sizes)
    firsts = [len(split_sentences(passage)[0].split()) for passage in passages]
    assert all(size + first > 40 for size, first in zip(sizes, firsts[1:], strict=False))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6))
def test_joined_shares_are_between(parts: list[tuple[float, float]]) -> None:
    """What is joined lies between the lowest and the highest sentence."""
    shares = [ClassShares(a / 2, 1 - a / 2 - b / 2, b / 2) for a, b in parts]
    joined = join_shares(["some words"] * len(shares), shares).value
    assert min(s.value for s in shares) - 1e-6 <= joined <= max(s.value for s in shares) + 1e-6


def test_feeling_outweighs_facts() -> None:
    """One angry sentence among two plain ones of its length still makes a negative turn."""
    plain, angry = ClassShares(0.02, 0.96, 0.02), ClassShares(0.95, 0.05, 0.0)
    assert join_shares(["a b c"] * 3, [plain, plain, angry]).value < -0.5


def test_shares_must_sum_to_one() -> None:
    """Shares that are no probabilities are refused."""
    with pytest.raises(ValueError, match="must be 0 or more and sum to 1"):
        ClassShares(0.5, 0.6, 0.1)
