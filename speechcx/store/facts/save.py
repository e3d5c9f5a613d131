"""Writing facts: what is new is added, what says something else than before is updated, the rest is left alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from speechcx.call.imported import CallLeg, CommentReading, CustomerAccount, SurveyAnswer
from speechcx.store import Store
from speechcx.store.calls.row_digests import note_shared_rows
from speechcx.store.decisions.audit import AuditEntry, add_entries
from speechcx.store.facts.customer_keys import customer_key
from speechcx.store.facts.forget_facts import ForgottenFacts
from speechcx.store.facts.handling_sums import sums_counted_at_end
from speechcx.store.facts.match_calls import match_facts
from speechcx.store.facts.records import rebuild_records
from speechcx.store.filters import SqlValue
from speechcx.store.moments import utc_text, write_moment
from speechcx.store.paths import plain_text

_NUMBERS = {"call_legs": "leg_no", "survey_answers": "answer_no", "accounts": "account_no"}
"""The number of a row of each table, for its digest."""


@dataclass(frozen=True, slots=True)
class ImportInfo:
    """A file of facts.

    Parameters
    ----------
    kind
        ``calls``, ``surveys`` or ``accounts``.
    file, sha256
        Its name, and the digest of its bytes.
    who
        Who imports it.
    zone
        Zone that times without one were read in.
    tolerance_s
        How far the clocks of telephone system and recorder may differ, in seconds.
    """

    kind: str
    file: str
    sha256: str
    who: str
    zone: str | None
    tolerance_s: float


@dataclass(frozen=True, slots=True)
class SavedFacts:
    """What an import changed.

    Parameters
    ----------
    added, updated, unchanged
        Facts that were new, that said something else before, that were known as they are.
    matched, ambiguous
        Of all facts of this kind: those whose call was found (of accounts: those whose customer has a call), and
        those that several calls would fit.
    erased
        Facts of calls and customers that were erased: they are left out.
    """

    added: int
    updated: int
    unchanged: int
    matched: int
    ambiguous: int
    erased: int = 0


def save_legs(store: Store, legs: Sequence[CallLeg], info: ImportInfo) -> SavedFacts:
    """Keep legs of call records, make their calls again and look for the recordings, in one transaction."""
    rows = [
        {
            "record_id": plain_text(leg.record_id), "leg_id": plain_text(leg.leg_id),
            "started_at": write_moment(leg.started_at), "agent": _plain(leg.agent), "customer": _plain(leg.customer),
            "queue": _plain(leg.queue), "direction": _plain(leg.direction), "outcome": leg.outcome,
            "wait_s": leg.wait_s, "talk_s": leg.talk_s, "hold_s": leg.hold_s, "wrap_s": leg.wrap_s,
            "duration_s": leg.duration_s, "recording": _plain(leg.recording),
            "extras": plain_text(json.dumps(dict(leg.extras), ensure_ascii=False)), "row": leg.row,
        }
        for leg in legs
    ]  # fmt: skip
    with store.write():
        counts, changed = _upsert(store.db, "call_legs", ("record_id", "leg_id"), rows, info)
        with sums_counted_at_end(store.db, len(changed)):
            rebuild_records(store.db, (str(row["record_id"]) for row in changed))
            match_facts(store.db)
        return _finish(store, info, counts, "call_records")


def save_answers(store: Store, answers: Sequence[SurveyAnswer], info: ImportInfo) -> SavedFacts:
    """Keep answers to surveys and look for the calls they are about, in one transaction."""
    rows = [
        {
            "answer_id": f"{answer.kind}:{plain_text(answer.answer_id)}", "kind": answer.kind,
            "answered_at": write_moment(answer.answered_at),
            "local_day": None if answer.answered_at is None else answer.answered_at.date().isoformat(),
            "value": answer.value, "low": answer.low, "high": answer.high, "reference": _plain(answer.reference),
            "customer": _plain(answer.customer), "agent": _plain(answer.agent), "comment": _plain(answer.comment),
            "row": answer.row, "high_is": answer.high_is, "is_low": int(answer.is_low),
            "comment_language": answer.reading.language, "comment_sentiment": answer.reading.sentiment,
            "comment_label": answer.reading.label, "comment_drivers": _list(answer.reading.drivers),
            "comment_read_with": answer.reading.read_with, "comment_why": answer.reading.why,
        }
        for answer in answers
    ]  # fmt: skip
    with store.write():
        counts, _ = _upsert(store.db, "survey_answers", ("answer_id",), rows, info)
        match_facts(store.db)
        return _finish(store, info, counts, "survey_answers")


def _list(ids: Sequence[str] | None) -> str | None:
    return None if ids is None else json.dumps(ids)


def read_comment_readings(db: sqlite3.Connection) -> dict[str, CommentReading]:
    """The reading of every comment that was read, by its text."""
    rows = db.execute(
        "SELECT comment, comment_language, comment_sentiment, comment_label, comment_drivers, comment_read_with,"
        " comment_why FROM survey_answers WHERE comment_read_with IS NOT NULL"
    )
    return {
        comment: CommentReading(
            language, value, label, None if ids is None else tuple(json.loads(ids)), made_with, why
        )
        for comment, language, value, label, ids, made_with, why in rows
    }


def save_accounts(store: Store, accounts: Sequence[CustomerAccount], info: ImportInfo) -> SavedFacts:
    """Keep accounts of customers, in one transaction."""
    rows = [
        {
            "account_id": plain_text(account.account_id), "customer": plain_text(account.customer),
            "customer_key": customer_key(plain_text(account.customer)), "status": account.status,
            "opened_day": _write_day(account.opened), "closed_day": _write_day(account.closed),
            "as_of_day": _write_day(account.as_of), "value": account.value,
            "lifetime_value": account.lifetime_value, "currency": _plain(account.currency), "row": account.row,
        }
        for account in accounts
    ]  # fmt: skip
    with store.write():
        counts, _ = _upsert(store.db, "accounts", ("account_id",), rows, info)
        matched = _count_customers_with_calls(store.db)
        return replace(_finish(store, info, counts, None), matched=matched)


def _count_customers_with_calls(db: sqlite3.Connection) -> int:
    """Accounts whose customer has a recorded call."""
    called = db.execute("SELECT DISTINCT customer FROM calls WHERE customer IS NOT NULL")
    keys = {customer_key(customer) for (customer,) in called}
    return sum(key in keys for (key,) in db.execute("SELECT customer_key FROM accounts"))


def _write_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _plain(text: str | None) -> str | None:
    return None if text is None else plain_text(text)


@dataclass(slots=True)
class _Counts:
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    erased: int = 0
    import_no: int = 0


def _upsert(
    db: sqlite3.Connection,
    table: str,
    key: tuple[str, ...],
    rows: Sequence[Mapping[str, SqlValue]],
    info: ImportInfo,
) -> tuple[_Counts, list[Mapping[str, SqlValue]]]:
    """Add or update rows by their key; returns the counts, and the rows that are new or changed."""
    counts = _Counts(import_no=_begin(db, info, len(rows)))
    changed: list[Mapping[str, SqlValue]] = []
    facts = [name for name in (rows[0] if rows else ()) if name != "row"]
    numbers: list[int] = []
    forgotten = ForgottenFacts(db)
    number_name = _NUMBERS[table]
    read = f"SELECT {', '.join(facts)} FROM {table} WHERE {' AND '.join(f'{name} = ?' for name in key)}"
    for row in rows:
        if forgotten.has(table, str(row[key[0]])):
            counts.erased += 1
            continue
        before = db.execute(read, [row[name] for name in key]).fetchone()
        values = tuple(row[name] for name in facts)
        if before is not None and tuple(before) == values:
            counts.unchanged += 1
            continue
        whole = {**row, "import_no": counts.import_no}
        changes = ", ".join(f"{name} = excluded.{name}" for name in whole if name not in key)
        (number,) = db.execute(
            f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({', '.join('?' * len(whole))})"
            f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes} RETURNING {number_name}",
            tuple(whole.values()),
        ).fetchone()
        numbers.append(int(number))
        changed.append(row)
        if before is None:
            counts.added += 1
        else:
            counts.updated += 1
    note_shared_rows(db, table, numbers)
    return counts, changed


def _begin(db: sqlite3.Connection, info: ImportInfo, rows: int) -> int:
    found = db.execute(
        "INSERT INTO imports (kind, file, sha256, imported_at, who, zone, tolerance_s, rows_read, added, updated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
        (
            info.kind, plain_text(info.file), info.sha256, utc_text(), plain_text(info.who), info.zone,
            info.tolerance_s, rows,
        ),
    )  # fmt: skip
    assert found.lastrowid is not None
    return found.lastrowid


def _finish(store: Store, info: ImportInfo, counts: _Counts, table: str | None) -> SavedFacts:
    """End an import; `table` is where facts of its kind find their calls, None where they find none."""
    db = store.db
    if not counts.added and not counts.updated:
        # The same file again changes nothing, not even the list of imports.
        db.execute("DELETE FROM imports WHERE import_no = ?", (counts.import_no,))
    else:
        db.execute(
            "UPDATE imports SET added = ?, updated = ? WHERE import_no = ?",
            (counts.added, counts.updated, counts.import_no),
        )
        note_shared_rows(db, "imports", [counts.import_no])
        detail = {"kind": info.kind, "sha256": info.sha256, "added": counts.added, "updated": counts.updated}
        add_entries(store, info.who, [AuditEntry("import", None, None, detail)])
    if table is None:
        return SavedFacts(counts.added, counts.updated, counts.unchanged, 0, 0)
    matched, ambiguous = db.execute(
        f"SELECT count(call_id), count(*) FILTER (WHERE candidates > 1) FROM {table}"
    ).fetchone()
    return SavedFacts(counts.added, counts.updated, counts.unchanged, matched, ambiguous, counts.erased)
