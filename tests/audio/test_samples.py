"""Keeping samples, bringing rates down, holding the budget."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.audio.samples import SampleBuffer
from speechcx.errors import CallError
from tests.synth import loudest_hz, rms_dbov, to_int16, tone


def make(channels: int = 1, rate_hz: int = 8000, **change: float | int | None) -> SampleBuffer:
    bounds = {"expected_s": None, "max_duration_s": 100.0, "max_bytes": 10**8} | change
    return SampleBuffer(channels, rate_hz, **bounds)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 20_000), max_size=12), st.sampled_from([None, 0.1, 5.0, 30.0]))
def test_everything_is_kept_in_order(sizes: list[int], expected_s: float | None) -> None:
    """At the file's own rate all samples come back as they were, whatever length was expected."""
    buffer = make(2, expected_s=expected_s)
    draw = np.random.default_rng(0)
    blocks = [draw.integers(-32768, 32768, (2, size)).astype(np.int16) for size in sizes]
    for block in blocks:
        buffer.append(block)
    whole = np.concatenate([np.zeros((2, 0), np.int16), *blocks], axis=1)
    assert np.array_equal(buffer.finish(), whole)


@pytest.mark.parametrize("rate_hz", [22050, 32000, 44100, 48000, 96000, 192000])
def test_high_rates_come_down_to_16_khz(rate_hz: int) -> None:
    """Length, tone, level and silence survive; what 16 kHz cannot hold is gone."""
    seconds = 3.0
    sound = np.concatenate([tone(1000, seconds, rate_hz), np.zeros(rate_hz, np.float32)])
    hiss = tone(9500, seconds + 1, rate_hz)
    buffer = make(2, rate_hz)
    for start in range(0, sound.size, 1000):
        part = slice(start, start + 1000)
        buffer.append(np.stack([to_int16(sound[part]), to_int16(hiss[part])]))
    kept = buffer.finish()
    assert buffer.out_rate_hz == 16000
    assert kept.shape[1] == pytest.approx((seconds + 1) * 16000, abs=2)
    assert loudest_hz(kept[0, :48000], 16000) == pytest.approx(1000, abs=1)
    assert rms_dbov(kept[0, 2000:46000] / 32768) == pytest.approx(-20, abs=0.1)
    assert not kept[0, 50_000:63_000].any()
    assert rms_dbov(kept[1, 2000:46000] / 32768) < -80


def test_silence_is_silent() -> None:
    """Silence of any length is put in between."""
    buffer = make()
    buffer.append(np.ones((1, 100), np.int16))
    buffer.append_silence(20_001)
    buffer.append(np.ones((1, 100), np.int16))
    kept = buffer.finish()
    assert (kept.shape[1], int(kept.sum())) == (20_201, 200)
    assert not kept[0, 100:-100].any()


def test_silence_counts_against_the_limit() -> None:
    """Silence put in by a damaged clock cannot pass the limits either."""
    buffer = make(max_duration_s=10.0)
    with pytest.raises(CallError, match="more than 10 s of sound"):
        buffer.append_silence(80_001)
    buffer = make(max_bytes=1000)
    with pytest.raises(CallError, match="decodes to more than 1,000 bytes"):
        buffer.append_silence(501)
    make(max_bytes=1000).append_silence(500)


def test_a_lying_header_reserves_no_more_than_the_budget() -> None:
    """Room is made for what may come, never for more than the budget."""
    buffer = make(8, 16000, expected_s=1e9, max_duration_s=1e9, max_bytes=1_000_000)
    assert buffer._kept.nbytes <= 1_000_016


@pytest.mark.parametrize("expected_s", [None, 0.5, 1000.0])
def test_sound_of_unknown_length_is_joined_in_order(
    expected_s: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Samples that come without a known length are kept in pieces and joined, each in its place."""
    monkeypatch.setattr("speechcx.audio.samples._MORE_BYTES", 40_000)
    rate_hz, channels = 8000, 2
    sound = np.random.default_rng(3).integers(-30_000, 30_000, (channels, 200 * rate_hz), np.int16)
    buffer = SampleBuffer(channels, rate_hz, expected_s=expected_s, max_duration_s=3600, max_bytes=10**9)
    for start in range(0, sound.shape[1], 1237):
        buffer.append(sound[:, start : start + 1237])
    assert np.array_equal(buffer.finish(), sound)
