"""The decision chain: a digest of every row that a decision wrote, so that a changed or removed row shows.

The audit trail tells what was done. Whether the rows it was done to are still as they were left (flags,
erasures, reviews and their steps, review plans, the trail itself) tells this chain: each write of such a
row adds an entry with a digest of it. What one file cannot show: somebody who makes the whole chain and
its second end again, or puts an older copy of the whole file in place. Against both, keep the last digest
elsewhere, as evidence folders and backups do.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

NOTHING_BEFORE = "0" * 64
"""What stands for the digest before the first row of a chain."""

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Covered:
    """A kind of row: how its keys are listed, and what is read of one; every query takes the key."""

    list_keys: str
    read: tuple[str, ...]
    name: str


_COVERED = {
    # A row of the trail has a digest that outlives the words it is about.
    "audit": _Covered(
        "SELECT audit_id FROM audit", ("SELECT digest FROM audit WHERE audit_id = ?1",), "row of the audit trail"
    ),
    "erasures": _Covered(
        "SELECT call_id FROM erasures", ("SELECT * FROM erasures WHERE call_id = ?1",), "record of the erasure of call"
    ),
    "erasure_certificates": _Covered(
        "SELECT certificate_id FROM erasure_certificates",
        ("SELECT * FROM erasure_certificates WHERE certificate_id = ?1",),
        "certificate of erasure",
    ),
    "legal_holds": _Covered(
        "SELECT hold_id FROM legal_holds", ("SELECT * FROM legal_holds WHERE hold_id = ?1",), "legal hold"
    ),
    "held_calls": _Covered(
        "SELECT DISTINCT call_id FROM held_calls",
        ("SELECT * FROM held_calls WHERE call_id = ?1 ORDER BY hold_id",),
        "list of holds on call",
    ),
    "removed_parts": _Covered(
        "SELECT DISTINCT call_id FROM removed_parts",
        ("SELECT * FROM removed_parts WHERE call_id = ?1 ORDER BY part",),
        "record of what retention removed of call",
    ),
    "forgotten_facts": _Covered(
        "SELECT salt, hash FROM forgotten_facts",
        ("SELECT * FROM forgotten_facts WHERE salt = ?1 AND hash = ?2",),
        "mark of an erased fact",
    ),
    "flag_states": _Covered(
        "SELECT call_id, rule FROM flag_states",
        ("SELECT * FROM flag_states WHERE call_id = ?1 AND rule = ?2",),
        "decision about flag",
    ),
    "reviews": _Covered(
        "SELECT review_id FROM reviews UNION SELECT review_id FROM review_questions"
        " UNION SELECT review_id FROM review_answers",
        (
            "SELECT * FROM reviews WHERE review_id = ?1",
            "SELECT * FROM review_questions WHERE review_id = ?1 ORDER BY position",
            "SELECT * FROM review_answers WHERE review_id = ?1 ORDER BY position",
        ),
        "review",
    ),
    "review_events": _Covered(
        "SELECT event_id FROM review_events", ("SELECT * FROM review_events WHERE event_id = ?1",), "review step"
    ),
    "review_plans": _Covered(
        "SELECT plan_id FROM review_plans UNION SELECT plan_id FROM review_draws"
        " UNION SELECT plan_id FROM review_shortfalls",
        (
            "SELECT * FROM review_plans WHERE plan_id = ?1",
            "SELECT * FROM review_draws WHERE plan_id = ?1 ORDER BY draw_id",
            "SELECT * FROM review_shortfalls WHERE plan_id = ?1 ORDER BY agent, period",
        ),
        "review plan",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """How far the chain reaches: the number of its last entry and that entry's digest."""

    entries: int
    digest: str


@dataclass(frozen=True, slots=True)
class BrokenDecision:
    """A row, or an entry of the chain, that is not as it was written.

    Parameters
    ----------
    about
        Table the row is in; ``decision_chain`` for the chain itself, ``runs`` for what a run noted of it.
    key
        Which row.
    what
        What was found, in words.
    """

    about: str
    key: str
    what: str


