import sqlite3

from speechcx.store import Store
from speechcx.store.__main__ import new_schema
from speechcx.store.comments import Described, list_columns, list_tables, read_comments
from speechcx.store.database import migrate


def test_every_table_and_column_says_what_it_is(store: Store) -> None:
    """Nothing in the database is undocumented, and nothing documented is missing."""
    told = set(store.db.execute("SELECT table_name, column_name FROM _columns WHERE comment <> ''"))
    there = {(table, column) for table in list_tables(store.db) for column in list_columns(store.db, table)}
    assert there == told
    tables = dict(store.db.execute("SELECT table_name, comment FROM _tables"))
    assert set(list_tables(store.db)) == {name for name, comment in tables.items() if comment}


def test_the_schema_is_printed_as_sql_that_makes_it() -> None:
    """What ``python -m speechcx.store`` prints makes the same tables, views, indexes and triggers."""
    first = new_schema()
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(first)
    names = (
        "SELECT type, name FROM sqlite_master WHERE name NOT LIKE '%sqlite_%' AND name NOT LIKE 'turns_fts_%'"
    )
    made = sqlite3.connect(":memory:", isolation_level=None)
    migrate(made)
    assert sorted(made.execute(names)) == sorted(db.execute(names))


def test_every_table_is_strict(store: Store) -> None:
    """No column takes a value of another type by accident."""
    rows = store.db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
    )
    loose = [name for name, sql in rows if "STRICT" not in sql]
    assert [] == [name for name in loose if not name.startswith(("turns_fts", "sqlite_", "_sqlite"))]


def test_comments_are_read_from_the_migrations() -> None:
    """Before a table, behind a column, of its last line where it takes several, and added later."""
    first = """
-- Not of the table.

-- What it is for,
-- in two lines.
CREATE TABLE things (
  a TEXT, -- the first; with a semicolon
  b TEXT CHECK (b IN ('x',
    'y')), -- the second
  PRIMARY KEY (a)
) STRICT;
-- A view.
CREATE VIEW seen AS SELECT
  t.a, -- as it is
  CASE WHEN t.b IS NULL THEN 0
    ELSE 1 END AS has_b -- renamed
FROM things t;
"""
    second = "ALTER TABLE things ADD COLUMN c REAL; -- the third\n"
    found = read_comments([first, second])
    assert Described("What it is for,\nin two lines.", {
        "a": "the first; with a semicolon", "b": "the second", "c": "the third",
    }) == found["things"]  # fmt: skip
    assert Described("A view.", {"a": "as it is", "has_b": "renamed"}) == found["seen"]
