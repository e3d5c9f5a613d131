"""Headers that hide sound: a new header, made in memory, for a file whose own one keeps FFmpeg from reading all.

Recorders that crash leave a length of 0 where the length belongs; others leave out the byte that fills an odd chunk
up, or begin a second ``data`` chunk after a hold. FFmpeg then refuses the file, or reads a part of it without a word.
Only headers of plain containers are made again.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from speechcx.audio.file_source import FilePart, Readable
from speechcx.audio.formats import HEAD_BYTES, FileFormat

LOOSE_SHARE = 0.02
"""More bytes behind the sound than this share of the file are sound that the header does not know of."""

_MAX_CHUNKS = 1000
_RIFF_HEAD, _W64_HEAD, _AIFF_HEAD, _CAF_HEAD = 12, 40, 12, 8


@dataclass(frozen=True, slots=True)
class RebuiltFile:
    """A stretch of a file behind a header of ours.

    Parameters
    ----------
    header
        What stands before it.
    sound
        The stretch.
    """

    header: bytes
    sound: Readable

    @property
    def size_bytes(self) -> int:
        """Length of both."""
        return len(self.header) + self.sound.size_bytes

    @property
    def url(self) -> str:
        """Empty: FFmpeg knows no name for it and reads it through Python."""
        return ""

    def read(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start`; fewer at the end."""
        head = self.header[start : start + max(0, count)]
        if len(head) >= count:
            return head
        return head + self.sound.read(max(0, start - len(self.header)), count - len(head))


@dataclass(frozen=True, slots=True)
class MendedSource:
    """A recording as it is to be read.

    Parameters
    ----------
    source
        The file, or a stretch of it behind a header of ours.
    original
        The recording as it stands in the file, where that names less sound than there is; None elsewhere.
    """

    source: Readable
    original: Readable | None = None


def mend_header(source: Readable, form: FileFormat) -> tuple[MendedSource, ...]:
    """A recording with a header that lets all of it be read; nearly always as it is.

    Parameters
    ----------
    source, form
        One recording, and what it is.

    Returns
    -------
    tuple of MendedSource
        Several where one header stands before several stretches of sound.
    """
    mend = None if form.header or form.sound_at else _MENDERS.get(form.demuxer)
    return (mend(source) if mend is not None else ()) or (MendedSource(source),)


def _mend_wav(source: Readable) -> tuple[MendedSource, ...]:
    """Odd chunks without the byte that fills them up, and several chunks of sound."""
    form: bytes | None = None
    sounds: list[tuple[int, int]] = []
    is_unaligned = False
    for name, at, size in _riff_chunks(source):
        if sounds and name != b"data":
            continue
        is_unaligned |= not sounds and at % 2 == 1
        if name == b"fmt ":
            form = source.read(at, min(size, 64))
        elif name == b"data":
            sounds.append((at, size))
    if form is None or not sounds or not (is_unaligned or len(sounds) > 1):
        return ()
    found = []
    for at, size in sounds:
        is_last = at == sounds[-1][0]
        there = max(0, source.size_bytes - at)
        # The last one keeps its claim, so that a cut is told.
        claimed = size if is_last else min(size, there)
        head = b"RIFF" + struct.pack("<I", min(36 + len(form) + claimed, 0xFFFF_FFFF)) + b"WAVEfmt "
        head += struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", claimed)
        end = source.size_bytes if is_last else at + claimed
        found.append(MendedSource(RebuiltFile(head, FilePart(source, at, end))))
    return tuple(found)


