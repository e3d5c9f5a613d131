"""From a found file to a recording."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.discover import DiscoverSettings, FoundFile, Sources, find_files, identify
from speechcx.errors import CallError
from tests.faults.media import wav_header
from tests.synth import tone, wav_bytes

SETTINGS = DiscoverSettings(patterns=("{agent}_{started:%Y%m%d%H%M}",), zone="UTC")


def put(path: Path, content: bytes, age_s: float = 3600) -> FoundFile:
    path.write_bytes(content)
    os.utime(path, (time.time() - age_s,) * 2)
    (found,) = find_files([path], SETTINGS)
    return found


def test_the_id_is_of_the_bytes(tmp_path: Path) -> None:
    """The same bytes under another name are the same call; other bytes under the same name are not."""
    content = wav_bytes(tone(440, 1.0))
    first = identify(put(tmp_path / "a_202503041000.wav", content), Sources(), SETTINGS)
    second = identify(put(tmp_path / "b.wav", content), Sources(), SETTINGS)
    third = identify(put(tmp_path / "b.wav", content + b"\0\0"), Sources(), SETTINGS)
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert first.id == second.id == first.sha256[:16] != third.id
    assert (first.path, first.size_bytes) == (str(tmp_path / "a_202503041000.wav"), len(content))
    assert (first.details.agent, second.details.missing) == ("a", ("agent", "started_at"))


@pytest.mark.parametrize("reason", ["still_growing", "partial", "symlink"])
def test_what_is_left_out_is_not_identified(reason: str, tmp_path: Path) -> None:
    """A find that is to be left out is refused with its reason."""
    found = replace(put(tmp_path / "a.wav", b"x"), skip=reason)
    with pytest.raises(CallError, match="is left out") as caught:
        identify(found, Sources(), SETTINGS)
    assert caught.value.kind.slug == ("still_growing" if reason == "still_growing" else "unreadable")


def test_a_young_half_written_wav_of_an_unseen_writer_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A young WAV that claims more than is there waits where its writer cannot be seen; else it is taken and cut."""
    half = wav_header(data_bytes=80_000) + bytes(40_000)
    young = put(tmp_path / "a.wav", half, age_s=100)
    assert identify(replace(young, skip=None), Sources(), SETTINGS).size_bytes == 40_044
    monkeypatch.setattr("speechcx.discover.identity.sees_writers", lambda _: False)
    with pytest.raises(CallError, match="40,000 bytes of sound, where its header says 80,000") as caught:
        identify(replace(young, skip=None), Sources(), SETTINGS)
    assert caught.value.kind.slug == "still_growing"
    assert identify(put(tmp_path / "b.wav", half, age_s=30_000), Sources(), SETTINGS).size_bytes == 40_044
    whole = put(tmp_path / "c.wav", wav_bytes(tone(440, 1.0)), age_s=100)
    assert identify(replace(whole, skip=None), Sources(), SETTINGS)


def test_a_file_that_went_away(tmp_path: Path) -> None:
    """A file that is gone when it is its turn has vanished."""
    found = put(tmp_path / "a.wav", b"x")
    (tmp_path / "a.wav").unlink()
    with pytest.raises(CallError) as caught:
        identify(found, Sources(), SETTINGS)
    assert caught.value.kind.slug == "vanished"
