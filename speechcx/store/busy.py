"""Waiting while another program holds the database, and finding out which one it is."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Returned = TypeVar("Returned")

logger = logging.getLogger(__name__)

BUSY_LIMIT_S = 30.0
"""How long a command waits for another program; a run has ``batch.busy_wait_s``."""

STEP_MS = 200
"""How long SQLite itself waits before we look again whether to go on waiting: signals are heard in between."""

_TELL_AFTER_S = 2.0
_PAUSE_S = 0.05
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_busy(error: BaseException) -> bool:
    """Whether another program's lock is all that is wrong."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _BUSY


@dataclass(slots=True)
class Patience:
    """How long to wait for a database that another program holds.

    Parameters
    ----------
    limit_s
        Seconds for each wait. Once they were not enough, later attempts do not wait at all.
    tell
        Told once for each long wait, what is waited for. By default it is logged as a warning, which a
        command shows on standard error.
    give_up
        Asked while waiting; once true, waiting ends.
    """

    limit_s: float = BUSY_LIMIT_S
    tell: Callable[[str], None] = lambda what: logger.warning("waiting for %s", what)
    give_up: Callable[[], bool] = lambda: False

    def wait(self, attempt: Callable[[], Returned], path: Path) -> Returned:
        """Call `attempt` until no lock is in its way.

        Raises
        ------
        sqlite3.OperationalError
            The lock outlasted `limit_s`, or waiting was given up.
        """
        begun, has_told = time.monotonic(), False
        while True:
            try:
                return attempt()
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
                waited_s = time.monotonic() - begun
                if waited_s >= self.limit_s or self.give_up():
                    self.limit_s = 0.0
                    raise
            if not has_told and waited_s >= _TELL_AFTER_S:
                has_told = True
                self.tell(f"{name_holder(path)} to let go of {path}")
            time.sleep(_PAUSE_S)


def name_holder(path: Path) -> str:
    """Who holds a lock on the database, as far as the system tells: ``sqlite3 with process id 123``."""
    holders = [pid for pid in _find_holders(path) if pid != os.getpid()]
    for pid in holders:
        try:
            command = Path(f"/proc/{pid}/comm").read_text("utf-8", "replace").strip()
        except OSError:
            continue
        return f"{command} with process id {pid}"
    return "another program"


def _find_holders(path: Path) -> list[int]:
    """Processes with a lock that keeps writers out, read from the kernel's list.

    Opening the file to ask would be wrong: closing it again drops SQLite's own locks on it.
    """
    wanted = {}
    real = os.path.realpath(path)
    for name in (f"{real}-shm", real):
        try:
            status = os.stat(name)
        except OSError:
            continue
        wanted[f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"] = name
    try:
        lines = Path("/proc/locks").read_text("ascii", "replace").splitlines()
    except OSError:
        return []
    # number: POSIX ADVISORY WRITE pid device:inode start end
    rows = [line.split() for line in lines]
    return [
        int(row[4])
        for row in rows
        if len(row) >= 8 and row[1] == "POSIX" and row[3] == "WRITE" and row[5] in wanted and int(row[4]) > 0
    ]
