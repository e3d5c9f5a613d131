"""Facts of a call or a customer that is erased: call records with all legs, answers and accounts go with them."""

from __future__ import annotations

import sqlite3

from speechcx.store.calls.row_digests import forget_shared
from speechcx.store.facts.customer_keys import customer_key


def forget_facts(db: sqlite3.Connection, call_id: str) -> None:
    """Remove every fact that was matched with a call, and what came of calling its customer; inside a write."""
    records = "SELECT record_id FROM call_records WHERE call_id = ?"
    for table, number, where in (
        ("call_legs", "leg_no", f"record_id IN ({records})"),
        ("call_records", "record_no", "call_id = ?"),
        ("survey_answers", "answer_no", "call_id = ?"),
        ("follow_ups", "follow_no", "call_id = ?"),
    ):
        gone = db.execute(f"DELETE FROM {table} WHERE {where} RETURNING {number}", (call_id,)).fetchall()
        forget_shared(db, table, [row[0] for row in gone])


def forget_customer(db: sqlite3.Connection, customer: str) -> int:
    """Remove every fact of a customer, also those without a call; inside a write. Returns how many."""
    key, gone = customer_key(customer), 0
    records = [
        (record_id,)
        for record_id, named in db.execute(
            "SELECT record_id, customer FROM call_legs WHERE customer IS NOT NULL"
        )
        if customer_key(named) == key
    ]
    for table, number in (("call_legs", "leg_no"), ("call_records", "record_no")):
        for record in records:
            rows = db.execute(
                f"DELETE FROM {table} WHERE record_id = ? RETURNING {number}", record
            ).fetchall()
            forget_shared(db, table, [row[0] for row in rows])
            gone += len(rows)
    for table, number in (("survey_answers", "answer_no"), ("accounts", "account_no")):
        numbers = [
            row[0]
            for row in db.execute(f"SELECT {number}, customer FROM {table} WHERE customer IS NOT NULL")
            if customer_key(row[1]) == key
        ]
        db.executemany(f"DELETE FROM {table} WHERE {number} = ?", [(one,) for one in numbers])
        forget_shared(db, table, numbers)
        gone += len(numbers)
    return gone


def knows_customer(db: sqlite3.Connection, customer: str) -> bool:
    """Whether any fact is of this customer."""
    key = customer_key(customer)
    return any(
        customer_key(named) == key
        for table in ("call_legs", "survey_answers", "accounts")
        for (named,) in db.execute(f"SELECT DISTINCT customer FROM {table} WHERE customer IS NOT NULL")
    )
