"""Which call counts: of a file whose bytes changed the newest, of several recordings of one call the best.

The others are kept, with ``calls.superseded_by`` naming the one that counts. Where a file still holds
the call, it is another recording of it; where none does, its file was rewritten.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from speechcx.store.calls.aligned_words import TimedPair, align_words, pair_words
from speechcx.store.calls.row_digests import note_call
from speechcx.store.calls.turns import read_timed_words
from speechcx.store.moments import CALLS_A_SECOND, ROWS_A_CALL, UNKNOWN_BEFORE
from speechcx.store.paths import write_path

COPY_STARTS_WITHIN_S = 5
"""Clocks of two recorders of one call differ by so much at most."""

CUT_WITHIN_S = 300
"""One recorder may begin so much earlier, with the ringing or the queue, or have its start cut off."""

_AT_ONCE_SHARE = 0.5
"""So much of the shorter of the two lies inside the time of the other: one agent holds one call at a time."""

_MIN_ALIGNED = 30
_ALIGNED_SHARE = 0.3
"""Two recordings, one begun earlier, are of one call where so many pairs of words come at the same distances in
both, and are this share of all that either has.

Two recognitions of one sound share 0.5 and more, another call of the same two people, by the same script, under
0.1.
"""

_CUT_WORDS = 0.9
"""A recording with less than this share of the words of another one of the same call is a cut one."""

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

    words: int

    def rank(self, most_words: int) -> tuple[bool, bool, int, int, bool, int]:
        """Smallest for the one that counts.

        That is one that people decided on, of a known agent, with separate speakers, with more channels, not cut
        (`most_words` are those of the longest), the first.
        """
        return (
            not self.is_decided,
            self.agent is None,
            _SPLITS.index(self.split),
            -self.channels,
            self.words < _CUT_WORDS * most_words,
            self.file_id,
        )


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


def find_counted(db: sqlite3.Connection, call_id: str) -> str:
    """The recording that counts beside a copy of it; the call itself where it is no copy."""
    row = db.execute(
        f"SELECT c.superseded_by FROM calls c JOIN calls n ON n.call_id = c.superseded_by"
        f" WHERE c.call_id = ? AND {IS_COPY}",
        (call_id,),
    ).fetchone()
    return call_id if row is None else str(row[0])


def count_once(db: sqlite3.Connection, call_id: str) -> int:
    """Find other recordings of a call that was just written, and let the best of them count.

    Others are of the same agent and customer, begin within a few seconds of it, are as long, and where
    enough is said, say the same. Or they begin within minutes of it, nothing known of them is another, and they say
    the same words at the same distances: a recorder that began with the ringing, or a copy whose start was cut off.
    Which counts: one that people decided on, then one whose agent is known, then one whose speakers are told
    apart best, then one with more channels, then one that is not cut, then the one that was met first.

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
    same = [this, *(one for one in _read_near(db, this) if _is_same_call(db, this, one))]
    most_words = max(one.words for one in same)
    best = min(same, key=lambda one: one.rank(most_words))
    for one in same:
        _set(db, one, None if one is best else best.call_id)
    return int(len(same) > 1)


def _read_near(db: sqlite3.Connection, this: _Recorded) -> list[_Recorded]:
    """Calls that begin near to this one, and are of the same agent or the same customer."""
    if this.agent is None and this.customer is None:
        return []
    second = this.call_no // CALLS_A_SECOND
    return _read(
        db,
        "c.call_no >= ? AND c.call_no < ? AND c.call_id <> ? AND (c.agent = ? OR c.customer = ?)"
        f" AND (c.superseded_by IS NULL OR {IS_COPY})",
        (
            (second - CUT_WITHIN_S) * CALLS_A_SECOND,
            (second + CUT_WITHIN_S + 1) * CALLS_A_SECOND,
            this.call_id,
            this.agent,
            this.customer,
        ),
    )


