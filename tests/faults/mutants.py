"""Damaged copies of recordings of every format, whose true length is known; and a child that decodes them.

``python -m tests.faults.mutants FIRST LAST FOLDER`` decodes the mutants of those numbers in a process of
its own and prints one JSON line for each, so that a crash or a hang is seen from outside.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.synth import Sound, chirp, dialogic_bytes, sample_bytes, speech_like, to_int16, wav_bytes

MAX_SECONDS = 20
"""A mutant that takes longer hangs."""


@dataclass(frozen=True)
class Seed:
    """An undamaged recording.

    Parameters
    ----------
    name
        File name with the right extension.
    content
        Its bytes.
    duration_s
        How long it is, by construction.
    """

    name: str
    content: bytes
    duration_s: float


@dataclass(frozen=True)
class Mutant:
    """A damaged recording.

    Parameters
    ----------
    number
        From which it can be made again.
    name
        File name.
    content
        Its bytes.
    how
        What was done.
    duration_s
        How much sound its parts held before the damage.
    """

    number: int
    name: str
    content: bytes
    how: str
    duration_s: float


def sound(seconds: float, rate_hz: int, channels: int = 1) -> Sound:
    """Speech with a slide under it, so that no two moments are alike."""
    parts = [
        speech_like(seconds, rate_hz, seed=no) * np.float32(0.7)
        + chirp(300, 1500, seconds, rate_hz) * np.float32(0.3)
        for no in range(channels)
    ]
    return parts[0] if channels == 1 else np.stack(parts)


def encode(
    name: str,
    codec: str,
    rate_hz: int = 8000,
    *,
    channels: int = 1,
    seconds: float = 3.0,
    container: str | None = None,
    bit_rate: int | None = None,
    **options: str,
) -> Seed:
    """A recording written by PyAV."""
    import av

    layout = {1: "mono", 2: "stereo"}[channels]
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        with av.open(str(path), "w", format=container or _muxer(name), container_options=options) as out:
            stream = out.add_stream(codec, rate=rate_hz, layout=layout)
            stream.time_base = Fraction(1, rate_hz)
            if bit_rate is not None:
                stream.bit_rate = bit_rate
            flat = to_int16(np.atleast_2d(sound(seconds, rate_hz, channels))).T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(flat), format="s16", layout=layout)
            frame.sample_rate = rate_hz
            frame.pts = 0
            out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return Seed(name, path.read_bytes(), seconds)


_MUXERS = {
    "m4a": "ipod", "oga": "ogg", "opus": "opus", "mka": "matroska", "aac": "adts", "wma": "asf", "mp2": "mp2",
    "3gp": "3gp", "aif": "aiff",
}  # fmt: skip


def _muxer(name: str) -> str:
    extension = name.rpartition(".")[2]
    return _MUXERS.get(extension, extension)


def _vorbis(name: str, rate_hz: int, channels: int) -> Seed:
    import soundfile

    out = io.BytesIO()
    soundfile.write(
        out, np.atleast_2d(sound(3.0, rate_hz, channels)).T, rate_hz, format="OGG", subtype="VORBIS"
    )
    return Seed(name, out.getvalue(), 3.0)


def _gsm_wav(name: str, seconds: float) -> Seed:
    import soundfile

    out = io.BytesIO()
    soundfile.write(out, sound(seconds, 8000), 8000, format="WAV", subtype="GSM610")
    return Seed(name, out.getvalue(), seconds)


def _frames(name: str, magic: bytes, first: bytes, size: int, count: int, frame_s: float) -> Seed:
    """Frames of a speech codec without an encoder at hand: any bits behind the first byte are speech."""
    draw = random.Random(count)
    content = magic + b"".join(first + draw.randbytes(size - len(first)) for _ in range(count))
    return Seed(name, content, count * frame_s)


def _with_pause(seed: Seed) -> Seed:
    """A second in the middle of AMR in which the telephone sent nothing but what the background sounds like."""
    half = 6 + len(seed.content) // 64 * 32
    silent = b"".join(b"\x44\x10\x20\x30\x40\x50" if no % 8 == 0 else b"\x7c" for no in range(50))
    return Seed(seed.name, seed.content[:half] + silent + seed.content[half:], seed.duration_s + 1.0)


def _voc(name: str, encoding: str = "pcm8") -> Seed:
    """A Creative Voice File of several blocks."""
    data = sample_bytes(sound(3.0, 8000), encoding)
    code, bits = {"pcm8": (0, 8), "pcm16": (4, 16), "mulaw": (7, 8), "alaw": (6, 8)}[encoding]
    out = b"Creative Voice File\x1a" + struct.pack("<HHH", 26, 0x0114, 0x111F)
    step = len(data) // 4
    for at in range(0, 4 * step, step):
        body = struct.pack("<IBBHI", 8000, bits, 1, code, 0) + data[at : at + step]
        out += b"\x09" + len(body).to_bytes(3, "little") + body
    return Seed(name, out + b"\x00", 3.0)


def _rf64(name: str) -> Seed:
    data = sample_bytes(sound(3.0, 16000), "pcm16")
    form = struct.pack("<HHIIHH", 1, 1, 16000, 32000, 2, 16)
    long = struct.pack("<QQQI", len(data) + 72, len(data), len(data) // 2, 0)
    body = (
        b"WAVEds64"
        + struct.pack("<I", 28)
        + long
        + b"fmt "
        + struct.pack("<I", 16)
        + form
        + b"data\xff\xff\xff\xff"
    )
    return Seed(name, b"RF64\xff\xff\xff\xff" + body + data, 3.0)


@cache
def seeds() -> tuple[Seed, ...]:
    """Sixty recordings: every container and codec that is read, with and without a length of their own."""
    return tuple(_seeds())


def _seeds() -> Iterator[Seed]:
    for encoding in ("pcm8", "pcm16", "pcm24", "float32", "mulaw", "alaw"):
        channels = 2 if encoding in ("pcm16", "mulaw") else 1
        yield Seed(f"{encoding}.wav", wav_bytes(sound(3.0, 8000, channels), 8000, encoding), 3.0)
    yield _gsm_wav("gsm.wav", 3.2)
    yield _gsm_wav("long.wav49", 8.0)
    yield _rf64("rf64.wav")
    for codec in ("adpcm_ima_wav", "adpcm_ms", "g726", "libmp3lame"):
        yield encode(f"{codec}.wav", codec)
    yield encode("a.w64", "pcm_s16le")
    yield encode("mulaw.w64", "pcm_mulaw", channels=2)
    yield encode("a.aiff", "pcm_s16be", channels=2)
    yield encode("b.aiff", "pcm_s16be", 16000)
    yield encode("a.au", "pcm_mulaw")
    yield encode("b.au", "pcm_s16be", channels=2)
    yield encode("a.caf", "pcm_s16le")
    yield encode("alaw.caf", "pcm_alaw", channels=2)
    yield encode("a.flac", "flac", channels=2)
    yield encode("b.flac", "flac", 44100)
    yield encode("long.flac", "flac", seconds=12.0)
    for rate_hz, channels, bit_rate in ((8000, 1, 16000), (44100, 2, 64000), (16000, 1, 32000)):
        yield encode(f"x{rate_hz}.mp3", "libmp3lame", rate_hz, channels=channels, bit_rate=bit_rate)
        yield encode(
            f"n{rate_hz}.mp3", "libmp3lame", rate_hz, channels=channels, bit_rate=bit_rate, write_xing="0",
            id3v2_version="0",
        )  # fmt: skip
    yield encode("long.mp3", "libmp3lame", bit_rate=16000, seconds=15.0)
    yield encode("a.mp2", "mp2", 16000, bit_rate=64000)
    yield encode("b.mp2", "mp2", 44100, channels=2, bit_rate=128000)
    yield encode("a.aac", "aac", 16000, bit_rate=32000)
    yield encode("b.aac", "aac", 44100, channels=2, bit_rate=64000)
    yield encode("a.m4a", "aac", bit_rate=16000)
    yield encode("fast.m4a", "aac", 44100, channels=2, bit_rate=64000, movflags="+faststart")
    yield encode(
        "parts.mp4",
        "aac",
        16000,
        container="mp4",
        bit_rate=32000,
        movflags="+frag_keyframe+empty_moov",
        frag_duration="500000",
    )
    yield encode("alac.m4a", "alac", channels=2, movflags="+faststart")
    yield encode("a.3gp", "libopencore_amrnb", bit_rate=12200, movflags="+faststart")
    yield encode("a.amr", "libopencore_amrnb", bit_rate=12200)
    yield encode("low.amr", "libopencore_amrnb", bit_rate=4750, seconds=8.0)
    yield _frames("wide.amr", b"#!AMR-WB\n", b"\x44", 61, 150, 0.02)
    yield encode("a.ogg", "libopus", channels=2, bit_rate=32000)
    yield encode("long.opus", "libopus", 16000, bit_rate=16000, seconds=12.0)
    yield encode("pages.opus", "libopus", 48000, bit_rate=32000, page_duration="200000")
    yield _vorbis("a.ogg", 16000, 2)
    yield _vorbis("b.ogg", 8000, 1)
    yield encode("flac.oga", "flac", channels=2)
    yield encode("a.webm", "libopus", 48000, bit_rate=32000)
    yield encode("pcm.mka", "pcm_s16le", channels=2)
    yield encode("mp3.mka", "libmp3lame", 44100, bit_rate=64000)
    yield encode("a.wma", "wmav2", 44100, bit_rate=64000)
    yield encode("b.wma", "wmav1", 16000, bit_rate=32000)
    yield _voc("a.voc")
    yield _voc("b.voc", "pcm16")
    yield encode("c.voc", "pcm_u8")
    yield Seed("a.ulaw", sample_bytes(sound(3.0, 8000), "mulaw"), 3.0)
    yield Seed("a.sln", sample_bytes(sound(3.0, 8000), "pcm16"), 3.0)
    yield Seed("a.vox", dialogic_bytes(sound(3.0, 8000)), 3.0)
    yield _frames("a.gsm", b"", b"\xd5", 33, 150, 0.02)
    yield encode("a.g722", "g722", 16000)
    yield _frames("a.g729", b"", b"", 10, 300, 0.01)
    yield _with_pause(encode("pause.amr", "libopencore_amrnb", bit_rate=12200))


def make_mutant(number: int) -> Mutant:
    """The mutant of a number: always the same."""
    every = seeds()
    seed = every[number % len(every)]
    draw = random.Random(number * 7919 + 17)
    how = draw.choice(tuple(_CHANGES))
    content, extra_s = _CHANGES[how](seed, draw)
    return Mutant(number, seed.name, content, how, seed.duration_s + extra_s)


def _place(content: bytes | bytearray, draw: random.Random) -> int:
    """Somewhere; a third of the time in the header, a sixth near the end."""
    reach = draw.choice(((0, 400), (0, 400), (-400, 0), (0, 0), (0, 0), (0, 0)))
    low = max(0, len(content) + reach[0]) if reach[0] < 0 else 0
    high = min(len(content), reach[1]) if reach[1] > 0 else len(content)
    return draw.randrange(low, max(low + 1, high))


def _flip(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    changed = bytearray(seed.content)
    for _ in range(draw.choice((1, 1, 1, 3, 10, 100))):
        changed[_place(changed, draw)] ^= 1 << draw.randrange(8)
    return bytes(changed), 0.0


def _field(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    changed = bytearray(seed.content)
    for _ in range(draw.choice((1, 1, 2))):
        at, size = _place(changed, draw), draw.choice((1, 2, 4, 8))
        value = draw.choice((b"\x00", b"\xff", b"\x7f", b"\x80", draw.randbytes(1)))
        changed[at : at + size] = value * len(changed[at : at + size])
    return bytes(changed), 0.0


def _overwrite(seed: Seed, draw: random.Random, filler: Callable[[int], bytes]) -> tuple[bytes, float]:
    changed = bytearray(seed.content)
    at, size = _place(changed, draw), draw.choice((64, 512, 4096, 4096))
    room = len(changed[at : at + size])
    changed[at : at + size] = filler(room)
    return bytes(changed), 0.0


def _cut(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    return seed.content[: draw.randrange(1, len(seed.content))], 0.0


def _delete(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    changed = bytearray(seed.content)
    at = _place(changed, draw)
    del changed[at : at + draw.choice((1, 7, 100, 512, 4096, len(changed) // 4))]
    return bytes(changed or b"x"), 0.0


def _insert(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    at = _place(seed.content, draw)
    return seed.content[:at] + draw.randbytes(draw.choice((1, 7, 100, 512, 4096))) + seed.content[at:], 0.0


def _splice(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    other = draw.choice(seeds()).content
    changed = bytearray(seed.content)
    at, size, start = _place(changed, draw), draw.choice((20, 200, 2000)), draw.randrange(len(other))
    part = other[start : start + size]
    changed[at : at + len(part)] = part
    return bytes(changed), 0.0


def _swap(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    size = draw.choice((100, 512, 4096))
    blocks = [seed.content[at : at + size] for at in range(0, len(seed.content), size)]
    one, two = draw.randrange(len(blocks)), draw.randrange(len(blocks))
    blocks[one], blocks[two] = blocks[two], blocks[one]
    return b"".join(blocks), 0.0


def _zero_tail(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    """As a disk or a network copy leaves it: the size is right, the end was never written."""
    at = draw.randrange(1, len(seed.content))
    return seed.content[:at] + bytes(len(seed.content) - at), 0.0


def _glue(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    return seed.content * 2, seed.duration_s


def _half_glue(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    at = draw.randrange(len(seed.content) // 10, len(seed.content))
    return seed.content[:at] + seed.content, seed.duration_s


def _name_a_neighbour(seed: Seed, draw: random.Random) -> tuple[bytes, float]:
    text = draw.choice((
        b"ffconcat version 1.0\nfile 'neighbour.wav'\n", b"#EXTM3U\n#EXTINF:1,\nneighbour.wav\n",
        b"file:neighbour.wav\0", b"v=0\nc=IN IP4 127.0.0.1\nm=audio 5000 RTP/AVP 0\n",
    ))  # fmt: skip
    if draw.random() < 0.3:
        return text + seed.content, 0.0
    changed = bytearray(seed.content)
    at = _place(changed, draw)
    changed[at : at + len(text)] = text
    return bytes(changed), 0.0


_CHANGES: dict[str, Callable[[Seed, random.Random], tuple[bytes, float]]] = {
    "flip": _flip,
    "flip more": _flip,
    "field": _field,
    "noise": lambda seed, draw: _overwrite(seed, draw, draw.randbytes),
    "zeros": lambda seed, draw: _overwrite(seed, draw, bytes),
    "cut": _cut,
    "cut again": _cut,
    "delete": _delete,
    "insert": _insert,
    "splice": _splice,
    "swap": _swap,
    "zero tail": _zero_tail,
    "glue": _glue,
    "half glue": _half_glue,
    "neighbour": _name_a_neighbour,
}


def try_mutant(mutant: Mutant, folder: Path) -> dict[str, object]:
    """What becomes of a mutant, as plain values."""
    from speechcx.audio import AudioSettings, decode
    from speechcx.call import Recording
    from speechcx.errors import CallError

    path = folder / mutant.name
    path.write_bytes(mutant.content)
    sha256 = hashlib.sha256(mutant.content).hexdigest()
    recording = Recording(sha256[:16], str(path), sha256, len(mutant.content))
    start = time.monotonic()
    told: dict[str, object] = {
        "no": mutant.number, "name": mutant.name, "how": mutant.how, "truth_s": mutant.duration_s,
    }  # fmt: skip
    try:
        origin = decode(recording, AudioSettings(headerless=(".vox=dialogic",))).origin
    except CallError as error:
        told |= {"end": error.kind.slug}
    except Exception as error:  # noqa: BLE001  told, for the parent to judge
        told |= {"end": "crash", "error": repr(error)}
    else:
        told |= {
            "end": "ok", "flags": origin.flags, "duration_s": origin.duration_s, "lost_s": origin.lost_s,
            "declared_s": origin.declared_duration_s,
        }  # fmt: skip
    return told | {"took_s": time.monotonic() - start}


PADDING_S = 0.15
"""What a container may claim beyond the sound: it counts the filling of the last frame."""


def is_short_without_flag(told: dict[str, object]) -> bool:
    """Whether a mutant lost more than 2 % of its sound, or of what it claims, and says nothing."""
    if told["end"] != "ok" or told["flags"]:
        return False
    duration_s = float(str(told["duration_s"]))
    declared_s = float(str(told["declared_s"] or 0.0))
    return duration_s < 0.98 * float(str(told["truth_s"])) or duration_s < min(
        0.98 * declared_s, declared_s - PADDING_S
    )


def main(first: int, last: int, folder: str) -> None:
    """Decode the mutants `first` to `last` - 1 in `folder`."""
    for number in range(first, last):
        # Work is counted in time of the processor, which others on the machine cannot use up; waiting in time.
        signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)
        signal.alarm(10 * MAX_SECONDS)
        print(json.dumps({"no": number, "end": "begun"}), flush=True)
        print(json.dumps(try_mutant(make_mutant(number), Path(folder))), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
