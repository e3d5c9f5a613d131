from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speechcx.batch.lengths import bound_length_s, guess_length_s
from tests.synth import write_wav


@pytest.mark.parametrize(("encoding", "channels"), [("pcm16", 1), ("pcm16", 2), ("mulaw", 2)])
def test_a_wav_header_tells_the_length(tmp_path: Path, encoding: str, channels: int) -> None:
    """Bytes a second come from the header, whatever codec and channels."""
    path = write_wav(tmp_path / "a.wav", np.zeros((channels, 8000 * 12), np.float32), encoding=encoding)
    assert bound_length_s(str(path), path.stat().st_size) == pytest.approx(12.0, abs=0.05)


@pytest.mark.parametrize("head", [b"", b"RIFF", b"RIFF____WAVEfmt " + b"\xff" * 30, b"x" * 50])
def test_without_a_sane_header_the_leanest_codec_bounds_the_length(tmp_path: Path, head: bytes) -> None:
    """A wrong header cannot make the time limit absurdly short."""
    path = tmp_path / "a.wav"
    path.write_bytes(head)
    assert bound_length_s(str(path), 1_625_000) == 1000.0


def test_a_file_that_is_gone_is_bounded_too() -> None:
    """Looking at the header raises nothing."""
    assert bound_length_s("gone.wav", 16_250) == 10.0


@pytest.mark.parametrize("name", ["a.wav", "a.MP3", "a.opus", "a.amr", "a.ulaw", "a", "a.xyz"])
def test_the_bound_is_never_under_the_guess(name: str) -> None:
    """The usual length is not longer than the longest."""
    assert 0 < guess_length_s(name, 1_000_000) <= bound_length_s(name, 1_000_000)
