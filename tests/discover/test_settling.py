"""Files at rest, and files that somebody still writes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from speechcx.discover import DiscoverSettings, FoundFile, find_files, settle
from speechcx.discover.settling import find_writers, sees_writers

SETTINGS = DiscoverSettings()


class Waits(list[float]):
    """Counts what would be slept, and does something meanwhile."""

    def __init__(self, meanwhile=lambda: None) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def __call__(self, seconds: float) -> None:  # noqa: D102
        self.append(seconds)
        self.meanwhile()


def found(folder: Path) -> tuple[FoundFile, ...]:
    return tuple(find_files([folder], SETTINGS))


def skips(files: tuple[FoundFile, ...]) -> dict[str, str | None]:
    return {os.path.basename(file.path): file.skip for file in files}


def test_files_just_copied_are_taken_after_a_second_look(tmp_path: Path) -> None:
    """Ten thousand or one: all are looked at, waited for once, and looked at again."""
    for number in range(300):
        (tmp_path / f"{number:03d}.wav").write_bytes(b"RIFF")
    waits = Waits()
    assert set(skips(found(tmp_path)).values()) == {"still_growing"}
    assert set(skips(settle(found(tmp_path), SETTINGS, wait=waits)).values()) == {None}
    assert len(waits) == 1
    assert 0 < waits[0] <= SETTINGS.second_look_s


def test_old_files_are_not_waited_for(tmp_path: Path) -> None:
    """A file that has not changed for settle_s needs no second look."""
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    os.utime(path, (time.time() - 3600,) * 2)
    waits = Waits()
    assert skips(settle(found(tmp_path), SETTINGS, wait=waits)) == {"a.wav": None}
    assert waits == []


@pytest.mark.parametrize("change", ["longer", "touched", "gone", "folder"])
def test_a_file_that_changes_between_the_looks_is_left(change: str, tmp_path: Path) -> None:
    """What grew, was touched, went away or became something else is still being written."""
    path, still = tmp_path / "a.wav", tmp_path / "b.wav"
    for one in (path, still):
        one.write_bytes(b"RIFF")

    def meanwhile() -> None:
        if change == "longer":
            path.write_bytes(b"RIFF more")
        elif change == "touched":
            os.utime(path, (1, 1))
        else:
            path.unlink()
            if change == "folder":
                path.mkdir()

    files = settle(found(tmp_path), SETTINGS, wait=Waits(meanwhile))
    assert skips(files) == {"a.wav": "still_growing", "b.wav": None}


@pytest.mark.parametrize("mode", ["ab", "r+b", "rb"])
def test_a_file_that_a_recorder_has_open_is_left(mode: str, tmp_path: Path) -> None:
    """A recorder between two bursts shows no change, but has the file open for writing; a player has not."""
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    with path.open(mode):
        taken = skips(settle(found(tmp_path), SETTINGS, wait=Waits()))["a.wav"] is None
        assert taken == (mode == "rb")
        assert (str(path) in find_writers([str(path)])) == (mode != "rb")
    assert skips(settle(found(tmp_path), SETTINGS, wait=Waits())) == {"a.wav": None}


def test_a_writer_is_seen_through_a_linked_folder(tmp_path: Path) -> None:
    """The kernel tells the real path of an open file, whatever the folder is called here."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    path = tmp_path / "link" / "a.wav"
    with path.open("wb"):
        assert find_writers([str(path)]) == {str(path)}


def test_a_file_that_was_seen_to_grow_waits_for_settle_s(tmp_path: Path) -> None:
    """The long wait is for files that the recorder is seen to append to, and costs no second look."""
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    waits = Waits()
    assert skips(settle(found(tmp_path), SETTINGS, is_growing=lambda _: True, wait=waits)) == {
        "a.wav": "still_growing"
    }
    assert waits == []


def test_writers_on_other_machines_cannot_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a network drive, and for another user's files, nobody can say that no one writes."""
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    assert sees_writers(str(path))
    assert not sees_writers(str(tmp_path / "gone.wav"))
    monkeypatch.setattr("speechcx.discover.settling._REMOTE_SYSTEMS", _kind_of(tmp_path))
    assert not sees_writers(str(path))
    monkeypatch.undo()
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    assert not sees_writers(str(path))


def _kind_of(folder: Path) -> frozenset[str]:
    from speechcx.discover.settling import _file_systems

    device = folder.stat().st_dev
    return frozenset({_file_systems()[f"{os.major(device)}:{os.minor(device)}"]})
