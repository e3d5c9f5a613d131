"""What a copy of a database takes over from the one whose place it takes, so that nothing erased comes back with it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from speechcx.errors import SpeechcxError
from speechcx.store import Store
from speechcx.store.calls.erasure import find_erasure, list_erased
from speechcx.store.calls.removed_parts import list_frozen, take_removed
from speechcx.store.decisions.audit import AuditEntry, add_entries
from speechcx.store.decisions.certificates import take_certificates
from speechcx.store.decisions.legal_holds import expect_no_other_hold, leave_out_of_holds, take_holds
from speechcx.store.facts.forget_facts import take_forgotten
from speechcx.store.merging.merge_calls import take_erasures


@dataclass(frozen=True, slots=True)
class Carried:
    """What a copy is given of the database whose place it takes, so that nothing erased comes back with it.

    Parameters
    ----------
    erased
        Ids of calls that were erased since the copy was made, and are erased in it too.
    holds
        Legal holds that were set or released since.
    removed
        Calls of which retention has removed a part since.
    """

    erased: tuple[str, ...] = ()
    holds: int = 0
    removed: int = 0


def carry_over(present: Path, copy: Path) -> Carried | None:
    """Hold, erase and remove in a copy what is held, erased and removed in the present database.

    Parameters
    ----------
    present
        The database whose place the copy is to take; it may be missing.
    copy
        A database of this version's schema, opened by nobody else.

    Returns
    -------
    Carried or None
        None where the present database cannot be read.

    Raises
    ------
    LegalHold
        A hold of the copy, which the present database does not know, keeps a call that is erased there.
    """
    if not present.exists():
        return Carried()
    try:
        source = Store.open(present, read_only=True)
        source.db.execute("SELECT count(*) FROM erasures").fetchone()
    except (SpeechcxError, sqlite3.DatabaseError):
        return None
    with source, Store.open(copy) as target:
        with target.write():
            carried = _carry(target, source)
        if carried.erased or carried.removed:
            target.compact()
    return carried


def _carry(target: Store, source: Store) -> Carried:
    holds = take_holds(target.db, source.db)
    # A hold that was set after something was erased keeps nothing of it; one that only the copy has does.
    gone = list_erased(source.db)
    expect_no_other_hold(target.db, source.db, gone | list_frozen(source.db))
    leave_out_of_holds(target.db, gone)
    erased = take_erasures(target, source)
    for call_id in erased:
        # The trail of the copy has to tell of it as that of the source does.
        mark = find_erasure(source, call_id)
        assert mark is not None
        told = AuditEntry("erase", call_id, None, {"reason": "erased before this copy was put back"})
        add_entries(target, mark.erased_by, [told], at=mark.erased_at)
    take_certificates(target.db, source.db)
    take_forgotten(target.db, source.db)
    return Carried(erased, holds, take_removed(target, source.db, despite_holds=True))
