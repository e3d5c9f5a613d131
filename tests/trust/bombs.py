"""Files that are small to make and ask for far more memory or time than any call: how each is built."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.media import encoded, wav_header
from tests.synth import silence, speech_like, wav_bytes, write_encoded

BIG_BYTES = 1_900_000_000
"""Under ``audio.max_file_bytes``: no bomb is refused for its size alone."""

DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Bomb:
    """One bomb.

    Parameters
    ----------
    name
        File name.
    kinds
        Failure kinds that say truly what is wrong with it.
    write
        Writes it to a path, and what belongs to it beside.
    """

    name: str
    kinds: tuple[str, ...]
    write: Callable[[Path], None]


# --- what formats need ---------------------------------------------------------------------------------------


_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _crc(data: bytes, table: tuple[int, ...], bits: int) -> int:
    value = 0
    for byte in data:
        value = (value << 8 & (1 << bits) - 1) ^ table[value >> bits - 8 ^ byte]
    return value


@cache
def _crc_table(bits: int, polynomial: int) -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        value = byte << bits - 8
        for _ in range(8):
            value = (value << 1) ^ (polynomial if value >> bits - 1 else 0)
            value &= (1 << bits) - 1
        rows.append(value)
    return tuple(rows)


def flac_header(rate_hz: int, channels: int, total: int, block: int = 65_535) -> bytes:
    """The mark and a STREAMINFO that ends the metadata; 16 bits a sample."""
    packed = rate_hz << 44 | channels - 1 << 41 | 15 << 36 | total
    info = struct.pack(">HH", block, block) + bytes(6) + struct.pack(">Q", packed) + bytes(16)
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info


def flac_frames(rate_hz: int, channels: int, seconds: float) -> bytes:
    """Frames of digital silence, 65,535 samples each, in a few bytes: one constant for each channel."""
    crc8, crc16 = _crc_table(8, 0x07), _crc_table(16, 0x8005)
    rate = {8000: 4, 16000: 5, 48000: 10, 192000: 3}[rate_hz]
    frames = []
    for no in range(round(seconds * rate_hz / 65_535)):
        head = bytes([0xFF, 0xF8, 7 << 4 | rate, channels - 1 << 4 | 4 << 1])
        head += chr(no).encode("utf-8", "surrogatepass") + b"\xff\xfe"
        head += bytes([_crc(head, crc8, 8)]) + bytes(3) * channels
        frames.append(head + _crc(head, crc16, 16).to_bytes(2, "big"))
    return b"".join(frames)


def ogg_page(packets: list[bytes], *, kind: int, position: int, stream: int, number: int) -> bytes:
    """One page (RFC 3533) of packets under 255 bytes."""
    lacing = bytes(len(packet) for packet in packets)
    head = b"OggS\0" + struct.pack("<BqII", kind, position, stream, number)
    body = bytes([len(lacing)]) + lacing + b"".join(packets)
    mirrored = (head + bytes(4) + body).translate(_REVERSED)
    # Ogg's checksum is that of zlib with all bits the other way round, and nothing turned over before or after.
    crc = f"{zlib.crc32(mirrored, 0xFFFFFFFF) ^ 0xFFFFFFFF:032b}"[::-1]
    return head + struct.pack("<I", int(crc, 2)) + body


def opus_head(stream: int) -> bytes:
    """The two pages before the sound of an Opus stream."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"made" + bytes(4)
    first = ogg_page([head], kind=2, position=0, stream=stream, number=0)
    return first + ogg_page([tags], kind=0, position=0, stream=stream, number=1)


SILENT_OPUS = b"\x1b\x02"
"""Two frames of 60 ms without a byte in them: the decoder goes on with silence."""


def opus_day(seconds: float, *, told_s: float | None = None) -> bytes:
    """Silence in Ogg Opus; `told_s` is the length its last page names."""
    pages = [opus_head(1)]
    packets = round(seconds / 0.12)
    for no, first in enumerate(range(0, packets, 255), 2):
        count = min(255, packets - first)
        is_last = first + count == packets
        position = round((first + count) * 0.12 * 48_000)
        if told_s is not None:
            position = round(told_s * 48_000) if is_last else -1
        pages.append(
            ogg_page([SILENT_OPUS] * count, kind=4 if is_last else 0, position=position, stream=1, number=no)
        )
    return b"".join(pages)


MP3_FRAME = bytes.fromhex("ffe318c0") + bytes(68)
"""72 ms of silence: MPEG 2.5, layer III, 8 kHz, one channel, 8 kbit/s."""


