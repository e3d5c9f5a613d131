"""A constant offset is taken out; what has none stays as it is, to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from speechcx.audio.offset import remove_offset
from speechcx.turns import TurnSettings, find_turns
from tests.audio.conftest import Decode
from tests.synth import Sound, rms_dbov, silence, speech_like, through_microphone, to_int16, wav_bytes

RATE_HZ = 8000


def voice(seconds: float, **how: float) -> Sound:
    return through_microphone(speech_like(seconds, **how))


def without_offset(sound: Sound) -> np.ndarray:
    samples = to_int16(np.atleast_2d(sound)).copy()
    remove_offset(samples, RATE_HZ)
    return samples


def call(level_dbov: float) -> Sound:
    """Two parties who take turns, with digital silence between."""
    quiet = silence(4.0)
    talk = [voice(4.0, level_dbov=level_dbov, seed=no, pitch_hz=110 + 60 * no) for no in range(2)]
    return np.stack([np.concatenate([talk[0], quiet, talk[0]]), np.concatenate([quiet, talk[1], quiet])])


def test_sound_without_an_offset_is_not_touched() -> None:
    """Speech, silence, hum and the zero of A-law come out as they went in, to the bit."""
    for sound in (
        call(-20.0),
        np.full(RATE_HZ, 8 / 32768, np.float32),
        (0.1 * np.sin(2 * np.pi * 50 * np.arange(4 * RATE_HZ) / RATE_HZ)).astype(np.float32),
        silence(0.0),
        silence(0.05),
    ):
        assert np.array_equal(without_offset(sound), to_int16(np.atleast_2d(sound)))


@pytest.mark.parametrize("offset", [0.01, -0.01, 0.05, -0.2, 0.2])
def test_offset_is_taken_out(offset: float) -> None:
    """Of an offset of 1 to 20 % next to nothing is left, the level is that of the speech, nothing is clipped."""
    clean = voice(10.0, level_dbov=-25.0)
    left = without_offset(clean + np.float32(offset))[0] / 32768
    assert abs(left.mean()) < 1e-4
    assert rms_dbov(left) == pytest.approx(rms_dbov(clean), abs=0.05)
    assert np.abs(left - clean).max() < 0.005


@pytest.mark.parametrize("offset", [0.01, -0.2])
def test_digital_silence_is_still_digital_silence(offset: float) -> None:
    """Silence with an offset is a constant, and comes out as exact zeros beside speech and alone."""
    with_speech = without_offset(np.concatenate([voice(3.0), silence(5.0), voice(3.0)]) + np.float32(offset))
    assert not with_speech[0, round(3.1 * RATE_HZ) : round(7.9 * RATE_HZ)].any()
    assert not without_offset(silence(5.0) + np.float32(offset)).any()


def test_lost_time_stays_silent() -> None:
    """Silence put in for lost packets is not taken for a jump of the offset, nor given one."""
    sound = voice(9.0) + np.float32(0.1)
    sound[3 * RATE_HZ : 6 * RATE_HZ] = 0.0
    left = without_offset(sound)[0] / 32768
    assert not left[3 * RATE_HZ : 6 * RATE_HZ].any()
    assert abs(left[: 3 * RATE_HZ].mean()) < 2e-4
    assert abs(left[6 * RATE_HZ :].mean()) < 2e-4


def test_drift_and_jump_are_followed() -> None:
    """An offset that drifts over 10 s, and one that jumps, are taken out all the way; a jump costs 0.2 s at most."""
    clean = voice(20.0, level_dbov=-25.0)
    drift = np.concatenate([np.linspace(0, 0.1, 10 * RATE_HZ), np.full(10 * RATE_HZ, -0.05)]).astype(
        np.float32
    )
    left = without_offset(clean + drift)[0] / 32768
    wrong = np.flatnonzero(np.abs(left - clean) > 0.01) / RATE_HZ
    assert 0 < wrong.size < 0.2 * RATE_HZ
    assert 9.8 < wrong.min() <= wrong.max() < 10.2


@pytest.mark.parametrize("level_dbov", [-15.0, -35.0])
def test_no_turn_moves(level_dbov: float, decode_bytes: Decode) -> None:
    """With an offset of either sign a call has the same turns as without, each within 0.1 s."""
    spans = []
    for offset in (0.0, 0.01, -0.05, 0.2, -0.2):
        audio = decode_bytes(wav_bytes(call(level_dbov) + np.float32(offset)))
        assert audio.origin.flags == ()
        turns = find_turns(audio, TurnSettings()).turns
        spans.append([(turn.channel, turn.span.start_s, turn.span.end_s) for turn in turns])
    assert len(spans[0]) == 3
    for other in spans[1:]:
        assert np.abs(np.array(other) - np.array(spans[0])).max() <= 0.1


def test_outline_is_drawn_without_the_offset(decode_bytes: Decode) -> None:
    """The stored outline of a silent call with an offset is a line at zero."""
    peaks = decode_bytes(wav_bytes(silence(3.0) + np.float32(0.1))).peaks
    assert not any(peaks.values[0])
