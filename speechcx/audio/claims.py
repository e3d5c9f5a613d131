"""What a file claims of its own length, and whether it can be seen to be cut off before decoding it."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

from speechcx.audio.amr import read_magic
from speechcx.audio.file_source import Readable
from speechcx.audio.formats import HEAD_BYTES, FileFormat, check_tag_bytes
from speechcx.audio.header_repair import LOOSE_SHARE
from speechcx.audio.mpeg import first_frame, is_lame_tag_sound, lame_padding
from speechcx.audio.ogg import read_ogg_pages
from speechcx.audio.riff import read_wav_header
from speechcx.errors import CallError

MIN_MP3_FRAME_BYTES = 24
"""The shortest frame of layer III: 8 kbit/s at 24 kHz."""

MAX_PIECES = 200_000
"""More blocks or clusters than this are refused: in four hours that is one every 70 ms, and recorders write seconds."""

USUAL_RATES_HZ = frozenset({
    6_000, 7_350, 8_000, 9_600, 11_025, 11_127, 11_128, 12_000, 16_000, 18_900, 20_000, 22_050, 22_254, 22_255, 24_000,
    32_000, 37_800, 44_056, 44_100, 47_952, 48_000, 64_000, 88_200, 96_000, 176_400, 192_000,
})  # fmt: skip
"""Rates that recorders and sound programs write."""

NAMES_RATE_ONCE = frozenset({"au", "aiff", "caf", "voc"})
"""Containers in which nothing else confirms the rate, so that a damaged one changes the length unseen."""

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
    sound_bytes
        Bytes of sound, all of which packets must hold; None where the container mixes in others.
    damage
        What is wrong inside, empty where nothing can be seen.
    tells_end
        Whether the format says where it ends. A cut between two frames of one that does not leaves no trace.
    lies
        The header names less sound than there is; FFmpeg has to be told not to believe it.
    is_doubtful
        The header contradicts itself about the rate, so that no length can be sure.
    missing_end_s
        Sound that FFmpeg does not know of, behind the end it finds.
    """

    duration_s: float | None = None
    cut: str = ""
    behind_bytes: int = 0
    is_open: bool = False
    sound_bytes: int | None = None
    damage: str = ""
    tells_end: bool = True
    lies: bool = False
    missing_end_s: float = 0.0
    is_doubtful: bool = False


def is_doubtful_rate(demuxer: str, rate_hz: int) -> bool:
    """Whether a header names a rate that no recorder uses, and nothing else in the file could confirm it."""
    if demuxer not in NAMES_RATE_ONCE or rate_hz in USUAL_RATES_HZ:
        return False
    # Creative's files count microseconds to a sample, in a byte.
    is_in_microseconds = demuxer == "voc" and rate_hz == 1_000_000 // max(1, round(1_000_000 / rate_hz))
    return not is_in_microseconds


def read_claim(source: Readable, form: FileFormat) -> Claim:
    """Read what the file says of its length, without decoding.

    Raises
    ------
    CallError
        ``bad_header`` and ``empty`` where the header alone shows it, ``truncated`` where the part
        without which nothing can be decoded is missing, ``too_big`` for oversized titles or indexes.
    """
    reader = None if form.header else _READERS.get(form.demuxer)
    return reader(source, form) if reader is not None else _bare(source, form)


def _bare(source: Readable, form: FileFormat) -> Claim:
    """Samples or frames and nothing else."""
    return Claim(sound_bytes=source.size_bytes - form.sound_at, tells_end=False)


def _wav(source: Readable, form: FileFormat) -> Claim:
    header = read_wav_header(source)
    cut = ""
    if header.data_bytes is not None and header.data_there < header.data_bytes:
        cut = f"the header says {header.data_bytes:,} bytes of sound, the file has {header.data_there:,}"
    lies = header.data_bytes is None or header.behind_bytes > LOOSE_SHARE * source.size_bytes
    there = source.size_bytes - header.data_at if lies else header.data_there
    return Claim(
        header.duration_s,
        cut,
        0 if lies else header.behind_bytes,
        header.data_bytes is None,
        there - there % header.block_bytes,
        tells_end=header.data_bytes is None or header.duration_s is not None,
        lies=lies,
        is_doubtful=header.contradicts_itself,
    )


