"""Headers that hide sound: what FFmpeg would refuse, or read half of without a word, is read whole and flagged."""

import struct
from collections.abc import Callable

import pytest

from tests.audio.conftest import Decode
from tests.faults.mutants import encode
from tests.synth import loudest_hz, tone, wav_bytes

SECONDS = 4.0


def _le(value: int, count: int = 4) -> bytes:
    return value.to_bytes(count, "little")


def _be(value: int, count: int = 4) -> bytes:
    return value.to_bytes(count, "big")


def _put(content: bytes, at: int, value: bytes) -> bytes:
    return content[:at] + value + content[at + len(value) :]


def _wave64(at: int, size: int) -> bytes:
    """A Wave64 file with another length; `at` counts from the name of the chunk of sound, -1 is that of the file."""
    content = encode("call.w64", "pcm_s16le", seconds=SECONDS).content
    place = 16 if at < 0 else content.index(b"data\xf3\xac") + at
    return _put(content, place, _le(size, 8))


def _aiff(chunk: bytes, size: int) -> bytes:
    content = encode("call.aiff", "pcm_s16be", seconds=SECONDS).content
    return _put(content, content.index(chunk) + 4, _be(size))


def _caf(size: int) -> bytes:
    content = encode("call.caf", "pcm_s16le", seconds=SECONDS).content
    return _put(content, content.index(b"data") + 4, _be(size, 8))


def _au(size: int) -> bytes:
    return _put(encode("call.au", "pcm_s16be", seconds=SECONDS).content, 8, _be(size))


def _long_wav(size: int) -> bytes:
    """RF64, whose own chunk has the length."""
    plain = wav_bytes(tone(440, SECONDS))
    long = b"ds64" + _le(28) + struct.pack("<QQQI", len(plain) + 28, size, 0, 0)
    data_at = plain.index(b"data")
    return b"RF64\xff\xff\xff\xffWAVE" + long + plain[12 : data_at + 4] + b"\xff" * 4 + plain[data_at + 8 :]


HALF = int(SECONDS / 2 * 8000) * 2

NEVER_WRITTEN: dict[str, Callable[[], bytes]] = {
    "call.w64": lambda: _wave64(16, 24),
    "zero.w64": lambda: _wave64(16, 0),
    "whole.w64": lambda: _wave64(-1, 0),
    "long.wav": lambda: _long_wav(0),
    "call.au": lambda: _au(0),
    "call.caf": lambda: _caf(4),
}
HALF_TOLD: dict[str, Callable[[], bytes]] = {
    "call.w64": lambda: _wave64(16, 24 + HALF),
    "long.wav": lambda: _long_wav(HALF),
    "call.au": lambda: _au(HALF),
    "call.caf": lambda: _caf(4 + HALF),
}


@pytest.mark.parametrize("name", NEVER_WRITTEN)
def test_a_recorder_that_never_wrote_the_length_costs_no_sound(name: str, decode_bytes: Decode) -> None:
    """A length of 0 is none: all is read, and the call says that its length was never written."""
    audio = decode_bytes(NEVER_WRITTEN[name](), name)
    assert audio.duration_s == pytest.approx(SECONDS, abs=0.01)
    assert audio.origin.flags == ("open_length",)


@pytest.mark.parametrize("name", HALF_TOLD)
def test_sound_behind_a_header_that_tells_half_is_read(name: str, decode_bytes: Decode) -> None:
    """The sound goes on behind the length of the header: it is read, and the call is flagged."""
    audio = decode_bytes(HALF_TOLD[name](), name)
    assert audio.duration_s == pytest.approx(SECONDS, abs=0.01)
    assert audio.origin.flags == ("longer_than_declared",)
    assert audio.origin.declared_duration_s == pytest.approx(SECONDS / 2, abs=0.01)


@pytest.mark.parametrize("chunk", [b"SSND", b"FORM"])
def test_an_aiff_whose_length_is_0_is_read(chunk: bytes, decode_bytes: Decode) -> None:
    """FFmpeg refuses it, although its count of frames is right."""
    assert decode_bytes(_aiff(chunk, 0), "call.aiff").duration_s == pytest.approx(SECONDS, abs=0.01)


@pytest.mark.parametrize("is_filled", [True, False])
def test_a_chunk_of_odd_length_hides_nothing(is_filled: bool, decode_bytes: Decode) -> None:
    """Many recorders leave out the byte that fills an odd chunk up."""
    plain = wav_bytes(tone(440, SECONDS))
    notes = b"LIST" + _le(5) + b"notes" + b"\0" * is_filled
    for at in (12, plain.index(b"data")):
        audio = decode_bytes(plain[:at] + notes + plain[at:])
        assert (audio.duration_s, audio.origin.flags) == (SECONDS, ())


def test_two_chunks_of_sound_are_read_in_order(decode_bytes: Decode) -> None:
    """A recorder went on after a hold in a second chunk: FFmpeg reads the last one only."""
    first, second = wav_bytes(tone(440, 2.0)), wav_bytes(tone(1000, 3.0))
    audio = decode_bytes(first + second[second.index(b"data") :])
    assert (audio.duration_s, audio.origin.flags) == (5.0, ("joined",))
    assert loudest_hz(audio.samples[0, : 2 * 8000], 8000) == pytest.approx(440, abs=1)
    assert loudest_hz(audio.samples[0, 2 * 8000 :], 8000) == pytest.approx(1000, abs=1)


def test_a_cut_in_the_second_chunk_of_sound_is_told(decode_bytes: Decode) -> None:
    """What is missing of the last chunk counts as not heard."""
    first, second = wav_bytes(tone(440, 2.0)), wav_bytes(tone(1000, 3.0))
    audio = decode_bytes((first + second[second.index(b"data") :])[:-16000])
    assert audio.duration_s == pytest.approx(4.0)
    assert set(audio.origin.flags) == {"joined", "truncated"}


@pytest.mark.parametrize("name", ["call.mp3", "call.caf", "call.flac"])
def test_a_length_that_no_file_of_that_size_has_is_not_believed(name: str, decode_bytes: Decode) -> None:
    """A header that speaks of days is no reason to refuse seconds, and the call says so."""
    if name == "call.mp3":
        content = encode(name, "libmp3lame", seconds=SECONDS).content
        mark = next(mark for mark in (b"Xing", b"Info") if mark in content)
        content = _put(content, content.index(mark) + 8, b"\xff" * 4)
    elif name == "call.caf":
        content = _caf(1 << 40)
    else:
        content = encode(name, "flac", seconds=SECONDS).content
        content = _put(content, 21, bytes([content[21] | 0x0F]) + b"\xff" * 4)
    audio = decode_bytes(content, name)
    assert audio.duration_s == pytest.approx(SECONDS, abs=0.15)
    assert {"truncated", "open_length"}.intersection(audio.origin.flags)


def test_an_aiff_that_tells_more_frames_than_it_can_hold_is_read(decode_bytes: Decode) -> None:
    """FFmpeg refuses it outright; all of its sound is there, and the lie is told."""
    content = bytearray(encode("call.aiff", "pcm_s16be", seconds=SECONDS).content)
    at = content.index(b"COMM") + 10
    content[at : at + 4] = b"\xff" * 4
    audio = decode_bytes(bytes(content), "call.aiff")
    assert audio.duration_s == pytest.approx(SECONDS, abs=0.01)
    assert audio.origin.flags
