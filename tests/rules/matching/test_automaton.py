"""Tests of the automaton that finds plain phrases in one pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules.matching.automaton import PhraseAutomaton

_WORDS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)


@given(
    st.lists(_WORDS, min_size=1, max_size=8), st.lists(st.sampled_from(["a", "b", "c", "", "d"]), max_size=40)
)
def test_all_occurrences_are_found(phrases: list[list[str]], tokens: list[str]) -> None:
    """Every phrase is found at every place where its words stand, and nowhere else."""
    expected = {
        (number, end)
        for number, words in enumerate(phrases)
        for end in range(len(words), len(tokens) + 1)
        if tokens[end - len(words) : end] == words
    }
    found = list(PhraseAutomaton(phrases).find(tokens))
    assert expected == set(found)
    assert len(found) == len(set(found))


def test_phrases_have_words() -> None:
    """A phrase without words is refused."""
    with pytest.raises(ValueError, match="at least one word"):
        PhraseAutomaton([[]])


def test_ten_thousand_phrases_cost_one_pass() -> None:
    """Steps over a text do not grow with the number of phrases: each token is read once."""
    reads = 0

    class Counted(list[str]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            nonlocal reads
            for token in super().__iter__():
                reads += 1
                yield token

    phrases = [[f"w{n}", "and", f"w{n + 1}"] for n in range(10_000)]
    found = list(
        PhraseAutomaton(phrases).find(Counted(["so", "w17", "and", "w18", "and", "w19", "it", "is"]))
    )
    assert [(17, 4)] == [found[0]]
    assert reads == 8