def _read(db: sqlite3.Connection, condition: str, values: Sequence[object]) -> list[_Recorded]:
    rows = db.execute(
        "SELECT c.call_no, c.call_id, c.agent, c.customer, c.audio_duration_s, c.split, x.channels,"
        " EXISTS (SELECT 1 FROM flag_states s WHERE s.call_id = c.call_id)"
        " OR EXISTS (SELECT 1 FROM reviews v WHERE v.call_id = c.call_id),"
        " coalesce((SELECT min(f.file_id) FROM files f WHERE f.call_id = c.call_id), c.call_no),"
        " (SELECT coalesce(sum(length(coalesce(unindexed_text, text))), 0) FROM turns_data t"
        f" WHERE t.turn_id >= c.call_no * {ROWS_A_CALL} AND t.turn_id < (c.call_no + 1) * {ROWS_A_CALL})"
        f" FROM calls c JOIN recordings x ON x.call_no = c.call_no WHERE {condition}",
        values,
    )
    return [_Recorded(*row) for row in rows.fetchall()]


def _is_same_call(db: sqlite3.Connection, this: _Recorded, other: _Recorded) -> bool:
    known = (this.agent, other.agent), (this.customer, other.customer)
    if any(None not in both and both[0] != both[1] for both in known):
        return False
    pairs = _pairs(db, this.call_no), _pairs(db, other.call_no)
    later_s = this.call_no // CALLS_A_SECOND - other.call_no // CALLS_A_SECOND
    if starts_at_once(later_s) and _is_copy(this, other, pairs):
        return True
    if _shared_s(this, other) < _AT_ONCE_SHARE * min(this.length_s, other.length_s):
        return False
    aligned = align_words(*pairs)
    return aligned.pairs >= _MIN_ALIGNED and aligned.share >= _ALIGNED_SHARE


def starts_at_once(later_s: float) -> bool:
    """Whether two starts this far apart may be one, by two clocks."""
    return abs(later_s) <= COPY_STARTS_WITHIN_S


def as_long(one_s: float, other_s: float) -> bool:
    """Whether two recorders may have made recordings of these lengths of one call."""
    return abs(one_s - other_s) <= max(_LENGTHS_WITHIN_S, _LENGTHS_WITHIN_SHARE * max(one_s, other_s))


def _shared_s(this: _Recorded, other: _Recorded) -> float:
    """For how long both recordings run at once, by their starts."""
    starts = [one.call_no // CALLS_A_SECOND for one in (this, other)]
    ends = [start + one.length_s for start, one in zip(starts, (this, other), strict=True)]
    return min(ends) - max(starts)


def _is_copy(this: _Recorded, other: _Recorded, pairs: tuple[list[TimedPair], list[TimedPair]]) -> bool:
    """Whether two recordings that begin at once are of one call: the same people, as long, the same words."""
    if this.agent is None or (this.agent, this.customer) != (other.agent, other.customer):
        return False
    if not as_long(this.length_s, other.length_s):
        return False
    texts = [Counter(pair for pair, _ in timed) for timed in pairs]
    fewer = min(text.total() for text in texts)
    if fewer < _MIN_WORDS:
        return this.customer is not None
    return (texts[0] & texts[1]).total() >= _SAME_WORDS * fewer


def _pairs(db: sqlite3.Connection, call_no: int) -> list[TimedPair]:
    """Every two words that follow each other in a turn, and when."""
    turns = read_timed_words(db, call_no)
    return [pair for words in turns for pair in pair_words(words)]


def _set(db: sqlite3.Connection, one: _Recorded, counts: str | None) -> None:
    changed = db.execute(
        "UPDATE calls SET superseded_by = ?1 WHERE call_no = ?2 AND superseded_by IS NOT ?1 RETURNING call_no",
        (counts, one.call_no),
    ).fetchall()
    if changed:
        note_call(db, one.call_no, only=("calls",))
