"""What keeps a database file from being read or written, told by cause, each with its own cure.

SQLite says "unable to open database file" of a folder in its place, of a missing permission and of a
read-only disk alike. What it is stands in the file system, so that is where this module looks. An
error that is about one call, or a fault of our own, is none of this: ``explain`` gives None for it.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

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
from speechcx.store.busy import is_busy, name_holder

_NEARLY_FULL_BYTES = 256 * 1024
"""With less room than this, a failed write is the full disk's: SQLite extends its files by this or less."""

_NEW_FORM_BYTES = 1_250_000
"""Room that the tables of an empty database take with their log (0.96 MB), and a quarter more."""

_PLACE = "name another file with --db, or correct files.database"
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_ACCESS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_IN_THE_WAY = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EEXIST
)  # fmt: skip
_IO = (errno.EIO, errno.ENXIO, errno.ESTALE, errno.EREMOTEIO)


def explain(error: BaseException, path: Path, *, writing: bool = True) -> SpeechcxError | None:
    """What is wrong with a database, its folder or its disk; None where `error` is about something else.

    Parameters
    ----------
    error
        As SQLite or the system raised it.
    path
        The database.
    writing
        Whether it was to be written, so that a missing right to do so may be the reason.
    """
    if isinstance(error, SpeechcxError):
        return error
    if isinstance(error, OSError):
        return _explain_os(error, path)
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if is_busy(error):
        return _busy(path)
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_FULL:
        return _full(path)
    if primary in _DAMAGE:
        return _damaged(error, path, is_database=primary == sqlite3.SQLITE_CORRUPT)
    return _explain_access(error, path, writing=writing) if primary in _ACCESS else None


def explain_file(error: OSError) -> SpeechcxError | None:
    """What keeps any other file from being read or written; None where it is a fault of our own."""
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else "a file"
    if error.errno in _FULL:
        return DiskFull(f"the disk is full: {name}", "room for what is written", "free space, then try again")
    if error.errno in _IN_THE_WAY:
        return AccessDenied(
            f"{name} cannot be used: {error.strerror}", "permission, on a disk that can be written",
            "name another place, or ask for the right",
        )  # fmt: skip
    if error.errno in _IO:
        return DiskError(
            f"the disk fails: {name}: {error.strerror}", "a disk that answers", "look at the disk"
        )
    return None


def explain_place(path: Path, *, writing: bool) -> SpeechcxError | None:
    """What in the file system keeps `path` from being a database to read or write; None where nothing does."""
    for look in (_look_at_file, _look_at_folder):
        found = look(path, writing)
        if found is not None:
            return found
    return None


def _busy(path: Path) -> DatabaseBusy:
    return DatabaseBusy(
        f"{name_holder(path)} holds {path}",
        "a database that no other program has locked for so long",
        "end that program, or let it finish, then run again; what is done so far is kept",
    )


def expect_room_for_tables(path: Path) -> None:
    """Room for a database to be made, or brought to a new form.

    SQLite maps its shared index into memory, and on a disk that fills meanwhile the kernel ends the process (SIGBUS)
    before an error could be told.

    Raises
    ------
    DiskFull
        There is too little.
    """
    if _free_bytes(path) < _NEW_FORM_BYTES:
        raise _full(path)


def _full(path: Path) -> DiskFull:
    return DiskFull(
        f"the disk that holds {path} is full",
        "room for what is written",
        "free space, then run again; what was saved before is kept",
    )


def damaged(path: Path, why: str) -> DatabaseDamaged:
    """The error of a database with damaged parts."""
    return DatabaseDamaged(
        f"parts of {path} are damaged: {why}",
        "a database whose every page can be read",
        "run `speechcx check`, restore it from a backup, and look at the disk it is on",
    )


def _damaged(error: BaseException, path: Path, *, is_database: bool) -> SpeechcxError:
    if is_database:
        return damaged(path, str(error))
    return DatabaseBad(
        f"{path} cannot be read as a database: {error}",
        "a database made by `speechcx init` or `speechcx run`",
        _PLACE,
    )


def _explain_access(error: sqlite3.Error, path: Path, *, writing: bool) -> SpeechcxError:
    code = error.sqlite_errorcode
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return _moved(path)
    found = explain_place(path, writing=False) or (explain_place(path, writing=True) if writing else None)
    if found is not None:
        return found
    if _free_bytes(path) < _NEARLY_FULL_BYTES:
        return _full(path)
    if code & 0xFF == sqlite3.SQLITE_READONLY:
        return _denied(path, "may not be written", "permission to write it", "ask its owner for the right")
    return DiskError(
        f"{path} cannot be read or written: {error} ({error.sqlite_errorname})",
        "a disk that answers",
        "look at the disk and its quota (`dmesg`, `df`), then run again; what was saved before is kept",
    )


