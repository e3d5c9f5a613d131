"""One channel of decoded audio as floats, at the rate a room asks for.

On the ground floor because four rooms need it and rooms never import each other. Audio is kept as
16-bit samples at the file's own rate (one hour of two channels: 115 MB at 8 kHz); floats at 16 kHz
(one hour of one channel: 230 MB) are made for a window at a time.

Resampling is soxr's, as in librosa, with the same samples; without librosa a worker starts a second sooner.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from speechcx.call import Audio, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RECOGNITION_RATE_HZ = 16_000
"""The rate Whisper and Silero VAD were trained on."""

_MARGIN_S = 0.1
"""Sound on each side of a window that is resampled with it: the filter reaches less far, so that a window
holds what the whole channel would (measured: the same to the last bit of a float)."""


_SILENT_MARGIN_S = 0.1
"""A silenced stretch keeps so much at each end: a soft consonant may reach out of the turn beside it."""


class Sound(Protocol):
    """Sound that is sliced as a NumPy array is, and may be one: float32, -1..1, shape ``(time,)``.

    ``numpy.asarray(sound)`` gives all of it at once.
    """

    @property
    def size(self) -> int:
        """Number of samples."""
        ...

    def __getitem__(self, window: slice[Any, Any, None], /) -> NDArray[np.float32]:
        """The samples of a window, from one sample to before another."""
        ...


class ChannelSound:
    """One channel as a :class:`Sound`, made a window at a time: a call of four hours is a gigabyte of floats.

    Parameters
    ----------
    audio
        Decoded sound.
    channel
        Index of the channel.
    rate_hz
        Rate of what is given.
    silent
        Stretches given as silence, such as voices in the background.
    """

    def __init__(self, audio: Audio, channel: int, *, rate_hz: int, silent: Sequence[Span] = ()) -> None:
        self._samples: NDArray[np.int16] = audio.samples[channel]
        self._from_hz = audio.rate_hz
        self._to_hz = rate_hz
        self._silent = [
            (
                round((span.start_s + _SILENT_MARGIN_S) * rate_hz),
                round((span.end_s - _SILENT_MARGIN_S) * rate_hz),
            )
            for span in silent
        ]

    @property
    def size(self) -> int:
        """Number of samples at the rate asked for."""
        return (2 * self._samples.size * self._to_hz + self._from_hz) // (2 * self._from_hz)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, window: slice[Any, Any, None], /) -> NDArray[np.float32]:
        """A window in steps of one sample; each time a new array, which the caller may change."""
        first, last, step = window.indices(self.size)
        if step != 1:
            raise ValueError(f"sound is cut in steps of 1, got {step}")
        last = max(first, last)
        sound = self._read(first, last)
        for start, end in self._silent:
            sound[max(0, start - first) : max(0, end - first)] = 0.0
        return sound

    def _read(self, first: int, last: int) -> NDArray[np.float32]:
        if self._from_hz == self._to_hz or first == last:
            return _to_floats(self._samples[first:last])
        import numpy as np
        import soxr

        # Windows begin where a sample of one rate falls on one of the other.
        common = math.gcd(self._from_hz, self._to_hz)
        step_from, step_to = self._from_hz // common, self._to_hz // common
        margin = round(_MARGIN_S * self._to_hz)
        block = max(0, first - margin) // step_to
        end = -(-(last + margin) // step_to)
        around = _to_floats(self._samples[block * step_from : end * step_from])
        resampled: NDArray[np.float32] = soxr.resample(around, self._from_hz, self._to_hz, quality="HQ")
        before = block * step_to
        return resampled[first - before : last - before].astype(np.float32, copy=False)

    def __array__(self, dtype: Any = None, *, copy: bool | None = None) -> NDArray[Any]:
        """The whole channel."""
        whole = self[:]
        return whole if dtype is None else whole.astype(dtype, copy=False)


def _to_floats(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    # Where no call is heard NumPy is never needed, and takes a tenth of a second to load.
    import numpy as np

    floats = samples.astype(np.float32)
    floats /= np.float32(32768.0)
    return floats


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
    first = max(0, round(start_s * audio.rate_hz))
    last = audio.samples.shape[1] if end_s is None else round(end_s * audio.rate_hz)
    window = _to_floats(audio.samples[channel, first:last])
    if rate_hz is None or rate_hz == audio.rate_hz or window.size == 0:
        return window
    import numpy as np
    import soxr

    resampled: NDArray[np.float32] = soxr.resample(window, audio.rate_hz, rate_hz, quality="HQ")
    return resampled.astype(np.float32, copy=False)
