"""Made calls in which one turn is spoken calmly, then raised: does feeling follow?

Turns vary around the speaker's usual as in a calm call (seeded); the raised one is +6 or +10 dB,
+2 or +4 semitones, as fast or a quarter faster. Everything goes through the room's own door.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from speechcx.call import Span, SpeakerVoice, TextSentiment, Turn, TurnVoice
from speechcx.sentiment import SentimentSettings, join_turn, measure_agitation
from speechcx.sentiment.agitation import Agitation

RAISES = tuple(itertools.product((6.0, 10.0), (0.0, 2.0, 4.0), (1.0, 1.25)))
CALLS = 50


@dataclass(frozen=True)
class Pairs:
    """Shares of pairs in which feeling followed."""

    n: int
    agitated: float
    more_negative: float
    kept_positive: float


def count_pairs(seed: int = 7) -> Pairs:
    """Count over ``CALLS`` made calls and all raises."""
    rng = random.Random(seed)
    settings = SentimentSettings()
    followed = []
    for _ in range(CALLS):
        turns, voices = make_call(rng)
        value = rng.uniform(0.3, 0.98)
        for raise_db, raise_st, pace in RAISES:
            raised = [*voices[:-1], lift(voices[-1], raise_db, raise_st, pace)]
            speaker = [SpeakerVoice("ch1")]
            calm = measure_agitation(turns, voices, speaker)[-1]
            loud = measure_agitation(turns, raised, speaker)[-1]
            followed.append(find_followed(calm, loud, value, settings))
    return share_followed(followed)


def find_followed(
    calm: Agitation, loud: Agitation, strength: float, settings: SentimentSettings
) -> tuple[bool, bool, bool]:
    """Whether a raised turn is more agitated, its negative words more negative, its positive ones not negative.

    ``strength`` is the value of the words, 0 to 1; where agitation is unknown, nothing followed.
    """
    if calm.value is None or loud.value is None:
        return False, False, False
    bad = TextSentiment(0, -strength, "negative", 0.9)
    good = TextSentiment(0, strength, "positive", 0.9)
    before, after = join_turn(bad, calm, settings).sentiment, join_turn(bad, loud, settings).sentiment
    shouted = join_turn(good, loud, settings).sentiment
    return (
        loud.value > calm.value,
        before is not None and after is not None and after < before,
        shouted is not None and shouted > 0,
    )


def share_followed(followed: Sequence[tuple[bool, bool, bool]]) -> Pairs:
    """The shares over all pairs."""
    n = len(followed)
    agitated, negative, positive = (sum(pair[k] for pair in followed) / max(1, n) for k in range(3))
    return Pairs(n, agitated, negative, positive)


def make_call(rng: random.Random) -> tuple[list[Turn], list[TurnVoice]]:
    """Eight turns of a calm speaker; levels and pitches are about the speaker's median."""
    turns, voices = [], []
    for no in range(8):
        span = Span(no * 6.0, no * 6.0 + rng.uniform(1.0, 5.0))
        turns.append(Turn(no, "ch1", 1, span, (span,)))
        voices.append(
            TurnVoice(
                no,
                level_rel_db=rng.gauss(0, 2),
                pitch_rel_st=rng.gauss(0, 1),
                pitch_range_st=max(0.5, rng.gauss(5, 1.5)),
                pace_wpm=max(60.0, rng.gauss(160, 30)),
                pause_share=min(0.6, max(0.0, rng.gauss(0.1, 0.05))),
            )
        )
    return turns, voices


def lift(voice: TurnVoice, level_db: float, pitch_st: float, pace: float) -> TurnVoice:
    """The same turn, raised."""
    assert voice.level_rel_db is not None
    assert voice.pitch_rel_st is not None
    assert voice.pace_wpm is not None
    return TurnVoice(
        voice.no,
        level_rel_db=voice.level_rel_db + level_db,
        pitch_rel_st=voice.pitch_rel_st + pitch_st,
        pitch_range_st=voice.pitch_range_st,
        pace_wpm=voice.pace_wpm * pace,
        pause_share=voice.pause_share,
    )
