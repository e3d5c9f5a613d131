"""Parts of a call that outlived their period: removed, with the mark that they were there, and never brought back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from typing import TYPE_CHECKING, Literal, get_args

from speechcx.call.measures import voice_measures
from speechcx.store.calls.customer_phrases import keep_phrases
from speechcx.store.calls.row_digests import note_call, note_shared_rows
from speechcx.store.decisions.chain import note_decision
from speechcx.store.decisions.flags import digest_evidence
from speechcx.store.decisions.legal_holds import expect_free
from speechcx.store.decisions.review_steps import erase_words
from speechcx.store.moments import ROWS_A_CALL, utc_text

if TYPE_CHECKING:
    from speechcx.store import Store

RemovedPart = Literal["words", "index", "measures", "scores", "evidence"]
REMOVED_PARTS: tuple[RemovedPart, ...] = get_args(RemovedPart)
FROZEN = ("words", "measures", "scores", "evidence")
"""Without any of these a call is not heard or judged again: they would come back, or rules would miss what was said."""

WORDS_REMOVED = "words_removed"
"""Quality flag of a call whose words are gone."""
WHY = "removed when its period of retention was over"


def remove_parts(
    store: Store, call_id: str, parts: Collection[RemovedPart], *, despite_holds: bool = False
) -> None:
    """Remove parts of a stored call, in one transaction; those that are gone already are left alone.

    Bytes may stay in freed parts of the file until the store is compacted. With `despite_holds` no hold is asked.

    Raises
    ------
    KeyError
        The call is not stored.
    LegalHold
        A hold keeps it.
    """
    with store.write():
        if not despite_holds:
            expect_free(store.db, [call_id], doing="removed")
        row = store.db.execute("SELECT call_no FROM calls WHERE call_id = ?", (call_id,)).fetchone()
        if row is None:
            raise KeyError(call_id)
        gone = list_removed(store.db, call_id)
        for part in REMOVED_PARTS:
            if part in parts and part not in gone:
                _REMOVERS[part](store.db, row[0], call_id)
                store.db.execute("INSERT INTO removed_parts VALUES (?, ?, ?)", (call_id, part, utc_text()))
        keep_phrases(store.db, row[0])
        note_decision(store.db, "removed_parts", (call_id,))
        note_call(store.db, row[0])
        store.names.forget()


def list_removed(db: sqlite3.Connection, call_id: str) -> frozenset[str]:
    """Parts of a call that were removed."""
    return frozenset(
        part for (part,) in db.execute("SELECT part FROM removed_parts WHERE call_id = ?", (call_id,))
    )


def is_frozen(db: sqlite3.Connection, call_id: str) -> bool:
    """Whether a call stays as it is; see :func:`list_frozen`."""
    return not list_removed(db, call_id).isdisjoint(FROZEN)


def list_frozen(db: sqlite3.Connection) -> frozenset[str]:
    """Ids of calls that stay as they are, since a part that judging or hearing would bring back was removed."""
    marks = ", ".join("?" * len(FROZEN))
    rows = db.execute(f"SELECT DISTINCT call_id FROM removed_parts WHERE part IN ({marks})", FROZEN)
    return frozenset(call_id for (call_id,) in rows)


def take_removed(store: Store, source: sqlite3.Connection, *, despite_holds: bool = False) -> int:
    """Remove what was removed in another database, of calls that are here; inside a write. Returns how many calls.

    With `despite_holds` also of calls that are held: where this is an older copy, their hold found it gone.
    """
    found: dict[str, set[RemovedPart]] = {}
    for call_id, part in source.execute("SELECT call_id, part FROM removed_parts"):
        found.setdefault(call_id, set()).add(part)
    changed = 0
    for call_id, parts in sorted(found.items()):
        if store.has_call(call_id) and not parts <= list_removed(store.db, call_id):
            remove_parts(store, call_id, parts, despite_holds=despite_holds)
            changed += 1
    return changed


def note_removed(db: sqlite3.Connection, source: sqlite3.Connection, call_id: str) -> None:
    """Mark a call that was just brought in as having lost what it had lost in the other database; inside a write."""
    rows = source.execute("SELECT * FROM removed_parts WHERE call_id = ?", (call_id,)).fetchall()
    db.executemany("INSERT OR IGNORE INTO removed_parts VALUES (?, ?, ?)", rows)
    if rows:
        note_decision(db, "removed_parts", (call_id,))
        (call_no,) = db.execute("SELECT call_no FROM calls WHERE call_id = ?", (call_id,)).fetchone()
        keep_unindexed(db, call_no, call_id)
        keep_phrases(db, call_no)
        note_call(db, call_no, only=("turns_data",))


def keep_unindexed(db: sqlite3.Connection, call_no: int, call_id: str) -> None:
    """Take a call that was just written out of the search index, where retention had before; inside a write."""
    if "index" in list_removed(db, call_id):
        _remove_index(db, call_no, call_id)


def _range(call_no: int) -> tuple[int, int]:
    return call_no * ROWS_A_CALL, (call_no + 1) * ROWS_A_CALL - 1


def _remove_index(db: sqlite3.Connection, call_no: int, _: str) -> None:
    # The trigger of the search index sees an empty text.
    db.execute(
        "UPDATE turns_data SET unindexed_text = text, text = '' WHERE turn_id BETWEEN ? AND ? AND text <> ''",
        _range(call_no),
    )


def _remove_words(db: sqlite3.Connection, call_no: int, call_id: str) -> None:
    db.execute(
        "UPDATE turns_data SET (text, unindexed_text, words, word_confidence_x1000) = ('', NULL, NULL, NULL)"
        " WHERE turn_id BETWEEN ? AND ?",
        _range(call_no),
    )
    for statement in (
        "UPDATE results_data SET why = NULL WHERE call_no = ?",
        "UPDATE answers_data SET why = NULL WHERE call_no = ?",
        "UPDATE roles SET why = '' WHERE call_no = ?",
        "DELETE FROM past_assessments WHERE call_no = ?",
    ):
        db.execute(statement, (call_no,))
    (flags, speech) = db.execute(
        "SELECT c.flags, r.speech_flags FROM calls c JOIN recordings r USING (call_no) WHERE call_no = ?",
        (call_no,),
    ).fetchone()
    both = [json.dumps(sorted({*json.loads(text), WORDS_REMOVED})) for text in (flags, speech)]
    db.execute("UPDATE calls SET flags = ? WHERE call_no = ?", (both[0], call_no))
    db.execute("UPDATE recordings SET speech_flags = ? WHERE call_no = ?", (both[1], call_no))
    erase_words(db, call_id)
    answers = db.execute(
        "UPDATE survey_answers SET comment = NULL WHERE call_id = ? AND comment IS NOT NULL RETURNING answer_no",
        (call_id,),
    ).fetchall()
    note_shared_rows(db, "survey_answers", [number for (number,) in answers])


def _remove_evidence(db: sqlite3.Connection, call_no: int, call_id: str) -> None:
    """Blank every quote; a decision about a flag stays one about what was found."""
    known = _digest_flags(db, call_no, call_id)
    db.execute("UPDATE hits_data SET quote = '' WHERE call_no = ?", (call_no,))
    db.execute("UPDATE results_data SET why = NULL WHERE call_no = ?", (call_no,))
    db.execute("UPDATE answers_data SET why = NULL WHERE call_no = ?", (call_no,))
    rows = db.execute(
        "SELECT question_no, hits FROM answers_data WHERE call_no = ? AND hits IS NOT NULL", (call_no,)
    ).fetchall()
    for question_no, hits in rows:
        kept = [hit for hit in json.loads(hits) if len(hit) == 2]
        db.execute(
            "UPDATE answers_data SET hits = ? WHERE call_no = ? AND question_no = ?",
            (json.dumps(kept), call_no, question_no),
        )
    db.execute("DELETE FROM past_assessments WHERE call_no = ?", (call_no,))
    for rule, digest in _digest_flags(db, call_no, call_id).items():
        moved = db.execute(
            "UPDATE flag_states SET seen_evidence = ? WHERE (call_id, rule, seen_evidence) = (?, ?, ?)"
            " RETURNING call_id, rule",
            (digest, call_id, rule, known[rule]),
        ).fetchall()
        note_decision(db, "flag_states", *moved)


def _digest_flags(db: sqlite3.Connection, call_no: int, call_id: str) -> dict[str, str]:
    """Digest of the evidence, as it is now, of each flag of a call that somebody decided about."""
    rows = db.execute(
        "SELECT s.rule, f.result, f.rule_no FROM flag_states s JOIN flags_found f ON f.rule = s.rule AND f.call_no = ?"
        " WHERE s.call_id = ?",
        (call_no, call_id),
    ).fetchall()
    found = {}
    for rule, result, rule_no in rows:
        hits = db.execute(
            "SELECT start_s, end_s, quote FROM hits WHERE call_no = ? AND rule_no = ? ORDER BY position",
            (call_no, rule_no),
        ).fetchall()
        found[rule] = digest_evidence(result, hits)
    return found


def _remove_scores(db: sqlite3.Connection, call_no: int, _: str) -> None:
    for table in ("hits_data", "results_data", "answers_data", "scores", "past_assessments"):
        db.execute(f"DELETE FROM {table} WHERE call_no = ?", (call_no,))
    db.execute("UPDATE calls SET flagged_count = 0 WHERE call_no = ?", (call_no,))


_CALL_MEASURES = (
    "agent_talk_share", "agent_pace_wpm", "agent_interruptions", "agent_overtalk_share", "agent_sentiment",
    "customer_sentiment", "customer_sentiment_shift", "customer_end_state",
)  # fmt: skip
_PARTY_KEPT = frozenset({"call_no", "party", "flow_position", "feeling_position", "talk_s", "turns", "words",
                         "flow_reasons", "feeling_reasons"})  # fmt: skip


def _remove_measures(db: sqlite3.Connection, call_no: int, _: str) -> None:
    voice = [f"{measure.name}_x{measure.scale}" for measure in voice_measures()]
    felt = ["text_sentiment_x10000", "text_label", "text_confidence_x10000", "agitation_x10000",
            "sentiment_x10000", "sentiment_label", "voice_part_x10000"]  # fmt: skip
    heard = _reason_no(db, {"text": WHY, "voice": WHY})
    judged = _reason_no(db, {"agitation": WHY, "sentiment": WHY})
    blank = ", ".join(f"{name} = NULL" for name in (*voice, *felt))
    db.execute(
        f"UPDATE turns_data SET {blank}, heard_missing_no = ?, judged_missing_no = ? WHERE turn_id BETWEEN ? AND ?",
        (heard, judged, *_range(call_no)),
    )
    db.execute(
        "UPDATE speakers SET (level_dbov, noise_dbov, pitch_hz, pitch_range_st, voiced_share, clipped_share,"
        " why_missing) = (NULL, NULL, NULL, NULL, NULL, NULL, ?) WHERE call_no = ?",
        (WHY, call_no),
    )
    columns = [row[1] for row in db.execute("PRAGMA table_info(party_measures)") if row[1] not in _PARTY_KEPT]
    why = json.dumps([[name, WHY] for name in columns])
    db.execute(
        f"UPDATE party_measures SET {', '.join(f'{name} = NULL' for name in columns)}, flow_reasons = ?,"
        " feeling_reasons = ? WHERE call_no = ?",
        (why, why, call_no),
    )
    db.execute("DELETE FROM past_assessments WHERE call_no = ?", (call_no,))
    (missing,) = db.execute("SELECT missing FROM calls WHERE call_no = ?", (call_no,)).fetchone()
    whys = json.loads(missing or "{}") | {
        name: WHY for name in _CALL_MEASURES if name != "customer_end_state"
    }
    db.execute(
        f"UPDATE calls SET {', '.join(f'{name} = NULL' for name in _CALL_MEASURES)}, missing = ? WHERE call_no = ?",
        (json.dumps(whys), call_no),
    )


def _reason_no(db: sqlite3.Connection, reasons: dict[str, str]) -> int:
    text = json.dumps(reasons, sort_keys=True)
    db.execute("INSERT OR IGNORE INTO reasons (text) VALUES (?)", (text,))
    (number,) = db.execute("SELECT reason_no FROM reasons WHERE text = ?", (text,)).fetchone()
    note_shared_rows(db, "reasons", [number])
    return int(number)


_REMOVERS = {
    "words": _remove_words,
    "index": _remove_index,
    "measures": _remove_measures,
    "scores": _remove_scores,
    "evidence": _remove_evidence,
}
