"""Tests of the mel bands against Kaldi's own."""

import json
from pathlib import Path

import numpy as np
import pytest

from speechcx.turns.voices.bands import log_mel

KALDI = json.loads(Path(__file__).with_name("kaldi_bands.json").read_text())


def test_bands_are_kaldis() -> None:
    """Every band of a glide with a tone, an offset and noise is within 1e-3 of kaldi-native-fbank's."""
    time_s = np.arange(4000) / 16_000
    sound = 0.3 * np.sin(2 * np.pi * (200 * time_s + 4000 * time_s**2)) + 0.05 * np.sin(
        2 * np.pi * 3100 * time_s
    )
    sound += 0.01 + 0.001 * np.random.default_rng(4).standard_normal(4000)
    bands = log_mel(sound.astype(np.float32))
    assert bands.shape == (23, 80)
    assert np.abs(bands[KALDI["frames"]] - np.array(KALDI["bands"])).max() < 1e-3


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (399, 0), (400, 1), (559, 1), (560, 2)])
def test_only_whole_frames_count(samples: int, frames: int) -> None:
    """25 ms make a frame, and each further 10 ms another."""
    assert len(log_mel(np.zeros(samples, np.float32))) == frames


def test_long_sounds_are_done_in_blocks() -> None:
    """The bands of a long sound are those of its parts."""
    sound = np.random.default_rng(1).standard_normal(160 * 3100).astype(np.float32) * 0.1
    assert np.allclose(log_mel(sound)[2990:3010], log_mel(sound[2990 * 160 :])[:20], atol=1e-4)
