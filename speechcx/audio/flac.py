"""The last frame of a FLAC file, which says where the sound ends when the header does not or lies (RFC 9639, 9)."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.audio.file_source import Readable

_TAIL_BYTES = 256 * 1024
_BLOCKS = {1: 192, 2: 576, 3: 1152, 4: 2304, 5: 4608} | {no: 256 << no - 8 for no in range(8, 16)}
"""Samples of a block by their code; 6 and 7 stand behind the frame's number."""

_MORE_RATE_BYTES = {12: 1, 13: 2, 14: 2}


@dataclass(frozen=True, slots=True)
class _Frame:
    """First sample of a frame and the one behind its last."""

    first: int
    end: int


def flac_end_s(source: Readable, start: int) -> float | None:
    """Where the last frame ends, in seconds; None where no two frames at the end follow on each other.

    Parameters
    ----------
    source
        The file.
    start
        Where its mark stands.
    """
    info = source.read(start + 8, 18)
    rate_hz = int.from_bytes(info[10:13], "big") >> 4
    block = int.from_bytes(info[2:4], "big")
    if len(info) < 18 or rate_hz == 0:
        return None
    tail = source.read(max(start, source.size_bytes - _TAIL_BYTES), _TAIL_BYTES)
    following: _Frame | None = None
    at = len(tail)
    while (at := tail.rfind(b"\xff", 0, at)) >= 0:
        frame = _read_frame(tail, at, block)
        if frame is None:
            continue
        if following is not None and frame.end == following.first:
            return following.end / rate_hz
        following = frame
    return None


def frame_start(data: bytes, block: int) -> int | None:
    """First sample of the frame that `data` begins with, by its own header; None where none does.

    FFmpeg counts frames, so that after one that is broken it gives the next ones the times of those before.
    """
    frame = _read_frame(data, 0, block)
    return None if frame is None else frame.first


def _read_frame(data: bytes, at: int, block: int) -> _Frame | None:
    """The frame whose header begins at `at`, None where none does. `block` is that of streams with equal blocks."""
    head = data[at : at + 16]
    if len(head) < 16 or head[1] & 0xFE != 0xF8 or head[3] & 1:
        return None
    size_code, rate_code, channel_code = head[2] >> 4, head[2] & 15, head[3] >> 4
    number_bytes = max(1, 8 - (~head[4] & 0xFF).bit_length())
    if size_code == 0 or rate_code == 15 or channel_code > 10 or number_bytes > 7:
        return None
    number = head[4] & (0x7F if number_bytes == 1 else 0x7F >> number_bytes)
    for byte in head[5 : 4 + number_bytes]:
        number = number << 6 | byte & 0x3F
    end = 4 + number_bytes
    samples = _BLOCKS.get(size_code, 0)
    if not samples:
        width = size_code - 5
        samples = int.from_bytes(head[end : end + width], "big") + 1
        end += width
    end += _MORE_RATE_BYTES.get(rate_code, 0)
    if _crc8(head[:end]) != head[end]:
        return None
    first = number if head[1] & 1 else number * block
    return _Frame(first, first + samples)


def _crc8(data: bytes) -> int:
    """Checksum of a header, polynomial x^8 + x^2 + x + 1."""
    value = 0
    for byte in data:
        value = _CRC8[value ^ byte]
    return value


def _crc8_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1 ^ 7 if byte & 0x80 else byte << 1) & 0xFF
    return byte


_CRC8 = tuple(_crc8_of(byte) for byte in range(256))
