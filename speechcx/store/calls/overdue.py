"""What retention asks of stored calls: how old each is, and which rules were found in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date


def list_calls_before(db: sqlite3.Connection, day: date) -> list[tuple[str, int, str]]:
    """Id, number and day of calls before a day, oldest first; of a call of unknown day, the day it was stored."""
    rows = db.execute(
        "SELECT call_id, call_no, coalesce(local_day, substr(stored_at, 1, 10)) AS day FROM calls"
        " WHERE day < ? ORDER BY day, call_no",
        (str(day),),
    )
    return rows.fetchall()


def list_rules(db: sqlite3.Connection) -> frozenset[str]:
    """Ids of all rules that judged a call here."""
    return frozenset(rule for (rule,) in db.execute("SELECT DISTINCT rule FROM rules"))


def find_rules_present(db: sqlite3.Connection, rules: Sequence[str]) -> dict[int, list[str]]:
    """Which of these rules were found in each call, by its number."""
    found: dict[int, list[str]] = {}
    rows = db.execute(
        "SELECT d.call_no, r.rule FROM rules r JOIN results_data d USING (rule_no)"
        f" WHERE r.rule IN ({', '.join('?' * len(rules))}) AND d.value = 1 ORDER BY d.call_no, r.rule",
        (*rules,),
    )
    for call_no, rule in rows:
        found.setdefault(call_no, []).append(rule)
    return found
