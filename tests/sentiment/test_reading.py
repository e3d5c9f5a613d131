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


def test_a_turn_of_unknown_language_has_no_feeling() -> None:
    """Where the language could not be told, the reason says so."""
    unknown = replace(make_utterance(0, "das ist bad"), language="und")
    (found,) = read_sentiment((unknown,), WordModel(), SETTINGS)
    assert (None, "the language of this turn could not be told") == (found.value, found.why_missing)


def test_other_languages_are_none() -> None:
    """A turn in a language the model does not read is missing; with no list all are read."""
    german = replace(make_utterance(0, "das ist bad"), language="de")
    (found,) = read_sentiment((german,), WordModel(), SETTINGS)
    assert found.value is None
    assert "'de'" in str(found.why_missing)
    (found,) = read_sentiment((german,), WordModel(), replace(SETTINGS, languages=()))
    assert found.label == "negative"


def test_a_turn_is_read_whole() -> None:
    """Sentences that fit into one passage are read together: each gets its meaning from the others."""
    model = WordModel()
    text = "My number is four four two. I ordered it on Monday. This is a bad joke."
    (found,) = read_texts([text], model, SETTINGS)
    assert text in model.seen
    assert (found.value, found.label) == (-0.9, "negative")


def test_long_turns_are_read_by_passage() -> None:
    """Of a turn of many sentences the model sees passages of at most 40 words, and an angry one decides."""
    model = WordModel()
    plain = "My number is four four two and I ordered it on Monday in your shop."
    (found,) = read_texts([" ".join([plain] * 5 + ["This is a bad joke."])], model, SETTINGS)
    assert 40 >= max(len(seen.split()) for seen in model.seen)
    assert max(len(seen.split()) for seen in model.seen) > 2 * len(plain.split()) - 1
    assert found.label == "negative"


def test_said_twice_is_read_once() -> None:
    """The same words in two turns are given to the model once, and both turns have the answer."""
    model = WordModel()
    first, second = read_texts(["all good now", "all good now"], model, SETTINGS)
    assert model.seen == ["all good now"]
    assert (first.value, first.label) == (second.value, second.label)


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
