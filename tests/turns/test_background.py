"""Tests of voices in the background: neighbours are no turns, and nobody who speaks softly is lost."""

from __future__ import annotations

import numpy as np
import pytest

from speechcx.call import Span, Speech
from speechcx.turns import TurnSettings, find_turns
from speechcx.turns.background import find_speaker_level
from speechcx.turns.vad import measure_levels
from tests.synth import Sound, audio_of, noise, scale_to, speech_like, two_speaker_call

CALL = two_speaker_call()
AGENT, CUSTOMER = CALL.spans
AGENT_DBOV = -22.0
RATE_HZ = CALL.rate_hz


def with_voice(sound: Sound, where: tuple[Span, ...], level_dbov: float, *, pitch_hz: float = 150.0) -> Sound:
    """The sound with another voice in its first channel."""
    mixed = sound.copy()
    for no, span in enumerate(where):
        voice = speech_like(span.duration_s, pitch_hz=pitch_hz, level_dbov=level_dbov, seed=50 + no)
        first = round(span.start_s * RATE_HZ)
        mixed[0, first : first + voice.size] += voice
    return mixed


def turned_down(spans: tuple[Span, ...], drop_db: float) -> Sound:
    """The call with its first channel turned down in some stretches, line noise and all."""
    sound = CALL.sound.copy()
    for span in spans:
        part = slice(round((span.start_s - 0.1) * RATE_HZ), round((span.end_s + 0.1) * RATE_HZ))
        sound[0, part] *= 10 ** (-drop_db / 20)
    return sound


def turns_of(speech: Speech, channel: int) -> list[Span]:
    """Turns of one channel."""
    return [turn.span for turn in speech.turns if turn.channel == channel]


def spoken_s(speech: Speech, where: tuple[Span, ...], channel: int = 0) -> float:
    """Seconds of a channel's speech inside some stretches."""
    own = [span for turn in speech.turns if turn.channel == channel for span in turn.speech]
    return sum(span.overlap_s(other) for span in own for other in where)


@pytest.mark.parametrize("under_db", [20.0, 23.0, 28.0, 35.0])
def test_a_neighbour_in_the_headset_is_nobodys_turn(under_db: float) -> None:
    """Speech of somebody else 20 dB and more under the agent is no turn of the agent."""
    behind = (Span(4.6, 7.4), Span(11.5, 13.5), Span(18.0, 19.5))
    clean = find_turns(audio_of(CALL.sound), TurnSettings())
    speech = find_turns(audio_of(with_voice(CALL.sound, behind, AGENT_DBOV - under_db)), TurnSettings())
    assert len(turns_of(speech, 0)) == len(turns_of(clean, 0))
    for found, true in zip(turns_of(speech, 0), turns_of(clean, 0), strict=True):
        assert found.start_s == pytest.approx(true.start_s, abs=0.3)
        assert found.end_s == pytest.approx(true.end_s, abs=0.3)


def test_how_long_a_neighbour_spoke_is_kept() -> None:
    """What was left out is listed by channel and time, with the reason."""
    behind = (Span(4.6, 7.4), Span(11.5, 13.5))
    speech = find_turns(audio_of(with_voice(CALL.sound, behind, AGENT_DBOV - 25.0)), TurnSettings())
    assert "background_voice" in speech.flags
    assert {(each.channel, each.why) for each in speech.unheard} == {(0, "background_voice")}
    assert sum(each.span.duration_s for each in speech.unheard) == pytest.approx(4.8, abs=0.6)


def test_a_neighbour_who_is_heard_first_is_no_speaker() -> None:
    """The agent comes in after ten seconds of neighbours: only the agent's words are the agent's."""
    sound = np.concatenate([np.stack([noise(10.0, seed=8), noise(10.0, seed=9)]), CALL.sound], axis=1)
    sound = with_voice(sound, (Span(1.0, 4.0), Span(5.0, 8.5)), AGENT_DBOV - 25.0)
    speech = find_turns(audio_of(sound), TurnSettings())
    assert turns_of(speech, 0)[0].start_s == pytest.approx(10.0 + AGENT[0].start_s, abs=0.35)


