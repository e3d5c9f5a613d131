"""Broken, odd and hostile media files: each with its name, its bytes, and what must become of it.

An outcome is the slug of a failure kind, or ``ok`` with the flags that the call must carry.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.synth import (
    Sound,
    mulaw_bytes,
    noise,
    speech_like,
    through_microphone,
    tone,
    wav_bytes,
    write_encoded,
)

SECONDS = 5.0


@dataclass(frozen=True)
class BadFile:
    """One fake.

    Parameters
    ----------
    name
        File name, whose extension may lie.
    content
        Its bytes.
    outcome
        A failure kind, or ``ok``.
    flags
        Flags that an ``ok`` call must carry, all of them.
    """

    name: str
    content: bytes
    outcome: str
    flags: tuple[str, ...] = ()


@cache
def encoded(
    extension: str, codec: str, *, seconds: float = SECONDS, rate_hz: int = 8000, bit_rate: int | None = None
) -> bytes:
    """A speech-like sound in any format that PyAV writes."""
    sound = through_microphone(speech_like(seconds, rate_hz), rate_hz)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"x{extension}"
        write_encoded(path, sound, rate_hz, codec=codec, bit_rate=bit_rate)
        return path.read_bytes()


def wav_header(
    *,
    channels: int = 1,
    rate_hz: int = 8000,
    bits: int = 16,
    tag: int = 1,
    data_bytes: int = 80_000,
    block_bytes: int | None = None,
) -> bytes:
    """A WAV header that says what it is told to say."""
    block = channels * bits // 8 if block_bytes is None else block_bytes
    form = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * block & 0xFFFFFFFF, block & 0xFFFF, bits)
    size = min(36 + data_bytes, 0xFFFFFFFF)
    return (
        b"RIFF"
        + struct.pack("<I", size)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + b"data"
        + struct.pack("<I", data_bytes)
    )


def _sound() -> Sound:
    return speech_like(SECONDS)


def _samples() -> bytes:
    return wav_bytes(_sound())[44:]


def _random(count: int, seed: int = 7) -> bytes:
    return np.random.default_rng(seed).bytes(count)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("call.wav", wav_bytes(_sound()))
    return out.getvalue()


def _with_video() -> bytes:
    import av

    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "x.mp4")
        with av.open(path, "w") as out:
            video = out.add_stream("mpeg4", rate=10)
            video.width = video.height = 64
            video.pix_fmt = "yuv420p"
            for _ in range(10):
                picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
                out.mux(video.encode(picture))
            out.mux(video.encode(None))
        return Path(path).read_bytes()


def _long_flac() -> bytes:
    """24 hours by its header, made by editing the sample count of 5 s of silence."""
    whole = bytearray(encoded(".flac", "flac"))
    total = 24 * 3600 * 8000
    whole[21] = whole[21] & 0xF0 | total >> 32
    whole[22:26] = struct.pack(">I", total & 0xFFFFFFFF)
    return bytes(whole)


def _id3(size: int) -> bytes:
    return b"ID3\x04\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _concat(neighbour: str) -> bytes:
    return f"ffconcat version 1.0\nfile '{neighbour}'\nfile '{neighbour}'\n".encode()


def _text_files() -> Iterator[BadFile]:
    yield BadFile("concat.wav", _concat("neighbour.wav"), "not_audio")
    yield BadFile("concat.mp3", _concat("/etc/hostname"), "not_audio")
    yield BadFile("playlist.m3u8.wav", b"#EXTM3U\n#EXTINF:10,\nneighbour.wav\n#EXT-X-ENDLIST\n", "not_audio")
    yield BadFile("hls.mp3", b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://x/y.ts\n", "not_audio")
    yield BadFile("note.wav", b"The customer asked to be called back on Monday.\n" * 20, "not_audio")
    yield BadFile("note.ulaw", b"The customer asked to be called back on Monday.\n" * 20, "not_audio")
    yield BadFile("utf8.wav", "Grüße aus München, schöne Straße – äöü ß\n".encode() * 40, "not_audio")
    yield BadFile("utf16.wav", ("Grüße\r\n" * 80).encode("utf-16"), "not_audio")
    yield BadFile("error.mp3", b"<!DOCTYPE html><html><body>403 Forbidden</body></html>", "not_audio")
    yield BadFile("error.wav", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "not_audio")
    yield BadFile("answer.m4a", b'{"error": "not found"}', "not_audio")
    yield BadFile(
        "session.wav",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5000 RTP/AVP 0\n",
        "not_audio",
    )
    yield BadFile("subtitle.wav", b"WEBVTT\n\n00:00.000 --> 00:04.000\nHello\n", "not_audio")
    yield BadFile("subtitle.mp3", b"1\n00:00:01,000 --> 00:00:04,000\nHello\n", "not_audio")
    yield BadFile("tiny.wav", b"x", "not_audio")


def _foreign_files() -> Iterator[BadFile]:
    yield BadFile("archive.wav", _zip(), "not_audio")
    yield BadFile("archive.mp3", gzip.compress(wav_bytes(_sound())), "not_audio")
    yield BadFile("scan.wav", b"%PDF-1.7\n" + _random(4000), "not_audio")
    yield BadFile("picture.wav", b"\x89PNG\r\n\x1a\n" + _random(4000), "not_audio")
    yield BadFile("database.wav", b"SQLite format 3\x00" + bytes(4000), "not_audio")
    yield BadFile("capture.wav", b"\xd4\xc3\xb2\xa1" + _random(4000), "not_audio")
    yield BadFile("random.wav", _random(40_000), "not_audio")
    yield BadFile("random.mp3", _random(200_000, seed=3), "not_audio")
    yield BadFile("random.m4a", _random(40_000, seed=4), "not_audio")
    yield BadFile("random.gsm", b"\x11" + _random(40_000, seed=5), "not_audio")
    yield BadFile("zeros.wav", bytes(40_000), "not_audio")
    yield BadFile("ones.mp3", b"\xff" * 100_000, "not_audio")
    yield BadFile("film.wav", b"RIFF\x00\x10\x00\x00AVI LIST" + _random(4000), "unsupported_codec")
    yield BadFile("film.mp4", _with_video(), "unsupported_codec")
    yield BadFile("stream.mp3", (b"G" + bytes(187)) * 50, "unsupported_codec")
    yield BadFile("ape.wav", b"MAC \x96\x0f" + _random(4000), "unsupported_codec")
    yield BadFile("ac3.mka", encoded(".mka", "ac3", rate_hz=48000), "unsupported_codec")
    yield BadFile("ac3.m4a", encoded(".mp4", "ac3", rate_hz=48000), "unsupported_codec")


def _empty_files() -> Iterator[BadFile]:
    yield BadFile("zero.wav", b"", "empty")
    yield BadFile("zero.mp3", b"", "empty")
    yield BadFile("zero.ulaw", b"", "empty")
    yield BadFile("header.wav", wav_header(data_bytes=0), "empty")
    yield BadFile("claims-but-empty.wav", wav_header(data_bytes=80_000), "empty")
    yield BadFile("half-sample.wav", wav_header(data_bytes=1) + b"x", "empty")
    yield BadFile("no-data.wav", wav_header()[:36], "empty")
    yield BadFile("header.flac", encoded(".flac", "flac")[:8000][: 4 + 38 + 4096][:42], "truncated")
    yield BadFile("header.amr", b"#!AMR\n", "empty")
    yield BadFile("header.au", struct.pack(">4sIIIII", b".snd", 24, 80_000, 1, 8000, 1), "empty")
    yield BadFile("tag-only.mp3", _id3(100) + bytes(100), "not_audio")


def _odd_headers() -> Iterator[BadFile]:
    some = _samples()
    for name, header in {
        "0-hz": wav_header(rate_hz=0),
        "1-hz": wav_header(rate_hz=1, data_bytes=4000),
        "2-ghz": wav_header(rate_hz=2_000_000_000),
        "3999-hz": wav_header(rate_hz=3999),
        "0-channels": wav_header(channels=0, block_bytes=2),
        "9-channels": wav_header(channels=9),
        "255-channels": wav_header(channels=255),
        "65535-channels": wav_header(channels=65535, block_bytes=2),
        "0-block": wav_header(block_bytes=0),
    }.items():
        yield BadFile(f"{name}.wav", header + some, "bad_header")
    yield BadFile(
        "no-format.wav", b"RIFF\x00\x00\x00\x00WAVEdata" + struct.pack("<I", len(some)) + some, "bad_header"
    )
    yield BadFile("0-bits.wav", wav_header(bits=0, block_bytes=2) + some, "unsupported_codec")
    yield BadFile("7-bits.wav", wav_header(bits=7, block_bytes=1) + some, "ok")
    yield BadFile("odd-tag.wav", wav_header(tag=0x9999) + some, "unsupported_codec")
    yield BadFile("data-0.wav", wav_header(data_bytes=0) + some, "ok", ("open_length",))
    yield BadFile("data-all-ones.wav", wav_header(data_bytes=0xFFFFFFFF) + some, "ok", ("open_length",))
    yield BadFile("data-pipe.wav", wav_header(data_bytes=0x7FFFFFFF) + some, "ok", ("open_length",))
    yield BadFile("data-too-big.wav", wav_header(data_bytes=160_000) + some, "ok", ("truncated",))
    yield BadFile("data-too-small.wav", wav_header(data_bytes=8_000) + some, "ok", ("longer_than_declared",))
    yield BadFile("day.flac", _long_flac(), "too_long")
    yield BadFile("fat-tag.mp3", _id3(200 * 1024**2) + encoded(".mp3", "libmp3lame"), "too_big")
    yield BadFile("no-index.m4a", encoded(".m4a", "aac")[:-4000], "truncated")


def _odd_sound() -> Iterator[BadFile]:
    nan = _sound()
    nan[100:200] = np.nan
    nan[300] = np.inf
    nan[301] = -np.inf
    yield BadFile("nan.wav", wav_bytes(nan, encoding="float32"), "ok")
    yield BadFile("all-nan.wav", wav_bytes(np.full(8000, np.nan, np.float32), encoding="float64"), "ok")
    yield BadFile("dc.wav", wav_bytes(np.full(16000, 0.5, np.float32)), "ok")
    yield BadFile("clipped.wav", wav_bytes(np.sign(tone(300, 2.0)).astype(np.float32)), "ok")
    yield BadFile("silent.wav", wav_bytes(np.zeros(16000, np.float32)), "ok")
    yield BadFile("silent.alaw", b"\x55" * 16000, "ok", ("length_unverified",))
    yield BadFile("silent.ulaw", b"\xff" * 16000, "ok", ("length_unverified",))
    yield BadFile("short.wav", wav_bytes(tone(440, 0.05)), "ok")
    yield BadFile("noise.ulaw", mulaw_bytes(noise(2.0, level_dbov=-20)), "ok", ("length_unverified",))
    yield BadFile("wrong-name.mp3", wav_bytes(_sound()), "ok")
    yield BadFile("wrong-name.wav", encoded(".mp3", "libmp3lame"), "ok")
    yield BadFile("mp3-in.ulaw", wav_bytes(_sound()), "ok")
    yield BadFile("tagged.mp3", _id3(2000) + bytes(2000) + encoded(".mp3", "libmp3lame"), "ok")
    yield BadFile(
        "junk-before.mp3",
        _random(3000) + encoded(".mp3", "libmp3lame"),
        "ok",
        ("damaged", "longer_than_declared"),
    )
    yield BadFile("junk-behind.flac", encoded(".flac", "flac") + _random(500), "ok")


def _cut_files() -> Iterator[BadFile]:
    for extension, codec in ((".wav", "pcm_s16le"), (".mp3", "libmp3lame"), (".flac", "flac"), (".ogg", "libopus"),
                             (".webm", "libopus"), (".amr", "libopencore_amrnb"), (".aac", "aac"), (".au", "pcm_mulaw"),
                             (".aiff", "pcm_s16be"), (".caf", "pcm_s16le"), (".w64", "pcm_s16le")):  # fmt: skip
        rate_hz = 48000 if extension == ".webm" else 16000 if extension == ".aac" else 8000
        whole = encoded(extension, codec, rate_hz=rate_hz, seconds=10.0)
        for percent in (30, 50, 90):
            # An odd number of bytes, so that the cut goes through a frame where frames are all there is.
            part = whole[: len(whole) * percent // 100 | 1]
            yield BadFile(f"cut-{percent}{extension}", part, "ok", ("truncated",))
        yield BadFile(f"cut-short{extension}", whole[: max(600, len(whole) // 40) | 1], "truncated")


_GROUPS: tuple[Callable[[], Iterator[BadFile]], ...] = (
    _text_files,
    _foreign_files,
    _empty_files,
    _odd_headers,
    _odd_sound,
    _cut_files,
)


@cache
def bad_files() -> tuple[BadFile, ...]:
    """All fakes; every name is its own."""
    return tuple(fake for group in _GROUPS for fake in group())
