"""The doctor finds what is wrong with a machine, and says what to do."""

from collections import namedtuple
from pathlib import Path

import pytest

from speechcx import doctor
from speechcx.config import load_settings


def find(folder: Path, *overrides: str) -> dict[str, doctor.MachineFinding]:
    loaded = load_settings(
        None, overrides=[f"files.database={folder / 'calls.db'}", *overrides], environment={}
    )
    return {finding.check: finding for finding in doctor.examine(loaded)}


def test_full_disk_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less free room than three times the floor is a fault."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage(1, 1, 10 * 2**20))
    assert "fault" == find(tmp_path)["disk"].verdict


def test_network_file_system_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database on a network share is a fault: its write-ahead log needs a local disk."""
    monkeypatch.setattr(doctor, "_file_system", lambda _: "nfs4")
    assert "keep the database on a local disk" in find(tmp_path)["file system"].cure


def test_missing_zone_is_a_warning(tmp_path: Path) -> None:
    """Without a zone the doctor warns, with one he is content."""
    assert "warning" == find(tmp_path)["time zone"].verdict
    assert "ok" == find(tmp_path, "discover.zone=Europe/Berlin")["time zone"].verdict


def test_missing_model_is_a_fault_with_a_cure(tmp_path: Path) -> None:
    """A model that is not here is a fault that says how to get it."""
    finding = find(tmp_path, "transcribe.model=/nowhere/at/all/")
    assert not any(name.startswith("model /nowhere") and one.verdict == "ok" for name, one in finding.items())


def test_bad_rulebook_is_a_fault(tmp_path: Path) -> None:
    """A rulebook that cannot be read is a fault."""
    (tmp_path / "rules.yaml").write_text("rules: 7")
    assert "fault" == find(tmp_path, f"files.rulebook={tmp_path / 'rules.yaml'}")["rulebook"].verdict


def test_a_setting_that_lets_a_run_use_the_network_is_a_warning(tmp_path: Path) -> None:
    """With allow_hub the doctor warns and says how to fetch models beforehand; without, no run goes out."""
    assert "no run uses it" in find(tmp_path)["network"].found
    finding = find(tmp_path, "transcribe.allow_hub=true")["network"]
    assert ("warning", True) == (finding.verdict, "models pull" in finding.cure)
