"""Who read, searched and took away what: into the audit trail, without making anybody wait for a run that writes.

Where the database is held by another program for longer than a moment, entries wait in a file beside it
(``DATABASE.audit-queue``) and are written by the next one who can, each once. Where nothing can be written at all, the
caller is told and decides.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from speechcx.errors import DatabaseBad, SpeechcxError
from speechcx.store import Patience, Store
from speechcx.store.busy import BUSY_LIMIT_S
from speechcx.store.database import APPLICATION_ID, read_migrations
from speechcx.store.decisions.audit import AuditEntry, add_entries
from speechcx.store.moments import utc_text

Recorded = Literal["written", "waiting", "not recorded"]

WAIT_S = 0.25
"""How long a reader waits for another program before the entry goes into the queue."""
_MOST_QUEUED_BYTES = 50_000_000


def open_to_read(database: Path) -> Store:
    """A database open to answer a question, on whose connection :func:`record_reading` can write that it was asked.

    Opening costs several times as much as an entry, since SQLite reads the whole schema. Nothing else can be written
    on it. A file that cannot be opened so is open as with ``Store.open(read_only=True)``, with its errors.
    """
    try:
        store = _open_to_add(database)
    except (SpeechcxError, sqlite3.Error, OSError):
        return Store.open(database, read_only=True)
    store.db.execute(f"PRAGMA busy_timeout = {round(1000 * BUSY_LIMIT_S)}")
    store.db.execute("PRAGMA cache_size = -65536")
    store.db.execute("PRAGMA query_only = ON")
    return store


def record_reading(
    database: Path, who: str, entries: Sequence[AuditEntry], *, store: Store | None = None
) -> Recorded:
    """Write entries into the audit trail of a database, or into its queue.

    Parameters
    ----------
    database
        The file; its schema is of this version.
    who
        Who it was.
    entries
        What was done.
    store
        What :func:`open_to_read` opened, and is still open; None to open the file for this.

    Returns
    -------
    Recorded
        ``waiting`` where another program holds the database, ``not recorded`` where nothing can be written.
    """
    at = utc_text()
    try:
        if store is not None:
            _add(store, who, entries, at)
        else:
            with _open_to_add(database) as opened:
                _add(opened, who, entries, at)
        return "written"
    except (SpeechcxError, sqlite3.Error, OSError):
        return "waiting" if _put_aside(database, who, entries, at) else "not recorded"


def _add(store: Store, who: str, entries: Sequence[AuditEntry], at: str) -> None:
    store.db.execute("PRAGMA query_only = OFF")
    try:
        take_queue(store)
        add_entries(store, who, entries, at=at)
    finally:
        store.db.execute("PRAGMA query_only = ON")


def _open_to_add(database: Path) -> Store:
    """A database open for adding rows and nothing else: a quarter of the work of opening it for everything.

    A power cut may cost the newest entries, a crash none: a reader need not wait for the disk.
    """
    place = f"file:{quote(os.fsencode(database.absolute()))}?mode=rw"
    db = sqlite3.connect(place, uri=True, isolation_level=None, timeout=WAIT_S)
    try:
        (mark,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if mark != APPLICATION_ID or version != len(read_migrations()):
            raise DatabaseBad(f"{database} has schema {version}", f"schema {len(read_migrations())}", "")
        for setting in (
            "foreign_keys = ON",
            "temp_store = MEMORY",
            "synchronous = NORMAL",
            "trusted_schema = OFF",
        ):
            db.execute(f"PRAGMA {setting}")
    except BaseException:
        db.close()
        raise
    return Store(db, database, Patience(WAIT_S, tell=_say_nothing))


def take_queue(store: Store) -> int:
    """Write down what waits in the queue, each entry once; returns how many that were."""
    queue = queue_path(store.path)
    taken = queue.with_name(f"{queue.name}.taken")
    if not (queue.exists() or taken.exists()):
        return 0
    with store.write():
        # One that is there was left by a program that was ended: some of its entries may be written.
        is_left = taken.exists()
        if not is_left:
            with suppress(FileNotFoundError):
                # What others add from now on goes into a file of its own.
                os.replace(queue, taken)
        known = _list_known(store.db) if is_left else frozenset()
        count = 0
        for at, who, entry in _read(taken):
            if (entry.detail or {}).get("queued") not in known:
                add_entries(store, who, [entry], at=at)
                count += 1
    taken.unlink(missing_ok=True)
    return count


def queue_path(database: Path) -> Path:
    """The file in which entries wait."""
    real = Path(os.path.realpath(database))
    return real.with_name(f"{real.name}.audit-queue")


def _list_known(db: sqlite3.Connection) -> frozenset[str]:
    rows = db.execute("SELECT detail ->> 'queued' FROM audit WHERE detail LIKE '%\"queued\"%'")
    return frozenset(mark for (mark,) in rows if mark is not None)


def _put_aside(database: Path, who: str, entries: Sequence[AuditEntry], at: str) -> bool:
    """Add entries to the queue, whole lines at once; false where that cannot be written either."""
    if not database.exists():
        return False
    lines = []
    for entry in entries:
        detail = {**(entry.detail or {}), "queued": secrets.token_hex(8)}
        told = {"at": at, "who": who, "action": entry.action, "call_id": entry.call_id, "rule": entry.rule}
        lines.append(json.dumps(told | {"detail": detail}, ensure_ascii=False))
    data = ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")
    try:
        handle = _lock_queue(queue_path(database))
    except OSError:
        return False
    try:
        return os.fstat(handle).st_size <= _MOST_QUEUED_BYTES and os.write(handle, data) == len(data)
    except OSError:
        return False
    finally:
        os.close(handle)


def _lock_queue(path: Path) -> int:
    """The queue, opened to add to it while nobody takes it away."""
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(handle, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), os.stat(path)):
                    return handle
        except BaseException:
            os.close(handle)
            raise
        # It was taken between opening and locking: the next one is another file.
        os.close(handle)


def _read(path: Path) -> Iterator[tuple[str, str, AuditEntry]]:
    """Entries of a queue; a line that a cut left unfinished is skipped."""
    try:
        reader = path.open("rb")
    except FileNotFoundError:
        return
    with reader:
        # Whoever opened it before it was taken finishes first.
        fcntl.flock(reader, fcntl.LOCK_EX)
        lines = reader.read().splitlines()
    for line in lines:
        try:
            told = json.loads(line)
            entry = AuditEntry(told["action"], told["call_id"], told["rule"], told["detail"])
            yield str(told["at"]), str(told["who"]), replace(entry, detail=dict(told["detail"]))
        except (ValueError, KeyError, TypeError):
            continue


def _say_nothing(_: str) -> None:
    pass
