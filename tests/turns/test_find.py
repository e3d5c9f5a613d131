"""Tests of the whole room: sound in, who speaks when out."""

import numpy as np
import pytest

from speechcx import engines
from speechcx.call import Audio, Span
from speechcx.errors import ConfigError
from speechcx.turns import TurnSettings, find_turns
from speechcx.turns.assemble import UncutSpeech
from tests.synth import audio_of, noise, silence, tone, two_speaker_call

CALL = two_speaker_call()


def test_each_channel_is_a_speaker() -> None:
    """Two channels are two speakers, whose turns lie where they speak."""
    speech = find_turns(audio_of(CALL.sound), TurnSettings())
    assert (speech.split, speech.speakers, speech.flags) == ("channels", ("ch0", "ch1"), ())
    for channel, truth in enumerate(CALL.spans):
        own = [turn.span for turn in speech.turns if turn.channel == channel]
        assert len(own) == len(truth)
        for span, true in zip(own, truth, strict=True):
            assert span.start_s == pytest.approx(true.start_s, abs=0.35)
            assert span.end_s == pytest.approx(true.end_s, abs=0.35)


def test_mono_is_two_voices() -> None:
    """One channel is parted into two voices, whose turns lie where they speak."""
    speech = find_turns(audio_of(CALL.mono), TurnSettings())
    assert (speech.split, speech.speakers) == ("diarized", ("s0", "s1"))
    for speaker, truth in zip(speech.speakers, CALL.spans, strict=True):
        own = [span for turn in speech.turns if turn.speaker == speaker for span in turn.speech]
        assert sum(span.overlap_s(true) for span in own for true in truth) > 0.8 * sum(
            span.duration_s for span in own
        )


def test_mono_without_a_diarizer_is_one_unsplit_speaker() -> None:
    """One channel is the speaker s0, all its turns are his."""
    speech = find_turns(audio_of(CALL.mono), TurnSettings(diarizer=""))
    assert (speech.split, speech.speakers) == ("unsplit", ("s0",))
    assert {turn.speaker for turn in speech.turns} == {"s0"}


def test_dual_mono_is_mono() -> None:
    """The same sound on two channels is heard once, and flagged."""
    speech = find_turns(audio_of(np.stack([CALL.mono, CALL.mono])), TurnSettings(diarizer=""))
    assert (speech.split, speech.speakers, speech.flags) == ("unsplit", ("s0",), ("dual_mono",))


def test_a_silent_channel_is_a_speaker_who_says_nothing() -> None:
    """With one channel silent the call is one-sided; the silent channel stays a speaker."""
    sound = np.stack([CALL.sound[0], noise(20.0, level_dbov=-80)])
    speech = find_turns(audio_of(sound), TurnSettings())
    assert (speech.speakers, speech.flags) == (("ch0", "ch1"), ("one_sided",))
    assert {turn.speaker for turn in speech.turns} == {"ch0"}


def test_three_channels_are_three_speakers() -> None:
    """A conference on three channels has three speakers."""
    sound = np.stack([*CALL.sound, noise(20.0, level_dbov=-80)])
    assert find_turns(audio_of(sound), TurnSettings()).speakers == ("ch0", "ch1", "ch2")


@pytest.mark.parametrize("seconds", [0.0, 0.005, 5.0])
def test_silence_has_no_turns(seconds: float) -> None:
    """Digital silence of any length, also none, has no turns and is no error."""
    assert find_turns(audio_of(np.stack([silence(seconds)] * 2)), TurnSettings()).turns == ()


def test_hold_and_keys_are_told() -> None:
    """Music gives hold and the flag, ringing gives hold without it, keys are machine time."""
    ring = tone(440.0, 2.0) + tone(480.0, 2.0)
    keys = tone(697.0, 0.2) + tone(1209.0, 0.2)
    sound = np.concatenate([silence(1.0), ring, silence(4.0), ring, silence(2.0), keys, silence(2.0)])
    speech = find_turns(audio_of(sound), TurnSettings())
    assert (len(speech.hold), len(speech.ivr), speech.flags) == (1, 1, ())


class _Halves:
    """A diarizer that gives the first half of the speech to one voice and the rest to another."""

    name = "halves"

    def split_voices(
        self, audio: Audio, channel: int, speech: tuple[Span, ...], settings: TurnSettings
    ) -> tuple[UncutSpeech, ...]:
        half = len(speech) // 2
        return UncutSpeech("s0", channel, speech[:half], 0.8), UncutSpeech("s1", channel, speech[half:], 0.6)


def test_a_diarizer_parts_mono(monkeypatch: pytest.MonkeyPatch) -> None:
    """A diarizer named in the settings gives mono its speakers, with its confidence."""
    monkeypatch.setitem(engines.BUILT_IN["diarizers"], "halves", f"{__name__}:load_halves")
    speech = find_turns(audio_of(CALL.mono), TurnSettings(diarizer="halves"))
    assert (speech.split, speech.speakers) == ("diarized", ("s0", "s1"))
    assert {(turn.speaker, turn.confidence) for turn in speech.turns} == {("s0", 0.8), ("s1", 0.6)}


def load_halves(settings: TurnSettings) -> _Halves:
    return _Halves()


def test_an_unknown_diarizer_is_refused() -> None:
    """A diarizer that is not there is an error of the settings, not of the call."""
    with pytest.raises(ConfigError, match="no engine 'nobody' among the diarizers"):
        find_turns(audio_of(CALL.mono), TurnSettings(diarizer="nobody"))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_a_channel_that_mixes_the_others_is_no_party(order: tuple[int, ...]) -> None:
    """A recorder that writes the mix beside both legs has recorded two parties; the mix is left out, and said."""
    legs = np.stack([*CALL.sound, 0.7 * CALL.sound[0] + 0.9 * CALL.sound[1]])
    speech = find_turns(audio_of(legs[list(order)]), TurnSettings())
    mix = order.index(2)
    assert speech.flags == ("mixed_channel",)
    assert {f"ch{no}" for no in range(3)} - {f"ch{mix}"} == set(speech.speakers)
    assert [(mix, 0.0, 20.0)] == [
        (each.channel, each.span.start_s, each.span.end_s) for each in speech.unheard
    ]
    assert len(speech.turns) == len(find_turns(audio_of(CALL.sound), TurnSettings()).turns)


def test_a_second_copy_of_a_channel_is_no_party() -> None:
    """One leg written twice beside the other counts once."""
    speech = find_turns(audio_of(np.stack([*CALL.sound, 0.5 * CALL.sound[1]])), TurnSettings())
    assert (speech.speakers, speech.flags) == (("ch0", "ch1"), ("mixed_channel",))


def test_three_who_speak_are_three() -> None:
    """A conference of three voices has no mix."""
    third = two_speaker_call(pitches_hz=(160.0, 260.0)).sound[0]
    speech = find_turns(audio_of(np.stack([*CALL.sound, third])), TurnSettings())
    assert speech.speakers == ("ch0", "ch1", "ch2")
    assert "mixed_channel" not in speech.flags
