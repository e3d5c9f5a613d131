from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.batch import disk
from speechcx.errors import DiskLow


def test_free_room_is_that_of_the_databases_disk(tmp_path: Path) -> None:
    """Also where neither file nor folder exists yet."""
    assert disk.free_bytes(tmp_path / "no" / "folder" / "calls.db") > 0


def test_too_little_room_is_told_with_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is free, what is wanted, and what for; exit code 14."""
    monkeypatch.setattr(disk, "free_bytes", lambda _: 150_000_000)
    with pytest.raises(
        DiskLow, match=r"150 MB are free[\s\S]*200 MB \(200 MB of batch\.disk_floor_mb"
    ) as low:
        disk.expect_room(tmp_path / "calls.db", 200)
    assert low.value.exit_code == 14


def test_what_is_planned_counts_thrice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand hours need their room above the floor."""
    monkeypatch.setattr(disk, "free_bytes", lambda _: 300_000_000)
    disk.expect_room(tmp_path / "calls.db", 200, audio_s=3600.0)
    with pytest.raises(DiskLow, match=r"expected|Expected"):
        disk.expect_room(tmp_path / "calls.db", 200, audio_s=3_600_000.0)


def test_low_means_under_the_floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the floor is not under it; a floor of 0 is never reached."""
    monkeypatch.setattr(disk, "free_bytes", lambda _: 200_000_000)
    assert not disk.is_low(tmp_path, 200)
    assert disk.is_low(tmp_path, 201)
    assert not disk.is_low(tmp_path, 0)
