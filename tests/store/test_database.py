import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from speechcx.errors import DatabaseBad, DatabaseMissing
from speechcx.store import Store, database
from speechcx.store.database import migrate, read_migrations, write_transaction
from tests.factories import make_call


def test_a_new_database_is_private_and_safe(tmp_path: Path) -> None:
    """Readable by its owner only whatever the umask, durable, and wiped where deleted."""
    before = os.umask(0)
    try:
        with Store.open(tmp_path / "a.db", create=True) as store:
            store.save_call(make_call())
            pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
            values = [store.db.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
            modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert ["wal", 2, 1, 1, 30_000] == values
    assert {0o600} == modes


def test_a_missing_database_is_not_made_unasked(tmp_path: Path) -> None:
    """Reading never leaves an empty file behind."""
    with pytest.raises(DatabaseMissing, match="there is no database at"):
        Store.open(tmp_path / "a.db")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look at" * 20, b"SQLite format 3\0" * 9]
)
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is no database is named as such, and left alone."""
    path = tmp_path / "a.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseBad, match="cannot be read as a database"):
        Store.open(path, create=True)
    assert content == path.read_bytes()


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """Not a byte of it is touched."""
    path = tmp_path / "a.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE calls (number)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseBad, match="a database of another program"):
        Store.open(path, create=True)
    assert (before, [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """An old program does not write into what it does not know."""
    path = tmp_path / "a.db"
    with Store.open(path, create=True) as store:
        store.db.execute("PRAGMA user_version = 999")
    for read_only in (False, True):
        with pytest.raises(DatabaseBad, match="written by a newer speechcx"):
            Store.open(path, read_only=read_only)


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python with a library before STRICT tables hears it at once."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 0))
    with pytest.raises(DatabaseBad, match="SQLite 3.37.0 or newer"):
        Store.open(tmp_path / "a.db", create=True)


def test_a_read_only_store_cannot_write(tmp_path: Path) -> None:
    """Not by its methods, and not by SQL."""
    path = tmp_path / "a.db"
    Store.open(path, create=True).close()
    with Store.open(path, read_only=True) as store:
        with pytest.raises(sqlite3.OperationalError, match="readonly|read-only"):
            store.save_call(make_call())
        with pytest.raises(sqlite3.OperationalError, match="readonly|read-only"):
            store.db.execute("DELETE FROM runs")


def test_an_old_schema_is_kept_before_it_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration leaves a copy of the database as it was, private like itself."""
    path = tmp_path / "a.db"
    with Store.open(path, create=True) as store:
        store.save_call(make_call())
    scripts = (*read_migrations(), ("9999_more", "ALTER TABLE runs ADD COLUMN more TEXT; -- more"))
    monkeypatch.setattr(database, "read_migrations", lambda: scripts)
    with pytest.raises(DatabaseBad, match="older than this speechcx reads"):
        Store.open(path, read_only=True)
    with Store.open(path) as store:
        assert store.has_call(make_call().conversation.recording.id)
        assert store.db.execute("SELECT more FROM runs").fetchall() == []
    (backup,) = tmp_path.glob("*.bak")
    assert 0o600 == backup.stat().st_mode & 0o777
    old = sqlite3.connect(backup)
    assert [(1,)] == old.execute("SELECT count(*) FROM calls").fetchall()
    assert "more" not in [row[1] for row in old.execute("PRAGMA table_info(runs)")]
    old.close()


UPGRADE = """
import sys
from speechcx.store import Store, database
scripts = (*database.read_migrations(), ("9999_more", "ALTER TABLE runs ADD COLUMN more TEXT; -- more"))
database.read_migrations = lambda: scripts
Store.open(sys.argv[1]).close()
"""


