"""Tests of pitch against voices of known pitch over a telephone."""

import numpy as np
import pytest

from speechcx.prosody.pitch import track_pitch
from speechcx.prosody.settings import ProsodySettings
from tests.prosody.voices import made_voice, pitch_errors
from tests.synth import noise, silence, tone


@pytest.mark.parametrize("kind", ["tones", "glides"])
def test_pitch_holds_on_the_telephone(kind: str) -> None:
    """Without the fundamental, in mu-law and 20 dB noise: under 2 % gross and under 8 % voicing errors."""
    results = []
    for seed in range(4):
        sound, truth = made_voice(kind, seed)
        results.append(pitch_errors(track_pitch(sound, 8000, ProsodySettings()).hz, truth))
    voicing, gross = np.mean(results, axis=0)
    assert gross < 0.02
    assert voicing < 0.08


@pytest.mark.parametrize("method", ["yin", "pyin"])
def test_librosa_says_the_same(method: str) -> None:
    """librosa's methods find the same pitch to half a semitone."""
    sound, _ = made_voice("glides", 5, seconds=3.0)
    own = track_pitch(sound, 8000, ProsodySettings()).hz
    other = track_pitch(sound, 8000, ProsodySettings(pitch_method=method)).hz
    both = np.isfinite(own) & np.isfinite(other)
    assert own.size == other.size
    assert both.mean() > 0.4
    assert float(np.median(np.abs(12 * np.log2(own[both] / other[both])))) < 0.5


@pytest.mark.parametrize("rate_hz", [8000, 16_000])
@pytest.mark.parametrize("hz", [70.0, 120.0, 220.0, 350.0])
def test_the_pitch_of_a_pulse_train(hz: float, rate_hz: int) -> None:
    """A steady pitch is found to 1 % at either rate."""
    time_s = np.arange(rate_hz) / rate_hz
    sound = sum(np.sin(2 * np.pi * k * hz * time_s) for k in range(1, int(3400 / hz))) / 40
    found = track_pitch(np.asarray(sound, np.float32), rate_hz, ProsodySettings()).hz
    assert found.size == 101
    assert float(np.nanmedian(found)) == pytest.approx(hz, rel=0.01)


@pytest.mark.parametrize(
    "sound", [silence(1.0), noise(1.0, level_dbov=-26), tone(2500, 1.0)], ids=["silence", "noise", "whistle"]
)
def test_what_is_no_voice_has_no_pitch(sound: np.ndarray) -> None:
    """Silence, noise and a whistle over the voice range are unvoiced."""
    assert np.mean(track_pitch(sound, 8000, ProsodySettings()).voiced) < 0.05


@pytest.mark.parametrize("method", ["fast", "yin", "pyin"])
@pytest.mark.parametrize("samples", [0, 1, 100])
def test_a_stretch_too_short_has_no_pitch(method: str, samples: int) -> None:
    """A stretch under one frame is one or two unvoiced frames, not an error."""
    sound = tone(200, 1.0)[:samples]
    track = track_pitch(sound, 8000, ProsodySettings(pitch_method=method))
    assert track.hz.size == samples // 80 + 1
    assert not track.voiced.any()
