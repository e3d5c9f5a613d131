"""Tests of the voice of turns and speakers, on sounds whose level and pitch are known."""

from dataclasses import replace

import numpy as np
import pytest

from speechcx.call import Audio, Span, SpeakerVoice, Speech, Turn, TurnVoice, Utterance
from speechcx.prosody import ProsodySettings, measure_voice
from tests.factories import make_utterance
from tests.synth import Sound, audio_of, noise, silence, speech_like


def heard(
    audio: Audio, *spans: tuple[float, float], text: str = "one two three", speech: tuple[Span, ...] = ()
) -> tuple[tuple[TurnVoice, ...], tuple[SpeakerVoice, ...]]:
    """Voices of turns of one speaker in channel 0."""
    turns = tuple(Turn(no, "ch0", 0, Span(a, b), speech or (Span(a, b),)) for no, (a, b) in enumerate(spans))
    said = tuple(replace(make_utterance(no, text, a), no=no) for no, (a, _) in enumerate(spans))
    return measure_voice(audio, Speech("channels", ("ch0",), turns), said, ProsodySettings())


def line(*parts: Sound, noise_dbov: float = -70.0) -> Sound:
    sound = np.concatenate(parts)
    return sound + noise(sound.size / 8000, level_dbov=noise_dbov, seed=7)


def test_a_louder_turn_is_louder_by_as_much() -> None:
    """A turn 8 dB over two others is 8 dB over the speaker's own median, and its level is right."""
    parts = [speech_like(3.0, level_dbov=level, seed=1) for level in (-28, -20, -28)]
    sound = line(parts[0], silence(1.0), parts[1], silence(1.0), parts[2])
    turns, _ = heard(audio_of(sound), (0.0, 3.0), (4.0, 7.0), (8.0, 11.0))
    assert [turn.level_dbov for turn in turns] == pytest.approx([-28, -20, -28], abs=0.2)
    assert [turn.level_rel_db for turn in turns] == pytest.approx([0, 8, 0], abs=0.2)


def test_a_higher_turn_is_higher_by_as_much() -> None:
    """A turn five semitones over the others is that much over the speaker's own median."""
    parts = [speech_like(4.0, pitch_hz=hz, seed=1) for hz in (120.0, 120.0 * 2 ** (5 / 12), 120.0)]
    sound = line(parts[0], silence(1.0), parts[1], silence(1.0), parts[2])
    turns, (speaker,) = heard(audio_of(sound), (0.0, 4.0), (5.0, 9.0), (10.0, 14.0))
    assert turns[0].pitch_hz == pytest.approx(120.0, rel=0.06)
    assert turns[1].pitch_rel_st - turns[0].pitch_rel_st == pytest.approx(5.0, abs=0.5)
    assert speaker.voiced_share > 0.7
    assert 1.0 < speaker.pitch_range_st < 9.0


@pytest.mark.parametrize("rate_hz", [8000, 16_000])
def test_a_rising_voice_rises(rate_hz: int) -> None:
    """A voice that rises an octave in two seconds has a slope of 6 semitones a second."""
    time_s = np.arange(2 * rate_hz) / rate_hz
    phase = 2 * np.pi * np.cumsum(110 * 2 ** (time_s / 2)) / rate_hz
    sound = sum(np.sin(k * phase) for k in range(1, 12)) / 60
    (turn,), _ = heard(audio_of(np.asarray(sound, np.float32), rate_hz), (0.0, 2.0))
    assert turn.pitch_slope_st_s == pytest.approx(6.0, abs=0.3)
    assert turn.pitch_range_st == pytest.approx(9.6, abs=0.5)


def test_pace_counts_words_over_time() -> None:
    """Three words in a turn of 3 s with a pause of 0.5 s: 60 a minute with the pause, 72 without."""
    sound = line(speech_like(3.0))
    (turn,), _ = heard(audio_of(sound), (0.0, 3.0), speech=(Span(0.0, 1.0), Span(1.5, 3.0)))
    assert turn.pace_wpm == pytest.approx(60.0)
    assert turn.articulation_wpm == pytest.approx(72.0)
    assert turn.pause_share == pytest.approx(0.5 / 3)


