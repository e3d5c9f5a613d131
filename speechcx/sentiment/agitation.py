"""How agitated a voice is in one turn, 0 to 1, against the same speaker's usual in this call.

A logistic function over z-scores: each measure's distance from the speaker's own median in the
call, over a spread that is usual *within* one speaker. It rises, or stays, with level, pitch, pitch
range and pace, and falls with pauses; it never sees raw pitch or level. Raised loudness, pitch,
pitch range and rate are what studies of hot anger and of elation agree on (Banse and Scherer 1996;
Juslin and Laukka 2003), so it says *how strongly*, never *which feeling*.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speechcx.call import SpeakerVoice, Turn, TurnVoice

# One place for all constants. Spreads are working values for how far the turns of one calm speaker
# lie apart: chosen so that a raised voice (+6 dB, +3 semitones) stands two spreads out and ordinary
# turns stay within one. They are not fitted to labelled calls, since there are none.
LEVEL_SPREAD_DB = 3.0
PITCH_SPREAD_ST = 1.5
RANGE_SPREAD_ST = 2.0
PACE_SPREAD_LOG = 0.25
PAUSE_SPREAD_SHARE = 0.10
# Weights follow how steadily each measure marks high arousal in those studies: level and pitch most.
# Chosen by hand as well.
LEVEL_WEIGHT = 0.9
PITCH_WEIGHT = 0.7
RANGE_WEIGHT = 0.3
PACE_WEIGHT = 0.3
PAUSE_WEIGHT = 0.15
BIAS = -2.0
"""A turn like the speaker's median gets 1 / (1 + e^2) = 0.12."""
Z_LIMIT = 3.5
"""One wild measurement (a pitch doubled by the tracker) cannot speak for the whole turn."""

MIN_SPEECH_S = 0.6
"""Under this, level and pitch of a turn are those of one or two syllables."""
MIN_BASELINE_TURNS = 3
"""Under this, a speaker has no usual to stand above."""
POOR_AUDIO = frozenset({"noisy", "low_level"})
"""Quality flags of a speaker under which level and pitch are not trusted."""


@dataclass(frozen=True, slots=True)
class Agitation:
    """Agitation of one turn, 0 to 1, or None and why."""

    value: float | None
    why_missing: str | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """A speaker's usual in one call: medians over its turns; None where not measurable."""

    turns: int
    pitch_range_st: float | None
    pace_wpm: float | None
    pause_share: float | None


def resting_agitation() -> float:
    """Agitation of a turn that is in everything like the speaker's median."""
    return _logistic(BIAS)


def measure_agitation(
    turns: Sequence[Turn],
    voices: Sequence[TurnVoice],
    speakers: Sequence[SpeakerVoice],
    forbidden: Mapping[str, str] | None = None,
) -> tuple[Agitation, ...]:
    """Return the agitation of every turn, parallel to `turns`.

    Parameters
    ----------
    turns, voices
        Parallel, as in a Conversation.
    speakers
        For their quality flags.
    forbidden
        Speakers of whom nothing may be inferred, and why: nothing is computed of theirs.
    """
    forbidden = forbidden or {}
    flags = {speaker.speaker: frozenset(speaker.flags) & POOR_AUDIO for speaker in speakers}
    baselines = {
        name: find_baseline([v for t, v in zip(turns, voices, strict=True) if _counts(t, v, name)])
        for name in {turn.speaker for turn in turns} - {*forbidden}
    }
    found = []
    for turn, voice in zip(turns, voices, strict=True):
        if turn.speaker in forbidden:
            found.append(Agitation(None, forbidden[turn.speaker]))
            continue
        baseline = baselines[turn.speaker]
        reason = _why_not(turn, voice, baseline, flags.get(turn.speaker, frozenset()))
        if reason is not None:
            found.append(Agitation(None, reason))
        else:
            found.append(Agitation(round(rate_voice(voice, baseline), 4)))
    return tuple(found)


def find_baseline(voices: Sequence[TurnVoice]) -> Baseline:
    """Medians over the measured turns of one speaker."""
    return Baseline(
        len(voices),
        _median([voice.pitch_range_st for voice in voices]),
        _median([voice.pace_wpm for voice in voices]),
        _median([voice.pause_share for voice in voices]),
    )


def rate_voice(voice: TurnVoice, baseline: Baseline) -> float:
    """Agitation of one turn; a measure that is missing counts as usual."""
    total = BIAS + LEVEL_WEIGHT * _z(voice.level_rel_db, 0.0, LEVEL_SPREAD_DB)
    total += PITCH_WEIGHT * _z(voice.pitch_rel_st, 0.0, PITCH_SPREAD_ST)
    total += RANGE_WEIGHT * _z(voice.pitch_range_st, baseline.pitch_range_st, RANGE_SPREAD_ST)
    total -= PAUSE_WEIGHT * _z(voice.pause_share, baseline.pause_share, PAUSE_SPREAD_SHARE)
    if voice.pace_wpm and baseline.pace_wpm:
        total += PACE_WEIGHT * _z(math.log(voice.pace_wpm / baseline.pace_wpm), 0.0, PACE_SPREAD_LOG)
    return _logistic(total)


def _counts(turn: Turn, voice: TurnVoice, speaker: str) -> bool:
    return turn.speaker == speaker and voice.level_rel_db is not None and speech_s(turn) >= MIN_SPEECH_S


def _why_not(turn: Turn, voice: TurnVoice, baseline: Baseline, poor: frozenset[str]) -> str | None:
    if poor:
        return f"audio too poor: {', '.join(sorted(poor))}"
    if speech_s(turn) < MIN_SPEECH_S:
        return f"turn too short: {speech_s(turn):.2f} s of speech, {MIN_SPEECH_S} s needed"
    if voice.level_rel_db is None:
        return voice.why_missing or "the level of this turn could not be measured"
    if baseline.turns < MIN_BASELINE_TURNS:
        return f"no baseline: {baseline.turns} measured turns of this speaker, {MIN_BASELINE_TURNS} needed"
    return None


def speech_s(turn: Turn) -> float:
    """Seconds of speech in a turn, its pauses left out."""
    return sum(span.end_s - span.start_s for span in turn.speech)


def _z(value: float | None, usual: float | None, spread: float) -> float:
    if value is None or usual is None:
        return 0.0
    return max(-Z_LIMIT, min(Z_LIMIT, (value - usual) / spread))


def _median(values: Sequence[float | None]) -> float | None:
    # It loads decimal and random, which planning a run does not need.
    from statistics import median

    known = [value for value in values if value is not None]
    return median(known) if known else None


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
