"""The ledger against the calls: every file that is done has its call, every call its file, no claim of a dead run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import get_args

from speechcx.errors import FAILURE_KINDS
from speechcx.store.integrity.problem import HEAR_AGAIN, RESTORE, DatabaseProblem
from speechcx.store.integrity.queries import IntegrityQuery, run_queries
from speechcx.store.ledger import FileState

_KINDS = ", ".join(f"'{kind}'" for kind in FAILURE_KINDS)

_STATES = ", ".join(f"'{state}'" for state in get_args(FileState))

_QUERIES = (
    IntegrityQuery(
        f"SELECT f.call_id, f.path, f.state FROM files f WHERE f.state NOT IN ({_STATES})",
        "{} is in the state {}, which there is not", "no run takes it, and none leaves it alone", RESTORE, "files",
    ),
    IntegrityQuery(
        "SELECT f.call_id, f.path FROM files f WHERE f.state = 'done' AND NOT EXISTS"
        " (SELECT 1 FROM calls c WHERE c.call_id = f.call_id)",
        "{} is done, and its call is not stored",
        "a scored call was lost", "speechcx check --repair lets the next run hear it again, or restore a backup",
        "calls", "take_again",
    ),
    IntegrityQuery(
        "SELECT c.call_id, c.call_id FROM calls c WHERE c.superseded_by IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM files f WHERE f.call_id = c.call_id)",
        "call {} is stored, and no file is known to hold it",
        "a run would hear its recording again, and its row in the ledger is lost", RESTORE, "files",
    ),
    IntegrityQuery(
        "SELECT c.call_id, c.call_id, c.superseded_by FROM calls c WHERE c.superseded_by IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM calls n WHERE n.call_id = c.superseded_by) AND NOT EXISTS"
        " (SELECT 1 FROM files n WHERE n.call_id = c.superseded_by) AND NOT EXISTS"
        " (SELECT 1 FROM erasures e WHERE e.call_id = c.superseded_by)",
        "call {} gave way to call {}, which is not known",
        "a call that should count may not", HEAR_AGAIN, "calls",
    ),
    IntegrityQuery(
        "SELECT c.call_id, c.call_id FROM calls c JOIN erasures e USING (call_id)",
        "call {} was erased and is stored again",
        "what should be gone is there", "erase it again: speechcx erase CALL --reason ...", "calls",
    ),
    IntegrityQuery(
        "SELECT f.call_id, f.path FROM files f JOIN erasures e USING (call_id)"
        " WHERE f.state NOT IN ('skipped', 'seen')",
        "{} holds an erased call and is not marked so",
        "a run would take it up again", RESTORE, "files",
    ),
    IntegrityQuery(
        "SELECT f.call_id, f.path, f.state FROM files f LEFT JOIN failures x USING (file_id)"
        " WHERE f.state IN ('failed', 'quarantined', 'needs_metadata') AND x.file_id IS NULL",
        "{} is {}, and no failure tells why",
        "`failures` does not show it", "let the next run try it again: speechcx check --repair", "failures",
        "take_again",
    ),
    IntegrityQuery(
        "SELECT f.call_id, f.path, f.state FROM failures x JOIN files f USING (file_id)"
        " WHERE f.state IN ('done', 'skipped')",
        "{} is {}, and a failure of it is left",
        "`failures` shows a call that did not fail", RESTORE, "failures",
    ),
    IntegrityQuery(
        "SELECT x.call_id, f.path, x.kind FROM failures x JOIN files f USING (file_id)"
        f" WHERE x.kind NOT IN ({_KINDS}) OR (f.state IN ('failed', 'quarantined') AND f.reason IS NOT x.kind)",
        "the failure of {} is of kind {}, which is not the kind of its file",
        "what to do about it is told wrongly", RESTORE, "failures",
    ),
    IntegrityQuery(
        "SELECT f.call_id, f.path FROM files f WHERE f.state = 'done' AND NOT EXISTS (SELECT 1 FROM attempts a"
        " WHERE a.file_id = f.file_id AND a.outcome = 'done' AND a.call_id = f.call_id)",
        "{} is done, and no attempt tells of it",
        "the history of the file is lost; its call is not touched", RESTORE, "attempts",
    ),
    IntegrityQuery(
        "SELECT f.call_id, f.path, f.attempts, (SELECT count(*) FROM attempts a WHERE a.file_id = f.file_id) AS counted"
        " FROM files f WHERE f.attempts < 0 OR f.attempts > counted",
        "{} was taken up {} times, and {} attempts are kept",
        "it may be quarantined too soon or too late", RESTORE, "files",
    ),
    IntegrityQuery(
        "SELECT a.call_id, a.attempt_id, a.outcome FROM attempts a WHERE a.outcome NOT IN ('done', 'failed',"
        " 'quarantined', 'needs_metadata', 'duplicate', 'skipped', 'released', 'interrupted')"
        " OR (a.ended_at IS NOT NULL AND a.outcome IS NULL)",
        "attempt {} has the outcome {}, which there is not",
        "the history of a file is damaged; its call is not touched", RESTORE, "attempts",
    ),
    IntegrityQuery(
        "SELECT NULL, n.run_id FROM (SELECT run_id, lag(run_id, 1, 0) OVER (ORDER BY run_id) AS before FROM runs) n"
        " WHERE n.run_id <> n.before + 1",
        "before run {} a run is missing",
        "something else than speechcx removed the row of a run", RESTORE, "runs",
    ),
    IntegrityQuery(
        "SELECT NULL, r.run_id FROM runs r WHERE r.finished_at IS NOT NULL"
        " AND (r.outcome IS NULL OR r.exit_code IS NULL) OR r.outcome NOT IN ('finished', 'interrupted')",
        "run {} has ended, and how is not told", "its numbers cannot be trusted", RESTORE, "runs",
    ),
    IntegrityQuery(
        "SELECT f.call_id, f.path FROM files f WHERE f.call_id IS NOT NULL AND"
        " (length(f.call_id) <> 16 OR f.call_id GLOB '*[^0-9a-f]*')",
        "{} has a call id that is none", "its call is not found by it", RESTORE, "files",
    ),
)  # fmt: skip

_CLAIMS = (
    IntegrityQuery(
        "SELECT f.call_id, f.path, f.run_id FROM files f WHERE f.state = 'claimed'",
        "{} was taken up by run {}, which is over",
        "the run was killed; the next one takes the file again", "run again, or: speechcx check --repair",
        "files", "claims",
    ),
    IntegrityQuery(
        "SELECT a.call_id, a.attempt_id, a.run_id FROM attempts a JOIN runs r USING (run_id)"
        " WHERE a.ended_at IS NULL AND a.outcome IS NULL",
        "attempt {} of run {} is open, and the run is over",
        "the run was killed", "run again, or: speechcx check --repair", "attempts", "claims",
    ),
)  # fmt: skip


def find_ledger_problems(db: sqlite3.Connection, *, is_running: bool) -> Iterator[DatabaseProblem]:
    """What the ledger says against what is stored.

    Parameters
    ----------
    db
        Open connection.
    is_running
        Whether a run holds the lock: then claims and open attempts are its own.
    """
    yield from run_queries(db, "ledger", _QUERIES)
    if not is_running:
        yield from run_queries(db, "ledger", _CLAIMS)