def test_what_cannot_be_measured_says_why() -> None:
    """Noise has no pitch, a turn without words no pace; both say so and are None."""
    (turn,), (speaker,) = heard(audio_of(noise(3.0, level_dbov=-30)), (0.0, 3.0), text="")
    assert (turn.pitch_hz, turn.pitch_rel_st, turn.pace_wpm) == (None, None, None)
    assert turn.why_missing is not None
    assert "pitch: 0.0" in turn.why_missing
    assert "pace: no words" in turn.why_missing
    assert speaker.pitch_hz is None
    assert speaker.why_missing is not None


def test_a_short_turn_has_a_level_but_no_pace() -> None:
    """A turn of 0.4 s has a level; pace would be chance."""
    (turn,), _ = heard(audio_of(line(speech_like(1.0, level_dbov=-25))), (0.2, 0.6), text="yes")
    assert turn.level_dbov is not None
    assert turn.pace_wpm is None


def test_a_silent_speaker_has_no_voice() -> None:
    """A speaker without turns has nothing but the reason."""
    speech = Speech("channels", ("ch0",), ())
    turns, speakers = measure_voice(audio_of(silence(2.0)), speech, (), ProsodySettings())
    assert turns == ()
    assert speakers == (SpeakerVoice("ch0", why_missing="this speaker says nothing"),)


def test_flags_have_limits() -> None:
    """Soft, noisy and clipped voices are flagged, a clean one is not."""
    clean = line(speech_like(4.0, level_dbov=-24), silence(2.0))
    assert heard(audio_of(clean), (0.0, 4.0))[1][0].flags == ()
    soft = line(speech_like(4.0, level_dbov=-46), silence(2.0))
    assert heard(audio_of(soft), (0.0, 4.0))[1][0].flags == ("low_level",)
    noisy = line(speech_like(4.0, level_dbov=-24), silence(2.0), noise_dbov=-36.0)
    assert heard(audio_of(noisy), (0.0, 4.0))[1][0].flags == ("noisy",)
    clipped = heard(audio_of(clean * 30), (0.0, 4.0))[1][0]
    assert "clipped" in clipped.flags
    assert clipped.clipped_share > 0.01


def test_the_noise_is_that_of_the_line() -> None:
    """Noise is measured where nobody speaks, and not in hold music."""
    sound = line(speech_like(4.0), silence(3.0), noise(3.0, level_dbov=-20), noise_dbov=-55.0)
    turn = Turn(0, "ch0", 0, Span(0, 4), (Span(0, 4),))
    speech = Speech("channels", ("ch0",), (turn,), hold=(Span(7.0, 10.0),))
    said = (Utterance(0, "", (), "en", None),)
    _, (speaker,) = measure_voice(audio_of(sound), speech, said, ProsodySettings())
    assert speaker.noise_dbov == pytest.approx(-55.0, abs=1.0)


def test_a_long_turn_is_the_sum_of_its_parts() -> None:
    """A turn of 50 s, read in parts, has the level and pitch of a short one of the same voice."""
    long = line(speech_like(50.0, level_dbov=-26, pitch_hz=150))
    short = line(speech_like(8.0, level_dbov=-26, pitch_hz=150))
    (one,), (speaker,) = heard(audio_of(long), (0.0, 50.0))
    (other,), _ = heard(audio_of(short), (0.0, 8.0))
    assert one.level_dbov == pytest.approx(other.level_dbov, abs=0.2)
    assert one.pitch_hz == pytest.approx(other.pitch_hz, rel=0.04)
    assert speaker.level_dbov == pytest.approx(-26.0, abs=0.5)


def test_a_turn_over_the_end_of_the_file_is_measured() -> None:
    """A turn whose end was rounded past the last sample is measured as far as there is sound."""
    (turn,), _ = heard(audio_of(line(speech_like(2.0))), (0.5, 2.004))
    assert turn.level_dbov is not None
