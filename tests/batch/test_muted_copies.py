"""Muted copies of recordings: one for each, nothing written over, in place only where that was asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speechcx.audio import AudioSettings, decode
from speechcx.batch.muted_copies import redact_recordings
from speechcx.call import Audio
from speechcx.config import Settings, load_settings
from speechcx.errors import UsageError
from tests.cli.conftest import write_call
from tests.redact.test_everywhere import TALK
from tests.test_pipeline import recording_of

SETTINGS: Settings = load_settings(
    None, overrides=["transcribe.engine=replay", "sentiment.engine=lexicon"], environment={}
).settings


@pytest.fixture
def call(tmp_path: Path) -> Path:
    """A recording in which a card number is read out, with its words beside it."""
    return write_call(tmp_path / "calls" / "call.wav", talk=TALK)


def sound_of(path: Path) -> Audio:
    return decode(recording_of(path), AudioSettings())


def test_a_muted_copy_lies_in_the_folder(call: Path, tmp_path: Path) -> None:
    """The copy has the length of the recording, which stays as it is, and is silent where the number was."""
    before = call.read_bytes()
    (done,) = redact_recordings([call], SETTINGS, to=tmp_path / "muted", check=False)
    assert ("muted", str(tmp_path / "muted" / "call.wav")) == (done.state, done.target)
    assert "card" in done.kinds
    sound, copy = sound_of(call), sound_of(tmp_path / "muted" / "call.wav")
    assert sound.samples.shape == copy.samples.shape
    assert not copy.samples[:, int(5.2 * 8000) : int(7.5 * 8000)].any()
    assert np.array_equal(sound.samples[:, : 4 * 8000], copy.samples[:, : 4 * 8000])
    assert before == call.read_bytes()


def test_a_call_without_a_value_is_copied(tmp_path: Path) -> None:
    """Nothing is muted, and the copy has the same bytes."""
    plain = write_call(tmp_path / "calls" / "plain.wav")
    (done,) = redact_recordings([plain], SETTINGS, to=tmp_path / "muted", check=False)
    assert "nothing to mute" == done.state
    assert plain.read_bytes() == (tmp_path / "muted" / "plain.wav").read_bytes()


def test_in_place_the_recording_itself_is_muted(call: Path) -> None:
    """The file of that name is the muted one, and no other file is left."""
    names = {path.name for path in call.parent.iterdir()}
    length = sound_of(call).samples.shape
    (done,) = redact_recordings([call], SETTINGS, check=False)
    assert ("muted", str(call)) == (done.state, done.target)
    assert names == {path.name for path in call.parent.iterdir()}
    assert length == sound_of(call).samples.shape
    assert not sound_of(call).samples[:, int(5.2 * 8000) : int(7.5 * 8000)].any()


def test_nothing_is_written_over(call: Path, tmp_path: Path) -> None:
    """A file that has the name of a copy is named before anything is written."""
    (tmp_path / "muted").mkdir()
    (tmp_path / "muted" / "call.wav").write_text("mine")
    with pytest.raises(UsageError, match="would be written over"):
        list(redact_recordings([call], SETTINGS, to=tmp_path / "muted"))
    assert "mine" == (tmp_path / "muted" / "call.wav").read_text()


def test_a_file_that_cannot_be_read_costs_itself_only(call: Path, tmp_path: Path) -> None:
    """One that is no recording is told with the reason, the other is muted."""
    bad = call.with_name("bad.wav")
    bad.write_text("no sound")
    first, second = redact_recordings([bad, call], SETTINGS, to=tmp_path / "muted", check=False)
    assert ("failed", None, "muted") == (first.state, first.target, second.state)
    assert first.why
