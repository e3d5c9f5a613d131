"""What people decide about flags: the last word for each, kept apart from what the rules find.

A flag is a call and a rule. Which calls are flagged follows from the results of the rules and is
never written down; only decisions are. So judging again can neither lose a decision nor make one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

from speechcx.errors import UsageError
from speechcx.store.decisions.audit import AuditEntry, add_entries, tidy_text
from speechcx.store.decisions.chain import note_decision
from speechcx.store.moments import utc_text

if TYPE_CHECKING:
    from speechcx.store import Store

FlagStatus = Literal["open", "confirmed", "dismissed", "escalated"]
FLAG_STATUSES: tuple[FlagStatus, ...] = get_args(FlagStatus)


@dataclass(frozen=True, slots=True)
class FlagChange:
    """What to change of flags; None leaves a thing as it is, empty text takes it away.

    Parameters
    ----------
    status
        What it is now.
    owner
        Who is to deal with it.
    reason
        Why; of this change, not kept over to the next one with a status.
    due
        Day by which it is to be dealt with; ``date.min`` takes it away.
    """

    status: FlagStatus | None = None
    owner: str | None = None
    reason: str | None = None
    due: date | None = None

    def __post_init__(self) -> None:
        if self.status is not None and self.status not in FLAG_STATUSES:
            raise UsageError(f"status {self.status!r}", f"one of {', '.join(FLAG_STATUSES)}", "correct it")
        if self.status is None and self.owner is None and self.reason is None and self.due is None:
            raise UsageError(
                "nothing to change", "a status, an owner, a reason or a due date", "say what to change"
            )
        if self.status in ("dismissed", "escalated") and tidy_text(self.reason) is None:
            raise UsageError(f"{self.status} without a reason", "why", "add --reason WORDS")


@dataclass(frozen=True, slots=True)
class SeenFlag:
    """A flag as it is when somebody decides about it.

    Parameters
    ----------
    call_id, rule
        The flag.
    result
        What the rule found: present, absent, cannot_tell; ``no`` for a question.
    evidence
        :func:`digest_evidence` of its hits.
    rulebook, version
        Under which rulebook.
    """

    call_id: str
    rule: str
    result: str
    evidence: str
    rulebook: str
    version: str


@dataclass(frozen=True, slots=True)
class FlagState:
    """What was last decided about a flag, and what it was about."""

    status: FlagStatus
    owner: str | None
    reason: str | None
    due: str | None
    changed_at: str
    changed_by: str
    seen_result: str
    seen_evidence: str
    rulebook: str
    rulebook_version: str


_STATE = "status, owner, reason, due, changed_at, changed_by, seen_result, seen_evidence, rulebook, rulebook_version"


def digest_evidence(result: str, hits: Sequence[tuple[object, ...]]) -> str:
    """16 hex digits over a result and the times and words of its hits."""
    return hashlib.sha256(json.dumps([result, *hits]).encode()).hexdigest()[:16]


def read_state(store: Store, call_id: str, rule: str) -> FlagState | None:
    """What was last decided about a flag; None where nobody has."""
    row = store.db.execute(
        f"SELECT {_STATE} FROM flag_states WHERE call_id = ? AND rule = ?", (call_id, rule)
    ).fetchone()
    return None if row is None else FlagState(*row)


def set_flags(store: Store, flags: Sequence[SeenFlag], change: FlagChange, *, who: str) -> int:
    """Decide about flags, all in one transaction, each with a row in the audit trail.

    Returns
    -------
    int
        How many were changed; those that are so already are left alone.
    """
    now, changed = utc_text(), []
    with store.write():
        for seen in flags:
            before = read_state(store, seen.call_id, seen.rule)
            after = _apply(before, seen, change, now=now, who=who)
            if before is not None and _is_same(before, after):
                continue
            row = asdict(after) | {"call_id": seen.call_id, "rule": seen.rule}
            store.db.execute(
                f"INSERT OR REPLACE INTO flag_states ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                (*row.values(),),
            )
            changed.append(AuditEntry("flag", seen.call_id, seen.rule, _detail(before, after, change)))
        note_decision(store.db, "flag_states", *((str(entry.call_id), str(entry.rule)) for entry in changed))
        add_entries(store, who, changed, at=now)
    return len(changed)


def _apply(before: FlagState | None, seen: SeenFlag, change: FlagChange, *, now: str, who: str) -> FlagState:
    status = change.status or (before.status if before else "open")
    owner, reason, due = (before.owner, before.reason, before.due) if before else (None, None, None)
    if change.status is not None or change.reason is not None:
        reason = tidy_text(change.reason)
    if change.owner is not None:
        owner = tidy_text(change.owner)
    if change.due is not None:
        due = None if change.due == date.min else change.due.isoformat()
    if before is not None and change.status is None:
        # Nothing was decided about the evidence: what an earlier decision was about stays.
        about = (before.seen_result, before.seen_evidence, before.rulebook, before.rulebook_version)
    else:
        about = (seen.result, seen.evidence, seen.rulebook, seen.version)
    return FlagState(status, owner, reason, due, now, who, *about)


def _is_same(before: FlagState, after: FlagState) -> bool:
    def essence(state: FlagState) -> tuple[object, ...]:
        return state.status, state.owner, state.reason, state.due, state.seen_evidence, state.rulebook_version

    return essence(before) == essence(after)


def _detail(before: FlagState | None, after: FlagState, change: FlagChange) -> dict[str, object]:
    """What the audit trail says: what it was and is now, and what it was about."""
    return {
        "was": before.status if before else "open",
        "status": after.status,
        "owner": after.owner,
        "reason": tidy_text(change.reason),
        "due": after.due,
        "result": after.seen_result,
        "evidence": after.seen_evidence,
        "rulebook": f"{after.rulebook} version {after.rulebook_version}",
    }
