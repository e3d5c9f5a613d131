"""The order of the work: hear segments, cut stretches, measure vectors, fit voices, give out speech."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Audio, Span
from speechcx.call.spans import join_spans
from speechcx.turns.assemble import UncutSpeech
from speechcx.turns.settings import TurnSettings
from speechcx.turns.vad import LEVEL_STEP_S
from speechcx.turns.voices.fit import Fit, VoiceEvidence, compare, find_voices, fit_voices, same_odds
from speechcx.turns.voices.recut import cut_softly, recut
from speechcx.turns.voices.segments import Segments, hear_segments
from speechcx.turns.voices.stretches import StepRange, cut_speech, find_pairs
from speechcx.turns.voices.vectors import Blocks, hear_blocks, vectors_of
from speechcx.waveform import RECOGNITION_RATE_HZ, ChannelSound

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOUBTFUL = 0.9
"""Speech between two changes of voice that is less sure than this is given out apart."""


class Campplus:
    """Voices by CAM++ vectors and pyannote's segmentation 3.0."""

    name = "campplus"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def split_voices(
        self, audio: Audio, channel: int, speech: tuple[Span, ...], settings: TurnSettings
    ) -> tuple[UncutSpeech, ...]:
        """Give each part of `speech` to a voice; see :class:`speechcx.turns.Diarizer`."""
        if settings.speakers < 2 or not speech:
            return ()
        sound = ChannelSound(audio, channel, rate_hz=RECOGNITION_RATE_HZ)
        segments = hear_segments(sound, speech, self._folder)
        stretches = cut_speech(speech, segments)
        blocks = hear_blocks(sound, stretches, self._folder)
        evidence = self._gather(stretches, blocks, segments)
        fit = find_voices(evidence, settings.speakers)
        if fit is None:
            return ()
        stretches, blocks, cut_off = recut(stretches, blocks, fit, self._folder)
        if any(cut_off):
            evidence = self._gather(stretches, blocks, segments, cut_off)
            fit = fit_voices(evidence, fit.shares.shape[1])
            stretches = cut_softly(stretches, cut_off, sound)
        return give_out(channel, stretches, fit, evidence, segments)

    def _gather(
        self,
        stretches: Sequence[StepRange],
        blocks: Sequence[Blocks],
        segments: Segments,
        cut_off: Sequence[bool] = (),
    ) -> VoiceEvidence:
        """What the two networks say of the stretches."""
        same = [
            same_odds(segments.same_voice(before, after), (after[0] - before[1]) * LEVEL_STEP_S)
            for before, after in pairwise(stretches)
        ]
        for no, cut in enumerate(cut_off[1:]):
            same[no] = 0.0 if cut else same[no]
        length_s = np.array([(last - first) * LEVEL_STEP_S for first, last in stretches])
        return VoiceEvidence(vectors_of(blocks, self._folder), length_s, np.array(same))


def give_out(
    channel: int, stretches: Sequence[StepRange], fit: Fit, evidence: VoiceEvidence, segments: Segments
) -> tuple[UncutSpeech, ...]:
    """Voices in order of first speech, with what each says over another; doubtful speech apart."""
    owner = fit.shares.argmax(1).tolist()
    order = list(dict.fromkeys(owner))
    liking = _liking(stretches, fit, segments)
    spans: dict[tuple[int, bool], list[Span]] = {}
    shares: dict[tuple[int, bool], list[tuple[float, float]]] = {}
    for voice, group in groupby(range(len(stretches)), key=owner.__getitem__):
        run = list(group)
        weights = [float(evidence.length_s[no]) for no in run]
        sure = float(np.average([fit.shares[no, voice] for no in run], weights=weights))
        key = (voice, sure < DOUBTFUL)
        spans.setdefault(key, []).extend(_span(stretches[no]) for no in run)
        shares.setdefault(key, []).append((sure, sum(weights)))
    for stretch, voice in zip(stretches, owner, strict=True):
        for pair, window in find_pairs(stretch, segments):
            other = _second(pair, window, voice, segments, liking)
            key = (other, False) if (other, False) in spans else (other, True)
            if key in spans:
                spans[key].append(_span(pair))
    return tuple(
        UncutSpeech(f"s{no}", channel, join_spans(spans[key]), _confidence(shares[key], voice, fit, evidence))
        for no, voice in enumerate(order)
        for key in ((voice, False), (voice, True))
        if key in spans
    )


def _confidence(
    shares: Sequence[tuple[float, float]], voice: int, fit: Fit, evidence: VoiceEvidence
) -> float:
    """Mean probability of some speech of a voice, times how sure it is that the nearest other is another."""
    values, weights = zip(*shares, strict=True)
    others = [other for other in range(fit.shares.shape[1]) if other != voice]
    apart = min(compare(fit, evidence, voice, other).sureness for other in others)
    return round(float(np.average(values, weights=weights)) * apart, 3)


def _liking(stretches: Sequence[StepRange], fit: Fit, segments: Segments) -> NDArray[np.float64]:
    """How much each window's local voices go with each voice of the call, ``(windows, 3, voices)``."""
    found = np.zeros((len(segments.voices), segments.voices.shape[2], fit.shares.shape[1]))
    for stretch, shares in zip(stretches, fit.shares, strict=True):
        for window, first, last in segments.parts(*stretch):
            said = segments.voices[window, segments.frames(window, first, last)].sum(0)
            found[window] += said[:, None] * shares
    return found


def _second(pair: StepRange, window: int, voice: int, segments: Segments, liking: NDArray[np.float64]) -> int:
    """The voice that speaks over `voice`."""
    said = segments.voices[window, segments.frames(window, *pair)].mean(0)
    likely = said @ liking[window]
    likely[voice] = -1.0
    return int(likely.argmax())


def _span(stretch: StepRange) -> Span:
    return Span(round(stretch[0] * LEVEL_STEP_S, 3), round(stretch[1] * LEVEL_STEP_S, 3))
