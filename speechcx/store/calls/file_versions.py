"""Which call counts: of a file whose bytes changed the newest, of several recordings of one call the best.

The others are kept, with ``calls.superseded_by`` naming the one that counts. Where a file still holds
the call, it is another recording of it; where none does, its file was rewritten.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from speechcx.store.calls.row_digests import note_call
from speechcx.store.moments import CALLS_A_SECOND, ROWS_A_CALL, UNKNOWN_BEFORE
from speechcx.store.paths import write_path

COPY_STARTS_WITHIN_S = 5
"""Clocks of two recorders of one call differ by so much at most."""

_LENGTHS_WITHIN_S = 2.0
_LENGTHS_WITHIN_SHARE = 0.1
"""So much may their lengths differ: the larger of the two."""

_MIN_WORDS = 10
"""With fewer words in one of them, what is said tells nothing."""

_SAME_WORDS = 0.3
"""Share of the pairs of words of the shorter text that the longer one has.

Two recognitions of one sound share 0.6 and more, what the two parties of a call say under 0.1.
"""

IS_COPY = "c.superseded_by IS NOT NULL AND EXISTS (SELECT 1 FROM files f WHERE f.call_id = c.call_id)"
"""A condition on ``calls c``: another recording of a call that counts."""

_SPLITS = ("channels", "diarized", "unsplit")
"""How well the parties are told apart, the best first."""


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A recording of a call, as far as it matters to which of several counts."""

    call_no: int
    call_id: str
    agent: str | None
    customer: str | None
    length_s: float
    split: str
    channels: int
    is_decided: bool
    file_id: int

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """Smallest for the one that counts: people decided on it, separate speakers, channels, the first."""
        return (not self.is_decided, _SPLITS.index(self.split), -self.channels, self.file_id)


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


def find_set_aside(db: sqlite3.Connection, call_id: str) -> tuple[str, ...]:
    """Calls that do not count because another one does: other recordings of it, and what its file held before."""
    rows = db.execute(
        "WITH RECURSIVE behind (call_id) AS (SELECT call_id FROM calls WHERE superseded_by = ?1"
        " UNION SELECT c.call_id FROM calls c JOIN behind b ON c.superseded_by = b.call_id)"
        " SELECT call_id FROM behind WHERE call_id <> ?1 ORDER BY call_id",
        (call_id,),
    )
    return tuple(found for (found,) in rows)


def count_once(db: sqlite3.Connection, call_id: str) -> int:
    """Find other recordings of a call that was just written, and let the best of them count.

    Others are of the same agent and customer, begin within a few seconds of it, are as long, and where
    enough is said, say the same. Which counts: one that people decided on, then one whose speakers are
    told apart best, then one with more channels, then the one that was met first.

    Returns 1 where this makes one recording more that does not count, else 0.
    """
    this = next(iter(_read(db, "c.call_id = ?", (call_id,))), None)
    if this is None:
        return 0
    freed = _read(db, f"c.superseded_by = ? AND {IS_COPY}", (call_id,))
    for one in freed:
        _set(db, one, None)
    if this.call_no < UNKNOWN_BEFORE:
        return 0
    first = this.call_no // CALLS_A_SECOND - COPY_STARTS_WITHIN_S
    near = _read(
        db,
        f"c.call_no >= ? AND c.call_no < ? AND c.call_id <> ? AND (c.superseded_by IS NULL OR {IS_COPY})",
        (
            first * CALLS_A_SECOND,
            (first + 2 * COPY_STARTS_WITHIN_S + 1) * CALLS_A_SECOND,
            call_id,
        ),
    )
    same = [this, *(one for one in near if _is_same_call(db, this, one))]
    best = min(same, key=lambda one: one.rank)
    for one in same:
        _set(db, one, None if one is best else best.call_id)
    return int(len(same) > 1)


def _read(db: sqlite3.Connection, condition: str, values: Sequence[object]) -> list[_Recorded]:
    rows = db.execute(
        "SELECT c.call_no, c.call_id, c.agent, c.customer, c.audio_duration_s, c.split, x.channels,"
        " EXISTS (SELECT 1 FROM flag_states s WHERE s.call_id = c.call_id)"
        " OR EXISTS (SELECT 1 FROM reviews v WHERE v.call_id = c.call_id),"
        " coalesce((SELECT min(f.file_id) FROM files f WHERE f.call_id = c.call_id), c.call_no)"
        f" FROM calls c JOIN recordings x ON x.call_no = c.call_no WHERE {condition}",
        values,
    )
    return [_Recorded(*row) for row in rows.fetchall()]


def _is_same_call(db: sqlite3.Connection, this: _Recorded, other: _Recorded) -> bool:
    if this.agent is None or (this.agent, this.customer) != (other.agent, other.customer):
        return False
    longer = max(this.length_s, other.length_s)
    if abs(this.length_s - other.length_s) > max(_LENGTHS_WITHIN_S, _LENGTHS_WITHIN_SHARE * longer):
        return False
    texts = _pairs(db, this.call_no), _pairs(db, other.call_no)
    fewer = min(text.total() for text in texts)
    if fewer < _MIN_WORDS:
        return this.customer is not None
    return (texts[0] & texts[1]).total() >= _SAME_WORDS * fewer


def _pairs(db: sqlite3.Connection, call_no: int) -> Counter[tuple[str, str]]:
    """Every two words that follow each other in a turn, and how often."""
    rows = db.execute(
        "SELECT text FROM turns_data WHERE turn_id >= ? AND turn_id < ?",
        (call_no * ROWS_A_CALL, (call_no + 1) * ROWS_A_CALL),
    )
    found: Counter[tuple[str, str]] = Counter()
    for (text,) in rows:
        words = "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()
        found.update(pairwise(words))
    return found


def _set(db: sqlite3.Connection, one: _Recorded, counts: str | None) -> None:
    changed = db.execute(
        "UPDATE calls SET superseded_by = ?1 WHERE call_no = ?2 AND superseded_by IS NOT ?1 RETURNING call_no",
        (counts, one.call_no),
    ).fetchall()
    if changed:
        note_call(db, one.call_no, only=("calls",))
