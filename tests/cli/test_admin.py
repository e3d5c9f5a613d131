"""The administrator's commands: the machine and the settings."""

from pathlib import Path

from tests.cli.conftest import Speechcx


def test_doctor_finds_a_fault_and_its_cure(project: Path, speechcx: Speechcx) -> None:
    """A fit machine exits with 0, a missing folder for the database is a fault with a cure."""
    fit = speechcx("doctor", "--json")
    verdicts = {row["check"]: row["verdict"] for row in fit.json["rows"]}
    assert {"ok"} == {verdicts[check] for check in ("python", "sqlite", "database", "rulebook")}
    ill = speechcx("doctor", "--json", "--set", "files.database=nowhere/calls.db")
    faults = [row for row in ill.json["rows"] if row["verdict"] == "fault"]
    assert 1 == ill.code
    assert "database" in {row["check"] for row in faults}
    assert all(row["cure"] for row in faults)


def test_settings_name_their_origin(project: Path, speechcx: Speechcx) -> None:
    """`doctor --settings` shows each value and where it came from."""
    rows = speechcx("doctor", "--settings", "--json", "--set", "batch.workers=3").json["rows"]
    origins = {row["setting"]: row["origin"] for row in rows}
    assert ("--set batch.workers=3", "default") == (origins["batch.workers"], origins["batch.max_attempts"])
    assert "speechcx.toml" in origins["transcribe.engine"]
