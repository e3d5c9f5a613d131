"""Tests of the built-in diarizer's own rules."""

from pathlib import Path

import numpy as np
import pytest

from speechcx import weights
from speechcx.call import Span
from speechcx.errors import ModelMissing
from speechcx.turns import TurnSettings, find_turns
from speechcx.turns import voices as room
from speechcx.turns.voices.engine import give_out
from speechcx.turns.voices.fit import Fit, VoiceEvidence
from tests.synth import audio_of, two_speaker_call
from tests.turns.voices.test_segments import heard

STRETCHES = [(0, 200), (210, 250), (260, 480)]


def fit_of(shares: list[list[float]]) -> Fit:
    """Voices far apart with given shares."""
    return Fit(np.array(shares), np.eye(192)[:2], 0.0)


def evidence_of(owners: list[int]) -> VoiceEvidence:
    """Vectors that are their voice's direction."""
    lengths = np.array([(last - first) / 100 for first, last in STRETCHES])
    return VoiceEvidence(np.eye(192, dtype=np.float32)[owners], lengths, np.zeros(len(owners) - 1))


def test_doubtful_speech_is_given_out_apart() -> None:
    """A reply that could be either's is its voice's with less confidence; the rest stays sure."""
    fit = fit_of([[0.99, 0.01], [0.35, 0.65], [1.0, 0.0]])
    found = give_out(0, STRETCHES, fit, evidence_of([0, 1, 0]), heard(1))
    assert [(voice.speaker, voice.speech) for voice in found] == [
        ("s0", (Span(0.0, 2.0), Span(2.6, 4.8))),
        ("s1", (Span(2.1, 2.5),)),
    ]
    assert found[1].confidence < 0.7 * found[0].confidence


def test_speech_over_speech_is_both_voices() -> None:
    """Where two speak at once both voices hold the time."""
    segments = heard(1)
    segments.pairs[0, segments.frames(0, 300, 360)] = 0.95
    fit = fit_of([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    first, second = give_out(0, STRETCHES, fit, evidence_of([0, 1, 0]), segments)
    assert first.speech[-1] == Span(2.6, 4.8)
    assert second.speech[0] == Span(2.1, 2.5)
    assert second.speech[1].start_s == pytest.approx(3.0, abs=0.03)
    assert second.speech[1].end_s == pytest.approx(3.6, abs=0.03)


def test_two_channels_never_load_the_diarizer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call with a channel for each party does not pay for the networks."""
    monkeypatch.setattr(room, "load_campplus", lambda settings: pytest.fail("the diarizer was loaded"))
    assert find_turns(audio_of(two_speaker_call().sound), TurnSettings()).split == "channels"


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the weights a mono call stops, and the message says what to type."""
    monkeypatch.setenv("SPEECHCX_MODELS", str(tmp_path))
    monkeypatch.setattr(weights, "models_home", lambda: tmp_path)
    monkeypatch.setattr(weights, "_user_folder", lambda: tmp_path)
    with pytest.raises(ModelMissing, match="voices"):
        find_turns(audio_of(two_speaker_call().mono), TurnSettings())
