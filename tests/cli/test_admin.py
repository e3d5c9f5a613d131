"""The administrator's commands: the machine, the settings, the models."""

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


def test_models_are_listed_with_licence(project: Path, speechcx: Speechcx) -> None:
    """`models list` names every model with task, size and licence."""
    rows = speechcx("models", "list", "--json").json["rows"]
    assert {"whisper-base", "whisper-tiny.en"} <= {row["name"] for row in rows}
    assert all(row["licence"] and row["size_mb"] > 0 for row in rows)


def test_unknown_model_names_the_nearest(project: Path, speechcx: Speechcx) -> None:
    """`models where` of a misspelt name is exit code 13 and gives the nearest name."""
    ran = speechcx("models", "where", "whisper-bas")
    assert 13 == ran.code
    assert "whisper-base" in ran.err
