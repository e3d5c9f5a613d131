"""What a database holds, told apart from when, by which run and in which order it got there.

Two nights over the same recordings must end in the same content, whatever happened meanwhile. Row
numbers differ with the order in which calls came back, so a row is known by what it says: a reference
counts as the row it points to, a number of its own does not count.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from speechcx.store.calls.customer_phrases import find_wrong_phrases
from speechcx.store.calls.row_digests import find_changed
from speechcx.store.daily_sums import find_wrong_tables
from speechcx.store.facts.handling_sums import find_wrong_handling

DOUBLED = "counted wrongly: "
"""How a fault begins where files, calls and attempts do not match one to one."""
_OF_RUNS = {
    "runs",
    "attempts",
    "_sqlite_migrations",
    "audit",
    "row_digests",
    "decision_chain",
    "decision_chain_end",
    "contacts",
}
"""Tables that tell what was done and when, or are made of other rows; they are checked against the rest."""
_VOLATILE = {
    "files": {"run_id", "changed_at", "attempts", "compared_at"},
    "failures": {"run_id", "failed_at"},
    "calls": {"stored_at", "judged_at"},
    "recordings": {"stages"},
    "rulebooks": {"first_used_at"},
}
"""Columns that say when, by which run, or how quickly."""
_PER_CALL = 100_000
_PACKED = {"turn_id", "piece_id"}
"""Numbers made of a call's number and a place in the call."""


@dataclass(frozen=True, slots=True)
class Content:
    """Digests of what a database holds.

    Parameters
    ----------
    calls
        Of everything stored of a call, by call id.
    others
        Of all the rest: files, failures, roster, rulebooks, lookup tables.
    """

    calls: dict[str, str]
    others: str

    @property
    def digest(self) -> str:
        """Of everything."""
        return hashlib.sha256(repr((sorted(self.calls.items()), self.others)).encode()).hexdigest()


def read_content(database: Path) -> Content:
    """Content of a database at rest."""
    with closing(sqlite3.connect(database)) as db:
        return _Reader(db).read()


def find_faults(database: Path, expected: Content) -> list[str]:
    """Everything that is wrong with a database at any moment of any night over the same recordings.

    Sound pages, index and references; every call whole and as `expected`; one call, one finished
    attempt and one file for each other.
    """
    if not database.exists() or database.stat().st_size == 0:
        return []
    with closing(sqlite3.connect(database)) as db:
        faults = [f"integrity: {row[0]}" for row in db.execute("PRAGMA integrity_check") if row != ("ok",)]
        if faults:
            return faults
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'turns_fts'").fetchone():
            return []
        faults += [f"dangling reference: {row}" for row in db.execute("PRAGMA foreign_key_check")]
        try:
            db.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            faults.append(f"search index: {error}")
        db.rollback()
        faults += [f"the digest of {row} does not fit" for row in find_changed(db)]
        faults += [
            f"{rows} rows of {table} are counted wrongly"
            for table, rows in (*find_wrong_tables(db), *find_wrong_handling(db))
        ]
        faults += [
            f"the phrases of call {number} are not those of its words" for number in find_wrong_phrases(db)
        ]
        [done], [calls, distinct] = (
            db.execute(sql).fetchone()
            for sql in (
                "SELECT count(*) FROM files WHERE state = 'done'",
                "SELECT count(*), count(DISTINCT call_id) FROM calls",
            )
        )
        [finished] = db.execute("SELECT count(*) FROM attempts WHERE outcome = 'done'").fetchone()
        if len({done, calls, distinct, finished}) != 1:
            faults.append(
                f"{DOUBLED}{done} files done, {calls} calls, {distinct} ids, {finished} finished attempts"
            )
        stored = _Reader(db).read().calls
    faults += [f"call {call_id} is unknown" for call_id in stored.keys() - expected.calls.keys()]
    faults += [
        f"call {call_id} is not as it should be"
        for call_id in stored.keys() & expected.calls.keys()
        if stored[call_id] != expected.calls[call_id]
    ]
    return faults


def count_calls(database: Path) -> int:
    """Calls stored so far, also where there is no database yet."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'calls'").fetchone():
            return 0
        return int(db.execute("SELECT count(*) FROM calls").fetchone()[0])


def count_attempts(database: Path) -> int:
    """How often a file was taken up."""
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("SELECT count(*) FROM attempts").fetchone()[0])


class _Reader:
    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.known: dict[tuple[str, object], str] = {}
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        self.tables = {
            name: _Table(db, name)
            for name in names
            if not name.startswith(("sqlite_", "turns_fts")) and name not in _OF_RUNS
        }

    def read(self) -> Content:
        ids = dict(self.db.execute("SELECT call_no, call_id FROM calls"))
        by_call: dict[str, list[str]] = defaultdict(list)
        others = []
        for table in self.tables.values():
            for row in table.rows(self.db):
                digest, call_no = self._digest(table, row), table.call_no(row)
                (others if call_no is None else by_call[ids[call_no]]).append(digest)
        return Content({call: _join(rows) for call, rows in by_call.items()}, _join(others))

    def _digest(self, table: _Table, row: tuple[object, ...]) -> str:
        said: list[object] = [table.name]
        for column, value in zip(table.columns, row, strict=True):
            if column in table.left_out:
                continue
            if column in _PACKED:
                assert isinstance(value, int)
                said.append((column, value % _PER_CALL))
            elif column in table.references and value is not None:
                said.append((column, self._referenced(*table.references[column], value)))
            else:
                said.append((column, value))
        return hashlib.sha256(repr(said).encode("utf-8", "surrogateescape")).hexdigest()

    def _referenced(self, name: str, key: str, value: object) -> str:
        if (name, value) not in self.known:
            table = self.tables[name]
            [row] = self.db.execute(f'SELECT * FROM "{name}" WHERE "{key}" = ?', (value,)).fetchall()
            self.known[name, value] = self._digest(table, row)
        return self.known[name, value]


class _Table:
    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self.name = name
        about = db.execute(f"PRAGMA table_info('{name}')").fetchall()
        self.columns = [column for _, column, *_ in about]
        self.references = {
            column: (table, key) for _, _, table, column, key, *_ in db.execute(f"PRAGMA foreign_key_list('{name}')")
        }  # fmt: skip
        keys = [(column, kind) for _, column, kind, _, _, place in about if place]
        own = {keys[0][0]} if len(keys) == 1 and keys[0][1] == "INTEGER" else set()
        self.left_out = (own - self.references.keys() - _PACKED) | _VOLATILE.get(name, set())

    def rows(self, db: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
        return db.execute(f'SELECT * FROM "{self.name}"')

    def call_no(self, row: tuple[object, ...]) -> int | None:
        """The call a row belongs to."""
        for column, value in zip(self.columns, row, strict=True):
            if column in _PACKED and isinstance(value, int):
                return value // _PER_CALL
            if column == "call_no" and isinstance(value, int):
                return value
        return None


def _join(digests: list[str]) -> str:
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
