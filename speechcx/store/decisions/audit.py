"""The audit trail: what people decided and did about calls, in rows that are added and never changed.

Each row carries a digest over itself and the digest of the row before, so a row that was changed,
moved, put in or taken out shows. The decision chain (:mod:`speechcx.store.decisions.chain`) covers its end
and the rows it tells of. What one file cannot show is that the whole of it was put back to an older state:
compare the last digest with one written down elsewhere, as every evidence folder has it.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from speechcx.errors import UsageError
from speechcx.store.decisions.chain import NOTHING_BEFORE, ChainEnd, note_decision
from speechcx.store.moments import utc_text
from speechcx.store.paths import plain_text

if TYPE_CHECKING:
    from speechcx.store import Store

Action = Literal[
    "flag", "export", "erase", "hold", "retention", "redact", "relabel", "rules", "settings", "backup", "restore",
    "merge", "import", "mark", "search", "view", "play", "sign-in",
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)

LONGEST_TEXT = 10_000
"""Characters of a name or reason that are kept."""

TRAIL_COLUMNS = "audit_id, at, who, action, call_id, rule, detail, salt, detail_digest, digest"


@dataclass(frozen=True, slots=True)
class AuditEntry:
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
    trail
        The first eight digits of its trail's first row, where it was merged from another database; else empty.
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
    trail: str = ""


def add_entries(store: Store, who: str, entries: Sequence[AuditEntry], *, at: str | None = None) -> list[int]:
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
                digest_text(salt + detail), "",
            )  # fmt: skip
            before = digest_row(row, before)
            store.db.execute(
                f"INSERT INTO audit ({TRAIL_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row.audit_id, row.at, row.who, row.action, row.call_id, row.rule, row.detail, row.salt,
                    row.detail_digest, before,
                ),
            )  # fmt: skip
            numbers.append(number)
        note_decision(store.db, "audit", *((number,) for number in numbers))
    return numbers


def read_trail(
    store: Store, *, call_id: str | None = None, rule: str | None = None, action: str | None = None,
    limit: int | None = None, offset: int = 0,
) -> tuple[AuditRow, ...]:  # fmt: skip
    """Rows of the trail, and of those of merged databases, oldest first: all, or about a call, a rule, an action.

    With `limit` the newest so many before the newest `offset`; no more are read for it.
    """
    where, values = _trail_filter(call_id, rule, action)
    newest = -1 if limit is None else limit + offset
    rows: list[AuditRow] = []
    for table, columns in (("audit", TRAIL_COLUMNS), ("merged_audit", f"{TRAIL_COLUMNS}, trail")):
        found = store.db.execute(
            f"SELECT {columns} FROM {table} WHERE {where} ORDER BY audit_id DESC LIMIT ?", (*values, newest)
        ).fetchall()
        rows += [AuditRow(*row) for row in reversed(found)]
    if rows and rows[-1].trail:
        rows.sort(key=lambda row: row.at)
    if limit is None:
        return tuple(rows)
    end = max(0, len(rows) - offset)
    return tuple(rows[max(0, end - limit) : end])


def count_trail(
    store: Store, *, call_id: str | None = None, rule: str | None = None, action: str | None = None
) -> int:
    """How many rows :func:`read_trail` would give."""
    where, values = _trail_filter(call_id, rule, action)
    counts = (
        store.db.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()[0]
        for table in ("audit", "merged_audit")
    )
    return sum(counts)


def _trail_filter(call_id: str | None, rule: str | None, action: str | None) -> tuple[str, tuple[str, ...]]:
    wanted = {"call_id": call_id, "rule": rule, "action": action}
    given = {name: value for name, value in wanted.items() if value is not None}
    return " AND ".join(f"{name} = ?" for name in given) or "1", (*given.values(),)


def read_trail_end(db: sqlite3.Connection) -> ChainEnd:
    """The number and the digest of the last row of a database's own trail."""
    row = db.execute("SELECT audit_id, digest FROM audit ORDER BY audit_id DESC LIMIT 1").fetchone()
    return ChainEnd(*(row or (0, NOTHING_BEFORE)))


def copy_trail(db: sqlite3.Connection, source: sqlite3.Connection) -> int:
    """Keep the rows of another database's trail, and of those it keeps itself, as they stand there; inside a write.

    What they tell of calls that are erased here goes, as that of every other row does.

    Returns
    -------
    int
        How many rows were new.
    """
    own = {
        digest for (digest,) in db.execute("SELECT digest FROM audit UNION SELECT digest FROM merged_audit")
    }
    rows = source.execute(f"SELECT before, trail, {TRAIL_COLUMNS} FROM merged_audit").fetchall()
    before, trail = NOTHING_BEFORE, ""
    for row in source.execute(f"SELECT {TRAIL_COLUMNS} FROM audit ORDER BY audit_id"):
        trail = trail or row[-1][:8]
        rows.append((before, trail, *row))
        before = row[-1]
    new = [row for row in rows if row[-1] not in own]
    places = ", ".join("?" * (2 + len(TRAIL_COLUMNS.split(","))))
    db.executemany(f"INSERT INTO merged_audit (before, trail, {TRAIL_COLUMNS}) VALUES ({places})", new)
    db.execute(
        "UPDATE merged_audit SET detail = NULL, salt = NULL WHERE detail IS NOT NULL AND action <> 'erase'"
        " AND call_id IN (SELECT call_id FROM erasures)"
    )
    return len(new)


def forget_details(store: Store, call_id: str) -> None:
    """Take what was written about a call out of the trail; that it was written, when and by whom, stays."""
    with store.write():
        for table in ("audit", "merged_audit"):
            store.db.execute(
                f"UPDATE {table} SET detail = NULL, salt = NULL WHERE call_id = ? AND detail IS NOT NULL",
                (call_id,),
            )


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


def read_user() -> str:
    """The login name of the current user, or else the user number; it never raises."""
    try:
        return tidy_text(getpass.getuser()) or f"uid {os.getuid()}"
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def read_last(db: sqlite3.Connection, action: Action) -> Mapping[str, object]:
    """Details of the newest row of an action; empty where there is none, or they are gone."""
    # Written out, since a partial index serves no placeholder.
    row = db.execute(
        f"SELECT detail FROM audit WHERE action = '{action}' ORDER BY audit_id DESC LIMIT 1"
    ).fetchone()
    found: dict[str, object] = {} if row is None or row[0] is None else json.loads(row[0])
    return found


def tidy_text(text: str | None) -> str | None:
    """Text that can be kept and shown: without NUL and half characters, not endless; None for blank."""
    if text is None:
        return None
    kept = plain_text(text).replace("\0", "\N{REPLACEMENT CHARACTER}").strip()
    return (kept if len(kept) <= LONGEST_TEXT else f"{kept[: LONGEST_TEXT - 1]}…") or None


def digest_row(row: AuditRow, before: str) -> str:
    """SHA-256 over a row and the digest of the one before."""
    parts = [before, row.audit_id, row.at, row.who, row.action, row.call_id, row.rule, row.detail_digest]
    return digest_text(json.dumps(parts, ensure_ascii=False))


def digest_text(text: str) -> str:
    """SHA-256 of a text, 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
