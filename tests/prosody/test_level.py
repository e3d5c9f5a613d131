"""Tests of the active speech level, against the ITU's own vectors and signals of known level."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from speechcx.prosody.level import ActiveLevelMeter, measure_active_level, power_to_dbov
from tests.synth import noise, silence, tone

DATA = Path(os.environ.get("SPEECHCX_DATA", Path(__file__).parents[3] / "shared" / "data"))


def vector(name: str) -> NDArray[np.float32]:
    """One of the vectors of the ITU's software tool library, 16 kHz."""
    path = DATA / "itu_stl_p56" / name
    if not path.is_file():
        pytest.skip("the shared recordings are not on this machine (SPEECHCX_DATA)")
    return (np.fromfile(path, "<i2") / 32768).astype(np.float32)


@pytest.mark.shared_data
@pytest.mark.parametrize("gain_db", [-30, -20, -10, -6, 0, 3, 6])
def test_the_itu_vector_has_its_level(gain_db: int) -> None:
    """voice.nrm, whose active level is -30 dBov, is measured within 0.2 dB at gains of -30 to +6 dB."""
    sound = np.rint(vector("voice.nrm") * 32768 * 10 ** (gain_db / 20))
    sound = (np.clip(sound, -32768, 32767) / 32768).astype(np.float32)
    assert measure_active_level(sound, 16_000) == pytest.approx(-30.0 + gain_db, abs=0.2)


@pytest.mark.shared_data
def test_the_itu_source_has_its_level() -> None:
    """voice.src is about -25.3 dBov."""
    assert measure_active_level(vector("voice.src"), 16_000) == pytest.approx(-25.3, abs=0.2)


@pytest.mark.parametrize("rate_hz", [8000, 16_000])
def test_pauses_do_not_lower_the_level(rate_hz: int) -> None:
    """Half a minute of silence among ten seconds of noise at -26 dBov leaves it at -26."""
    burst = noise(5.0, rate_hz, level_dbov=-26)
    sound = np.concatenate([burst, silence(30.0, rate_hz), burst])
    assert measure_active_level(sound, rate_hz) == pytest.approx(-26.0, abs=0.4)


@pytest.mark.parametrize("pieces", [3, 77])
def test_parts_add_up_to_the_whole(pieces: int) -> None:
    """A signal in parts of any length has the level it has as a whole."""
    sound = np.concatenate([noise(2.0, level_dbov=-20), silence(0.7), tone(300, 1.0), silence(2.0)])
    meter = ActiveLevelMeter(8000)
    for part in np.array_split(sound, pieces):
        meter.add(part)
    assert meter.level_dbov == pytest.approx(measure_active_level(sound, 8000), abs=0.02)


def test_silence_has_no_level() -> None:
    """Digital silence, and nothing at all, have no level: None, not 0."""
    assert measure_active_level(silence(2.0), 8000) is None
    assert ActiveLevelMeter(8000).level_dbov is None


def test_dbov_has_a_floor() -> None:
    """Full-scale power is 0 dBov, none is the floor."""
    assert power_to_dbov(1.0) == 0.0
    assert power_to_dbov(0.0) == -100.0
