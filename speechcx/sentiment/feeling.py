"""What was felt: words and voice of one turn together, and each party's score over the call and its quarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from speechcx.call import (
    Conversation,
    Feeling,
    Party,
    PartyFeeling,
    Role,
    SentimentLabel,
    Span,
    TextSentiment,
    Turn,
    TurnFeeling,
)
from speechcx.sentiment.agitation import Agitation, measure_agitation, resting_agitation, speech_s
from speechcx.sentiment.settings import PolicySettings, SentimentSettings


def join_turn(read: TextSentiment, voice: Agitation, settings: SentimentSettings) -> TurnFeeling:
    """Return the feeling of one turn; without words it is None with the reason."""
    if read.value is None:
        reason = read.why_missing or "no words"
        return TurnFeeling(read.no, voice.value, None, None, None, voice.why_missing, reason)
    usual = _together(read.value, resting_agitation(), settings)
    value = usual if voice.value is None else _together(read.value, voice.value, settings)
    label = "mixed" if read.label == "mixed" else name_label(value, settings)
    part = None if voice.value is None else round(value - usual, 4)
    return TurnFeeling(read.no, voice.value, round(value, 4), label, part, voice.why_missing)


def name_label(value: float, settings: SentimentSettings) -> SentimentLabel:
    """Name a sentiment of -1 to 1 by the thresholds of the settings."""
    if value <= settings.negative_at:
        return "negative"
    return "positive" if value >= settings.positive_at else "neutral"


def _together(text: float, agitation: float, settings: SentimentSettings) -> float:
    return text * (1 - settings.headroom * abs(text) * (1 - agitation))


SCALE = 5.0
"""Scores run from -5 to 5, as those of Amazon Transcribe Call Analytics do."""
MIN_QUARTER_S = 1.0
"""Speech a party needs inside a quarter for a score there."""

_Felt = tuple[Turn, TurnFeeling, float]
_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class _Scores:
    call: float | None
    quarters: tuple[float | None, float | None, float | None, float | None]
    why: tuple[tuple[str, str], ...]


def score_party(
    party: Party,
    felt: Sequence[tuple[Turn, TurnFeeling]],
    span: Span | None,
    settings: SentimentSettings,
) -> PartyFeeling:
    """Return a party's feeling over the call.

    Parameters
    ----------
    party
        Whose turns these are.
    felt
        Its turns with their feeling, in order of time.
    span
        The conversation, first speech to last; quarters are quarters of it.
    settings
        Thresholds, and how much speech is enough.
    """
    known: list[_Felt] = [
        (turn, feeling, feeling.sentiment) for turn, feeling in felt if feeling.sentiment is not None
    ]
    scores = _score(known, span, settings)
    reasons = list(scores.why)
    first, last = scores.quarters[0], scores.quarters[-1]
    shift = None
    if first is not None and last is not None:
        shift = round(last - first, 3)
    else:
        reasons.append(("sentiment_shift", "no score in the first or the last quarter"))
    if last is None:
        reasons.append(("end_state", "no score in the last quarter"))
    lowest, highest = find_extremes(known, settings)
    for name, no in (("most_negative", lowest), ("most_positive", highest)):
        if no is None:
            reasons.append((name, f"no turn of this party is {name.removeprefix('most_')}"))
    return PartyFeeling(
        party=party,
        sentiment_score=scores.call,
        quarters=scores.quarters,
        sentiment_shift=shift,
        end_state=None if last is None else name_label(last / SCALE, settings),
        most_negative=lowest,
        most_positive=highest,
        reasons=tuple(reasons),
    )


def find_extremes(known: Sequence[_Felt], settings: SentimentSettings) -> tuple[int | None, int | None]:
    """Numbers of the most negative and the most positive turn; None where none is that."""
    low = min(known, key=lambda felt: felt[2], default=None)
    high = max(known, key=lambda felt: felt[2], default=None)
    return (
        low[0].no if low is not None and low[2] <= settings.negative_at else None,
        high[0].no if high is not None and high[2] >= settings.positive_at else None,
    )


def _score(known: Sequence[_Felt], span: Span | None, settings: SentimentSettings) -> _Scores:
    spoken = sum(speech_s(turn) for turn, _, _ in known)
    names = ("sentiment_score", "sentiment_q1", "sentiment_q2", "sentiment_q3", "sentiment_q4")
    reason = ""
    if len(known) < settings.min_turns:
        reason = _few_turns(len(known), settings.min_turns)
    elif spoken < settings.min_speech_s:
        reason = f"{spoken:.1f} s of speech with words, {settings.min_speech_s:g} s needed"
    if reason or span is None:
        why = reason or "the call has no speech"
        return _Scores(None, (None, None, None, None), tuple((name, why) for name in names))
    call = _weighted([(speech_s(turn), value) for turn, _, value in known], settings.shrink_s)
    found = [_quarter(known, span, k, settings) for k in range(_QUARTERS)]
    missing = tuple(
        (names[k + 1], f"under {MIN_QUARTER_S:g} s of this party's speech in this quarter")
        for k in range(_QUARTERS)
        if found[k] is None
    )
    return _Scores(call, (found[0], found[1], found[2], found[3]), missing)


def _quarter(known: Sequence[_Felt], span: Span, k: int, settings: SentimentSettings) -> float | None:
    """Score of one quarter; a turn over a border counts on each side with its speech there."""
    length_s = (span.end_s - span.start_s) / _QUARTERS
    start_s = span.start_s + k * length_s
    parts = [(_speech_inside_s(turn, start_s, start_s + length_s), value) for turn, _, value in known]
    if sum(weight for weight, _ in parts) < MIN_QUARTER_S:
        return None
    return _weighted(parts, settings.shrink_s / _QUARTERS)


def _speech_inside_s(turn: Turn, start_s: float, end_s: float) -> float:
    return sum(max(0.0, min(span.end_s, end_s) - max(span.start_s, start_s)) for span in turn.speech)


def _weighted(parts: Sequence[tuple[float, float]], lent_s: float) -> float:
    total = sum(weight for weight, _ in parts) + lent_s
    return round(SCALE * sum(weight * value for weight, value in parts) / total, 3)


def leave_out_words(
    conversation: Conversation, roles: Sequence[Role], policy: PolicySettings
) -> Conversation:
    """The conversation without the sentiment of words that the policy does not allow; why, stands in its place."""
    party_of: dict[str, Party] = {role.speaker: role.party for role in roles}
    forbidden = {
        turn.no: why
        for turn in conversation.speech.turns
        if (why := policy.why_no_words(party_of.get(turn.speaker, "unknown"))) is not None
    }
    if not forbidden:
        return conversation
    kept = tuple(
        TextSentiment(read.no, None, None, None, forbidden[read.no]) if read.no in forbidden else read
        for read in conversation.sentiments
    )
    return replace(conversation, sentiments=kept)


def join_feeling(
    conversation: Conversation,
    roles: Sequence[Role],
    settings: SentimentSettings,
    policy: PolicySettings | None = None,
) -> Feeling:
    """Join words and voice of every turn, and score every party that has a speaker in the call.

    Parameters
    ----------
    conversation
        As heard, fresh or from the store; no audio is touched.
    roles
        Which party each speaker is; a speaker without a role is ``unknown``.
    settings
        Thresholds and weights of the sentiment room.
    policy
        What may be inferred; None for its defaults.
    """
    turns, policy = conversation.speech.turns, policy or PolicySettings()
    party_of: dict[str, Party] = {role.speaker: role.party for role in roles}
    speakers = conversation.speech.speakers
    forbidden = {
        speaker: why
        for speaker in speakers
        if (why := policy.why_no_voice(party_of.get(speaker, "unknown"))) is not None
    }
    voices = measure_agitation(turns, conversation.voices, conversation.speaker_voices, forbidden)
    read_words = leave_out_words(conversation, roles, policy).sentiments
    felt = tuple(join_turn(read, voice, settings) for read, voice in zip(read_words, voices, strict=True))
    span = Span(turns[0].span.start_s, max(turn.span.end_s for turn in turns)) if turns else None
    parties = []
    for party in dict.fromkeys(party_of.get(speaker, "unknown") for speaker in speakers):
        mine = [
            pair
            for pair in zip(turns, felt, strict=True)
            if party_of.get(pair[0].speaker, "unknown") == party
        ]
        parties.append(score_party(party, mine, span, settings))
    return Feeling(felt, tuple(parties))


def _few_turns(known: int, needed: int) -> str:
    if not known:
        return f"no turn has words; {needed} are needed"
    return f"only {known} turn{'s have' if known > 1 else ' has'} words; {needed} are needed"
