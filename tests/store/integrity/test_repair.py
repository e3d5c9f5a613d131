"""A repair makes again what follows from other rows, tells each, and touches nothing else."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from speechcx.batch import hold_lock
from speechcx.batch.check import check
from speechcx.errors import RunInProgress
from tests.store.integrity.test_find_problems import alter

REPAIRED = {
    "search index": ("DELETE FROM turns_fts_data WHERE id > 10", "the search index was made again"),
    "sums": ("UPDATE calls SET flagged_count = 9, agent_talk_share = 0.9", "the sums of call"),
    "team": ("UPDATE calls SET team = 'green'", "the sums of call"),
    "sums by day": ("UPDATE call_sums_by_day SET calls = calls + 1", "by day and month were counted again"),
    "contacts": ("UPDATE contacts SET followed = 1 - followed", "by day and month were counted again"),
    "claims": ("UPDATE files SET state = 'claimed' WHERE file_id = 1", "1 files and 0 attempts"),
    "an index": ("DROP INDEX calls_by_day", "the index calls_by_day was made again"),
    "a view": ("DROP VIEW flags", "the view flags was made again"),
    "comments": ("DELETE FROM _columns", "the comments of tables"),
    "digests": ("DELETE FROM row_digests", "has a digest again"),
    "settings": ("UPDATE files SET listen_digest = NULL", "name again under which settings"),
    "failures": ("DELETE FROM failures", "1 files will be taken again"),
}


@pytest.mark.parametrize("kind", REPAIRED)
def test_what_follows_from_other_rows_is_made_again(database: Path, kind: str) -> None:
    """Nothing is left to find; what was done is told; the file as it was before is kept."""
    sql, told = REPAIRED[kind]
    alter(database, sql)
    before = database.read_bytes()
    found = check(database, do_repair=True)
    assert ((), 0) == (found.problems, found.exit_code)
    assert any(told in line for line in found.repaired)
    assert found.kept is not None
    kept = sqlite3.connect(found.kept)
    assert [("ok",)] == kept.execute("PRAGMA integrity_check").fetchall()
    kept.close()
    assert 0o600 == Path(found.kept).stat().st_mode & 0o777
    assert before != database.read_bytes()


def test_a_missing_guard_is_made_again(database: Path) -> None:
    """Every trigger that another program dropped is back."""
    alter(database, "", guarded=True)
    assert () == check(database, do_repair=True).problems


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE calls SET agent = 'eve' WHERE call_id = (SELECT call_id FROM calls LIMIT 1)",
        "UPDATE hits_data SET quote = 'never said'",
        "UPDATE flag_states SET status = 'dismissed'",
        "DELETE FROM audit",
        "PRAGMA foreign_keys = OFF; DELETE FROM recordings",
    ],
)
def test_what_follows_from_nothing_is_left_as_it_is(database: Path, sql: str) -> None:
    """A changed agent, quote or decision is told, and never made up."""
    alter(database, sql)
    before = database.read_bytes()
    problems = check(database).problems
    assert problems
    found = check(database, do_repair=True)
    assert (problems, ()) == (found.problems, found.repaired)
    if found.kept is None:
        assert before == database.read_bytes()


def test_sums_are_not_made_to_fit_other_changes(database: Path) -> None:
    """Where the recount does not bring back the row that was written, the row stays as it was found."""
    alter(
        database,
        "UPDATE calls SET flagged_count = 9, agent = 'eve' WHERE call_id = (SELECT min(call_id) FROM calls)",
    )
    found = check(database, do_repair=True)
    assert {"calls", "sums"} == {problem.area for problem in found.problems}
    db = sqlite3.connect(database)
    assert [("eve", 9)] == db.execute(
        "SELECT agent, flagged_count FROM calls ORDER BY call_id LIMIT 1"
    ).fetchall()
    db.close()


def test_a_damaged_file_is_not_repaired(database: Path) -> None:
    """Into a file with broken pages nothing is written."""
    alter(database, "UPDATE calls SET flagged_count = 9")
    database.write_bytes(database.read_bytes()[:-4096] + bytes(4096))
    before = database.read_bytes()
    assert () == check(database, do_repair=True).repaired
    assert before == database.read_bytes()


def test_a_repair_waits_for_nobody(database: Path) -> None:
    """While a run holds the database, nothing is repaired."""
    with hold_lock(database), pytest.raises(RunInProgress, match="one run at a time"):
        check(database, do_repair=True)
