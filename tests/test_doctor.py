"""The doctor finds what is wrong with a machine, and says what to do."""

import os
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


def test_a_roster_with_a_wrong_line_is_a_warning(tmp_path: Path) -> None:
    """The first wrong line is told with its number; without a roster the doctor says what is lost."""
    assert (
        "without it agents have no names"
        in find(tmp_path, f"files.roster={tmp_path / 'none.csv'}")["roster"].cure
    )
    roster = tmp_path / "roster.csv"
    roster.write_text("agent,team,valid_from\nann,cards,2026-01-01\nbob,loans,not a day\n")
    finding = find(tmp_path, f"files.roster={roster}")["roster"]
    assert ("warning", True) == (finding.verdict, "line 3" in finding.found)
    roster.write_text("agent,team\nann,cards\n")
    assert ("ok", "1 agents") == (find(tmp_path, f"files.roster={roster}")["roster"].verdict, "1 agents")


def test_recordings_that_are_not_there_are_told(tmp_path: Path) -> None:
    """A folder that does not exist stops a run; one without recordings is said to be empty."""
    assert "fault" == find(tmp_path, f"files.recordings=['{tmp_path / 'nowhere'}']")["recordings"].verdict
    (tmp_path / "in").mkdir()
    assert "warning" == find(tmp_path, f"files.recordings=['{tmp_path / 'in'}']")["recordings"].verdict
    (tmp_path / "in" / "a.wav").write_bytes(b"RIFF")
    assert "ok" == find(tmp_path, f"files.recordings=['{tmp_path / 'in'}']")["recordings"].verdict


def test_a_card_that_is_asked_for_and_missing_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`transcribe.device = "cuda"` without a card stops every call; with one, it is counted."""
    import ctranslate2

    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    assert "fault" == find(tmp_path, "transcribe.device=cuda")["gpu"].verdict
    assert "gpu" not in find(tmp_path)
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 2)
    assert "2 usable" == find(tmp_path)["gpu"].found


def test_the_next_step_is_the_first_fault_or_the_run() -> None:
    """What stops a run comes first, then recordings, then the run itself."""
    ok = doctor.MachineFinding("python", "ok", "3.11")
    empty = doctor.MachineFinding("recordings", "warning", "none", "put recordings there")
    fault = doctor.MachineFinding("model base", "fault", "missing", "speechcx models pull base")
    assert "model base: speechcx models pull base; then: speechcx doctor" == doctor.find_next_step(
        [ok, empty, fault]
    )
    assert doctor.find_next_step([ok, empty]).startswith("put recordings")
    assert "speechcx run" in doctor.find_next_step([ok])


def test_what_everybody_may_read_is_a_warning(tmp_path: Path) -> None:
    """The database, what lies beside it, and the recordings are looked at; closed ones are well."""
    database, recordings = tmp_path / "speechcx.db", tmp_path / "recordings"
    recordings.mkdir(mode=0o700)
    for path in (database, database.with_name("speechcx.db.before-restore-1.bak")):
        path.write_bytes(b"")
        path.chmod(0o600)
    (tmp_path / "speechcx.toml").write_text("")
    loaded = load_settings(tmp_path / "speechcx.toml", environment={})

    def told() -> tuple[str, str]:
        found = next(one for one in doctor._at_rest(loaded) if one.check == "access")
        return found.verdict, found.found

    assert told()[0] == "ok"
    for path, mode in ((database.with_name("speechcx.db.before-restore-1.bak"), 0o644), (recordings, 0o755)):
        before = path.stat().st_mode
        path.chmod(mode)
        assert ("warning", f"{path} may be read by everybody on this machine ({mode:o})") == told()
        path.chmod(before)


@pytest.mark.parametrize(
    ("uuid", "expected"), [("CRYPT-LUKS2-0123", True), ("LVM-0123", False), (None, False)]
)
def test_an_encrypted_disk_is_found_below_volumes(tmp_path: Path, uuid: str | None, expected: bool) -> None:
    """A volume on an encrypted partition counts as encrypted; one on a bare partition does not."""
    device = os.stat(tmp_path).st_dev
    sys = tmp_path / "sys"
    volume, below = sys / "devices" / "dm-1", sys / "devices" / "dm-0"
    for disk, its_uuid in ((volume, "LVM-volume"), (below, uuid)):
        (disk / "slaves").mkdir(parents=True)
        if its_uuid is not None:
            (disk / "dm").mkdir()
            (disk / "dm" / "uuid").write_text(f"{its_uuid}\n")
    (volume / "slaves" / "dm-0").symlink_to(below)
    (sys / "dev" / "block").mkdir(parents=True)
    (sys / "dev" / "block" / f"{os.major(device)}:{os.minor(device)}").symlink_to(volume)
    assert expected is doctor.find_encryption(tmp_path, sys=sys)
    assert doctor.find_encryption(tmp_path, sys=tmp_path / "nothing") is None
