"""The store: SQLite, everything that was found out about every call, and what became of every file.

Takes: outcomes (a ``Call`` or a ``Failure``). Gives: the same nouns back, equal to what was saved.
Never decodes, judges or prints. One call is one transaction; only the parent process writes.

To keep a new measure: a column in a new file under ``migrations/`` (with its comment), and the pair
of functions that write and read it.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from speechcx.call import Call
from speechcx.store.database import open_database, write_transaction
from speechcx.store.ledger import (
    FileState,
    FileStats,
    KnownFile,
    Ledger,
    RunInfo,
    RunSummary,
    digest_details,
)

__all__ = [
    "FileState",
    "FileStats",
    "KnownFile",
    "Ledger",
    "RunInfo",
    "RunSummary",
    "Store",
    "digest_details",
]


class Store:
    """An open database; a context manager. Make one with :meth:`open`."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db = db
        self.path = path
        self.ledger = Ledger(db, write=self.write, save_call=self.save_call)

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False, read_only: bool = False) -> Store:
        """Open a database, bringing an old schema up to date after a backup beside it.

        Parameters
        ----------
        path
            The database file.
        create
            Make the file where there is none, readable by its owner only.
        read_only
            Refuse every write; also refuses a schema that would first need a migration.

        Raises
        ------
        DatabaseMissing
            There is no file, and `create` is not set.
        DatabaseBad
            The file is not ours, damaged, or written by a newer version.
        """
        place = Path(path)
        return cls(open_database(place, create=create, read_only=read_only), place)

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self) -> AbstractContextManager[None]:
        """One write transaction (``BEGIN IMMEDIATE``); inside another one, part of it."""
        return write_transaction(self.db)

    def save_call(self, call: Call) -> None:
        """Replace everything stored of a call by this."""
