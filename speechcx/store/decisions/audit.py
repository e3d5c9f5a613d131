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
import secrets
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from speechcx.errors import UsageError
from speechcx.store.decisions.chain import NOTHING_BEFORE, ChainEnd, find_broken, note_decision, read_end
from speechcx.store.moments import utc_text
from speechcx.store.paths import plain_text

if TYPE_CHECKING:
    from speechcx.store import Store

Action = Literal[
    "flag",
    "export",
    "erase",
    "backup",
    "restore",
    "merge",
    "import",
    "mark",
    "view",
    "play",
    "sign-in",
    "redact",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

LONGEST_TEXT = 10_000
"""Characters of a name or reason that are kept."""

_COLUMNS = "audit_id, at, who, action, call_id, rule, detail, salt, detail_digest, digest"


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


@dataclass(frozen=True, slots=True)
class TrailVerdict:
    """What a check of the trail, and of the decisions it tells of, found.

    Parameters
    ----------
    rows
        Rows of the trail that were looked at.
    broken_at
        The first wrong row of the trail; None where all are right.
    why
        The first problem in words; empty where there is none.
    digest
        Digest of the last right row of the trail.
    problems
        Everything that is not as it was written: rows of the trail, flags, erasures, reviews.
    chain_entries, chain_digest
        End of the decision chain: what to compare with a copy kept elsewhere.
    """

    rows: int
    broken_at: int | None
    why: str
    digest: str
    problems: tuple[str, ...] = ()
    chain_entries: int = 0
    chain_digest: str = NOTHING_BEFORE


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
    for table, columns in (("audit", _COLUMNS), ("merged_audit", f"{_COLUMNS}, trail")):
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
    rows = source.execute(f"SELECT before, trail, {_COLUMNS} FROM merged_audit").fetchall()
    before, trail = NOTHING_BEFORE, ""
    for row in source.execute(f"SELECT {_COLUMNS} FROM audit ORDER BY audit_id"):
        trail = trail or row[-1][:8]
        rows.append((before, trail, *row))
        before = row[-1]
    new = [row for row in rows if row[-1] not in own]
    places = ", ".join("?" * (2 + len(_COLUMNS.split(","))))
    db.executemany(f"INSERT INTO merged_audit (before, trail, {_COLUMNS}) VALUES ({places})", new)
    db.execute(
        "UPDATE merged_audit SET detail = NULL, salt = NULL WHERE detail IS NOT NULL AND action <> 'erase'"
        " AND call_id IN (SELECT call_id FROM erasures)"
    )
    return len(new)


def verify_trail(store: Store) -> TrailVerdict:
    """Compute every digest again, and compare the trail with the decisions it tells of."""
    trail, problems = _verify_rows(store), []
    if trail.why:
        problems.append(f"row {trail.broken_at}: {trail.why}")
    problems += _find_wrong_merged(store)
    problems += _find_wrong_erasures(store)
    problems += _find_wrong_flags(store)
    # The trail's own rows are told by the number above.
    problems += [row.what for row in find_broken(store.db) if row.about != "audit" or trail.broken_at is None]
    end = read_end(store.db)
    return replace(
        trail, why=trail.why or (problems[0] if problems else ""), problems=tuple(dict.fromkeys(problems)),
        chain_entries=end.entries, chain_digest=end.digest,
    )  # fmt: skip


def _verify_rows(store: Store) -> TrailVerdict:
    """Follow the trail up to the first wrong row."""
    before, count = NOTHING_BEFORE, 0
    erased = dict(
        store.db.execute("SELECT call_id, max(audit_id) FROM audit WHERE action = 'erase' GROUP BY call_id")
    )
    cleared = _find_cleared(store)
    elsewhere = {
        call_id for (call_id,) in store.db.execute("SELECT call_id FROM merged_audit WHERE action = 'erase'")
    }
    for row in _all_rows(store):
        count += 1
        if row.audit_id != count:
            return TrailVerdict(count, row.audit_id, f"row {count} is missing", before)
        if row.detail is not None and _sha256((row.salt or "") + row.detail) != row.detail_digest:
            return TrailVerdict(count, row.audit_id, "what was done was changed", before)
        if _digest(row, before) != row.digest:
            return TrailVerdict(
                count, row.audit_id, "the row, or the one before, was changed or moved", before
            )
        is_before_erasure = row.audit_id < erased.get(row.call_id, 0)
        if (
            is_before_erasure
            if row.detail is not None
            else not (is_before_erasure or row.call_id in elsewhere or row.audit_id in cleared)
        ):
            what = "its details are gone" if row.detail is None else "its details are still there"
            why = "was not erased after it" if row.detail is None else "was erased after it"
            return TrailVerdict(count, row.audit_id, f"{what}, and call {row.call_id} {why}", before)
        before = row.digest
    return TrailVerdict(count, None, "", before)


def _find_cleared(store: Store) -> frozenset[int]:
    """Numbers of the rows whose details held a value that was taken out, as the rows of that action tell."""
    rows = store.db.execute("SELECT detail FROM audit WHERE action = 'redact' AND detail IS NOT NULL")
    return frozenset(number for (detail,) in rows for number in json.loads(detail).get("cleared", ()))


def _find_wrong_erasures(store: Store) -> Iterator[str]:
    """Erasures that the trail does not know, and those of the trail that are not kept as such."""
    rows = store.db.execute(
        "SELECT e.call_id, a.call_id IS NOT NULL FROM erasures e LEFT JOIN (SELECT * FROM audit WHERE audit_id IN"
        " (SELECT max(audit_id) FROM audit WHERE action = 'erase' GROUP BY call_id)) a ON a.call_id = e.call_id"
        " WHERE (a.at, a.who) IS NOT (e.erased_at, e.erased_by) AND NOT EXISTS (SELECT 1 FROM merged_audit m"
        " WHERE (m.action, m.call_id, m.at, m.who) = ('erase', e.call_id, e.erased_at, e.erased_by))"
    )
    for call_id, is_told in rows:
        what = "tells it otherwise" if is_told else "does not tell of it"
        yield f"call {call_id} is marked as erased, and the audit trail {what}"
    rows = store.db.execute(
        "SELECT call_id FROM audit WHERE action = 'erase' AND call_id NOT IN (SELECT call_id FROM erasures)"
        " UNION SELECT call_id FROM merged_audit WHERE action = 'erase'"
        " AND call_id NOT IN (SELECT call_id FROM erasures)"
    )
    for (call_id,) in rows:
        yield f"call {call_id} was erased, as the audit trail tells, and its mark is gone"


def _find_wrong_flags(store: Store) -> Iterator[str]:
    """Decisions about flags that differ from the last row of the trail about them."""
    rows = store.db.execute(
        "SELECT a.call_id, a.rule, a.at, a.who, a.detail, s.changed_at, s.changed_by, s.status, s.owner, s.due"
        " FROM audit a LEFT JOIN flag_states s ON s.call_id = a.call_id AND s.rule = a.rule WHERE a.audit_id IN"
        " (SELECT max(audit_id) FROM audit WHERE action = 'flag' GROUP BY call_id, rule) AND a.detail IS NOT NULL"
    )
    # Where several databases were merged, the last word about a flag may be another one's.
    merged = set(store.db.execute("SELECT call_id, rule, at, who FROM merged_audit WHERE action = 'flag'"))
    for call_id, rule, at, who, detail, *found in rows:
        try:
            told = json.loads(detail)
            expected = [at, who, told.get("status"), told.get("owner"), told.get("due")]
        except (ValueError, AttributeError):
            continue
        if found[0] is None:
            yield f"the decision about flag {call_id}:{rule} is gone, and the audit trail tells of one"
        elif found != expected and (call_id, rule, *found[:2]) not in merged:
            yield f"the decision about flag {call_id}:{rule} is not the one that the audit trail tells of"


def _find_wrong_merged(store: Store) -> Iterator[str]:
    """Rows of merged trails that are not as they were written there, and trails that end before they did."""
    own = {digest for (digest,) in store.db.execute("SELECT digest FROM audit")}
    rows = store.db.execute(
        f"SELECT before, {_COLUMNS}, trail FROM merged_audit ORDER BY trail, audit_id"
    ).fetchall()
    known = own | {row[10] for row in rows}
    for before, *values in rows:
        row = AuditRow(*values)
        what = ""
        if _digest(row, before) != row.digest or (
            row.detail is not None and _sha256((row.salt or "") + row.detail) != row.detail_digest
        ):
            what = "was changed"
        elif before not in known and (before, row.audit_id) != (NOTHING_BEFORE, 1):
            what = "has lost the one before it"
        if what:
            yield f"row {row.audit_id} of the trail {row.trail} of a merged database {what}"
    yield from _find_short_trails(store, known)


def _find_short_trails(store: Store, known: Collection[str]) -> Iterator[str]:
    """Trails and chains of merged databases that do not reach as far as when they were merged."""
    entries = {digest for (digest,) in store.db.execute("SELECT digest FROM merged_decisions")}
    entries |= {digest for (digest,) in store.db.execute("SELECT digest FROM decision_chain")}
    for row in read_trail(store, action="merge"):
        try:
            told = json.loads(row.detail or "{}")
            ends = (
                (told["trail_digest"], known, "audit trail"),
                (told["chain_digest"], entries, "decision chain"),
            )
        except (ValueError, KeyError, TypeError):
            continue
        for digest, there, name in ends:
            if digest not in there and digest != NOTHING_BEFORE:
                yield f"the {name} of {told.get('from')}, which was merged, does not reach as far as it did then"


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
