"""Checks that are one query each: every row it gives is a problem."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from speechcx.store.integrity.problem import Area, DatabaseProblem, Repair


@dataclass(frozen=True, slots=True)
class IntegrityQuery:
    """A check in SQL.

    Parameters
    ----------
    sql
        Gives a row for each problem: the call's id or None, and the values of `what`.
    what
        Sentence with ``{}`` for each further column.
    means, cure, table, repair
        As in :class:`DatabaseProblem`.
    """

    sql: str
    what: str
    means: str
    cure: str
    table: str
    repair: Repair | None = None


def run_queries(
    db: sqlite3.Connection, area: Area, queries: Iterable[IntegrityQuery]
) -> Iterator[DatabaseProblem]:
    """The problems that queries find."""
    for query in queries:
        for call_id, *values in db.execute(query.sql):
            shown = [
                value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
                for value in values
            ]
            what = query.what.format(*shown)
            yield DatabaseProblem(area, what, query.means, query.cure, call_id, query.table, query.repair)
