"""One channel of decoded audio as floats, at the rate a room asks for.

On the ground floor because four rooms need it and rooms never import each other. Audio is kept as
16-bit samples at the file's own rate (one hour of two channels: 115 MB at 8 kHz); floats at 16 kHz
are made for one channel or one window at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from speechcx.call import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RECOGNITION_RATE_HZ = 16_000
"""The rate Whisper and Silero VAD were trained on."""


def read_channel(
    audio: Audio,
    channel: int,
    *,
    rate_hz: int | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> NDArray[np.float32]:
    """One channel, whole or a window of it, as float32 in -1..1.

    Parameters
    ----------
    audio
        Decoded sound.
    channel
        Index of the channel.
    rate_hz
        Rate of the result in Hz; None keeps ``audio.rate_hz``.
    start_s, end_s
        The window in seconds; `end_s` None means to the end.

    Returns
    -------
    ndarray
        float32, shape ``(time,)``. A new array: the caller may change it.
    """
    import numpy as np

    first = max(0, round(start_s * audio.rate_hz))
    last = audio.samples.shape[1] if end_s is None else round(end_s * audio.rate_hz)
    window = audio.samples[channel, first:last].astype(np.float32) / np.float32(32768.0)
    if rate_hz is None or rate_hz == audio.rate_hz or window.size == 0:
        return window
    import soxr

    resampled: NDArray[np.float32] = soxr.resample(window, audio.rate_hz, rate_hz, quality="HQ")
    return resampled.astype(np.float32, copy=False)
