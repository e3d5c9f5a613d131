"""From stretches of speech to turns, by the definition.

A turn is one speaker's continuous speech. Silence under ``turn_gap_s`` inside it does not end it,
unless another speaker speaks in that silence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from speechcx.call import Span, Turn

SHARED_S = 0.05
"""Speech of another that reaches less than this into a silence is an edge, not a reply."""
SHORTEST_PAUSE_S = 0.3
"""A shorter silence inside one party's speech is no pause, by the definitions."""


@dataclass(frozen=True, slots=True)
class UncutSpeech:
    """One speaker's speech before it is cut into turns.

    Parameters
    ----------
    speaker
        ``ch0``, ``s0``, ...
    channel
        The channel it was heard in.
    speech
        Stretches of speech, sorted and apart.
    confidence
        How sure the speaker is, 0 to 1.
    """

    speaker: str
    channel: int
    speech: tuple[Span, ...]
    confidence: float = 1.0


def assemble_turns(voices: Sequence[UncutSpeech], *, turn_gap_s: float) -> tuple[Turn, ...]:
    """Turns of all speakers, by start time and numbered from 0.

    Parameters
    ----------
    voices
        One for each speaker, or several for a speaker heard with different confidence.
    turn_gap_s
        Silence this long ends a turn in any case.
    """
    found: list[tuple[UncutSpeech, list[Span]]] = []
    for voice in voices:
        found.extend((voice, group) for group in _group(voice.speech, _others(voice, voices), turn_gap_s))
    found.sort(key=lambda pair: (pair[1][0].start_s, pair[1][-1].end_s, pair[0].speaker))
    return tuple(
        Turn(
            no,
            voice.speaker,
            voice.channel,
            Span(group[0].start_s, group[-1].end_s),
            tuple(group),
            voice.confidence,
        )
        for no, (voice, group) in enumerate(found)
    )


def close_stops(voices: Sequence[UncutSpeech]) -> tuple[UncutSpeech, ...]:
    """The same voices without silences too short to be pauses, but where another speaks in them.

    On one channel the noise of both lines hides the soft end of a word, and stops of the mouth look like
    gaps.
    """
    return tuple(
        replace(voice, speech=tuple(Span(group[0].start_s, group[-1].end_s) for group in groups))
        for voice in voices
        for groups in (_group(voice.speech, _others(voice, voices), SHORTEST_PAUSE_S),)
    )


def _others(voice: UncutSpeech, voices: Sequence[UncutSpeech]) -> list[Span]:
    return sorted(span for other in voices if other.speaker != voice.speaker for span in other.speech)


def _group(speech: Sequence[Span], others: list[Span], turn_gap_s: float) -> list[list[Span]]:
    starts = [span.start_s for span in others]
    longest_s = max((span.duration_s for span in others), default=0.0)
    groups: list[list[Span]] = []
    for span in speech:
        if groups and not _ends_turn(groups[-1][-1].end_s, span.start_s, turn_gap_s):
            gap = Span(groups[-1][-1].end_s, span.start_s)
            first = bisect_right(starts, gap.start_s - longest_s) - 1
            near = others[max(0, first) : bisect_right(starts, gap.end_s)]
            if not any(other.overlap_s(gap) >= SHARED_S for other in near):
                groups[-1].append(span)
                continue
        groups.append([span])
    return groups


def _ends_turn(end_s: float, start_s: float, turn_gap_s: float) -> bool:
    return start_s - end_s >= turn_gap_s
