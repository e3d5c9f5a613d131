"""One channel as floats: right scale, right rate, right window."""

import numpy as np
import pytest

from speechcx.waveform import read_channel
from tests import synth


def test_window_and_scale_are_right() -> None:
    """A window of a channel holds the samples of that time, in -1 to 1, and is the caller's own."""
    sound = np.stack([synth.silence(2.0), synth.tone(440, 2.0, level_dbov=-20)])
    audio = synth.audio_of(sound)
    window = read_channel(audio, 1, start_s=0.5, end_s=1.5)
    assert (np.float32, 8000) == (window.dtype, window.size)
    assert synth.rms_dbov(window) == pytest.approx(-20, abs=0.1)
    window[:] = 0
    assert audio.samples[1].any()
    assert not read_channel(audio, 0).any()


@pytest.mark.parametrize("rate_hz", [16000, 8000, 4000])
def test_resampling_keeps_pitch_and_length(rate_hz: int) -> None:
    """At another rate a tone keeps its pitch and its length in seconds."""
    audio = synth.audio_of(synth.tone(440, 1.0)[None])
    resampled = read_channel(audio, 0, rate_hz=rate_hz)
    assert resampled.size == pytest.approx(rate_hz, abs=2)
    assert synth.loudest_hz(resampled, rate_hz) == pytest.approx(440, abs=3)


def test_empty_window_is_empty() -> None:
    """A window beyond the end is empty, also at another rate."""
    audio = synth.audio_of(synth.tone(440, 1.0)[None])
    assert 0 == read_channel(audio, 0, rate_hz=16000, start_s=5.0).size
