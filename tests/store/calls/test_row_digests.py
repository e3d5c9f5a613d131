"""Digests of calls follow every write of ours, and no other."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from speechcx.batch.check import check
from speechcx.store import Store
from speechcx.store.calls.row_digests import CALL_TABLES, find_changed, note_call
from speechcx.store.comments import list_columns, list_tables
from speechcx.store.database import _digests_kept, migrate, read_migrations, write_transaction
from speechcx.store.decisions.chain import find_broken
from tests.store.tampering import keep_everything


def test_every_table_with_rows_of_calls_has_digests(store: Store) -> None:
    """A table that refers to calls, or numbers its rows by them, and is not covered would hide a changed value.

    Phrases need none: a check compares them with the words they are made of.
    """
    found = {
        table
        for (table,) in store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        if any(row[2] == "calls" for row in store.db.execute(f"PRAGMA foreign_key_list({table})"))
    }
    by_number = {
        table
        for table, sql in store.db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if re.search(r"PRIMARY KEY, -- call_no \* 100000", sql or "")
    }
    assert (found | by_number | {"calls"}) - {"customer_phrases"} == set(CALL_TABLES)


def test_another_type_of_the_same_value_is_a_change(store: Store) -> None:
    """Text that became bytes is not what was written; a column of whole numbers takes no fraction at all."""
    (call_id, *_) = keep_everything(store)
    (call_no,) = store.db.execute("SELECT call_no FROM calls WHERE call_id = ?", (call_id,)).fetchone()
    store.db.execute("SAVEPOINT one")
    store.db.execute(f"UPDATE recordings SET path = CAST(path AS BLOB) WHERE call_no = {call_no}")
    assert {("calls", call_no)} == find_changed(store.db)
    store.db.execute("ROLLBACK TO one")
    store.db.execute("RELEASE one")
    with pytest.raises(sqlite3.IntegrityError, match="cannot store REAL value in INTEGER column"):
        store.db.execute(
            f"UPDATE turns_data SET start_s_x1000 = start_s_x1000 + 0.5 WHERE turn_id = {call_no * 100_000}"
        )
    assert set() == find_changed(store.db)


def test_a_part_of_the_digests_can_be_made_again(store: Store) -> None:
    """Only of the tables named: a change elsewhere stays found."""
    (call_id, *_) = keep_everything(store)
    (call_no,) = store.db.execute("SELECT call_no FROM calls WHERE call_id = ?", (call_id,)).fetchone()
    store.db.execute("UPDATE calls SET queue = 'other' WHERE call_no = ?", (call_no,))
    store.db.execute("UPDATE recordings SET codec = 'other' WHERE call_no = ?", (call_no,))
    note_call(store.db, call_no, only=("calls",))
    assert {("calls", call_no)} == find_changed(store.db)
    note_call(store.db, call_no, only=("recordings",))
    assert set() == find_changed(store.db)


def test_a_database_from_before_gets_digests_when_it_is_brought_up_to_date(tmp_path: Path) -> None:
    """Its calls and decisions are as they are found then; a later change shows."""
    path = tmp_path / "calls.db"
    with Store.open(path, create=True) as store:
        keep_everything(store, merged=False)
    take_back(path)
    with Store.open(path) as store:
        assert len(read_migrations()) == store.db.execute("PRAGMA user_version").fetchone()[0]
    assert () == check(path, every_call=True).problems
    db = sqlite3.connect(path)
    db.execute("UPDATE recordings SET codec = 'other'")
    db.execute("UPDATE flag_states SET owner = 'eve'")
    db.commit()
    db.close()
    assert {"calls", "decisions"} == {problem.area for problem in check(path).problems}


def take_back(path: Path) -> None:
    """Make a database one of schema 6, with the rows it has."""
    new = path.with_suffix(".new")
    path.rename(new)
    db = sqlite3.connect(path, isolation_level=None)
    migrate(db, stop_after=6)
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("ATTACH ? AS new", (str(new),))
    # Taking words out of the search index alone came with a later schema.
    db.execute("UPDATE new.turns_data SET text = unindexed_text WHERE unindexed_text IS NOT NULL")
    for table in list_tables(db):
        columns = ", ".join(list_columns(db, table))
        is_table = db.execute("SELECT 1 FROM main.sqlite_master WHERE name = ? AND type = 'table'", (table,))
        if is_table.fetchone() and table not in ("turns_fts", "_tables", "_columns"):
            db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
    db.close()


def test_a_later_change_of_the_schema_hides_nothing(tmp_path: Path) -> None:
    """A new column makes every digest anew, but for what was wrong before."""
    path = tmp_path / "calls.db"
    with Store.open(path, create=True) as store:
        ids = keep_everything(store)
        store.db.execute(
            "UPDATE recordings SET codec = 'x' WHERE call_no = (SELECT min(call_no) FROM recordings)"
        )
        store.db.execute("UPDATE flag_states SET owner = 'eve' WHERE call_id = ?", (ids[0],))
        wrong = find_changed(store.db)
        with write_transaction(store.db), _digests_kept(store.db):
            store.db.execute("ALTER TABLE recordings ADD COLUMN more TEXT")
            store.db.execute("ALTER TABLE flag_states ADD COLUMN more TEXT NOT NULL DEFAULT 'x'")
        assert wrong == find_changed(store.db)
        assert {"flag_states"} == {row.about for row in find_broken(store.db)}
        assert 1 == len(list(find_broken(store.db)))
