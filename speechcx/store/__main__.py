"""Prints the whole schema as SQL: ``python -m speechcx.store > speechcx/store/schema.sql``."""

from __future__ import annotations

import sqlite3
import sys

from speechcx.store.comments import dump_schema
from speechcx.store.database import migrate

if __name__ == "__main__":
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    migrate(fresh)
    sys.stdout.write(dump_schema(fresh))
