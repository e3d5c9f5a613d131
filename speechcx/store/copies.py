"""Whole copies of a database, made while others write to it, and what one copy has that another has not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from speechcx.errors import RunInProgress
from speechcx.private_files import sync_file

_PAGES_A_STEP = 4096

ALONE_WITHIN_S = 30.0
"""How long a restore waits for other programs to close the database."""


@dataclass(frozen=True, slots=True)
class Newer:
    """What a database has that a copy has not.

    Parameters
    ----------
    runs, calls, changed_calls, decisions, audit_rows, searches
        Runs; calls that the copy has not; calls heard or judged since; entries of the decision chain; rows of
        the audit trail; saved searches.
    """

    runs: int = 0
    calls: int = 0
    changed_calls: int = 0
    decisions: int = 0
    audit_rows: int = 0
    searches: int = 0

    @property
    def is_anything(self) -> bool:
        """Whether there is any of it."""
        return any(
            (self.runs, self.calls, self.changed_calls, self.decisions, self.audit_rows, self.searches)
        )

    def __str__(self) -> str:
        parts = (
            (self.runs, "runs"), (self.calls, "calls"), (self.changed_calls, "calls heard or judged again"),
            (self.decisions, "steps of decisions"), (self.audit_rows, "rows of the audit trail"),
            (self.searches, "saved searches"),
        )  # fmt: skip
        return ", ".join(f"{count:,} {name}" for count, name in parts if count) or "nothing"


def copy_database(
    source: Path, target: Path, *, report: Callable[[int, int], None] = lambda _done, _all: None
) -> None:
    """Write a copy of a database as it is at one moment; writers go on, and are not waited for.

    Parameters
    ----------
    source
        The database; its log is read too.
    target
        Made new, for the owner alone, without a log beside it.
    report
        Told of the pages copied so far, and of all pages.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    target.chmod(0o600)
    place = f"{source.absolute().as_uri()}?mode=ro"
    old = sqlite3.connect(place, uri=True, isolation_level=None, timeout=30.0)
    new = sqlite3.connect(target, isolation_level=None)
    try:
        # With one view held open, a writer's commit does not make the copy begin again.
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        new.execute("PRAGMA synchronous = OFF")
        old.backup(new, pages=_PAGES_A_STEP, progress=lambda _, left, pages: report(pages - left, pages))
        new.execute("PRAGMA journal_mode = DELETE")
    finally:
        new.close()
        old.close()
    sync_file(target)


def find_newer(present: Path, copy: Path) -> Newer:
    """What `present` has that `copy` has not; sqlite3.DatabaseError where either cannot be read."""
    db = sqlite3.connect(f"{present.absolute().as_uri()}?mode=ro", uri=True, timeout=30.0)
    try:
        db.execute("ATTACH ? AS copy", (f"{copy.absolute().as_uri()}?mode=ro",))
        return Newer(
            runs=_count(db, "runs", "run_id, started_at, host, pid"),
            calls=_count(db, "calls", "call_id"),
            changed_calls=_count_changed(db),
            decisions=_count(db, "decision_chain", "entry_id, digest", "about <> 'audit'"),
            # That a copy was made is written down after it was made: no copy can have it.
            audit_rows=_count(db, "audit", "audit_id, digest", "action <> 'backup'"),
            searches=_count(db, "saved_searches", "name, words, filters"),
        )
    finally:
        db.close()


def leave_log(db: sqlite3.Connection) -> None:
    """Bring the log of a database into its file and keep none; fails where another connection is open."""
    db.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def hold_alone(database: Path) -> Iterator[None]:
    """Hold a database so that no other program reads or writes it, all of its log in the file.

    Raises
    ------
    RunInProgress
        Another program has it open.
    """
    db = sqlite3.connect(database, isolation_level=None, timeout=ALONE_WITHIN_S)
    try:
        try:
            # Only the last connection may leave the log, so this tells that no other one is open.
            leave_log(db)
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            raise RunInProgress(
                f"another program has {database} open", "the database alone", "close it, then try again"
            ) from error
        except sqlite3.DatabaseError:
            # Too damaged to be opened: nobody else can have it open either.
            pass
        yield
    finally:
        db.close()


def _count(db: sqlite3.Connection, table: str, columns: str, where: str = "1") -> int:
    """Rows of a table that only `main` has; all of them where the copy is from before that table."""
    there = {
        name: db.execute(
            f"SELECT 1 FROM {name}.sqlite_master WHERE type = 'table' AND name = ?", (table,)
        ).fetchone()
        for name in ("main", "copy")
    }
    if there["main"] is None:
        return 0
    known = f"EXCEPT SELECT {columns} FROM copy.{table}" if there["copy"] else ""
    row = db.execute(
        f"SELECT count(*) FROM (SELECT {columns} FROM main.{table} WHERE {where} {known})"
    ).fetchone()
    return int(row[0])


def _count_changed(db: sqlite3.Connection) -> int:
    row = db.execute(
        "SELECT count(*) FROM main.calls n JOIN copy.calls o USING (call_id)"
        " WHERE n.stored_at > o.stored_at OR n.judged_at > o.judged_at"
    ).fetchone()
    return int(row[0])
