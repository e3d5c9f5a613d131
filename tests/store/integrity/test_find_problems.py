"""Whatever damages a database, the check finds it and says where."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from speechcx.batch import hold_lock
from speechcx.batch.check import check
from speechcx.errors import DatabaseBad
from speechcx.store import Store
from speechcx.store.calls.row_digests import CALL_TABLES, SHARED_TABLES, find_changed
from tests.store.tampering import DECISION_TABLES, list_columns, other_value, row_key, unguard


def alter(path: Path, sql: str, *, guarded: bool = False) -> None:
    """Change a database as another program does; its guards are put back, so that only the rows tell."""
    plain = sqlite3.connect(path, isolation_level=None)
    triggers = plain.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        plain.execute(f"DROP TRIGGER {name}")
    plain.execute("PRAGMA ignore_check_constraints = ON")
    plain.executescript(sql)
    for _, text in [] if guarded else triggers:
        plain.execute(text)
    plain.close()


def areas(path: Path) -> set[str]:
    """Areas with problems; ``refused`` where it is not opened at all."""
    try:
        return {problem.area for problem in check(path).problems}
    except DatabaseBad:
        return {"refused"}


def test_a_sound_database_has_no_problem_and_stays_as_it_is(database: Path) -> None:
    """Each table but the claims and the queue of matching holds rows, nothing is found, and not a byte is written."""
    before = database.read_bytes()
    found = check(database, every_call=True)
    assert ((), 0) == (found.problems, found.exit_code)
    assert before == database.read_bytes()
    db = sqlite3.connect(database)
    tables = [
        name
        for (name,) in db.execute(
            "SELECT table_name FROM _tables JOIN sqlite_master ON name = table_name WHERE type = 'table'"
        )
    ]
    empty = [table for table in tables if not db.execute(f"SELECT 1 FROM {table}").fetchone()]
    assert ["calls_to_match"] == empty
    db.close()


def test_every_flipped_column_of_a_call_is_found(database: Path, tmp_path: Path) -> None:
    """One value changed in each column of each table with rows of calls, and of what calls share."""
    copy = tmp_path / "copy.db"
    db = sqlite3.connect(database)
    tried = {
        f"{table}.{column}": f"UPDATE {table} SET {column} = {other_value(db, table, column)}"
        f" WHERE ({row_key(db, table)}) IN (SELECT {row_key(db, table)} FROM {table} LIMIT 1)"
        for table in (*CALL_TABLES, *SHARED_TABLES)
        for column in list_columns(db, table)
    }
    db.close()
    assert len(tried) > 200
    missed = []
    for what, sql in tried.items():
        shutil.copy(database, copy)
        changed = unguard(copy)
        changed.executescript(sql)
        changed.close()
        with Store.open(copy, read_only=True) as store:
            store.db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            if not find_changed(store.db):
                missed.append(what)
    assert [] == missed


def flip(path: Path, at: int, count: int = 64) -> None:
    raw = bytearray(path.read_bytes())
    for place in range(at, min(at + count, len(raw))):
        raw[place] ^= 0xFF
    path.write_bytes(raw)


def page_of(path: Path, name: str) -> int:
    """Offset of the root page of a table or index."""
    db = sqlite3.connect(path)
    (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    size = db.execute("PRAGMA page_size").fetchone()[0]
    db.close()
    return int((root - 1) * size)


BYTES: dict[str, Callable[[Path], object]] = {
    "header zeroed": lambda path: flip(path, 0, 0) or path.write_bytes(bytes(100) + path.read_bytes()[100:]),
    "first page flipped": lambda path: flip(path, 120, 300),
    "cut to half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut in a page": lambda path: path.write_bytes(path.read_bytes()[:-1000]),
    "last page zeroed": lambda path: path.write_bytes(path.read_bytes()[:-4096] + bytes(4096)),
    "page of calls flipped": lambda path: flip(path, page_of(path, "calls"), 40),
    "page of words zeroed": lambda path: zero(path, page_of(path, "turns_data")),
    "page of the ledger zeroed": lambda path: zero(path, page_of(path, "files")),
    "page of an index zeroed": lambda path: zero(path, page_of(path, "calls_by_agent")),
    "page of the trail zeroed": lambda path: zero(path, page_of(path, "audit")),
}


def zero(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at : at + 4096] = bytes(4096)
    path.write_bytes(raw)


@pytest.mark.parametrize("kind", BYTES)
def test_damaged_bytes_are_found(database: Path, kind: str) -> None:
    """Flipped, zeroed and cut: a problem of the file, never a traceback, and the file is not written to."""
    BYTES[kind](database)
    before = database.read_bytes()
    found = check(database)
    assert "file" in {problem.area for problem in found.problems}
    assert 3 == found.exit_code
    assert before == database.read_bytes()


FIRST = "call_id = (SELECT call_id FROM calls LIMIT 1)"
ROWS = {
    "a call removed, its rows left": (f"PRAGMA foreign_keys = OFF; DELETE FROM calls WHERE {FIRST}", "calls"),
    "a call removed with its rows": (f"PRAGMA foreign_keys = ON; DELETE FROM calls WHERE {FIRST}", "ledger"),
    "a call put in": (f"UPDATE calls SET call_id = 'ffffffffffffffff' WHERE {FIRST}", "calls"),
    "a flagged count": ("UPDATE calls SET flagged_count = flagged_count + 1", "sums"),
    "a turn count": (f"UPDATE calls SET turn_count = 0 WHERE {FIRST}", "sums"),
    "a copied measure": ("UPDATE calls SET agent_talk_share = 0.123", "sums"),
    "a team": ("UPDATE calls SET team = 'green'", "sums"),
    "the roster": ("DELETE FROM roster", "sums"),
    "the done of a run": ("UPDATE runs SET done = 0", "sums"),
    "words": ("UPDATE turns_data SET text = 'I never said that'", "search_index"),
    "rows of the index": ("DELETE FROM turns_fts_data WHERE id > 10", "search_index"),
    "a file of a call": ("PRAGMA foreign_keys = OFF; DELETE FROM files WHERE state IN ('done', 'duplicate')", "ledger"),
    "a done file": ("UPDATE files SET state = 'done', call_id = 'eeeeeeeeeeeeeeee' WHERE state = 'failed'", "ledger"),
    "a claim": ("UPDATE files SET state = 'claimed' WHERE file_id = 1", "ledger"),
    "an attempt opened again": ("UPDATE attempts SET ended_at = NULL, outcome = NULL WHERE attempt_id = 1", "ledger"),
    "a state that is none": ("UPDATE files SET state = 'perhaps' WHERE file_id = 1", "ledger"),
    "attempts": ("UPDATE files SET attempts = 9 WHERE file_id = 1", "ledger"),
    "failures": ("DELETE FROM failures", "ledger"),
    "a kind of failure": ("UPDATE failures SET kind = 'bad luck'", "ledger"),
    "attempts removed": ("DELETE FROM attempts", "ledger"),
    "runs removed": ("PRAGMA foreign_keys = OFF; DELETE FROM runs", "file"),
    "a run's end": ("UPDATE runs SET exit_code = NULL", "ledger"),
    "a reason": ("UPDATE reasons SET text = text || '!' WHERE reason_no = 1", "shared"),
    "a rulebook's text": ("UPDATE rulebooks SET source = 'nothing'", "shared"),
    "digests": ("DELETE FROM row_digests", "calls"),
    "comments": ("DELETE FROM _columns", "schema"),
    "an erasure": ("DELETE FROM erasures", "decisions"),
    "a flag": ("UPDATE flag_states SET status = 'dismissed'", "decisions"),
    "a trigger": ("CREATE TRIGGER x AFTER INSERT ON runs BEGIN DELETE FROM failures; END", "schema"),
    "an index": ("DROP INDEX calls_by_day", "schema"),
    "an index of another form": ("DROP INDEX reviews_open; CREATE INDEX reviews_open ON reviews (state)", "schema"),
    "a view": ("DROP VIEW flags", "schema"),
    "a table": ("DROP TABLE non_talk", "schema"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
def test_wrong_rows_are_found(database: Path, kind: str) -> None:
    """Rows removed, put in and altered, guards taken away: a problem in the area it belongs to."""
    sql, area = ROWS[kind]
    alter(database, sql)
    assert area in areas(database)


def test_a_missing_guard_is_found(database: Path) -> None:
    """A trigger that keeps the search index or the trail right is missed."""
    alter(database, "", guarded=True)
    found = [problem.what for problem in check(database).problems if problem.area == "schema"]
    assert "the trigger audit_rows_stay is missing" in found
    assert "the trigger turns_fts_insert is missing" in found


def test_a_wrong_row_of_an_index_is_found(database: Path) -> None:
    """An index that misses a row is a problem of the file that can be made right again."""
    for old, new in (("local_day)", "agent)"), ("agent)", "local_day)")):
        db = sqlite3.connect(database, isolation_level=None)
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'calls_by_day'", (old, new)
        )
        db.close()
        db = sqlite3.connect(database, isolation_level=None)
        # What is written while the index has another form lies wrongly in the old one.
        db.execute(
            "DELETE FROM calls WHERE call_id = 'none'" if new == "local_day)" else "REINDEX calls_by_day"
        )
        db.close()
    (problem,) = {problem.repair for problem in check(database).problems if problem.area == "file"}
    assert "indexes" == problem


def test_a_problem_says_what_where_and_what_to_do(database: Path) -> None:
    """Three parts, the call and the table."""
    alter(database, "UPDATE recordings SET rate_hz = 16000 WHERE call_no = (SELECT max(call_no) FROM calls)")
    (problem,) = check(database).problems
    assert ("calls", "recordings", None) == (problem.area, problem.table, problem.repair)
    assert f"rows of call {problem.call_id} in recordings were changed" == problem.what
    assert problem.cure.startswith("hear it again: speechcx run --redo all")
    assert problem.means == "what was heard of this call may be wrong"


def test_a_file_that_is_no_database_is_not_told_to_be_one_with_lost_rows(tmp_path: Path) -> None:
    """A settings file given as --db is reported as not being the database."""
    path = tmp_path / "speechcx.toml"
    path.write_text("[files]\n" + "# a line\n" * 200)
    (problem,) = check(path).problems
    assert problem.what == "the file does not begin as a database does"
    assert "name the database by --db" in problem.cure


def test_a_row_without_a_number_is_not_called_none(database: Path) -> None:
    """A call removed by another program: rows of tables without numbers that are left behind are told as such."""
    alter(database, "DELETE FROM calls WHERE call_no = (SELECT min(call_no) FROM calls)")
    told = [problem.what for problem in check(database).problems]
    assert any("refers to a row of calls" in one for one in told)
    assert not any("None" in one for one in told)


def test_the_claims_of_a_run_at_work_are_no_problem(database: Path) -> None:
    """While a run holds the lock, what it has taken up is its own."""
    alter(
        database,
        "UPDATE files SET state = 'claimed' WHERE file_id = 1; UPDATE files SET attempts = 1 WHERE file_id = 1",
    )
    with hold_lock(database):
        assert () == check(database).problems
    assert "ledger" in areas(database)


def damage_at_random(raw: bytes, rng: random.Random) -> bytes:
    """One bit, byte, run of bytes or page of a file changed."""
    changed, at = bytearray(raw), rng.randrange(len(raw))
    kind = rng.choice(("bit", "byte", "run", "page"))
    if kind == "bit":
        changed[at] ^= 1 << rng.randrange(8)
    elif kind == "page":
        changed[at // 4096 * 4096 : (at // 4096 + 1) * 4096] = bytes(4096)
    else:
        length = 1 if kind == "byte" else rng.randrange(1, 64)
        changed[at : at + length] = rng.randbytes(min(length, len(changed) - at))
    return bytes(changed)


def read_rows(path: Path) -> dict[str, list[str]]:
    """Every row of the tables that have digests, as bytes; the ledger is only held against itself and the calls."""
    db = sqlite3.connect(path)
    db.text_factory = bytes
    covered = (*CALL_TABLES, *SHARED_TABLES, *DECISION_TABLES)
    rows = {table: sorted(map(repr, db.execute(f"SELECT * FROM {table}"))) for table in covered}
    db.close()
    return rows


@pytest.mark.parametrize("damages", [60, pytest.param(3000, marks=pytest.mark.nightly)])
def test_damage_at_random_is_found_where_it_changes_a_row(kept: Path, tmp_path: Path, damages: int) -> None:
    """Where the check finds nothing, calls and decisions are as they were; whatever it meets, it does not crash."""
    rng, raw, expected, found = random.Random(13), kept.read_bytes(), read_rows(kept), 0
    for number in range(damages):
        path = tmp_path / f"{number}.db"
        path.write_bytes(damage_at_random(raw, rng))
        if areas(path):
            found += 1
        else:
            assert expected == read_rows(path), number
        for left in tmp_path.glob(f"{number}.db*"):
            left.unlink()
    assert found > damages / 4
