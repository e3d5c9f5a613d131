"""Tests of what two channels have to do with each other."""

import numpy as np
import pytest

from speechcx.call import Span
from speechcx.turns.crosstalk import is_dual_mono, remove_crosstalk
from speechcx.turns.settings import TurnSettings
from speechcx.turns.speech_spans import find_speech
from speechcx.turns.vad import ChannelActivity, hear_channel
from tests.synth import Sound, audio_of, noise, two_speaker_call
from tests.turns.test_signal_match import copy_of

CALL = two_speaker_call(levels_dbov=(-20.0, -22.0))


def clean(sound: Sound) -> tuple[tuple[tuple[Span, ...], ...], bool]:
    """Speech of both channels with leakage taken out."""
    audio = audio_of(sound)
    heard = [hear_channel(audio, channel) for channel in range(2)]
    spans = [find_speech(one, TurnSettings()) for one in heard]
    return remove_crosstalk(audio, heard, spans, TurnSettings())


def is_dual(sound: Sound) -> bool:
    audio = audio_of(sound)
    return is_dual_mono(audio, [hear_channel(audio, channel) for channel in range(2)], TurnSettings())


def covered_s(spans: tuple[Span, ...], truth: tuple[Span, ...]) -> float:
    return sum(span.overlap_s(true) for span in spans for true in truth)


@pytest.mark.parametrize(("gain_db", "delay_s"), [(0.0, 0.0), (-4.0, 0.01), (3.0, 0.0)])
def test_one_signal_twice_is_dual_mono(gain_db: float, delay_s: float) -> None:
    """The same sound on both channels is dual mono, also at another level, a little late, in noise."""
    late = np.concatenate([np.zeros(round(delay_s * 8000)), CALL.mono])[: CALL.mono.size]
    second = late * 10 ** (gain_db / 20) + noise(20.0, level_dbov=-60, seed=9)
    assert is_dual(np.stack([CALL.mono, second]))


def test_two_people_are_not_dual_mono() -> None:
    """Two speakers on channels of their own are not."""
    assert not is_dual(CALL.sound)


def test_leakage_is_not_dual_mono() -> None:
    """A channel that holds nothing but the leakage of the other is not one signal written twice."""
    leaked = copy_of(CALL.sound[0], delay_s=0.02, gain_db=-24) + noise(20.0, level_dbov=-70)
    assert not is_dual(np.stack([CALL.sound[0], leaked]))


@pytest.mark.parametrize(("gain_db", "delay_s"), [(-14.0, 0.0), (-20.0, 0.04), (-26.0, 0.25)])
def test_leakage_is_taken_out(gain_db: float, delay_s: float) -> None:
    """What leaks into the other channel is no speech there, and that channel's own speech stays."""
    sound = CALL.sound.copy()
    sound[1] += copy_of(CALL.sound[0], delay_s=delay_s, gain_db=gain_db, low_hz=3000.0).astype(np.float32)
    spans, found = clean(sound)
    own_s = sum(span.duration_s for span in CALL.spans[1])
    assert found
    assert covered_s(spans[1], CALL.spans[1]) >= 0.93 * own_s
    assert sum(span.duration_s for span in spans[1]) - covered_s(spans[1], CALL.spans[1]) <= 0.6


def test_leakage_both_ways_is_taken_out() -> None:
    """Where each channel leaks into the other, each one's leakage goes, and each one's own speech stays."""
    both = [
        own + copy_of(other, delay_s=0.034, gain_db=-24) + noise(20.0, level_dbov=-66)
        for own, other in (CALL.sound, CALL.sound[::-1])
    ]
    (first, second), leaks = clean(np.stack(both))
    assert leaks
    for spans, own, other in ((first, CALL.spans[0], CALL.spans[1]), (second, CALL.spans[1], CALL.spans[0])):
        true_s = sum(span.duration_s for span in own)
        assert covered_s(spans, own) >= 0.95 * true_s
        alone = [span for span in other if all(span.overlap_s(mine) == 0 for mine in own)]
        assert covered_s(spans, tuple(alone)) <= 0.05 * true_s


@pytest.mark.parametrize("shared_s", [0.0005, 0.004, 0.05, 0.14, 0.16])
def test_channels_that_hardly_meet_are_left_alone(shared_s: float) -> None:
    """Speech of two channels that meets for a moment, or for less than a step of the level, is compared safely."""
    levels = np.full(400, -20.0, np.float32)
    heard = [ChannelActivity(np.zeros(125, np.float32), levels, 4.0) for _ in range(2)]
    spans = ((Span(0.5, 2.0),), (Span(2.7 - shared_s, 3.99),))
    audio = audio_of(noise(4.0, level_dbov=-30)[None].repeat(2, axis=0))
    own, leaks = remove_crosstalk(audio, heard, spans, TurnSettings())
    assert (own, leaks) == (spans, False)


def test_soft_speech_over_a_loud_voice_stays() -> None:
    """A voice 18 dB under the other one, which speaks at the same time, is not leakage."""
    loud = two_speaker_call(((1.0, 9.0),), ((3.0, 5.0),), levels_dbov=(-16.0, -34.0), duration_s=10.0)
    spans, found = clean(loud.sound)
    assert not found
    assert covered_s(spans[1], loud.spans[1]) >= 1.7


def test_a_clean_call_is_left_alone() -> None:
    """Without leakage nothing is taken out, also where both speak at once."""
    assert not clean(CALL.sound)[1]
