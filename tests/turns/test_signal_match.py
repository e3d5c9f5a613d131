"""Tests of how far one signal is a copy of another."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from speechcx.call import Audio, Span
from speechcx.turns.signal_match import ChannelPair, copied_share, find_delay
from tests.synth import audio_of, noise, speech_like

WHOLE = Span(1.0, 5.0)


def copy_of(sound: np.ndarray, *, delay_s: float, gain_db: float, low_hz: float = 2000.0) -> np.ndarray:
    """A delayed, softer copy through a low-pass."""
    late = np.concatenate([np.zeros(round(delay_s * 8000)), sound])[: sound.size]
    return sosfilt(butter(2, low_hz, fs=8000, output="sos"), late) * 10 ** (gain_db / 20)


def pair_of(first: np.ndarray, second: np.ndarray) -> Audio:
    return audio_of(np.stack([first, second]).astype(np.float32))


@pytest.mark.parametrize("delay_s", [0.0, 0.0125, 0.25, 0.5])
def test_the_delay_of_a_copy_is_found(delay_s: float) -> None:
    """The delay of a filtered copy 24 dB down in noise is found to a millisecond."""
    source = speech_like(6.0, seed=3)
    heard = copy_of(source, delay_s=delay_s, gain_db=-24) + noise(6.0, level_dbov=-60)
    assert find_delay(pair_of(source, heard), ChannelPair(0, 1), [WHOLE]) == pytest.approx(delay_s, abs=0.001)


def test_a_copy_is_copied() -> None:
    """Nearly all of a filtered copy in noise is put down to its source."""
    source = speech_like(6.0, seed=3)
    heard = copy_of(source, delay_s=0.1, gain_db=-24) + noise(6.0, level_dbov=-60)
    share = copied_share(pair_of(source, heard), ChannelPair(0, 1), WHOLE, delay_s=0.1, noise_power=1e-6)
    assert share.size == pytest.approx(4.0 / 0.008, abs=1)
    assert float(np.percentile(share, 10)) > 0.7


def test_another_voice_is_not() -> None:
    """Little of another voice is put down to a source, whatever the levels."""
    source, other = speech_like(6.0, seed=3), speech_like(6.0, seed=4, pitch_hz=210, level_dbov=-45)
    share = copied_share(pair_of(source, other), ChannelPair(0, 1), WHOLE, delay_s=0.0, noise_power=0.0)
    assert float(np.percentile(share, 90)) < 0.5


def test_a_stretch_at_the_end_of_the_file_is_judged() -> None:
    """A stretch that reaches past the last sample gives one value for each step all the same."""
    source = speech_like(2.0, seed=3)
    share = copied_share(
        pair_of(source, source), ChannelPair(0, 1), Span(1.5, 2.2), delay_s=0.3, noise_power=0.0
    )
    assert share.size == 88
