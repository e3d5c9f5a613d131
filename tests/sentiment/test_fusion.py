"""Words and voice of one turn together."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from speechcx.call import TextSentiment
from speechcx.sentiment import SentimentSettings, join_turn, name_label
from speechcx.sentiment.agitation import Agitation, resting_agitation

SETTINGS = SentimentSettings()
values = st.floats(-1, 1)
agitations = st.floats(0, 1)


def read(value: float | None) -> TextSentiment:
    """A reading with that value."""
    if value is None:
        return TextSentiment(0, None, None, None, "no words recognised in this turn")
    return TextSentiment(0, value, name_label(value, SETTINGS), 0.9)


@given(value=values, agitation=st.one_of(st.none(), agitations), headroom=st.floats(0, 0.5))
def test_never_turns_the_sign(value: float, agitation: float | None, headroom: float) -> None:
    """Whatever the voice, the sign is that of the words, and the result stays in -1..1."""
    settings = SentimentSettings(headroom=headroom)
    joined = join_turn(read(value), Agitation(agitation), settings).sentiment
    assert joined is not None
    assert -1 <= joined <= 1
    assert joined * value >= 0
    assert abs(joined) <= abs(value) + 1e-4


@given(value=st.floats(-1, -0.3), low=agitations, more=st.floats(0.001, 1), headroom=st.floats(0.05, 0.5))
def test_more_agitated_is_more_negative(value: float, low: float, more: float, headroom: float) -> None:
    """Strictly, and over the whole range: also where both turns are softer than the speaker's usual."""
    high = min(1.0, low + more)
    assume(value * value * headroom * (high - low) > 2e-4)
    settings = SentimentSettings(headroom=headroom)
    soft = join_turn(read(value), Agitation(low), settings)
    raised = join_turn(read(value), Agitation(high), settings)
    assert soft.sentiment is not None
    assert soft.voice_part is not None
    assert raised.sentiment is not None
    assert raised.voice_part is not None
    assert raised.sentiment < soft.sentiment < 0
    assert raised.voice_part < soft.voice_part


def test_softer_than_usual_counts_less() -> None:
    """Both softer than the speaker's usual: the raised one is still the more negative."""
    soft, raised, usual = (
        join_turn(read(-0.7), Agitation(a), SETTINGS).sentiment for a in (0.02, 0.08, resting_agitation())
    )
    assert soft is not None
    assert raised is not None
    assert usual is not None
    assert usual < raised < soft < SETTINGS.negative_at


@given(low=values, high=values, agitation=st.one_of(st.none(), agitations), headroom=st.floats(0, 0.5))
def test_order_of_words_is_kept(low: float, high: float, agitation: float | None, headroom: float) -> None:
    """With the same voice, more positive words give no less positive a turn."""
    settings = SentimentSettings(headroom=headroom)
    low, high = sorted((low, high))
    first = join_turn(read(low), Agitation(agitation), settings).sentiment
    second = join_turn(read(high), Agitation(agitation), settings).sentiment
    assert first is not None
    assert second is not None
    assert first <= second


def test_unknown_voice_reads_as_usual() -> None:
    """Without agitation the turn counts as one in the usual voice; the voice has no part, not a part of 0."""
    unknown = join_turn(read(-0.9), Agitation(None, "no baseline"), SETTINGS)
    calm = join_turn(read(-0.9), Agitation(resting_agitation()), SETTINGS)
    assert calm.sentiment == unknown.sentiment
    assert (unknown.voice_part, calm.voice_part) == (None, 0.0)
    assert unknown.why_no_agitation == "no baseline"


def test_part_of_the_voice() -> None:
    """The part of the voice is what it made of the same words in the usual voice, and may take away."""
    usual = join_turn(read(-0.8), Agitation(None), SETTINGS)
    soft = join_turn(read(-0.8), Agitation(0.0), SETTINGS)
    loud = join_turn(read(-0.8), Agitation(0.9), SETTINGS)
    assert usual.sentiment is not None
    assert soft.sentiment is not None
    assert loud.sentiment is not None
    assert soft.voice_part is not None
    assert loud.voice_part is not None
    assert loud.voice_part == pytest.approx(loud.sentiment - usual.sentiment, abs=2e-4)
    assert soft.voice_part == pytest.approx(soft.sentiment - usual.sentiment, abs=2e-4)
    assert loud.voice_part < -0.05
    assert soft.voice_part > 0.01


def test_no_words_no_sentiment() -> None:
    """A shouted turn without words has agitation, no sentiment and no label."""
    felt = join_turn(read(None), Agitation(0.9), SETTINGS)
    assert (felt.agitation, felt.sentiment, felt.label, felt.voice_part) == (0.9, None, None, None)
    assert felt.why_missing == "no words recognised in this turn"


def test_mixed_stays_mixed() -> None:
    """The voice does not take a mixed label away."""
    mixed = TextSentiment(0, -0.1, "mixed", 0.8)
    assert join_turn(mixed, Agitation(0.9), SETTINGS).label == "mixed"


@pytest.mark.parametrize(
    ("value", "label"),
    [(-0.25, "negative"), (-0.2499, "neutral"), (0.2499, "neutral"), (0.25, "positive")],
)
def test_label_thresholds(value: float, label: str) -> None:
    """The thresholds belong to the feeling they open."""
    assert label == name_label(value, SETTINGS)
