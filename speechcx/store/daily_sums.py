"""Sums of calls by agent, team, center and day: kept by triggers in the transaction that changes a call.

Questions about people, drivers and rules over months add up some hundred rows of these tables instead of
reading every call. Each table is declared once (:class:`SumTable`): its triggers, its first filling and the
recount of ``speechcx check`` come from that one declaration, so none of them can mean something else.

Every sum is a whole number: a value is counted in steps of its unit (:data:`COUNTED`), so that taking a call
away again leaves no trace. Like the views, the tables are made at the end of every migration
(:func:`create_sums`), which counts them afresh.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from speechcx.call.measures import COMPARED, Unit, call_columns
from speechcx.store.contacts import INDEX as CONTACTS_INDEX
from speechcx.store.contacts import (
    NO_DRIVER,
    add_contacts,
    count_contacts,
    find_wrong_contacts,
    follow_triggers,
    take_contacts,
)
from speechcx.store.contacts import TABLE as CONTACTS
from speechcx.store.decisions.flag_rules import FLAGGED, UNSURE


@dataclass(frozen=True, slots=True)
class Counted:
    """How values are counted: in so many steps of a unit, and none beyond the ends.

    Without ends, one senseless value would overflow a sum of squares, and its call could not be stored. With
    them a row holds some thousand calls at the very end of the scale, and any number of usual ones.
    """

    steps: int
    low: float
    high: float

    def of(self, expression: str) -> str:
        """SQL of a value as a whole number of steps, null where it is null."""
        return f"CAST(round(max(min({expression}, {self.high}), {self.low}) * {self.steps}) AS INTEGER)"


COUNTED: Final[Mapping[Unit, Counted]] = {
    "share": Counted(1_000_000, 0, 1), "-5..5": Counted(1_000_000, -5, 5), "s": Counted(1_000, 0, 86_400),
    "a minute": Counted(10_000, 0, 2_000), "count": Counted(1, 0, 1_000_000),
}  # fmt: skip
SCORE: Final = Counted(10_000, 0, 100)

GROUP: Final = ("agent", "team", "center", "rulebook_no", "provenance_no")
"""What the calls of a row of ``sum_groups`` have in common."""

Grain = Literal["day", "month"]

_DAY: Final[Mapping[Grain, str]] = {
    "day": "coalesce(c.local_day, '')",
    "month": "coalesce(substr(c.local_day, 1, 7), '')",
}


@dataclass(frozen=True, slots=True)
class SummedMeasure:
    """A column of ``calls`` whose values are summed, and how they are counted."""

    name: str
    counted: Counted


SUMMED: Final = tuple(
    SummedMeasure(column.name, COUNTED[column.measure.unit])
    for name in COMPARED
    for column in call_columns()
    if column.name == name
)
"""The measures that people are compared by."""


@dataclass(frozen=True, slots=True)
class SumTable:
    """One table of sums.

    Parameters
    ----------
    name, about
        Of the table.
    keys
        (column, type, expression, comment) of what the calls of a row have in common.
    sums
        (column, expression, comment) of what is added up; the first counts, and a row without any goes.
    source
        Where the expressions come from: ``c`` is the call, ``g`` its group.
    changed_by
        (table, alias) of other tables whose rows come into it, one for each row of them.
    """

    name: str
    about: str
    keys: tuple[tuple[str, str, str, str], ...]
    sums: tuple[tuple[str, str, str], ...]
    source: str
    changed_by: tuple[str, str] | None = None

    def create(self) -> str:
        """Its ``CREATE TABLE``, with comments as migrations have them."""
        lines = [f"  {name} {kind} NOT NULL, -- {comment}" for name, kind, _, comment in self.keys]
        lines += [f"  {name} INTEGER NOT NULL, -- {comment}" for name, _, comment in self.sums]
        key = ", ".join(name for name, *_ in self.keys)
        body = "\n".join(lines)
        return f"-- {self.about}\nCREATE TABLE {self.name} (\n{body}\n  PRIMARY KEY ({key})\n) STRICT, WITHOUT ROWID"

    def recount(self) -> str:
        """A query for all of its rows as the calls give them."""
        keys = ", ".join(expression for _, _, expression, _ in self.keys)
        sums = ", ".join(f"sum({expression})" for _, expression, _ in self.sums)
        groups = ", ".join(str(place + 1) for place in range(len(self.keys)))
        return f"SELECT {keys}, {sums} FROM {self.source} WHERE c.superseded_by IS NULL GROUP BY {groups}"

    def change(self, where: str, sign: Literal["+", "-"]) -> Iterator[str]:
        """Statements that add what the rows of a condition bring, or take it away."""
        names = [name for name, *_ in self.sums]
        keys = ", ".join(expression for _, _, expression, _ in self.keys)
        sums = ", ".join(f"{sign}({expression})" for _, expression, _ in self.sums)
        key = ", ".join(name for name, *_ in self.keys)
        yield (
            f"INSERT INTO {self.name} SELECT {keys}, {sums} FROM {self.source}"
            f" WHERE c.superseded_by IS NULL AND {where} ON CONFLICT ({key}) DO UPDATE SET "
            + ", ".join(f"{name} = {name} + excluded.{name}" for name in names)
        )
        if sign == "-":
            yield (
                f"DELETE FROM {self.name} WHERE {names[0]} = 0 AND ({key}) IN (SELECT {keys} FROM {self.source}"
                f" WHERE c.superseded_by IS NULL AND {where})"
            )


_GROUPED = "calls c JOIN sum_groups g ON " + " AND ".join(f"g.{name} IS c.{name}" for name in GROUP)
_GROUP_KEY = ("group_no", "INTEGER", "g.group_no", "whose calls, see sum_groups")
_DRIVEN = (
    f"{_GROUPED} JOIN results_data d ON d.call_no = c.call_no AND d.value > 0"
    " JOIN rules r ON r.rule_no = d.rule_no AND r.kind = 'driver'"
)
_FELT = COUNTED["-5..5"].of("c.customer_sentiment")
_LONG = COUNTED["s"].of("c.audio_duration_s")


def _period(grain: Grain) -> tuple[str, str, str, str]:
    return grain, "TEXT", _DAY[grain], f"{grain} of the call in its own zone; empty where it is not known"


def _measured() -> Iterator[tuple[str, str, str]]:
    for measure in SUMMED:
        value = measure.counted.of(f"c.{measure.name}")
        name = measure.name
        yield f"{name}_n", f"c.{name} IS NOT NULL", f"calls with {name}"
        yield f"{name}_total", f"coalesce({value}, 0)", f"their sum, in 1/{measure.counted.steps} of the unit"
        yield (
            f"{name}_squares",
            f"coalesce({value} * {value}, 0)",
            "sum of the squares of these whole numbers",
        )


def _call_sums(grain: Grain) -> SumTable:
    return SumTable(
        f"call_sums_by_{grain}",
        f"Calls and their measures by group and {grain}, added up; only calls that count.",
        (_GROUP_KEY, _period(grain)),
        (
            ("calls", "1", "calls"),
            ("flagged", "c.flagged_count > 0", "calls with a flagged rule"),
            *_measured(),
        ),
        _GROUPED,
    )


def _missing_sums(grain: Grain) -> SumTable:
    return SumTable(
        f"missing_sums_by_{grain}",
        f"Why measures of calls are missing, by group and {grain}.",
        (_GROUP_KEY, _period(grain), ("missing", "TEXT", "c.missing", "as in calls: a JSON object")),
        (("calls", "1", "calls with these reasons"),),
        f"{_GROUPED} AND c.missing IS NOT NULL",
    )


def _score_sums(grain: Grain) -> SumTable:
    value = SCORE.of("s.score")
    why = "CASE WHEN s.score IS NULL THEN coalesce(nullif(s.why, ''), 'no score') ELSE '' END"
    return SumTable(
        f"score_sums_by_{grain}",
        f"Scores of calls by group, {grain} and scorecard, added up.",
        (
            _GROUP_KEY, _period(grain), ("scorecard", "TEXT", "s.scorecard", "id of the scorecard"),
            ("why", "TEXT", why, "why there is no score; empty where there is one"),
        ),
        (
            ("calls", "1", "calls"),
            ("total", f"coalesce({value}, 0)", f"sum of their scores, in 1/{SCORE.steps} of a point"),
            ("squares", f"coalesce({value} * {value}, 0)", "sum of the squares of these whole numbers"),
            ("passed", "s.score IS NOT NULL AND s.critical_errors = '[]'", "calls without a critical error"),
        ),
        f"{_GROUPED} JOIN scores s ON s.call_no = c.call_no",
        ("scores", "s"),
    )  # fmt: skip


def _driver_sums(grain: Grain) -> SumTable:
    return SumTable(
        f"driver_sums_by_{grain}",
        f"Why customers call: calls of each contact driver by group and {grain}, with their length and sentiment.",
        (_GROUP_KEY, _period(grain), ("rule_no", "INTEGER", "d.rule_no", "number of the driver's rule")),
        (
            ("told", "1", "calls with it, and those in which it could not be told"),
            ("calls", "d.value = 1", "calls with it"),
            ("cannot_tell", "d.value = 2", "calls in which it could not be told"),
            ("duration_total", f"CASE d.value WHEN 1 THEN {_LONG} ELSE 0 END", "length of the calls with it, 1/1000 s"),
            (
                "duration_squares", f"CASE d.value WHEN 1 THEN {_LONG} * {_LONG} ELSE 0 END",
                "sum of the squares of these whole numbers",
            ),
            ("felt", "d.value = 1 AND c.customer_sentiment IS NOT NULL", "of them, calls with customer_sentiment"),
            ("felt_total", f"CASE d.value WHEN 1 THEN coalesce({_FELT}, 0) ELSE 0 END", "its sum, in 1/1000000"),
            (
                "felt_squares", f"CASE d.value WHEN 1 THEN coalesce({_FELT} * {_FELT}, 0) ELSE 0 END",
                "sum of the squares of these whole numbers",
            ),
        ),
        _DRIVEN,
        ("results_data", "d"),
    )  # fmt: skip


def _driverless_sums(grain: Grain) -> SumTable:
    return SumTable(
        f"driverless_sums_by_{grain}",
        f"Calls in which no contact driver was found, by group and {grain}, with their length and sentiment.",
        (_GROUP_KEY, _period(grain)),
        (
            ("calls", "1", "calls"),
            ("duration_total", _LONG, "their length, in 1/1000 s"),
            ("duration_squares", f"{_LONG} * {_LONG}", "sum of the squares of these whole numbers"),
            ("felt", "c.customer_sentiment IS NOT NULL", "of them, calls with customer_sentiment"),
            ("felt_total", f"coalesce({_FELT}, 0)", "its sum, in 1/1000000"),
            ("felt_squares", f"coalesce({_FELT} * {_FELT}, 0)", "sum of the squares of these whole numbers"),
        ),
        f"{_GROUPED} AND {NO_DRIVER}",
    )


_MONTH = _period("month")
MAIN_DRIVER: Final = (
    "(SELECT m.rule FROM results_data n CROSS JOIN rules m ON m.rule_no = n.rule_no AND m.kind = 'driver'"
    " WHERE n.call_no = c.call_no AND n.value = 1 ORDER BY n.position LIMIT 1)"
)
"""The main driver of ``calls c``, the first in the rulebook that is present; null for none."""

_MIX_KEYS = (
    ("queue", "TEXT", "coalesce(c.queue, '')", "the queue; empty where it is not known"),
    ("driver", "TEXT", f"coalesce({MAIN_DRIVER}, '')", "the main contact driver; empty where none was found"),
    ("local_hour", "INTEGER", "coalesce(c.local_hour, -1)", "hour of the start; -1 where it is not known"),
)
_MIX = (
    SumTable(
        "mix_calls_by_month", "Calls of everybody by kind and month: queue, driver, hour.", (_MONTH, *_MIX_KEYS),
        (("calls", "1", "calls"),), "calls c",
    ),
    SumTable(
        "mix_scores_by_month",
        "Scores of everybody by kind of call and month, added up: what such calls usually bring.",
        (_MONTH, *_MIX_KEYS, ("scorecard", "TEXT", "s.scorecard", "id of the scorecard")),
        (
            ("calls", "1", "calls with a score"),
            ("total", SCORE.of("s.score"), f"sum of their scores, in 1/{SCORE.steps} of a point"),
            ("squares", f"{SCORE.of('s.score')} * {SCORE.of('s.score')}", "sum of the squares of these whole numbers"),
        ),
        "calls c JOIN scores s ON s.call_no = c.call_no AND s.score IS NOT NULL",
        ("scores", "s"),
    ),
)  # fmt: skip

_ANSWER_SUMS = SumTable(
    "answer_sums_by_month",
    "Answers to each question by group and month, counted.",
    (
        _GROUP_KEY,
        _MONTH,
        ("question_no", "INTEGER", "a.question_no", "number of the question, for joins with questions"),
        ("answer", "TEXT", "a.answer", "yes, no, n-a, cannot-tell or person"),
    ),
    (("calls", "1", "calls with this answer"),),
    f"{_GROUPED} JOIN answers_data a ON a.call_no = c.call_no",
    ("answers_data", "a"),
)

_RULE_SUMS = SumTable(
    "rule_sums_by_day",
    "Results of each rule by day, counted.",
    (_period("day"), ("rule_no", "INTEGER", "d.rule_no", "number of the rule")),
    (
        ("calls", "1", "calls judged by it"),
        ("present", "d.value = 1", "calls in which it is present"),
        ("cannot_tell", "d.value = 2", "calls in which it could not be told"),
        ("flagged", "d.flagged", "calls in which it is flagged"),
    ),
    "calls c JOIN results_data d ON d.call_no = c.call_no",
    ("results_data", "d"),
)

_FLAG_SUMS = SumTable(
    "flag_sums_by_call",
    "Calls with flags of rules, and how many: who, when and how long, so that counting them reads no call.",
    (
        _GROUP_KEY,
        ("call_no", "INTEGER", "c.call_no", "the call, for joins"),
        _period("day"),
        ("customer", "TEXT", "coalesce(c.customer, '')", "the customer; empty where it is not known"),
        ("queue", "TEXT", "coalesce(c.queue, '')", "the queue; empty where it is not known"),
        ("length", "INTEGER", _LONG, "its length, in 1/1000 s"),
    ),
    (
        ("flags", "1", "flags of rules"),
        ("unsure", "d.value = 2", "those in which the rule could not tell"),
    ),
    f"{_GROUPED} JOIN results_data d ON d.call_no = c.call_no AND (d.flagged = 1 OR d.value = 2)"
    f" JOIN rules r ON r.rule_no = d.rule_no AND (({FLAGGED}) OR ({UNSURE}))",
    ("results_data", "d"),
)

GRAINS: Final[tuple[Grain, ...]] = ("day", "month")
_BY_GRAIN = (_call_sums, _missing_sums, _score_sums, _driver_sums, _driverless_sums)
SUM_TABLES: Final = (
    *(make(grain) for make in _BY_GRAIN for grain in GRAINS), *_MIX, _ANSWER_SUMS, _RULE_SUMS, _FLAG_SUMS,
)  # fmt: skip
"""Every table of sums."""

_GROUPS = (
    "-- Agents, teams and centers as calls have them, with what the calls were judged under and heard with.\n"
    "CREATE TABLE sum_groups (\n"
    "  group_no INTEGER PRIMARY KEY, -- number, for joins with the tables of sums\n"
    "  agent TEXT, -- the agent\n"
    "  team TEXT, -- the agent's team on the day of the calls\n"
    "  center TEXT, -- its center\n"
    "  rulebook_no INTEGER NOT NULL, -- what the calls were judged under\n"
    "  provenance_no INTEGER NOT NULL -- what they were heard with\n"
    ") STRICT"
)
_GROUPS_INDEX = f"CREATE INDEX sum_groups_by_people ON sum_groups ({', '.join(GROUP)})"


def _triggers() -> Iterator[str]:
    """A change takes away what the call brought before it, and adds what it brings after it."""
    names = (
        *GROUP, "customer", "queue", "occurred_at", "local_day", "local_hour", "superseded_by", "flagged_count",
        "missing", *(m.name for m in SUMMED),
    )  # fmt: skip
    # Comparing every column costs less than counting a call again whose sums do not change.
    is_other = " OR ".join(f"new.{name} IS NOT old.{name}" for name in names)
    new, old = "c.call_no = new.call_no", "c.call_no = old.call_no"
    on = f"UPDATE OF {', '.join(names)} ON calls WHEN {is_other}"
    yield _trigger("sums_call_added", "AFTER INSERT ON calls", _add_call(new))
    yield _trigger("sums_call_changes", f"BEFORE {on}", _take_call(old))
    yield _trigger("sums_call_changed", f"AFTER {on}", _add_call(new))
    yield _trigger("sums_call_removed", "BEFORE DELETE ON calls", _take_call(old))
    for table, key in (("scores", "scorecard"), ("results_data", "rule_no"), ("answers_data", "question_no")):
        own = [sums for sums in SUM_TABLES if sums.changed_by and sums.changed_by[0] == table]
        alias = own[0].changed_by[1] if own[0].changed_by else ""
        same = f"c.call_no = {{row}}.call_no AND {alias}.{key} = {{row}}.{key}"
        added = [line for sums in own for line in sums.change(same.format(row="new"), "+")]
        taken = [line for sums in own for line in sums.change(same.format(row="old"), "-")]
        yield _trigger(f"sums_{table}_added", f"AFTER INSERT ON {table}", added)
        yield _trigger(f"sums_{table}_change", f"BEFORE UPDATE ON {table}", taken)
        yield _trigger(f"sums_{table}_changed", f"AFTER UPDATE ON {table}", added)
        yield _trigger(f"sums_{table}_removed", f"BEFORE DELETE ON {table}", taken)
    yield from (_trigger(f"sums_{name}", when, statements) for name, when, statements in follow_triggers())
    yield from _driver_triggers()


def _driver_triggers() -> Iterator[str]:
    """A driver that is found, or found no more, changes whether its call has none, and its contacts."""
    for name, when, rows in (
        ("found", "INSERT", "new"),
        ("lost", "DELETE", "old"),
        ("other", "UPDATE", "new old"),
    ):
        of_driver = " OR ".join(
            f"({row}.value = 1 AND (SELECT kind FROM rules WHERE rule_no = {row}.rule_no) = 'driver')"
            for row in rows.split()
        )
        row = rows.split()[0]
        where = f"c.call_no = {row}.call_no"
        kinds = [sums for sums in SUM_TABLES if sums.name.startswith(("driverless_", "mix_"))]
        taken = [line for sums in kinds for line in sums.change(where, "-")] + take_contacts(row)
        added = [line for sums in kinds for line in sums.change(where, "+")] + add_contacts(_GROUPED, where)
        on = f"{when} ON results_data WHEN {of_driver}"
        yield _trigger(f"sums_driver_before_{name}", f"BEFORE {on}", taken)
        yield _trigger(f"sums_driver_{name}", f"AFTER {on}", added)


def _trigger(name: str, when: str, statements: list[str]) -> str:
    body = "".join(f"  {statement};\n" for statement in statements)
    return f"CREATE TRIGGER {name} {when} BEGIN\n{body}END"


def _add_call(where: str) -> list[str]:
    group = ", ".join(GROUP)
    known = " AND ".join(f"g.{name} IS c.{name}" for name in GROUP)
    add_group = (
        f"INSERT INTO sum_groups ({group}) SELECT {group} FROM calls c WHERE c.superseded_by IS NULL AND {where}"
        f" AND NOT EXISTS (SELECT 1 FROM sum_groups g WHERE {known})"
    )
    return [
        add_group,
        *(line for sums in SUM_TABLES for line in sums.change(where, "+")),
        *add_contacts(_GROUPED, where),
    ]


def _take_call(where: str) -> list[str]:
    forget_group = (
        f"DELETE FROM sum_groups WHERE group_no IN (SELECT g.group_no FROM {_GROUPED} WHERE {where})"
        " AND NOT EXISTS (SELECT 1 FROM call_sums_by_month m WHERE m.group_no = sum_groups.group_no)"
    )
    return [
        *(line for sums in SUM_TABLES for line in sums.change(where, "-")),
        *take_contacts("old"),
        forget_group,
    ]


def create_sums(db: sqlite3.Connection) -> None:
    """Make tables and triggers, and count every call; inside a write."""
    tables = (sums.create() for sums in SUM_TABLES)
    for statement in (_GROUPS, _GROUPS_INDEX, *tables, CONTACTS, CONTACTS_INDEX):
        db.execute(statement)
    count_all(db)
    for statement in _triggers():
        db.execute(statement)


def drop_sums(db: sqlite3.Connection) -> None:
    """Remove what :func:`create_sums` made, so that the tables it counts can change; inside a write."""
    found = db.execute(
        "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'table')"
        " AND (name LIKE '%\\_sums\\_by\\_%' ESCAPE '\\' OR name LIKE 'mix\\_%' ESCAPE '\\'"
        " OR name IN ('sum_groups', 'contacts') OR name LIKE 'sums\\_%' ESCAPE '\\')"
        " ORDER BY type DESC"
    ).fetchall()
    for kind, name in found:
        db.execute(f"DROP {kind} {name}")


def count_all(db: sqlite3.Connection) -> None:
    """Count every sum afresh from the calls; inside a write."""
    group = ", ".join(GROUP)
    for name in (*(sums.name for sums in SUM_TABLES), "sum_groups"):
        db.execute(f"DELETE FROM {name}")
    db.execute(
        f"INSERT INTO sum_groups ({group}) SELECT DISTINCT {group} FROM calls WHERE superseded_by IS NULL"
        f" ORDER BY {group}"
    )
    for sums in SUM_TABLES:
        db.execute(f"INSERT INTO {sums.name} {sums.recount()}")
    count_contacts(db, _GROUPED)


def find_wrong_tables(db: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """(table, rows that a recount does not give or that it gives besides) of every table that is not exact."""
    found = []
    known = " AND ".join(f"g.{name} IS c.{name}" for name in GROUP)
    (strangers,) = db.execute(
        "SELECT count(*) FROM calls c WHERE c.superseded_by IS NULL"
        f" AND NOT EXISTS (SELECT 1 FROM sum_groups g WHERE {known})"
    ).fetchone()
    if strangers:
        found.append(("sum_groups", strangers))
    for sums in SUM_TABLES:
        stored, counted = f"SELECT * FROM {sums.name}", sums.recount()
        (n,) = db.execute(
            f"SELECT count(*) FROM (SELECT * FROM ({stored} EXCEPT {counted})"
            f" UNION ALL SELECT * FROM ({counted} EXCEPT {stored}))"
        ).fetchone()
        if n:
            found.append((sums.name, n))
    if n := find_wrong_contacts(db, _GROUPED):
        found.append(("contacts", n))
    return tuple(found)


def sums_sql() -> str:
    """Tables and triggers as SQL with comments, as migrations have them."""
    return "".join(
        f"{statement};\n\n" for statement in (_GROUPS, CONTACTS, *(sums.create() for sums in SUM_TABLES))
    )
