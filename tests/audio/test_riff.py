"""WAV headers."""

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.audio.file_source import FileSource
from speechcx.audio.riff import WavHeader, read_wav_header
from speechcx.errors import CallError
from tests.faults.media import wav_header
from tests.synth import tone, wav_bytes, write_gsm_wav


def header_of(content: bytes, tmp_path: Path) -> WavHeader:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with FileSource(str(path)) as source:
        return read_wav_header(source)


@pytest.mark.parametrize("encoding", ["pcm8", "pcm16", "pcm24", "float32", "mulaw", "alaw"])
@pytest.mark.parametrize("channels", [1, 2])
def test_length_of_plain_samples(encoding: str, channels: int, tmp_path: Path) -> None:
    """The length follows from bytes, channels and bits."""
    header = header_of(wav_bytes(tone(440, 2.5)[None].repeat(channels, 0), 8000, encoding), tmp_path)
    assert header.duration_s == pytest.approx(2.5)
    assert (header.channels, header.behind_bytes) == (channels, 0)


def test_length_of_packed_samples(tmp_path: Path) -> None:
    """Packed codecs fill up their last block; the fact chunk tells how much of it is sound."""
    import soundfile

    write_gsm_wav(tmp_path / "g.wav", tone(440, 2.5))
    soundfile.write(tmp_path / "i.wav", tone(440, 2.5), 8000, subtype="IMA_ADPCM")
    for name in ("g.wav", "i.wav"):
        with FileSource(str(tmp_path / name)) as source:
            assert read_wav_header(source).duration_s == pytest.approx(2.5, abs=0.04)


def test_chunks_before_and_behind_the_sound(tmp_path: Path) -> None:
    """Other chunks are stepped over, of odd length too; they are no loose bytes."""
    plain = wav_bytes(tone(440, 1.0))
    extra = b"LIST" + struct.pack("<I", 5) + b"hello\x00"
    header = header_of(plain[:12] + extra + plain[12:] + extra, tmp_path)
    assert (header.duration_s, header.behind_bytes) == (1.0, 0)


def test_loose_bytes_are_counted(tmp_path: Path) -> None:
    """Bytes behind the sound that form no chunk are counted: a header that was never updated."""
    content = wav_header(data_bytes=8000) + wav_bytes(tone(440, 5.0))[44:]
    assert header_of(content, tmp_path).behind_bytes == pytest.approx(72_000, abs=8)


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000])
def test_placeholders_claim_nothing(claimed: int, tmp_path: Path) -> None:
    """The sizes that programs leave when they write to a pipe are no claim."""
    header = header_of(wav_header(data_bytes=claimed) + bytes(16000), tmp_path)
    assert (header.data_bytes, header.duration_s, header.data_there) == (None, None, 16000)


def test_rf64(tmp_path: Path) -> None:
    """The 64-bit length of an RF64 file is read from its ds64 chunk."""
    plain = wav_bytes(tone(440, 1.0))
    ds64 = b"ds64" + struct.pack("<IQQQI", 28, 0, 16000, 8000, 0)
    content = b"RF64\xff\xff\xff\xffWAVE" + ds64 + plain[12:40] + b"\xff\xff\xff\xff" + plain[44:]
    assert header_of(content, tmp_path).duration_s == 1.0


def test_extensible(tmp_path: Path) -> None:
    """The format of an extensible header is that of its sub-format."""
    plain = wav_bytes(tone(440, 1.0))
    form = b"\xfe\xff" + plain[22:36] + struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
    content = plain[:16] + struct.pack("<I", len(form)) + form + plain[36:]
    header = header_of(content, tmp_path)
    assert (header.tag, header.duration_s) == (1, 1.0)


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_header_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    """Whatever stands in the header, it is read or refused with a kind."""
    folder = tmp_path_factory.mktemp("wav")
    try:
        found = header_of(b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + junk, folder)
    except CallError as error:
        told = error.kind.slug
    else:
        told = "read" if 1 <= found.channels <= 8 and found.data_there > 0 else "wrong"
    assert told in ("bad_header", "empty", "read")
