"""What was heard of each recording in a file, and of all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speechcx.audio.samples import SampleBuffer


@dataclass(frozen=True, slots=True)
class DecodedRecording:
    """What decoding one recording came to.

    Parameters
    ----------
    seconds
        Length of the result, silence put in included.
    declared_s
        Length that the recording claims; None where it claims nothing.
    lost_s
        Silence put in.
    bad_packets, tail_packets
        Packets that could not be decoded, and how many of them came after the last good one.
    cut, damage
        How it can be seen to be cut off, and what is wrong inside; empty where nothing is.
    is_open, tells_end, is_doubtful
        As in :class:`speechcx.audio.claims.Claim`.
    sound_bytes, unread_bytes, behind_bytes
        Bytes of sound, those among them that no packet holds, and those behind that belong to nothing.
    gaps
        Start and end of each stretch of silence put in, seconds from the start.
    parts
        Recordings in it.
    frame_s
        Length of the longest packet.
    """

    seconds: float = 0.0
    declared_s: float | None = None
    lost_s: float = 0.0
    bad_packets: int = 0
    tail_packets: int = 0
    cut: str = ""
    damage: str = ""
    is_open: bool = False
    tells_end: bool = True
    sound_bytes: int = 0
    unread_bytes: int = 0
    behind_bytes: int = 0
    gaps: tuple[tuple[float, float], ...] = ()
    parts: int = 1
    frame_s: float = 0.0
    is_doubtful: bool = False


def join_heard(parts: Sequence[DecodedRecording], *, is_in_parts: bool) -> DecodedRecording:
    """All recordings of a file as one."""
    if not is_in_parts:
        return parts[0]
    gaps: list[tuple[float, float]] = []
    start_s = 0.0
    for part in parts:
        gaps += [(start_s + first_s, start_s + last_s) for first_s, last_s in part.gaps]
        start_s += part.seconds
    declared = [part.declared_s for part in parts if part.declared_s is not None]
    return DecodedRecording(
        seconds=start_s,
        declared_s=sum(declared) if len(declared) == len(parts) else None,
        lost_s=sum(part.lost_s for part in parts),
        bad_packets=sum(part.bad_packets for part in parts),
        tail_packets=sum(part.tail_packets for part in parts),
        cut=next((part.cut for part in parts if part.cut), ""),
        damage=next((part.damage for part in parts if part.damage), ""),
        is_open=parts[-1].is_open,
        tells_end=parts[-1].tells_end,
        sound_bytes=sum(part.sound_bytes for part in parts),
        unread_bytes=sum(part.unread_bytes for part in parts),
        behind_bytes=sum(part.behind_bytes for part in parts),
        gaps=tuple(gaps),
        parts=len(parts),
        is_doubtful=any(part.is_doubtful for part in parts),
        frame_s=max(part.frame_s for part in parts),
    )


class FittingSink:
    """Brings sound of any rate to that of a buffer; of other channels than the buffer's only its time is kept.

    One channel beside recordings of two is nobody's in particular: its words would be blamed on both parties.

    Parameters
    ----------
    buffer
        Where the sound goes.
    rate_hz, channels
        Of what is appended.

    Attributes
    ----------
    is_kept
        Whether the sound itself is kept.
    """

    def __init__(self, buffer: SampleBuffer, rate_hz: int, channels: int) -> None:
        self.is_kept = channels == buffer.channels
        self._buffer = buffer
        self._rate_hz = rate_hz
        self._owed = 0.0
        self._resampler: Any = None
        if self.is_kept and rate_hz != buffer.rate_hz:
            import soxr

            self._resampler = soxr.ResampleStream(
                rate_hz, buffer.rate_hz, channels, dtype="int16", quality="HQ"
            )

    def append(self, samples: NDArray[np.int16]) -> None:
        """Take int16 samples, shape ``(channels, time)``."""
        if self._resampler is not None:
            self._resample(samples, is_last=False)
        elif self.is_kept:
            self._buffer.append(samples)
        else:
            self.append_silence(samples.shape[1])

    def append_silence(self, count: int) -> None:
        """Take `count` silent samples."""
        if self._resampler is not None:
            self._resample(np.zeros((self._buffer.channels, count), np.int16), is_last=False)
            return
        self._owed += count * self._buffer.rate_hz / self._rate_hz
        whole = int(self._owed)
        self._owed -= whole
        self._buffer.append_silence(whole)

    def flush(self) -> None:
        """Hand on what is still inside the resampler."""
        if self._resampler is not None:
            self._resample(np.zeros((self._buffer.channels, 0), np.int16), is_last=True)

    def _resample(self, samples: NDArray[np.int16], *, is_last: bool) -> None:
        taken = self._resampler.resample_chunk(np.ascontiguousarray(samples.T), last=is_last)
        self._buffer.append(np.ascontiguousarray(taken.reshape(-1, self._buffer.channels).T))
