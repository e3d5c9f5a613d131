"""Looks at a database from its bytes up to its decisions, and tells every problem."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import get_args

from speechcx.store import Store
from speechcx.store.database import migrate
from speechcx.store.decisions.trail_check import verify_trail
from speechcx.store.integrity.check_calls import find_bad_calls, find_bad_shared
from speechcx.store.integrity.check_ledger import find_ledger_problems
from speechcx.store.integrity.problem import REPAIR, RESTORE, Area, DatabaseProblem, Repair
from speechcx.store.integrity.recount import find_wrong_sums

AREAS: tuple[Area, ...] = get_args(Area)

_MANY = 100
"""Lines of SQLite's own check that are read."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What to look at, beyond what is always looked at.

    Parameters
    ----------
    is_running
        Whether a run holds the lock now: its claims are no problem.
    every_call
        Read every call back, not only those that look wrong and a sample.
    """

    is_running: bool = False
    every_call: bool = False


def examine(
    store: Store, what: Examined | None = None, *, report: Callable[[Area], None] = lambda _: None
) -> Iterator[DatabaseProblem]:
    """Every problem of an open database, area by area.

    Parameters
    ----------
    store
        May be open for reading only; nothing is written but to its temporary tables.
    what
        See :class:`Examined`.
    report
        Told of each area as it begins.
    """
    wanted = what or Examined()
    # A flipped bit can leave text that is no UTF-8: it must still be read, to be compared.
    read_only = store.db.execute("PRAGMA query_only").fetchone()[0]
    # Would keep its temporary tables away too; the file itself stays open for reading only.
    store.db.execute("PRAGMA query_only = OFF")
    store.db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    steps: tuple[tuple[Area, Callable[[], Iterable[DatabaseProblem]]], ...] = (
        ("file", lambda: _find_file_problems(store.db)),
        ("schema", lambda: _find_schema_problems(store.db)),
        ("search_index", lambda: _find_index_problems(store.db)),
        ("calls", lambda: find_bad_calls(store, every_call=wanted.every_call)),
        ("shared", lambda: find_bad_shared(store.db)),
        ("sums", lambda: find_wrong_sums(store.db)),
        ("ledger", lambda: find_ledger_problems(store.db, is_running=wanted.is_running)),
        ("decisions", lambda: _find_decision_problems(store)),
    )
    try:
        for area, find in steps:
            report(area)
            if not store.db.in_transaction:
                # One view of the database for all steps, while a run may write; undone in the end.
                store.db.execute("BEGIN")
            try:
                yield from find()
            except (sqlite3.DatabaseError, UnicodeError, ValueError, TypeError) as error:
                yield unreadable(area, error)
    finally:
        if store.db.in_transaction:
            store.db.execute("ROLLBACK")
        store.db.text_factory = str
        store.db.execute(f"PRAGMA query_only = {read_only}")


@dataclass(frozen=True, slots=True)
class Rows:
    """Number of the schema, calls and files of a database."""

    schema: int
    calls: int
    files: int


def count_rows(store: Store) -> Rows:
    """How much is in a database."""
    calls, files = (
        store.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("calls", "files")
    )
    return Rows(store.db.execute("PRAGMA user_version").fetchone()[0], calls, files)


def unreadable(area: Area, error: Exception) -> DatabaseProblem:
    """The problem of an area that could not be read to its end."""
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
        return DatabaseProblem(
            area,
            "the file does not begin as a database does",
            "it is another file, or its first page was written over",
            f"name the database by --db; if this is it: {RESTORE}",
        )
    return DatabaseProblem(
        area, f"the database cannot be read here: {error}", "rows are lost or changed", RESTORE
    )


def _find_file_problems(db: sqlite3.Connection) -> Iterator[DatabaseProblem]:
    for (line,) in db.execute(f"PRAGMA integrity_check({_MANY})"):
        if line == "ok":
            continue
        is_index = "index" in line and "NULL value" not in line
        yield DatabaseProblem(
            "file",
            f"SQLite finds: {line}",
            "an index misses rows or has too many; the rows themselves are there" if is_index
            else "a part of the file is damaged, by the disk, a copy in the midst of writing, or another program",
            REPAIR if is_index else RESTORE,
            repair="indexes" if is_index else None,
        )  # fmt: skip
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield DatabaseProblem(
            "file",
            f"{'a row' if row is None else f'row {row}'} of {table} refers to a row of {parent} that is not there",
            f"something else than speechcx removed a row of {parent}",
            RESTORE,
            table=table,
        )


def _find_schema_problems(db: sqlite3.Connection) -> Iterator[DatabaseProblem]:
    expected, comments = expected_schema()
    found = read_objects(db)
    for (kind, name), sql in expected.items():
        if found.get((kind, name)) == sql:
            continue
        is_gone = (kind, name) not in found
        can_repair = kind != "table"
        yield DatabaseProblem(
            "schema",
            f"the {kind} {name} is {'missing' if is_gone else 'not the one of this version'}",
            _MEANING[kind],
            REPAIR if can_repair else RESTORE,
            table=name if kind == "table" else None,
            repair="schema" if can_repair else None,
        )
    for kind, name in found.keys() - expected.keys():
        if kind == "trigger":
            what = f"the trigger {name} is not one of speechcx"
            cure = f"remove it: DROP TRIGGER {name}"
            yield DatabaseProblem("schema", what, "it changes what is written, or stops it", cure)
    for table, rows in comments.items():
        if rows != tuple(sorted(db.execute(f"SELECT * FROM {table}"))):
            what = f"the comments in {table} are not those of this version"
            yield DatabaseProblem(
                "schema", what, "no call is touched", REPAIR, table=table, repair="comments"
            )


@cache
def expected_schema() -> tuple[dict[tuple[str, str], str], dict[str, tuple[tuple[str, ...], ...]]]:
    """SQL of a new database by kind and name, and the rows of its comments by table."""
    new = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(new)
        comments = {
            table: tuple(sorted(new.execute(f"SELECT * FROM {table}"))) for table in ("_tables", "_columns")
        }
        return read_objects(new), comments
    finally:
        new.close()


_MEANING = {
    "table": "its rows are lost, or another program changed its form",
    "index": "answers stay right and get slow; a unique one no longer keeps doubles out",
    "trigger": "the search index, or what may never change, is no longer guarded",
    "view": "questions that read it fail",
}


def read_objects(db: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """SQL of every table, index, trigger and view by kind and name; not those SQLite makes by itself."""
    rows = db.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND name NOT LIKE 'turns\\_fts\\_%' ESCAPE '\\' OR type = 'trigger'"
    )
    return {(kind, name): sql for kind, name, sql in rows}


def _find_index_problems(db: sqlite3.Connection) -> Iterator[DatabaseProblem]:
    """Compare the search index with the words, in a copy in memory: its own check would write."""
    try:
        db.execute("CREATE TEMP VIEW checked_turns AS SELECT turn_id, text FROM main.turns_data")
        (sql,) = db.execute("SELECT sql FROM main.sqlite_master WHERE name = 'turns_fts'").fetchone()
        db.execute(
            sql.replace("TABLE turns_fts", "TABLE temp.checked_fts").replace(
                "'turns_data'", "'checked_turns'"
            )
        )
        for part in ("data", "idx", "config"):
            db.execute(f"DELETE FROM temp.checked_fts_{part}")
            db.execute(f"INSERT INTO temp.checked_fts_{part} SELECT * FROM main.turns_fts_{part}")
        # What the new table remembers of its own empty index is forgotten when a change is undone.
        db.execute("SAVEPOINT fresh")
        db.execute("INSERT INTO temp.checked_fts (rowid, text) VALUES (1, 'x')")
        db.execute("ROLLBACK TO fresh")
        db.execute("RELEASE fresh")
        db.execute("INSERT INTO temp.checked_fts (checked_fts, rank) VALUES ('integrity-check', 1)")
    except (sqlite3.DatabaseError, TypeError) as error:
        yield DatabaseProblem(
            "search_index",
            f"the search index does not match the words of the calls ({error})",
            "searches miss calls or find wrong ones; the words themselves are another table",
            REPAIR,
            table="turns_fts",
            repair="search_index",
        )


def _find_decision_problems(store: Store) -> Iterator[DatabaseProblem]:
    for what in verify_trail(store).problems:
        yield DatabaseProblem(
            "decisions",
            what,
            "what people decided can no longer be proved from this file alone",
            "compare with a backup: speechcx audit --verify --db COPY; ask who had access to the file",
        )


def repairs_of(problems: Iterable[DatabaseProblem]) -> tuple[Repair, ...]:
    """The repairs that problems ask for, each once."""
    wanted = {problem.repair for problem in problems}
    return tuple(kind for kind in get_args(Repair) if kind in wanted)
