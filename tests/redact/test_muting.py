"""Recordings are silent in every channel where something was taken out, and as they were everywhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from speechcx.audio import AudioSettings
from speechcx.call import Recording, RedactedSpan, Redaction, Span
from speechcx.redact.muting import MutingSettings, mute, write_muted_copy
from speechcx.turns import TurnSettings
from tests import synth
from tests.factories import make_conversation
from tests.test_pipeline import recording_of

SETTINGS = MutingSettings(AudioSettings(), TurnSettings(), 0.25)


def test_every_channel_is_silent_and_nothing_else_changes() -> None:
    """Both channels are zero from a quarter second before to a quarter second after; the length stays."""
    audio = synth.audio_of(np.stack([synth.tone(300, 6.0), synth.tone(500, 6.0)]))
    muted, spans = mute(audio, [Span(2.0, 3.0), Span(3.1, 3.5)], 0.25)
    assert (Span(1.75, 3.75),) == spans
    assert audio.samples.shape == muted.samples.shape
    assert not muted.samples[:, int(1.75 * 8000) : int(3.75 * 8000)].any()
    assert np.array_equal(audio.samples[:, : int(1.74 * 8000)], muted.samples[:, : int(1.74 * 8000)])
    assert np.array_equal(audio.samples[:, int(3.76 * 8000) :], muted.samples[:, int(3.76 * 8000) :])


def test_a_stretch_over_the_edges_of_a_recording() -> None:
    """A stretch at the start and one beyond the end are cut off there."""
    audio = synth.audio_of(synth.tone(300, 2.0)[None])
    muted, _ = mute(audio, [Span(0.0, 0.1), Span(1.9, 9.0)], 0.25)
    assert audio.samples.shape == muted.samples.shape
    assert not muted.samples[:, :2800].any()
    assert not muted.samples[:, int(1.65 * 8000) :].any()


def test_a_digit_between_two_stretches_is_muted() -> None:
    """What lies between two stretches at most a second apart is silent too; more than that is left as it was."""
    audio = synth.audio_of(synth.tone(300, 12.0)[None])
    _, spans = mute(audio, [Span(1.0, 2.0), Span(3.4, 4.0), Span(5.6, 6.0)], 0.25)
    assert (Span(0.75, 4.25), Span(5.35, 6.25)) == spans


def test_what_is_still_heard_is_muted_too(tmp_path: Path) -> None:
    """A value that can be heard in the copy is muted as well, and the copy is heard until nothing is left."""
    synth.write_wav(tmp_path / "call.wav", synth.tone(300, 9.0)[None])
    recording = recording_of(tmp_path / "call.wav")
    heard = replace(make_conversation(recording=recording), redaction=Redaction(("card",), (_span(2.0),)))
    answers = [(_span(5.0),), ()]

    def hear(copy: Recording) -> tuple[RedactedSpan, ...]:
        assert copy.path.endswith("copy.wav")
        return answers.pop(0)

    made = write_muted_copy(heard, recording.path, tmp_path / "copy.wav", SETTINGS, hear)
    assert (True, 1, (), 2) == (made.is_checked, made.rounds, made.left, len(made.muted))
    assert recording_of(tmp_path / "copy.wav").sha256 == made.sha256
    assert 0o600 == (tmp_path / "copy.wav").stat().st_mode & 0o777


def test_what_cannot_be_muted_is_told(tmp_path: Path) -> None:
    """A copy in which a value is heard every time says so."""
    synth.write_wav(tmp_path / "call.wav", synth.tone(300, 4.0)[None])
    recording = recording_of(tmp_path / "call.wav")
    heard = replace(make_conversation(recording=recording), redaction=Redaction(("card",), (_span(1.0),)))
    made = write_muted_copy(heard, recording.path, tmp_path / "copy.wav", SETTINGS, lambda _: (_span(3.0),))
    assert (_span(3.0),) == made.left


def _span(start_s: float) -> RedactedSpan:
    return RedactedSpan(0, "card", Span(start_s, start_s + 0.5), 4)