def xing_frame(frames: int, size: int) -> bytes:
    """A first frame that counts the others."""
    tag = b"Info" + struct.pack(">III", 3, frames, size)
    return (MP3_FRAME[:4] + bytes(9) + tag).ljust(72, b"\0")


@cache
def adts_frame() -> bytes:
    """One frame of near silence in ADTS AAC, 8 kHz."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "silence.aac"
        whole = write_encoded(path, silence(3.0), 8000, codec="aac", bit_rate=8000).read_bytes()
    sizes, at = [], 0
    while at + 7 <= len(whole):
        size = (whole[at + 3] & 3) << 11 | whole[at + 4] << 3 | whole[at + 5] >> 5
        sizes.append((size, at))
        at += size
    size, at = min(sizes)
    return whole[at : at + size]


def chunk(name: bytes, body: bytes, size: int | None = None, *, order: str = "<") -> bytes:
    """A RIFF chunk, or with ``order=">"`` one of AIFF, whose size may lie."""
    return name + struct.pack(f"{order}I", len(body) if size is None else size) + body


def atom(name: bytes, body: bytes, size: int | None = None) -> bytes:
    """An MP4 box, whose size may lie."""
    return struct.pack(">I", len(body) + 8 if size is None else size) + name + body


def ebml(name: str, body: bytes, size: int | None = None) -> bytes:
    """An EBML element with a length of eight bytes, which may lie."""
    return bytes.fromhex(name) + (1 << 56 | (len(body) if size is None else size)).to_bytes(8, "big") + body


def id3(size: int) -> bytes:
    """The ten bytes before an ID3 tag of a size."""
    return b"ID3\4\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


# --- the ways to write them ----------------------------------------------------------------------------------


def whole(make: Callable[[], bytes]) -> Callable[[Path], None]:
    """Writes all bytes."""
    return lambda path: _write(path, make)


def _write(path: Path, make: Callable[[], bytes]) -> None:
    path.write_bytes(make())


def with_hole(
    before: Callable[[], bytes], size: int = BIG_BYTES, behind: Callable[[], bytes] = lambda: b""
) -> Callable[[Path], None]:
    """Writes some bytes, a hole that reads as zeros and takes no disk, and some bytes."""

    def write(path: Path) -> None:
        tail = behind()
        with path.open("wb") as file:
            file.write(before())
            file.truncate(size)
            file.seek(size - len(tail))
            file.write(tail)

    return write


def beside(name: str, write: Callable[[Path], None]) -> Callable[[Path], None]:
    """Writes a sound call, and a bomb beside it under the call's own name."""

    def both(path: Path) -> None:
        path.write_bytes(wav_bytes(speech_like(5.0)))
        write(path.with_suffix(name))

    return both


