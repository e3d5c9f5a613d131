"""Frame headers of MP3 and ADTS."""

import pytest

from speechcx.audio.mpeg import find_frames, first_frame, read_adts_size, read_mpeg_header
from tests.faults.media import encoded


@pytest.mark.parametrize(
    ("header", "size", "samples", "rate_hz"),
    [
        ("fffb9000", 417, 1152, 44100),  # MPEG-1 layer III, 128 kbit/s
        ("fffb9200", 418, 1152, 44100),  # the same, padded
        ("fff38400", 192, 576, 24000),  # MPEG-2 layer III, 64 kbit/s, 24 kHz
        ("ffe31800", 72, 576, 8000),  # MPEG-2.5 layer III, 8 kbit/s, 8 kHz
        ("fffd8000", 417, 1152, 44100),  # MPEG-1 layer II, 128 kbit/s
        ("ffff9000", 312, 384, 44100),  # MPEG-1 layer I, 288 kbit/s
    ],
)
def test_lengths(header: str, size: int, samples: int, rate_hz: int) -> None:
    """Length, samples and rate follow the tables of the standard."""
    frame = read_mpeg_header(bytes.fromhex(header), 0)
    assert frame is not None
    assert (frame.size_bytes, frame.samples, frame.rate_hz) == (size, samples, rate_hz)


@pytest.mark.parametrize(
    "header", ["fffbf000", "fffb0000", "fffb9c00", "ffeb9000", "fff99000", "00fb9000", "fffb"]
)
def test_no_header(header: str) -> None:
    """A reserved version, layer, bit rate or sample rate is no frame."""
    assert read_mpeg_header(bytes.fromhex(header), 0) is None


def test_a_real_stream_is_walked_to_its_end() -> None:
    """Each frame of a real MP3 ends where the next begins."""
    content = encoded(".mp3", "libmp3lame", rate_hz=44100)
    found = first_frame(content)
    assert found is not None
    at, frames = found[0], 0
    while (frame := read_mpeg_header(content, at)) is not None:
        at += frame.size_bytes
        frames += 1
    assert at == len(content)
    assert frames >= 5 * 44100 // 1152


def test_adts_is_walked_to_its_end() -> None:
    """Each frame of a real ADTS stream ends where the next begins."""
    content = encoded(".aac", "aac", rate_hz=16000)
    at = 0
    while (size := read_adts_size(content, at)) is not None:
        at += size
    assert at == len(content)


def test_frames_are_found_behind_junk() -> None:
    """Three frames in a row are found wherever they begin; two by chance are not enough."""
    content = encoded(".mp3", "libmp3lame")
    assert find_frames(b"\xff\x00\xff" * 700 + content) == "mp3"
    assert find_frames(encoded(".aac", "aac", rate_hz=16000)) == "aac"
    assert find_frames(b"\xff\xfb\x90\x00" + bytes(5000)) is None
    assert find_frames(b"") is None
