"""Facts of a call that is erased: its call record with all legs, and what its customer answered, go with it."""

from __future__ import annotations

import sqlite3

from speechcx.store.calls.row_digests import forget_shared


def forget_facts(db: sqlite3.Connection, call_id: str) -> None:
    """Remove every fact that was matched with a call; inside a write."""
    records = "SELECT record_id FROM call_records WHERE call_id = ?"
    for table, number, where in (
        ("call_legs", "leg_no", f"record_id IN ({records})"),
        ("call_records", "record_no", "call_id = ?"),
        ("survey_answers", "answer_no", "call_id = ?"),
    ):
        gone = db.execute(f"DELETE FROM {table} WHERE {where} RETURNING {number}", (call_id,)).fetchall()
        forget_shared(db, table, [row[0] for row in gone])
