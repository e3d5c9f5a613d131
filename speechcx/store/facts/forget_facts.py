"""Facts of calls and customers that are erased: they go, and a hash keeps an import from bringing them back."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Collection, Sequence

from speechcx.store.calls.row_digests import forget_shared
from speechcx.store.decisions.chain import note_decision
from speechcx.store.facts.customer_keys import customer_key

_TABLES = (
    ("call_legs", "leg_no", "record_id", "record_id IN (SELECT record_id FROM call_records WHERE {})"),
    ("call_records", "record_no", "record_id", "{}"),
    ("survey_answers", "answer_no", "answer_id", "{}"),
)
"""Table, its number, the key of what is forgotten in it, and which rows; legs go before their records."""
_OF_CUSTOMERS = (*_TABLES, ("accounts", "account_no", "account_id", "{}"))


def forget_facts(db: sqlite3.Connection, call_id: str) -> None:
    """Remove every fact that was matched with a call, and what came of calling its customer; inside a write."""
    _forget(db, "call_id = ?", call_id)
    gone = db.execute("DELETE FROM follow_ups WHERE call_id = ? RETURNING follow_no", (call_id,)).fetchall()
    forget_shared(db, "follow_ups", [row[0] for row in gone])


def forget_customer(db: sqlite3.Connection, customer: str) -> int:
    """Remove every fact of a customer, also those without a call; inside a write. Returns how many."""
    key, gone = customer_key(customer), 0
    for table, number, name, _ in _OF_CUSTOMERS:
        if table == "call_records":
            continue
        rows = db.execute(f"SELECT {name}, customer FROM {table} WHERE customer IS NOT NULL").fetchall()
        for fact in {row[0] for row in rows if customer_key(row[1]) == key}:
            gone += _forget_fact(db, table, number, name, fact)
    return gone


def knows_customer(db: sqlite3.Connection, customer: str) -> bool:
    """Whether any fact is of this customer, however the name is written."""
    key = customer_key(customer)
    return any(
        customer_key(named) == key
        for table in ("call_legs", "survey_answers", "accounts")
        for (named,) in db.execute(f"SELECT DISTINCT customer FROM {table} WHERE customer IS NOT NULL")
    )


class ForgottenFacts:
    """Tells which facts an import has to leave out, for all the databases that were merged."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._hashes: dict[str, set[str]] = {}
        for salt, hash_ in db.execute("SELECT salt, hash FROM forgotten_facts"):
            self._hashes.setdefault(salt, set()).add(hash_)

    def has(self, table: str, key: str) -> bool:
        """Whether the fact of this key was forgotten."""
        return any(_hash(salt, table, key) in hashes for salt, hashes in self._hashes.items())


def take_forgotten(db: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """Bring in what another database has forgotten, and forget it here too; inside a write."""
    rows = source.execute("SELECT salt, hash FROM forgotten_facts").fetchall()
    _mark(db, rows)
    forgotten = ForgottenFacts(db)
    for table, number, key, _ in _OF_CUSTOMERS:
        found = db.execute(f"SELECT {number}, {key} FROM {table}").fetchall() if rows else ()
        _remove(db, table, number, [row[0] for row in found if forgotten.has(_name(table), row[1])])


def _forget(db: sqlite3.Connection, where: str, value: str) -> int:
    salt, count = _salt(db), 0
    for table, number, key, which in _TABLES:
        rows = db.execute(
            f"SELECT {number}, {key} FROM {table} WHERE {which.format(where)}", (value,)
        ).fetchall()
        _mark(db, [(salt, _hash(salt, _name(table), row[1])) for row in rows])
        _remove(db, table, number, [row[0] for row in rows])
        count += len(rows)
    return count


def _forget_fact(db: sqlite3.Connection, table: str, number: str, name: str, key: str) -> int:
    """Remove the rows of one fact; the record that is made of legs goes with them."""
    salt = _salt(db)
    _mark(db, [(salt, _hash(salt, _name(table), key))])
    gone = 0
    tables = [(table, number), ("call_records", "record_no")] if table == "call_legs" else [(table, number)]
    for one, its_number in tables:
        rows = db.execute(f"SELECT {its_number} FROM {one} WHERE {name} = ?", (key,)).fetchall()
        _remove(db, one, its_number, [row[0] for row in rows])
        gone += len(rows)
    return gone


def _mark(db: sqlite3.Connection, marks: Sequence[tuple[str, str]]) -> None:
    new = [
        mark
        for mark in dict.fromkeys(marks)
        if db.execute("INSERT OR IGNORE INTO forgotten_facts VALUES (?, ?)", mark).rowcount
    ]
    note_decision(db, "forgotten_facts", *new)


def _remove(db: sqlite3.Connection, table: str, number: str, gone: Collection[int]) -> None:
    db.executemany(f"DELETE FROM {table} WHERE {number} = ?", [(one,) for one in gone])
    forget_shared(db, table, gone)


def _salt(db: sqlite3.Connection) -> str:
    row = db.execute("SELECT salt FROM forgotten_facts LIMIT 1").fetchone()
    return secrets.token_hex(16) if row is None else str(row[0])


def _name(table: str) -> str:
    """A record is made of its legs: both go by one name."""
    return "call_legs" if table == "call_records" else table


def _hash(salt: str, table: str, key: str) -> str:
    return hashlib.sha256(f"{salt}{table}:{key}".encode()).hexdigest()
