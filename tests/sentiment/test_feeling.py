"""Tests of feeling from words and voice together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from speechcx.call import Conversation, Role, Span, TextSentiment, Turn, TurnFeeling, TurnVoice
from speechcx.sentiment import (
    SentimentSettings,
    join_feeling,
    join_turn,
    load_sentiment,
    name_label,
    read_sentiment,
    score_party,
)
from speechcx.sentiment.agitation import Agitation, resting_agitation
from tests.factories import make_conversation
from tests.sentiment.fakes import turn

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


def felt(
    *lines: tuple[float, float, float | None],
) -> tuple[list[tuple[Turn, TurnFeeling]], Span]:
    """(start, length, sentiment) lines as turns with their feeling, and the span of all."""
    pairs = []
    for no, (start_s, length_s, value) in enumerate(lines):
        label = None if value is None else name_label(value, SETTINGS)
        pairs.append((turn(no, start_s, length_s), TurnFeeling(no, 0.2, value, label)))
    return pairs, Span(lines[0][0], max(start + length for start, length, _ in lines))


@given(
    st.lists(st.tuples(st.floats(0.1, 30), st.one_of(st.none(), st.floats(-1, 1))), min_size=1, max_size=12)
)
def test_bounds_and_reasons(lines: list[tuple[float, float | None]]) -> None:
    """Every score lies in -5..5; every None has a reason; no number has one."""
    start, placed = 0.0, []
    for length_s, value in lines:
        placed.append((start, length_s, value))
        start += length_s + 1
    found = score_party("customer", *felt(*placed), SETTINGS)
    why = dict(found.reasons)
    scores = {"sentiment_score": found.sentiment_score, "sentiment_shift": found.sentiment_shift}
    scores |= {f"sentiment_q{k + 1}": value for k, value in enumerate(found.quarters)}
    for name, value in scores.items():
        assert (value is None) == (name in why), name
        limit = 10 if name == "sentiment_shift" else 5
        assert value is None or -limit <= value <= limit
    assert (found.end_state is None) == ("end_state" in why)
    assert (found.most_negative is None) == ("most_negative" in why)


def test_weighted_by_speaking_time() -> None:
    """One long angry turn outweighs two short pleased ones; 5 s are lent at 0."""
    found = score_party("customer", *felt((0, 2, 0.5), (3, 16, -0.5), (20, 2, 0.5)), SETTINGS)
    assert found.sentiment_score == pytest.approx(5 * (-0.5 * 16 + 0.5 * 4) / (20 + 5), abs=1e-3)


def test_little_speech_is_drawn_to_zero() -> None:
    """The same feeling scores closer to 0 in a party who says less."""
    short = score_party("customer", *felt((0, 2, -0.8), (3, 2, -0.8), (6, 2, -0.8)), SETTINGS)
    long = score_party("customer", *felt((0, 20, -0.8), (30, 20, -0.8), (60, 20, -0.8)), SETTINGS)
    assert short.sentiment_score is not None
    assert long.sentiment_score is not None
    assert long.sentiment_score < short.sentiment_score < 0


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (((0.0, 9.0, -1.0), (10.0, 9.0, -1.0)), "only 2 turns have words; 3 are needed"),
        (((0.0, 1.0, -1.0), (2.0, 1.0, -1.0), (4.0, 1.0, -1.0)), "3.0 s of speech with words, 5 s needed"),
        (((0.0, 9.0, None), (10.0, 9.0, None), (20.0, 9.0, None)), "no turn has words; 3 are needed"),
    ],
)
def test_too_little_is_none(lines: tuple[tuple[float, float, float | None], ...], reason: str) -> None:
    """Under 3 turns or 5 s of speech with words there is no score, and never a 0."""
    found = score_party("customer", *felt(*lines), SETTINGS)
    assert found.sentiment_score is None
    assert found.quarters == (None, None, None, None)
    assert reason == dict(found.reasons)["sentiment_score"]
    assert reason == dict(found.reasons)["sentiment_q4"]


def test_quarters_are_of_the_conversation() -> None:
    """A call that begins angry and ends pleased: first quarter negative, last positive, shift up."""
    lines = [(0.0, 8.0, -0.8), (12.0, 6.0, -0.4), (24.0, 6.0, 0.3), (32.0, 8.0, 0.8)]
    found = score_party("customer", *felt(*lines), SETTINGS)
    first, *_, last = found.quarters
    assert first is not None
    assert last is not None
    assert first < -2 < 2 < last
    assert found.sentiment_shift == pytest.approx(last - first, abs=1e-3)
    assert found.end_state == "positive"
    assert (found.most_negative, found.most_positive) == (0, 3)


def test_a_turn_over_a_border_counts_on_both_sides() -> None:
    """One turn through the whole call gives every quarter the same score."""
    found = score_party("customer", *felt((0, 40, -0.8), (1, 1, -0.8), (3, 1, -0.8)), SETTINGS)
    assert None not in found.quarters
    assert found.quarters[1] == found.quarters[2] == found.quarters[3]


def test_silent_quarter_is_none() -> None:
    """A quarter in which the party says nothing has no score and no part in the shift."""
    found = score_party(
        "customer", *felt((0, 4, -0.5), (5, 4, -0.5), (10, 3, -0.5), (39, 0.5, 0.9)), SETTINGS
    )
    assert found.quarters[2] is None
    assert found.quarters[3] is None
    assert found.sentiment_shift is None
    assert found.end_state is None
    assert "under 1 s" in dict(found.reasons)["sentiment_q3"]


def test_no_negative_moment_in_a_pleased_call() -> None:
    """Where nothing negative was said there is no most negative moment."""
    found = score_party("customer", *felt((0, 4, 0.5), (5, 4, 0.1), (10, 3, 0.9)), SETTINGS)
    assert (found.most_negative, found.most_positive) == (None, 2)
    assert dict(found.reasons)["most_negative"] == "no turn of this party is negative"


LEXICON = SentimentSettings(engine="lexicon")
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
    model = load_sentiment(LEXICON)
    voices = tuple(replace(voice if turn.no == 5 else CALM, no=turn.no) for turn in call.speech.turns)
    return replace(call, voices=voices, sentiments=read_sentiment(call.utterances, model, LEXICON))


def test_the_loud_complaint() -> None:
    """'You're not being helpful and your product stinks!' is negative calmly, more so loudly."""
    text = "You're not being helpful and your product stinks!"
    calm = join_feeling(heard(text, CALM), ROLES, LEXICON)
    loud = join_feeling(heard(text, LOUD), ROLES, LEXICON)
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
    loud = join_feeling(heard(text, LOUD), ROLES, LEXICON)
    calm = join_feeling(heard(text, CALM), ROLES, LEXICON)
    assert loud.turns[5].label == "positive"
    assert loud.turns[5].agitation is not None
    assert loud.turns[5].agitation > 0.8
    assert calm.turns[5].sentiment is not None
    assert loud.turns[5].sentiment is not None
    assert loud.turns[5].sentiment >= calm.turns[5].sentiment > 0.25


