"""The word-list engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.sentiment import SentimentSettings
from speechcx.sentiment.lexicon import Lexicon, load_lexicon
from speechcx.sentiment.word_list import PHRASES, STRENGTHS

LEXICON = load_lexicon(SentimentSettings())


def value(text: str) -> float:
    """What the word list makes of a text."""
    return LEXICON.read([text])[0].value


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("the service is not good", "the service is good"),
        ("the service is bad", "the service is not bad"),
        ("the service is very bad", "the service is bad"),
        ("the service is good", "the service is really good"),
        ("the agent was nice but the product is awful", "the product is awful but the agent was nice"),
        ("it is bad", "it is a bit bad"),
        ("thanks for nothing", "thank you so much"),
        ("I don't like it, it doesn\u2019t work", "it works"),
    ],
)
def test_order(worse: str, better: str) -> None:
    """Negation turns, strengtheners strengthen, what follows 'but' weighs more."""
    assert value(worse) < value(better)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for calling Northwind Bank, how can I help you?",
        "I'd like to change my address.",
        "Have a great day.",
        "My number is four four two.",
        "",
    ],
)
def test_script_and_facts_are_neutral(text: str) -> None:
    """An agent's script and plain facts have no feeling in them."""
    assert abs(value(text)) < 0.25


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    """No text makes the engine fail, and every answer is a set of probabilities."""
    (shares,) = LEXICON.read([text])
    assert shares.negative + shares.neutral + shares.positive == pytest.approx(1)
    assert 0 in (shares.negative, shares.positive)


def test_no_word_has_two_strengths() -> None:
    """Each word stands in the list once."""
    listed = [word for words in STRENGTHS.values() for word in words.split()]
    assert sorted({word for word in listed if listed.count(word) > 1}) == []
    assert all(phrase == phrase.lower() and " " in phrase for phrase in PHRASES)


def test_digest_is_of_the_list() -> None:
    """Two loads have one digest of 16 hex digits."""
    assert Lexicon().digest == LEXICON.digest
    assert len(LEXICON.digest) == 16
