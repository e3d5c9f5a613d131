"""Several recordings in one file, one behind the other: where each begins.

Recorders that append after a hold, and people who join files by hand, leave them. FFmpeg reads the first
and stops, or takes the next header for sound.
"""

from __future__ import annotations

from collections.abc import Iterator

from speechcx.audio.file_source import FilePart, Readable
from speechcx.audio.formats import FileFormat
from speechcx.audio.ogg import read_ogg_pages
from speechcx.errors import CallError

MAX_PARTS = 500
"""More recordings than this in one file are refused."""

_READ_BYTES = 1 << 20
_HEAD_BYTES = 64
_W64 = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")

_MARKS: dict[str, tuple[tuple[bytes, int], ...]] = {
    "wav": ((b"RIFF", 0), (b"RF64", 0), (b"BW64", 0)), "w64": ((_W64, 0),), "flac": ((b"fLaC", 0),),
    "mov": ((b"ftyp", 4),), "amr": ((b"#!AMR\n", 0), (b"#!AMR-WB\n", 0)), "matroska": ((b"\x1aE\xdf\xa3", 0),),
    "au": ((b".snd", 0),), "aiff": ((b"FORM", 0),), "caf": ((b"caff\x00\x01", 0),), "asf": ((_ASF, 0),),
    "voc": ((b"Creative Voice File\x1a", 0),), "ilbc": ((b"#!iLBC20\n", 0), (b"#!iLBC30\n", 0)),
}  # fmt: skip
"""What each container begins with, and how far behind its first byte that stands."""


def find_parts(source: Readable, form: FileFormat) -> tuple[Readable, ...]:
    """The recordings in a file, in order; nearly always the file itself.

    Raises
    ------
    CallError
        ``too_big`` for more than `MAX_PARTS`.
    """
    if form.header:
        return (source,)
    if form.demuxer == "ogg":
        starts = list(read_ogg_pages(source, form.sound_at).links)
    else:
        starts = sorted(_find_marks(source, form))
    if not starts:
        return (source,)
    _check_count(len(starts) + 1)
    ends = [*starts, source.size_bytes]
    return tuple(FilePart(source, start, end) for start, end in zip([0, *starts], ends, strict=True))


def _check_count(count: int) -> None:
    if count > MAX_PARTS:
        raise CallError(
            "too_big",
            f"more than {MAX_PARTS} recordings one behind the other in the file",
            f"at most {MAX_PARTS}",
            "Split the file.",
        )


def _find_marks(source: Readable, form: FileFormat) -> Iterator[int]:
    """Bytes at which a whole header of the same container begins."""
    count = 0
    for mark, offset in _MARKS.get(form.demuxer, ()):
        at = form.sound_at + offset + 1
        while at < source.size_bytes:
            block = source.read(at, _READ_BYTES)
            found = block.find(mark)
            if found < 0:
                at += max(1, len(block) - len(mark) + 1)
                continue
            begin = at + found - offset
            if _is_header(form.demuxer, source.read(begin, _HEAD_BYTES)):
                count += 1
                _check_count(count)
                yield begin
            at += found + 1


def _is_header(demuxer: str, head: bytes) -> bool:
    """Whether `head` is a header and not sound that begins alike."""
    if len(head) < 12:
        return False
    if demuxer == "wav":
        return head[8:12] == b"WAVE"
    if demuxer == "aiff":
        return head[8:12] in (b"AIFF", b"AIFC")
    if demuxer == "flac":
        return head[4] & 0x7F == 0 and head[5:8] == b"\x00\x00\x22"
    if demuxer == "mov":
        return 16 <= int.from_bytes(head[:4], "big") <= 1024 and head[8:10].isalnum()
    if demuxer == "matroska":
        return b"webm" in head or b"matroska" in head
    if demuxer == "au":
        numbers = [int.from_bytes(head[at : at + 4], "big") for at in (4, 12, 16, 20)]
        return (
            24 <= numbers[0] <= 65_536
            and 1 <= numbers[1] <= 27
            and 4000 <= numbers[2] <= 192_000
            and 1 <= numbers[3] <= 8
        )
    if demuxer == "caf":
        return head[8:12] == b"desc"
    return True
