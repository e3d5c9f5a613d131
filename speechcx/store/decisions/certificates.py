"""Certificates of erasure: what was removed and that nothing is left, without telling which calls those were.

A certificate names calls by a hash with a salt of its own. Anyone with the id of a call can find it in one, and anyone
without it cannot guess it. ``audit --verify`` makes the hashes and the digest of what is left again.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from speechcx.store.calls.row_digests import CALL_TABLES
from speechcx.store.decisions.chain import note_decision
from speechcx.store.moments import ROWS_A_CALL

_BY_CALL = ("calls", "flag_states", "call_records", "survey_answers", "merged_calls", "failures")
"""Tables in which nothing may be left of an erased call."""
_COLUMNS = "certificate_id, at, who, reason, salt, calls, removed, before_digest, after_digest"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an erasure did.

    Parameters
    ----------
    certificate_id
        Its number.
    at, who, reason
        When, by whom and why.
    salt
        Put in front of the id of a call, the SHA-256 of both is the call's hash.
    calls
        The hashes, sorted.
    removed
        (table, rows) pairs of what was removed.
    before_digest, after_digest
        Over the calls' rows before, and over what is left of them.
    """

    certificate_id: int
    at: str
    who: str
    reason: str
    salt: str
    calls: tuple[str, ...]
    removed: tuple[tuple[str, int], ...]
    before_digest: str
    after_digest: str


class CertificateMaker:
    """Counts what is there of calls before they are erased, and writes the certificate afterwards; inside one write."""

    def __init__(self, db: sqlite3.Connection, call_ids: Sequence[str]) -> None:
        self._db = db
        self._salt = secrets.token_hex(16)
        self._call_ids = tuple(call_ids)
        self._counts: dict[str, int] = {}
        rows = sorted((_hash(self._salt, call_id), self._look_at(call_id)) for call_id in call_ids)
        self._before = _sha256(json.dumps(rows))

    def _look_at(self, call_id: str) -> str:
        """Count the rows of a call by table; returns the digest of its rows."""
        for table in _BY_CALL:
            (count,) = self._db.execute(
                f"SELECT count(*) FROM {table} WHERE call_id = ?", (call_id,)
            ).fetchone()
            self._counts[table] = self._counts.get(table, 0) + count
        row = self._db.execute("SELECT call_no FROM calls WHERE call_id = ?", (call_id,)).fetchone()
        if row is None:
            return ""
        for table, key in CALL_TABLES.items():
            if table == "calls":
                continue
            numbers = f"{key} BETWEEN ?1 * {ROWS_A_CALL} AND (?1 + 1) * {ROWS_A_CALL} - 1"
            where = "call_no = ?1" if key.startswith("call_no") else numbers
            (count,) = self._db.execute(f"SELECT count(*) FROM {table} WHERE {where}", row).fetchone()
            self._counts[table] = self._counts.get(table, 0) + count
        kept = self._db.execute(
            "SELECT digest FROM row_digests WHERE table_name = 'calls' AND number = ?", row
        ).fetchone()
        return "" if kept is None else bytes(kept[0]).hex()

    def add(self, name: str, count: int) -> None:
        """Count what was removed besides the rows of calls."""
        self._counts[name] = self._counts.get(name, 0) + count

    def write(self, *, at: str, who: str, reason: str) -> Certificate:
        """Write the certificate of what was erased since."""
        hashes = sorted(_hash(self._salt, call_id) for call_id in self._call_ids)
        removed = {table: count for table, count in sorted(self._counts.items()) if count}
        after = _digest_left(self._db, self._salt, self._call_ids)
        (number,) = self._db.execute(
            f"INSERT INTO erasure_certificates ({_COLUMNS.removeprefix('certificate_id, ')})"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING certificate_id",
            (at, who, reason, self._salt, json.dumps(hashes), json.dumps(removed), self._before, after),
        ).fetchone()
        note_decision(self._db, "erasure_certificates", (number,))
        return Certificate(
            number, at, who, reason, self._salt, tuple(hashes), tuple(removed.items()), self._before, after
        )


def list_certificates(db: sqlite3.Connection) -> tuple[Certificate, ...]:
    """Every certificate that can be read, oldest first; one that cannot was changed, as ``audit --verify`` tells."""
    found = []
    rows = db.execute(f"SELECT {_COLUMNS} FROM erasure_certificates ORDER BY certificate_id").fetchall()
    for number, at, who, reason, salt, calls, removed, before, after in rows:
        try:
            counts = tuple((str(table), int(count)) for table, count in json.loads(removed).items())
            hashes = tuple(str(one) for one in json.loads(calls))
        except (ValueError, AttributeError, TypeError):
            continue
        found.append(Certificate(number, at, who, reason, salt, hashes, counts, before, after))
    return tuple(found)


def find_wrong_certificates(db: sqlite3.Connection) -> Iterator[str]:
    """Certificates that do not say what is so: calls that are not marked as erased, or of which something is left."""
    for one in list_certificates(db):
        marked = db.execute("SELECT call_id FROM erasures WHERE erased_at = ?", (one.at,)).fetchall()
        by_hash = {_hash(one.salt, call_id): call_id for (call_id,) in marked}
        if not set(one.calls) <= by_hash.keys():
            # Erased once more since, or in two databases that were merged: marked with another moment.
            others = db.execute("SELECT call_id FROM erasures").fetchall()
            by_hash |= {_hash(one.salt, call_id): call_id for (call_id,) in others}
        unmarked = [hash_ for hash_ in one.calls if hash_ not in by_hash]
        if unmarked:
            yield (
                f"certificate {one.certificate_id} tells of {len(one.calls)} erased calls, and the mark of"
                f" {len(unmarked)} of them is gone"
            )
            continue
        if _digest_left(db, one.salt, [by_hash[hash_] for hash_ in one.calls]) != one.after_digest:
            yield f"something is left of calls that certificate {one.certificate_id} says are erased"


def take_certificates(db: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """Bring the certificates of another database in, as they stand there; inside a write."""
    columns = _COLUMNS.removeprefix("certificate_id, ")
    known = {salt for (salt,) in db.execute("SELECT salt FROM erasure_certificates")}
    for row in source.execute(
        f"SELECT {columns} FROM erasure_certificates ORDER BY certificate_id"
    ).fetchall():
        if row[3] not in known:
            (number,) = db.execute(
                f"INSERT INTO erasure_certificates ({columns}) VALUES ({', '.join('?' * len(row))})"
                " RETURNING certificate_id",
                row,
            ).fetchone()
            note_decision(db, "erasure_certificates", (number,))


def _digest_left(db: sqlite3.Connection, salt: str, call_ids: Sequence[str]) -> str:
    """Over the hash of each call and the rows that tables have of it."""

    def count(table: str, call_id: str) -> int:
        row = db.execute(f"SELECT count(*) FROM {table} WHERE call_id = ?", (call_id,)).fetchone()
        return int(row[0])

    left = [(_hash(salt, call_id), [count(table, call_id) for table in _BY_CALL]) for call_id in call_ids]
    return _sha256(json.dumps(sorted(left)))


def _hash(salt: str, call_id: str) -> str:
    return _sha256(salt + call_id)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
