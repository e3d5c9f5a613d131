"""Tests of a third voice in one channel: a supervisor's whisper is nobody's words, a second agent is a speaker."""

from __future__ import annotations

import numpy as np
import pytest

from speechcx.call import Span, Speech
from speechcx.turns import TurnSettings, find_turns
from tests.synth import Sound, audio_of, speech_like, two_speaker_call

AGENT = ((1.0, 4.0), (10.0, 13.0), (20.0, 23.5), (32.0, 35.0), (43.0, 46.0))
CUSTOMER = ((4.5, 9.5), (13.5, 19.5), (24.0, 31.5), (35.5, 42.5), (46.5, 50.0))
CALL = two_speaker_call(AGENT, CUSTOMER, duration_s=51.0)
WHISPER = (Span(5.5, 7.5), Span(15.0, 17.5), Span(26.0, 28.5), Span(37.0, 39.0))
RATE_HZ = CALL.rate_hz


def with_voice(sound: Sound, where: tuple[Span, ...], *, pitch_hz: float) -> Sound:
    """The sound with a voice as loud as the agent in the agent's channel."""
    mixed = sound.copy()
    for no, span in enumerate(where):
        voice = speech_like(span.duration_s, pitch_hz=pitch_hz, level_dbov=-22.0, seed=70 + no)
        first = round(span.start_s * RATE_HZ)
        mixed[0, first : first + voice.size] += voice
    return mixed


def spoken_s(speech: Speech, where: tuple[Span, ...]) -> float:
    """Seconds of the first channel's speech inside some stretches."""
    own = [span for turn in speech.turns if turn.channel == 0 for span in turn.speech]
    return sum(span.overlap_s(other) for span in own for other in where)


def test_a_supervisor_who_whispers_to_the_agent_is_not_the_agent() -> None:
    """What a third voice says over the customer is no turn of the agent; it is listed, and flagged."""
    speech = find_turns(audio_of(with_voice(CALL.sound, WHISPER, pitch_hz=240.0)), TurnSettings())
    assert "another_voice" in speech.flags
    assert {(each.channel, each.why) for each in speech.unheard} == {(0, "another_voice")}
    assert spoken_s(speech, WHISPER) <= 0.1
    assert spoken_s(speech, CALL.spans[0]) >= 0.95 * sum(span.duration_s for span in CALL.spans[0])


def test_what_is_whispered_in_a_pause_is_not_the_agents_either() -> None:
    """Once the voice is known, it is known everywhere."""
    sound = np.concatenate([CALL.sound, CALL.sound[:, : round(8.0 * RATE_HZ)] * 0.01], axis=1)
    pause = (Span(52.0, 55.0),)
    speech = find_turns(audio_of(with_voice(sound, (*WHISPER, *pause), pitch_hz=240.0)), TurnSettings())
    assert spoken_s(speech, pause) <= 0.1


def test_an_agent_who_talks_over_the_customer_is_the_agent() -> None:
    """The same voice over the customer is over-talk, and stays."""
    speech = find_turns(audio_of(with_voice(CALL.sound, WHISPER, pitch_hz=115.0)), TurnSettings())
    assert "another_voice" not in speech.flags
    assert spoken_s(speech, WHISPER) >= 0.9 * sum(span.duration_s for span in WHISPER)


def test_a_second_agent_who_takes_turns_is_a_speaker() -> None:
    """After a transfer another voice answers the customer in the agent's channel: all of it is heard."""
    second = ((51.0, 54.0), (59.0, 63.0), (68.0, 72.0))
    call = two_speaker_call(AGENT, (*CUSTOMER, (54.5, 58.5), (63.5, 67.5)), duration_s=73.0)
    turns = tuple(Span(*span) for span in second)
    speech = find_turns(audio_of(with_voice(call.sound, turns, pitch_hz=240.0)), TurnSettings())
    assert "another_voice" not in speech.flags
    assert spoken_s(speech, turns) >= 0.9 * sum(span.duration_s for span in turns)


@pytest.mark.parametrize("diarizer", ["", "campplus"])
def test_a_call_of_two_has_no_third_voice(diarizer: str) -> None:
    """Two voices that take turns are two, with a diarizer and without one."""
    assert find_turns(audio_of(CALL.sound), TurnSettings(diarizer=diarizer)).unheard == ()
