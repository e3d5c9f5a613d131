"""Words and voice of one turn together.

``sentiment = text * (1 - headroom * |text| * (1 - excess))``, where ``excess`` is 0 for a voice at
or under its usual agitation (or unknown) and 1 for the most agitated. So the voice only says how
strongly the words are meant: it never changes their sign, has nothing to add to neutral words, and
a calm turn counts a little less than the same words shouted.
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
    calm = _together(read.value, 0.0, settings)
    value = _together(read.value, find_excess(voice.value), settings)
    label = "mixed" if read.label == "mixed" else name_label(value, settings)
    part = None if voice.value is None else round(value - calm, 4)
    return TurnFeeling(read.no, voice.value, round(value, 4), label, part, voice.why_missing)


def find_excess(agitation: float | None) -> float:
    """How far agitation stands above its resting value, 0 to 1; 0 where it is unknown."""
    if agitation is None:
        return 0.0
    rest = resting_agitation()
    return max(0.0, (agitation - rest) / (1 - rest))


def name_label(value: float, settings: SentimentSettings) -> SentimentLabel:
    """Name a sentiment of -1 to 1 by the thresholds of the settings."""
    if value <= settings.negative_at:
        return "negative"
    return "positive" if value >= settings.positive_at else "neutral"


def _together(text: float, excess: float, settings: SentimentSettings) -> float:
    return text * (1 - settings.headroom * abs(text) * (1 - excess))