def note_decision(db: sqlite3.Connection, about: str, *keys: Key) -> None:
    """Add an entry for rows as they are now, also for rows just removed; inside a write.

    Parameters
    ----------
    db
        Open connection.
    about
        A key of the covered tables, for example ``flag_states``.
    keys
        Keys of the rows.
    """
    if not keys:
        return
    end = read_end(db)
    number, before = end.entries, end.digest
    for key in keys:
        number += 1
        text, content = json.dumps(key), _read(db, about, key)
        salt = None if content is None else secrets.token_hex(8)
        seal = "" if content is None else _sha256(f"{salt}{content}")
        db.execute(
            "UPDATE decision_chain SET salt = NULL WHERE about = ? AND key = ? AND salt IS NOT NULL",
            (about, text),
        )
        before = _link(before, number, about, text, seal)
        db.execute(
            "INSERT INTO decision_chain VALUES (?, ?, ?, ?, ?, ?)", (number, about, text, salt, seal, before)
        )
    db.execute("INSERT OR REPLACE INTO decision_chain_end VALUES (1, ?, ?)", (number, before))


def note_missing(db: sqlite3.Connection, *, but: Collection[tuple[str, str]] = ()) -> None:
    """Add an entry for every row whose present form has none, after a migration; inside a write.

    Parameters
    ----------
    db
        Open connection.
    but
        (table, key) of rows that were wrong before: a migration must not make them right.
    """
    for broken in list(_find_broken_rows(db)):
        if (broken.about, broken.key) not in but:
            note_decision(db, broken.about, _load_key(broken.key))


def read_end(db: sqlite3.Connection) -> ChainEnd:
    """The end of the chain, as its entries have it."""
    row = db.execute("SELECT entry_id, digest FROM decision_chain ORDER BY entry_id DESC LIMIT 1").fetchone()
    return ChainEnd(*(row or (0, NOTHING_BEFORE)))