def _flac(source: Readable, form: FileFormat) -> Claim:
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
    count = int.from_bytes(source.read(form.sound_at + 21, 5), "big") % 2**36
    # All ones is what a program writes before it knows.
    return Claim(is_open=count == 2**36 - 1, sound_bytes=source.size_bytes - at - tag_bytes_at_end(source))


def _mp3(source: Readable, form: FileFormat) -> Claim:
    head = source.read(form.sound_at, HEAD_BYTES)
    found = first_frame(head)
    there = source.size_bytes - form.sound_at - tag_bytes_at_end(source)
    if found is None:
        return Claim(sound_bytes=there, tells_end=False)
    at, frame = found
    xing = at + frame.side_bytes
    if head[xing : xing + 4] in (b"Xing", b"Info"):
        flags = int.from_bytes(head[xing + 4 : xing + 8], "big")
        frames = int.from_bytes(head[xing + 8 : xing + 12], "big") if flags & 1 else 0
        size = int.from_bytes(head[xing + 12 : xing + 16], "big") if flags & 3 == 3 else 0
        padding = lame_padding(head[xing : xing + 144]) if flags & 15 == 15 else 0
        is_doubtful = flags & 15 == 15 and not is_lame_tag_sound(head[at : xing + 156])
    elif head[at + 36 : at + 40] == b"VBRI" and len(head) >= at + 54:
        size, frames = struct.unpack(">II", head[at + 46 : at + 54])
        padding, is_doubtful = 0, False
    else:
        return Claim(sound_bytes=there, tells_end=False)
    left = source.size_bytes - form.sound_at - at
    cut = f"the header says {size:,} bytes, the file has {left:,}" if size and left < 0.99 * size else ""
    if frames * MIN_MP3_FRAME_BYTES > left:
        # No frame is so short: the count is no count.
        frames, cut = 0, cut or f"the header says {frames:,} frames, the file has {left:,} bytes"
    duration_s = max(0, frames * frame.samples - padding) / frame.rate_hz if frames else None
    # FFmpeg takes the frame that holds the count for no sound.
    return Claim(
        duration_s,
        cut,
        sound_bytes=there - frame.size_bytes,
        tells_end=duration_s is not None,
        is_doubtful=is_doubtful,
    )


def tag_bytes_at_end(source: Readable) -> int:
    """Length of the titles behind the sound: ID3v1, and APEv2 before it."""
    end = source.size_bytes
    if source.read(max(0, end - 128), 3) == b"TAG" and end > 128:
        end -= 128
    foot = source.read(max(0, end - 32), 32)
    if foot.startswith(b"APETAGEX"):
        size = int.from_bytes(foot[12:16], "little") + (32 if foot[23] & 0x80 else 0)
        end -= size if 32 <= size <= end else 0
    return source.size_bytes - end


def _ogg(source: Readable, form: FileFormat) -> Claim:
    _check_ogg_tags(source, form.sound_at)
    pages = read_ogg_pages(source, form.sound_at)
    cut = "" if pages.is_ended else "no Ogg page says that it is the last"
    if not pages.is_whole_at_end:
        cut = "the last Ogg page is not whole"
    return Claim(cut=cut, damage=pages.damage, missing_end_s=pages.missing_end_s)


def _check_ogg_tags(source: Readable, start: int) -> None:
    """Walk the pages of the header packets; the first page of sound has a position over 0."""
    at = start
    while True:
        head = source.read(at, 27 + 255)
        if len(head) < 27 or head[:4] != b"OggS" or int.from_bytes(head[6:14], "little", signed=True) > 0:
            return
        at += 27 + head[26] + sum(head[27 : 27 + head[26]])
        check_tag_bytes(at - start)


