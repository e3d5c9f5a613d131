"""Calls that were erased: everything of them goes, and what is left keeps their files from being taken again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from speechcx.store.decisions.audit import AuditEntry, add_entries, forget_details, tidy_text
from speechcx.store.decisions.certificates import Certificate, CertificateMaker
from speechcx.store.decisions.chain import note_decision
from speechcx.store.decisions.legal_holds import expect_customers_free, expect_free
from speechcx.store.facts.forget_facts import forget_customer, forget_facts
from speechcx.store.moments import utc_text
from speechcx.store.paths import write_path

if TYPE_CHECKING:
    from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is left of an erased call: when, by whom and why."""

    call_id: str
    erased_at: str
    erased_by: str
    reason: str


def erase_calls(
    store: Store, call_ids: Sequence[str], *, who: str, reason: str, customers: Sequence[str] = ()
) -> tuple[tuple[str, ...], int, Certificate]:
    """Erase calls in one transaction, with everything else known of some customers, and certify it.

    Parameters
    ----------
    store
        Open for writing, with the run lock held.
    call_ids
        Stored calls, some that failed, or some that were erased before.
    who, reason
        Who erases them and why; the reason must hold no words of a call, since it stays.
    customers
        Customers of whom call records and answers to surveys go too, also those without a recording.

    Returns
    -------
    tuple
        Paths of files that still hold the recordings, facts of the customers that went, and the certificate.

    Raises
    ------
    LegalHold
        A hold keeps one of the calls, or a customer; none is erased.
    """
    now = utc_text()
    left: list[str] = []
    with store.write():
        expect_free(store.db, call_ids)
        expect_customers_free(store.db, customers)
        maker = CertificateMaker(store.db, call_ids)
        for call_id in call_ids:
            left += erase_call(store, call_id, who=who, reason=reason, at=now)
        facts = sum(forget_customer(store.db, customer) for customer in customers)
        if facts:
            maker.add("facts of customers", facts)
            told = {"reason": tidy_text(reason), "facts": facts}
            add_entries(store, who, [AuditEntry("erase", None, None, told)], at=now)
        certificate = maker.write(at=now, who=who, reason=tidy_text(reason) or "")
    return tuple(dict.fromkeys(left)), facts, certificate


def erase_call(
    store: Store, call_id: str, *, who: str, reason: str, at: str | None = None
) -> tuple[str, ...]:
    """Remove a call and everything said about it, in one transaction, and keep that it was erased.

    Reviews and the audit trail keep who did what and when, without words. Parts of its words may stay
    in the search index and the log until the store is compacted. Files that still hold its recording
    stay known, so that no run takes them; of files that are gone, the name goes too.

    Parameters
    ----------
    store
        Open for writing, with the run lock held.
    call_id
        A stored call, one that failed, or one that was erased before.
    who
        Who erases it.
    reason
        Why; must hold no words of the call, since it stays.
    at
        When, UTC; None for now.

    Returns
    -------
    tuple of str
        Paths of files that still hold its recording.

    Raises
    ------
    LegalHold
        A hold keeps it.
    """
    now = at or utc_text()
    with store.write():
        expect_free(store.db, [call_id])
        paths = store.ledger.find_paths(call_id)
        if store.has_call(call_id):
            paths = tuple(dict.fromkeys((*paths, store.load_conversation(call_id).recording.path)))
        remove_said(store, call_id)
        add_entries(store, who, [AuditEntry("erase", call_id, None, {"reason": tidy_text(reason)})], at=now)
        store.db.execute(
            "INSERT OR REPLACE INTO erasures (call_id, erased_at, erased_by, reason) VALUES (?, ?, ?, ?)",
            (call_id, now, who, tidy_text(reason) or ""),
        )
        note_decision(store.db, "erasures", (call_id,))
        left = tuple(path for path in paths if os.path.exists(path))
        forget_files(store, call_id, left)
    return left


def remove_said(store: Store, call_id: str) -> None:
    """Remove a call with every decision about it, and the words of the trail about it; inside a write."""
    if store.has_call(call_id):
        store.delete_call(call_id)
    forget_facts(store.db, call_id)
    store.db.execute("DELETE FROM merged_calls WHERE call_id = ?", (call_id,))
    gone = store.db.execute(
        "DELETE FROM flag_states WHERE call_id = ? RETURNING call_id, rule", (call_id,)
    ).fetchall()
    note_decision(store.db, "flag_states", *gone)
    forget_details(store, call_id)


def list_erased(db: sqlite3.Connection) -> frozenset[str]:
    """Ids of all calls that were erased."""
    return frozenset(call_id for (call_id,) in db.execute("SELECT call_id FROM erasures"))


def count_erased(db: sqlite3.Connection) -> int:
    """How many calls were erased: what was worked out before another number may still tell of one that is gone."""
    (count,) = db.execute("SELECT count(*) FROM erasures").fetchone()
    return int(count)


def find_erasure(store: Store, call_id: str) -> Erasure | None:
    """When, by whom and why a call was erased; None where it was not."""
    row = store.db.execute(
        "SELECT call_id, erased_at, erased_by, reason FROM erasures WHERE call_id = ?", (call_id,)
    ).fetchone()
    return None if row is None else Erasure(*row)


def forget_files(store: Store, call_id: str, left: Sequence[str]) -> None:
    """Mark the files that are left as erased; forget the others, and every failure."""
    of_call = "(SELECT file_id FROM files WHERE call_id = ?)"
    store.db.execute(
        f"DELETE FROM failures WHERE call_id = ?1 OR file_id IN {of_call.replace('?', '?1')}", (call_id,)
    )
    store.db.execute(
        "UPDATE files SET state = 'skipped', reason = 'erased', retry_asked = 0 WHERE call_id = ?", (call_id,)
    )
    kept = {write_path(path) for path in left}
    rows = store.db.execute("SELECT file_id, path FROM files WHERE call_id = ?", (call_id,)).fetchall()
    for file_id, path in rows:
        if path not in kept:
            store.db.execute("DELETE FROM attempts WHERE file_id = ?", (file_id,))
            store.db.execute("DELETE FROM files WHERE file_id = ?", (file_id,))
