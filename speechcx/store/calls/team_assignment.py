"""Which team and center a call counts for: by its own details, else by the roster on its day."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from speechcx.store.calls.row_digests import note_call, note_shared_rows
from speechcx.store.paths import plain_text

_ENTRY = (
    "SELECT {column} FROM roster r WHERE r.agent = {agent}"
    " AND (r.valid_from IS NULL OR r.valid_from <= {day}) AND (r.valid_to IS NULL OR r.valid_to >= {day})"
    " ORDER BY r.valid_from DESC LIMIT 1"
)

PLACED = {
    column: f"coalesce((SELECT r.{column} FROM recordings r WHERE r.call_no = c.call_no),"
    f" ({_ENTRY.format(column=column, agent='c.agent', day='c.local_day')}))"
    for column in ("team", "center")
}
"""SQL of the team and the center that a call (alias ``c``) counts for."""


class RosterLine(Protocol):
    """A line of the roster, as ``discover`` reads it; both days belong to it."""

    @property
    def agent(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str | None: ...  # noqa: D102
    @property
    def team(self) -> str | None: ...  # noqa: D102
    @property
    def center(self) -> str | None: ...  # noqa: D102
    @property
    def valid_from(self) -> date | None: ...  # noqa: D102
    @property
    def valid_to(self) -> date | None: ...  # noqa: D102


AssignmentRow = tuple[str, str | None, str | None, str | None, str | None, str | None]


def sync_roster(db: sqlite3.Connection, entries: Iterable[RosterLine]) -> int:
    """Make the stored roster what `entries` say, and move the calls of every agent it changed for.

    Returns
    -------
    int
        Number of agents whose entries changed.
    """
    wanted = {_row(entry) for entry in entries}
    stored: set[AssignmentRow] = set(
        db.execute("SELECT agent, valid_from, valid_to, name, team, center FROM roster").fetchall()
    )
    changed = {row[0] for row in wanted ^ stored}
    if not changed:
        return 0
    db.execute("DELETE FROM roster")
    db.executemany("INSERT INTO roster VALUES (?, ?, ?, ?, ?, ?)", sorted(wanted, key=repr))
    for agent in sorted(changed):
        for call_no in place_calls(db, "c.agent = ?", agent):
            note_call(db, call_no, only=("calls",))
        _place_records(db, agent)
    return len(changed)


def _place_records(db: sqlite3.Connection, agent: str) -> None:
    """Find team and center again for an agent's call records."""
    team, center = (
        f"({_ENTRY.format(column=column, agent='c.agent', day='c.local_day')})"
        for column in ("team", "center")
    )
    placed = db.execute(
        f"UPDATE call_records AS c SET team = {team}, center = {center} WHERE c.agent = ? RETURNING record_no",
        (agent,),
    ).fetchall()
    note_shared_rows(db, "call_records", [number for (number,) in placed])


def find_place(db: sqlite3.Connection, agent: str | None, day: str) -> tuple[str | None, str | None]:
    """Team and center of an agent on a day by the roster; None where it does not tell."""
    found = (
        db.execute(_ENTRY.format(column=column, agent="?1", day="?2"), (agent, day)).fetchone()
        for column in ("team", "center")
    )
    team, center = (None if row is None else row[0] for row in found)
    return team, center


def place_calls(db: sqlite3.Connection, where: str, value: str | int) -> list[int]:
    """Find team and center again for the calls (alias ``c``) of a condition; returns their numbers.

    The caller keeps their new digests, see :func:`speechcx.store.calls.row_digests.note_call`.
    """
    placed = db.execute(
        f"UPDATE calls AS c SET team = {PLACED['team']}, center = {PLACED['center']} WHERE {where}"
        " RETURNING call_no",
        (value,),
    ).fetchall()
    return [int(call_no) for (call_no,) in placed]


def _row(entry: RosterLine) -> AssignmentRow:
    first = None if entry.valid_from is None else entry.valid_from.isoformat()
    last = None if entry.valid_to is None else entry.valid_to.isoformat()
    words = [None if text is None else plain_text(text) for text in (entry.name, entry.team, entry.center)]
    return plain_text(entry.agent), first, last, words[0], words[1], words[2]