def _mov(source: Readable, form: FileFormat) -> Claim:
    names: list[bytes] = []
    cut = damage = ""
    at, sound_bytes = form.sound_at, 0
    while at + 8 <= source.size_bytes and len(names) < 10_000:
        head = source.read(at, 16)
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        size = int.from_bytes(head[8:16], "big") if size == 1 else size or source.size_bytes - at
        names.append(name)
        if b"moof" in names and not all(0x20 <= byte < 0x7F for byte in name):
            damage = f"no part of the format begins at byte {at:,}"
        if name == b"moov":
            check_tag_bytes(size)
        elif name == b"mdat":
            sound_bytes += min(size, source.size_bytes - at) - (16 if head[:4] == b"\0\0\0\1" else 8)
        if at + size > source.size_bytes:
            cut = f"the part {name.decode('latin-1')!r} needs {at + size:,} bytes, the file has {source.size_bytes:,}"
        at += max(size, 8)
    if b"moov" not in names:
        found = "the file ends before its index (moov)" if b"mdat" in names else "no index (moov) in the file"
        raise CallError("truncated" if b"mdat" in names or cut else "bad_header", found, "an index and sound")
    # A file in fragments may end behind any of them, unless an index of all stands at its end.
    tells_end = b"moof" not in names or b"mfra" in names or b"sidx" in names
    return Claim(cut=cut, sound_bytes=sound_bytes, damage=damage, tells_end=tells_end)


def _au(source: Readable, form: FileFormat) -> Claim:
    head = source.read(form.sound_at, 24)
    if len(head) < 24:
        raise CallError("empty", "an AU header without sound behind it", "a recording with samples")
    data_at, size, encoding, rate_hz, channels = struct.unpack(">IIIII", head[4:24])
    sample_bytes = {1: 1, 27: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8}.get(encoding)
    there = source.size_bytes - form.sound_at - data_at
    if there <= 0:
        raise CallError("empty", "an AU header without sound behind it", "a recording with samples")
    if size in (0, 0xFFFF_FFFF):
        return Claim(is_open=True, sound_bytes=there)
    cut = f"the header says {size:,} bytes of sound, the file has {there:,}" if there < size else ""
    behind = max(0, there - size)
    # FFmpeg reads the file to its end, whatever the header says.
    lies = behind > LOOSE_SHARE * source.size_bytes
    behind = 0 if lies else behind
    if sample_bytes is None or rate_hz == 0 or channels == 0:
        return Claim(None, cut, behind, lies=lies)
    # Nothing in the file confirms the channels: of more than two, some may come from damage.
    is_doubtful = channels > 2
    return Claim(
        size / sample_bytes / channels / rate_hz,
        cut,
        behind,
        sound_bytes=there if lies else min(size, there),
        lies=lies,
        is_doubtful=is_doubtful,
    )


def _aiff(source: Readable, form: FileFormat) -> Claim:
    at = form.sound_at + 12
    duration_s, cut, sound_bytes = None, "", None
    for _ in range(1000):
        head = source.read(at, 8)
        size = int.from_bytes(head[4:], "big")
        if len(head) < 8 or not head[:4].isascii():
            break
        if head[:4] == b"COMM":
            duration_s = _aiff_duration_s(source.read(at + 8, 18))
            if source.read(at + 10, 4) == b"\xff" * 4:
                duration_s = None  # what programs write before they know
        elif head[:4] == b"SSND":
            there = max(0, source.size_bytes - at - 8)
            cut = f"the header says {size:,} bytes of sound, the file has {there:,}" if size > there else cut
            sound_bytes = min(size, there) - 8
        elif sound_bytes is not None and at + 8 + size > source.size_bytes:
            break
        at += 8 + size + size % 2
    return Claim(duration_s, cut, max(0, source.size_bytes - at), sound_bytes=sound_bytes)


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


