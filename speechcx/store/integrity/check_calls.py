"""Every call against its digests, and read back whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from speechcx.store import Store
from speechcx.store.calls.row_digests import (
    CALL_TABLES,
    SHARED_TABLES,
    ChangedRows,
    find_changed_calls,
    find_changed_shared,
)
from speechcx.store.integrity.problem import HEAR_AGAIN, REPAIR, RESTORE, DatabaseProblem

SAMPLE = 200
"""Sound calls that are read back in every check, evenly spread; one takes about 3 ms."""

_HEARD = {"recordings", "peaks", "speakers", "turns_data", "machine_spans"}


def find_bad_calls(store: Store, *, every_call: bool) -> Iterator[DatabaseProblem]:
    """Calls with a changed row, without digests, or that cannot be read back."""
    names = dict(store.db.execute("SELECT call_no, call_id FROM calls"))
    told: set[int] = set()
    for changed in find_changed_calls(store.db):
        told.add(changed.number)
        yield _changed_problem(changed, names.get(changed.number))
    rest = [call_id for number, call_id in sorted(names.items()) if number not in told]
    step = 1 if every_call else max(1, len(rest) // SAMPLE)
    for call_id in rest[::step]:
        why = why_not_readable(store, call_id)
        if why:
            yield DatabaseProblem(
                "calls", f"call {call_id} cannot be read back: {why}", "`show` and `rejudge` fail on it",
                HEAR_AGAIN, call_id=call_id,
            )  # fmt: skip


def _changed_problem(changed: ChangedRows, call_id: str | None) -> DatabaseProblem:
    if changed.is_gone:
        return DatabaseProblem(
            "calls", f"the row of call number {changed.number} is missing, and rows of it are left",
            "something else than speechcx removed a call, or its row is damaged", RESTORE, table="calls",
        )  # fmt: skip
    if not changed.tables:
        return DatabaseProblem(
            "calls", f"call {call_id} has no digest", "a changed value in its rows would not be found", REPAIR,
            call_id=call_id, table="row_digests", repair="digests",
        )  # fmt: skip
    if len(changed.tables) == len(CALL_TABLES):
        what, table = f"the digest of call {call_id} is damaged, or all of its rows are", "row_digests"
    else:
        what, table = f"rows of call {call_id} in {', '.join(changed.tables)} were changed", changed.tables[0]
    is_heard = bool(_HEARD.intersection(changed.tables))
    means = "what was heard" if is_heard else "what was judged"
    if changed.tables == ("calls",):
        # A sum in the row can be counted again: the repair tries, and compares the digest.
        return DatabaseProblem(
            "calls", what, "its scores and measures in lists may be wrong", REPAIR, call_id, table, "sums"
        )
    cure = (
        HEAR_AGAIN if is_heard else f"judge it again: speechcx rejudge --again --call {call_id}, or {RESTORE}"
    )
    return DatabaseProblem("calls", what, f"{means} of this call may be wrong", cure, call_id, table)


def why_not_readable(store: Store, call_id: str) -> str:
    """Why a call cannot be read back; empty where it can."""
    try:
        store.load(call_id)
    except Exception as error:  # noqa: BLE001  damaged values raise anything, and each is the finding
        return f"{type(error).__name__}: {error}"
    return ""


def find_bad_shared(db: sqlite3.Connection) -> Iterator[DatabaseProblem]:
    """Reasons, rules, questions, rulebooks and provenances that were changed or are missing."""
    for table in SHARED_TABLES:
        for changed in find_changed_shared(db, table):
            name = f"row {changed.number} of {table}"
            if not changed.tables:
                yield DatabaseProblem(
                    "shared", f"{name} has no digest", "a change in it would not be found", REPAIR,
                    table=table, repair="digests",
                )  # fmt: skip
                continue
            what = "is missing" if changed.is_gone else "was changed"
            yield DatabaseProblem(
                "shared",
                f"{name} {what}",
                "every call that refers to it may show it wrongly",
                RESTORE,
                table=table,
            )
