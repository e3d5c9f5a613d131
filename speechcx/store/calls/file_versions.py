"""Which call counts for a file whose bytes changed: the newest, while the older one is kept."""

from __future__ import annotations

import sqlite3

from speechcx.store.calls.row_digests import note_call
from speechcx.store.paths import write_path


def supersede(db: sqlite3.Connection, call_id: str, path: str) -> None:
    """Let a call count, now that the file at `path` holds it, and set aside what that file held before.

    A call heard from that path stays counted where another file still holds its bytes.
    """
    changed = db.execute(
        "UPDATE calls SET superseded_by = NULL WHERE call_id = ? AND superseded_by IS NOT NULL RETURNING call_no",
        (call_id,),
    ).fetchall()
    changed += db.execute(
        "UPDATE calls SET superseded_by = ?1 WHERE call_id <> ?1 AND call_no IN"
        " (SELECT call_no FROM recordings WHERE path = ?2) AND NOT EXISTS"
        " (SELECT 1 FROM files WHERE files.call_id = calls.call_id AND files.path <> ?2) RETURNING call_no",
        (call_id, write_path(path)),
    ).fetchall()
    for (call_no,) in changed:
        note_call(db, call_no, only=("calls",))
