"""Sums of call records: kept by triggers in the transaction that changes a record, for questions about handling.

As :mod:`speechcx.store.daily_sums` keeps those of recorded calls: whole numbers, so that taking a record away leaves no
trace; one declaration for tables, triggers, first filling and the recount of ``speechcx check``. They know the usual
limits of a short abandoned call and of the service level; other limits are asked of the records.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from speechcx.store.daily_sums import COUNTED

SERVICE_S: Final = 20.0
"""A call answered within so many seconds keeps the service level, unless asked otherwise."""

SHORT_S: Final = 5.0
"""A call given up within so many seconds is a short one, unless asked otherwise."""

MIN_COUNTED_AT_END: Final = 1_000
"""With fewer changes than this, triggers add up each."""

TIMES: Final = ("handle", "talk", "hold", "wrap", "wait")
SHARES: Final = ("abandoned", "service", "transferred")
STEPS: Final = COUNTED["s"].steps
"""Times are counted in so many steps of a second."""


@dataclass(frozen=True, slots=True)
class RecordSum:
    """A column of sums: its name, the SQL of what a record ``c`` adds to it, and what it is."""

    name: str
    sql: str
    about: str


_HANDLED: Final = "coalesce(c.outcome = 'answered', 0)"
_OFFERED: Final = "(coalesce(c.direction, '') NOT IN ('outbound', 'internal') AND c.outcome IS NOT NULL)"
_GIVEN_UP: Final = f"({_OFFERED} AND c.outcome IN ('abandoned', 'no_answer'))"


def list_sums(*, service_s: float = SERVICE_S, short_s: float = SHORT_S) -> tuple[RecordSum, ...]:
    """Every column of sums, under these limits."""
    handled, offered, given_up = _HANDLED, _OFFERED, _GIVEN_UP
    short = f"coalesce({given_up} AND c.wait_s < {float(short_s)!r}, 0)"
    counted = f"({offered} AND NOT {short})"
    times = {
        "handle": (
            handled,
            "c.talk_s + coalesce(c.hold_s, 0) + coalesce(c.wrap_s, 0)",
            "handle time of answered calls",
        ),
        "talk": (handled, "c.talk_s", "talk of answered calls"),
        "hold": (handled, "c.hold_s", "hold of answered calls"),
        "wrap": (handled, "c.wrap_s", "after-call work of answered calls"),
        "wait": (f"({handled} AND {offered})", "c.wait_s", "wait of answered calls that came in"),
    }
    shares = {
        "abandoned": (counted, given_up, "offered calls without short ones, and those given up"),
        "service": (
            f"({counted} AND c.wait_s IS NOT NULL)",
            f"({handled} AND c.wait_s <= {float(service_s)!r})",
            "offered calls whose wait is told, without short ones, and those answered in time",
        ),
        "transferred": (handled, "c.transfers > 0", "answered calls, and those that went on"),
    }
    return (
        RecordSum("records", "1", "calls of the telephone system"),
        RecordSum("recorded", "c.call_id IS NOT NULL", "of them, calls whose recording was found"),
        RecordSum("offered", offered, "of them, calls that came in and of which it is told how they ended"),
        RecordSum("short", short, "of those, calls given up before the limit for short ones"),
        RecordSum("handled", handled, "calls that were answered"),
        *(one for name, told in times.items() for one in _time(name, *told)),
        *(one for name, told in shares.items() for one in _share(name, *told)),
    )


def _time(name: str, condition: str, value: str, about: str) -> Iterator[RecordSum]:
    steps = COUNTED["s"].of(value)
    is_told = f"({condition} AND ({value}) IS NOT NULL)"
    yield RecordSum(f"{name}_n", is_told, f"{about}: where it is told")
    yield RecordSum(
        f"{name}_total", f"CASE WHEN {is_told} THEN {steps} ELSE 0 END", f"{about}, in 1/{STEPS} s"
    )
    yield RecordSum(
        f"{name}_squares",
        f"CASE WHEN {is_told} THEN {steps} * {steps} ELSE 0 END",
        "sum of the squares of these whole numbers",
    )


def _share(name: str, condition: str, value: str, about: str) -> Iterator[RecordSum]:
    yield RecordSum(f"{name}_n", condition, about)
    yield RecordSum(f"{name}_yes", f"({condition} AND {value})", "the latter")


_PEOPLE = ("agent", "team", "center", "queue", "direction")
_READ = ("call_id", "local_day", "local_hour", "outcome", "wait_s", "talk_s", "hold_s", "wrap_s", "transfers")
_MONTH: Final = (
    ("month", "TEXT", "substr(c.local_day, 1, 7)", "month of the calls on their own clock"),
    *(
        (name, "TEXT", f"coalesce(c.{name}, '')", "of the records; empty where it is not told")
        for name in _PEOPLE
    ),
)
_DAY: Final = (
    ("local_day", "TEXT", "c.local_day", "day of the calls on their own clock"),
    ("local_hour", "INTEGER", "c.local_hour", "hour of their start"),
)
HANDLING_TABLES: Final = {"handling_sums_by_month": _MONTH, "handling_sums_by_day": _DAY}
"""Tables with their keys: (column, type, SQL, comment)."""

_ABOUT: Final = {
    "handling_sums_by_month": "Call records by month, people, queue and direction, added up.",
    "handling_sums_by_day": "Call records by day and hour, added up.",
}


def handling_sums_sql() -> str:
    """The tables as SQL with comments, as migrations have them."""
    return "".join(f"{_create(table)};\n\n" for table in HANDLING_TABLES)


def create_handling_sums(db: sqlite3.Connection) -> None:
    """Make tables and triggers, and count every record; inside a write."""
    for table in HANDLING_TABLES:
        db.execute(_create(table))
    count_handling(db)
    _create_triggers(db)


def _create_triggers(db: sqlite3.Connection) -> None:
    columns = ", ".join((*_READ, *_PEOPLE))
    new, old = _add("new", "+"), _add("old", "-")
    for name, when, statements in (
        ("added", "AFTER INSERT ON call_records", new),
        ("removed", "AFTER DELETE ON call_records", old),
        ("changed", f"AFTER UPDATE OF {columns} ON call_records", [*old, *new]),
    ):
        body = "".join(f"  {statement};\n" for statement in statements)
        db.execute(f"CREATE TRIGGER sums_record_{name} {when} BEGIN\n{body}END")


@contextmanager
def sums_counted_at_end(db: sqlite3.Connection, changes: int) -> Iterator[None]:
    """Within a write that changes so many records: add up once at its end, where that is quicker than each time.

    Triggers cost some 0.1 ms for each change of a record; a recount costs a tenth of that for each record.
    Nobody else sees the database without its triggers: they go and come in one transaction.
    """
    (records,) = db.execute("SELECT count(*) FROM call_records").fetchone()
    if changes < MIN_COUNTED_AT_END or changes * 10 < records:
        yield
        return
    for name in ("added", "removed", "changed"):
        db.execute(f"DROP TRIGGER sums_record_{name}")
    yield
    count_handling(db)
    _create_triggers(db)


def count_handling(db: sqlite3.Connection) -> None:
    """Count every sum afresh from the records; inside a write."""
    for table in HANDLING_TABLES:
        db.execute(f"DELETE FROM {table}")
        db.execute(f"INSERT INTO {table} {_recount(table)}")


def find_wrong_handling(db: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """(table, rows that a recount does not give or that it gives besides) of every table that is not exact."""
    found = []
    for table in HANDLING_TABLES:
        stored, counted = f"SELECT * FROM {table}", _recount(table)
        (n,) = db.execute(
            f"SELECT count(*) FROM (SELECT * FROM ({stored} EXCEPT {counted})"
            f" UNION ALL SELECT * FROM ({counted} EXCEPT {stored}))"
        ).fetchone()
        if n:
            found.append((table, int(n)))
    return tuple(found)


def _create(table: str) -> str:
    lines = [f"  {name} {kind} NOT NULL, -- {about}" for name, kind, _, about in HANDLING_TABLES[table]]
    lines += [f"  {one.name} INTEGER NOT NULL, -- {one.about}" for one in list_sums()]
    key = ", ".join(name for name, *_ in HANDLING_TABLES[table])
    body = "\n".join(lines)
    return (
        f"-- {_ABOUT[table]}\nCREATE TABLE {table} (\n{body}\n  PRIMARY KEY ({key})\n) STRICT, WITHOUT ROWID"
    )


def _recount(table: str) -> str:
    keys = HANDLING_TABLES[table]
    sums = ", ".join(f"sum({one.sql})" for one in list_sums())
    groups = ", ".join(str(place + 1) for place in range(len(keys)))
    return f"SELECT {', '.join(sql for _, _, sql, _ in keys)}, {sums} FROM call_records c GROUP BY {groups}"


def _add(row: Literal["new", "old"], sign: Literal["+", "-"]) -> list[str]:
    """Statements of a trigger that add what a record brings, or take it away."""
    statements = []
    for table, keys in HANDLING_TABLES.items():
        named = [name for name, *_ in keys]
        values = [_of(sql, row) for _, _, sql, _ in keys]
        sums = [f"{sign}({_of(one.sql, row)})" for one in list_sums()]
        changes = ", ".join(f"{one.name} = {one.name} + excluded.{one.name}" for one in list_sums())
        statements.append(
            f"INSERT INTO {table} VALUES ({', '.join([*values, *sums])}) ON CONFLICT ({', '.join(named)}) DO UPDATE SET"
            f" {changes}"
        )
        if sign == "-":
            same = " AND ".join(f"{name} = {value}" for name, value in zip(named, values, strict=True))
            statements.append(f"DELETE FROM {table} WHERE records = 0 AND {same}")
    return statements


def _of(sql: str, row: str) -> str:
    return sql.replace("c.", f"{row}.")


def to_select(*, stored: bool, service_s: float = SERVICE_S, short_s: float = SHORT_S) -> Sequence[str]:
    """The SQL of every sum of a group: of rows of sums, or of records under other limits.

    Squares are added up as numbers with a point, which do not overflow.
    """
    columns = list_sums(service_s=service_s, short_s=short_s)
    return [
        f"{'total' if one.name.endswith('_squares') else 'sum'}({f'c.{one.name}' if stored else one.sql})"
        for one in columns
    ]


def to_correct(*, service_s: float, short_s: float) -> tuple[Sequence[str], str]:
    """What other limits change of sums under the usual ones: SQL of each column's change, and of the records with one.

    Only calls whose wait lies between the two limits count otherwise: given up, they are short or no longer;
    answered, they are in time or no longer.
    """
    low, high = sorted((SHORT_S, float(short_s)))
    is_other_short = f"({_GIVEN_UP} AND c.wait_s >= {low!r} AND c.wait_s < {high!r})"
    less, more = sorted((SERVICE_S, float(service_s)))
    is_other_service = f"({_HANDLED} AND {_OFFERED} AND c.wait_s > {less!r} AND c.wait_s <= {more!r})"
    shorts = f"total({is_other_short})" if short_s > SHORT_S else f"-total({is_other_short})"
    served = f"total({is_other_service})" if service_s > SERVICE_S else f"-total({is_other_service})"
    changes = {"short": shorts, "service_yes": served}
    changes |= dict.fromkeys(("abandoned_n", "abandoned_yes", "service_n"), f"-({shorts})")
    return [changes.get(one.name, "0") for one in list_sums()], f"({is_other_short} OR {is_other_service})"
