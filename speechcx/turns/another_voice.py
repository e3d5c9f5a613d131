"""A third voice in one channel that speaks over the other party: a supervisor who whispers to the agent.

Only its own channel hears it, so that it does not wait for the other party: it speaks while they do. Where enough of
a channel's speech lies wholly inside the other's, the voices of the channel are compared; if those stretches are
plainly another voice than the rest, all that this voice says is nobody's turns, words or interruptions. Somebody who
takes turns with the other party, as after a transfer, is a speaker of the channel, whatever the voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Audio, Span
from speechcx.call.spans import join_spans
from speechcx.turns.settings import TurnSettings
from speechcx.turns.vad import LEVEL_STEP_S
from speechcx.waveform import RECOGNITION_RATE_HZ, ChannelSound

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUILT_IN = "campplus"
"""The diarizer whose voices are compared; with another one, or none, no third voice is looked for."""
GAP_S = 0.4
"""Speech with shorter gaps is one stretch."""
SHORTEST_S = 0.6
"""Shorter stretches say nothing of a voice, and stay with the channel's speaker."""
LONG_S, INSIDE, OUTSIDE = 1.0, 0.8, 0.2
"""A stretch so long of which this share lies inside the other's speech is said over the other; with at most the last
share it is said in turn."""
MIN_OVER, MIN_OVER_S, MIN_OWN_S = 3, 4.0, 8.0
"""Stretches said over the other, their time, and time said in turn, from which on voices are compared."""
OWN_VOICE_S = 30.0
"""So much of a speaker's speech tells the voice; more costs time and says nothing new."""
ROUNDS = 6
MOSTLY = 0.7
"""At least this share of what is said over the other must be the third voice."""
OVER = 0.5
"""At least this share of the third voice must be said over the other: who takes turns is part of the call."""


def find_another_voice(
    audio: Audio, spans: Sequence[tuple[Span, ...]], settings: TurnSettings
) -> tuple[tuple[Span, ...], ...]:
    """Stretches of each of two channels that a third voice says over the other party; empty where there is none.

    Parameters
    ----------
    audio
        Two channels.
    spans
        Their own speech, leakage and background taken out.
    settings
        ``diarizer``: without the built-in one nothing is looked for.
    """
    if settings.diarizer != BUILT_IN:
        return ((), ())
    return tuple(_find_in(audio, channel, spans[channel], spans[1 - channel]) for channel in (0, 1))


def _find_in(audio: Audio, channel: int, own: Sequence[Span], other: Sequence[Span]) -> tuple[Span, ...]:
    stretches = [span for span in join_spans(own, GAP_S) if span.duration_s >= SHORTEST_S]
    length_s = np.array([span.duration_s for span in stretches])
    over_s = np.array([sum(span.overlap_s(each) for each in other) for span in stretches])
    is_over = (over_s >= INSIDE * length_s) & (length_s >= LONG_S)
    in_turn = over_s <= OUTSIDE * length_s
    if (
        is_over.sum() < MIN_OVER
        or length_s[is_over].sum() < MIN_OVER_S
        or length_s[in_turn].sum() < MIN_OWN_S
    ):
        return ()
    vectors = hear_voices(audio, channel, stretches)
    is_third = _part_in_two(vectors, length_s, is_over, in_turn)
    third_s = length_s[is_third].sum()
    is_whisper = (
        length_s[is_third & is_over].sum() >= MOSTLY * length_s[is_over].sum()
        and over_s[is_third].sum() >= OVER * third_s
        and third_s < length_s[~is_third].sum()
        and _are_two(vectors, length_s, is_third)
    )
    found = [span for span, third in zip(stretches, is_third, strict=True) if third]
    return tuple(found) if is_whisper else ()


def compare_with_own(
    audio: Audio, channel: int, own: Sequence[Span], stretches: Sequence[Span]
) -> NDArray[np.float32]:
    """How alike the voice of each stretch is to that of a channel's own speaker: cosines, -1 to 1.

    Parameters
    ----------
    audio, channel
        The channel.
    own
        Stretches that are surely the speaker's; the longest of them are heard.
    stretches
        What is asked about.
    """
    known: list[Span] = []
    for span in sorted(own, key=lambda span: -span.duration_s):
        if known and (span.duration_s < SHORTEST_S or sum(s.duration_s for s in known) >= OWN_VOICE_S):
            break
        known.append(span)
    vectors = hear_voices(audio, channel, [*known, *stretches])
    middle = np.array([span.duration_s for span in known]) @ vectors[: len(known)]
    found: NDArray[np.float32] = vectors[len(known) :] @ (middle / (np.linalg.norm(middle) + 1e-9))
    return found


def hear_voices(audio: Audio, channel: int, stretches: Sequence[Span]) -> NDArray[np.float32]:
    """A speaker vector for each stretch."""
    from speechcx.turns.voices import MODEL
    from speechcx.turns.voices.vectors import hear_blocks, vectors_of
    from speechcx.weights import find_model

    folder = find_model(MODEL)
    sound = ChannelSound(audio, channel, rate_hz=RECOGNITION_RATE_HZ)
    steps = [(round(span.start_s / LEVEL_STEP_S), round(span.end_s / LEVEL_STEP_S)) for span in stretches]
    return vectors_of(hear_blocks(sound, steps, folder), folder)


def _part_in_two(
    vectors: NDArray[np.float32],
    length_s: NDArray[np.float64],
    is_over: NDArray[np.bool_],
    in_turn: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which stretches are nearer to what is said over the other than to what is said in turn."""
    groups = (in_turn, is_over)
    is_third = is_over
    for _ in range(ROUNDS):
        middles = np.stack([(vectors[group] * length_s[group, None]).sum(axis=0) for group in groups])
        middles /= np.linalg.norm(middles, axis=1, keepdims=True) + 1e-9
        before, is_third = is_third, (vectors @ middles.T).argmax(axis=1) == 1
        if (is_third == before).all() or is_third.all() or not is_third.any():
            break
        groups = (~is_third, is_third)
    return np.asarray(is_third)


def _are_two(
    vectors: NDArray[np.float32], length_s: NDArray[np.float64], is_third: NDArray[np.bool_]
) -> bool:
    """Whether both groups are plainly two voices, by the bars of the diarizer."""
    from speechcx.turns.voices.fit import Fit, VoiceEvidence, compare

    shares = np.stack([~is_third, is_third], axis=1).astype(np.float64)
    evidence = VoiceEvidence(vectors, length_s, np.zeros(len(length_s) - 1))
    return compare(Fit(shares, np.zeros((2, vectors.shape[1])), 0.0), evidence, 0, 1).are_two
