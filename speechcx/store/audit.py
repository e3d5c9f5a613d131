"""The audit trail: what people decided and did about calls, in rows that are added and never changed.

Each row carries a digest over itself and the digest of the row before, so a row that was changed,
moved, put in or taken out shows. Rows cut off at the end do not: compare the last digest with one
written down elsewhere, as every evidence folder has it.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from speechcx.errors import UsageError
from speechcx.store.moments import utc_text
from speechcx.store.paths import plain_text

if TYPE_CHECKING:
    from speechcx.store import Store

Action = Literal["flag", "export", "erase"]
ACTIONS: tuple[Action, ...] = get_args(Action)

LONGEST_TEXT = 10_000
"""Characters of a name or reason that are kept."""

NOTHING_BEFORE = "0" * 64
"""What stands for the digest before the first row."""

_COLUMNS = "audit_id, at, who, action, call_id, rule, detail, salt, detail_digest, digest"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written down: an action, the call and the rule it is about, and what exactly."""

    action: Action
    call_id: str | None = None
    rule: str | None = None
    detail: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the trail.

    Parameters
    ----------
    detail
        JSON object as text; None where the call was erased since.
    salt
        Goes into `detail_digest`; None likewise.
    digest
        Over this row and the digest of the one before.
    """

    audit_id: int
    at: str
    who: str
    action: str
    call_id: str | None
    rule: str | None
    detail: str | None
    salt: str | None
    detail_digest: str
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the trail found: `broken_at` is the first wrong row, None where all are right."""

    rows: int
    broken_at: int | None
    why: str
    digest: str


def add_entries(store: Store, who: str, entries: Sequence[Entry], *, at: str | None = None) -> list[int]:
    """Write entries down, in one transaction or in the one that is open; returns their numbers.

    Parameters
    ----------
    store
        Open for writing.
    who
        Who did it; see :func:`read_who`.
    entries
        In order.
    at
        When, UTC; None for now.
    """
    moment, numbers = at or utc_text(), []
    with store.write():
        last = store.db.execute(
            "SELECT audit_id, digest FROM audit ORDER BY audit_id DESC LIMIT 1"
        ).fetchone()
        number, before = last or (0, NOTHING_BEFORE)
        for entry in entries:
            number += 1
            detail = json.dumps(entry.detail or {}, ensure_ascii=False, sort_keys=True)
            salt = secrets.token_hex(16)
            row = AuditRow(
                number, moment, who, entry.action, entry.call_id, entry.rule, detail, salt,
                _sha256(salt + detail), "",
            )  # fmt: skip
            before = _digest(row, before)
            store.db.execute(
                f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row.audit_id, row.at, row.who, row.action, row.call_id, row.rule, row.detail, row.salt,
                    row.detail_digest, before,
                ),
            )  # fmt: skip
            numbers.append(number)
    return numbers


def read_trail(
    store: Store, *, call_id: str | None = None, rule: str | None = None, action: str | None = None
) -> tuple[AuditRow, ...]:
    """Rows of the trail, oldest first: all, or those about a call, a rule, an action."""
    wanted = {"call_id": call_id, "rule": rule, "action": action}
    given = {name: value for name, value in wanted.items() if value is not None}
    where = " AND ".join(f"{name} = ?" for name in given) or "1"
    rows = store.db.execute(
        f"SELECT {_COLUMNS} FROM audit WHERE {where} ORDER BY audit_id", (*given.values(),)
    )
    return tuple(AuditRow(*row) for row in rows)


def verify_trail(store: Store) -> Verdict:
    """Compute every digest again."""
    before, count = NOTHING_BEFORE, 0
    for row in _all_rows(store):
        count += 1
        if row.audit_id != count:
            return Verdict(count, row.audit_id, f"row {count} is missing", before)
        if row.detail is not None and _sha256((row.salt or "") + row.detail) != row.detail_digest:
            return Verdict(count, row.audit_id, "what was done was changed", before)
        if _digest(row, before) != row.digest:
            return Verdict(count, row.audit_id, "the row, or the one before, was changed or moved", before)
        before = row.digest
    return Verdict(count, None, "", before)


def forget_details(store: Store, call_id: str) -> None:
    """Take what was written about a call out of the trail; that it was written, when and by whom, stays."""
    with store.write():
        store.db.execute("UPDATE audit SET detail = NULL, salt = NULL WHERE call_id = ?", (call_id,))


def read_who(given: str | None = None) -> str:
    """The name somebody goes by in the trail: as given, else that of the login.

    Raises
    ------
    UsageError
        Neither says a name.
    """
    if given is None:
        try:
            given = getpass.getuser()
        except (KeyError, OSError):
            given = ""
    name = tidy_text(given)
    if name is None:
        raise UsageError("no name to write down", "who does this", "name yourself with --as NAME")
    return name


def tidy_text(text: str | None) -> str | None:
    """Text that can be kept and shown: without NUL and half characters, not endless; None for blank."""
    if text is None:
        return None
    kept = plain_text(text).replace("\0", "\N{REPLACEMENT CHARACTER}").strip()
    return (kept if len(kept) <= LONGEST_TEXT else f"{kept[: LONGEST_TEXT - 1]}…") or None


def _all_rows(store: Store) -> Iterator[AuditRow]:
    for row in store.db.execute(f"SELECT {_COLUMNS} FROM audit ORDER BY audit_id"):
        yield AuditRow(*row)


def _digest(row: AuditRow, before: str) -> str:
    parts = [before, row.audit_id, row.at, row.who, row.action, row.call_id, row.rule, row.detail_digest]
    return _sha256(json.dumps(parts, ensure_ascii=False))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
