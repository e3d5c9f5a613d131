"""The outline of a waveform for drawing: the loudest sample of each fiftieth of a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from speechcx.call import Peaks

_POINTS_AT_ONCE = 4096


def draw_peaks(samples: NDArray[np.int16], rate_hz: int, *, points_per_s: int) -> Peaks:
    """The outline of each channel.

    Parameters
    ----------
    samples
        int16, shape ``(channels, time)``.
    rate_hz
        Samples per second.
    points_per_s
        Points wanted per second; the nearest rate that has whole samples in a point is taken.

    Returns
    -------
    Peaks
        One byte a point, 255 for full scale. The last point may stand for less time.
    """
    step = max(1, round(rate_hz / points_per_s))
    return Peaks(rate_hz / step, tuple(_outline(channel, step) for channel in samples))


def _outline(channel: NDArray[np.int16], step: int) -> bytes:
    parts = []
    # In parts, because taking the magnitude makes a copy twice the size of what it is taken of.
    for start in range(0, channel.size, step * _POINTS_AT_ONCE):
        part = channel[start : start + step * _POINTS_AT_ONCE]
        loudest = np.maximum.reduceat(np.abs(part.astype(np.int32)), np.arange(0, part.size, step))
        parts.append(np.minimum((loudest * 255 + 16384) // 32768, 255).astype(np.uint8).tobytes())
    return b"".join(parts)
