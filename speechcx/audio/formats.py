"""What a file is, told by its first bytes: the containers and codecs that are allowed, and nothing else.

The demuxer is chosen here and given to FFmpeg by name, so FFmpeg never guesses: a text file named
``call.wav`` that lists other recordings cannot make it open them.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from speechcx.audio.mpeg import begins_with_frames, find_frames
from speechcx.audio.settings import AudioSettings
from speechcx.errors import CallError

DECODERS = (
    "pcm_alaw", "pcm_mulaw", "pcm_s8", "pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be",
    "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be",
    "adpcm_ima_wav", "adpcm_ima_oki", "adpcm_ima_qt", "adpcm_ms", "g722", "g723_1", "g726", "g726le", "g729",
    "gsm", "gsm_ms", "amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb", "ilbc", "speex", "libspeex",
    "truespeech", "opus", "libopus", "vorbis", "libvorbis", "flac", "alac",
    "mp2", "mp2float", "mp3", "mp3float", "aac", "aac_fixed", "wmav1", "wmav2", "wmavoice",
)  # fmt: skip
"""Names of FFmpeg's decoders that may be opened."""

HEAD_BYTES = 64 * 1024
MAX_TAG_BYTES = 32 * 1024**2
"""Titles and pictures before the sound; more is an attack on memory, not a recording."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How FFmpeg is to read a file.

    Parameters
    ----------
    demuxer
        FFmpeg's name of the container.
    options
        Options of the demuxer: rate and channels of a headerless file.
    has_header
        Whether the file says anything of itself.
    sound_at
        Where the container begins, behind an ID3 tag.
    header
        A header that the file lacks and that FFmpeg is shown before its bytes.
    bytes_per_s
        At most this many bytes are a second, where the bytes alone tell the time; None elsewhere.
    """

    demuxer: str
    options: tuple[tuple[str, str], ...] = ()
    has_header: bool = True
    sound_at: int = 0
    header: bytes = b""
    bytes_per_s: float | None = None


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


