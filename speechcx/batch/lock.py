"""One run at a time: a kernel lock on a file beside the database, which dies with its holder.

A lock the kernel keeps (``flock``) cannot go stale: whatever kills the holder frees it. What the file
says is only for people: who holds it, and since when.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from speechcx.errors import Interrupted, RunInProgress, SpeechcxError
from speechcx.private_files import make_private_folder
from speechcx.store.trouble import explain, explain_place

_POLL_S = 0.1
_MAX_NOTE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds the lock, as far as its file tells; None where it does not."""

    pid: int | None = None
    host: str | None = None
    since: str | None = None
    command: str | None = None

    def __str__(self) -> str:
        who = f"{self.command or 'run'} with process id {self.pid}" if self.pid else "another program"
        return f"{who}{f' on {self.host}' if self.host else ''}{f' since {self.since}' if self.since else ''}"


def lock_path(database: Path) -> Path:
    """The lock's file: beside the database itself, however its path is spelled, with ``.lock`` added."""
    return Path(f"{os.path.realpath(database)}.lock")


@contextmanager
def hold_lock(
    database: Path,
    *,
    command: str = "run",
    wait: bool = False,
    give_up: Callable[[], bool] = lambda: False,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[None]:
    """Hold the lock of `database` inside the ``with`` block.

    Parameters
    ----------
    database
        The database file; need not exist yet, its folder is made.
    command
        What is running, for the message others get.
    wait
        Wait for the lock, instead of raising at once.
    give_up
        Asked while waiting; once true, waiting ends.
    tell
        Told once, where there is something to wait for.

    Raises
    ------
    RunInProgress
        Another process holds it; the message says who and since when.
    Interrupted
        `give_up` said so.
    AccessDenied, DatabaseBad, DiskFull, DiskError
        The lock's file cannot be made there, and so could no database.
    """
    handle = _open_lock(database)
    has_told = False
    with ExitStack() as kept:
        kept.callback(os.close, handle)
        while (holder := _take(handle, database, kept)) is not None:
            if not wait:
                raise RunInProgress(
                    f"{holder} holds {database}", "one run at a time", "wait for it to end, or use --wait"
                )
            if give_up():
                raise Interrupted("stopped while waiting for another run", "", "run again later")
            if not has_told:
                has_told = True
                tell(f"{holder} to let go of {database}")
            time.sleep(_POLL_S)
        _write_note(handle, command)
        yield
        with suppress(OSError):
            os.ftruncate(handle, 0)


def _take(handle: int, database: Path, kept: ExitStack) -> LockHolder | None:
    """Take the lock; None where that went well, else who has it."""
    if not _try_lock(handle):
        return read_holder(database)
    name = _name_of_file(database)
    if name is None:
        return None
    # A hard link, or a file bound into another folder, has a lock file of its own. So the file is held
    # by its number too, as a socket without a path, which the kernel removes with its holder. A lock on
    # the database file itself would not do: closing it drops the locks SQLite has on it.
    with ExitStack() as trying:
        try:
            held = trying.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            held.bind(name)
            held.listen()
        except OSError:
            return _find_rival(name)
        kept.push(trying.pop_all())
    return None


def _name_of_file(database: Path) -> str | None:
    """A name for a database by what it is, whatever it is called; None where it is not made yet."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        status = os.stat(database)
    except OSError:
        return None
    return f"\0speechcx.run.{status.st_dev:x}.{status.st_ino:x}"


def _find_rival(name: str) -> LockHolder | None:
    """Who holds a file by its number; None where it is nobody who may write it, or nobody any more."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.settimeout(1.0)
            asking.connect(name)
            told = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    except OSError:
        return None
    pid, user, _ = struct.unpack("3i", told)
    # Anybody can take such a name; only the superuser and we ourselves can be another run of ours.
    return LockHolder(pid, socket.gethostname(), command="run") if user in (0, os.getuid()) else None


def _open_lock(database: Path) -> int:
    path = lock_path(database)
    try:
        make_private_folder(path.parent)
        found = explain_place(database, writing=True)
        if found is not None:
            raise found
        # Never removed: a second run could lock the removed file while a third locks its successor.
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise explain(error, database) or SpeechcxError(
            f"{path} cannot be made: {error.strerror}", "a folder for the database", "name another with --db"
        ) from error


def read_holder(database: Path) -> LockHolder:
    """Who the lock's file says holds it."""
    try:
        data = json.loads(lock_path(database).read_bytes()[:_MAX_NOTE_BYTES])
        return LockHolder(int(data["pid"]), str(data["host"]), str(data["since"]), str(data["command"]))
    except (OSError, ValueError, KeyError, TypeError):
        return LockHolder()


def is_locked(database: Path) -> bool:
    """Whether a run holds the lock of `database` now."""
    try:
        handle = os.open(lock_path(database), os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _try_lock(handle)
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_note(handle: int, command: str) -> None:
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    note = LockHolder(os.getpid(), socket.gethostname(), since, command)
    # On a full disk the lock holds without its note.
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(asdict(note)).encode(), 0)
