"""Copies made while others write are whole; a copy put back loses nothing without being asked to."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from speechcx.batch import hold_lock
from speechcx.batch.backup import back_up, restore
from speechcx.batch.check import check
from speechcx.errors import DatabaseBad, DatabaseMissing, DiskLow, RunInProgress, UsageError
from speechcx.store import FileStats, RunInfo, Store
from speechcx.store.decisions.audit import read_trail
from speechcx.store.decisions.flags import FlagChange, SeenFlag, set_flags
from speechcx.store.decisions.trail_check import verify_trail
from tests.store.tampering import full_call, keep_everything
from tests.trust.content import read_content
from tests.trust.figures import nightly_count, record


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "calls.db"
    with Store.open(path, create=True) as store:
        keep_everything(store)
    return path


@pytest.fixture
def database(kept: Path, tmp_path: Path) -> Path:
    """A sound database with a row in every table."""
    (tmp_path / "here").mkdir()
    return Path(shutil.copy(kept, tmp_path / "here" / "calls.db"))


def count(path: Path) -> int:
    found = ask(path, "SELECT count(*) FROM calls")
    assert isinstance(found, int)
    return found


def ask(path: Path, sql: str) -> object:
    db = sqlite3.connect(path)
    try:
        return db.execute(sql).fetchone()[0]
    finally:
        db.close()


def add_call(path: Path, number: int) -> None:
    with Store.open(path) as store:
        run = store.ledger.begin_run(RunInfo())
        call = full_call(number)
        store.ledger.claim(run, call.conversation.recording, FileStats(1, number))
        store.ledger.save_outcome(run, call, FileStats(1, number))


def test_a_copy_is_whole_private_and_told(database: Path, tmp_path: Path) -> None:
    """It checks clean, nobody else reads it, the trail names it; nothing else is left in its folder."""
    target = tmp_path / "copies" / "monday.db"
    target.parent.mkdir()
    old = os.umask(0)
    try:
        made = back_up(database, target, who="mia")
    finally:
        os.umask(old)
    assert (5, True, ()) == (made.calls, made.is_in_trail, made.problems)
    assert [target] == list(target.parent.iterdir())
    assert 0o600 == target.stat().st_mode & 0o777
    assert () == check(target, every_call=True).problems
    with Store.open(database, read_only=True) as store:
        (row,) = read_trail(store, action="backup")
        assert () == verify_trail(store).problems
    assert ("mia", True) == (row.who, made.chain.digest in str(row.detail))


WRITER = """
import sys, itertools, time
sys.path.insert(0, {root!r})
from speechcx.store import Store
from tests.batch.test_backup import full_call
from speechcx.store import FileStats, RunInfo
with Store.open({path!r}) as store:
    run = store.ledger.begin_run(RunInfo())
    for number in itertools.count(10):
        call = full_call(number)
        store.ledger.claim(run, call.conversation.recording, FileStats(1, number))
        store.ledger.save_outcome(run, call, FileStats(1, number))
        print(number, flush=True)
        time.sleep(0.02)
"""


def copies_while_writing(database: Path, folder: Path, copies: int) -> list[int]:
    """Calls in each of so many copies made while another process saves one call after the other.

    Each copy is put back in another place, where it must hold the same calls and check clean.
    """
    root = str(Path(__file__).resolve().parents[2])
    code = WRITER.format(root=root, path=str(database))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        found, damaged, unlike = [], [], 0
        try:
            for number in range(copies):
                target = folder / f"{number}.db"
                back_up(database, target, who="mia")
                damaged += [p for p in check(target).problems if p.repair != "claims"]
                found.append(count(target))
                back = folder / f"back-{number}" / "calls.db"
                restore(back, target, who="mia")
                unlike += read_content(back) != read_content(target) or any(
                    p.repair != "claims" for p in check(back).problems
                )
                target.unlink()
                shutil.rmtree(back.parent)
        finally:
            writer.kill()
    record(
        "copies made while calls are saved, and restored", copies, bar="all 0",
        problems_in_copies=len(damaged), fewer_calls_than_before=int(found != sorted(found)),
        restored_unlike_the_copy=unlike,
    )  # fmt: skip
    assert [] == damaged
    assert unlike == 0
    return found


def test_copies_made_while_calls_are_saved_are_whole(database: Path, tmp_path: Path) -> None:
    """Each of them checks clean with whole calls only, also where it is put back, and they grow."""
    found = copies_while_writing(database, tmp_path, 4)
    assert sorted(found) == found
    assert found[-1] > 5


@pytest.mark.nightly
@pytest.mark.timeout(1200)
def test_a_hundred_copies_made_while_calls_are_saved_are_whole(database: Path, tmp_path: Path) -> None:
    """The same a hundred times."""
    found = copies_while_writing(database, tmp_path, nightly_count(100))
    assert sorted(found) == found


def test_a_copy_goes_over_nothing_unasked(database: Path, tmp_path: Path) -> None:
    """Not over a file, a folder, or the database by any of its names; asked to, it takes a file's place."""
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(UsageError, match="is there already"):
        back_up(database, target, who="mia")
    assert "precious" == target.read_text()
    link, hard = tmp_path / "link.db", tmp_path / "hard.db"
    link.symlink_to(database)
    hard.hardlink_to(database)
    for own in (
        database,
        link,
        hard,
        database.with_name("calls.db-wal"),
        database.with_name("calls.db.lock"),
    ):
        with pytest.raises(UsageError, match="is the database itself"):
            back_up(database, own, who="mia", replace=True)
    with pytest.raises(UsageError, match="is a folder"):
        back_up(database, tmp_path, who="mia", replace=True)
    with pytest.raises(UsageError, match="there is no folder"):
        back_up(database, tmp_path / "no" / "copy.db", who="mia")
    with pytest.raises(DatabaseMissing, match="there is no database"):
        back_up(tmp_path / "none.db", tmp_path / "copy2.db", who="mia")
    back_up(database, target, who="mia", replace=True)
    assert 5 == count(target)


