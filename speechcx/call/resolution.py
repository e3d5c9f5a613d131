"""The resolution of what was heard: no more digits than a measure means, so that rows stay small.

Turns to a millisecond, words to 0.01 s and 0.01 of confidence, levels to 0.01 dB, shares to 0.001,
sentiment to 0.0001: finer than any of them can be measured. Done once, at the end
of ``listen``, so that a call is judged from the same numbers fresh and from the store.
"""

from __future__ import annotations

from dataclasses import replace

from speechcx.call.conversation import Conversation, TextSentiment, Turn, TurnVoice, Utterance, Word
from speechcx.call.recording import Span

TIME_DIGITS = 3
WORD_DIGITS = 2
"""Decimals of a word's times and confidence: recognisers tell times in steps of 0.02 s."""
CONFIDENCE_DIGITS = 3
SENTIMENT_DIGITS = 4
VOICE_DIGITS = {
    "level_dbov": 2,
    "level_rel_db": 2,
    "pitch_hz": 2,
    "pitch_rel_st": 2,
    "pitch_range_st": 2,
    "pitch_slope_st_s": 2,
    "voiced_share": 3,
    "pace_wpm": 2,
    "articulation_wpm": 2,
    "pause_share": 3,
}
"""Decimals kept of each measure of a turn's voice."""


def to_resolution(heard: Conversation) -> Conversation:
    """The same conversation with every number of its turns and words rounded to its resolution.

    Rounding keeps order, so whatever lay inside a turn still does. What is None stays None.
    """
    speech = heard.speech
    return replace(
        heard,
        speech=replace(
            speech,
            turns=tuple(_turn(turn) for turn in speech.turns),
            hold=tuple(_span(span) for span in speech.hold),
            ivr=tuple(_span(span) for span in speech.ivr),
        ),
        utterances=tuple(_utterance(said) for said in heard.utterances),
        voices=tuple(_voice(voice) for voice in heard.voices),
        sentiments=tuple(_sentiment(read) for read in heard.sentiments),
    )


def _round(value: float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)


def _span(span: Span) -> Span:
    return Span(round(float(span.start_s), TIME_DIGITS), round(float(span.end_s), TIME_DIGITS))


def _turn(turn: Turn) -> Turn:
    speech = tuple(_span(span) for span in turn.speech)
    sure = round(float(turn.confidence), CONFIDENCE_DIGITS)
    return replace(turn, span=_span(turn.span), speech=speech, confidence=sure)


def _utterance(said: Utterance) -> Utterance:
    words = tuple(
        Word(
            word.text,
            round(float(word.start_s), WORD_DIGITS),
            round(float(word.end_s), WORD_DIGITS),
            round(float(word.confidence), WORD_DIGITS),
        )
        for word in said.words
    )
    return replace(said, words=words, confidence=_round(said.confidence, CONFIDENCE_DIGITS))


def _voice(voice: TurnVoice) -> TurnVoice:
    return replace(voice, **{name: _round(getattr(voice, name), n) for name, n in VOICE_DIGITS.items()})  # type: ignore[arg-type]


def _sentiment(read: TextSentiment) -> TextSentiment:
    return replace(
        read, value=_round(read.value, SENTIMENT_DIGITS), confidence=_round(read.confidence, SENTIMENT_DIGITS)
    )
