"""Views, plays and exports on their way to the audit trail: written together by one thread, so that no page waits.

The connection that writes them stays open, and tells whether anybody else has changed the database: what was worked
out before is as true as it was, however many pages were noted meanwhile.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from speechcx.errors import SpeechcxError
from speechcx.store import Store
from speechcx.store.database import open_database
from speechcx.store.decisions.audit import Action, AuditEntry, add_entries
from speechcx.store.decisions.reading_log import record_reading, take_queue
from speechcx.store.reader_pool import FilePlace, find_place

EVERY_S = 600.0
"""The same person at the same call for the same thing is written once in so many seconds: a player asks for each
stretch of sound on its own."""
GATHER_S = 0.5
RETRY_S = 5.0
STAMP_WAIT_S = 0.1
MAX_WAITING = 20_000
_MOST_KNOWN = 50_000

_Key = tuple[str, Action, str | None, str]
_Item = tuple[str, AuditEntry]


class TrailWriter:
    """Writes entries down behind the back of the pages.

    Parameters
    ----------
    database
        Where the audit trail is.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._waiting: queue.Queue[_Item | None] = queue.Queue(MAX_WAITING)
        self._known: OrderedDict[_Key, float] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._held = threading.Lock()
        self._store: Store | None = None
        self._place: FilePlace | None = None
        self._opened = 0

    def note(self, who: str, action: Action, call_id: str | None, detail: Mapping[str, object]) -> None:
        """Have something written down; where too much waits, the page waits until there is room."""
        key, now = (who, action, call_id, repr(sorted(detail.items()))), time.monotonic()
        with self._lock:
            if now - self._known.get(key, -EVERY_S) < EVERY_S:
                return
            self._known[key] = now
            self._known.move_to_end(key)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="audit trail", daemon=True)
                self._thread.start()
        self._waiting.put((who, AuditEntry(action, call_id, detail=dict(detail))))

    def flush(self) -> None:
        """Wait until everything is written down."""
        if self._thread is not None:
            self._waiting.join()

    def close(self) -> None:
        """Write what waits, and stop."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None
        with self._held:
            self._drop()

    def find_stamp(self) -> tuple[int, int] | None:
        """Another value after each change of the database by anybody else; None where it cannot be told now."""
        if not self._held.acquire(timeout=STAMP_WAIT_S):
            return None
        try:
            changes = self._open().count_changes()
            return self._opened, changes
        except (SpeechcxError, sqlite3.Error):
            self._drop()
            return None
        finally:
            self._held.release()

    def _open(self) -> Store:
        """The connection to the file that is there now; the lock is held."""
        place = find_place(self._database)
        if self._store is not None and self._place != place:
            self._drop()
        if self._store is None:
            db = open_database(self._database, create=False, read_only=False, kind=sqlite3.Connection)
            self._store, self._place = Store(db, self._database), place
            self._opened += 1
        return self._store

    def _drop(self) -> None:
        if self._store is not None:
            with suppress(sqlite3.Error):
                self._store.close()
            self._store = None

    def _work(self) -> None:
        is_last = False
        while not is_last:
            taken = [self._waiting.get()]
            time.sleep(GATHER_S if taken[0] is not None else 0)
            while not self._waiting.empty():
                taken.append(self._waiting.get())
            is_last = None in taken
            self._write([one for one in taken if one is not None], once=is_last)
            for _ in taken:
                self._waiting.task_done()

    def _write(self, items: list[_Item], *, once: bool) -> None:
        """All in one transaction; again and again while it cannot be written, the last time into the queue."""
        while items:
            try:
                with self._held:
                    self._write_now(items)
                return
            except SpeechcxError:
                if once:
                    for who, entry in items:
                        record_reading(self._database, who, [entry])
                    return
                time.sleep(RETRY_S)

    def _write_now(self, items: list[_Item]) -> None:
        """All in one transaction; a SpeechcxError where it cannot be. The lock is held."""
        store = self._open()
        try:
            take_queue(store)
            with store.write():
                for who, entry in items:
                    add_entries(store, who, [entry])
        except BaseException as error:
            self._drop()
            found = store.explain(error) if isinstance(error, sqlite3.Error) else None
            if found is not None:
                raise found from error
            raise