def _caf(source: Readable, form: FileFormat) -> Claim:
    at = form.sound_at + 8
    seconds_a_byte, claim = 0.0, Claim()
    for _ in range(1000):
        head = source.read(at, 12)
        size = int.from_bytes(head[4:12], "big", signed=True)
        if len(head) < 12 or not head[:4].isascii():
            break
        there = source.size_bytes - at - 12
        if head[:4] == b"desc":
            rate_hz, _, _, packet_bytes, packet_samples = struct.unpack(
                ">d4sIII", source.read(at + 12, 24).ljust(24, b"\0")
            )
            seconds_a_byte = packet_samples / packet_bytes / rate_hz if packet_bytes and rate_hz > 0 else 0.0
        elif head[:4] == b"data":
            if size <= 4:
                return Claim(is_open=True, sound_bytes=there - 4)
            cut = f"the header says {size:,} bytes of sound, the file has {there:,}" if there < size else ""
            claim = Claim((size - 4) * seconds_a_byte or None, cut, sound_bytes=min(size, there) - 4)
        elif size > there:
            break
        at += 12 + max(size, 0)
    return replace(claim, behind_bytes=max(0, source.size_bytes - at))


def _w64(source: Readable, form: FileFormat) -> Claim:
    claimed = int.from_bytes(source.read(16, 8), "little")
    is_open = claimed == 0 or claimed >= 2**62
    cut = ""
    if not is_open and claimed > source.size_bytes:
        cut = f"the header says {claimed:,} bytes, the file has {source.size_bytes:,}"
    at, bytes_a_second, claim = 40, 0, Claim(cut=cut, is_open=is_open)
    for _ in range(1000):
        head = source.read(at, 24)
        size = int.from_bytes(head[16:], "little")
        if len(head) < 24 or size < 24:
            break
        there = source.size_bytes - at - 24
        if head[:4] == b"fmt ":
            bytes_a_second = int.from_bytes(source.read(at + 32, 4), "little")
        elif head[:4] == b"data":
            if is_open or size >= 2**62:
                return replace(claim, is_open=True, sound_bytes=there)
            if size - 24 > there:
                cut = f"the header says {size - 24:,} bytes of sound, the file has {there:,}"
            length_s = (size - 24) / bytes_a_second if bytes_a_second else None
            claim = Claim(length_s, cut, sound_bytes=min(size - 24, there))
        elif size - 24 > there:
            break
        at += (size + 7) // 8 * 8
    return replace(claim, behind_bytes=max(0, source.size_bytes - at))


def _voc(source: Readable, form: FileFormat) -> Claim:
    """Blocks of one byte for the kind and three for the length, up to a block of kind 0."""
    at = form.sound_at + int.from_bytes(source.read(form.sound_at + 20, 2), "little")
    claim, bytes_a_second, seconds = Claim(sound_bytes=0), 0.0, 0.0
    for no in itertools.count():
        _check_pieces(no, "blocks")
        head = source.read(at, 16)
        if len(head) < 4 and head[:1] != b"\0":
            claim = replace(claim, cut="no block says that it is the last")
            break
        kind, size, there = head[0], int.from_bytes(head[1:4], "little"), source.size_bytes - at - 4
        if kind == 0 or kind > 9:
            claim = replace(claim, behind_bytes=max(0, source.size_bytes - at - 1))
            break
        if kind in (1, 9):
            bytes_a_second = _voc_bytes_a_second(kind, head)
        if kind in (1, 2, 9):
            held = max(0, min(size, there) - {1: 2, 9: 12}.get(kind, 0))
            claim = replace(claim, sound_bytes=(claim.sound_bytes or 0) + held)
            seconds += held / bytes_a_second if bytes_a_second else math.nan
        elif kind in (3, 6):
            claim = replace(claim, damage="silence or repeats that are told and not written out")
        if size > there:
            claim = replace(claim, cut=f"the last block needs {size:,} bytes, the file has {there:,}")
            break
        at += 4 + size
    return replace(claim, duration_s=seconds if seconds > 0 else None)


def _check_pieces(count: int, what: str) -> None:
    if count > MAX_PIECES:
        raise CallError(
            "too_big",
            f"the sound is in more than {MAX_PIECES:,} {what}",
            f"at most {MAX_PIECES:,}",
            "Convert the recording to WAV.",
        )