def _repeated(block: bytes, size: int) -> bytes:
    return block * (size // len(block))


def _fragments(sample_s: int, count: int) -> bytes:
    """An MP4 whose index says that one sample, told once, is repeated."""
    good = encoded(".m4a", "aac")
    at = good.index(b"stts") + 8  # version and flags are before, the count of entries here
    return good[:at] + struct.pack(">III", 1, count, sample_s) + good[at + 12 :]


def _many_chapters() -> bytes:
    """Ten thousand chapters of long titles in front of the sound."""
    titles = b"".join(struct.pack(">QB", no * 10_000_000, 255) + b"x" * 255 for no in range(255))
    chapters = atom(b"chpl", bytes(8) + b"\xff" + titles)
    good = encoded(".m4a", "aac")
    at = good.index(b"moov") - 4
    size = struct.unpack(">I", good[at : at + 4])[0]
    user = atom(b"udta", chapters * 600)
    return (
        good[:at] + struct.pack(">I", size + len(user)) + good[at + 4 : at + size] + user + good[at + size :]
    )


def _moov_first(entries: int) -> bytes:
    """An MP4 whose table of sizes tells of billions of samples of no bytes at all."""
    good = bytearray(encoded(".m4a", "aac"))
    at = good.index(b"stsz")
    good[at + 8 : at + 16] = struct.pack(">II", 0, entries)
    return bytes(good)


def _zero_sized_samples(count: int) -> bytes:
    """An MP4 of `count` samples of no bytes, with all its tables true."""

    def rebuilt(box: bytes) -> bytes:
        name, body = box[4:8], box[8:]
        if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
            return atom(name, b"".join(rebuilt(inner) for inner in _boxes(body)))
        if name == b"stsz":
            return atom(name, struct.pack(">III", 0, 0, count) + bytes(4 * count))
        if name == b"stts":
            return atom(name, struct.pack(">IIII", 0, 1, count, 1024))
        if name == b"stsc":
            return atom(name, struct.pack(">IIIII", 0, 1, 1, count, 1))
        if name == b"stco":
            return atom(name, struct.pack(">III", 0, 1, 40))
        return box

    return _M4A + atom(b"mdat", bytes(64)) + rebuilt(_moov())


def _boxes(body: bytes) -> Iterator[bytes]:
    at = 0
    while at + 8 <= len(body):
        size = struct.unpack(">I", body[at : at + 4])[0]
        yield body[at : at + size]
        at += size


def _wav_after(chunks: bytes) -> bytes:
    good = wav_bytes(speech_like(5.0))
    return good[:12] + chunks + good[12:]


def _nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = chunk(b"LIST", b"INFO" + inner)
    return inner


def _w64() -> bytes:
    mark = bytes.fromhex("726966662e91cf11a5d628db04c10000")
    wave = bytes.fromhex("77617665f3acd3118cd100c04f8edb8a")
    form = bytes.fromhex("666d7420f3acd3118cd100c04f8edb8a")
    data = bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")
    header = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    size = 2**61
    return (
        mark + struct.pack("<Q", size) + wave + form + struct.pack("<Q", 40) + header
        + data + struct.pack("<Q", size - 104) + bytes(80_000)
    )  # fmt: skip


def _rf64() -> bytes:
    header = wav_header(data_bytes=0xFFFFFFFF)
    ds64 = chunk(b"ds64", struct.pack("<QQQI", 2**60, 2**60 - 100, 2**59, 0))
    return b"RF64\xff\xff\xff\xffWAVE" + ds64 + header[12:] + bytes(80_000)


def _au(rate_hz: int, size: int) -> bytes:
    return struct.pack(">4sIIIII", b".snd", 24, size, 1, rate_hz, 1)


def _aiff(rate_exponent: int, frames: int) -> bytes:
    comm = struct.pack(">HIHHQ", 1, frames, 16, rate_exponent, 8000 << 51)
    body = b"AIFF" + chunk(b"COMM", comm, order=">") + chunk(b"SSND", bytes(80_008), order=">")
    return chunk(b"FORM", body, order=">")


def _caf(size: int) -> bytes:
    desc = struct.pack(">d4sIIIII", 8000.0, b"lpcm", 0, 2, 1, 1, 16)
    return b"caff\0\1\0\0desc" + struct.pack(">q", 32) + desc + b"data" + struct.pack(">q", size) + bytes(4)


def _voc(blocks: bytes) -> bytes:
    return b"Creative Voice File\x1a" + struct.pack("<HHH", 26, 0x0114, 0x1233 - 0x0114 + 0xE) + blocks


def _matroska(behind: bytes) -> bytes:
    """A WebM file whose segment has no end, with more in it."""
    good = encoded(".webm", "libopus", rate_hz=48_000)
    at = good.index(bytes.fromhex("18538067")) + 4
    return good[:at] + b"\1" + b"\xff" * 7 + good[at + 8 :] + behind


def _asf(size: int) -> bytes:
    return (
        bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
        + struct.pack("<QI", size, 2**31)
        + b"\1\2"
        + bytes(5000)
    )


def _ima(block: int, samples: int, data: int) -> bytes:
    """IMA ADPCM in WAV whose blocks claim far more samples than they hold."""
    form = struct.pack("<HHIIHHHH", 0x11, 1, 8000, 4055, block, 4, 2, samples)
    return b"RIFF\xff\xff\0\0WAVE" + chunk(b"fmt ", form) + chunk(b"data", bytes(data))


def _sidecar(value: bytes) -> bytes:
    return b'{"agent": "a1", "started_at": "2026-03-31T14:05:09+02:00", "more": ' + value + b"}"


_M4A = atom(b"ftyp", b"M4A \0\0\2\0isomiso2")
MP3_SECOND = _repeated(MP3_FRAME, 1008)
_LONG = ("too_long",)
_SIDECAR = ("metadata_missing", "heard")
_HEARD = ("heard", "no_speech")
"""There is a sound call in it, and nothing but that is read."""

BOMBS: tuple[Bomb, ...] = (
    # Holes: 1.9 GB that take no disk.
    Bomb("hole.mp3", ("damaged",), with_hole(lambda: MP3_SECOND)),
    Bomb("hole-between.mp3", ("damaged",), with_hole(lambda: MP3_SECOND * 9, behind=lambda: MP3_SECOND * 9)),
    Bomb("hole.amr", ("damaged",), with_hole(lambda: encoded(".amr", "libopencore_amrnb"))),
    Bomb("hole.aac", ("damaged",), with_hole(lambda: encoded(".aac", "aac", rate_hz=16000))),
    Bomb("hole.flac", ("damaged",), with_hole(lambda: encoded(".flac", "flac"))),
    Bomb("hole.ogg", ("damaged",), with_hole(lambda: encoded(".ogg", "libopus"))),
    Bomb("hole.webm", ("damaged",), with_hole(lambda: encoded(".webm", "libopus", rate_hz=48000))),
    Bomb("hole.wav", ("no_speech",), with_hole(
        lambda: wav_header(channels=2, rate_hz=44100, data_bytes=BIG_BYTES - 44))),
    Bomb("hole.ulaw", _LONG, with_hole(lambda: b"\xff\x7f" * 4000)),
    Bomb("hole.g729", _LONG, with_hole(lambda: b"\x12\x34" * 5000)),
    Bomb("hole.au", _LONG, with_hole(lambda: _au(8000, BIG_BYTES - 24))),
    Bomb("hole.m4a", ("damaged",), with_hole(
        lambda: _M4A + atom(b"mdat", b"", BIG_BYTES - 24 - len(_moov())), behind=lambda: _moov())),
    # More time than their bytes or their headers show.
    Bomb("day.mp3", _LONG, whole(lambda: _repeated(MP3_FRAME, DAY_S * 1000))),
    Bomb("day-told-short.mp3", _LONG, whole(lambda: xing_frame(70, 72 * 71) + _repeated(MP3_FRAME, DAY_S * 1000))),
    Bomb("ages-told.mp3", _HEARD, whole(lambda: xing_frame(2**32 - 1, 2**32 - 1) + MP3_SECOND * 10)),
    Bomb("day.flac", _LONG, whole(lambda: flac_header(8000, 1, DAY_S * 8000) + flac_frames(8000, 1, DAY_S))),
    Bomb("day-untold.flac", _LONG, whole(lambda: flac_header(8000, 1, 0) + flac_frames(8000, 1, DAY_S))),
    Bomb("day-told-short.flac", _LONG, whole(lambda: flac_header(8000, 1, 80_000) + flac_frames(8000, 1, DAY_S))),
    Bomb("wide.flac", ("too_big",), whole(
        lambda: flac_header(192_000, 8, 3 * 3600 * 192_000) + flac_frames(192_000, 8, 3 * 3600))),
    Bomb("wide-untold.flac", ("too_big",), whole(
        lambda: flac_header(192_000, 8, 0) + flac_frames(192_000, 8, 3 * 3600))),
    Bomb("day.opus", _LONG, whole(lambda: opus_day(DAY_S))),
    Bomb("day-told-short.opus", ("too_long", "truncated"), whole(lambda: opus_day(DAY_S, told_s=10.0))),
    Bomb("day.amr", _LONG, whole(lambda: b"#!AMR\n" + b"\x7c" * (DAY_S * 50))),
    Bomb("year.amr", _LONG, whole(lambda: b"#!AMR\n" + b"\x7c" * (365 * DAY_S * 50 // 10))),
    Bomb("day.aac", _LONG, whole(lambda: _repeated(adts_frame(), len(adts_frame()) * DAY_S * 8000 // 1024))),
    Bomb("day.wav", _LONG, with_hole(lambda: wav_header(data_bytes=DAY_S * 16_000), DAY_S * 16_000 + 44)),
    Bomb("exabyte.wav", _HEARD, whole(_rf64)),
    Bomb("exabyte.w64", _HEARD, whole(_w64)),
    Bomb("ages.caf", _HEARD, whole(lambda: _caf(2**62) + bytes(80_000))),
    Bomb("ages.aiff", _HEARD, whole(lambda: _aiff(16383 + 12, 2**32 - 1))),
    Bomb("ages.m4a", ("truncated",), whole(lambda: _fragments(2**31 - 1, 2**32 - 1))),
    Bomb("blocks.wav", _LONG, whole(lambda: _ima(256, 65_535, 700_000))),
    # Rates, channels, sizes.
    Bomb("1-hz.wav", ("bad_header",), whole(lambda: wav_header(rate_hz=1) + bytes(80_000))),
    Bomb("4-ghz.wav", ("bad_header",), whole(lambda: wav_header(rate_hz=2**32 - 1) + bytes(80_000))),
    Bomb("65535-channels.wav", ("bad_header",), whole(
        lambda: wav_header(channels=65_535, block_bytes=2) + bytes(80_000))),
    Bomb("4-ghz.au", ("bad_header", "damaged"), whole(lambda: _au(2**32 - 1, 80_000) + bytes(80_000))),
    Bomb("fat.asf", ("too_big",), whole(lambda: _asf(2**40))),
    # One behind the other, one inside the other.
    Bomb("links.ogg", ("too_big",), whole(lambda: b"".join(opus_head(no) for no in range(20_000)))),
    Bomb("links.wav", ("too_big",), whole(lambda: (wav_header(data_bytes=16) + bytes(16)) * 20_000)),
    Bomb("links.flac", ("too_big",), whole(
        lambda: (flac_header(8000, 1, 65_535) + flac_frames(8000, 1, 8.2)) * 20_000)),
    Bomb("links.mp4", ("too_big", "damaged"), whole(lambda: encoded(".m4a", "aac") * 3_000)),
    Bomb("links.amr", ("too_big",), whole(lambda: (b"#!AMR\n" + b"\x7c" * 9) * 100_000)),
    Bomb("chunks.wav", ("bad_header", "empty"), whole(lambda: _wav_after(chunk(b"LIST", b"") * 1_000_000))),
    Bomb("nested.wav", _HEARD, whole(lambda: _wav_after(_nested(100)))),
    Bomb("blocks.voc", ("too_big",), whole(lambda: _voc(b"\x01\x03\0\0\x83\0\x80" + b"\x02\x01\0\0\x80" * 3_000_000))),
    Bomb("repeats.voc", ("too_big", "truncated"), whole(
        lambda: _voc(b"\x06\x02\0\0\xff\xff\x01\x04\0\0\x9c\0\x80\x80\x07\0\0\0" * 100_000))),
    Bomb("clusters.webm", ("too_big",), whole(lambda: _matroska(ebml("1f43b675", b"") * 2_000_000))),
    Bomb("void.webm", ("damaged", "too_big"), with_hole(lambda: _matroska(ebml("ec", b"", BIG_BYTES - 60_000)))),
    # No bytes in a frame.
    Bomb("nothing.aac", ("not_audio",), whole(lambda: bytes.fromhex("fff1604000fffc") * 2_000_000)),
    Bomb("nothing.ogg", ("truncated",), whole(lambda: opus_head(1) + b"".join(
        ogg_page([b""] * 255, kind=0, position=no, stream=1, number=no) for no in range(2, 8_000)))),
    Bomb("nothing.m4a", ("damaged", "empty", "too_long", "too_big"), whole(lambda: _zero_sized_samples(4_000_000))),
    Bomb("table.m4a", ("damaged", "too_long", "too_big"), whole(lambda: _moov_first(2**31))),
    # Titles and pictures.
    Bomb("title.mp3", ("too_big",), with_hole(lambda: id3(200 * 1024**2), 300_000_000)),
    Bomb("titles.mp3", ("not_audio",), whole(lambda: (id3(1024**2) + bytes(1024**2)) * 40)),
    Bomb("pictures.flac", ("too_big", "damaged"), with_hole(
        lambda: b"fLaC" + b"\6\xff\xff\xff".ljust(2**24 + 3, b"\0") * 8, 400_000_000)),
    Bomb("title.ogg", ("too_big",), whole(
        lambda: opus_head(1)[:47] + ogg_page([b"x" * 254] * 255, kind=1, position=0, stream=1, number=1) * 700)),
    Bomb("chapters.m4a", ("too_big",), whole(_many_chapters)),
    # Other things under a call's name.
    Bomb("day.zip.wav", ("not_audio",), with_hole(lambda: b"PK\3\4", 500_000_000)),
    Bomb("zeros.mp3", ("not_audio",), with_hole(lambda: b"")),
    Bomb("ones.mp3", ("not_audio",), whole(lambda: b"\xff" * 100_000_000)),
    # Beside a call.
    Bomb("big-sidecar.wav", _SIDECAR, beside(".json", with_hole(lambda: b'{"agent": "', 1_000_000_000))),
    Bomb("keys-sidecar.wav", _SIDECAR, beside(".json", whole(
        lambda: _sidecar(json.dumps({f"k{no}": no for no in range(60_000)}).encode())))),
    Bomb("deep-sidecar.wav", _SIDECAR, beside(".json", whole(lambda: _sidecar(b"[" * 500_000 + b"]" * 500_000)))),
    Bomb("number-sidecar.wav", _SIDECAR, beside(".json", whole(lambda: _sidecar(b"9" * 1_000_000)))),
)  # fmt: skip


@cache
def _moov() -> bytes:
    good = encoded(".m4a", "aac")
    at = good.index(b"moov") - 4
    return good[at : at + struct.unpack(">I", good[at : at + 4])[0]]
