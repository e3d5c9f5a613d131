"""Log mel bands as Kaldi makes them: what the speaker network was trained on.

25 ms frames every 10 ms, each freed of its mean, pre-emphasised by 0.97, under Povey's window; power in
80 triangular mel bands from 20 Hz to half the rate; no dither. Checked against ``kaldi-native-fbank``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from speechcx.waveform import RECOGNITION_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME, STEP = 400, 160
"""Samples of a frame, and from one to the next, at 16 kHz."""
BANDS = 80
_FFT = 512
_LOWEST_HZ = 20.0
_EMPHASIS = np.float32(0.97)
_LEAST = np.float32(np.finfo(np.float32).eps)
_BLOCK = 3000


def log_mel(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log mel bands of a sound at 16 kHz.

    Parameters
    ----------
    sound
        float32, shape ``(time,)``, in -1..1.

    Returns
    -------
    ndarray
        float32, shape ``(frames, 80)``; no frame for the last samples that do not fill one.
    """
    if sound.size < FRAME:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::STEP]
    blocks = [_block(frames[first : first + _BLOCK]) for first in range(0, len(frames), _BLOCK)]
    return np.concatenate(blocks)


def _block(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    import scipy.fft

    level = frames - frames.mean(1, keepdims=True)
    sharp = np.empty_like(level)
    sharp[:, 0] = level[:, 0] * (1 - _EMPHASIS)
    np.subtract(level[:, 1:], _EMPHASIS * level[:, :-1], out=sharp[:, 1:])
    sharp *= _window()
    spectrum = scipy.fft.rfft(sharp, _FFT, axis=1)[:, : _FFT // 2]
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    found: NDArray[np.float32] = np.log(np.maximum(power @ _weights(), _LEAST))
    return found


@cache
def _window() -> NDArray[np.float32]:
    """Povey's window: Hann's to the power of 0.85."""
    place = np.arange(FRAME) / (FRAME - 1)
    return np.asarray((0.5 - 0.5 * np.cos(2 * np.pi * place)) ** 0.85, np.float32)


@cache
def _weights() -> NDArray[np.float32]:
    """Triangles on the mel scale, shape ``(256, 80)``."""
    lowest, highest = _mel(np.array([_LOWEST_HZ, RECOGNITION_RATE_HZ / 2]))
    edges = np.linspace(lowest, highest, BANDS + 2)
    width = edges[1] - edges[0]
    place = _mel(np.arange(_FFT // 2) * RECOGNITION_RATE_HZ / _FFT)[:, None]
    triangles = np.minimum(place - edges[:-2], edges[2:] - place) / width
    return np.asarray(np.maximum(triangles, 0), np.float32)


def _mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(hz / 700.0))
