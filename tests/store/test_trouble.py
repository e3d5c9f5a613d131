from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from speechcx.errors import (
    AccessDenied,
    DatabaseBad,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseMissing,
    DiskError,
    DiskFull,
    SpeechcxError,
)
from speechcx.store import Patience, Store
from speechcx.store.trouble import explain, explain_file
from tests.disks import as_nobody, make_read_only, small_disk
from tests.factories import make_call, make_recording

UNCLEAN = """
import os, sys
from speechcx.store import Patience, Store
from tests.factories import make_call
store = Store.open(sys.argv[1], create=True)
store.save_call(make_call())
os._exit(0)
"""


def make_database(path: Path) -> Path:
    """A database of one call, closed as it should be."""
    with Store.open(path, create=True) as store:
        store.save_call(make_call())
    return path


def leave_unclean(path: Path) -> Path:
    """A database of one call whose program was killed, so that its log is left beside it."""
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", UNCLEAN, str(path)], cwd=root, check=True)
    assert Path(f"{path}-wal").stat().st_size
    return path


def count_calls(path: Path) -> int:
    with Store.open(path, read_only=True) as store:
        return len(list(store.iter_call_ids()))


def message(work: Callable[[], object]) -> str:
    """What is said where `work` fails: the class, the exit code, and all three parts."""
    try:
        work()
    except SpeechcxError as error:
        said = error
    else:
        return "nothing is wrong"
    assert said.found
    assert said.expected
    assert said.cure
    assert not [wrong for wrong in ("unexpected", "report it") if wrong in str(said)]
    return f"{type(said).__name__} {said.exit_code}: {said}"


def save(path: Path, *names: str, patience: Patience | None = None) -> None:
    """Save a call of each name."""
    with Store.open(path, patience=patience) as store:
        for name in names:
            store.save_call(make_call(make_recording(name)))


def read_and_write(path: Path) -> None:
    """Read every call, and write one."""
    with Store.open(path) as store:
        for call_id in store.iter_call_ids():
            store.load(call_id)
        store.save_call(make_call())


@pytest.mark.parametrize("read_only", [False, True])
def test_a_folder_in_the_databases_place(tmp_path: Path, read_only: bool) -> None:
    """Is told as one, and no backup is talked of."""
    with pytest.raises(DatabaseBad, match="is a folder") as told:
        Store.open(tmp_path, create=not read_only, read_only=read_only)
    assert "backup" not in str(told.value)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_link_that_leads_back_to_itself(tmp_path: Path, read_only: bool) -> None:
    """Is told as one."""
    (tmp_path / "a.db").symlink_to(tmp_path / "b.db")
    (tmp_path / "b.db").symlink_to(tmp_path / "a.db")
    with pytest.raises(DatabaseBad, match="a symbolic link that leads back to itself"):
        Store.open(tmp_path / "a.db", create=not read_only, read_only=read_only)


def test_a_path_through_a_file(tmp_path: Path) -> None:
    """A file where a folder should be is told as one."""
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseBad, match="is a file, not a folder"):
        Store.open(tmp_path / "file" / "a.db", create=True)


def test_a_device_in_the_databases_place() -> None:
    """Is no ordinary file."""
    with pytest.raises(DatabaseBad, match="not an ordinary file"):
        Store.open("/dev/null")


def test_a_missing_folder(tmp_path: Path) -> None:
    """Reading names the database that is not there; writing makes the folder."""
    with pytest.raises(DatabaseMissing, match="there is no database at"):
        Store.open(tmp_path / "none" / "a.db", read_only=True)
    Store.open(tmp_path / "none" / "a.db", create=True).close()


def test_a_file_that_is_no_database_is_not_to_be_restored(tmp_path: Path) -> None:
    """It never was one, so that no backup is talked of."""
    path = tmp_path / "a.db"
    path.write_bytes(b"Dear Sir or Madam, " * 100)
    with pytest.raises(DatabaseBad, match="cannot be read as a database") as told:
        Store.open(path, create=True)
    assert "backup" not in str(told.value)


