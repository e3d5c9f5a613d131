"""Tests of hold music, ringing and keypad tones."""

import numpy as np
import pytest

from speechcx.call import Span
from speechcx.turns.hold_music import STILL, find_music, take_out
from speechcx.turns.settings import TurnSettings
from speechcx.turns.speech_spans import find_speech
from speechcx.turns.tones import measure_persistence
from speechcx.turns.vad import hear_channel
from tests.synth import Sound, audio_of, noise, scale_to, silence, speech_like, tone

SETTINGS = TurnSettings()


def made_music(seconds: float, *, level_dbov: float = -26.0, seed: int = 0) -> Sound:
    """Plucked chords, three a second, over a held bass."""
    draw = np.random.default_rng(seed)
    sound = tone(220.0, seconds, level_dbov=-30).astype(np.float64)
    sound += tone(440.0, seconds, level_dbov=-34)
    for start in range(0, sound.size, 2700):
        part = sound[start : start + 5400]
        time_s = np.arange(part.size) / 8000
        root_hz = 262 * 2 ** (draw.integers(0, 12) / 12)
        for step in (0, 4, 7, 12):
            part += 0.03 * np.exp(-2 * time_s) * np.sin(2 * np.pi * root_hz * 2 ** (step / 12) * time_s)
    return scale_to(sound, level_dbov)


def part(sound: Sound, settings: TurnSettings = SETTINGS) -> tuple[tuple[Span, ...], ...]:
    """Speech, hold and keys of one channel."""
    audio = audio_of(sound)
    heard = hear_channel(audio, 0)
    speech = find_speech(heard, settings)
    return take_out(speech, find_music(audio, 0, heard, speech, settings), settings)


def on_a_line(*parts: Sound) -> Sound:
    sound = np.concatenate(parts)
    return sound + noise(sound.size / 8000, level_dbov=-65)


def total_s(spans: tuple[Span, ...], truth: Span) -> float:
    return sum(span.overlap_s(truth) for span in spans)


@pytest.mark.parametrize("level_dbov", [-32.0, -22.0])
def test_hold_music_is_found_and_no_speech_lost(level_dbov: float) -> None:
    """95 % of the music between two voices is found, and 99 % of the voices are kept."""
    sound = on_a_line(
        speech_like(6.0),
        silence(0.6),
        made_music(15.0, level_dbov=level_dbov),
        silence(0.6),
        speech_like(6.0),
    )
    speech, hold, keys = part(sound)
    before, _, _ = part(on_a_line(speech_like(6.0), silence(16.2), speech_like(6.0)))
    assert total_s(hold, Span(6.6, 21.6)) >= 0.95 * 15.0
    assert sum(span.duration_s for span in hold) <= 15.5
    assert keys == ()
    assert sum(s.duration_s for s in speech) >= 0.99 * sum(s.duration_s for s in before)
    assert total_s(speech, Span(7.0, 21.2)) == 0.0


def test_drummed_music_is_found() -> None:
    """Music whose drums keep its partials from standing still is hold where the line is quiet between words."""
    draw = np.random.default_rng(3)
    time_s = np.arange(15 * 8000) / 8000
    drums = np.exp(-9 * (time_s % 0.27)) * draw.standard_normal(time_s.size)
    notes_hz = np.repeat(330 * 2 ** (draw.integers(0, 12, 60) / 12), 2000)
    tune = np.sin(2 * np.pi * notes_hz * time_s) + 0.6 * np.sin(3 * np.pi * notes_hz * time_s)
    music = scale_to(drums + 0.45 * tune, -26.0)
    assert np.median(measure_persistence(audio_of(music), 0)) < STILL
    speech, hold, _ = part(on_a_line(speech_like(6.0), silence(0.6), music, silence(0.6), speech_like(6.0)))
    assert total_s(hold, Span(6.6, 21.6)) >= 0.95 * 15.0
    assert total_s(speech, Span(7.0, 21.2)) <= 0.3


