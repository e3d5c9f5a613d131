"""Legal holds: calls that may not be erased, whatever a period or a request says, until somebody releases them.

A hold is about a call, a customer or a period. The calls it catches are written down (``held_calls``): those that are
there, and every call that is kept later and fits. So a customer or a day that is corrected afterwards takes no call
out of it. A trigger refuses to mark a held call as erased, whoever asks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from speechcx.errors import LegalHold, UsageError
from speechcx.store.decisions.audit import AuditEntry, add_entries, tidy_text
from speechcx.store.decisions.chain import note_decision
from speechcx.store.moments import utc_text

if TYPE_CHECKING:
    from speechcx.store import Store

_COLUMNS = (
    "hold_id, name, call_id, customer, since, until, reason, set_at, set_by, released_at, released_by,"
    " released_why"
)
_FITS = (
    "(l.call_id = c.call_id OR l.customer = c.customer OR (l.since IS NOT NULL AND (c.local_day IS NULL"
    " OR c.local_day BETWEEN l.since AND coalesce(l.until, '9999'))))"
)
"""Whether a row ``c`` of calls is caught by a row ``l`` of holds; a call of an unknown day may be of any period."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a hold is about: exactly one of a call, a customer and a period.

    Parameters
    ----------
    call_id, customer
        The call, or the customer.
    since, until
        First and last day of the period; `until` may be left open.
    """

    call_id: str | None = None
    customer: str | None = None
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        named = [part for part in (self.call_id, self.customer, self.since) if part is not None]
        if len(named) != 1 or (self.until is not None and self.since is None):
            raise UsageError(
                "a hold on nothing, or on several things at once",
                "calls, or a customer, or a period with its first day",
                "set one hold for each",
            )
        if self.since is not None and self.until is not None and self.until < self.since:
            raise UsageError(
                f"a period from {self.since} to {self.until}", "a last day after the first", "correct it"
            )


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """A hold as it is kept.

    Parameters
    ----------
    hold_id, name
        Its number and what people call it.
    call_id, customer, since, until
        What it is about.
    reason, set_at, set_by
        Why, when and by whom it was set.
    released_at, released_by, released_why
        Likewise of its release; None while it holds.
    calls
        How many calls it has caught.
    """

    hold_id: int
    name: str
    call_id: str | None
    customer: str | None
    since: str | None
    until: str | None
    reason: str
    set_at: str
    set_by: str
    released_at: str | None
    released_by: str | None
    released_why: str | None
    calls: int = 0

    @property
    def about(self) -> str:
        """What it is about, in words."""
        if self.call_id is not None:
            return f"call {self.call_id}"
        if self.customer is not None:
            return f"customer {self.customer}"
        return f"calls from {self.since} to {self.until}" if self.until else f"calls since {self.since}"


def set_hold(store: Store, name: str, held: Held, *, who: str, reason: str) -> HoldRecord:
    """Hold calls from now on; one transaction, told by the audit trail.

    Parameters
    ----------
    store
        Open for writing.
    name
        What people call it; several parts of one case may share a name.
    held
        What is held.
    who, reason
        Who holds it and why.

    Raises
    ------
    UsageError
        The name or the reason is blank, or the call was erased before.
    """
    title, why = tidy_text(name), tidy_text(reason)
    if title is None or why is None:
        raise UsageError("a hold without a name or a reason", "both", "name the case, and say why")
    since, until = (None if day is None else day.isoformat() for day in (held.since, held.until))
    with store.write():
        if store.db.execute("SELECT 1 FROM erasures WHERE call_id = ?", (held.call_id,)).fetchone():
            raise UsageError(
                f"call {held.call_id} was erased",
                "a call that is there",
                "see when: speechcx audit --call CALL",
            )
        (hold_id,) = store.db.execute(
            "INSERT INTO legal_holds (name, call_id, customer, since, until, reason, set_at, set_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING hold_id",
            (title, held.call_id, held.customer, since, until, why, utc_text(), who),
        ).fetchone()
        _catch_all(store.db, hold_id)
        found = _read(store.db, "l.hold_id = ?", hold_id)[0]
        note_decision(store.db, "legal_holds", (hold_id,))
        told = {"hold": hold_id, "name": title, "about": found.about, "reason": why, "calls": found.calls}
        add_entries(store, who, [AuditEntry("hold", None, None, told)])
    return found


def release_hold(store: Store, name: str, *, who: str, reason: str) -> tuple[HoldRecord, ...]:
    """Release every active hold of a name, or the one of a number; what they held is free unless others hold it.

    Raises
    ------
    UsageError
        No active hold is called so, or the reason is blank.
    """
    why = tidy_text(reason)
    if why is None:
        raise UsageError("no reason", "why the hold is released", "add --reason WORDS")
    with store.write():
        wanted = [hold for hold in list_holds(store) if name in (hold.name, str(hold.hold_id))]
        if not wanted:
            active = sorted({hold.name for hold in list_holds(store)})
            raise UsageError(
                f"no active hold {name!r}", f"one of {', '.join(active)}" if active else "an active hold",
                "see them: speechcx hold list",
            )  # fmt: skip
        for hold in wanted:
            store.db.execute(
                "UPDATE legal_holds SET (released_at, released_by, released_why) = (?, ?, ?) WHERE hold_id = ?",
                (utc_text(), who, why, hold.hold_id),
            )
            note_decision(store.db, "legal_holds", (hold.hold_id,))
            told = {
                "hold": hold.hold_id,
                "name": hold.name,
                "about": hold.about,
                "reason": why,
                "released": True,
            }
            add_entries(store, who, [AuditEntry("hold", None, None, told)])
        return tuple(_read(store.db, "l.hold_id = ?", hold.hold_id)[0] for hold in wanted)


def list_holds(store: Store, *, with_released: bool = False) -> tuple[HoldRecord, ...]:
    """Holds in the order in which they were set."""
    return tuple(_read(store.db, "1" if with_released else "l.released_at IS NULL"))


def find_held(db: sqlite3.Connection, call_ids: Collection[str]) -> Mapping[str, HoldRecord]:
    """Of these calls, those under an active hold, each with the first one."""
    active = {hold.hold_id: hold for hold in _read(db, "l.released_at IS NULL")}
    if not active:
        return {}
    found: dict[str, HoldRecord] = {}
    for call_id in call_ids:
        rows = db.execute("SELECT hold_id FROM held_calls WHERE call_id = ? ORDER BY hold_id", (call_id,))
        hold = next((active[number] for (number,) in rows if number in active), None)
        if hold is not None:
            found[call_id] = hold
    return found


def list_held(db: sqlite3.Connection) -> Mapping[str, str]:
    """Every call under an active hold, with the name of the first one."""
    rows = db.execute(
        "SELECT h.call_id, l.name FROM held_calls h JOIN legal_holds l USING (hold_id)"
        " WHERE l.released_at IS NULL ORDER BY h.hold_id DESC"
    )
    return dict(rows.fetchall())


def expect_free(db: sqlite3.Connection, call_ids: Collection[str], *, doing: str = "erased") -> None:
    """Refuse what would take something from a held call.

    Raises
    ------
    LegalHold
        One of the calls is held; tells which, by what and why.
    """
    held = find_held(db, call_ids)
    if not held:
        return
    call_id, hold = next(iter(held.items()))
    others = f", and so are {len(held) - 1} others of these" if len(held) > 1 else ""
    raise LegalHold(
        f"call {call_id} is under the legal hold {hold.name!r} since {hold.set_at[:10]} ({hold.reason}){others};"
        f" nothing was {doing}",
        "calls that no hold is on",
        f"leave them out, or have it released: speechcx hold release {hold.hold_id} --reason WORDS",
    )


def expect_customers_free(db: sqlite3.Connection, customers: Collection[str]) -> None:
    """Refuse to forget customers of whom a hold keeps anything; LegalHold as :func:`expect_free`."""
    for hold in _read(db, "l.released_at IS NULL AND l.customer IS NOT NULL"):
        if hold.customer in customers:
            raise LegalHold(
                f"customer {hold.customer} is under the legal hold {hold.name!r} since {hold.set_at[:10]}"
                f" ({hold.reason}); nothing was erased",
                "a customer that no hold is on",
                f"have it released: speechcx hold release {hold.hold_id} --reason WORDS",
            )


def catch_call(db: sqlite3.Connection, call_no: int) -> None:
    """Write down which active holds a call that was just written fits; inside a write."""
    caught = db.execute(
        "INSERT OR IGNORE INTO held_calls SELECT c.call_id, l.hold_id FROM calls c JOIN legal_holds l"
        f" ON l.released_at IS NULL AND {_FITS} WHERE c.call_no = ? RETURNING call_id",
        (call_no,),
    ).fetchall()
    _note_caught(db, caught)


def find_wrong_holds(db: sqlite3.Connection) -> Iterator[str]:
    """Calls that an active hold should have caught, and of which it is not written down."""
    rows = db.execute(
        f"SELECT c.call_id, l.name FROM legal_holds l JOIN calls c ON {_FITS} WHERE l.released_at IS NULL"
        " UNION SELECT l.call_id, l.name FROM legal_holds l WHERE l.call_id IS NOT NULL"
        " AND l.call_id NOT IN (SELECT call_id FROM erasures)"
        " EXCEPT SELECT h.call_id, l.name FROM held_calls h JOIN legal_holds l USING (hold_id)"
    )
    for call_id, name in rows:
        yield f"call {call_id} is under the legal hold {name!r}, and its mark was removed"


def take_holds(db: sqlite3.Connection, source: sqlite3.Connection) -> int:
    """Bring the holds of another database in, with the calls each has caught; inside a write.

    Returns
    -------
    int
        How many were new, or were released since.
    """
    new, columns = 0, _COLUMNS.removeprefix("hold_id, ")
    for hold_id, *values in source.execute(f"SELECT {_COLUMNS} FROM legal_holds ORDER BY hold_id").fetchall():
        row = db.execute(
            "SELECT hold_id, released_at FROM legal_holds WHERE (name, reason, set_at, set_by) = (?, ?, ?, ?)"
            " AND (call_id, customer, since, until) IS (?, ?, ?, ?)",
            (values[0], values[5], values[6], values[7], *values[1:5]),
        ).fetchone()
        if row is None:
            (number,) = db.execute(
                f"INSERT INTO legal_holds ({columns}) VALUES ({', '.join('?' * len(values))}) RETURNING hold_id",
                values,
            ).fetchone()
            new += 1
        else:
            number = row[0]
            if row[1] is None and values[8] is not None:
                db.execute(
                    "UPDATE legal_holds SET (released_at, released_by, released_why) = (?, ?, ?) WHERE hold_id = ?",
                    (*values[8:], number),
                )
                new += 1
        caught = source.execute(
            "SELECT call_id FROM held_calls WHERE hold_id = ? EXCEPT SELECT call_id FROM erasures", (hold_id,)
        ).fetchall()
        for (call_id,) in caught:
            new_row = db.execute(
                "INSERT OR IGNORE INTO held_calls SELECT ?1, ?2 WHERE ?1 NOT IN (SELECT call_id FROM erasures)"
                " RETURNING call_id",
                (call_id, number),
            ).fetchall()
            _note_caught(db, new_row)
        if values[8] is None:
            _catch_all(db, number)
        note_decision(db, "legal_holds", (number,))
    return new


def expect_no_other_hold(
    db: sqlite3.Connection, source: sqlite3.Connection, call_ids: Collection[str]
) -> None:
    """Refuse what would take something from calls that a hold keeps here which the other database does not know.

    Raises
    ------
    LegalHold
        There is such a hold.
    """
    known = set(source.execute("SELECT name, set_at, set_by FROM legal_holds"))
    for hold in _read(db, "l.released_at IS NULL"):
        if (hold.name, hold.set_at, hold.set_by) in known:
            continue
        caught = {
            one for (one,) in db.execute("SELECT call_id FROM held_calls WHERE hold_id = ?", (hold.hold_id,))
        }
        lost = sorted(caught & set(call_ids))
        if lost:
            raise LegalHold(
                f"the copy holds call {lost[0]} ({hold.name!r}: {hold.reason}), and the present database has erased it"
                " or a part of it; nothing was restored",
                "a copy whose holds the present database knows",
                f"release it in the copy: speechcx hold release {hold.hold_id} --reason WORDS --db COPY",
            )


def leave_out_of_holds(db: sqlite3.Connection, call_ids: Collection[str]) -> None:
    """Take calls out of all holds; inside a write."""
    for call_id in call_ids:
        gone = db.execute("DELETE FROM held_calls WHERE call_id = ? RETURNING call_id", (call_id,)).fetchall()
        _note_caught(db, gone)


def _note_caught(db: sqlite3.Connection, rows: Sequence[tuple[str]]) -> None:
    note_decision(db, "held_calls", *dict.fromkeys(rows))


def _catch_all(db: sqlite3.Connection, hold_id: int) -> None:
    caught = db.execute(
        "INSERT OR IGNORE INTO held_calls SELECT call_id, hold_id FROM legal_holds WHERE hold_id = ?1"
        " AND call_id IS NOT NULL AND call_id NOT IN (SELECT call_id FROM erasures)"
        f" UNION SELECT c.call_id, l.hold_id FROM legal_holds l JOIN calls c ON {_FITS} WHERE l.hold_id = ?1"
        " RETURNING call_id",
        (hold_id,),
    ).fetchall()
    _note_caught(db, caught)


def _read(db: sqlite3.Connection, where: str, *values: object) -> list[HoldRecord]:
    counted = "(SELECT count(*) FROM held_calls h WHERE h.hold_id = l.hold_id)"
    rows = db.execute(
        f"SELECT {_COLUMNS}, {counted} FROM legal_holds l WHERE {where} ORDER BY hold_id", values
    )
    return [HoldRecord(*row) for row in rows]
