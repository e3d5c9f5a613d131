"""Connections that are lent again show what a new one would: the calls of who reads now, of the file that is there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.errors import DatabaseBad, DatabaseMissing
from speechcx.store import FileStats, RunInfo, Store, VisibleCalls
from speechcx.store.reader_pool import ReaderPool
from tests.factories import make_call

ANN, BOB = VisibleCalls(agents=("ann",)), VisibleCalls(agents=("bob",))


def keep_calls(path: Path, *agents: str, first: int = 1) -> None:
    """A call of each agent."""
    with Store.open(path, create=True) as store:
        run_id = store.ledger.begin_run(RunInfo())
        for no, agent in enumerate(agents, start=first):
            store.ledger.save_outcome(run_id, make_call(no, agent=agent), FileStats(1, no))


def read_agents(pool: ReaderPool, visible: VisibleCalls | None) -> list[str]:
    """Whose calls somebody sees."""
    with pool.lend(visible) as store:
        return [agent for (agent,) in store.db.execute("SELECT agent FROM calls ORDER BY agent")]


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[ReaderPool]:
    """Of a database with calls of two agents."""
    keep_calls(tmp_path / "calls.db", "ann", "bob")
    made = ReaderPool(tmp_path / "calls.db")
    yield made
    made.close()


def test_nobody_sees_the_calls_of_who_read_before(pool: ReaderPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """One connection goes from hand to hand: each sees their own, and who may see all sees all."""
    monkeypatch.setattr("speechcx.store.reader_pool.MAX_IDLE", 1)
    with pool.lend(ANN) as store:
        first = store.db
    for visible, agents in ((BOB, ["bob"]), (None, ["ann", "bob"]), (ANN, ["ann"]), (VisibleCalls(), [])):
        assert agents == read_agents(pool, visible)
        with pool.lend(visible) as store:
            assert first is store.db, "it is lent again"


def test_a_reader_sees_what_was_written_since(pool: ReaderPool, tmp_path: Path) -> None:
    """Also where the last one did not read to the end."""
    with pool.lend(None) as store:
        rows = store.db.execute("SELECT agent FROM calls")
        rows.fetchone()
    keep_calls(tmp_path / "calls.db", "cy", first=3)
    assert ["ann", "bob", "cy"] == read_agents(pool, None)


def test_another_file_at_the_same_place_is_read(pool: ReaderPool, tmp_path: Path) -> None:
    """A database that was restored from a backup while pages are served."""
    assert ["ann", "bob"] == read_agents(pool, None)
    keep_calls(tmp_path / "restored.db", "dora")
    os.replace(tmp_path / "restored.db", tmp_path / "calls.db")
    for end in ("-wal", "-shm"):
        (tmp_path / f"calls.db{end}").unlink(missing_ok=True)
    assert ["dora"] == read_agents(pool, None)


def test_a_database_that_was_moved_or_belongs_to_another_version_is_told(
    pool: ReaderPool, tmp_path: Path
) -> None:
    """No connection goes on reading what is not there any more."""
    assert ["ann", "bob"] == read_agents(pool, None)
    with sqlite3.connect(tmp_path / "calls.db") as db:
        db.execute("PRAGMA user_version = 9999")
    with pytest.raises(DatabaseBad):
        read_agents(pool, None)
    (tmp_path / "calls.db").rename(tmp_path / "moved.db")
    with pytest.raises(DatabaseMissing):
        read_agents(pool, None)


def test_a_connection_that_is_not_as_new_is_not_lent_again(pool: ReaderPool) -> None:
    """After an error, inside a transaction, or with a table of its own."""

    def leave_table(store: Store) -> None:
        store.db.execute("PRAGMA query_only = OFF")
        store.db.execute("CREATE TEMP TABLE own (a)")

    def fail(store: Store) -> None:
        raise LookupError

    for leave in (lambda store: store.db.execute("BEGIN"), leave_table, fail):
        try:
            with pool.lend(ANN) as store:
                before = store.db
                leave(store)
        except LookupError:
            pass
        with pool.lend(ANN) as store:
            assert before is not store.db
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                store.db.execute("DELETE FROM main.calls")
