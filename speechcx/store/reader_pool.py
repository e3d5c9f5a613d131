"""Connections that stay open for the next reader: opening one takes longer than most questions, for its schema.

A connection is lent to one thread at a time, and shows the calls of the person it is lent for, no others: what was
hidden for the last one is undone first. One that may be in any other state than a new one is closed and not lent
again: after an error, inside a transaction, with tables of its own, or of a file that is no longer at its place.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

from speechcx.store import Store
from speechcx.store.database import expect_unchanged, open_database, read_migrations
from speechcx.store.visible import (
    VisibleCalls,
    find_calls_under_review,
    hide_other_calls,
    show_all_calls,
)

MAX_IDLE = 12
"""Connections that wait at once; each may hold 64 MB of pages."""

_Sight = tuple[VisibleCalls | None, tuple[str, ...]]
FilePlace = tuple[int, int]
"""Which file: its device and its number there."""


class Lendable(sqlite3.Connection):
    """A connection that knows its cursors: one that was not read to its end would keep it in the past."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *args: Any, **named: Any) -> Any:
        """A cursor that is known."""
        made = super().cursor(*args, **named)
        self._cursors.add(made)
        return made

    def execute(self, *args: Any) -> sqlite3.Cursor:
        """As usual; Python itself would make a cursor of its own."""
        return self.cursor().execute(*args)  # type: ignore[no-any-return]

    def executemany(self, *args: Any) -> sqlite3.Cursor:
        """As usual."""
        return self.cursor().executemany(*args)  # type: ignore[no-any-return]

    def end_questions(self) -> None:
        """Close every cursor that is still there."""
        for one in list(self._cursors):
            one.close()


@dataclass(slots=True, eq=False)
class _Idle:
    db: sqlite3.Connection
    place: FilePlace | None
    sight: _Sight


class ReaderPool:
    """Lends stores of one database to read.

    Parameters
    ----------
    path
        The database file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[_Idle] = []
        self._lock = threading.Lock()
        self._is_closed = False

    @contextmanager
    def lend(self, visible: VisibleCalls | None, *, reviewer: str | None = None) -> Iterator[Store]:
        """A store as :meth:`speechcx.store.Store.open_for` gives one, and with its errors; it must not be closed."""
        held = self._take(visible) or self._open()
        try:
            store = Store(held.db, self._path)
            store.visible = visible
            store.under_review = () if reviewer is None else find_calls_under_review(held.db, reviewer)
            if held.sight != (visible, store.under_review):
                show_all_calls(held.db)
                hide_other_calls(held.db, visible, store.under_review)
                held.sight = (visible, store.under_review)
            yield store
            expect_unchanged(held.db, self._path)
        except BaseException:
            held.db.close()
            raise
        self._give_back(held)

    def close(self) -> None:
        """Close what waits; what is still lent is closed when it comes back."""
        with self._lock:
            waiting, self._idle, self._is_closed = self._idle, [], True
        for one in waiting:
            one.db.close()

    def _take(self, visible: VisibleCalls | None) -> _Idle | None:
        """An idle connection of the file that is there now: one that shows these calls already, else any."""
        place = find_place(self._path)
        with self._lock:
            gone = [one for one in self._idle if place is None or one.place != place]
            self._idle = [one for one in self._idle if one not in gone]
            alike = [one for one in self._idle if one.sight[0] == visible]
            # Of the others the one that was used longest ago, so that people who come often find theirs.
            taken = alike[-1] if alike else self._idle[0] if len(self._idle) >= MAX_IDLE else None
            if taken is not None:
                self._idle.remove(taken)
        for one in gone:
            one.db.close()
        if taken is None:
            return None
        if taken.db.execute("PRAGMA user_version").fetchone()[0] != len(read_migrations()):
            # Another version of speechcx has changed the tables; opening it again says so.
            taken.db.close()
            return None
        return taken

    def _open(self) -> _Idle:
        place = find_place(self._path)
        db = open_database(self._path, create=False, read_only=True, kind=Lendable)
        return _Idle(db, place, (None, ()))

    def _give_back(self, held: _Idle) -> None:
        if isinstance(held.db, Lendable) and _is_as_new(held.db):
            with self._lock:
                if not self._is_closed and len(self._idle) < MAX_IDLE:
                    self._idle.append(held)
                    return
        held.db.close()


def _is_as_new(db: Lendable) -> bool:
    """Whether nothing of the last reader is left but which calls are shown."""
    db.end_questions()
    tables = "SELECT count(*) FROM temp.sqlite_master WHERE type <> 'view'"
    return not db.in_transaction and not db.execute(tables).fetchone()[0]


def find_place(path: Path) -> FilePlace | None:
    """Which file is at a path; None where there is none that can be seen."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
