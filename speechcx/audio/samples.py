"""Keeps decoded samples: 16-bit, brought down to 16 kHz on the way, under a byte budget."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from speechcx.audio.settings import RESULT_RATE_HZ
from speechcx.errors import CallError

_BLOCK_S = 1.0
"""Resampling takes pieces of this length: packets of 20 ms one by one cost several times as much."""

_MORE_BYTES = 32 << 20
"""Room added where the length was unknown. Pieces are joined at the end, each given back once it is copied, so
that a call never takes twice its memory."""


class SampleBuffer:
    """A sink of 16-bit samples.

    Parameters
    ----------
    channels
        Number of channels.
    rate_hz
        Rate of what is appended; over 16 kHz it is brought down to 16 kHz.
    expected_s
        Length to make room for at once; None where it is unknown. Memory that is never written to is
        not taken from the machine, so the result needs no copy and no second array.
    max_duration_s, max_bytes
        Bounds on what is kept, silence included.

    Attributes
    ----------
    channels, rate_hz
        As given.
    out_rate_hz
        Rate of the result.
    """

    def __init__(
        self,
        channels: int,
        rate_hz: int,
        *,
        expected_s: float | None,
        max_duration_s: float,
        max_bytes: int,
    ) -> None:
        self.out_rate_hz = min(rate_hz, RESULT_RATE_HZ)
        self.rate_hz = rate_hz
        self.channels = channels
        self._max_duration_s = max_duration_s
        self._max_bytes = max_bytes
        seconds = min(expected_s if expected_s is not None else 60.0, max_duration_s) + 1.0
        room = min(round(seconds * self.out_rate_hz), max_bytes // (2 * channels) + 1)
        self._full: list[NDArray[np.int16]] = []
        self._kept = np.empty((channels, room), np.int16)
        self._used = 0
        self._taken = 0
        self._waiting: list[NDArray[np.int16]] = []
        self._waiting_count = 0
        self._resampler: Any = None
        if rate_hz != self.out_rate_hz:
            import soxr

            self._resampler = soxr.ResampleStream(
                rate_hz, self.out_rate_hz, channels, dtype="float32", quality="HQ"
            )

    def append(self, samples: NDArray[np.int16]) -> None:
        """Take int16 samples, shape ``(channels, time)``, at the rate of the file.

        Raises
        ------
        CallError
            ``too_long`` or ``too_big`` where a bound is passed.
        """
        self._check_room(samples.shape[1])
        self._waiting.append(samples)
        self._waiting_count += samples.shape[1]
        if self._waiting_count >= _BLOCK_S * self.rate_hz:
            self._flush(is_last=False)

    def append_silence(self, count: int) -> None:
        """Take `count` silent samples of each channel."""
        self._check_room(count)
        step = self.rate_hz
        for start in range(0, count, step):
            size = min(step, count - start)
            self._taken -= size  # counted once by the check above, once more by append
            self.append(np.zeros((self.channels, size), np.int16))

    def finish(self) -> NDArray[np.int16]:
        """All samples: int16, shape ``(channels, time)``, at `out_rate_hz`."""
        self._flush(is_last=True)
        last = self._kept[:, : self._used]
        if not self._full:
            return last
        parts = [*self._full, last]
        self._full.clear()
        whole = np.empty((self.channels, sum(part.shape[1] for part in parts)), np.int16)
        end = whole.shape[1]
        del last, self._kept
        while parts:
            part = parts.pop()
            whole[:, end - part.shape[1] : end] = part
            end -= part.shape[1]
        return whole

    def _check_room(self, count: int) -> None:
        self._taken += count
        seconds = self._taken / self.rate_hz
        if seconds > self._max_duration_s:
            raise CallError(
                "too_long",
                f"more than {self._max_duration_s:,.0f} s of sound",
                "audio.max_duration_s or less",
            )
        size_bytes = seconds * self.out_rate_hz * 2 * self.channels
        if size_bytes > self._max_bytes:
            raise CallError(
                "too_big",
                f"the sound decodes to more than {self._max_bytes:,} bytes",
                "audio.max_output_bytes or less",
                "Split the recording, or raise audio.max_output_bytes.",
            )

    def _flush(self, *, is_last: bool) -> None:
        channels = self.channels
        if not self._waiting and self._resampler is None:
            return
        block = np.concatenate(self._waiting, axis=1) if self._waiting else np.zeros((channels, 0), np.int16)
        self._waiting, self._waiting_count = [], 0
        if self._resampler is not None:
            floats = np.ascontiguousarray(block.T, np.float32)
            lower = self._resampler.resample_chunk(floats, last=is_last)
            block = np.clip(np.rint(lower.reshape(-1, channels).T), -32768, 32767).astype(np.int16)
        self._keep(block)

    def _keep(self, block: NDArray[np.int16]) -> None:
        while block.shape[1]:
            if self._used == self._kept.shape[1]:
                self._full.append(self._kept)
                self._kept = np.empty((self.channels, _MORE_BYTES // (2 * self.channels)), np.int16)
                self._used = 0
            fitting = block[:, : self._kept.shape[1] - self._used]
            self._kept[:, self._used : self._used + fitting.shape[1]] = fitting
            self._used += fitting.shape[1]
            block = block[:, fitting.shape[1] :]
