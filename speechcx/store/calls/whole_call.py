"""The row of a call and everything hanging on it: written, replaced, moved and read as one."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any

from speechcx.call import Assessment, Call, Conversation, Details, Reading, collect_metrics
from speechcx.call.measures import call_columns
from speechcx.store.calls import heard as heard_rows
from speechcx.store.calls import judged as judged_rows
from speechcx.store.calls import past_assessments
from speechcx.store.calls.customer_phrases import keep_phrases
from speechcx.store.calls.file_versions import supersede
from speechcx.store.calls.lookup_tables import LookupTable
from speechcx.store.calls.removed_parts import keep_unindexed
from speechcx.store.calls.row_digests import forget_call, note_call
from speechcx.store.calls.team_assignment import place_calls
from speechcx.store.calls.turns import delete_turns, find_unallowed, insert_turns, update_turns
from speechcx.store.decisions.legal_holds import catch_call
from speechcx.store.moments import (
    CALLS_A_SECOND,
    UNKNOWN_BEFORE,
    first_call_no,
    utc_text,
)
from speechcx.store.packing import to_fixed
from speechcx.store.paths import plain_text

JUDGED_TABLES = ("calls", "turns_data", "past_assessments", *judged_rows.TABLES)
"""Tables that judging writes."""


def find_call_no(db: sqlite3.Connection, call_id: str) -> int | None:
    """Number of a stored call, None where it is not stored."""
    row = db.execute("SELECT call_no FROM calls WHERE call_id = ?", (call_id,)).fetchone()
    return None if row is None else int(row[0])


def replace_call(db: sqlite3.Connection, call: Call, names: LookupTable) -> None:
    """Write a call in place of everything stored of it, and of what its file held before."""
    write_call(db, call, names)
    supersede(db, call.conversation.recording.id, call.conversation.recording.path)


def write_call(db: sqlite3.Connection, call: Call, names: LookupTable) -> int:
    """Write a call in place of everything stored of it, and nothing of other calls; returns its number."""
    heard, judged = call.conversation, call.assessment
    call_id, details = heard.recording.id, heard.recording.details
    old = find_call_no(db, call_id)
    is_unallowed = old is not None and find_unallowed(db, old, judged.reading)
    kept = None if old is None else _kept_past(db, old, judged, names)
    if old is not None:
        delete_call(db, old)
    call_no = _free_call_no(db, details, old)
    row = _heard_values(heard, names) | _details_values(details) | _judged_values(judged, names)
    row |= {"call_no": call_no, "call_id": call_id}
    db.execute(f"INSERT INTO calls ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", (*row.values(),))
    heard_rows.insert_heard(db, call_no, heard)
    judged_rows.insert_judged(db, call_no, judged, names)
    insert_turns(db, call_no, heard, judged.reading, names)
    db.executemany(
        "INSERT INTO past_assessments VALUES (?, ?, ?, ?, ?, ?, ?)", [(call_no, *rest) for rest in kept or ()]
    )
    if is_unallowed:
        past_assessments.strip_past(db, call_no, judged.reading.feeling)
    place_calls(db, "c.call_no = ?", call_no)
    catch_call(db, call_no)
    keep_unindexed(db, call_no, call_id)
    keep_phrases(db, call_no)
    note_call(db, call_no)
    return call_no


def replace_assessment(db: sqlite3.Connection, call_no: int, judged: Assessment, names: LookupTable) -> None:
    """Write an assessment in place of the present one, which is kept if its rulebook was another."""
    stored = db.execute("SELECT rulebook_no FROM calls WHERE call_no = ?", (call_no,)).fetchone()
    rulebook_no = names.rulebook_no(judged)
    if stored[0] != rulebook_no:
        past_assessments.keep_past(db, call_no, judged_rows.read_judged(db, call_no))
        past_assessments.forget_past(db, call_no, rulebook_no)
    if find_unallowed(db, call_no, judged.reading):
        past_assessments.strip_past(db, call_no, judged.reading.feeling)
    judged_rows.delete_judged(db, call_no)
    row = _judged_values(judged, names)
    changes = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE calls SET {changes} WHERE call_no = :call_no", row | {"call_no": call_no})
    judged_rows.insert_judged(db, call_no, judged, names)
    update_turns(db, call_no, judged.reading, names)
    keep_phrases(db, call_no)
    note_call(db, call_no, only=JUDGED_TABLES)


def replace_details(db: sqlite3.Connection, call_no: int, details: Details, names: LookupTable) -> None:
    """Write corrected details of a stored call; its number follows its time."""
    recording = replace(heard_rows.read_recording(db, call_no), details=details)
    if first_call_no(details.started_at) != call_no // CALLS_A_SECOND * CALLS_A_SECOND:
        kept = "stored_at, judged_at, superseded_by"
        stands = db.execute(f"SELECT {kept} FROM calls WHERE call_no = ?", (call_no,)).fetchone()
        conversation = replace(heard_rows.read_heard(db, call_no), recording=recording)
        call_no = write_call(db, Call(conversation, judged_rows.read_judged(db, call_no)), names)
        db.execute(f"UPDATE calls SET ({kept}) = (?, ?, ?) WHERE call_no = ?", (*stands, call_no))
        note_call(db, call_no, only=("calls",))
        return
    row = _details_values(details)
    changes = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE calls SET {changes} WHERE call_no = :call_no", row | {"call_no": call_no})
    heard_rows.update_recording(db, call_no, recording)
    place_calls(db, "c.call_no = ?", call_no)
    catch_call(db, call_no)
    note_call(db, call_no, only=("calls", "recordings"))


def delete_call(db: sqlite3.Connection, call_no: int) -> None:
    """Remove everything stored of a call."""
    delete_turns(db, call_no)
    heard_rows.delete_peaks(db, call_no)
    db.execute("DELETE FROM calls WHERE call_no = ?", (call_no,))
    forget_call(db, call_no)


def _kept_past(
    db: sqlite3.Connection, call_no: int, judged: Assessment, names: LookupTable
) -> list[tuple[Any, ...]]:
    """Past assessments that a redone call keeps: those of other rulebooks than its new one."""
    rulebook_no = names.rulebook_no(judged)
    present = db.execute("SELECT rulebook_no FROM calls WHERE call_no = ?", (call_no,)).fetchone()[0]
    if present != rulebook_no:
        past_assessments.keep_past(db, call_no, judged_rows.read_judged(db, call_no))
    rows = db.execute(
        "SELECT rulebook_no, judged_at, replaced_at, scores, flagged_count, packed FROM past_assessments"
        " WHERE call_no = ? AND rulebook_no <> ?",
        (call_no, rulebook_no),
    )
    return rows.fetchall()


def _free_call_no(db: sqlite3.Connection, details: Details, old: int | None) -> int:
    first = first_call_no(details.started_at)
    end = UNKNOWN_BEFORE if first == 0 else first + CALLS_A_SECOND
    if old is not None and first <= old < end:
        return old
    row = db.execute(
        "SELECT max(call_no) FROM calls WHERE call_no >= ? AND call_no < ?", (first, end)
    ).fetchone()
    number = first if row[0] is None else int(row[0]) + 1
    while db.execute("SELECT 1 FROM calls WHERE call_no = ?", (number,)).fetchone():
        number += 1
    return number


def _heard_values(heard: Conversation, names: LookupTable) -> dict[str, Any]:
    return {
        "stored_at": utc_text(),
        "provenance_no": names.provenance_no(heard.provenance),
        "split": heard.speech.split,
        "flags": json.dumps(heard.flags),
        "turn_count": len(heard.speech.turns),
    }


def _details_values(details: Details) -> dict[str, Any]:
    local = details.local_start
    words = {name: getattr(details, name) for name in ("agent", "customer", "queue", "direction")}
    return {name: None if text is None else plain_text(text) for name, text in words.items()} | {
        "occurred_at": None if details.started_at is None else utc_text(details.started_at),
        "local_day": None if local is None else local.date().isoformat(),
        "local_hour": None if local is None else local.hour,
    }


def _judged_values(judged: Assessment, names: LookupTable) -> dict[str, Any]:
    flow = judged.reading.flow
    start, end = (
        (None, None) if flow.conversation is None else (flow.conversation.start_s, flow.conversation.end_s)
    )
    return _measure_values(judged.reading) | {
        "judged_at": utc_text(),
        "rulebook_no": names.rulebook_no(judged),
        "conversation_start_s": start,
        "conversation_end_s": end,
        "flagged_count": sum(result.flagged for result in judged.results),
        "flow_reasons": json.dumps(flow.reasons) if flow.reasons else None,
        "language": judged.reading.language.code,
        "language_share_x1000": to_fixed(judged.reading.language.share, 1000),
        "language_is_set": int(judged.reading.language.is_set),
    }


def _measure_values(reading: Reading) -> dict[str, Any]:
    """Copies of the measures most asked for, for averages without a join, and why one is null."""
    metrics = collect_metrics(reading)
    values: dict[str, Any] = {}
    missing = {}
    for column in call_columns():
        metric = metrics[column.metric]
        is_count = column.measure.unit == "count" and metric.value is not None
        values[column.name] = int(metric.value or 0) if is_count else metric.value
        if metric.value is None:
            missing[column.name] = metric.why_missing
    states = (felt.end_state for felt in reading.feeling.parties if felt.party == "customer")
    return values | {
        "customer_end_state": next(states, None),
        "missing": json.dumps(missing) if missing else None,
    }
