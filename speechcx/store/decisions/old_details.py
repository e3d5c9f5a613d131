"""Details of the audit trail that outlived their period: they go, and a row of the trail says up to where."""

from __future__ import annotations

import json
import sqlite3
from datetime import date

_KEPT = ("erase", "hold", "retention", "merge", "restore")
"""What proves that something was done as it had to be keeps its details."""
_OLD = (
    "at < ? AND detail IS NOT NULL AND action NOT IN ('{}') AND NOT EXISTS (SELECT 1 FROM held_calls h"
    " JOIN legal_holds l USING (hold_id) WHERE l.released_at IS NULL AND h.call_id = {{table}}.call_id)"
).format("', '".join(_KEPT))


def count_old_details(db: sqlite3.Connection, cutoff: date) -> int:
    """Rows written before a day that still have their details; those about held calls not among them."""
    return sum(
        int(
            db.execute(
                f"SELECT count(*) FROM {table} WHERE {_OLD.format(table=table)}", (str(cutoff),)
            ).fetchone()[0]
        )
        for table in ("audit", "merged_audit")
    )


def forget_old_details(db: sqlite3.Connection, cutoff: date) -> int:
    """Take them out, inside a write; returns the number of the last row of the trail that may lack its details."""
    for table in ("audit", "merged_audit"):
        db.execute(
            f"UPDATE {table} SET detail = NULL, salt = NULL WHERE {_OLD.format(table=table)}", (str(cutoff),)
        )
    row = db.execute("SELECT coalesce(max(audit_id), 0) FROM audit WHERE at < ?", (str(cutoff),)).fetchone()
    return int(row[0])


def find_forgotten_end(db: sqlite3.Connection) -> int:
    """The last row of the trail that may lack its details, as later rows tell."""
    ends = [0]
    for (detail,) in db.execute("SELECT detail FROM audit WHERE action = 'retention' AND detail IS NOT NULL"):
        try:
            ends.append(int(json.loads(detail).get("details_up_to_row", 0)))
        except (ValueError, TypeError, AttributeError):
            continue
    return max(ends)
