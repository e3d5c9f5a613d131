"""The order of the work: hear segments, cut stretches, measure vectors, fit voices, give out speech."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Audio, Span
from speechcx.turns.assemble import Voice
from speechcx.turns.settings import TurnSettings
from speechcx.turns.spans import join_spans
from speechcx.turns.vad import LEVEL_STEP_S
from speechcx.turns.voices.fit import Evidence, Fit, fit_voices, same_odds
from speechcx.turns.voices.segments import Segments, hear_segments
from speechcx.turns.voices.stretches import Stretch, cut_speech, find_pairs
from speechcx.turns.voices.vectors import measure_vectors
from speechcx.waveform import RECOGNITION_RATE_HZ, read_channel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Campplus:
    """Voices by CAM++ vectors and pyannote's segmentation 3.0."""

    name = "campplus"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def split_voices(
        self, audio: Audio, channel: int, speech: tuple[Span, ...], settings: TurnSettings
    ) -> tuple[Voice, ...]:
        """Give each part of `speech` to a voice; see :class:`speechcx.turns.Diarizer`."""
        if settings.speakers < 2 or not speech:
            return ()
        sound = read_channel(audio, channel, rate_hz=RECOGNITION_RATE_HZ)
        segments = hear_segments(sound, speech, self._folder)
        stretches = cut_speech(speech, segments)
        if len(stretches) < 2:
            return ()
        vectors = measure_vectors(sound, stretches, self._folder)
        evidence = gather_evidence(stretches, vectors, segments)
        fit = fit_voices(evidence, settings.speakers)
        return give_out(channel, stretches, fit, segments)


def gather_evidence(
    stretches: Sequence[Stretch], vectors: NDArray[np.float32], segments: Segments
) -> Evidence:
    """What the two networks say of the stretches."""
    same = [
        same_odds(segments.same_voice(before, after), (after[0] - before[1]) * LEVEL_STEP_S)
        for before, after in pairwise(stretches)
    ]
    length_s = np.array([(last - first) * LEVEL_STEP_S for first, last in stretches])
    return Evidence(vectors, length_s, np.array(same))


def give_out(channel: int, stretches: Sequence[Stretch], fit: Fit, segments: Segments) -> tuple[Voice, ...]:
    """Voices in order of first speech, each with its stretches and what it says over another."""
    owner = fit.shares.argmax(1)
    order = list(dict.fromkeys(owner.tolist()))
    own: dict[int, list[Span]] = {voice: [] for voice in order}
    sure: dict[int, list[tuple[float, float]]] = {voice: [] for voice in order}
    liking = _liking(stretches, fit, segments)
    for stretch, voice, shares in zip(stretches, owner.tolist(), fit.shares, strict=True):
        own[voice].append(_span(stretch))
        sure[voice].append((float(shares[voice]), float(stretch[1] - stretch[0])))
        for pair, window in find_pairs(stretch, segments):
            other = _second(pair, window, voice, segments, liking)
            if other in own:
                own[other].append(_span(pair))
    return tuple(
        Voice(f"s{no}", channel, join_spans(own[voice]), _mean(sure[voice])) for no, voice in enumerate(order)
    )


def _liking(stretches: Sequence[Stretch], fit: Fit, segments: Segments) -> NDArray[np.float64]:
    """How much each window's local voices go with each voice of the call, ``(windows, 3, voices)``."""
    found = np.zeros((len(segments.voices), segments.voices.shape[2], fit.shares.shape[1]))
    for stretch, shares in zip(stretches, fit.shares, strict=True):
        for window, first, last in segments.parts(*stretch):
            said = segments.voices[window, segments.frames(window, first, last)].sum(0)
            found[window] += said[:, None] * shares
    return found


def _second(pair: Stretch, window: int, voice: int, segments: Segments, liking: NDArray[np.float64]) -> int:
    """The voice that speaks over `voice`."""
    said = segments.voices[window, segments.frames(window, *pair)].mean(0)
    likely = said @ liking[window]
    likely[voice] = -1.0
    return int(likely.argmax())


def _span(stretch: Stretch) -> Span:
    return Span(round(stretch[0] * LEVEL_STEP_S, 3), round(stretch[1] * LEVEL_STEP_S, 3))


def _mean(values: Sequence[tuple[float, float]]) -> float:
    shares, weights = zip(*values, strict=True)
    return round(float(np.average(shares, weights=weights)), 3)
