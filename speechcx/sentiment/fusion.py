"""Words and voice of one turn together.

``sentiment = text * (1 - headroom * |text| * (1 - agitation))``, an unknown agitation read as that of a
turn in the speaker's usual voice. So the voice only says how strongly the words are meant: it never
changes their sign, has nothing to add to neutral words, and of two turns with the same words the more
agitated one counts more, also where both are softer than usual.
"""

from __future__ import annotations

from speechcx.call import SentimentLabel, TextSentiment, TurnFeeling
from speechcx.sentiment.agitation import Agitation, resting_agitation
from speechcx.sentiment.settings import SentimentSettings


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
