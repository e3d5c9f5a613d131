"""Keeps time true: puts silence where packets were lost, so that whatever follows stays in its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from speechcx.audio.reader import DecodedPacket

EXACT_S = 0.002
"""Timestamps of files that are written in one go are true to the sample; less than this is rounding."""

JITTER_S = 0.05
"""Timestamps that a recorder took from a clock wander by some milliseconds; less than this is no gap."""

_LONGEST_GAP_S = 600.0
"""Where the length of the file is unknown, a longer jump is a damaged timestamp."""

_CALM_PACKETS = 8
_CALM_S = 0.2
"""After damage a bare stream is back in step when this many packets, and this much time, decode in a row."""

_START_FRAMES = 4
"""So many frames may be missing before the first one: the count of a Xing frame, half a frame of a cut."""

_ROUNDING_S = 0.03
"""Lengths told by bytes and by packets agree when they differ by less than this, or by a tenth."""


class Sink(Protocol):
    """Where samples go."""

    def append(self, samples: NDArray[np.int16]) -> None:
        """Take int16 samples, shape ``(channels, time)``."""

    def append_silence(self, count: int) -> None:
        """Take `count` silent samples."""


class Timeline:
    """What both clocks share: writing, and counting what was lost.

    Attributes
    ----------
    written
        Samples written, silence included.
    bad_packets
        Packets that could not be decoded.
    tail_packets
        How many of them came after the last good one: a file cut off inside a packet has one or two.
    lost
        Samples of silence put in.
    longest
        Samples of the longest packet.
    gaps
        Where: first sample and the one behind the last, sorted and apart.
    """

    def __init__(self, sink: Sink, *, rate_hz: int) -> None:
        self._sink = sink
        self._rate_hz = rate_hz
        self.written = 0
        self.bad_packets = 0
        self.tail_packets = 0
        self.lost = 0
        self.longest = 0
        self.gaps: list[tuple[int, int]] = []

    def _count(self, piece: DecodedPacket) -> None:
        is_bad = piece.samples is None
        self.longest = max(self.longest, 0 if is_bad else piece.count)
        self.bad_packets += is_bad
        self.tail_packets = self.tail_packets + 1 if is_bad else 0

    def _write(self, samples: NDArray[np.int16]) -> None:
        self._sink.append(samples)
        self.written += samples.shape[1]

    def _fill(self, count: int) -> None:
        if count > 0:
            self._sink.append_silence(count)
            start = self.gaps.pop()[0] if self.gaps and self.gaps[-1][1] == self.written else self.written
            self.written += count
            self.gaps.append((start, self.written))
            self.lost += count


class StampClock(Timeline):
    """The clock of containers with timestamps.

    A frame whose timestamp lies ahead of what was written leaves a gap, which is filled. A single wild
    timestamp is no gap: a jump counts when the next frame confirms it and it stays inside the file.

    Parameters
    ----------
    rate_hz
        Samples per second.
    declared_s
        Length the file claims, the limit of any jump; None if unknown.
    jitter_s
        How far its timestamps wander, `EXACT_S` or `JITTER_S`.
    """

    def __init__(self, sink: Sink, *, rate_hz: int, declared_s: float | None, jitter_s: float) -> None:
        super().__init__(sink, rate_hz=rate_hz)
        self._jitter = round(jitter_s * rate_hz)
        self._end = None if declared_s is None else round((declared_s + 1.0) * rate_hz)
        self._base: int | None = None
        self._owed = 0
        self._held: DecodedPacket | None = None

    def add(self, piece: DecodedPacket) -> None:
        """Take the next piece of the stream."""
        self._count(piece)
        if piece.samples is None:
            self._owed += piece.count
            if self._base is None and piece.at is not None:
                self._base = piece.at
            return
        if self._held is not None:
            self._release(piece)
        gap = self._gap(piece)
        expected = self._owed + self._owed // 2 + self._jitter
        if gap > expected or gap < -self._jitter:
            self._held = piece
        elif self._owed:
            self._place(piece, gap if piece.at is not None else self._owed)
        else:
            self._place(piece, 0)

    def finish(self) -> None:
        """Write what is still held back; packets lost at the very end count as time too."""
        if self._held is not None:
            gap = self._gap(self._held)
            # No next frame can confirm the last one; the declared length can.
            fits = self._end is not None and 0 < gap <= self._end - self.written - self._held.count
            self._place(self._held, gap if fits else self._owed)
        room = self._owed if self._end is None else max(0, self._end - self.written)
        self._fill(min(self._owed, room))

    def _gap(self, piece: DecodedPacket) -> int:
        """Samples between what is written and where `piece` belongs."""
        if piece.at is None or self._base is None:
            return self._owed
        return piece.at - self._base - self.written

    def _release(self, piece: DecodedPacket) -> None:
        """Write the frame that jumped, now that the frame behind it is known."""
        assert self._held is not None
        held, self._held = self._held, None
        if self._follows(held, piece):
            self._place(held, self._gap(held))
            return
        self._place(held, self._owed)
        if abs(self._gap(piece)) > self._jitter:  # the old clock is not gone back to: the new one begins here
            self._base = None if held.at is None else held.at - (self.written - held.count)

    def _follows(self, held: DecodedPacket, piece: DecodedPacket) -> bool:
        """Whether `piece` goes on from the jump that `held` made, and both stay inside the file."""
        if held.at is None or piece.at is None or piece.at < held.at + held.count - self._jitter:
            return False
        gap = self._gap(piece)
        longest = round(_LONGEST_GAP_S * self._rate_hz) if self._end is None else self._end - self.written
        return self._gap(held) > 0 and gap <= longest

    def _place(self, piece: DecodedPacket, gap: int) -> None:
        self._fill(gap)
        self._owed = 0
        if self._base is None and piece.at is not None:
            self._base = piece.at - self.written
        assert piece.samples is not None
        self._write(piece.samples)


class ByteClock(Timeline):
    """The clock of bare streams: before damage, so many bytes were one second; after it they still are.

    From the first bad packet on, pieces are held back until the stream is in step again. Then the bytes
    between tell how long the damage was. Where what was decoded in it agrees, it is kept, else silenced:
    what a decoder makes of garbage is noise.

    Parameters
    ----------
    rate_hz
        Samples per second.
    bytes_per_s
        Used where damage comes before one second of sound; None if unknown.
    end_byte
        Where the sound ends in the file.
    start_byte
        Where it begins; bytes between here and the first frame are lost sound. None where that is unknown.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        rate_hz: int,
        bytes_per_s: float | None,
        end_byte: int,
        start_byte: int | None = None,
    ) -> None:
        super().__init__(sink, rate_hz=rate_hz)
        self._start_byte = start_byte
        self._bytes_per_s = bytes_per_s
        self._end_byte = end_byte
        self._last_byte: int | None = None
        self._clean_bytes = 0
        self._clean = 0
        self._next_byte: int | None = None
        self._trouble: list[DecodedPacket] = []
        self._trouble_byte = 0
        self._calm: list[DecodedPacket] = []

    def add(self, piece: DecodedPacket) -> None:
        """Take the next piece of the stream."""
        self._count(piece)
        if self._start_byte is not None and piece.byte is not None:
            self._fill_start(piece.byte - self._start_byte, piece)
        is_bad = piece.samples is None
        has_skipped = piece.byte is not None and self._next_byte is not None and piece.byte > self._next_byte
        is_calm = not self._trouble and not self._calm
        if is_calm and not is_bad and not has_skipped:
            self._take(piece)
        elif is_calm and piece.is_told and not has_skipped:
            self._fill(piece.count)
        else:
            if is_calm:
                self._trouble_byte = self._next_byte if self._next_byte is not None else piece.byte or 0
            self._wait(piece, disturbed=is_bad or has_skipped)
        if piece.byte is not None:
            self._next_byte = piece.byte + piece.size_bytes

    def finish(self) -> None:
        """Write what is held back; damage up to the end of the file counts as time too."""
        if self._calm:
            self._settle(self._calm[0].byte)
        elif self._trouble:
            self._settle(self._end_byte)

    def _fill_start(self, size_bytes: int, first: DecodedPacket) -> None:
        """Silence for what stood before the first frame; less than some frames is what a cut leaves of one."""
        self._start_byte = None
        if size_bytes > _START_FRAMES * first.size_bytes:
            self._fill(self._length(size_bytes, 0))

    def _take(self, piece: DecodedPacket) -> None:
        assert piece.samples is not None
        self._clean_bytes += piece.size_bytes if piece.byte != self._last_byte else 0
        self._last_byte = piece.byte
        self._clean += piece.count
        self._write(piece.samples)

    def _wait(self, piece: DecodedPacket, *, disturbed: bool) -> None:
        if disturbed:
            self._trouble += self._calm
            self._calm = []
        if piece.samples is None:
            self._trouble.append(piece)
            return
        self._calm.append(piece)
        seconds = sum(calm.count for calm in self._calm) / self._rate_hz
        if len(self._calm) >= _CALM_PACKETS and seconds >= _CALM_S:
            self._settle(self._calm[0].byte)

    def _settle(self, byte: int | None) -> None:
        """The trouble ended at `byte`: write it or its length in silence, then what came after it."""
        decoded = sum(piece.count for piece in self._trouble)
        length = self._length(max(0, (byte or self._trouble_byte) - self._trouble_byte), decoded)
        if abs(decoded - length) <= max(0.1 * length, _ROUNDING_S * self._rate_hz):
            self._rewrite(self._trouble)
        else:
            self._fill(length)
        calm, self._trouble, self._calm = self._calm, [], []
        for piece in calm:
            self._take(piece)

    def _rewrite(self, pieces: Iterable[DecodedPacket]) -> None:
        for piece in pieces:
            if piece.samples is None:
                self._fill(piece.count)
            else:
                self._write(piece.samples)

    def _length(self, size_bytes: int, decoded: int) -> int:
        """Samples that `size_bytes` of the stream stand for."""
        if self._clean >= self._rate_hz and self._clean_bytes:
            return round(size_bytes * self._clean / self._clean_bytes)
        if self._bytes_per_s:
            return round(size_bytes / self._bytes_per_s * self._rate_hz)
        return decoded
