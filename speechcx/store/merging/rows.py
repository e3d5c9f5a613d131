"""Rows read from one database as columns by name, and put into another under numbers of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from speechcx.store.calls.lookup_tables import LookupTable
from speechcx.store.filters import SqlValue

MergedRow = dict[str, SqlValue]


def read_rows(db: sqlite3.Connection, sql: str, values: Sequence[SqlValue] = ()) -> Iterator[MergedRow]:
    """Each row of a query, its values by column name."""
    cursor = db.execute(sql, values)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def insert_row(db: sqlite3.Connection, table: str, row: Mapping[str, SqlValue]) -> int:
    """Add a row; returns its number."""
    places = ", ".join("?" * len(row))
    cursor = db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", (*row.values(),))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def update_row(db: sqlite3.Connection, table: str, row: Mapping[str, SqlValue], *, key: str) -> None:
    """Write the values of a row over those of the row with the same key."""
    changes = ", ".join(f"{name} = :{name}" for name in row if name != key)
    db.execute(f"UPDATE {table} SET {changes} WHERE {key} = :{key}", row)


class Numbers:
    """Numbers in the target of what rows of a source refer to: rulebooks, provenances, questions.

    Parameters
    ----------
    source
        The database the rows come from.
    names
        Finds or makes the number in the target; inside a write.
    """

    def __init__(self, source: sqlite3.Connection, names: LookupTable) -> None:
        self._source = source
        self._names = names
        self._known: dict[tuple[str, int], int] = {}

    def rulebook_no(self, number: SqlValue) -> int:
        """Number of a rulebook."""
        return self._find("rulebooks", "rulebook_no", number)

    def provenance_no(self, number: SqlValue) -> int:
        """Number of a provenance."""
        return self._find("provenances", "provenance_no", number)

    def question_no(self, number: SqlValue) -> int:
        """Number of a question."""
        return self._find("questions", "question_no", number)

    def _find(self, table: str, column: str, number: SqlValue) -> int:
        assert isinstance(number, int)
        key = (table, number)
        if key not in self._known:
            (row,) = read_rows(self._source, f"SELECT * FROM {table} WHERE {column} = ?", (number,))
            del row[column]
            if table == "rulebooks":
                texts = (str(row[name]) for name in ("digest", "name", "version"))
                self._known[key] = self._names.rulebook_no_of(*texts)
            else:
                if "rulebook_no" in row:
                    row["rulebook_no"] = self.rulebook_no(row["rulebook_no"])
                self._known[key] = self._names.number_of(table, column, row)
        return self._known[key]
