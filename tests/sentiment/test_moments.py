"""Feeling of a whole conversation from what is stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from speechcx.call import Conversation, Role, TextSentiment, TurnVoice
from speechcx.sentiment import SentimentSettings, join_feeling, load_sentiment, read_sentiment
from tests.factories import make_conversation

SETTINGS = SentimentSettings(engine="lexicon")
ROLES = (
    Role("ch0", "agent", 1.0, "config"),
    Role("ch1", "customer", 1.0, "config"),
)
CALM = TurnVoice(0, -26.0, 0.0, 180.0, 0.0, 4.0, 0.0, 0.6, 160.0, 180.0, 0.1)
LOUD = replace(
    CALM, level_dbov=-16.0, level_rel_db=10.0, pitch_rel_st=4.0, pitch_range_st=7.0, pace_wpm=200.0
)


def heard(text: str, voice: TurnVoice) -> Conversation:
    """A call in which the customer's third turn is `text`, spoken with `voice`."""
    said = [
        ("ch0", 0.5, "Thank you for calling, how can I help you today?"),
        ("ch1", 5.0, "I am calling about the order from last week."),
        ("ch0", 10.0, "Let me look at that order for you now."),
        ("ch1", 15.0, "It was supposed to be here on Monday morning."),
        ("ch0", 20.0, "I can see it here in the list."),
        ("ch1", 25.0, text),
        ("ch1", 35.0, "The number is four four two one nine."),
    ]
    call = make_conversation(said)
    model = load_sentiment(SETTINGS)
    voices = tuple(replace(voice if turn.no == 5 else CALM, no=turn.no) for turn in call.speech.turns)
    return replace(call, voices=voices, sentiments=read_sentiment(call.utterances, model, SETTINGS))


def test_the_loud_complaint() -> None:
    """'You're not being helpful and your product stinks!' is negative calmly, more so loudly."""
    text = "You're not being helpful and your product stinks!"
    calm = join_feeling(heard(text, CALM), ROLES, SETTINGS)
    loud = join_feeling(heard(text, LOUD), ROLES, SETTINGS)
    first, second = calm.turns[5].sentiment, loud.turns[5].sentiment
    assert first is not None
    assert second is not None
    assert second < first < -0.25
    assert "negative" == calm.turns[5].label == loud.turns[5].label
    scores = {feeling.party: feeling for feeling in loud.parties}
    assert scores["customer"].most_negative == 5
    calm_score = next(f.sentiment_score for f in calm.parties if f.party == "customer")
    loud_score = scores["customer"].sentiment_score
    assert calm_score is not None
    assert loud_score is not None
    assert loud_score < calm_score < 0


def test_the_loud_thanks() -> None:
    """'That's wonderful, thank you so much!' shouted with joy is positive."""
    text = "That's wonderful, thank you so much!"
    loud = join_feeling(heard(text, LOUD), ROLES, SETTINGS)
    calm = join_feeling(heard(text, CALM), ROLES, SETTINGS)
    assert loud.turns[5].label == "positive"
    assert loud.turns[5].agitation is not None
    assert loud.turns[5].agitation > 0.8
    assert calm.turns[5].sentiment is not None
    assert loud.turns[5].sentiment is not None
    assert loud.turns[5].sentiment >= calm.turns[5].sentiment > 0.25


def test_every_turn_and_party_is_there() -> None:
    """Feeling is parallel to the turns, and each party with a speaker has its own."""
    call = heard("okay", CALM)
    feeling = join_feeling(call, ROLES, SETTINGS)
    assert [turn.no for turn in call.speech.turns] == [felt.no for felt in feeling.turns]
    assert [felt.party for felt in feeling.parties] == ["agent", "customer"]


def test_unnamed_speakers_are_unknown() -> None:
    """Without roles all turns belong to the unknown party, once."""
    feeling = join_feeling(heard("okay", CALM), (), SETTINGS)
    assert [felt.party for felt in feeling.parties] == ["unknown"]


def test_no_words_at_all() -> None:
    """A call without readable words has no score anywhere, only reasons."""
    call = heard("okay", CALM)
    empty = tuple(TextSentiment(t.no, None, None, None, "no words") for t in call.speech.turns)
    feeling = join_feeling(replace(call, sentiments=empty), ROLES, SETTINGS)
    for party in feeling.parties:
        assert party.sentiment_score is None
        assert "0 turns with words" in dict(party.reasons)["sentiment_score"]


@pytest.mark.parametrize("headroom", [0.0, 0.25])
def test_same_input_same_feeling(headroom: float) -> None:
    """Feeling is a pure function of what is stored and the settings."""
    settings = replace(SETTINGS, headroom=headroom)
    call = heard("this is terrible service", LOUD)
    assert join_feeling(call, ROLES, settings) == join_feeling(call, ROLES, settings)