@pytest.mark.parametrize("drop_db", [8.0, 12.0])
def test_who_drops_the_voice_is_not_lost(drop_db: float) -> None:
    """An agent who says one sentence much more softly has said it."""
    speech = find_turns(audio_of(turned_down(AGENT[1:2], drop_db)), TurnSettings())
    assert "background_voice" not in speech.flags
    assert spoken_s(speech, AGENT[1:2]) >= 0.9 * AGENT[1].duration_s


def test_a_quiet_channel_is_not_lost() -> None:
    """A whole channel 25 dB under the other is its speaker's: levels are compared inside a channel."""
    sound = CALL.sound.copy()
    sound[0] *= 10 ** (-25 / 20)
    speech = find_turns(audio_of(sound), TurnSettings())
    assert "background_voice" not in speech.flags
    assert len(turns_of(speech, 0)) == len(AGENT)


def test_who_comes_in_on_a_bad_line_after_a_transfer_is_not_lost() -> None:
    """Somebody 22 dB under the one before, who answers the customer and is answered, is a speaker."""
    first = ((1.0, 4.0), (8.0, 10.0), (13.5, 16.0), (19.0, 21.0), (24.5, 27.0), (30.0, 32.0), (35.0, 37.0))
    second = ((4.5, 7.5), (10.5, 13.0), (16.5, 18.5), (21.5, 24.0), (27.5, 29.5), (32.5, 34.5))
    call = two_speaker_call(first, second, duration_s=39.0)
    sound = call.sound.copy()
    sound[0, round(13.2 * RATE_HZ) :] *= 10 ** (-22 / 20)
    sound[0] += noise(39.0, level_dbov=-75.0, seed=5)
    speech = find_turns(audio_of(sound), TurnSettings())
    assert len(turns_of(speech, 0)) == len(first)


def heard_as(monkeypatch: pytest.MonkeyPatch, cosine: float) -> None:
    """Every voice that is compared with the channel's own comes out so alike."""
    monkeypatch.setattr(
        "speechcx.turns.find.compare_with_own", lambda *given: np.full(len(given[3]), cosine, np.float32)
    )


@pytest.mark.parametrize(("cosine", "is_kept"), [(0.93, True), (0.4, False)])
def test_a_sentence_under_the_breath_is_the_speakers_where_the_voice_is(
    monkeypatch: pytest.MonkeyPatch, cosine: float, is_kept: bool
) -> None:
    """An agent who says one sentence 18 dB lower keeps it; the same of another voice is a neighbour's."""
    heard_as(monkeypatch, cosine)
    part = AGENT[2]
    speech = find_turns(audio_of(turned_down((part,), 18.0)), TurnSettings())
    share = spoken_s(speech, (part,)) / part.duration_s
    assert share > 0.8 if is_kept else share < 0.3


@pytest.mark.parametrize(("cosine", "is_kept"), [(0.93, True), (0.4, False)])
def test_a_neighbour_who_shouts_over_the_customer_is_nobodys_turn(
    monkeypatch: pytest.MonkeyPatch, cosine: float, is_kept: bool
) -> None:
    """12 dB under the agent is too loud for level alone: another voice over the customer's words tells."""
    heard_as(monkeypatch, cosine)
    behind = tuple(Span(span.start_s + 0.3, span.end_s - 0.3) for span in CUSTOMER if span.duration_s > 2.0)
    speech = find_turns(audio_of(with_voice(CALL.sound, behind, AGENT_DBOV - 12.0)), TurnSettings())
    share = spoken_s(speech, behind) / sum(span.duration_s for span in behind)
    assert share > 0.6 if is_kept else share < 0.2
    assert ("background_voice" in speech.flags) is not is_kept


def test_the_level_is_that_of_who_is_nearest() -> None:
    """However much softer speech there is beside, the level is the near speaker's."""
    near, far = speech_like(5.0, level_dbov=-20.0), speech_like(60.0, level_dbov=-45.0, seed=2)
    levels = measure_levels(audio_of(np.stack([np.concatenate([near, far])])), 0)
    assert find_speaker_level(levels, [Span(0.0, 65.0)]) == pytest.approx(-20.0, abs=1.5)


def test_a_channel_of_one_level_has_nothing_in_its_background() -> None:
    """Speech as telephones carry it, loud and soft syllables, is all its speaker's."""
    voice = scale_to(speech_like(20.0, seed=7), -25.0)
    sound = np.stack([voice + noise(20.0), noise(20.0, seed=3)])
    assert find_turns(audio_of(sound), TurnSettings()).unheard == ()
