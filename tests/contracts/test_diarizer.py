"""The contract of every diarizer: the same cases over each of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from speechcx.audio import AudioSettings, decode
from speechcx.call import Audio, Recording, Span, Speech
from speechcx.discover.files import hash_file
from speechcx.engines import BUILT_IN, find_factory
from speechcx.turns import Diarizer, TurnSettings, find_turns
from speechcx.turns.assemble import UncutSpeech
from tests.synth import audio_of, noise, silence, speech_like

CALL = Path(__file__).parents[2] / "samples" / "calls" / "maria.lopez_C1042_2026-03-02T09-15-00.wav"
SECONDS = 45.0
ENGINES = sorted(BUILT_IN["diarizers"])


@cache
def two_channels() -> Audio:
    """The first part of a sample call on two channels."""
    sha256 = hash_file(str(CALL))
    audio = decode(Recording(sha256[:16], str(CALL), sha256, CALL.stat().st_size), AudioSettings())
    return replace(audio, samples=audio.samples[:, : round(SECONDS * audio.rate_hz)])


@cache
def mixed() -> Audio:
    """The same on one channel."""
    samples = two_channels().samples.astype(np.int32).sum(0)
    return replace(two_channels(), samples=np.clip(samples, -32768, 32767).astype(np.int16)[None])


@cache
def speech_of_mix() -> tuple[Span, ...]:
    """Stretches of speech in the mix."""
    return spans_of(find_turns(mixed(), TurnSettings(diarizer="")))


@cache
def split_mix(name: str, speakers: int = 2) -> tuple[UncutSpeech, ...]:
    """What an engine says of the mix."""
    settings = TurnSettings(diarizer=name, speakers=speakers)
    return engine(name, settings).split_voices(mixed(), 0, speech_of_mix(), settings)


def engine(name: str, settings: TurnSettings) -> Diarizer:
    """The engine of that name."""
    found: Diarizer = find_factory("diarizers", name)(settings)
    return found


def spans_of(speech: Speech) -> tuple[Span, ...]:
    """All stretches of speech."""
    return tuple(sorted(span for turn in speech.turns for span in turn.speech))


def mask(spans: tuple[Span, ...]) -> np.ndarray:
    """Which steps of 10 ms are in the spans."""
    found = np.zeros(round(SECONDS * 100) + 1, bool)
    for span in spans:
        found[round(span.start_s * 100) : round(span.end_s * 100)] = True
    return found


@pytest.mark.parametrize("name", ENGINES)
def test_two_people_are_told_apart(name: str) -> None:
    """Nine tenths of what each person of the call says is given to a voice of theirs."""
    truth = find_turns(two_channels(), TurnSettings())
    found = split_mix(name)
    assert {voice.speaker for voice in found} == {"s0", "s1"}
    own = {s: mask(sum((v.speech for v in found if v.speaker == s), ())) for s in ("s0", "s1")}
    true = [mask(tuple(s for t in truth.turns if t.channel == c for s in t.speech)) for c in (0, 1)]
    pairs = [[(own[s] & t).sum() / t.sum() for t in true] for s in ("s0", "s1")]
    assert max(min(pairs[0][0], pairs[1][1]), min(pairs[0][1], pairs[1][0])) > 0.9


@pytest.mark.parametrize("speakers", [2, 3, 6])
@pytest.mark.parametrize("name", ENGINES)
def test_voices_make_up_the_speech(name: str, speakers: int) -> None:
    """Voices are at most those asked for, named in order of first speech, and together are the speech."""
    found = split_mix(name, speakers)
    firsts = {voice.speaker: min(v.speech[0] for v in found if v.speaker == voice.speaker) for voice in found}
    assert len(firsts) <= speakers
    assert sorted(firsts, key=firsts.__getitem__) == [f"s{no}" for no in range(len(firsts))]
    for voice in found:
        assert voice.channel == 0
        assert 0 < voice.confidence <= 1
        assert list(voice.speech) == sorted(voice.speech)
        assert all(a.end_s < b.start_s for a, b in zip(voice.speech, voice.speech[1:], strict=False))
    together = np.any([mask(voice.speech) for voice in found], axis=0)
    assert np.array_equal(together, mask(speech_of_mix()))


@pytest.mark.parametrize("name", ENGINES)
def test_same_sound_same_voices(name: str) -> None:
    """Splitting is repeatable to the last digit, and leaves the sound as it was."""
    settings = TurnSettings(diarizer=name)
    before = mixed().samples.copy()
    assert engine(name, settings).split_voices(mixed(), 0, speech_of_mix(), settings) == split_mix(name)
    assert np.array_equal(before, mixed().samples)


@pytest.mark.parametrize("name", ENGINES)
def test_one_speaker_asked_for_is_no_split(name: str) -> None:
    """With one speaker expected there is nothing to tell apart."""
    assert len({voice.speaker for voice in split_mix(name, 1)}) <= 1


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("channel", [0, 1])
def test_one_voice_is_not_parted(name: str, channel: int) -> None:
    """One person alone on the line is not made two, though two were expected."""
    alone = replace(two_channels(), samples=two_channels().samples[channel : channel + 1])
    speech = find_turns(alone, TurnSettings(diarizer=name))
    assert len(speech.speakers) == 1
    assert speech.turns


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("sound", "speech"),
    [
        (silence(5.0), ()),
        (noise(3.0, level_dbov=-40), ()),
        (silence(5.0), (Span(1.0, 3.0),)),
        (speech_like(0.3), (Span(0.0, 0.3),)),
        (speech_like(0.3), (Span(0.0, 0.1), Span(0.2, 0.3))),
        (speech_like(0.02), (Span(0.0, 0.02),)),
        (silence(0.0), ()),
        (speech_like(2.0), (Span(0.0, 1.9), Span(1.95, 2.4))),
    ],
)
def test_odd_sound_is_no_error(name: str, sound: np.ndarray, speech: tuple[Span, ...]) -> None:
    """Silence, noise, a call of 0.3 s or 20 ms, speech said to go on past the end: at most one voice."""
    settings = TurnSettings(diarizer=name)
    found = engine(name, settings).split_voices(audio_of(sound), 0, speech, settings)
    assert len({voice.speaker for voice in found}) <= 1
