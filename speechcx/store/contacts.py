"""Contacts: which customer called about what and when, and whether the same customer called about it again.

Kept by triggers in the transaction that changes a call, as the sums of :mod:`speechcx.store.daily_sums` are,
and made with them. A row of the empty rule is a call in which no contact driver was found. Only calls that
count and whose customer is known have rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

from speechcx.store.moments import CALLS_A_SECOND

REPEAT_DAYS: Final = 7
"""A customer who contacts again on the same driver within this many days is a repeat contact."""

FORWARDED_S: Final = 15 * 60
"""A next call within this many seconds is a forwarded call, and no repeat contact."""

_SOON = REPEAT_DAYS * 86_400 * CALLS_A_SECOND
_FORWARDED = FORWARDED_S * CALLS_A_SECOND

NO_DRIVER: Final = (
    "NOT EXISTS (SELECT 1 FROM results_data n CROSS JOIN rules m ON m.rule_no = n.rule_no AND m.kind = 'driver'"
    " WHERE n.call_no = c.call_no AND n.value = 1)"
)
"""A condition on ``calls c``: no contact driver was found."""

TABLE: Final = (
    "-- Which customer called about what, and whether the same customer called about it again within seven days.\n"
    "CREATE TABLE contacts (\n"
    "  rule TEXT NOT NULL, -- id of the contact driver; empty where none was found\n"
    "  customer TEXT NOT NULL, -- the customer\n"
    "  call_no INTEGER NOT NULL, -- the call, for joins\n"
    "  group_no INTEGER NOT NULL, -- its agent, team and center, see sum_groups\n"
    "  day TEXT NOT NULL, -- day of the call in its own zone; empty where it is not known\n"
    "  followed INTEGER, -- 1 where the customer called again; forwarded calls do not count; null without a time\n"
    "  PRIMARY KEY (rule, customer, call_no)\n"
    ") STRICT, WITHOUT ROWID"
)
INDEX: Final = "CREATE INDEX contacts_by_call ON contacts (call_no)"

_CALLS = (
    "SELECT {rule}, c.customer, c.call_no, g.group_no, coalesce(c.local_day, ''),"
    " CASE WHEN c.occurred_at IS NOT NULL THEN 0 END FROM {source}"
    " WHERE c.superseded_by IS NULL AND c.customer IS NOT NULL"
)


def _rows(grouped: str) -> tuple[str, str]:
    """Queries for the contacts of drivers and for those without any; more conditions may follow."""
    driven = (
        f"{grouped} JOIN results_data d ON d.call_no = c.call_no AND d.value = 1"
        " JOIN rules r ON r.rule_no = d.rule_no AND r.kind = 'driver'"
    )
    none = _CALLS.format(rule="''", source=grouped) + f" AND {NO_DRIVER}"
    return _CALLS.format(rule="r.rule", source=driven), none


def add_contacts(grouped: str, where: str) -> list[str]:
    """Statements that write the contacts of a call; `grouped` joins ``calls c`` to its group ``g``."""
    return [f"INSERT INTO contacts {query} AND {where} ON CONFLICT DO NOTHING" for query in _rows(grouped)]


def take_contacts(row: str) -> list[str]:
    """Statements that remove the contacts of the call of a trigger's row, ``old`` or ``new``."""
    return [f"DELETE FROM contacts WHERE call_no = {row}.call_no"]


def follow_triggers() -> Iterator[tuple[str, str, list[str]]]:
    """(name, when, statements) of the triggers that say of contacts near a changed one whether they are followed."""
    for name, when, row in (("added", "INSERT", "new"), ("removed", "DELETE", "old")):
        statement = _follow(
            f"rule = {row}.rule AND customer = {row}.customer"
            f" AND call_no BETWEEN {row}.call_no - {_SOON} AND {row}.call_no"
        )
        yield f"contacts_{name}", f"AFTER {when} ON contacts WHEN {row}.followed IS NOT NULL", [statement]


def _follow(where: str) -> str:
    """A statement that says of contacts whether they are followed.

    The contact that follows is the first one behind it that is no forwarded part: none comes shortly before it.
    """
    same = "x.rule = {of}.rule AND x.customer = {of}.customer AND x.followed IS NOT NULL"
    forwarded = (
        f"EXISTS (SELECT 1 FROM contacts x WHERE {same.format(of='b')} AND x.call_no < b.call_no"
        f" AND x.call_no >= b.call_no - {_FORWARDED})"
    )
    return (
        "UPDATE contacts SET followed = EXISTS (SELECT 1 FROM contacts b WHERE b.rule = contacts.rule"
        " AND b.customer = contacts.customer AND b.followed IS NOT NULL AND b.call_no > contacts.call_no"
        f" AND b.call_no <= contacts.call_no + {_SOON} AND NOT {forwarded}) WHERE followed IS NOT NULL AND {where}"
    )


def count_contacts(db: sqlite3.Connection, grouped: str) -> None:
    """Write all contacts afresh; inside a write, before the triggers are made or with their work done twice."""
    db.execute("DELETE FROM contacts")
    for query in _rows(grouped):
        db.execute(f"INSERT INTO contacts {query} ON CONFLICT DO NOTHING")
    db.execute(_follow("1"))


def find_wrong_contacts(db: sqlite3.Connection, grouped: str) -> int:
    """How many contacts are not what the calls give; writes to a temporary table only."""
    driven, none = _rows(grouped)
    db.execute("CREATE TEMP TABLE contacts AS SELECT * FROM main.contacts WHERE 0")
    try:
        for query in (driven, none):
            db.execute(f"INSERT INTO temp.contacts {query}")
        db.execute("CREATE INDEX temp.counted_contacts ON contacts (rule, customer, call_no)")
        db.execute(_follow("1"))
        both = "SELECT * FROM main.contacts", "SELECT * FROM temp.contacts"
        (n,) = db.execute(
            f"SELECT count(*) FROM (SELECT * FROM ({both[0]} EXCEPT {both[1]})"
            f" UNION ALL SELECT * FROM ({both[1]} EXCEPT {both[0]}))"
        ).fetchone()
        return int(n)
    finally:
        db.execute("DROP TABLE temp.contacts")
