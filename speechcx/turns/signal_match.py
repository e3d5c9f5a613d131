"""How far one signal is a delayed and filtered copy of another: the delay, and the share that is copied.

The delay comes from the cross-correlation with phase transform (GCC-PHAT; Knapp and Carter 1976), added
up over many windows. The share is magnitude-squared coherence, weighted with the power of the copy: 1 for
a copy through any short filter, near 0 for another sound, whatever the levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from speechcx.call import Audio, Span
from speechcx.waveform import read_channel

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 8000
WINDOW_S = 2.0
"""Length of the windows from which the delay is found."""
MAX_WINDOWS = 40
EARLIEST_S, LATEST_S = -0.1, 0.6
"""Delays looked for: an echo over the network may take half a second."""
FRAME = 256
HOP = 64
BAND_BINS = slice(6, 110)
"""190 to 3440 Hz."""
AVERAGE_S = 0.35
"""Coherence is taken over this time: a word."""
NOISE_SHARE_MOST = 0.8
"""At most this share of the sound is put down to noise."""


@dataclass(frozen=True, slots=True)
class ChannelPair:
    """Two channels: the one that may be the source, and the one that may hold its copy."""

    source: int
    copy: int


def find_delay(audio: Audio, pair: ChannelPair, where: Sequence[Span]) -> float:
    """By how many seconds the copy lags behind its source, judged from the stretches `where`."""
    size = int(2 ** np.ceil(np.log2((WINDOW_S + LATEST_S) * RATE_HZ)))
    total = np.zeros(size // 2 + 1, np.complex128)
    for span in _windows(where):
        source, copy = _read(audio, pair, span)
        cross = np.fft.rfft(copy, size) * np.conj(np.fft.rfft(source, size))
        total += cross / (np.abs(cross) + 1e-9) * np.sqrt(np.abs(cross))
    peak = np.fft.irfft(total / (np.abs(total) + 1e-9), size)
    lags = np.concatenate([np.arange(round(LATEST_S * RATE_HZ)), np.arange(round(EARLIEST_S * RATE_HZ), 0)])
    return float(lags[np.argmax(peak[lags])] / RATE_HZ)


def copied_share(
    audio: Audio, pair: ChannelPair, span: Span, *, delay_s: float, noise_power: float
) -> NDArray[np.float32]:
    """Which share of the copy's sound above the noise comes from the source, every 8 ms of `span`.

    Parameters
    ----------
    audio
        Decoded sound.
    pair
        The channels.
    span
        The stretch of the copy to judge.
    delay_s
        Delay of the copy, from :func:`find_delay`.
    noise_power
        Mean square of the copy's background noise, which no source can explain.

    Returns
    -------
    ndarray
        float32 in 0..1, one for each 8 ms begun.
    """
    margin_s = AVERAGE_S
    wide = Span(max(0.0, span.start_s - margin_s), span.end_s + margin_s)
    source, copy = _read(audio, pair, wide, delay_s=delay_s)
    a, b = _spectra(source), _spectra(copy)
    width = max(1, round(AVERAGE_S * RATE_HZ / HOP))
    power_a, power_b = _average(np.abs(a) ** 2, width), _average(np.abs(b) ** 2, width)
    cross = _average(a * np.conj(b), width)
    coherence = np.abs(cross) ** 2 / (power_a * power_b + 1e-20)
    heard = power_b.sum(axis=1) + 1e-20
    noise = noise_power * FRAME * np.square(np.hanning(FRAME)).mean() * (BAND_BINS.stop - BAND_BINS.start)
    speech = heard - np.minimum(noise, NOISE_SHARE_MOST * heard)
    share = np.minimum((coherence * power_b).sum(axis=1) / speech, 1.0)
    first = round((span.start_s - wide.start_s) * RATE_HZ / HOP)
    count = int(np.ceil(span.duration_s * RATE_HZ / HOP))
    padded = np.pad(share, (0, max(0, first + count - share.size)), mode="edge")
    return padded[first : first + count].astype(np.float32)


def _windows(where: Sequence[Span]) -> list[Span]:
    """Windows inside `where`, spread over all of it."""
    found = []
    for span in where:
        count = max(1, round(span.duration_s / WINDOW_S))
        for i in range(count):
            start_s = span.start_s + i * WINDOW_S
            found.append(Span(start_s, min(span.end_s, start_s + WINDOW_S)))
    step = max(1, len(found) // MAX_WINDOWS)
    return [span for span in found[::step] if span.duration_s >= 0.1]


def _read(
    audio: Audio, pair: ChannelPair, span: Span, *, delay_s: float | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Source and copy over `span`; the source taken `delay_s` earlier, so that they line up."""
    copy = read_channel(audio, pair.copy, rate_hz=RATE_HZ, start_s=span.start_s, end_s=span.end_s)
    if delay_s is None:
        start_s = max(0.0, span.start_s - LATEST_S)
        source = read_channel(audio, pair.source, rate_hz=RATE_HZ, start_s=start_s, end_s=span.end_s)
        lead = np.zeros(round((span.start_s - start_s) * RATE_HZ), np.float32)
        return source, np.concatenate([lead, copy])
    start_s, end_s = span.start_s - delay_s, max(0.0, span.end_s - delay_s)
    source = read_channel(audio, pair.source, rate_hz=RATE_HZ, start_s=max(0.0, start_s), end_s=end_s)
    source = np.concatenate([np.zeros(round(max(0.0, -start_s) * RATE_HZ), np.float32), source])
    fitted = np.zeros_like(copy)
    fitted[: min(copy.size, source.size)] = source[: copy.size]
    return fitted, copy


def _spectra(sound: NDArray[np.float32]) -> NDArray[np.complex64]:
    """Short-time spectra in the telephone band, shape ``(frames, bins)``, frame i centred on i * 8 ms."""
    from scipy.fft import rfft

    padded = np.pad(sound, FRAME // 2)
    framed = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    window = np.hanning(FRAME).astype(np.float32)
    return np.asarray(rfft(framed * window, axis=1)[:, BAND_BINS], np.complex64)


def _average(values: NDArray[Any], width: int) -> NDArray[Any]:
    """Running mean over `width` rows, of the same length."""
    padded = np.pad(values, ((width // 2 + 1, width - width // 2 - 1), (0, 0)))
    sums = np.cumsum(padded, axis=0, dtype=np.complex128 if np.iscomplexobj(values) else np.float64)
    return np.asarray((sums[width:] - sums[:-width]) / width)
