"""Several recordings in one file, one behind the other: where each begins.

Recorders that append after a hold, and people who join files by hand, leave them. FFmpeg reads the first
and stops, or takes the next header for sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from speechcx.audio.file_source import FilePart, Readable
from speechcx.audio.formats import HEAD_BYTES, FileFormat, id3_size
from speechcx.audio.mpeg import first_frame, read_mpeg_header
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

_MP3_MARKS = re.compile(rb"ID3[\x02-\x04]|Xing|Info|VBRI")
_VBRI_AT = 36
_MP3_COUNT_AT = (13, 21, _VBRI_AT)
"""Where the count of frames can stand in a frame, by version and channels."""


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
    elif form.demuxer == "mp3":
        starts = list(_find_mp3(source, form))
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


def _find_mp3(source: Readable, form: FileFormat) -> Iterator[int]:
    """Bytes at which another MP3 begins: a frame that counts the frames behind it, with the titles before it.

    Without such a frame nothing tells two recordings from one, and nothing is lost: frames follow on frames.
    """
    first = first_frame(source.read(form.sound_at, HEAD_BYTES))
    if first is None:
        return
    last_frame, count = form.sound_at + first[0], 0
    at = last_frame + first[1].size_bytes
    while at < source.size_bytes:
        block = source.read(at, _READ_BYTES)
        for found in _MP3_MARKS.finditer(block):
            begin = at + found.start()
            is_titles = found[0].startswith(b"ID3")
            behind_titles = (begin + id3_size(source.read(begin, 10)),)
            for frame in behind_titles if is_titles else (begin - offset for offset in _MP3_COUNT_AT):
                if frame > last_frame and _counts_frames(source, frame):
                    count += 1
                    _check_count(count)
                    yield begin if is_titles else frame
                    last_frame = frame
        at += max(1, len(block) - _HEAD_BYTES)


def _counts_frames(source: Readable, at: int) -> bool:
    """Whether an MP3 frame at `at` says how many frames its recording has, with another frame behind it."""
    head = source.read(at, _HEAD_BYTES)
    frame = read_mpeg_header(head, 0)
    if frame is None:
        return False
    mark = head[frame.side_bytes : frame.side_bytes + 4]
    is_count = mark in (b"Xing", b"Info") or head[_VBRI_AT : _VBRI_AT + 4] == b"VBRI"
    return is_count and read_mpeg_header(source.read(at + frame.size_bytes, 4), 0) is not None


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