def test_a_copy_of_a_damaged_database_takes_no_name(database: Path, tmp_path: Path) -> None:
    """The good copy of yesterday stays; asked to, a copy is kept as it is."""
    target = tmp_path / "copy.db"
    back_up(database, target, who="mia")
    good = target.read_bytes()
    db = sqlite3.connect(database)
    db.execute("UPDATE recordings SET codec = 'x'")
    db.commit()
    db.close()
    with pytest.raises(DatabaseBad, match="the copy has 5 problems"):
        back_up(database, target, who="mia", replace=True)
    assert good == target.read_bytes()
    assert [target] == [path for path in tmp_path.iterdir() if path.is_file()]
    made = back_up(database, target, who="mia", replace=True, anyway=True)
    assert 5 == len(made.problems)


def test_a_full_disk_leaves_no_half_copy(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told before it begins where that is known, else when it happens; what was there stays."""
    target = tmp_path / "copy.db"
    monkeypatch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))  # type: ignore[attr-defined]
    with pytest.raises(DiskLow, match="MB are free for"):
        back_up(database, target, who="mia")
    monkeypatch.undo()

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("speechcx.store.copies.sync_file", full)
    with pytest.raises(DiskLow, match="became full"):
        back_up(database, target, who="mia")
    assert [] == [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_copy_put_back_is_the_database(database: Path, tmp_path: Path) -> None:
    """What was damaged since is as it was; the damaged file is kept, the trail tells of it."""
    copy = tmp_path / "copy.db"
    back_up(database, copy, who="mia")
    db = sqlite3.connect(database)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("DELETE FROM calls")
    db.commit()
    db.close()
    done = restore(database, copy, who="zoe", lose_newer=True)
    assert 5 == done.calls == count(database)
    assert () == check(database).problems
    assert done.kept is not None
    assert 0 == count(Path(done.kept))
    assert [0o600, 0o600] == [path.stat().st_mode & 0o777 for path in (database, Path(done.kept))]
    with Store.open(database, read_only=True) as store:
        (row,) = read_trail(store, action="restore")
    assert ("zoe", True) == (row.who, Path(done.kept).name in str(row.detail))
    names = {path.name for path in database.parent.iterdir()}
    assert names <= {"calls.db", "calls.db.lock", "calls.db-wal", "calls.db-shm", Path(done.kept).name}


def test_what_is_newer_is_not_lost_unasked(database: Path, tmp_path: Path) -> None:
    """Calls, runs and decisions that the copy has not are counted; nothing is changed."""
    copy = tmp_path / "copy.db"
    back_up(database, copy, who="mia")
    add_call(database, 20)
    with Store.open(database) as store:
        seen = SeenFlag(full_call(20).conversation.recording.id, "greeting", "absent", "e", "bank", "2")
        set_flags(store, [seen], FlagChange("confirmed"), who="ann")
    with pytest.raises(UsageError, match=r"1 runs, 1 calls, 1 steps of decisions, 1 rows of the audit trail"):
        restore(database, copy, who="mia")
    assert (6, 1) == (count(database), len(list(database.parent.glob("calls.db"))))
    done = restore(database, copy, who="mia", lose_newer=True)
    assert done.lost is not None
    assert (1, 1, 5) == (done.lost.runs, done.lost.calls, count(database))
    assert 6 == count(Path(str(done.kept)))


def test_a_bad_copy_is_not_put_back(database: Path, tmp_path: Path) -> None:
    """Damaged, another program's, empty, missing, the database itself: each is refused, nothing is changed."""
    before = database.read_bytes()
    copy = tmp_path / "copy.db"
    back_up(database, copy, who="mia")
    before = database.read_bytes()
    raw = copy.read_bytes()
    copy.write_bytes(raw[: len(raw) // 2])
    with pytest.raises((DatabaseBad, sqlite3.DatabaseError)):
        restore(database, copy, who="mia")
    copy.write_bytes(raw)
    db = sqlite3.connect(copy)
    db.execute("UPDATE hits_data SET quote = 'x'")
    db.commit()
    db.close()
    with pytest.raises(DatabaseBad, match="the backup has 5 problems"):
        restore(database, copy, who="mia")
    other = tmp_path / "other.db"
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE t (a)")
    db.close()
    with pytest.raises(DatabaseBad, match="a database of another program"):
        restore(database, other, who="mia")
    with pytest.raises(UsageError, match="there is no file"):
        restore(database, tmp_path / "none.db", who="mia")
    with pytest.raises(UsageError, match="is the database itself"):
        restore(database, database, who="mia")
    assert before == database.read_bytes()
    assert {"calls.db", "calls.db.lock"} >= {path.name for path in database.parent.iterdir()} - {
        "calls.db-wal",
        "calls.db-shm",
    }


def test_a_database_in_use_is_not_replaced(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither under a run, nor under another program that has it open."""
    copy = tmp_path / "copy.db"
    back_up(database, copy, who="mia")
    with hold_lock(database), pytest.raises(RunInProgress, match="one run at a time"):
        restore(database, copy, who="mia", lose_newer=True)
    monkeypatch.setattr("speechcx.store.copies.ALONE_WITHIN_S", 0.1)
    with Store.open(database, read_only=True) as store:
        store.db.execute("BEGIN")
        store.db.execute("SELECT count(*) FROM calls").fetchone()
        with pytest.raises(RunInProgress, match="another program has"):
            restore(database, copy, who="mia", lose_newer=True)
    assert 5 == count(database)


def test_a_copy_can_be_put_where_no_database_is(database: Path, tmp_path: Path) -> None:
    """On a new machine there is nothing to keep."""
    copy = tmp_path / "copy.db"
    back_up(database, copy, who="mia")
    new = tmp_path / "new" / "calls.db"
    done = restore(new, copy, who="mia")
    assert (None, 5) == (done.kept, count(new))


def test_an_unreadable_database_is_replaced_and_kept(database: Path, tmp_path: Path) -> None:
    """What cannot be read cannot be compared; its bytes are kept as they are."""
    copy = tmp_path / "copy.db"
    back_up(database, copy, who="mia")
    database.write_bytes(b"\0" * 8192)
    done = restore(database, copy, who="mia")
    assert (None, 5) == (done.lost, count(database))
    assert b"\0" * 8192 == Path(str(done.kept)).read_bytes()


FILE_OPERATIONS = ("replace", "link", "fsync", "open", "unlink")


def die_at(step: int) -> None:
    """Let this process be killed before its n-th file operation."""
    left = [step]

    def dying(function: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*given, **named)

        return call

    for name in FILE_OPERATIONS:
        setattr(os, name, dying(getattr(os, name)))


def run_killed(work: Callable[[], object], step: int) -> int:
    """Do it in a forked process that is killed before its n-th file operation; returns how it ended."""
    child = os.fork()
    if child == 0:
        try:
            die_at(step)
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("work", ["backup", "restore"])
def test_killed_at_any_step_the_old_or_the_new_is_there(database: Path, tmp_path: Path, work: str) -> None:
    """SIGKILL before each file operation in turn: database and copy check clean, and a later try succeeds."""
    copy = tmp_path / "copy.db"
    back_up(database, copy, who="mia")
    add_call(database, 30)
    saved = [(path, path.read_bytes()) for path in (database, copy)]
    steps: dict[str, Callable[[], object]] = {
        "backup": lambda: back_up(database, copy, who="mia", replace=True),
        "restore": lambda: restore(database, copy, who="mia", lose_newer=True),
    }
    for step in range(1, 100):
        ended = run_killed(steps[work], step)
        assert ended in (0, -signal.SIGKILL)
        for path in (database, copy):
            assert "ok" == ask(path, "PRAGMA integrity_check")
            assert count(path) in (5, 6)
        if ended == 0:
            break
        for path in (*database.parent.iterdir(), copy):
            path.unlink()
        for path, content in saved:
            path.write_bytes(content)
    assert ended == 0
    assert step > 5
    assert () == check(database).problems == check(copy).problems