def test_a_damaged_page(tmp_path: Path) -> None:
    """Is told as damage, with a backup as the cure, from wherever it is met."""
    path = make_database(tmp_path / "a.db")
    raw = bytearray(path.read_bytes())
    for page in range(2, len(raw) // 4096):
        raw[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(raw)
    with pytest.raises(DatabaseDamaged, match=r"parts of .*a\.db are damaged[\s\S]*from a backup") as told:
        read_and_write(path)
    assert told.value.exit_code == 10


def test_without_permission(tmp_path: Path) -> None:
    """File, folder, and the files SQLite needs beside: each is told, with exit code 15."""
    os.chmod(tmp_path, 0o755)
    for parent in list(tmp_path.parents)[:3]:
        os.chmod(parent, parent.stat().st_mode | 0o011)
    path = make_database(tmp_path / "a.db")
    (tmp_path / "inner").mkdir(mode=0o700)
    inner = tmp_path / "inner" / "a.db"

    def open_it() -> str:
        return message(lambda: Store.open(path))

    assert as_nobody(open_it).startswith(f"AccessDenied 15: {path} may not be read")
    told = as_nobody(lambda: message(lambda: Store.open(inner, create=True)))
    assert "lies in a folder that may not be entered" in told
    told = as_nobody(lambda: message(lambda: Store.open(tmp_path / "new.db", create=True)))
    assert f"the folder {tmp_path} may not be written" in told
    path.chmod(0o644)
    assert "may not be written" in as_nobody(open_it)
    path.chmod(0o666)
    assert f"the folder {tmp_path} may not be written" in as_nobody(open_it)
    # Reading works: nobody writes, so that no lock is needed.
    path.chmod(0o644)
    assert as_nobody(lambda: str(count_calls(path))) == "1"


def test_reading_without_locks_notices_a_writer(tmp_path: Path) -> None:
    """Where a folder lets a reader take no lock, what was written meanwhile is told, not mixed in."""
    os.chmod(tmp_path, 0o755)
    path = make_database(tmp_path / "a.db")
    path.chmod(0o644)

    def read() -> str:
        def work() -> None:
            with Store.open(path, read_only=True) as store:
                list(store.iter_call_ids())
                os.utime(path)

        return message(work)

    if os.geteuid() != 0:
        pytest.skip("needs two people")
    # The writer is played by a person who may touch the file: the reader itself, as its owner.
    os.chown(path, 65_534, -1)
    assert as_nobody(read).startswith(f"DatabaseBusy 11: {path} was written by another program")


def test_reading_from_a_read_only_disk(tmp_path: Path) -> None:
    """Works for a database that was closed, and for one with its log; writing says what is in the way."""
    with small_disk(tmp_path / "disk", 8) as disk:
        closed = make_database(disk / "closed.db")
        logged = leave_unclean(disk / "logged.db")
        torn = leave_unclean(disk / "torn.db")
        Path(f"{torn}-shm").unlink()
        make_read_only(disk)
        assert [count_calls(closed), count_calls(logged)] == [1, 1]
        assert "stand in torn.db-wal beside it" in message(lambda: Store.open(torn, read_only=True))
        for path in (closed, torn, disk / "new.db"):
            told = message(lambda path=path: Store.open(path, create=True))  # type: ignore[misc]
            assert told.startswith("AccessDenied 15")
            assert "read-only" in told
        with (
            pytest.raises(AccessDenied, match="lies on a disk that is read-only"),
            Store.open(logged) as store,
        ):
            store.save_call(make_call(make_recording("other")))


def test_a_full_disk(tmp_path: Path) -> None:
    """Is told as such, with exit code 14; what was saved before is whole."""
    with small_disk(tmp_path / "disk", 4) as disk:
        path = make_database(disk / "a.db")
        (disk / "ballast").write_bytes(b"x" * 500_000)
        with pytest.raises(DiskFull, match="is full") as told:
            save(path, *(f"call {number}" for number in range(1000)))
        assert told.value.exit_code == 14
        (disk / "ballast").unlink()
        with Store.open(path) as store:
            assert store.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert len(list(store.iter_call_ids())) > 10
            store.save_call(make_call(make_recording("after")))


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EACCES, AccessDenied),
        (errno.EROFS, AccessDenied), (errno.EIO, DiskError), (errno.ESTALE, DiskError),
    ],
)  # fmt: skip
def test_what_the_system_says_of_other_files(number: int, kind: type[SpeechcxError]) -> None:
    """Is told by class, with the file's name."""
    told = explain_file(OSError(number, os.strerror(number), "/some/where"))
    assert type(told) is kind
    assert "/some/where" in told.found
    assert isinstance(explain(OSError(number, os.strerror(number)), Path("a.db")), kind)


def test_what_is_not_the_databases_fault_is_left_alone(tmp_path: Path) -> None:
    """A constraint, a wrong statement or a number too big is about a call, or a fault of our own."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE t (a UNIQUE)")
    db.execute("INSERT INTO t VALUES (1)")
    for statement, value in (("INSERT INTO t VALUES (?)", 1), ("INSERT INTO none VALUES (?)", 1)):
        with pytest.raises(sqlite3.Error) as raised:
            db.execute(statement, (value,))
        assert explain(raised.value, tmp_path / "a.db") is None
    assert explain(ValueError("x"), tmp_path / "a.db") is None
    assert explain(FileNotFoundError(errno.ENOENT, "x"), tmp_path / "a.db") is None


def test_a_held_database_names_who_holds_it(tmp_path: Path) -> None:
    """By command and process id, with exit code 11."""
    path = make_database(tmp_path / "a.db")
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "db.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DatabaseBusy, match=f"with process id {holder.pid} holds"):
            save(path, "other", patience=Patience(0.0))
        holder.communicate("")


@pytest.mark.parametrize("name", ["calls.db", "calls.db-wal", ""])
def test_a_database_whose_folder_vanishes_was_moved(name: str, tmp_path: Path) -> None:
    """A file of the database that is gone from one moment to the next is no fault of our own."""
    database = tmp_path / "calls.db"
    found = explain(
        FileNotFoundError(errno.ENOENT, "No such file or directory", str(tmp_path / name)), database
    )
    assert isinstance(found, DiskError)
    assert "was moved, removed or replaced" in found.found
    other = FileNotFoundError(errno.ENOENT, "No such file or directory", str(tmp_path / "rulebook.yaml"))
    assert explain(other, database) is None
