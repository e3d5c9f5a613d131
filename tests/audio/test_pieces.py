"""A recording cut into pieces: all of its sound, in order, in files of the same rate and channels."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from speechcx.audio import AudioSettings, decode
from speechcx.audio.pieces import write_pieces
from tests.audio.conftest import recording_of
from tests.synth import two_speaker_call, write_wav


def test_the_pieces_together_are_the_recording(tmp_path: Path) -> None:
    """Both channels of 20 seconds in pieces of 6: the last 2 seconds, less than half a piece, are left out."""
    recording = recording_of(write_wav(tmp_path / "call.wav", two_speaker_call(duration_s=20.0).sound))
    (tmp_path / "pieces").mkdir()
    length_s, paths = write_pieces(recording, AudioSettings(), tmp_path / "pieces", piece_s=6.0)
    parts = []
    for path in paths:
        with wave.open(str(path)) as file:
            assert (2, 2, 8000) == (file.getnchannels(), file.getsampwidth(), file.getframerate())
            parts.append(np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T)
    whole = decode(recording, AudioSettings()).samples
    assert (20.0, 3) == (length_s, len(paths))
    assert np.array_equal(whole[:, : 18 * 8000], np.concatenate(parts, axis=1))


def test_a_short_recording_is_one_piece(tmp_path: Path) -> None:
    """However short, it is there."""
    recording = recording_of(write_wav(tmp_path / "call.wav", two_speaker_call(duration_s=18.0).sound))
    assert 1 == len(write_pieces(recording, AudioSettings(), tmp_path, piece_s=60.0)[1])
