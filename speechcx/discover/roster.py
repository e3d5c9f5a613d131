"""The roster: which agent belongs to which team and centre, and from when to when."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from speechcx.discover.table import TableRow, read_rows
from speechcx.errors import ConfigError

_MAX_BYTES = 64 * 1024**2
_ALIASES = {
    "centre": "center",
    "from": "valid_from",
    "to": "valid_to",
    "until": "valid_to",
    "agent_name": "name",
}


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One agent in one team for a time.

    Parameters
    ----------
    agent
        Identifier as the calls carry it.
    name
        Name for people; the identifier where none is given.
    team, center
        None where not given.
    valid_from, valid_to
        First and last day, both included; None is open.
    """

    agent: str
    name: str
    team: str | None
    center: str | None
    valid_from: date | None
    valid_to: date | None

    def covers(self, day: date) -> bool:
        """Whether the entry holds on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def meets(self, other: RosterEntry) -> bool:
        """Whether there is a day on which both entries hold."""
        return (self.valid_from or date.min) <= (other.valid_to or date.max) and (
            other.valid_from or date.min
        ) <= (self.valid_to or date.max)


def read_roster(path: str | os.PathLike[str]) -> tuple[RosterEntry, ...]:
    """Read ``roster.csv``: agent, name, team, center, valid_from, valid_to.

    Raises
    ------
    ConfigError
        A column or value is wrong, or two lines give one agent two teams on one day; the message names
        the lines.
    """
    path = os.fspath(path)
    entries: list[RosterEntry] = []
    lines: list[int] = []
    by_agent: dict[str, list[int]] = {}
    for row in read_rows(path, max_bytes=_MAX_BYTES):
        entry = _entry(path, row)
        for index in by_agent.get(entry.agent, []):
            if entries[index].meets(entry):
                raise ConfigError(
                    f"{path!r}: lines {lines[index]} and {row.line} both place the agent {entry.agent!r}"
                    " on the same days",
                    "one team for each agent on each day",
                    "set valid_to of the earlier line to the day before valid_from of the later",
                )
        by_agent.setdefault(entry.agent, []).append(len(entries))
        entries.append(entry)
        lines.append(row.line)
    return tuple(entries)


def team_of(roster: Iterable[RosterEntry], agent: str, day: date) -> RosterEntry | None:
    """The entry of `agent` on `day`, None where the roster has none."""
    return next((entry for entry in roster if entry.agent == agent and entry.covers(day)), None)


def _entry(path: str, row: TableRow) -> RosterEntry:
    cells = {_ALIASES.get(column, column): text for column, text in row.values}
    agent = unicodedata.normalize("NFC", cells.get("agent", ""))
    if not agent or row.wrong:
        raise ConfigError(
            f"{path!r} line {row.line}: {row.wrong or 'no agent'}",
            "the columns agent, name, team, center, valid_from, valid_to",
            "correct the line",
        )
    start, end = (_day(path, row, cells, column) for column in ("valid_from", "valid_to"))
    if start is not None and end is not None and end < start:
        raise ConfigError(
            f"{path!r} line {row.line}: valid_to {end} lies before valid_from {start}",
            "the last day on or after the first",
            "correct the line",
        )
    return RosterEntry(agent, cells.get("name", agent), cells.get("team"), cells.get("center"), start, end)


def _day(path: str, row: TableRow, cells: dict[str, str], column: str) -> date | None:
    text = cells.get(column)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(
            f"{path!r} line {row.line}: {column} is {text!r}", "a day such as 2026-03-31", "correct the line"
        ) from error
