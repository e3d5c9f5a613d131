"""The last frame of FLAC files: found in real ones, in made ones, and not where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speechcx.audio.file_source import FileSource
from speechcx.audio.flac import flac_end_s
from tests.synth import noise, silence, speech_like, write_encoded
from tests.trust.bombs import flac_frames, flac_header


def end_of(content: bytes, tmp_path: Path, start: int = 0) -> float | None:
    path = tmp_path / "a.flac"
    path.write_bytes(content)
    with FileSource(str(path)) as source:
        return flac_end_s(source, start)


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 44100])
@pytest.mark.parametrize("seconds", [5.0, 61.7])
@pytest.mark.parametrize("kind", ["speech", "noise", "silence"])
def test_end_of_real_files(rate_hz: int, seconds: float, kind: str, tmp_path: Path) -> None:
    """The last frame ends where the sound does, to the sample, whatever the header says of the length."""
    make = {"speech": speech_like, "noise": lambda s, r: noise(s, r, level_dbov=-10), "silence": silence}[
        kind
    ]
    sound = make(seconds, rate_hz)
    whole = write_encoded(tmp_path / "x.flac", np.stack([sound, sound]), rate_hz, codec="flac").read_bytes()
    untold = whole[:21] + bytes([whole[21] & 0xF0]) + bytes(4) + whole[26:]
    for content in (whole, untold):
        # The very last header may stand too near to the end for a look at all it may hold.
        assert end_of(content, tmp_path) == pytest.approx(seconds, abs=4608 / rate_hz)


def test_end_of_a_made_file(tmp_path: Path) -> None:
    """An hour of silence in 440 frames, behind a header that says nothing, ends after 440 frames."""
    content = flac_header(8000, 1, 0) + flac_frames(8000, 1, 3604.4)
    assert end_of(content, tmp_path) == pytest.approx(440 * 65_535 / 8000, abs=9)
    assert end_of(b"ID3" + content, tmp_path, 3) == end_of(content, tmp_path)


def test_no_frames_no_end(tmp_path: Path) -> None:
    """Noise, ones, and a header without frames have no last frame."""
    head = flac_header(8000, 1, 0)
    for behind in (b"", b"\xff" * 300_000, b"\xff\xf8" * 100_000, np.random.default_rng(1).bytes(300_000)):
        assert end_of(head + behind, tmp_path) is None
    assert end_of(b"fLaC", tmp_path) is None
