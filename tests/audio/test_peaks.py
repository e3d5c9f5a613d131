"""The outline of a waveform."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.audio.peaks import draw_peaks


@given(st.integers(0, 3000), st.integers(1, 3), st.sampled_from([8000, 11025, 16000]))
def test_each_point_is_the_loudest_of_its_time(count: int, channels: int, rate_hz: int) -> None:
    """Every point is the largest magnitude in its stretch, on 0 to 255."""
    samples = np.random.default_rng(count).integers(-32768, 32768, (channels, count)).astype(np.int16)
    peaks = draw_peaks(samples, rate_hz, points_per_s=50)
    step = round(rate_hz / peaks.rate_hz)
    assert peaks.rate_hz == pytest.approx(50, rel=0.01)
    for channel, values in zip(samples, peaks.values, strict=True):
        stretches = [channel[at : at + step].astype(int) for at in range(0, count, step)]
        assert list(values) == [min(255, round(abs(part).max() * 255 / 32768 + 1e-9)) for part in stretches]


def test_ends_of_the_scale() -> None:
    """Full scale of either sign is 255, silence 0; long sounds are drawn whole."""
    samples = np.zeros((1, 8000 * 200), np.int16)
    samples[0, 0], samples[0, 160], samples[0, -1] = -32768, 32767, 16384
    (values,) = draw_peaks(samples, 8000, points_per_s=50).values
    assert (len(values), values[0], values[1], values[2], values[-1]) == (10_000, 255, 255, 0, 128)
