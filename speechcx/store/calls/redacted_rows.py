"""Rows of stored calls, and texts beside them, written again without values that were taken out of them later."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from speechcx.call import Assessment, Call
from speechcx.redact.scrubbing import scrub_written
from speechcx.store.calls.lookup_tables import LookupTable
from speechcx.store.calls.past_assessments import pack_assessment, unpack_assessment
from speechcx.store.calls.row_digests import SHARED_TABLES, note_call, note_shared
from speechcx.store.calls.whole_call import find_call_no, write_call
from speechcx.store.decisions.chain import note_decision
from speechcx.store.decisions.flags import digest_evidence

Scrub = Callable[[str], str]
"""A text without the values in it."""


class ChangedText(NamedTuple):
    """A row beside the calls that lost a value: its table and key."""

    table: str
    key: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Texts:
    """Columns of a table in which people or other systems wrote, and how their rows are told apart.

    Parameters
    ----------
    table, columns
        Where.
    key
        Columns that tell a row apart.
    call
        SQL for the id of the call a row is about.
    about
        What the decision chain knows its rows as, by the first columns of `key`; empty where it does not.
    clears
        Whether a text with a value goes as a whole: its row is sealed, and may only lose its words.
    """

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    call: str = "NULL"
    about: str = ""
    clears: bool = False


_OF_REVIEW = "(SELECT call_id FROM reviews r WHERE r.review_id = t.review_id)"
TEXTS = (
    _Texts("reasons", ("text",), ("reason_no",)),
    _Texts("call_legs", ("extras",), ("leg_no",)),
    _Texts("survey_answers", ("comment",), ("answer_no",), "call_id"),
    _Texts("accounts", ("currency",), ("account_no",)),
    _Texts("failures", ("message", "cure", "detail"), ("file_id",), "call_id"),
    _Texts("other_files", ("why",), ("path",)),
    _Texts("source_warnings", ("found", "cure"), ("warning_id",)),
    _Texts("saved_searches", ("name", "words", "filters"), ("name",)),
    _Texts("flag_states", ("reason", "owner"), ("call_id", "rule"), "call_id", "flag_states"),
    _Texts("follow_ups", ("owner", "result"), ("follow_no",), "call_id"),
    _Texts("deliveries", ("about", "title", "body", "error"), ("delivery_no",)),
    _Texts("legal_holds", ("name", "reason", "released_why"), ("hold_id",), "call_id", "legal_holds"),
    _Texts("erasures", ("reason",), ("call_id",), "call_id", "erasures"),
    _Texts("erasure_certificates", ("reason",), ("certificate_id",), about="erasure_certificates"),
    _Texts("review_plans", ("name", "spec", "left_out"), ("plan_id",), about="review_plans"),
    _Texts("review_draws", ("stratum", "reason"), ("plan_id", "draw_id"), "call_id", "review_plans"),
    _Texts("review_questions", ("machine_why",), ("review_id", "position"), _OF_REVIEW, "reviews"),
    _Texts("review_events", ("text",), ("event_id",), _OF_REVIEW, "review_events", clears=True),
    _Texts("audit", ("detail",), ("audit_id",), "call_id", clears=True),
    _Texts("merged_audit", ("detail",), ("digest",), "call_id", clears=True),
)
"""Every place beside the rows of calls in which somebody may have written words of a call."""

_KEYS_OF_CHAIN = {"flag_states": 2}
"""Columns of the key by which the decision chain knows a row, where it is not the first alone."""


def rewrite_call(
    db: sqlite3.Connection, call: Call, names: LookupTable, scrub: Callable[[Assessment], Assessment]
) -> None:
    """Write a stored call in its new form, and its past assessments; inside a write.

    When it was stored and judged stays, and what was decided about its flags stays decided.

    Parameters
    ----------
    db
        Open connection.
    call
        The call without the values.
    names
        The store's lookup tables.
    scrub
        What makes an assessment free of the values.
    """
    call_id = call.conversation.recording.id
    kept = "stored_at, judged_at, superseded_by"
    stands = db.execute(f"SELECT {kept} FROM calls WHERE call_id = ?", (call_id,)).fetchone()
    before = _digests(db, call_id)
    call_no = write_call(db, call, names)
    db.execute(f"UPDATE calls SET ({kept}) = (?, ?, ?) WHERE call_no = ?", (*stands, call_no))
    past = db.execute(
        "SELECT rulebook_no, packed FROM past_assessments WHERE call_no = ?", (call_no,)
    ).fetchall()
    for rulebook_no, packed in past:
        new = pack_assessment(scrub(unpack_assessment(packed)))
        db.execute(
            "UPDATE past_assessments SET packed = ? WHERE call_no = ? AND rulebook_no = ?",
            (new, call_no, rulebook_no),
        )
    note_call(db, call_no, only=("calls", "past_assessments"))
    for rule, digest in _digests(db, call_id).items():
        if before.get(rule, digest) == digest:
            continue
        changed = db.execute(
            "UPDATE flag_states SET seen_evidence = ? WHERE call_id = ? AND rule = ? AND seen_evidence = ?",
            (digest, call_id, rule, before[rule]),
        ).rowcount
        if changed:
            note_decision(db, "flag_states", (call_id, rule))


def _digests(db: sqlite3.Connection, call_id: str) -> dict[str, str]:
    """The digest of the evidence of each rule in a call, as decisions about flags keep it."""
    call_no = find_call_no(db, call_id)
    results = db.execute("SELECT rule, value FROM results WHERE call_no = ?", (call_no,)).fetchall()
    hits = db.execute(
        "SELECT rule, start_s, end_s, quote FROM hits WHERE call_no = ? ORDER BY rule_no, position",
        (call_no,),
    ).fetchall()
    return {
        rule: digest_evidence(result, [tuple(hit[1:]) for hit in hits if hit[0] == rule])
        for rule, result in results
    }


def rewrite_texts(
    db: sqlite3.Connection, scrub: Scrub, call_id: str | None = None, *, but: Collection[str] = ()
) -> list[ChangedText]:
    """Write the texts beside calls without values; inside a write.

    Parameters
    ----------
    db
        Open connection.
    scrub
        What makes a text free of values.
    call_id
        Only what is about this call; None for everything.
    but
        Not what is about these calls.

    Returns
    -------
    list of ChangedText
        Rows that were changed.
    """
    changed: list[ChangedText] = []
    for texts in TEXTS:
        if call_id is not None and texts.call == "NULL":
            continue
        columns = ", ".join(f"t.{name}" for name in (*texts.key, *texts.columns))
        columns += f", {texts.call}"
        only = "" if call_id is None else f" WHERE {texts.call} = ?"
        rows = db.execute(
            f"SELECT {columns} FROM {texts.table} t{only}", () if call_id is None else (call_id,)
        ).fetchall()
        for *row, about in rows:
            if about in but:
                continue
            key, old = tuple(row[: len(texts.key)]), list(row[len(texts.key) :])
            new = [None if text is None else scrub_written(text, scrub) for text in old]
            if new != old:
                _write(db, texts, key, [None] * len(new) if texts.clears else new)
                changed.append(ChangedText(texts.table, key))
    return changed


def forget_reason(db: sqlite3.Connection, old: str, new: str) -> None:
    """Write a reason that held a value without it, where the table still has it; inside a write."""
    row = db.execute("SELECT reason_no FROM reasons WHERE text = ?", (old,)).fetchone()
    if row is not None:
        _write(db, TEXTS[0], tuple(row), [new])


def _write(db: sqlite3.Connection, texts: _Texts, key: tuple[object, ...], new: list[str | None]) -> None:
    where = " AND ".join(f"{name} = ?" for name in texts.key)
    salt = ", salt = NULL" if texts.table in ("audit", "merged_audit") else ""
    changes = ", ".join(f"{name} = ?" for name in texts.columns)
    update = f"UPDATE {texts.table} SET {changes}{salt} WHERE {where}"
    try:
        db.execute(update, (*new, *key))
    except sqlite3.IntegrityError:
        # What may be there once, a reason or a name, says the same as another now: something tells them apart.
        mark = key[0] if isinstance(key[0], int) else secrets.token_hex(4)
        db.execute(update, (f"{new[0]} ({mark})", *new[1:], *key))
    if texts.table in SHARED_TABLES:
        note_shared(db, texts.table, int(str(key[0])))
    if texts.about:
        note_decision(db, texts.about, tuple(key[: _KEYS_OF_CHAIN.get(texts.about, 1)]))  # type: ignore[arg-type]
