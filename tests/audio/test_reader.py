"""Reading packets, and turning every sample format into 16 bits."""

from pathlib import Path

import numpy as np
import pytest

from speechcx.audio.file_source import FileSource
from speechcx.audio.formats import FileFormat
from speechcx.audio.reader import StreamReader, to_int16
from speechcx.errors import CallError
from tests.faults.media import encoded
from tests.synth import tone, wav_bytes


@pytest.mark.parametrize(
    ("sample_format", "values", "expected"),
    [
        ("s16p", np.array([[-32768, 0, 32767]], np.int16), [-32768, 0, 32767]),
        ("u8p", np.array([[0, 128, 255]], np.uint8), [-32768, 0, 32512]),
        ("s32p", np.array([[-(2**31), 0x7FFF, 0x8000, 2**31 - 1]], np.int32), [-32768, 0, 1, 32767]),
        ("fltp", np.array([[-1.5, -1.0, 0.5, 1.0, 9.0]], np.float32), [-32768, -32768, 16384, 32767, 32767]),
        ("dblp", np.array([[np.nan, np.inf, -np.inf, 2**-15]]), [0, 32767, -32768, 1]),
    ],
)
def test_sample_formats(sample_format: str, values: np.ndarray, expected: list[int]) -> None:
    """Every format comes out at full 16-bit scale, rounded and clipped; no number is silence."""
    assert to_int16(values, sample_format, 1).tolist() == [expected]


def test_interleaved_channels_are_taken_apart() -> None:
    """A packed format gives one row for each channel."""
    assert to_int16(np.array([[1, 2, 3, 4]], np.int16), "s16", 2).tolist() == [[1, 3], [2, 4]]


def test_unknown_sample_format_is_refused() -> None:
    """A sample format that is not known is refused, not guessed."""
    with pytest.raises(CallError, match="samples of the format 's64p'"):
        to_int16(np.zeros((1, 4)), "s64p", 1)


def test_a_format_is_never_taken_for_another(tmp_path: Path) -> None:
    """FFmpeg reads a file as what it was recognised as, or not at all."""
    path = tmp_path / "a"
    path.write_bytes(wav_bytes(tone(440, 1.0)))
    with (
        FileSource(str(path)) as source,
        pytest.raises(CallError, match="no sound can be made out") as caught,
    ):
        StreamReader(source, FileFormat("flac"))
    assert caught.value.kind.slug == "damaged"


def test_pieces_carry_their_place(tmp_path: Path) -> None:
    """Pieces of an undamaged file follow on each other by timestamp and by byte."""
    path = tmp_path / "a"
    path.write_bytes(encoded(".flac", "flac"))
    with FileSource(str(path)) as source, StreamReader(source, FileFormat("flac")) as reader:
        pieces = list(reader.pieces())
    assert all(piece.samples is not None for piece in pieces)
    ends = [(piece.at or 0) + piece.count for piece in pieces]
    assert [piece.at for piece in pieces[1:]] == ends[:-1]
    assert ends[-1] == 5 * 8000
    assert (reader.rate_hz, reader.channels, reader.codec, reader.audio_streams) == (8000, 1, "flac", 1)


def test_a_lying_first_frame_does_not_set_the_shape(tmp_path: Path) -> None:
    """Rate and channels are those of most of the first frames; a piece of another shape is lost."""
    mono = encoded(".mp3", "libmp3lame", rate_hz=44100, bit_rate=64000)
    odd = encoded(".mp3", "libmp3lame", rate_hz=22050, bit_rate=64000)
    path = tmp_path / "a"
    path.write_bytes(odd[:1200] + mono)
    with FileSource(str(path)) as source, StreamReader(source, FileFormat("mp3")) as reader:
        pieces = list(reader.pieces())
    assert reader.rate_hz == 44100
    lost = [piece for piece in pieces if piece.samples is None]
    assert 2 < len(lost) < len(pieces) // 4
