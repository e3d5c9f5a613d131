"""Searches kept under a name, and up to which call each was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from speechcx.store.moments import utc_text

if TYPE_CHECKING:
    from speechcx.store import Store

_COLUMNS = "name, words, filters, saved_at, saved_by, looked_at"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search under a name; calls stored after `looked_at` are new to it, `filters` is JSON."""

    name: str
    words: str
    filters: str
    saved_at: str
    saved_by: str
    looked_at: str


def save_search(store: Store, name: str, words: str, filters: str, *, who: str) -> None:
    """Keep a search; one of the same name is replaced. What is there now is not new to it."""
    with store.write():
        row = (name, words, filters, utc_text(), who, newest_moment(store))
        store.db.execute(f"INSERT OR REPLACE INTO saved_searches ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", row)


def list_searches(store: Store) -> tuple[SavedSearch, ...]:
    """All of them, by name."""
    rows = store.db.execute(f"SELECT {_COLUMNS} FROM saved_searches ORDER BY name")
    return tuple(SavedSearch(*row) for row in rows)


def note_look(store: Store, name: str, moment: str) -> None:
    """Write down that a search was looked at, with calls stored up to `moment`."""
    with store.write():
        store.db.execute("UPDATE saved_searches SET looked_at = ? WHERE name = ?", (moment, name))


def delete_search(store: Store, name: str) -> bool:
    """Forget a search; false where there is none of that name."""
    with store.write():
        return store.db.execute("DELETE FROM saved_searches WHERE name = ?", (name,)).rowcount == 1


def newest_moment(store: Store) -> str:
    """When the last call was stored, UTC; empty text without calls."""
    return str(store.db.execute("SELECT coalesce(max(stored_at), '') FROM calls").fetchone()[0])
