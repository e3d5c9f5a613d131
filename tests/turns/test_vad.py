"""Tests of hearing one channel."""

import importlib.util

import numpy as np
import pytest

from speechcx.call import Span
from speechcx.errors import ModelMissing
from speechcx.turns import vad
from speechcx.turns.vad import LEVEL_STEP_S, find_vad_file, hear_again, hear_channel, measure_levels
from tests.synth import audio_of, noise, silence, speech_like, tone, two_speaker_call


def test_levels_are_dbov() -> None:
    """The level of a tone of -20 dBov is -20 in every whole step."""
    levels = measure_levels(audio_of(tone(1000, 1.0)), 0)
    assert levels.shape == (100,)
    assert levels == pytest.approx(np.full(100, -20.0), abs=0.1)


def test_levels_have_a_floor() -> None:
    """Digital silence is -100 dBov, not minus infinity."""
    assert measure_levels(audio_of(silence(0.5)), 0) == pytest.approx(np.full(50, -100.0))


def test_speech_is_likely_where_there_is_speech() -> None:
    """The probability is high in the middle of every stretch of speech and low far from any."""
    call = two_speaker_call()
    heard = hear_channel(audio_of(call.sound), 0)
    likely = heard.speech_by_step()
    inside = np.zeros(likely.size, bool)
    near = np.zeros(likely.size, bool)
    for span in call.spans[0]:
        inside[round((span.start_s + 0.3) / LEVEL_STEP_S) : round((span.end_s - 0.1) / LEVEL_STEP_S)] = True
        near[round((span.start_s - 0.2) / LEVEL_STEP_S) : round((span.end_s + 0.4) / LEVEL_STEP_S)] = True
    assert np.mean(likely[inside] > 0.25) > 0.9
    assert np.mean(likely[~near] > 0.25) < 0.01


def test_a_silent_channel_is_not_shown_to_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel under the silent level has no speech, and the model is not asked."""
    monkeypatch.setattr(vad, "_load_model", lambda: pytest.fail("the model was asked"))
    heard = hear_channel(audio_of(noise(3.0, level_dbov=-75)), 0)
    assert not heard.speech.any()
    assert heard.speech.size == -(-3 * 16_000 // 512)


def test_even_noise_is_not_shown_to_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of nothing but even noise are skipped; the speech in between is heard."""
    sound = noise(24.0, level_dbov=-60)
    sound[12 * 8000 : 14 * 8000] += speech_like(2.0)
    blocks = []
    session = vad._load_model()

    class Counting:
        def run(self, names: object, feed: dict[str, np.ndarray]) -> object:
            blocks.append(feed["input"].shape)
            return session.run(names, feed)

    monkeypatch.setattr(vad, "_load_model", Counting)
    heard = hear_channel(audio_of(sound), 0)
    assert len(blocks) <= 2
    assert heard.speech_by_step()[1250:1350].max() > 0.5


def test_a_short_file_is_heard() -> None:
    """A file shorter than one window gives one probability, an empty one none."""
    assert hear_channel(audio_of(tone(500, 0.01)), 0).speech.size == 1
    assert hear_channel(audio_of(silence(0.0)), 0).speech.size == 0


def test_speech_after_long_music_is_heard() -> None:
    """Half a minute of music does not make the model deaf to the voice behind it."""
    chord = sum(tone(hz, 30.0, level_dbov=-28) for hz in (440.0, 554.4, 659.3, 880.0))
    sound = np.concatenate([chord, silence(0.5), speech_like(3.0, pitch_hz=110.0)])
    likely = hear_channel(audio_of(sound), 0).speech_by_step()
    assert np.mean(likely[3080:3340] > 0.25) > 0.8


def test_hearing_again_only_adds() -> None:
    """A second hearing never lowers an answer, and changes nothing outside its stretches."""
    audio = audio_of(two_speaker_call().sound)
    heard = hear_channel(audio, 0)
    again = hear_again(audio, 0, heard, [Span(1.5, 2.0)])
    assert np.all(again.speech >= heard.speech)
    assert np.array_equal(again.speech[100:], heard.speech[100:])


def test_a_missing_model_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the file of faster-whisper the error names it and the cure."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match=r"silero_vad.*\n.*pip install"):
        find_vad_file()
