"""The comments of the schema: read from the migrations, kept in the database, printed as one file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_CREATE = re.compile(r"^CREATE (VIRTUAL )?(?:TABLE|VIEW) (?:IF NOT EXISTS )?(\w+)", re.MULTILINE)
_ALIAS = re.compile(r"^.*?(?:\bAS\s+|\.)?(\w+)(?:,|)\s*--\s*(.+)$")
_ADDED = re.compile(r"^ALTER TABLE (\w+) ADD COLUMN (\w+)\b.*--\s*(.+)$", re.MULTILINE)
_HIDDEN = re.compile(r"(sqlite_|_sqlite_migrations|turns_fts_)")


@dataclass(slots=True)
class Described:
    """What the migrations say of one table or view."""

    comment: str = ""
    columns: dict[str, str] = field(default_factory=dict)


def read_comments(scripts: Iterable[str]) -> dict[str, Described]:
    """Comments of every table and view in the migrations; a later script has the last word.

    A table's comment stands in the lines before its ``CREATE``, a column's at the end of its line
    (of its last line, where it takes several). ``-- @name words`` before a ``CREATE`` tells of a
    column that has no line of its own.
    """
    found: dict[str, Described] = {}
    for sql in scripts:
        for match in _CREATE.finditer(sql):
            body = sql[match.start() : _end_of_statement(sql, match.start())]
            entry = Described()
            _read_lines_before(sql[: match.start()], entry)
            is_view = " VIEW " in match.group(0)
            for name, comment in _read_columns(body, is_view=is_view):
                entry.columns[name] = comment
            found[match.group(2)] = entry
        for table, column, comment in _ADDED.findall(sql):
            found.setdefault(table, Described()).columns[column] = comment.strip()
    return found


def write_comments(db: sqlite3.Connection, scripts: Iterable[str]) -> None:
    """Refill ``_tables`` and ``_columns`` for every table and view that exists."""
    found = read_comments(scripts)
    db.execute("DELETE FROM _tables")
    db.execute("DELETE FROM _columns")
    for table in list_tables(db):
        entry = found.get(table, Described())
        db.execute("INSERT INTO _tables VALUES (?, ?)", (table, entry.comment))
        rows = [
            (table, name, entry.columns[name]) for name in list_columns(db, table) if name in entry.columns
        ]
        db.executemany("INSERT INTO _columns VALUES (?, ?, ?)", rows)


def list_tables(db: sqlite3.Connection) -> tuple[str, ...]:
    """Names of all tables and views but those that SQLite and sqlite-utils keep for themselves."""
    rows = db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid")
    return tuple(name for (name,) in rows if not _HIDDEN.match(name))


def list_columns(db: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """Names of all columns of a table or view."""
    rows = db.execute("SELECT name FROM pragma_table_xinfo(?) ORDER BY cid", (table,))
    return tuple(name for (name,) in rows)


def dump_schema(db: sqlite3.Connection) -> str:
    """The whole schema as it now is, as SQL with its comments: as ``docs/schema.md`` shows it."""
    tables = dict(db.execute("SELECT table_name, comment FROM _tables"))
    rows = db.execute(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rowid"
    )
    parts = []
    for name, table, sql in rows:
        if not _HIDDEN.match(name) and not _HIDDEN.match(table):
            comment = "".join(f"-- {line}\n" for line in tables.get(name, "").splitlines())
            parts.append(f"{comment}{sql};")
    return "\n\n".join(parts) + "\n"


def _end_of_statement(sql: str, start: int) -> int:
    """Place after the first semicolon that ends a statement: one outside of a comment."""
    for match in re.finditer(r"--[^\n]*|;", sql[start:]):
        if match.group(0) == ";":
            return start + match.end()
    return len(sql)


def _read_lines_before(text: str, entry: Described) -> None:
    lines: list[str] = []
    for line in reversed(text.rstrip("\n").split("\n")):
        if not line.startswith("--"):
            break
        lines.append(line[2:].strip())
    for line in reversed(lines):
        if line.startswith("@"):
            name, _, comment = line[1:].partition(" ")
            entry.columns[name] = comment
        else:
            entry.comment += ("\n" if entry.comment else "") + line


def _read_columns(body: str, *, is_view: bool) -> Iterator[tuple[str, str]]:
    current = ""
    for line in body.split("\n")[1:]:
        if is_view:
            match = _ALIAS.match(line)
            if match:
                yield match.group(1), match.group(2).strip()
            continue
        name = re.match(r"^  (\w+) ", line)
        if name:
            current = name.group(1)
        if "--" in line and current:
            yield current, line.partition("--")[2].strip()