def _explain_os(error: OSError, path: Path) -> SpeechcxError | None:
    if error.errno in _FULL:
        return _full(path)
    if error.errno in _IN_THE_WAY:
        found = explain_place(path, writing=True)
        place = os.fsdecode(error.filename) if error.filename else str(path)
        return found or _denied(path, f"needs {place}, which cannot be opened: {error.strerror}")
    if error.errno == errno.ENOENT and error.filename is not None and _is_beside(error.filename, path):
        return _moved(path)
    if error.errno in _IO:
        return DiskError(
            f"the disk that holds {path} fails: {error.strerror}",
            "a disk that answers",
            "look at the disk (`dmesg`), then run again; what was saved before is kept",
        )
    return None


def _moved(path: Path) -> DiskError:
    return DiskError(
        f"{path} was moved, removed or replaced while it was open",
        "a database that stays where it is",
        "put it back, then run again",
    )


def _is_beside(name: str | bytes, path: Path) -> bool:
    """Whether a file is the database, one that is kept beside it under its name, or their folder."""
    place, database = os.path.abspath(os.fsdecode(name)), os.path.abspath(path)
    return place.startswith(database) or place == os.path.dirname(database)


def _denied(
    path: Path, what: str, expected: str = "permission to use it", cure: str = _PLACE
) -> AccessDenied:
    return AccessDenied(f"{path} {what}", expected, cure)


def _read_only(path: Path) -> AccessDenied:
    return _denied(
        path, "lies on a disk that is read-only", "a disk that can be written",
        "make it writable, or name another file with --db; commands that only read work as it is",
    )  # fmt: skip


def _look_at_file(path: Path, writing: bool) -> SpeechcxError | None:
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return _read_only(path) if writing and is_read_only_disk(path) else None
    except NotADirectoryError:
        return DatabaseBad(f"a part of the path {path} is a file, not a folder", "a folder", _PLACE)
    except PermissionError:
        return _denied(path, "lies in a folder that may not be entered", "permission to enter it")
    except OSError as error:
        if error.errno == errno.ELOOP:
            return DatabaseBad(f"{path} is a symbolic link that leads back to itself", "a file", _PLACE)
        return None
    if stat.S_ISDIR(mode):
        return DatabaseBad(f"{path} is a folder", "the file of a database", _PLACE)
    if not stat.S_ISREG(mode):
        return DatabaseBad(f"{path} is not an ordinary file", "the file of a database", _PLACE)
    if not os.access(path, os.R_OK):
        return _denied(path, "may not be read", "permission to read it", "ask its owner for the right")
    if writing and is_read_only_disk(path):
        return _read_only(path)
    if writing and not os.access(path, os.W_OK):
        return _denied(
            path, "may not be written", "permission to write it",
            "ask its owner for the right; commands that only read work as it is",
        )  # fmt: skip
    return None


def _look_at_folder(path: Path, writing: bool) -> SpeechcxError | None:
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        if writing:
            return _denied(path, f"needs the folder {folder}, which cannot be made")
        return DatabaseMissing(f"there is no folder {folder}", "the folder of a database", _PLACE)
    for beside in besides(path):
        if beside.is_dir() or (beside.exists() and not os.access(beside, os.R_OK)):
            return _denied(
                path, f"needs {beside}, which cannot be opened", "a file SQLite may use", "move that away"
            )
    if writing and not os.access(folder, os.W_OK | os.X_OK):
        return _denied(
            path, f"needs files beside it, and the folder {folder} may not be written",
            "permission to write in that folder", "ask its owner for the right, or use another folder",
        )  # fmt: skip
    return None


def besides(path: Path) -> tuple[Path, Path]:
    """The log and the shared index that SQLite keeps beside a database."""
    real = os.path.realpath(path)
    return Path(f"{real}-wal"), Path(f"{real}-shm")


def is_read_only_disk(path: Path) -> bool:
    """Whether the file system of `path` is mounted read-only."""
    return bool(_ask_disk(path, lambda room: room.f_flag & os.ST_RDONLY, default=0))


def _free_bytes(path: Path) -> int:
    return _ask_disk(path, lambda room: room.f_bavail * room.f_frsize, default=2**62)


def _ask_disk(path: Path, ask: Callable[[os.statvfs_result], int], *, default: int) -> int:
    folder = Path(os.path.realpath(path))
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return ask(os.statvfs(folder))
    except OSError:
        return default