def copy_chain(db: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """Keep the entries of another database's chain, and of those it keeps, as they stand there; inside a write."""
    own = {digest for (digest,) in db.execute("SELECT digest FROM decision_chain")}
    rows = list(source.execute("SELECT digest, before, entry_id, about, key, content FROM merged_decisions"))
    before = NOTHING_BEFORE
    for number, about, key, content, digest in source.execute(
        "SELECT entry_id, about, key, content, digest FROM decision_chain ORDER BY entry_id"
    ):
        rows.append((digest, before, number, about, key, content))
        before = digest
    db.executemany(
        "INSERT OR IGNORE INTO merged_decisions VALUES (?, ?, ?, ?, ?, ?)",
        [row for row in rows if row[0] not in own],
    )


def find_broken(db: sqlite3.Connection) -> Iterator[BrokenDecision]:
    """Everything in the chain, and in the rows it covers, that is not as it was written."""
    yield from _find_broken_links(db)
    yield from _find_broken_merged(db)
    yield from _find_broken_rows(db)
    yield from _find_wrong_ends(db)


def _find_broken_links(db: sqlite3.Connection) -> Iterator[BrokenDecision]:
    before = NOTHING_BEFORE
    rows = db.execute("SELECT entry_id, about, key, content, digest FROM decision_chain ORDER BY entry_id")
    for expected, (number, about, key, content, digest) in enumerate(rows, start=1):
        if number != expected:
            what = f"entry {expected} of the decision chain is missing"
            yield BrokenDecision("decision_chain", str(expected), what)
            return
        if _link(before, number, about, key, content) != digest:
            what = f"entry {number} of the decision chain, or the one before, was changed"
            yield BrokenDecision("decision_chain", str(number), what)
            return
        before = digest


def _find_broken_merged(db: sqlite3.Connection) -> Iterator[BrokenDecision]:
    """Entries of other databases' chains: each as it was written there, and the one before it there too."""
    if not _has_merged(db):
        return
    known = {digest for (digest,) in db.execute("SELECT digest FROM merged_decisions")}
    known |= {digest for (digest,) in db.execute("SELECT digest FROM decision_chain")}
    rows = db.execute("SELECT digest, before, entry_id, about, key, content FROM merged_decisions")
    for digest, before, number, about, key, content in rows:
        what = ""
        if _link(before, number, about, key, content) != digest:
            what = "was changed"
        elif before not in known and (before, number) != (NOTHING_BEFORE, 1):
            what = "has lost the one before it"
        if what:
            told = f"entry {number} of the decision chain of a merged database {what}"
            yield BrokenDecision("merged_decisions", digest, told)


def _find_broken_rows(db: sqlite3.Connection) -> Iterator[BrokenDecision]:
    newest = db.execute(
        "SELECT about, key, salt, content FROM decision_chain WHERE entry_id IN"
        " (SELECT max(entry_id) FROM decision_chain GROUP BY about, key)"
    )
    noted: dict[tuple[str, str], tuple[str | None, str]] = {
        (about, key): (salt, content) for about, key, salt, content in newest
    }
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for about, covered in _COVERED.items():
        if about not in there:
            # In the middle of migrations it is still to come.
            continue
        keys = {json.dumps(tuple(key)) for key in db.execute(covered.list_keys)}
        known = {key for table, key in noted if table == about}
        for key in sorted(keys | known):
            what = _compare(db, about, key, noted.get((about, key)))
            if what:
                yield BrokenDecision(about, key, f"{covered.name} {_shown(key)} {what}")


def _compare(db: sqlite3.Connection, about: str, key: str, noted: tuple[str | None, str] | None) -> str:
    """What is wrong with a row; empty where nothing is."""
    content = _read(db, about, _load_key(key))
    if noted is None:
        return "" if content is None else "was put in by something else than speechcx"
    salt, expected = noted
    if content is None:
        return "was removed" if expected else ""
    if not expected:
        return "was removed by speechcx and is there again"
    return "" if _sha256(f"{salt}{content}") == expected else "was changed"


def _find_wrong_ends(db: sqlite3.Connection) -> Iterator[BrokenDecision]:
    """Where the chain was shorter or other than a second place remembers."""
    noted = db.execute("SELECT * FROM decision_chain_end").fetchall()
    end = read_end(db)
    if noted != ([] if not end.entries else [(1, end.entries, end.digest)]):
        last = noted[0][1] if noted else 0
        yield BrokenDecision(
            "decision_chain_end",
            "1",
            f"the decision chain ends with entry {end.entries}, and {last} were written",
        )
    rows = db.execute(
        "SELECT r.run_id, r.chain_entries FROM runs r LEFT JOIN decision_chain d ON d.entry_id = r.chain_entries"
        " WHERE r.chain_entries > 0 AND d.digest IS NOT r.chain_digest"
        f"{_NOT_MERGED if _has_merged(db) else ''} ORDER BY r.run_id"
    )
    for run_id, entries in rows:
        yield BrokenDecision(
            "runs",
            str(run_id),
            f"run {run_id} saw {entries} entries of the decision chain that are not there any more",
        )


def _read(db: sqlite3.Connection, about: str, key: Key) -> str | None:
    """A row with what belongs to it, as text; None where there is nothing."""
    parts = [db.execute(sql, (*key, "")[: 1 + ("?2" in sql)]).fetchall() for sql in _COVERED[about].read]
    return json.dumps(parts) if any(parts) else None


_NOT_MERGED = " AND NOT EXISTS (SELECT 1 FROM merged_decisions m WHERE m.digest = r.chain_digest)"


def _has_merged(db: sqlite3.Connection) -> bool:
    """Whether the table is there: in the middle of migrations it may be still to come."""
    return bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'merged_decisions'").fetchone())


def _load_key(text: str) -> Key:
    """A key as its column has it; one that nothing has, where the text was damaged."""
    try:
        key = json.loads(text)
    except ValueError:
        return (text, "")
    return tuple(key) if isinstance(key, list) and key else (text, "")


def _shown(key: str) -> str:
    return ":".join(map(str, _load_key(key)))


def _link(before: str, number: int, about: str, key: str, content: str) -> str:
    return _sha256(json.dumps([before, number, about, key, content]))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def keys_of(rows: Iterable[tuple[object, ...]]) -> tuple[Key, ...]:
    """Keys as :func:`note_decision` takes them, of rows with one number each."""
    return tuple((int(str(row[0])),) for row in rows)
