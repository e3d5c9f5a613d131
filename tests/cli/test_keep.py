"""Check, back up and restore, as an administrator types them."""

import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.store import Store
from tests.cli.conftest import Speechcx


@pytest.fixture
def stored(scored_copy: Path) -> Path:
    """The database of a project whose two calls a run has scored."""
    return scored_copy / "calls.db"


def only_flag(speechcx: Speechcx) -> str:
    (row,) = speechcx("flags", "--status", "all", "--json").json["rows"]
    return str(row["flag"])


def test_a_sound_database_is_told_to_be_so(speechcx: Speechcx, stored: Path) -> None:
    """Exit code 0, what was looked at on stderr, the end of the decision chain to be written down."""
    ran = speechcx("check")
    assert (0, True, True) == (
        ran.code,
        "No problem found." in ran.out,
        f"Decision chain: {len(speechcx('audit', '--json').json['rows'])} entries" in ran.out,
    )
    assert "looking at: search index" in ran.err


def test_a_problem_is_told_in_three_parts(speechcx: Speechcx, stored: Path) -> None:
    """What was found, what it means, what to do; exit code 3; a repair tells what it did."""
    db = sqlite3.connect(stored)
    db.execute("DROP TRIGGER turns_fts_insert")
    db.commit()
    db.close()
    ran = speechcx("check")
    assert 3 == ran.code
    for part in ("schema: The", "is missing.", "It means:", "To do: speechcx check --repair"):
        assert part in ran.out
    mended = speechcx("check", "--repair")
    assert (0, True, True) == (
        mended.code,
        "was made again" in mended.out,
        "No problem is left." in mended.out,
    )
    assert ".before-repair-" in mended.err
    assert 0 == speechcx("check").code


def test_a_file_that_is_no_database_is_refused(speechcx: Speechcx, stored: Path, tmp_path: Path) -> None:
    """A damaged one is a finding, a missing one and another program's are not."""
    assert 10 == speechcx("check", "--db", tmp_path / "none.db").code
    other = tmp_path / "other.db"
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE t (a)")
    db.close()
    assert 10 == speechcx("check", "--db", other).code
    stored.write_bytes(bytes(8192))
    ran = speechcx("check", "--json")
    assert (3, "file") == (ran.code, ran.json["problems"][0]["area"])


def test_missing_and_changed_recordings_are_told_by_run_status_and_check(
    speechcx: Speechcx, project: Path
) -> None:
    """The numbers by folder, the question about the disk, exit code 3; changed bytes with what to do."""
    assert 0 == speechcx("run").code
    calls = project / "calls"
    calls.rename(project / "away")
    for command in ("run", "status"):
        ran = speechcx(command)
        assert "calls is not there: 2 known files are not there; is the disk mounted?" in " ".join(
            (ran.out + ran.err).split()
        )
        assert (3 if command == "run" else 0) == ran.code
    assert 2 == speechcx("status", "--json").json["missing"]["files"]
    (project / "away").rename(calls)
    path = calls / "bob_c2_2026-03-03T10-00-00.wav"
    before, raw = path.stat(), bytearray(path.read_bytes())
    raw[5000] ^= 1
    path.write_bytes(raw)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    ran = speechcx("run")
    assert (3, True) == (
        ran.code,
        "holds other bytes than call" in ran.err and "run --redo all FILE" in ran.err,
    )
    checked = speechcx("check", "--recordings")
    assert (3, True) == (checked.code, "1 recordings as they were heard; 1 changed." in checked.out)


def test_a_copy_is_made_and_put_back(speechcx: Speechcx, stored: Path, tmp_path: Path) -> None:
    """The copy is not written over unasked; what was lost since comes back."""
    copy = tmp_path / "copy.db"
    made = speechcx("backup", copy, "--as", "mia")
    assert (0, True) == (made.code, "2 calls" in made.out)
    again = speechcx("backup", copy)
    assert (2, True) == (again.code, "is there already" in again.err and "--replace" in again.err)
    assert 0 == speechcx("backup", copy, "--replace").code
    db = sqlite3.connect(stored)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("DELETE FROM calls")
    db.commit()
    db.close()
    put_back = speechcx("restore", copy, "--as", "mia", "--lose-newer")
    assert (0, True) == (put_back.code, "The database before is kept as" in put_back.out)
    assert 0 == speechcx("check").code
    assert 2 == len(speechcx("calls", "--json").json["rows"])


def test_newer_decisions_are_counted_before_they_are_lost(
    speechcx: Speechcx, stored: Path, tmp_path: Path
) -> None:
    """A copy just made can be put back; with a decision since, the message says what would be lost."""
    copy = tmp_path / "copy.db"
    speechcx("backup", copy, "--as", "mia")
    assert 0 == speechcx("restore", copy, "--as", "mia").code
    speechcx("flags", "set", only_flag(speechcx), "--owner", "ann", "--as", "mia")
    ran = speechcx("restore", copy, "--as", "mia")
    assert (2, True) == (
        ran.code,
        "has what copy.db has not: 1 steps of decisions, 2 rows of the audit" in ran.err,
    )
    assert "--lose-newer" in ran.err


def test_shards_of_several_machines_become_one(speechcx: Speechcx, scored_copy: Path) -> None:
    """Each shard goes into a database beside the target; without names all of them are brought in."""
    (scored_copy / "calls.db").unlink()
    for number in (1, 2):
        ran = speechcx("run", "--shard", f"{number}/2")
        assert f"calls.shard-{number}-of-2.db" in ran.err
    merged = speechcx("merge", "--as", "mia")
    assert (0, True) == (merged.code, "calls.db: 2 calls, brought together" in merged.out)
    assert "nothing was new" in speechcx("merge", "--as", "mia").out
    assert [("merge", "mia")] * 2 == [
        (row["action"], row["who"]) for row in speechcx("audit", "--action", "merge", "--json").json["rows"]
    ]
    assert 0 == speechcx("check").code


def test_databases_that_differ_end_with_17(speechcx: Speechcx, stored: Path) -> None:
    """The call, the other database and the difference in a line each, and what to do."""
    other = Path(shutil.copy(stored, stored.with_name("other.db")))
    with Store.open(other) as store:
        call = store.load(min(store.iter_call_ids()))
        first, *rest = call.conversation.utterances
        heard = replace(call.conversation, utterances=(replace(first, text="Hello there."), *rest))
        store.save_call(replace(call, conversation=heard))
    ran = speechcx("merge", other)
    told = " ".join(ran.out.split())
    assert (17, True) == (ran.code, f"call {call.conversation.recording.id}, in {other}: other words" in told)
    for part in ("disagree in 1 case; nothing was merged", "Expected: ", "To do: ", "--prefer DATABASE"):
        assert part in ran.err
    assert 0 == speechcx("merge", other, "--prefer", other).code


@pytest.mark.parametrize(("shard", "found"), [("6/5", "6/5"), ("0/2", "0/2"), ("two", "two"), ("1/0", "1/0")])
def test_a_wrong_shard_is_answered(speechcx: Speechcx, scored_copy: Path, shard: str, found: str) -> None:
    """What was typed, the form and an example."""
    ran = speechcx("run", "--shard", shard)
    assert 2 == ran.code
    for part in (f"shard '{found}'", "NUMBER/COUNT with 1 <= NUMBER <= COUNT", "--shard 2/5"):
        assert part in ran.err
