"""Readings in the audit trail: each once, whoever holds the database, and nobody waits long."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.private_files import mode_of
from speechcx.store import Store
from speechcx.store.decisions.audit import AuditEntry, read_trail
from speechcx.store.decisions.reading_log import open_to_read, queue_path, record_reading, take_queue
from speechcx.store.decisions.trail_check import verify_trail
from tests.disks import as_nobody


def view(call_id: str) -> AuditEntry:
    return AuditEntry("view", call_id, None, {"command": "show"})


def told(database: Path) -> list[str | None]:
    """The calls of the trail, in order."""
    with Store.open(database, read_only=True) as store:
        return [row.call_id for row in read_trail(store)]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "calls.db"
    Store.open(path, create=True).close()
    return path


@pytest.fixture
def writing(database: Path) -> Iterator[sqlite3.Connection]:
    """Another program in the middle of a write."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def test_a_reading_is_written_at_once(database: Path) -> None:
    """With who and what, and the chain verifies."""
    assert "written" == record_reading(database, "zoe", [view("a"), view("b")])
    assert ["a", "b"] == told(database)
    assert not queue_path(database).exists()
    with Store.open(database) as store:
        assert () == verify_trail(store).problems


def test_a_question_is_noted_on_the_connection_that_answered_it(database: Path) -> None:
    """Which can write nothing else, before and after."""
    with open_to_read(database) as store:
        for call_id in ("a", "b"):
            with store.snapshot():
                store.db.execute("SELECT count(*) FROM calls").fetchone()
            assert "written" == record_reading(database, "zoe", [view(call_id)], store=store)
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                store.db.execute("DELETE FROM calls")
    assert ["a", "b"] == told(database)


def test_a_question_to_a_database_that_is_being_written_is_answered(
    database: Path, writing: sqlite3.Connection
) -> None:
    """And its entry waits."""
    with open_to_read(database) as store:
        assert (0,) == store.db.execute("SELECT count(*) FROM calls").fetchone()
        assert "waiting" == record_reading(database, "zoe", [view("a")], store=store)


def test_a_run_that_writes_keeps_nobody_from_reading(database: Path, writing: sqlite3.Connection) -> None:
    """The entry waits beside the database, for its owner alone, and the next reading writes both."""
    assert "waiting" == record_reading(database, "zoe", [view("a")])
    assert 0o600 == mode_of(queue_path(database))
    writing.execute("COMMIT")
    assert "written" == record_reading(database, "bob", [view("b")])
    assert ["a", "b"] == told(database)
    assert [database] == [path for path in database.parent.iterdir() if "queue" in path.name] + [database]
    with Store.open(database) as store:
        assert ["zoe", "bob"] == [row.who for row in read_trail(store)]
        assert () == verify_trail(store).problems


def test_a_queue_that_was_half_written_down_is_not_written_twice(
    database: Path, writing: sqlite3.Connection
) -> None:
    """A program that ended between writing the entries and removing the file costs no entry and doubles none."""
    for name in ("a", "b"):
        record_reading(database, "zoe", [view(name)])
    writing.execute("COMMIT")
    queue = queue_path(database)
    lines = queue.read_bytes()
    with Store.open(database) as store:
        assert 2 == take_queue(store)
        queue.with_name(f"{queue.name}.taken").write_bytes(lines)
        assert "written" == record_reading(database, "zoe", [view("c")])
    assert ["a", "b", "c"] == told(database)


def test_a_line_that_a_cut_left_unfinished_costs_itself(database: Path, writing: sqlite3.Connection) -> None:
    """The others are written down."""
    record_reading(database, "zoe", [view("a")])
    with queue_path(database).open("ab") as queue:
        queue.write(b'{"at": "2026')
    writing.execute("COMMIT")
    with Store.open(database) as store:
        assert 1 == take_queue(store)
    assert ["a"] == told(database)


def test_where_nothing_can_be_written_it_is_said(database: Path) -> None:
    """In a folder that this user may not write, the caller learns that the trail does not tell of it."""
    for folder in database.parents:
        if folder.owner() == database.owner() and folder != Path(tempfile.gettempdir()):
            folder.chmod(folder.stat().st_mode | 0o055)
        if folder == Path(tempfile.gettempdir()):
            break
    database.chmod(0o644)
    assert "not recorded" == as_nobody(lambda: record_reading(database, "zoe", [view("a")]))


def test_a_queued_entry_keeps_its_own_moment(database: Path, writing: sqlite3.Connection) -> None:
    """It tells when it was, not when it was written down."""
    record_reading(database, "zoe", [view("a")])
    (line,) = queue_path(database).read_text("utf-8").splitlines()
    writing.execute("COMMIT")
    with Store.open(database) as store:
        take_queue(store)
        assert json.loads(line)["at"] == read_trail(store)[0].at
