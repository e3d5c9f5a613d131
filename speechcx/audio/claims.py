"""What a file claims of its own length, and whether it can be seen to be cut off before decoding it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from speechcx.audio.formats import HEAD_BYTES, Format, check_tag_bytes
from speechcx.audio.mpeg import first_frame
from speechcx.audio.riff import read_wav_header
from speechcx.audio.source import Source
from speechcx.errors import CallError

TELLS_LENGTH = frozenset({"flac", "mov", "matroska", "asf", "ogg"})
"""Containers in whose header or index FFmpeg finds the whole length, also where the file was cut."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file says of itself.

    Parameters
    ----------
    duration_s
        Length by the file's own header; None where it names none, or FFmpeg reads it better.
    cut
        How the file can be seen to be cut off, empty where it cannot.
    behind_bytes
        Bytes behind the sound that belong to nothing.
    is_open
        The file says that its length is not known: it was written by a program that never finished it.
    """

    duration_s: float | None = None
    cut: str = ""
    behind_bytes: int = 0
    is_open: bool = False


def read_claim(source: Source, form: Format) -> Claim:
    """Read what the file says of its length, without decoding.

    Raises
    ------
    CallError
        ``bad_header`` and ``empty`` where the header alone shows it, ``truncated`` where the part
        without which nothing can be decoded is missing, ``too_big`` for oversized titles or indexes.
    """
    reader = None if form.header else _READERS.get(form.demuxer)
    return reader(source, form) if reader is not None else Claim()


def _wav(source: Source, form: Format) -> Claim:
    header = read_wav_header(source)
    cut = ""
    if header.data_bytes is not None and header.data_there < header.data_bytes:
        cut = f"the header says {header.data_bytes:,} bytes of sound, the file has {header.data_there:,}"
    return Claim(header.duration_s, cut, header.behind_bytes, header.data_bytes is None)


def _flac(source: Source, form: Format) -> Claim:
    at = form.sound_at + 4
    for _ in range(1000):
        head = source.read(at, 4)
        if len(head) < 4:
            raise CallError(
                "truncated", "the file ends inside the FLAC header", "a header and sound behind it"
            )
        at += 4 + int.from_bytes(head[1:], "big")
        check_tag_bytes(at - form.sound_at)
        if head[0] & 0x80:
            break
    if source.size_bytes < at:
        raise CallError("truncated", "the file ends inside the FLAC header", "a header and sound behind it")
    if source.size_bytes == at:
        raise CallError("empty", "a FLAC header without sound behind it", "a recording with samples")
    return Claim()


def _mp3(source: Source, form: Format) -> Claim:
    head = source.read(form.sound_at, HEAD_BYTES)
    found = first_frame(head)
    if found is None:
        return Claim()
    at, frame = found
    xing = at + frame.side_bytes
    if head[xing : xing + 4] in (b"Xing", b"Info"):
        flags = int.from_bytes(head[xing + 4 : xing + 8], "big")
        frames = int.from_bytes(head[xing + 8 : xing + 12], "big") if flags & 1 else 0
        size = int.from_bytes(head[xing + 12 : xing + 16], "big") if flags & 3 == 3 else 0
        padding = _lame_padding(head[xing : xing + 144]) if flags & 15 == 15 else 0
    elif head[at + 36 : at + 40] == b"VBRI" and len(head) >= at + 54:
        size, frames = struct.unpack(">II", head[at + 46 : at + 54])
        padding = 0
    else:
        return Claim()
    there = source.size_bytes - form.sound_at - at
    cut = f"the header says {size:,} bytes, the file has {there:,}" if size and there < 0.99 * size else ""
    duration_s = max(0, frames * frame.samples - padding) / frame.rate_hz if frames else None
    return Claim(duration_s, cut)


def _lame_padding(tag: bytes) -> int:
    """Samples that the encoder put before and behind the sound, from the LAME part of a full Xing tag."""
    both = int.from_bytes(tag[141:144], "big") if tag[120:124].isalpha() else 0
    return (both >> 12) + (both & 0xFFF)


def _ogg(source: Source, form: Format) -> Claim:
    _check_ogg_tags(source, form.sound_at)
    tail_at = max(0, source.size_bytes - 2 * HEAD_BYTES)
    tail = source.read(tail_at, 2 * HEAD_BYTES)
    last = tail.rfind(b"OggS")
    page = tail[last:] if last >= 0 else b""
    if len(page) < 27 or len(page) < 27 + page[26]:
        return Claim(cut="the last Ogg page is not whole")
    if len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]]):
        return Claim(cut="the last Ogg page is not whole")
    # RFC 3533, 6: the last page of a stream has the end-of-stream flag.
    return Claim(cut="" if page[5] & 4 else "no Ogg page says that it is the last")


def _check_ogg_tags(source: Source, start: int) -> None:
    """Walk the pages of the header packets; the first page of sound has a position over 0."""
    at = start
    while True:
        head = source.read(at, 27 + 255)
        if len(head) < 27 or head[:4] != b"OggS" or int.from_bytes(head[6:14], "little", signed=True) > 0:
            return
        at += 27 + head[26] + sum(head[27 : 27 + head[26]])
        check_tag_bytes(at - start)


def _mov(source: Source, form: Format) -> Claim:
    names: list[bytes] = []
    cut = ""
    at = form.sound_at
    while at + 8 <= source.size_bytes and len(names) < 10_000:
        head = source.read(at, 16)
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        size = int.from_bytes(head[8:16], "big") if size == 1 else size or source.size_bytes - at
        names.append(name)
        if name == b"moov":
            check_tag_bytes(size)
        if at + size > source.size_bytes:
            cut = f"the part {name.decode('latin-1')!r} needs {at + size:,} bytes, the file has {source.size_bytes:,}"
        at += max(size, 8)
    if b"moov" not in names:
        found = "the file ends before its index (moov)" if b"mdat" in names else "no index (moov) in the file"
        raise CallError("truncated" if b"mdat" in names or cut else "bad_header", found, "an index and sound")
    return Claim(cut=cut)


def _au(source: Source, form: Format) -> Claim:
    head = source.read(form.sound_at, 24)
    if len(head) < 24:
        raise CallError("empty", "an AU header without sound behind it", "a recording with samples")
    data_at, size, encoding, rate_hz, channels = struct.unpack(">IIIII", head[4:24])
    sample_bytes = {1: 1, 27: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8}.get(encoding)
    there = source.size_bytes - form.sound_at - data_at
    if there <= 0:
        raise CallError("empty", "an AU header without sound behind it", "a recording with samples")
    if size == 0xFFFF_FFFF:
        return Claim(is_open=True)
    cut = f"the header says {size:,} bytes of sound, the file has {there:,}" if there < size else ""
    if sample_bytes is None or rate_hz == 0 or channels == 0:
        return Claim(cut=cut)
    return Claim(size / sample_bytes / channels / rate_hz, cut, max(0, there - size))


def _aiff(source: Source, form: Format) -> Claim:
    at = form.sound_at + 12
    duration_s, cut = None, ""
    for _ in range(1000):
        head = source.read(at, 8)
        if len(head) < 8:
            break
        size = int.from_bytes(head[4:], "big")
        if head[:4] == b"COMM":
            duration_s = _aiff_duration_s(source.read(at + 8, 18))
        elif head[:4] == b"SSND" and at + 8 + size > source.size_bytes:
            cut = f"the header says {size:,} bytes of sound, the file has {source.size_bytes - at - 8:,}"
        at += 8 + size + size % 2
    return Claim(duration_s, cut)


def _aiff_duration_s(comm: bytes) -> float | None:
    """Frames over rate; the rate is an 80-bit IEEE 754 number."""
    if len(comm) < 18:
        return None
    frames = int.from_bytes(comm[2:6], "big")
    exponent = int.from_bytes(comm[8:10], "big") & 0x7FFF
    if not 16383 <= exponent <= 16383 + 20:
        return None
    rate_hz = int.from_bytes(comm[10:18], "big") * 2.0 ** (exponent - 16383 - 63)
    return frames / rate_hz if rate_hz > 0 else None


def _caf(source: Source, form: Format) -> Claim:
    at = form.sound_at + 8
    for _ in range(1000):
        head = source.read(at, 12)
        if len(head) < 12:
            break
        size = int.from_bytes(head[4:12], "big", signed=True)
        if head[:4] == b"data":
            there = source.size_bytes - at - 12
            if size < 0:
                return Claim(is_open=True)
            cut = f"the header says {size:,} bytes of sound, the file has {there:,}" if there < size else ""
            return Claim(cut=cut)
        at += 12 + max(size, 0)
    return Claim()


def _w64(source: Source, form: Format) -> Claim:
    claimed = int.from_bytes(source.read(16, 8), "little")
    if 0 < claimed < 2**62 and claimed > source.size_bytes:
        return Claim(cut=f"the header says {claimed:,} bytes, the file has {source.size_bytes:,}")
    return Claim(is_open=claimed == 0 or claimed >= 2**62)


def _frames_of(size_bytes: int) -> Callable[[Source, Format], Claim]:
    """Reader for headerless files of equal frames: half a frame at the end is a cut."""

    def read(source: Source, form: Format) -> Claim:
        rest = source.size_bytes % size_bytes
        return Claim(cut=f"the last frame has {rest} of {size_bytes} bytes" if rest else "")

    return read


_READERS: dict[str, Callable[[Source, Format], Claim]] = {
    "wav": _wav,
    "flac": _flac,
    "mp3": _mp3,
    "ogg": _ogg,
    "mov": _mov,
    "au": _au,
    "aiff": _aiff,
    "caf": _caf,
    "w64": _w64,
    "gsm": _frames_of(33),
    "g729": _frames_of(10),
}
