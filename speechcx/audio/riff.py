"""What a WAV header claims: format, bytes of sound, and whether the file holds that many.

RIFF after Microsoft and IBM (1991), RF64 after EBU Tech 3306.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from speechcx.audio.file_source import Readable
from speechcx.audio.settings import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ
from speechcx.errors import CallError

_PCM, _MS_ADPCM, _FLOAT, _ALAW, _MULAW, _IMA_ADPCM, _GSM, _EXTENSIBLE = 1, 2, 3, 6, 7, 0x11, 0x31, 0xFFFE
_MAX_CHUNKS = 1000
_FACT_TOLERANCE = 0.1
"""Some programs write bytes or blocks where samples belong: such a length is not near that of the bytes."""

_PLACEHOLDER_BYTES = 0x7FFF_0000
"""Programs that write to a pipe leave a size near 2 or 4 GiB in the header: it claims nothing."""


@dataclass(frozen=True, slots=True)
class WavHeader:
    """The `fmt` and `data` chunks of a WAV file.

    Parameters
    ----------
    tag
        Format tag; that of the sub-format where the file is extensible.
    channels, rate_hz, bytes_per_s, block_bytes, bits
        As written; `block_bytes` holds one sample of each channel, or one block of a packed codec.
    block_samples
        Samples of each channel in a block, None where the header does not say.
    fact_samples
        Samples of each channel by the `fact` chunk, 0 without one: packed codecs fill up their last block.
    data_at
        Where the sound begins.
    data_bytes
        Length the header claims, None where it claims nothing.
    data_there
        Bytes of sound the file has, up to `data_bytes` where that is known.
    behind_bytes
        Bytes behind the sound that are no well-formed chunks.
    """

    tag: int
    channels: int
    rate_hz: int
    bytes_per_s: int
    block_bytes: int
    bits: int
    block_samples: int | None
    fact_samples: int
    data_at: int
    data_bytes: int | None
    data_there: int
    behind_bytes: int

    @property
    def contradicts_itself(self) -> bool:
        """Whether the rate of bytes, which some programs leave at 0, is not that of the samples."""
        is_plain = self.tag in (_PCM, _FLOAT, _ALAW, _MULAW) and self.bytes_per_s > 0
        return is_plain and self.bytes_per_s != self.rate_hz * self.block_bytes

    @property
    def duration_s(self) -> float | None:
        """Length the header claims, None where it cannot be told."""
        if self.data_bytes is None:
            return None
        if self.block_samples is None:
            return self._told_s
        if 0 < self.data_samples - self.fact_samples < self.block_samples:
            return self.fact_samples / self.rate_hz
        return self.data_samples / self.rate_hz

    @property
    def _told_s(self) -> float | None:
        """Length by the `fact` chunk, of codecs without blocks (MP3); None where the rate of bytes contradicts it."""
        told_s = self.fact_samples / self.rate_hz
        by_bytes_s = self.data_bytes / self.bytes_per_s if self.data_bytes and self.bytes_per_s else 0.0
        return told_s if abs(told_s - by_bytes_s) < _FACT_TOLERANCE * told_s else None

    @property
    def data_samples(self) -> float:
        """Samples of each channel by the length of the data, 0 where it cannot be told."""
        if self.data_bytes is None or self.block_samples is None:
            return 0.0
        # Not whole blocks: the last block of packed codecs may be short, a trailing half sample is none.
        return self.data_bytes / self.block_bytes * self.block_samples


def read_wav_header(source: Readable) -> WavHeader:
    """Read and check the header of a WAV file.

    Raises
    ------
    CallError
        ``bad_header`` for an impossible rate, channel count or block; ``empty`` without one byte of sound.
    """
    form: bytes | None = None
    long_bytes: int | None = None
    fact = 0
    for name, at, size in _chunks(source):
        if name == b"ds64":
            fields = source.read(at, 16)
            long_bytes = struct.unpack("<Q", fields[8:16])[0] if len(fields) == 16 else None
        elif name == b"fmt ":
            form = source.read(at, min(size, 64))
        elif name == b"fact":
            fact = int.from_bytes(source.read(at, 4), "little")
        elif name == b"data":
            if form is None or len(form) < 14:
                break
            claimed = long_bytes if size == 0xFFFF_FFFF and long_bytes else size
            return _check(_with_data(source, form, fact=fact, at=at, claimed=claimed))
    if form is None:
        raise CallError("bad_header", "the WAV header has no format in it", "a fmt chunk before the sound")
    raise CallError("empty", "a WAV header without sound behind it", "a data chunk with samples")


def _chunks(source: Readable) -> Iterator[tuple[bytes, int, int]]:
    at = 12
    for _ in range(_MAX_CHUNKS):
        head = source.read(at, 8)
        if len(head) < 8:
            return
        size = int.from_bytes(head[4:], "little")
        yield head[:4], at + 8, size
        at += 8 + size + size % 2


def _with_data(source: Readable, form: bytes, *, fact: int, at: int, claimed: int) -> WavHeader:
    tag, channels, rate_hz, bytes_per_s, block_bytes = struct.unpack("<HHIIH", form[:14])
    bits = int.from_bytes(form[14:16], "little")
    if tag == _EXTENSIBLE and len(form) >= 26:
        tag = int.from_bytes(form[24:26], "little")
    left = max(0, source.size_bytes - at)
    is_open = (claimed >= _PLACEHOLDER_BYTES and claimed > left) or (claimed == 0 and left > 0)
    return WavHeader(
        tag,
        channels,
        rate_hz,
        bytes_per_s,
        block_bytes,
        bits,
        block_samples=_block_samples(tag, form, bits=bits, channels=channels, block_bytes=block_bytes),
        fact_samples=fact,
        data_at=at,
        data_bytes=None if is_open else claimed,
        data_there=left if is_open else min(left, claimed),
        behind_bytes=0 if is_open else _loose_bytes(source, at + claimed + claimed % 2),
    )


def _loose_bytes(source: Readable, at: int) -> int:
    """Bytes from `at` on that do not form chunks, as where a recorder never updated its header."""
    while at + 8 <= source.size_bytes:
        head = source.read(at, 8)
        size = int.from_bytes(head[4:], "little")
        if (
            not head[:4].isascii()
            or head[:4] == b"data"
            or not head[:3].decode("ascii").isprintable()
            or at + 8 + size > source.size_bytes
        ):
            break
        at += 8 + size + size % 2
    return max(0, source.size_bytes - at)


def _block_samples(tag: int, form: bytes, *, bits: int, channels: int, block_bytes: int) -> int | None:
    if tag in (_PCM, _FLOAT, _ALAW, _MULAW):
        return 1 if bits and block_bytes == channels * ((bits + 7) // 8) else None
    if tag == _GSM:
        return 320 if block_bytes == 65 else None
    if tag in (_MS_ADPCM, _IMA_ADPCM) and len(form) >= 20:
        return int.from_bytes(form[18:20], "little") or None
    return None


def _check(header: WavHeader) -> WavHeader:
    if not 1 <= header.channels <= MAX_CHANNELS:
        raise CallError(
            "bad_header", f"the header says {header.channels} channels", f"1 to {MAX_CHANNELS} channels"
        )
    if not MIN_RATE_HZ <= header.rate_hz <= MAX_RATE_HZ:
        raise CallError(
            "bad_header", f"the header says {header.rate_hz:,} Hz", f"{MIN_RATE_HZ:,} to {MAX_RATE_HZ:,} Hz"
        )
    if header.block_bytes == 0:
        raise CallError("bad_header", "the header says 0 bytes for one sample", "1 or more")
    if header.data_there < header.block_bytes:
        raise CallError(
            "empty", f"a WAV header with {header.data_there} bytes of sound", "a recording with samples"
        )
    return header
