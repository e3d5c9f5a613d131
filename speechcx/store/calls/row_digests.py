"""Digests of the rows of calls: a value that something else than speechcx changed is found.

A call has rows in sixteen tables. For each table eight bytes are kept, made from the rows as they lie
in the file after they were written, so that a check can name the table. What many calls share (reasons,
rules, ...) has a digest for each row. The digests guard against damage, not against a person who can
write the file: such a person can rebuild them.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from speechcx.store.moments import ROWS_A_CALL

_BYTES = 8

CALL_TABLES = {
    "calls": "call_no",
    "recordings": "call_no",
    "peaks": "piece_id",
    "speakers": "call_no, speaker",
    "roles": "call_no, speaker",
    "turns_data": "turn_id",
    "machine_spans": "call_no, kind, position",
    "non_talk": "call_no, position",
    "overlaps_data": "call_no, position",
    "party_measures": "call_no, party",
    "results_data": "call_no, rule_no",
    "hits_data": "call_no, rule_no, position",
    "scores": "call_no, scorecard",
    "answers_data": "call_no, question_no",
    "past_assessments": "call_no, rulebook_no",
}
"""Every table with rows of a call, with its key. The order is that of the eight-byte digests."""

SHARED_TABLES = {
    "provenances": "provenance_no",
    "reasons": "reason_no",
    "rulebooks": "rulebook_no",
    "rules": "rule_no",
    "questions": "question_no",
    "imports": "import_no",
    "call_legs": "leg_no",
    "call_records": "record_no",
    "survey_answers": "answer_no",
    "accounts": "account_no",
    "follow_ups": "follow_no",
}
"""Tables whose rows many calls refer to, or that other systems told, with their key."""


@dataclass(frozen=True, slots=True)
class ChangedRows:
    """Rows that are not as speechcx wrote them.

    Parameters
    ----------
    number
        call_no of a call, or the number of a shared row.
    tables
        The tables whose rows differ; empty where no digest was kept.
    is_gone
        Whether the row of the call itself, or the shared row, is missing.
    """

    number: int
    tables: tuple[str, ...]
    is_gone: bool = False


def digest_rows(rows: Iterable[tuple[object, ...]]) -> bytes:
    """Eight bytes over rows: type and value of every column, to the last bit of a number."""
    text = json.dumps(list(rows), default=_hex)
    return hashlib.blake2b(text.encode("ascii"), digest_size=_BYTES).digest()


def note_call(db: sqlite3.Connection, call_no: int, *, only: Collection[str] = CALL_TABLES) -> None:
    """Keep the digests of a call's rows as they are now; inside a write.

    Parameters
    ----------
    db
        Open connection.
    call_no
        The call.
    only
        Tables whose rows were written; the digests of the others stay.
    """
    row = db.execute(
        "SELECT digest FROM row_digests WHERE table_name = 'calls' AND number = ?", (call_no,)
    ).fetchone()
    before: bytes = b"" if row is None else row[0]
    known = before if len(before) == _BYTES * len(CALL_TABLES) else None
    parts = [
        _digest_table(db, table, call_no)
        if known is None or table in only
        else known[at * _BYTES : (at + 1) * _BYTES]
        for at, table in enumerate(CALL_TABLES)
    ]
    _keep(db, [("calls", call_no, b"".join(parts))])


def note_shared(db: sqlite3.Connection, table: str, number: int) -> None:
    """Keep the digest of a row that many calls share; inside a write."""
    note_shared_rows(db, table, [number])


def note_shared_rows(db: sqlite3.Connection, table: str, numbers: Iterable[int]) -> None:
    """Keep the digests of several shared rows as they are now; inside a write."""
    select = f"SELECT * FROM {table} WHERE {SHARED_TABLES[table]} = ?"
    _keep(db, ((table, number, digest_rows(db.execute(select, (number,)))) for number in numbers))


def forget_shared(db: sqlite3.Connection, table: str, numbers: Iterable[int]) -> None:
    """Remove the digests of shared rows that are removed; inside a write."""
    db.executemany(
        "DELETE FROM row_digests WHERE table_name = ? AND number = ?", [(table, number) for number in numbers]
    )


def forget_call(db: sqlite3.Connection, call_no: int) -> None:
    """Remove the digests of a call that is removed; inside a write."""
    db.execute("DELETE FROM row_digests WHERE table_name = 'calls' AND number = ?", (call_no,))


def find_changed_calls(db: sqlite3.Connection) -> Iterator[ChangedRows]:
    """Calls of which a row differs from what was written, is missing or was put in, in order of their numbers."""
    kept = dict(db.execute("SELECT number, digest FROM row_digests WHERE table_name = 'calls'"))
    found = _digest_all(db)
    present = {number for (number,) in db.execute("SELECT call_no FROM calls")}
    for number in sorted({*kept, *found, *present}):
        expected, parts = kept.get(number), found.get(number, {})
        if expected is None:
            yield ChangedRows(number, (), is_gone=number not in present)
            continue
        size = len(expected) == _BYTES * len(CALL_TABLES)
        tables = tuple(
            table
            for at, table in enumerate(CALL_TABLES)
            if not size or expected[at * _BYTES : (at + 1) * _BYTES] != parts.get(table, _NO_ROWS)
        )
        if tables:
            yield ChangedRows(number, tables, is_gone=number not in present)


def find_changed_shared(db: sqlite3.Connection, table: str) -> Iterator[ChangedRows]:
    """Shared rows of a table that differ from what was written, are missing, or have no digest."""
    key = SHARED_TABLES[table]
    kept = dict(db.execute("SELECT number, digest FROM row_digests WHERE table_name = ?", (table,)))
    rows = db.execute(f"SELECT {key}, * FROM {table} ORDER BY {key}")
    found = {number: digest_rows([tuple(row)]) for number, *row in rows}
    for number in sorted({*kept, *found}):
        if number not in kept:
            yield ChangedRows(number, ())
        elif kept[number] != found.get(number):
            yield ChangedRows(number, (table,), is_gone=number not in found)


def note_all(db: sqlite3.Connection, *, but: Collection[tuple[str, int]] = ()) -> None:
    """Keep the digest of every call and shared row as it is now, after a migration; inside a write.

    Parameters
    ----------
    db
        Open connection.
    but
        (table, number) of rows that were wrong before: a migration must not make them right.
    """
    calls = [
        ("calls", number, b"".join(parts.get(table, _NO_ROWS) for table in CALL_TABLES))
        for number, parts in _digest_all(db).items()
        if ("calls", number) not in but
    ]
    _keep(db, calls)
    there = _list_tables(db)
    for table, key in SHARED_TABLES.items():
        if table not in there:
            continue
        rows = db.execute(f"SELECT {key}, * FROM {table}").fetchall()
        _keep(
            db,
            [
                (table, number, digest_rows([tuple(row)]))
                for number, *row in rows
                if (table, number) not in but
            ],
        )


def find_changed(db: sqlite3.Connection) -> set[tuple[str, int]]:
    """(table, number) of every call and shared row that differs from what was written."""
    found = {("calls", rows.number) for rows in find_changed_calls(db) if rows.tables}
    for table in SHARED_TABLES.keys() & _list_tables(db):
        found |= {(table, rows.number) for rows in find_changed_shared(db, table) if rows.tables}
    return found


def _digest_table(db: sqlite3.Connection, table: str, call_no: int) -> bytes:
    key = CALL_TABLES[table]
    if key.startswith("call_no"):
        where, values = "call_no = ?", (call_no,)
    else:
        where = f"{key} BETWEEN ? AND ?"
        values = (call_no * ROWS_A_CALL, (call_no + 1) * ROWS_A_CALL - 1)  # type: ignore[assignment]
    return digest_rows(db.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY {key}", values))


def _digest_all(db: sqlite3.Connection) -> dict[int, dict[str, bytes]]:
    """Digests by call and table: one pass over each table."""
    found: dict[int, dict[str, bytes]] = {}
    there = _list_tables(db)
    for table, key in CALL_TABLES.items():
        if table not in there:
            continue
        number = "call_no" if key.startswith("call_no") else f"{key} / {ROWS_A_CALL}"
        rows = db.execute(f"SELECT {number}, * FROM {table} ORDER BY {key}")
        for call_no, group in groupby(rows, key=lambda row: int(row[0])):
            found.setdefault(call_no, {})[table] = digest_rows(row[1:] for row in group)
    return found


def _list_tables(db: sqlite3.Connection) -> set[str]:
    """Tables that are there: in the middle of migrations, some may be still to come."""
    return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _keep(db: sqlite3.Connection, rows: Iterable[tuple[str, int, bytes]]) -> None:
    db.executemany("INSERT OR REPLACE INTO row_digests VALUES (?, ?, ?)", rows)


def _hex(value: object) -> dict[str, str]:
    assert isinstance(value, bytes)
    return {"bytes": value.hex()}


_NO_ROWS = digest_rows([])
