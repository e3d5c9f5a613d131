"""Makes again what follows from other rows: indexes, triggers, the search index, sums, claims of dead runs.

Never a call, a failure or a decision: those come from a backup, a recording or a person.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from speechcx.store import Store
from speechcx.store.calls.customer_phrases import find_wrong_phrases, keep_phrases
from speechcx.store.calls.row_digests import (
    SHARED_TABLES,
    find_changed_calls,
    find_changed_shared,
    note_call,
    note_shared,
)
from speechcx.store.comments import write_comments
from speechcx.store.daily_sums import count_all, sums_sql
from speechcx.store.database import read_migrations
from speechcx.store.facts.handling_sums import count_handling, handling_sums_sql
from speechcx.store.integrity.check_calls import why_not_readable
from speechcx.store.integrity.find_problems import expected_schema, read_objects, repairs_of
from speechcx.store.integrity.problem import DatabaseProblem, Repair
from speechcx.store.integrity.recount import count_again
from speechcx.store.moments import utc_text
from speechcx.store.views import views_sql


def repair(store: Store, problems: Sequence[DatabaseProblem]) -> tuple[str, ...]:
    """Repair what can be, in one transaction; returns what was done, in words.

    Parameters
    ----------
    store
        Open for writing, with the run lock held.
    problems
        As just found.
    """
    steps = {
        "indexes": lambda: _reindex(store.db),
        "schema": lambda: _make_objects(store.db),
        "comments": lambda: _write_comments(store.db),
        "search_index": lambda: _rebuild_search(store.db),
        "sums": lambda: _count_sums(store, problems),
        "digests": lambda: _note_digests(store),
        "claims": lambda: _release_claims(store.db),
        "take_again": lambda: _take_again(store.db),
    }
    wanted: tuple[Repair, ...] = repairs_of(problems)
    with store.write():
        return tuple(line for kind in wanted for line in steps[kind]())


def _reindex(db: sqlite3.Connection) -> list[str]:
    db.execute("REINDEX")
    return ["every index was made again from its table"]


def _make_objects(db: sqlite3.Connection) -> list[str]:
    (expected, _), found = expected_schema(), read_objects(db)
    done = []
    for (kind, name), sql in expected.items():
        if kind == "table" or found.get((kind, name)) == sql:
            continue
        if (kind, name) in found:
            db.execute(f"DROP {kind} {name}")
        db.execute(sql)
        done.append(f"the {kind} {name} was made again")
    return done


def _write_comments(db: sqlite3.Connection) -> list[str]:
    write_comments(db, [*(sql for _, sql in read_migrations()), views_sql(), sums_sql(), handling_sums_sql()])
    return ["the comments of tables and columns were written again"]


def _rebuild_search(db: sqlite3.Connection) -> list[str]:
    db.execute("INSERT INTO turns_fts (turns_fts) VALUES ('rebuild')")
    return ["the search index was made again from the words of the calls"]


def _count_sums(store: Store, problems: Sequence[DatabaseProblem]) -> list[str]:
    """Count sums again; a row is left as it is where that does not bring back what its digest says."""
    done = []
    wrong = [problem for problem in problems if problem.repair == "sums"]
    for call_id in dict.fromkeys(problem.call_id for problem in wrong):
        if call_id is None:
            continue
        store.db.execute("SAVEPOINT sums")
        count_again(store.db, call_id)
        row = store.db.execute("SELECT call_no FROM calls WHERE call_id = ?", (call_id,)).fetchone()
        is_right = row is not None and not _is_changed(store.db, row[0])
        if not is_right:
            store.db.execute("ROLLBACK TO sums")
        store.db.execute("RELEASE sums")
        if is_right:
            done.append(f"the sums of call {call_id} were counted again, and its row is as it was written")
    # Sums over calls are not made to fit calls that something else changed.
    if any(problem.call_id is None for problem in wrong) and not any(find_changed_calls(store.db)):
        count_all(store.db)
        count_handling(store.db)
        done.append("the sums by day and month were counted again from the calls")
        for call_no in list(find_wrong_phrases(store.db)):
            keep_phrases(store.db, call_no)
    return done


def _is_changed(db: sqlite3.Connection, call_no: int) -> bool:
    before = db.execute(
        "SELECT digest FROM row_digests WHERE table_name = 'calls' AND number = ?", (call_no,)
    )
    kept = before.fetchone()
    if kept is None:
        return False
    db.execute("SAVEPOINT digest")
    note_call(db, call_no)
    found = db.execute("SELECT digest FROM row_digests WHERE table_name = 'calls' AND number = ?", (call_no,))
    is_changed: bool = found.fetchone() != kept
    db.execute("ROLLBACK TO digest")
    db.execute("RELEASE digest")
    return is_changed


def _note_digests(store: Store) -> list[str]:
    """Digests of rows that have none, where the call can be read."""
    done = []
    names = dict(store.db.execute("SELECT call_no, call_id FROM calls"))
    for changed in list(find_changed_calls(store.db)):
        call_id = names.get(changed.number)
        if not changed.tables and call_id is not None and not why_not_readable(store, call_id):
            note_call(store.db, changed.number)
            done.append(f"call {call_id} has a digest again, of its rows as they are now")
    for table in SHARED_TABLES:
        for changed in list(find_changed_shared(store.db, table)):
            if not changed.tables:
                note_shared(store.db, table, changed.number)
                done.append(f"row {changed.number} of {table} has a digest again, of the row as it is now")
    files = store.db.execute(
        "UPDATE files SET listen_digest = (SELECT settings_digest FROM calls c JOIN provenances p USING (provenance_no)"
        " WHERE c.call_id = files.call_id) WHERE state = 'done' AND listen_digest IS NULL"
        " AND call_id IN (SELECT call_id FROM calls)"
    ).rowcount
    if files:
        done.append(f"{files} files name again under which settings they were heard, as their calls do")
    return done


def _release_claims(db: sqlite3.Connection) -> list[str]:
    files = db.execute("UPDATE files SET state = 'seen' WHERE state = 'claimed'").rowcount
    attempts = db.execute(
        "UPDATE attempts SET outcome = 'interrupted' WHERE ended_at IS NULL AND outcome IS NULL"
    ).rowcount
    db.execute("UPDATE runs SET outcome = 'interrupted' WHERE finished_at IS NULL AND outcome IS NULL")
    return [f"{files} files and {attempts} attempts of runs that are over were given back"]


def _take_again(db: sqlite3.Connection) -> list[str]:
    count = db.execute(
        "UPDATE files SET state = 'seen', reason = NULL, attempts = 0, changed_at = ? WHERE"
        " (state = 'done' AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.call_id = files.call_id))"
        " OR (state IN ('failed', 'quarantined', 'needs_metadata')"
        " AND NOT EXISTS (SELECT 1 FROM failures x WHERE x.file_id = files.file_id))",
        (utc_text(),),
    ).rowcount
    return [f"{count} files will be taken again by the next run"]
