"""Set phrases are read as what they say, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from speechcx.sentiment.protocol import ClassShares
from speechcx.sentiment.reading import read_texts
from speechcx.sentiment.set_phrases import NEGATIVE, NEUTRAL, read_set_phrase
from speechcx.sentiment.settings import SentimentSettings

JOY = ClassShares(0.0, 0.1, 0.9)


class Joyful:
    """A model to which everything is joy."""

    name, digest = "joyful", "0" * 16

    def read(self, texts: Sequence[str]) -> tuple[ClassShares, ...]:
        """Joy for each."""
        return (JOY,) * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for hanging up on me.", "Cheers for nothing!", "Thank you so much for wasting my morning.",
        "You\u2019re having a laugh.", "You've got to be kidding me", "Don't make me laugh.", "What a joke.",
        "I think it is best if we part ways.", "I'd be happier somewhere else.", "I will take my business elsewhere.",
        "I just want to talk to a real person.", "I wish I'd never signed up.", "You used to be good.",
    ],
)  # fmt: skip
def test_complaints_in_friendly_words_are_negative(text: str) -> None:
    """Mock thanks, disbelief, parting, wishes, praise of what is no more."""
    assert NEGATIVE == read_set_phrase(text)


@pytest.mark.parametrize(
    "text",
    [
        "We really appreciate your business.", "Thank you for calling Northwind Bank.", "Thanks for holding.",
        "Thank you so much for being a loyal customer with us.", "Your call is important to us.",
        "It was a pleasure speaking with you today.", "Is there anything else I can help you with today?",
    ],
)  # fmt: skip
def test_what_agents_say_by_script_is_neutral(text: str) -> None:
    """As our guideline has it."""
    assert NEUTRAL == read_set_phrase(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you so much for your help.", "Thanks for fixing it.", "We had a laugh about it.",
        "I love your business.", "He told me a joke.", "I wish you a lovely weekend.",
        "I want to talk to somebody about my bill.", "",
        "Thank you for calling me back so quickly, you have no idea how much that has helped me with all of this.",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_left_to_the_model(text: str) -> None:
    """True thanks, laughs and wishes, and longer sentences."""
    assert read_set_phrase(text) is None


def test_a_phrase_decides_alone_and_neighbours_are_read_together() -> None:
    """A turn of one sentence that is a set phrase; a longer one is the model's."""
    alone, longer = read_texts(
        ["What a joke.", "What a joke he told. We laughed so much."], Joyful(), SentimentSettings()
    )
    assert ("negative", "positive") == (alone.label, longer.label)


def test_another_language_has_no_english_phrases() -> None:
    """A model that reads German is not told what English phrases mean."""
    (read,) = read_texts(["What a joke."], Joyful(), SentimentSettings(languages=("de",)))
    assert "positive" == read.label
