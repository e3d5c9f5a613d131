"""Prints the schema of a new database as SQL: ``python -m speechcx.store``."""

import sqlite3
import sys

from speechcx.store.comments import dump_schema
from speechcx.store.database import migrate


def new_schema() -> str:
    """The schema of a new database, as SQL with its comments; ``docs/schema.md`` shows it."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    return dump_schema(db)


if __name__ == "__main__":
    sys.stdout.write(new_schema())
