"""Tests of channels that hold the same mix for a part of the call: said once, by the right party."""

from __future__ import annotations

import numpy as np
import pytest

from speechcx.call import Span, Speech
from speechcx.turns import TurnSettings, find_turns
from speechcx.turns.partly_mixed import MIXED_SPEAKER, find_mixed
from speechcx.turns.vad import hear_channel
from tests.synth import Sound, audio_of, noise, two_speaker_call
from tests.turns.test_signal_match import copy_of

FIRST = ((1.0, 4.0), (8.0, 11.0), (15.0, 17.0), (20.5, 23.0), (27.0, 30.0), (34.5, 37.0))
SECOND = ((4.5, 7.5), (11.5, 14.5), (17.4, 20.1), (23.5, 26.5), (30.5, 34.0), (37.4, 39.0))
CALL = two_speaker_call(FIRST, SECOND, duration_s=40.0)
RATE_HZ = CALL.rate_hz


def mixed_in(*stretches: Span, gain_db: float = 0.0, delay_s: float = 0.0) -> Sound:
    """The call with the same mix on both channels in some stretches."""
    sound = CALL.sound.copy()
    mix = CALL.sound.sum(axis=0)
    late = np.concatenate([np.zeros(round(delay_s * RATE_HZ), np.float32), mix])[: mix.size]
    for span in stretches:
        part = slice(round(span.start_s * RATE_HZ), round(span.end_s * RATE_HZ))
        sound[0, part], sound[1, part] = mix[part], late[part] * 10 ** (gain_db / 20)
    return sound


def mixed_of(sound: Sound) -> tuple[Span, ...]:
    """Stretches found to be mixed."""
    audio = audio_of(sound)
    return find_mixed(audio, [hear_channel(audio, channel) for channel in (0, 1)], TurnSettings())


def right_s(speech: Speech, speaker: str, truth: tuple[Span, ...]) -> tuple[float, float]:
    """Seconds given to a speaker, and how many of them are theirs."""
    own = [span for turn in speech.turns if turn.speaker == speaker for span in turn.speech]
    return sum(span.duration_s for span in own), sum(span.overlap_s(true) for span in own for true in truth)


@pytest.mark.parametrize(
    "stretches",
    [(Span(0.0, 20.3),), (Span(20.3, 40.0),), (Span(0.0, 11.2), Span(30.2, 40.0)), (Span(11.2, 26.8),)],
    ids=["apart later", "apart first", "apart in the middle", "mixed in the middle"],
)
def test_what_both_channels_hold_is_said_once(stretches: tuple[Span, ...]) -> None:
    """Each party's speech is given to that party once, mixed or not, and the call is flagged."""
    speech = find_turns(audio_of(mixed_in(*stretches)), TurnSettings())
    assert (speech.split, speech.speakers, speech.flags) == ("channels", ("ch0", "ch1"), ("partly_mixed",))
    for speaker, truth in zip(("ch0", "ch1"), CALL.spans, strict=True):
        given_s, theirs_s = right_s(speech, speaker, truth)
        true_s = sum(span.duration_s for span in truth)
        assert theirs_s >= 0.9 * true_s
        assert given_s - theirs_s <= 0.08 * true_s


@pytest.mark.parametrize(
    ("gain_db", "delay_s"), [(0.0, 0.0), (-4.0, 0.0), (3.0, 0.02)], ids=["same", "softer", "late"]
)
def test_where_the_channels_part_is_found(gain_db: float, delay_s: float) -> None:
    """The edge lies where the second leg was tapped, in the middle of a sentence."""
    (found,) = mixed_of(mixed_in(Span(0.0, 18.73), gain_db=gain_db, delay_s=delay_s))
    assert found.start_s == 0.0
    assert found.end_s == pytest.approx(18.73, abs=0.1)


def test_a_call_in_two_channels_is_not_mixed() -> None:
    """Two people on channels of their own share no stretch, also where they speak at once."""
    assert mixed_of(CALL.sound) == ()
    assert mixed_of(two_speaker_call(FIRST, FIRST, duration_s=40.0).sound) == ()


def test_leakage_is_not_a_mix() -> None:
    """A channel in which only the leakage of the other is heard for half of the call holds no mix."""
    sound = CALL.sound.copy()
    half = sound.shape[1] // 2
    sound[1, :half] = copy_of(CALL.sound[0], delay_s=0.02, gain_db=-12)[:half]
    assert mixed_of(sound + np.stack([noise(40.0, level_dbov=-70, seed=no) for no in (1, 2)])) == ()


def test_one_recording_written_twice_is_not_partly_mixed() -> None:
    """With the mix in both channels to the end, the call is dual mono as before."""
    speech = find_turns(audio_of(mixed_in(Span(0.0, 40.0))), TurnSettings(diarizer=""))
    assert speech.flags == ("dual_mono",)


def test_the_last_words_of_a_recording_written_twice_are_not_lost() -> None:
    """Where only the last words stand in channels of their own, those of the second channel are heard."""
    speech = find_turns(audio_of(mixed_in(Span(0.0, 34.2))), TurnSettings())
    last = [turn.span for turn in speech.turns if turn.channel == 1][-1]
    assert last.start_s == pytest.approx(37.4, abs=0.35)


def test_who_speaks_only_in_the_mix_is_the_other_party() -> None:
    """A customer who says nothing once the channels are apart is still the second channel's speaker."""
    call = two_speaker_call(FIRST, SECOND[:3], duration_s=40.0)
    sound = call.sound.copy()
    part = slice(0, round(20.3 * RATE_HZ))
    sound[:, part] = call.sound[:, part].sum(axis=0)
    speech = find_turns(audio_of(sound), TurnSettings())
    given_s, theirs_s = right_s(speech, "ch1", call.spans[1])
    assert theirs_s >= 0.9 * sum(span.duration_s for span in call.spans[1])
    assert theirs_s >= 0.9 * given_s


def test_without_a_diarizer_nobody_is_named_in_the_mix() -> None:
    """Speech in the mix is then a speaker of its own, who may be anybody."""
    speech = find_turns(audio_of(mixed_in(Span(0.0, 20.3))), TurnSettings(diarizer=""))
    assert speech.speakers == ("ch0", "ch1", MIXED_SPEAKER)
    mixed = [turn for turn in speech.turns if turn.speaker == MIXED_SPEAKER]
    assert all(turn.span.end_s <= 20.4 for turn in mixed)
    assert all(turn.span.start_s >= 20.2 for turn in speech.turns if turn.speaker != MIXED_SPEAKER)
