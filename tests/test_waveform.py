"""One channel as floats: right scale, right rate, right window."""

from dataclasses import replace

import numpy as np
import pytest

from speechcx.waveform import ChannelSound, read_channel
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


@pytest.mark.parametrize("rate_hz", [6000, 8000, 11025, 12000, 16000])
def test_windows_of_a_channel_are_those_of_the_whole_channel(rate_hz: int) -> None:
    """Cut out of a channel at another rate, any window holds what the channel holds there, edges included."""
    generator = np.random.default_rng(1)
    noise = generator.integers(-20_000, 20_000, (2, 30 * rate_hz), np.int16)
    audio = replace(synth.audio_of(synth.silence(1.0)[None]), samples=noise, rate_hz=rate_hz)
    sound = ChannelSound(audio, 1, rate_hz=16000)
    whole = read_channel(audio, 1, rate_hz=16000)
    assert sound.size == len(sound) == whole.size
    for first, last in ((0, 1), (0, 40_000), (1, 7), (159_999, 320_001), (479_000, 480_000)):
        assert np.abs(sound[first:last] - whole[first:last]).max() < 1e-6
    assert np.abs(np.asarray(sound) - whole).max() < 1e-6
    assert sound[480_000:480_100].size == sound[7:7].size == sound[9:3].size == 0
    assert sound[-5:].size == 5


def test_windows_of_a_channel_are_cut_in_steps_of_one() -> None:
    """Every second sample would be another sound: asked for, it is refused."""
    sound = ChannelSound(synth.audio_of(synth.tone(440, 1.0)[None]), 0, rate_hz=16000)
    with pytest.raises(ValueError, match="steps of 1, got 2"):
        sound[::2]
