"""Assessments under earlier rulebooks: packed away when a call is judged again, and unpacked."""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from speechcx.call import Assessment, Feeling
from speechcx.store.moments import utc_text

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@cache
def _adapter() -> TypeAdapter[Assessment]:
    # Imported here: a tenth of a second that only a changed rulebook pays.
    from pydantic import TypeAdapter

    return TypeAdapter(Assessment)


def pack_assessment(judged: Assessment) -> bytes:
    """An assessment as compressed JSON."""
    return zlib.compress(_adapter().dump_json(judged), 6)


def unpack_assessment(packed: bytes) -> Assessment:
    """The assessment that :func:`pack_assessment` was given."""
    return _adapter().validate_json(zlib.decompress(packed))


def keep_past(db: sqlite3.Connection, call_no: int, judged: Assessment) -> None:
    """Keep the present assessment of a call as a past one."""
    rulebook_no, judged_at = db.execute(
        "SELECT rulebook_no, judged_at FROM calls WHERE call_no = ?", (call_no,)
    ).fetchone()
    scores = {score.scorecard: score.score for score in judged.scores}
    flagged = sum(result.flagged for result in judged.results)
    db.execute(
        "INSERT OR REPLACE INTO past_assessments VALUES (?, ?, ?, ?, ?, ?, ?)",
        (call_no, rulebook_no, judged_at, utc_text(), json.dumps(scores), flagged, pack_assessment(judged)),
    )


def forget_past(db: sqlite3.Connection, call_no: int, rulebook_no: int) -> None:
    """Remove a past assessment under a rulebook that is the present one again."""
    db.execute("DELETE FROM past_assessments WHERE call_no = ? AND rulebook_no = ?", (call_no, rulebook_no))


def strip_past(db: sqlite3.Connection, call_no: int, feeling: Feeling) -> None:
    """Put the feeling that the policy allows into past assessments of a call.

    One whose results rest on how agitated somebody was cannot be mended, and goes.
    """
    rows = db.execute(
        "SELECT rulebook_no, packed FROM past_assessments WHERE call_no = ?", (call_no,)
    ).fetchall()
    for rulebook_no, packed in rows:
        judged = unpack_assessment(packed)
        if "agitation" in repr((judged.results, judged.scores)):
            forget_past(db, call_no, rulebook_no)
            continue
        kept = replace(judged, reading=replace(judged.reading, feeling=feeling))
        db.execute(
            "UPDATE past_assessments SET packed = ? WHERE call_no = ? AND rulebook_no = ?",
            (pack_assessment(kept), call_no, rulebook_no),
        )


def read_past(db: sqlite3.Connection, call_no: int, digest: str) -> Assessment | None:
    """The past assessment of a call under a rulebook, None if there is none."""
    row = db.execute(
        "SELECT packed FROM past_assessments JOIN rulebooks USING (rulebook_no)"
        " WHERE call_no = ? AND digest = ? ORDER BY replaced_at DESC",
        (call_no, digest),
    ).fetchone()
    return None if row is None else unpack_assessment(row[0])
