"""Stretches of decoded sound made silent: only this room changes samples."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from speechcx.call import Audio, Span

FADE_S = 0.005
"""A cut without a ramp clicks."""


def silence(audio: Audio, spans: Iterable[Span]) -> Audio:
    """The same sound, of the same length, with zeros in every channel over each of some spans, and a ramp beside them.

    Parameters
    ----------
    audio
        Decoded sound.
    spans
        In seconds, sorted and apart; what lies behind the end is cut off.
    """
    samples = audio.samples.copy()
    size, fade = samples.shape[1], max(1, int(FADE_S * audio.rate_hz))
    for span in spans:
        first = min(size, int(span.start_s * audio.rate_hz))
        end = min(size, math.ceil(span.end_s * audio.rate_hz))
        samples[:, first:end] = 0
        before, after = max(0, first - fade), min(size, end + fade)
        down, up = np.linspace(1.0, 0.0, first - before), np.linspace(0.0, 1.0, after - end)
        samples[:, before:first] = (samples[:, before:first] * down).astype(np.int16)
        samples[:, end:after] = (samples[:, end:after] * up).astype(np.int16)
    return replace(audio, samples=samples)