def _voc_bytes_a_second(kind: int, head: bytes) -> float:
    """Rate of a block of sound, 0 where it is packed in a way that does not tell."""
    if kind == 1:
        return 1e6 / (256 - head[4]) if len(head) > 5 and head[5] == 0 else 0.0
    if len(head) < 12 or int.from_bytes(head[10:12], "little") not in (0, 4, 6, 7):
        return 0.0
    return int.from_bytes(head[4:8], "little") * head[8] * head[9] / 8


def _asf(source: Readable, form: FileFormat) -> Claim:
    at, cut = 0, ""
    for _ in range(1000):
        head = source.read(at, 24)
        size = int.from_bytes(head[16:], "little")
        if len(head) < 24 or size < 24:
            break
        if at == 0:
            check_tag_bytes(size)
        if at + size > source.size_bytes:
            cut = f"the header says {size:,} bytes, the file has {source.size_bytes - at:,}"
        at += size
    return Claim(None, cut, max(0, source.size_bytes - at))


def _frames_of(size_bytes: int) -> Callable[[Readable, FileFormat], Claim]:
    """Reader for headerless files of equal frames: half a frame at the end is a cut."""

    def read(source: Readable, form: FileFormat) -> Claim:
        rest = source.size_bytes % size_bytes
        cut = f"the last frame has {rest} of {size_bytes} bytes" if rest else ""
        return Claim(cut=cut, sound_bytes=source.size_bytes - rest, tells_end=False)

    return read


_EBML_SEGMENT, _EBML_CLUSTER = 0x18538067, 0x1F43B675
_EBML_TOP = frozenset({
    _EBML_CLUSTER, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1254C367, 0x1043A770, 0x1941A469, 0xEC, 0xBF,
})  # fmt: skip
"""Elements that a segment may hold (RFC 9559, 5.1)."""


def _matroska(source: Readable, form: FileFormat) -> Claim:
    header = _ebml(source, form.sound_at)
    segment = _ebml(source, header[1] + (header[2] or 0)) if header else None
    if segment is None or segment[0] != _EBML_SEGMENT:
        return Claim(damage="no segment behind the header", tells_end=False)
    at, size = segment[1:]
    end = source.size_bytes if size is None else at + size
    if end > source.size_bytes:
        return Claim(cut=f"the segment needs {end:,} bytes, the file has {source.size_bytes:,}")
    for no in itertools.count():
        _check_pieces(no, "clusters")
        element = _ebml(source, at) if at < end else None
        if element is None or element[2] is None:
            break
        name, at, size = element[0], element[1], element[2]
        if name not in _EBML_TOP:
            return Claim(damage="the chain of clusters is broken", tells_end=False)
        if name != _EBML_CLUSTER:
            check_tag_bytes(size)
        at += size
    return Claim(behind_bytes=source.size_bytes - end, tells_end=size is not None)


def _ebml(source: Readable, at: int) -> tuple[int, int, int | None] | None:
    """Name of the EBML element at a byte, where its content begins, and its length; None where none is."""
    head = source.read(at, 12)
    width = 9 - head[0].bit_length() if head else 9
    if width > 4 or len(head) <= width:
        return None
    length = 9 - head[width].bit_length()
    if length > 8 or len(head) < width + length:
        return None
    size = int.from_bytes(head[width : width + length], "big") & ((1 << 7 * length) - 1)
    is_unknown = size == (1 << 7 * length) - 1
    return int.from_bytes(head[:width], "big"), at + width + length, None if is_unknown else size


def _amr(source: Readable, form: FileFormat) -> Claim:
    _, magic_bytes = read_magic(source.read(form.sound_at, 16))
    return Claim(sound_bytes=source.size_bytes - form.sound_at - magic_bytes, tells_end=False)


_READERS: dict[str, Callable[[Readable, FileFormat], Claim]] = {
    "wav": _wav,
    "flac": _flac,
    "mp3": _mp3,
    "ogg": _ogg,
    "mov": _mov,
    "au": _au,
    "aiff": _aiff,
    "caf": _caf,
    "w64": _w64,
    "voc": _voc,
    "asf": _asf,
    "matroska": _matroska,
    "amr": _amr,
    "gsm": _frames_of(33),
    "g729": _frames_of(10),
}
