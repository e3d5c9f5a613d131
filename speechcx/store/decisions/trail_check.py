"""Checks the audit trail, and every decision it tells of, against what was written."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from speechcx.store.decisions.audit import TRAIL_COLUMNS, AuditRow, digest_row, digest_text, read_trail
from speechcx.store.decisions.certificates import find_wrong_certificates
from speechcx.store.decisions.chain import NOTHING_BEFORE, find_broken, read_end
from speechcx.store.decisions.legal_holds import find_wrong_holds
from speechcx.store.decisions.old_details import find_forgotten_end

if TYPE_CHECKING:
    from speechcx.store import Store


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


def verify_trail(store: Store) -> TrailVerdict:
    """Compute every digest again, and compare the trail with the decisions it tells of."""
    trail, problems = _verify_rows(store), []
    if trail.why:
        problems.append(f"row {trail.broken_at}: {trail.why}")
    problems += _find_wrong_merged(store)
    problems += _find_wrong_erasures(store)
    problems += _find_wrong_flags(store)
    problems += find_wrong_certificates(store.db)
    problems += find_wrong_holds(store.db)
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
    elsewhere = {
        call_id for (call_id,) in store.db.execute("SELECT call_id FROM merged_audit WHERE action = 'erase'")
    }
    forgotten, cleared = find_forgotten_end(store.db), _find_cleared(store)
    for row in _all_rows(store):
        count += 1
        if row.audit_id != count:
            return TrailVerdict(count, row.audit_id, f"row {count} is missing", before)
        if row.detail is not None and digest_text((row.salt or "") + row.detail) != row.detail_digest:
            return TrailVerdict(count, row.audit_id, "what was done was changed", before)
        if digest_row(row, before) != row.digest:
            return TrailVerdict(
                count, row.audit_id, "the row, or the one before, was changed or moved", before
            )
        is_before_erasure = row.audit_id < erased.get(row.call_id, 0)
        if (
            is_before_erasure
            if row.detail is not None
            else not (
                is_before_erasure
                or row.call_id in elsewhere
                or row.audit_id <= forgotten
                or row.audit_id in cleared
            )
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
        f"SELECT before, {TRAIL_COLUMNS}, trail FROM merged_audit ORDER BY trail, audit_id"
    ).fetchall()
    known = own | {row[10] for row in rows}
    for before, *values in rows:
        row = AuditRow(*values)
        what = ""
        if digest_row(row, before) != row.digest or (
            row.detail is not None and digest_text((row.salt or "") + row.detail) != row.detail_digest
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


def _all_rows(store: Store) -> Iterator[AuditRow]:
    for row in store.db.execute(f"SELECT {TRAIL_COLUMNS} FROM audit ORDER BY audit_id"):
        yield AuditRow(*row)
