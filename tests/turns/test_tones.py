"""Tests of what a sound is made of."""

import numpy as np
import pytest

from speechcx.turns.tones import measure_persistence, measure_tones
from tests.synth import audio_of, noise, silence, speech_like, tone

CHORD = sum(tone(hz, 3.0, level_dbov=-26) for hz in (330.0, 440.0, 660.0, 990.0))


def test_a_held_chord_stands_still() -> None:
    """The partials of a held chord stay where they are, those of speech and noise do not."""
    still = [
        float(np.median(measure_persistence(audio_of(sound), 0)[5:85]))
        for sound in (CHORD, speech_like(3.0), noise(3.0, level_dbov=-26))
    ]
    assert still[0] > 0.8
    assert max(still[1:]) < 0.54


def test_there_is_a_value_for_every_step() -> None:
    """Blocks join without a gap: 70 s give 70 s of values."""
    audio = audio_of(noise(70.0))
    assert measure_persistence(audio, 0).size == pytest.approx(70 / 0.032, abs=2)
    assert measure_tones(audio, 0).share.size == pytest.approx(7000, abs=2)


@pytest.mark.parametrize(("low_hz", "high_hz"), [(440.0, 480.0), (697.0, 1209.0), (941.0, 1633.0)])
def test_two_tones_are_found(low_hz: float, high_hz: float) -> None:
    """Both frequencies of a pair are found to 12 Hz, and hold all the power."""
    sound = tone(low_hz, 1.0, level_dbov=-20) + tone(high_hz, 1.0, level_dbov=-20)
    found = measure_tones(audio_of(sound), 0)
    assert found.low_hz[10:90] == pytest.approx(np.full(80, low_hz), abs=12)
    assert found.high_hz[10:90] == pytest.approx(np.full(80, high_hz), abs=12)
    assert float(found.share[10:90].min()) > 0.95


def test_one_tone_counts_once() -> None:
    """A single tone is both its lowest and its highest partial."""
    found = measure_tones(audio_of(tone(1000.0, 1.0)), 0)
    assert np.array_equal(found.low_hz[10:90], found.high_hz[10:90])


def test_no_sound_has_no_texture() -> None:
    """An empty file gives empty measures."""
    assert measure_persistence(audio_of(silence(0.0)), 0).size == 0
    assert measure_tones(audio_of(silence(0.0)), 0).share.size == 0
