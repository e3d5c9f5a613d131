"""The roster: which agent belongs to which team and centre, and from when to when."""

from __future__ import annotations

import csv
import os
import unicodedata
from dataclasses import dataclass
from datetime import date

from speechcx.discover.calls_table import SourceWarning
from speechcx.discover.csv_lines import CsvFile, CsvRow, split_cells
from speechcx.discover.headings import spellings_of, squeeze
from speechcx.discover.table_files import read_table
from speechcx.discover.time_forms import UnreadableTimeError, read_day
from speechcx.errors import ConfigError

_MAX_BYTES = 64 * 1024**2
_MAX_ROWS = 250_000
_COLUMNS = {
    **{spelling: field for field in ("agent", "team", "center") for spelling in spellings_of(field)},
    "agentname": "name", "fullname": "name", "validfrom": "valid_from", "from": "valid_from",
    "validto": "valid_to", "to": "valid_to", "until": "valid_to", "validuntil": "valid_to",
}  # fmt: skip
_OPEN = ("-", "9999-12-31", "0000-00-00")
"""What other software writes for a day that is open."""


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

    def meets(self, other: RosterEntry) -> bool:
        """Whether there is a day on which both entries hold."""
        return (self.valid_from or date.min) <= (other.valid_to or date.max) and (
            other.valid_from or date.min
        ) <= (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class Roster:
    """What a roster says, and which of its lines could not be used.

    Parameters
    ----------
    entries
        In the order of the file.
    warnings
        Lines that cost themselves.
    """

    entries: tuple[RosterEntry, ...] = ()
    warnings: tuple[SourceWarning, ...] = ()


def read_roster(path: str | os.PathLike[str]) -> Roster:
    """Read ``roster.csv``: agent, name, team, center, valid_from, valid_to.

    A line that cannot be used costs itself and is among the warnings. Where two lines place an agent on the same
    days, the one that begins later counts from its first day.

    Raises
    ------
    ConfigError
        The file cannot be read, or no line of it is a header with a column of agents.
    """
    path = os.path.abspath(os.fspath(path))
    opened = read_table(path, frozenset(spellings_of("agent")), max_bytes=_MAX_BYTES, max_rows=_MAX_ROWS)
    if opened is None:
        raise ConfigError(
            f"{path!r} has no header line with a column `agent`",
            "the columns agent, name, team, center, valid_from, valid_to",
            "add them, or set files.roster to the right file",
        )
    reader = _Reader(path, opened[0])
    for row in opened[1]:
        reader.add(row)
    return Roster(tuple(entry for _, entry in reader.entries), tuple(reader.warnings))


class _Reader:
    """Reads the lines of one roster."""

    def __init__(self, path: str, csv_file: CsvFile) -> None:
        self.path = path
        self.csv_file = csv_file
        self.entries: list[tuple[int, RosterEntry]] = []
        self.by_agent: dict[str, list[tuple[int, RosterEntry]]] = {}
        self.warnings: list[SourceWarning] = []

    def add(self, row: CsvRow) -> None:
        """Take a line, or warn of it."""
        try:
            entry = _entry(self.csv_file, row)
        except (ValueError, csv.Error) as error:
            self._warn(row.line, str(error), "correct the line")
            return
        for line, other in self.by_agent.get(entry.agent, []):
            if other == entry:
                self._warn(row.line, f"the same as line {line}", "remove one of them")
                return
            if other.meets(entry) and other.valid_from == entry.valid_from:
                self._warn(
                    row.line,
                    f"it places the agent {entry.agent!r} on the same days as line {line}, which counts",
                    "set valid_to of one of them to the day before valid_from of the other",
                )
                return
            if other.meets(entry):
                self._warn(
                    row.line,
                    f"it places the agent {entry.agent!r} on days of line {line} too; the one that begins later counts",
                    "set valid_to of the earlier to the day before valid_from of the later",
                )
        self.by_agent.setdefault(entry.agent, []).append((row.line, entry))
        self.entries.append((row.line, entry))

    def _warn(self, line: int, found: str, cure: str) -> None:
        self.warnings.append(SourceWarning(self.path, line, found, cure))


def _entry(csv_file: CsvFile, row: CsvRow) -> RosterEntry:
    """The entry of a line; ValueError says why it cannot be used."""
    if row.wrong:
        raise ValueError(row.wrong)
    given = split_cells(row.text, csv_file.delimiter)
    if len(given) > len(csv_file.names) and any(given[len(csv_file.names) :]):
        raise ValueError(f"{len(given)} cells under {len(csv_file.names)} column names")
    named = [(squeeze(name), cell) for name, cell in zip(csv_file.names, given, strict=False) if cell]
    cells = {_COLUMNS.get(name, name): cell for name, cell in reversed(named)}
    agent = unicodedata.normalize("NFC", " ".join(cells.get("agent", "").split()))
    if not agent:
        raise ValueError("no agent is named (a total, or a blank cell)")
    start, end = _day("valid_from", cells), _day("valid_to", cells)
    if start is not None and end is not None and end < start:
        raise ValueError(f"valid_to {end} lies before valid_from {start}")
    return RosterEntry(agent, cells.get("name", agent), cells.get("team"), cells.get("center"), start, end)


def _day(column: str, cells: dict[str, str]) -> date | None:
    text = cells.get(column)
    if text is None or text in _OPEN:
        return None
    try:
        return read_day(text)
    except UnreadableTimeError:
        raise ValueError(
            f"{column} is {text[:40]!r}, no day that can be read; write it as 2026-03-31"
        ) from None
