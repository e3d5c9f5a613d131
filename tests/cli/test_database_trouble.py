"""What a command says, and ends with, where its database cannot be used."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import TALK, Speechcx, write_call
from tests.disks import fill, make_read_only, small_disk

READING = (("calls",), ("agents",), ("status",), ("search", "cancel"), ("failures",))


def expect(ran: object, code: int, *words: str) -> None:
    """The exit code, each of the words, and none that blames us or asks for a backup that is not needed."""
    assert ran.code == code, ran.err  # type: ignore[attr-defined]
    said = ran.err  # type: ignore[attr-defined]
    for word in words:
        assert word in said
    for wrong in ("unexpected", "report it", "backup"):
        assert wrong not in said


@pytest.mark.parametrize("command", [("run",), *READING], ids=" ".join)
def test_a_folder_in_its_place(project: Path, speechcx: Speechcx, command: tuple[str, ...]) -> None:
    """Exit 10."""
    (project / "calls.db").mkdir()
    expect(speechcx(*command), 10, "calls.db is a folder", "--db")


@pytest.mark.parametrize("command", [("run",), *READING], ids=" ".join)
def test_a_link_to_itself(project: Path, speechcx: Speechcx, command: tuple[str, ...]) -> None:
    """Exit 10."""
    (project / "calls.db").symlink_to(project / "calls.db")
    expect(speechcx(*command), 10, "leads back to itself")


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_folder_that_is_not_there(project: Path, speechcx: Speechcx, command: tuple[str, ...]) -> None:
    """Exit 10, and nothing is made."""
    expect(speechcx(*command, "--db", project / "none" / "calls.db"), 10, "there is no database")
    assert not (project / "none").exists()


def test_a_file_where_a_folder_should_be(project: Path, speechcx: Speechcx) -> None:
    """Exit 10."""
    (project / "file").touch()
    expect(speechcx("run", "--db", project / "file" / "calls.db"), 10, "is a file, not a folder")


def test_another_programs_file(project: Path, speechcx: Speechcx) -> None:
    """Exit 10, and not a byte of it changes."""
    (project / "calls.db").write_text("Dear Sir or Madam, " * 100)
    for command in (("run",), *READING):
        expect(speechcx(*command), 10, "cannot be read as a database")
    assert (project / "calls.db").read_text() == "Dear Sir or Madam, " * 100


def test_a_held_database(project: Path, speechcx: Speechcx) -> None:
    """Exit 11, naming the setting's wait; what was done is kept."""
    assert speechcx("run").code == 0
    write_call(project / "calls" / "cid_c3_2026-03-04T10-00-00.wav", talk=TALK[2:])
    other = sqlite3.connect(project / "calls.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    expect(speechcx("run", "--set", "batch.busy_wait_s=0.3"), 11, "holds", "run again")
    assert speechcx("calls").code == 0
    other.execute("ROLLBACK")
    other.close()
    assert "1 call scored" in speechcx("run").out


def test_a_read_only_disk(project: Path, speechcx: Speechcx) -> None:
    """Every command that reads works; every one that writes ends with 15."""
    with small_disk(project / "disk", 8) as disk:
        database = disk / "calls.db"
        assert speechcx("run", "--db", database).code == 0
        make_read_only(disk)
        for command in READING:
            assert speechcx(*command, "--db", database).code == 0
        call_id = speechcx("calls", "--csv", "--db", database).out.splitlines()[1].split(",")[0]
        assert speechcx("show", call_id, "--db", database).code == 0
        for command in (("run",), ("rejudge", "--again"), ("relabel", call_id, "--swap")):
            expect(speechcx(*command, "--db", database), 15, "read-only")
        expect(speechcx("init", disk / "new"), 15, "new cannot be used")


def test_a_full_disk(project: Path, speechcx: Speechcx) -> None:
    """Exit 14; with room again, the next run does the rest."""
    with small_disk(project / "disk", 3) as disk:
        database = disk / "calls.db"
        assert speechcx("run", "--limit", "1", "--db", database).code == 0
        ballast = fill(disk)
        expect(speechcx("run", "--db", database), 14, "full", "free space")
        ballast.unlink()
        assert speechcx("run", "--db", database).code == 0
        assert speechcx("calls", "--json", "--db", database).json["rows"]


def test_two_spellings_of_one_database(project: Path, speechcx: Speechcx) -> None:
    """The second run says who holds it and ends with 11, also through a folder bound elsewhere."""
    from speechcx.batch import hold_lock

    (project / "link.db").symlink_to(project / "calls.db")
    with hold_lock(project / "calls.db"):
        for other in (project / "link.db", Path("..") / project.name / "calls.db"):
            expect(speechcx("run", "--db", other), 11, "run with process id", "--wait")
        (project / "bound").mkdir()
        bind = ["mount", "--bind", str(project), str(project / "bound")]
        if subprocess.run(bind, capture_output=True).returncode == 0:
            try:
                expect(speechcx("run", "--db", project / "bound" / "calls.db"), 11, "run with process id")
            finally:
                subprocess.run(["umount", "-l", str(project / "bound")], check=True)
