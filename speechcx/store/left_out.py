"""What the last run passed over: files that are no recordings, and lines of tables that could not be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Protocol

from speechcx.store.paths import plain_text, read_path, write_path


class Other(Protocol):
    """A file that is no recording, as ``discover`` describes it."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def size_bytes(self) -> int: ...  # noqa: D102
    @property
    def mtime_ns(self) -> int: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def why(self) -> str: ...  # noqa: D102


class Warned(Protocol):
    """A line of a table that cannot be used, as ``discover`` tells it."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def found(self) -> str: ...  # noqa: D102
    @property
    def cure(self) -> str: ...  # noqa: D102


def replace_left_out(db: sqlite3.Connection, others: Iterable[Other], warnings: Iterable[Warned]) -> None:
    """Keep what this run passed over in place of what the last one did; inside a write transaction."""
    rows = {
        write_path(other.path): (other.size_bytes, other.mtime_ns, other.reason, plain_text(other.why))
        for other in others
    }
    stored = {
        path: tuple(rest)
        for path, *rest in db.execute("SELECT path, size_bytes, mtime_ns, reason, why FROM other_files")
    }
    gone = [(path,) for path in stored if path not in rows]
    news = [(path, *row) for path, row in rows.items() if stored.get(path) != row]
    db.executemany("DELETE FROM other_files WHERE path = ?", gone)
    db.executemany("INSERT OR REPLACE INTO other_files VALUES (?, ?, ?, ?, ?)", news)
    db.execute("DELETE FROM source_warnings")
    db.executemany(
        "INSERT INTO source_warnings (path, line, found, cure) VALUES (?, ?, ?, ?)",
        ((plain_text(one.path), one.line, plain_text(one.found), plain_text(one.cure)) for one in warnings),
    )


def read_other_files(db: sqlite3.Connection) -> list[tuple[str, int, int, str, str]]:
    """Path, size, modification time, reason and more of every file that the last run passed over."""
    rows = db.execute("SELECT path, size_bytes, mtime_ns, reason, why FROM other_files")
    return [(read_path(path), *rest) for path, *rest in rows]