def test_two_programs_that_upgrade_at_once_keep_the_old_state(tmp_path: Path) -> None:
    """One of them migrates; the backup is of before, whoever came second."""
    path = tmp_path / "a.db"
    Store.open(path, create=True).close()
    started = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, str(path)], stderr=subprocess.PIPE) for _ in range(3)
    ]
    said = [process.communicate(timeout=120)[1].splitlines() for process in started]
    assert [0] * 3 == [process.returncode for process in started]
    # On a busy machine one says that it waits for another.
    assert [] == [line for lines in said for line in lines if not line.startswith(b"waiting for ")]
    (backup,) = tmp_path.glob("*.bak")
    old = sqlite3.connect(backup)
    assert "more" not in [row[1] for row in old.execute("PRAGMA table_info(runs)")]
    old.close()


def test_a_failed_migration_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third statement fails: neither of the first two has happened, nor is the step recorded."""
    path = tmp_path / "a.db"
    Store.open(path, create=True).close()
    broken = "CREATE TABLE one (a); CREATE TRIGGER t AFTER INSERT ON one BEGIN SELECT 1; END; CREATE TABLE runs (b);"
    good = read_migrations()
    monkeypatch.setattr(database, "read_migrations", lambda: (*good, ("9999_broken", broken)))
    with pytest.raises(DatabaseBad, match="already exists"):
        Store.open(path)
    monkeypatch.setattr(database, "read_migrations", lambda: good)
    with Store.open(path) as store:
        assert [] == store.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'one'").fetchall()
        assert len(good) == store.db.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0]


def test_every_step_alone_leads_to_the_same_schema() -> None:
    """A database that took each migration in turn equals one that took them all at once."""
    schemas = []
    for stops in ([None], range(1, len(read_migrations()) + 1)):
        db = sqlite3.connect(":memory:", isolation_level=None)
        for stop in stops:
            migrate(db, stop_after=stop)
        schemas.append(db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall())
        assert [("ok",)] == db.execute("PRAGMA integrity_check").fetchall()
    assert schemas[0] == schemas[1]


def test_two_programs_may_make_one_database(tmp_path: Path) -> None:
    """Starting at the same moment, both find the schema, and no step is taken twice."""
    path = tmp_path / "a.db"
    code = f"from speechcx.store import Store; Store.open({str(path)!r}, create=True).close()"
    started = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate(timeout=120)[1].splitlines() for process in started]
    assert [0] * 3 == [process.returncode for process in started]
    # On a busy machine one says that it waits for another.
    assert [] == [line for lines in said for line in lines if not line.startswith(b"waiting for ")]
    with Store.open(path) as store:
        names = [row[0] for row in store.db.execute("SELECT name FROM _sqlite_migrations")]
    assert sorted(set(names)) == sorted(names)


def test_a_write_inside_a_write_is_part_of_it(tmp_path: Path) -> None:
    """The inner block neither commits nor rolls back on its own."""
    with Store.open(tmp_path / "a.db", create=True) as store:
        db = store.db
        with write_transaction(db):
            with write_transaction(db):
                db.execute("INSERT INTO roster (agent) VALUES ('a')")
            assert db.in_transaction
        assert not db.in_transaction


WRITER = """
import sys
from speechcx.store import Store
with Store.open(sys.argv[1]) as store:
    for _ in range(40):
        with store.write():
            (n,) = store.db.execute("SELECT count(*) FROM roster").fetchone()
            store.db.execute("INSERT INTO roster (agent, team) VALUES (?, ?)", (str(n), sys.argv[2]))
"""


def test_several_writers_wait_for_each_other(tmp_path: Path) -> None:
    """Each reads before it writes; none fails, and none writes over another."""
    path = tmp_path / "a.db"
    Store.open(path, create=True).close()
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(n)], stderr=subprocess.PIPE)
        for n in range(3)
    ]
    said = [process.communicate(timeout=120)[1].splitlines() for process in started]
    assert [0] * 3 == [process.returncode for process in started]
    # On a busy machine one says that it waits for another.
    assert [] == [line for lines in said for line in lines if not line.startswith(b"waiting for ")]
    with Store.open(path) as store:
        rows = store.db.execute("SELECT count(*), count(DISTINCT agent) FROM roster").fetchall()
    assert [(120, 120)] == rows
