"""The text model over the turns of a call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from speechcx.errors import ConfigError
from speechcx.sentiment import SentimentSettings, load_sentiment, read_sentiment, read_texts
from tests.factories import make_utterance
from tests.sentiment.fakes import WordModel

SETTINGS = SentimentSettings()


def test_turns_keep_their_numbers() -> None:
    """Readings are parallel to the utterances, also around one without words."""
    said = (make_utterance(4, "that is bad"), make_utterance(5, ""), make_utterance(6, "so good today"))
    found = read_sentiment(said, WordModel(), SETTINGS)
    assert [(t.no, t.label) for t in found] == [(4, "negative"), (5, None), (6, "positive")]


@pytest.mark.parametrize("text", ["", "   ", "...", "42"])
def test_no_words_is_none_with_a_reason(text: str) -> None:
    """Without a letter there is no sentiment: never 0, never neutral."""
    (found,) = read_sentiment((make_utterance(0, text),), WordModel(), SETTINGS)
    assert (found.value, found.label, found.confidence) == (None, None, None)
    assert found.why_missing == "no words recognised in this turn"


def test_other_languages_are_none() -> None:
    """A turn in a language the model does not read is missing; with no list all are read."""
    german = replace(make_utterance(0, "das ist bad"), language="de")
    (found,) = read_sentiment((german,), WordModel(), SETTINGS)
    assert found.value is None
    assert "'de'" in str(found.why_missing)
    (found,) = read_sentiment((german,), WordModel(), replace(SETTINGS, languages=()))
    assert found.label == "negative"


def test_long_turns_are_read_by_sentence() -> None:
    """The model sees sentences, and an angry one among plain ones decides."""
    model = WordModel()
    text = "My number is four four two. I ordered it on Monday. This is a bad joke."
    (found,) = read_texts([text], model, SETTINGS)
    assert len(model.seen) == 3
    assert found.label == "negative"


def test_mixed_needs_both() -> None:
    """A strongly positive and a strongly negative sentence make a turn mixed."""
    (found,) = read_texts(["The agent was really good. The product is really bad."], WordModel(), SETTINGS)
    assert found.label == "mixed"
    assert found.confidence == pytest.approx(0.9)
    assert found.value == pytest.approx(0.0, abs=0.1)


def test_text_does_not_depend_on_its_neighbours() -> None:
    """A text reads the same alone and among others."""
    texts = ["this is bad", "what time is it", "that was good"]
    together = read_texts(texts, WordModel(), SETTINGS)
    alone = [read_texts([text], WordModel(), SETTINGS)[0] for text in texts]
    assert [t.value for t in together] == [t.value for t in alone]


def test_unknown_engine() -> None:
    """An engine nobody has is an error that names the nearest."""
    with pytest.raises(ConfigError, match="lexicon"):
        load_sentiment(SentimentSettings(engine="lexikon"))


def test_loaded_once() -> None:
    """The same settings give the same loaded model."""
    settings = SentimentSettings(engine="lexicon")
    assert load_sentiment(settings) is load_sentiment(SentimentSettings(engine="lexicon"))