def test_every_turn_and_party_is_there() -> None:
    """Feeling is parallel to the turns, and each party with a speaker has its own."""
    call = heard("okay", CALM)
    feeling = join_feeling(call, ROLES, LEXICON)
    assert [turn.no for turn in call.speech.turns] == [felt.no for felt in feeling.turns]
    assert [felt.party for felt in feeling.parties] == ["agent", "customer"]


def test_unnamed_speakers_are_unknown() -> None:
    """Without roles all turns belong to the unknown party, once."""
    feeling = join_feeling(heard("okay", CALM), (), LEXICON)
    assert [felt.party for felt in feeling.parties] == ["unknown"]


def test_no_words_at_all() -> None:
    """A call without readable words has no score anywhere, only reasons."""
    call = heard("okay", CALM)
    empty = tuple(TextSentiment(t.no, None, None, None, "no words") for t in call.speech.turns)
    feeling = join_feeling(replace(call, sentiments=empty), ROLES, LEXICON)
    for party in feeling.parties:
        assert party.sentiment_score is None
        assert "no turn has words" in dict(party.reasons)["sentiment_score"]


@pytest.mark.parametrize("headroom", [0.0, 0.25])
def test_same_input_same_feeling(headroom: float) -> None:
    """Feeling is a pure function of what is stored and the settings."""
    settings = replace(LEXICON, headroom=headroom)
    call = heard("this is terrible service", LOUD)
    assert join_feeling(call, ROLES, settings) == join_feeling(call, ROLES, settings)