def _riff_chunks(source: Readable) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and length of each chunk, also behind an odd one that is not filled up."""
    at = _RIFF_HEAD
    for _ in range(_MAX_CHUNKS):
        head = source.read(at, 8)
        if len(head) < 8:
            return
        size = int.from_bytes(head[4:], "little")
        yield head[:4], at + 8, size
        at += 8 + size
        if size % 2 and not (_is_chunk(source, at, is_filled=False) and not _is_chunk(source, at + 1)):
            at += 1


def _is_chunk(source: Readable, at: int, *, is_filled: bool = True) -> bool:
    """Whether a chunk may begin here; where none was filled up, one that a header has."""
    head = source.read(at, 8)
    if len(head) < 8:
        return False
    if not is_filled:
        return head[:4] in (b"fmt ", b"data", b"fact", b"LIST", b"bext", b"cue ", b"smpl")
    return head[:4].isascii() and head[:4].decode("ascii").isprintable()


def _mend_w64(source: Readable) -> tuple[MendedSource, ...]:
    """Lengths of 0, or of less than there is."""
    at = _W64_HEAD
    for _ in range(_MAX_CHUNKS):
        head = source.read(at, 24)
        size = int.from_bytes(head[16:], "little")
        if len(head) < 24:
            return ()
        if head[:4] == b"data":
            there = source.size_bytes - at - 24
            is_whole = at + size >= source.size_bytes * (1 - LOOSE_SHARE) or _is_w64_chunk(source, at + size)
            is_open = size >= 2**62
            if int.from_bytes(source.read(16, 8), "little") > 24 and (is_whole or is_open) and size > 24:
                return ()
            sizes = {16: struct.pack("<Q", source.size_bytes), at + 16: struct.pack("<Q", there + 24)}
            return _rebuild(source, at + 24, sizes)
        if size < 24:
            return ()
        at += (size + 7) // 8 * 8
    return ()


def _is_w64_chunk(source: Readable, at: int) -> bool:
    head = source.read((at + 7) // 8 * 8, 24)
    return len(head) == 24 and head[:4] in (b"fact", b"list", b"leve", b"bext", b"junk", b"mark", b"summ")


def _mend_aiff(source: Readable) -> tuple[MendedSource, ...]:
    """A length of the sound, or of the whole, of 0 or of less than there is; more frames than the file can hold."""
    at = _AIFF_HEAD
    sizes: dict[int, bytes] = {}
    is_plain = source.read(8, 4) == b"AIFF"
    for _ in range(_MAX_CHUNKS):
        head = source.read(at, 8)
        size = int.from_bytes(head[4:], "big")
        if len(head) < 8 or not head[:4].isascii():
            return ()
        if head[:4] == b"COMM" and is_plain:
            sizes |= _mend_frames(source, at + 8)
        if head[:4] == b"SSND":
            there = source.size_bytes - at - 8
            end = at + 8 + size + size % 2
            is_whole = end >= source.size_bytes * (1 - LOOSE_SHARE) or _is_chunk(source, end)
            if not (int.from_bytes(source.read(4, 4), "big") > _AIFF_HEAD and is_whole and size > 8):
                sizes |= {4: struct.pack(">I", source.size_bytes - 8), at + 4: struct.pack(">I", there)}
            return _rebuild(source, at + 16, sizes) if sizes else ()
        at += 8 + size + size % 2
    return ()


def _mend_frames(source: Readable, at: int) -> dict[int, bytes]:
    """The number of frames that the file can hold at the most, where its ``COMM`` chunk at `at` tells twice as many."""
    told = source.read(at, 8)
    if len(told) < 8:
        return {}
    channels, frames, bits = struct.unpack(">HIH", told)
    frame_bytes = channels * -(-bits // 8)
    most = source.size_bytes // frame_bytes if frame_bytes else 0
    return {at + 2: struct.pack(">I", most)} if most and frames > 2 * most else {}


def _mend_caf(source: Readable) -> tuple[MendedSource, ...]:
    """A length of the sound of less than there is."""
    at = _CAF_HEAD
    for _ in range(_MAX_CHUNKS):
        head = source.read(at, 12)
        size = int.from_bytes(head[4:12], "big", signed=True)
        if len(head) < 12 or not head[:4].isascii():
            return ()
        if head[:4] == b"data":
            end = at + 12 + size
            if size < 0 or end >= source.size_bytes * (1 - LOOSE_SHARE) or _is_chunk(source, end):
                return ()
            return _rebuild(source, at + 16, {at + 4: b"\xff" * 8})
        at += 12 + max(size, 0)
    return ()


def _rebuild(source: Readable, sound_at: int, changes: dict[int, bytes]) -> tuple[MendedSource, ...]:
    """The recording with some bytes of its header changed; as it is where that header is too long to hold."""
    if not 0 < sound_at <= min(HEAD_BYTES, source.size_bytes):
        return ()
    head = bytearray(source.read(0, sound_at))
    for at, value in changes.items():
        head[at : at + len(value)] = value
    rebuilt = RebuiltFile(bytes(head), FilePart(source, sound_at, source.size_bytes))
    return (MendedSource(rebuilt, source),)


_MENDERS: dict[str, Callable[[Readable], tuple[MendedSource, ...]]] = {
    "wav": _mend_wav, "w64": _mend_w64, "aiff": _mend_aiff, "caf": _mend_caf,
}  # fmt: skip
