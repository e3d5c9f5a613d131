from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from speechcx.batch import lock
from speechcx.batch.lock import LockHolder, hold_lock, is_locked, lock_path, read_holder
from speechcx.errors import Interrupted, RunInProgress

ROOT = Path(__file__).resolve().parents[2]

HOLD = """
import sys, time
from pathlib import Path
from speechcx.batch.lock import hold_lock
with hold_lock(Path(sys.argv[1]), command="run"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def start_holder(database: Path, seconds: float = 60.0) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database), str(seconds)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_run_is_told_who_holds_the_database(tmp_path: Path) -> None:
    """The message names the process, the machine and since when; the exit code is 11."""
    database = tmp_path / "calls.db"
    with start_holder(database) as holder:
        pattern = (
            rf"run with process id {holder.pid} on \S+ since \d{{4}}-\d\d-\d\dT[\d:]+Z holds .*calls\.db"
        )
        with pytest.raises(RunInProgress, match=pattern) as told, hold_lock(database):
            pass
        holder.kill()
    assert told.value.exit_code == 11
    assert "--wait" in told.value.cure


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("spelling", ["link", "linked folder", "dots", "relative", "doubled"])
def test_the_lock_holds_however_the_path_is_spelled(tmp_path: Path, spelling: str, exists: bool) -> None:
    """Also for a database that is not made yet: the second run says who holds it."""
    folder = tmp_path / "data"
    folder.mkdir()
    if exists:
        (folder / "calls.db").touch()
    (tmp_path / "other.db").symlink_to(folder / "calls.db")
    (tmp_path / "linked").symlink_to(folder)
    other = {
        "link": tmp_path / "other.db",
        "linked folder": tmp_path / "linked" / "calls.db",
        "dots": tmp_path / "data" / ".." / "data" / "calls.db",
        "relative": Path(os.path.relpath(folder / "calls.db", ROOT)),
        "doubled": Path(f"{folder}//./calls.db"),
    }[spelling]
    with start_holder(other) as holder:
        with (
            pytest.raises(RunInProgress, match=f"process id {holder.pid} ") as told,
            hold_lock(folder / "calls.db"),
        ):
            pass
        assert is_locked(folder / "calls.db")
        holder.kill()
    assert told.value.exit_code == 11


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the kernel of Linux")
def test_the_lock_holds_through_a_hard_link(tmp_path: Path) -> None:
    """Two names of one file, in two folders, are one database."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "calls.db").touch()
    os.link(tmp_path / "a" / "calls.db", tmp_path / "b" / "calls.db")
    with start_holder(tmp_path / "a" / "calls.db") as holder:
        with (
            pytest.raises(RunInProgress, match=f"process id {holder.pid} "),
            hold_lock(tmp_path / "b" / "calls.db"),
        ):
            pass
        holder.kill()
    with (
        hold_lock(tmp_path / "b" / "calls.db"),
        pytest.raises(RunInProgress),
        hold_lock(tmp_path / "a" / "calls.db"),
    ):
        pass


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_holder_leaves_no_stale_lock(tmp_path: Path, number: signal.Signals) -> None:
    """The kernel frees the lock of whoever dies; nobody has to unlock anything."""
    database = tmp_path / "calls.db"
    with start_holder(database) as holder:
        assert is_locked(database)
        holder.send_signal(number)
    assert not is_locked(database)
    with hold_lock(database):
        assert read_holder(database).pid == os.getpid()


def test_waiting_gets_the_lock_when_it_is_free(tmp_path: Path) -> None:
    """With `wait` the second one goes on after the first."""
    database = tmp_path / "calls.db"
    with start_holder(database, 0.5), hold_lock(database, wait=True):
        assert read_holder(database).pid == os.getpid()


def test_waiting_can_be_given_up(tmp_path: Path) -> None:
    """A stop while waiting ends it as interrupted."""
    database = tmp_path / "calls.db"
    with start_holder(database) as holder:
        end = time.monotonic() + 0.3
        with (
            pytest.raises(Interrupted, match="stopped while waiting"),
            hold_lock(database, wait=True, give_up=lambda: time.monotonic() > end),
        ):
            pass
        holder.kill()


def test_an_error_inside_frees_the_lock(tmp_path: Path) -> None:
    """The lock goes with the block, however that ends."""
    database = tmp_path / "calls.db"
    with pytest.raises(ValueError, match="inside"), hold_lock(database):
        raise ValueError("inside")
    assert not is_locked(database)


def test_nobody_else_may_read_the_lock(tmp_path: Path) -> None:
    """Its mode is 0600, and so is that of a folder's other files."""
    database = tmp_path / "new" / "calls.db"
    with hold_lock(database):
        assert oct(lock_path(database).stat().st_mode & 0o777) == oct(0o600)
    assert re.fullmatch(r"calls\.db\.lock", lock_path(database).name)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"pid": "x"}', b"\xff\xfe"])
def test_a_damaged_note_is_no_obstacle(tmp_path: Path, text: bytes) -> None:
    """What the file says is for people only."""
    database = tmp_path / "calls.db"
    lock_path(database).write_bytes(text)
    assert read_holder(database) == LockHolder()
    assert str(read_holder(database)) == "another program"
    with hold_lock(database):
        pass


def test_a_database_without_a_lock_is_not_locked(tmp_path: Path) -> None:
    """No file, no lock."""
    assert not is_locked(tmp_path / "calls.db")


def test_a_system_without_sockets_has_the_lock_of_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sandbox that forbids them costs hard links their protection, not the run."""
    (tmp_path / "calls.db").touch()

    def forbid(*_: object) -> None:
        raise PermissionError(1, "not permitted")

    monkeypatch.setattr(lock.socket, "socket", forbid)
    with hold_lock(tmp_path / "calls.db"), pytest.raises(RunInProgress), hold_lock(tmp_path / "calls.db"):
        pass


def test_a_lock_that_is_waited_for_is_told_once(tmp_path: Path) -> None:
    """What is waited for, by process id."""
    database, told = tmp_path / "calls.db", list[str]()
    with start_holder(database, 0.8) as holder, hold_lock(database, wait=True, tell=told.append):
        assert [f"run with process id {holder.pid} on" in what for what in told] == [True]