def test_loud_voices_do_not_hide_hold_music() -> None:
    """Beside voices that clip, music of -32 dBov is still hold, and no voice is lost."""
    loud = np.clip(speech_like(6.0, level_dbov=-12), -0.5, 0.5)
    speech, hold, _ = part(
        on_a_line(loud, silence(0.6), made_music(15.0, level_dbov=-32.0), silence(0.6), loud)
    )
    assert total_s(hold, Span(6.6, 21.6)) >= 0.95 * 15.0
    assert total_s(speech, Span(0.0, 6.0)) >= 4.5
    assert total_s(speech, Span(22.2, 28.2)) >= 4.5


def test_noise_that_begins_and_ends_is_not_hold() -> None:
    """A vacuum cleaner of ten seconds, as loud as the voices, is not hold."""
    sound = on_a_line(
        speech_like(6.0), silence(0.6), noise(10.0, level_dbov=-26.0), silence(0.6), speech_like(6.0)
    )
    assert part(sound)[1] == ()


def test_music_in_the_background_is_not_hold() -> None:
    """Music 22 dB under the voice of its channel is a radio, not hold."""
    sound = np.concatenate([speech_like(5.0, level_dbov=-20), silence(6.0), speech_like(5.0, level_dbov=-20)])
    assert part(sound + made_music(16.0, level_dbov=-42.0))[1] == ()


@pytest.mark.parametrize("level_dbov", [-60.0, -35.0])
def test_noise_is_not_hold(level_dbov: float) -> None:
    """A noisy line is not on hold."""
    assert part(noise(15.0, level_dbov=level_dbov))[1] == ()


def test_a_voice_is_not_hold() -> None:
    """Speech alone is neither music nor tone."""
    speech, hold, keys = part(on_a_line(speech_like(12.0, pitch_hz=220.0)))
    assert (hold, keys) == ((), ())
    assert sum(span.duration_s for span in speech) > 10.0


@pytest.mark.parametrize(
    ("first_hz", "second_hz", "on_s", "off_s"), [(440, 480, 2.0, 4.0), (425, 425, 1.0, 4.0)]
)
def test_ringing_is_hold_with_its_pauses(
    first_hz: float, second_hz: float, on_s: float, off_s: float
) -> None:
    """Ringing of North America and of Europe is one hold from the first ring to the last."""
    ring = scale_to(tone(first_hz, on_s) + tone(second_hz, on_s), -22.0)
    _, hold, _ = part(on_a_line(silence(1.0), ring, silence(off_s), ring, silence(off_s), ring, silence(1.0)))
    (one,) = hold
    assert one.start_s == pytest.approx(1.0, abs=0.1)
    assert one.end_s == pytest.approx(1.0 + 3 * on_s + 2 * off_s, abs=0.1)


def test_one_beep_is_nothing() -> None:
    """A recorder's beep of half a second is neither speech nor hold."""
    speech, hold, _ = part(on_a_line(silence(4.0), tone(1400.0, 0.5), silence(4.0)))
    assert (speech, hold) == ((), ())


def test_keys_are_one_entry_and_no_speech() -> None:
    """Four keypad tones are one entry from the first to the last key."""
    pairs = ((697, 1209), (770, 1336), (852, 1477), (941, 1336))
    keys = [np.concatenate([scale_to(tone(a, 0.1) + tone(b, 0.1), -20), silence(0.15)]) for a, b in pairs]
    speech, hold, found = part(on_a_line(silence(2.0), *keys, silence(2.0)))
    assert (speech, hold) == ((), ())
    (one,) = found
    assert one.start_s == pytest.approx(2.0, abs=0.05)
    assert one.end_s == pytest.approx(2.85, abs=0.05)


def test_it_can_be_switched_off() -> None:
    """With ``find_hold`` off nothing is taken for hold."""
    assert part(on_a_line(made_music(10.0)), TurnSettings(find_hold=False))[1] == ()
