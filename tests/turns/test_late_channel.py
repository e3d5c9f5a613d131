"""Tests of legs that were recorded apart: the channels are moved to fit, or nothing between them is measured."""

from __future__ import annotations

import numpy as np
import pytest

from speechcx.call import CHANNEL_LATE, TIMING_UNSURE
from speechcx.turns import TurnSettings
from speechcx.turns.late_channel import align_channels, find_distance
from tests.synth import Sound, audio_of, noise, two_speaker_call
from tests.turns.test_signal_match import copy_of

RATE_HZ = 8000


def talk(*, overlap_s: float = 0.0, seed: int = 3, count: int = 12) -> Sound:
    """A call in which two people answer each other after pauses of many lengths; the second cuts in by `overlap_s`."""
    draw = np.random.default_rng(seed)
    spans: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    at_s = 1.0
    for no in range(count):
        length_s = float(draw.uniform(1.2, 5.0))
        start_s = max(0.0, at_s - overlap_s) if no % 2 else at_s
        spans[no % 2].append((round(start_s, 2), round(at_s + length_s, 2)))
        at_s += length_s + float(draw.uniform(0.2, 0.9))
    return two_speaker_call(tuple(spans[0]), tuple(spans[1]), duration_s=round(at_s + 1.0, 1)).sound


TALK = talk()


def late(sound: Sound, later_s: float) -> Sound:
    """The call with its second channel that much late, or with its first one where that is negative."""
    shift = round(abs(later_s) * RATE_HZ)
    moved = sound.copy()
    channel = 1 if later_s > 0 else 0
    lead = noise(abs(later_s), level_dbov=-75.0, seed=7)
    moved[channel] = np.concatenate([lead, sound[channel]])[: sound.shape[1]] if shift else sound[channel]
    return moved


def leaking(sound: Sound, *, both: bool = False) -> Sound:
    """The call with each party in the other's channel, 22 dB softer and some hundredths late."""
    first = sound[0] + (copy_of(sound[1], delay_s=0.05, gain_db=-22) if both else 0)
    return np.stack([first, sound[1] + copy_of(sound[0], delay_s=0.05, gain_db=-22)])


@pytest.mark.parametrize("later_s", [-4.0, 0.9, 2.5])
def test_a_leg_that_began_late_is_moved_to_where_it_belongs(later_s: float) -> None:
    """People who take turns tell how late it is, though not to a tenth: times between the two are then not told."""
    audio = align_channels(audio_of(late(TALK, later_s)), TurnSettings())
    assert {CHANNEL_LATE, TIMING_UNSURE} <= set(audio.origin.flags)
    assert audio.duration_s == pytest.approx(TALK.shape[1] / RATE_HZ + abs(later_s), abs=0.5)
    assert audio.origin.duration_s == audio.duration_s
    found = find_distance(audio, TurnSettings())
    assert found is None


@pytest.mark.parametrize("both", [False, True], ids=["one leaks", "both leak"])
@pytest.mark.parametrize("later_s", [-0.3, 3.0, 0.8])
def test_leakage_tells_the_distance(later_s: float, both: bool) -> None:
    """A copy cannot come before its source, nor seconds after it: the distance is known to some hundredths."""
    audio = audio_of(late(leaking(TALK, both=both), later_s))
    found = find_distance(audio, TurnSettings())
    assert found is not None
    assert found.is_exact
    assert found.later_s == pytest.approx(later_s, abs=0.06)
    flags = align_channels(audio, TurnSettings()).origin.flags
    assert (CHANNEL_LATE in flags, TIMING_UNSURE in flags) == (True, False)


@pytest.mark.parametrize(
    "sound",
    [TALK, leaking(TALK), leaking(TALK, both=True), talk(overlap_s=0.7), late(TALK, 0.15)],
    ids=["no leakage", "leakage", "leakage both ways", "one who often cuts in", "hardly late"],
)
def test_channels_that_fit_are_left_alone(sound: Sound) -> None:
    """An echo, an agent who cuts in at every turn, and a tenth of a second move nothing."""
    audio = audio_of(sound)
    assert align_channels(audio, TurnSettings()) is audio


def test_where_no_distance_fits_best_nothing_is_moved() -> None:
    """Short turns far apart fit at many distances: the call stays as it is, and times in it are not told."""
    spans = tuple((10.0 * no + 1.0, 10.0 * no + 3.0) for no in range(6))
    audio = audio_of(two_speaker_call(spans, spans, duration_s=62.0).sound)
    found = align_channels(audio, TurnSettings())
    assert found.origin.flags == (TIMING_UNSURE,)
    assert found.duration_s == audio.duration_s


def test_one_channel_and_silence_are_left_alone() -> None:
    """There is nothing to compare in a mono call, in a silent one, or with one silent channel."""
    for sound in (TALK[0], np.zeros((2, 8000), np.float32), np.stack([TALK[0], np.zeros_like(TALK[0])])):
        audio = audio_of(sound)
        assert align_channels(audio, TurnSettings()) is audio