_CONTAINERS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("wav", lambda head: head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE"),
    ("w64", _starts(bytes.fromhex("726966662e91cf11a5d628db04c10000"))),
    ("ogg", _starts(b"OggS")),
    ("flac", _starts(b"fLaC")),
    ("amr", _starts(b"#!AMR\n", b"#!AMR-WB\n")),
    ("mov", lambda head: head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide")),
    ("matroska", _starts(b"\x1aE\xdf\xa3")),
    ("au", _starts(b".snd")),
    ("aiff", lambda head: head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC")),
    ("caf", _starts(b"caff")),
    ("asf", _starts(bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"))),
    ("ilbc", _starts(b"#!iLBC20\n", b"#!iLBC30\n")),
    ("voc", _starts(b"Creative Voice File\x1a")),
)
_REFUSED: tuple[tuple[str, str, Callable[[bytes], bool]], ...] = (
    ("unsupported_codec", "an AVI video", lambda head: head[:4] == b"RIFF" and head[8:12] == b"AVI "),
    ("unsupported_codec", "an FLV video", _starts(b"FLV\x01")),
    ("unsupported_codec", "an MPEG video", _starts(b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")),
    ("unsupported_codec", "an MPEG transport stream", lambda head: head[:565:188] == b"GGGG"),
    ("unsupported_codec", "a RealMedia file", _starts(b".RMF", b".ra\xfd")),
    ("unsupported_codec", "a Monkey's Audio file", _starts(b"MAC ")),
    ("unsupported_codec", "a WavPack file", _starts(b"wvpk")),
    ("unsupported_codec", "a multi-channel AMR file", _starts(b"#!AMR_MC1.0", b"#!AMR-WB_MC1.0")),
    ("not_audio", "a packet capture", _starts(b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x0a\x0d\x0d\x0a")),
    ("not_audio", "a ZIP archive", _starts(b"PK\x03\x04", b"PK\x05\x06")),
    (
        "not_audio",
        "a compressed file",
        _starts(b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf", b"Rar!"),
    ),
    ("not_audio", "a PDF document", _starts(b"%PDF")),
    ("not_audio", "a picture", _starts(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")),
    ("not_audio", "an SQLite database", _starts(b"SQLite format 3\x00")),
    ("not_audio", "a program", _starts(b"\x7fELF", b"MZ")),
)
_HEADERLESS = {
    ".ulaw": "mulaw", ".ul": "mulaw", ".ulw": "mulaw", ".mulaw": "mulaw", ".mu": "mulaw", ".pcmu": "mulaw",
    ".alaw": "alaw", ".al": "alaw", ".alw": "alaw", ".pcma": "alaw",
    ".sln": "s16le", ".sln8": "s16le", ".sln12": "s16le", ".sln16": "s16le", ".sln24": "s16le",
    ".sln32": "s16le", ".sln44": "s16le", ".sln48": "s16le", ".sln96": "s16le", ".sln192": "s16le",
    ".gsm": "gsm", ".g722": "g722", ".g723": "g723_1", ".g723_1": "g723_1", ".g729": "g729",
    ".g726": "g726le", ".g726-32": "g726le",
}  # fmt: skip
"""Encoding by extension; the ``sln`` family is Asterisk's, with the rate in its name."""

_SLN_RATES_HZ = {".sln44": 44100}
_PACKED_BYTES_PER_S = {"g722": 8000, "g723_1": 800, "g729": 1000, "g726le": 4000, "gsm": 1650}
"""Of packed encodings without a header; G.723.1 takes less at its lower rate."""
_PACKED_OPTIONS = {
    "gsm": (("sample_rate", "8000"),),
    "g726le": (("sample_rate", "8000"), ("code_size", "4")),
}


def recognise(head: bytes, name: str, settings: AudioSettings) -> FileFormat:
    """Tell what a file is.

    Parameters
    ----------
    head
        Its first `HEAD_BYTES`, or all of it, from behind an ID3 tag where there is one.
    name
        File name; its extension counts only where the bytes say nothing.
    settings
        Rate, channels and further extensions of headerless files.

    Raises
    ------
    CallError
        ``not_audio`` or ``unsupported_codec``, with what the file looks like.
    """
    for demuxer, fits in _CONTAINERS:
        if fits(head):
            return FileFormat(demuxer)
    for kind, what, fits in _REFUSED:
        if fits(head):
            raise CallError(kind, f"this is {what}", "a recording of a call")
    extension = os.path.splitext(name)[1].lower()
    encoding = (_HEADERLESS | dict(entry.split("=") for entry in settings.headerless)).get(extension)
    # An encoder that has nothing to say fills its frames up with the letter U.
    if _is_text(head) and not begins_with_frames(head):
        raise CallError("not_audio", f"this is a text file: {_text_kind(head)}", "a recording of a call")
    if encoding is not None:
        return _headerless(encoding, extension, head, settings)
    if head.startswith(b"ADIF"):
        return FileFormat("aac")
    stream = find_frames(head)
    if stream is not None:
        return FileFormat(stream)
    raise CallError(
        "not_audio",
        f"the first bytes ({head[:8].hex(' ')}) are those of no known recording",
        "WAV, FLAC, MP3, Opus, Vorbis, M4A, AMR, ...; a headerless file needs an extension such as .ulaw",
    )


def id3_bytes(head: bytes) -> int:
    """Length of the ID3v2 tag at the start of `head`, 0 where there is none.

    Raises
    ------
    CallError
        ``too_big`` for a tag over `MAX_TAG_BYTES`.
    """
    size = id3_size(head)
    check_tag_bytes(size)
    return size


def id3_size(head: bytes) -> int:
    """The length that an ID3v2 tag at the start of `head` names, whatever it is; 0 where there is none."""
    if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
        return 0
    return 10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def check_tag_bytes(size: int) -> None:
    """Refuse titles and pictures over `MAX_TAG_BYTES` as ``too_big``."""
    if size > MAX_TAG_BYTES:
        raise CallError(
            "too_big",
            f"{size:,} bytes of titles or pictures before the sound",
            f"at most {MAX_TAG_BYTES:,}",
            "Export the call without titles and pictures.",
        )


def _headerless(encoding: str, extension: str, head: bytes, settings: AudioSettings) -> FileFormat:
    # Every frame of GSM 06.10 begins with the four bits 0xD (ETSI 06.10, 33-byte packing).
    if encoding == "gsm" and head and head[0] >> 4 != 0xD:
        raise CallError(
            "not_audio", f"the first byte is 0x{head[0]:02x}", "0xd0 to 0xdf, as in every GSM frame"
        )
    rate_hz = settings.headerless_rate_hz
    rated = re.fullmatch(r"\.sln(\d+)", extension)
    if rated:
        rate_hz = _SLN_RATES_HZ.get(extension, int(rated[1]) * 1000)
    if encoding in _PACKED_BYTES_PER_S:
        return FileFormat(
            encoding, _PACKED_OPTIONS.get(encoding, ()), False, bytes_per_s=_PACKED_BYTES_PER_S[encoding]
        )
    if encoding == "dialogic":
        return FileFormat("wav", has_header=False, header=_dialogic_header(rate_hz), bytes_per_s=rate_hz / 2)
    layout = {1: "mono", 2: "stereo"}.get(
        settings.headerless_channels, f"{settings.headerless_channels} channels"
    )
    sample_bytes = 2 if encoding in ("s16le", "s16be") else 1
    return FileFormat(
        encoding, (("sample_rate", str(rate_hz)), ("ch_layout", layout)), has_header=False,
        bytes_per_s=rate_hz * settings.headerless_channels * sample_bytes,
    )  # fmt: skip


def _dialogic_header(rate_hz: int) -> bytes:
    """The WAV header of Dialogic's ADPCM (format tag 0x17), two samples a byte, of unknown length.

    FFmpeg has the decoder but no reader of bare files.
    """
    form = struct.pack("<HHIIHH", 0x17, 1, rate_hz, rate_hz // 2, 1, 4)
    unknown = struct.pack("<I", 0xFFFF_FFFF)
    return b"RIFF" + unknown + b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + unknown


_TEXT = bytes({*range(0x20, 0x7F), 0x09, 0x0A, 0x0D, 0x1B})


def _is_text(head: bytes) -> bool:
    """Whether nearly all of `head` is printable: sound of any encoding soon leaves that range."""
    if len(head) > 64 and len(set(head)) < 4:
        return False  # digital silence: an A-law zero may be the letter U
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\x00", b"")[2:]
    if not head:
        return False
    printable = len(head) - len(head.translate(None, _TEXT))
    if printable >= 0.97 * len(head):
        return True
    try:
        text = head.decode("utf-8", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return False
    shown = sum(char.isprintable() or char.isspace() for char in text)
    return len(text.encode()) >= 0.99 * len(head) and shown >= 0.97 * len(text)


def _text_kind(head: bytes) -> str:
    """What sort of text it is, for the message; none of its words, which may be private."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    marks = (
        ((b"ffconcat",), "a list of other files (ffconcat)"),
        ((b"#extm3u",), "a playlist (M3U)"),
        ((b"<!doctype html", b"<html"), "a web page"),
        ((b"<?xml", b"<"), "XML"),
        ((b"v=0",), "a session description (SDP)"),
        ((b"webvtt", b"1\n00:", b"1\r\n00:"), "subtitles"),
        ((b"{", b"["), "JSON"),
    )
    return next((kind for starts, kind in marks if start.startswith(starts)), "plain text")
