"""What becomes of alerts, callbacks and outreach: an owner, a status, a day by which, and what came of it.

None of the three lists is stored: each follows from calls. What people do about an entry is, under its key, so that
judging again can neither lose it nor make it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

from speechcx.errors import UsageError
from speechcx.store.calls.row_digests import note_shared
from speechcx.store.decisions.audit import AuditEntry, add_entries, tidy_text
from speechcx.store.moments import utc_text
from speechcx.store.paths import plain_text

if TYPE_CHECKING:
    from speechcx.store import Store

FollowUpKind = Literal["alert", "callback", "outreach"]
FOLLOW_UP_KINDS: tuple[FollowUpKind, ...] = get_args(FollowUpKind)
FollowUpStatus = Literal["open", "started", "done", "dropped"]
FOLLOW_UP_STATUSES: tuple[FollowUpStatus, ...] = get_args(FollowUpStatus)
SETTLED: tuple[FollowUpStatus, ...] = ("done", "dropped")
"""Nothing waits any more."""

_COLUMNS = "status, owner, due, result, changed_at, changed_by"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What was last said of an entry.

    Parameters
    ----------
    status
        ``open``, ``started``, ``done`` or ``dropped``.
    owner, due, result
        Who sees to it, by which day, and what came of it; None where nobody said.
    changed_at, changed_by
        When, UTC, and by whom.
    """

    status: FollowUpStatus
    owner: str | None
    due: str | None
    result: str | None
    changed_at: str
    changed_by: str

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits any more."""
        return self.status in SETTLED


@dataclass(frozen=True, slots=True)
class FollowUpChange:
    """What to change of an entry; None leaves a thing as it is, empty text takes it away.

    Parameters
    ----------
    status, owner, result
        See :class:`FollowUp`.
    due
        ``date.min`` takes it away.
    """

    status: FollowUpStatus | None = None
    owner: str | None = None
    due: date | None = None
    result: str | None = None

    def __post_init__(self) -> None:
        if self.status is not None and self.status not in FOLLOW_UP_STATUSES:
            raise UsageError(
                f"status {self.status!r}", f"one of {', '.join(FOLLOW_UP_STATUSES)}", "correct it"
            )
        if all(value is None for value in (self.status, self.owner, self.due, self.result)):
            raise UsageError(
                "nothing to change", "a status, an owner, a due date or a result", "say what to change"
            )


@dataclass(frozen=True, slots=True)
class FollowUpKey:
    """An entry of one of the lists.

    Parameters
    ----------
    kind
        Which list.
    key
        The entry: ``DAY/RULE`` of an alert (with ``/queue=NAME`` of one group), the newest call of a callback,
        ``RULE/CALL`` of outreach.
    call_id
        The call it is about; None for alerts.
    """

    kind: FollowUpKind
    key: str
    call_id: str | None = None


def read_follow_ups(db: sqlite3.Connection, kind: FollowUpKind) -> dict[str, FollowUp]:
    """What was last said of each entry of a list, by its key."""
    rows = db.execute(f"SELECT key, {_COLUMNS} FROM follow_ups WHERE kind = ?", (kind,))
    return {key: FollowUp(*row) for key, *row in rows}


def mark_follow_up(store: Store, entry: FollowUpKey, change: FollowUpChange, *, who: str) -> FollowUp:
    """Say something of an entry, in one transaction with a row in the audit trail."""
    with store.write():
        before = read_follow_ups(store.db, entry.kind).get(entry.key)
        after = _apply(before, change, who=who)
        row = {"kind": entry.kind, "key": plain_text(entry.key), "call_id": entry.call_id, **asdict(after)}
        (number,) = store.db.execute(
            f"INSERT INTO follow_ups ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
            " ON CONFLICT (kind, key) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in row if name not in ("kind", "key"))
            + " RETURNING follow_no",
            tuple(row.values()),
        ).fetchone()
        note_shared(store.db, "follow_ups", number)
        told = {"kind": entry.kind, "key": entry.key, "was": before.status if before else "open"}
        told |= {name: value for name, value in asdict(after).items() if not name.startswith("changed")}
        add_entries(store, who, [AuditEntry("mark", entry.call_id, None, told)], at=after.changed_at)
    return after


def _apply(before: FollowUp | None, change: FollowUpChange, *, who: str) -> FollowUp:
    status = change.status or (before.status if before else "open")
    owner, due, result = (before.owner, before.due, before.result) if before else (None, None, None)
    if change.owner is not None:
        owner = tidy_text(change.owner)
    if change.result is not None:
        result = tidy_text(change.result)
    if change.due is not None:
        due = None if change.due == date.min else change.due.isoformat()
    return FollowUp(status, owner, due, result, utc_text(), plain_text(who))
