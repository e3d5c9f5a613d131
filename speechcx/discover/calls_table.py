"""Calls tables: any CSV beside the recordings that has a column of files.

A row that cannot be used costs its call, never the night: it is named by file and line.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from speechcx.discover.clock import find_zone, read_moment
from speechcx.discover.csv_lines import CsvFile, CsvRow, split_cells
from speechcx.discover.file_cells import name_key
from speechcx.discover.headings import FIELDS, choose_columns, spellings_of, squeeze
from speechcx.discover.settings import DiscoverSettings
from speechcx.discover.start_columns import find_start
from speechcx.discover.table_files import read_table
from speechcx.discover.time_forms import UnreadableTimeError
from speechcx.discover.two_numbers import find_customer, names_two_numbers

_SPREADSHEET_ERRORS = re.compile(r"#(?:REF!|NAME\?|VALUE!|N/A|DIV/0!|NULL!|NUM!|#+)", re.IGNORECASE)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_QUICK_TIME = re.compile(r"20[0-2]\d-\d\d-\d\d[T ][012]\d:[0-5]\d(?::[0-5]\d)?(?:Z|[+-]\d\d:\d\d)?")
_TOTALS = re.compile(
    r"(?:grand[ _-]*|sub[ _-]*)?totals?|sum|count|average|avg|summe|gesamt(?:summe)?|zwischensumme|anzahl|"
    r"total g[\u00e9e]n[\u00e9e]ral|somme|suma|totale|totaal|somma|razem|\u0438\u0442\u043e\u0433\u043e",
    re.IGNORECASE,
)
"""What stands before the figures of a last line, as spreadsheets and reports write it."""
_MAX_WARNINGS = 1000


@dataclass(frozen=True, slots=True)
class SourceWarning:
    """A line of a table that is not used, or a table of which something must be said.

    Parameters
    ----------
    path
        The table.
    line
        Counted from 1; 0 for the whole table.
    found
        What was found.
    cure
        What to do.
    """

    path: str
    line: int
    found: str
    cure: str

    def __str__(self) -> str:
        place = os.path.basename(self.path) + (f" line {self.line}" if self.line else "")
        return f"{place}: {self.found}; {self.cure}"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a calls table.

    Parameters
    ----------
    table
        The file's name.
    line
        The line it begins on, counted from 1.
    file
        What stands in its column of files.
    values
        (column, text) pairs; columns in lower case, blank cells left out.
    wrong
        Why the row cannot be used, empty where it can.
    """

    table: str
    line: int
    file: str
    values: tuple[tuple[str, str], ...]
    wrong: str = ""

    @property
    def source(self) -> str:
        """Name for messages: ``calls.csv line 12``."""
        return f"{self.table} line {self.line}"


@dataclass(frozen=True, slots=True)
class CallsTable:
    """All rows of one calls table, by the name of the file they are about.

    Parameters
    ----------
    path
        The CSV, absolute.
    csv_file
        Its delimiter and headings.
    rows
        Every row that names a file; cells are taken apart when they are asked for.
    by_name
        Places in `rows` by :func:`speechcx.discover.file_cells.name_key` of the file.
    warnings
        What could not be used.
    """

    path: str
    csv_file: CsvFile
    rows: tuple[CsvRow, ...]
    by_name: dict[str, tuple[int, ...]]
    warnings: tuple[SourceWarning, ...]

    def named(self, key: str) -> Iterator[TableRow]:
        """The rows about files of this name, in whatever folder."""
        for at in self.by_name.get(key, ()):
            yield _to_row(self.csv_file, self.rows[at])


def read_calls_table(path: str, settings: DiscoverSettings) -> CallsTable | str:
    """Read a CSV or a workbook.

    Parameters
    ----------
    path
        The table, in any form that :func:`speechcx.discover.table_files.read_table` reads.
    settings
        Limits, zone and time format.

    Returns
    -------
    CallsTable or str
        Why it is none, where it has no column of files and so is about something else.

    Raises
    ------
    ConfigError
        It is a calls table, but too big or not readable at all.
    """
    path = os.path.abspath(path)
    opened = read_table(
        path,
        frozenset(spellings_of("file", in_table=True)),
        max_bytes=settings.max_table_bytes,
        max_rows=settings.max_table_rows,
    )
    if opened is None:
        return "no line of it is a header with a column `file`"
    csv_file, lines = opened
    columns = choose_columns(csv_file.names, in_table=True)
    if csv_file.names[columns["file"]] != "file" and not {"agent", "customer", "started_at"} & columns.keys():
        return f"it has a column {csv_file.names[columns['file']]!r}, but none of agent, customer and start"
    return _Reader(csv_file, settings).read(lines)


class _Reader:
    """Reads the rows of one table."""

    def __init__(self, csv_file: CsvFile, settings: DiscoverSettings) -> None:
        self.csv_file = csv_file
        self.settings = settings
        self.rows: list[CsvRow] = []
        self.by_name: dict[str, list[int]] = {}
        self.warnings: list[SourceWarning] = []
        self.left_out = 0
        self.two_numbers = names_two_numbers(csv_file.names)
        self.untold: list[int] = []

    def read(self, lines: Iterable[CsvRow]) -> CallsTable:
        self._check_headings()
        for row in lines:
            self._add(row)
        if self.untold:
            found = (
                f"which number is the customer's is not told, here and in {len(self.untold) - 1:,} more lines"
            )
            cure = "add a column `direction`, or name the right column `customer`"
            self._warn(self.untold[0], found, cure, is_last=True)
        if self.left_out:
            self._warn(
                0, f"{self.left_out:,} further lines cannot be used", "correct these first", is_last=True
            )
        by_name = {key: tuple(places) for key, places in self.by_name.items()}
        return CallsTable(self.csv_file.path, self.csv_file, tuple(self.rows), by_name, tuple(self.warnings))

    def _check_headings(self) -> None:
        names = self.csv_file.names
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            self._warn(
                0, f"the headings {', '.join(twice)} come twice", "rename or remove one of the columns"
            )

    def _add(self, row: CsvRow) -> None:
        told = _to_row(self.csv_file, row)
        wrong = told.wrong or self._find_fault(told)
        if not told.file:
            self._warn(row.line, wrong or "no file is named (a total, or a blank cell)", "remove the line")
            return
        key = name_key(told.file)
        before = self.by_name.setdefault(key, [])
        for place in before:
            other = self.rows[place]
            if other.text == row.text:
                self._warn(row.line, f"the same as line {other.line}", "remove one of them")
                return
            if _to_row(self.csv_file, other).file == told.file:
                wrong = wrong or f"{told.file!r} stands in line {other.line} too, with other values"
                self._warn(row.line, wrong, "remove the wrong one")
                wrong = ""
        if wrong:
            self._warn(row.line, wrong, _CURES.get(wrong.split(" ", 1)[0], "correct the line"))
            row = CsvRow(row.line, row.text, row.wrong or wrong)
        elif self.two_numbers and find_customer(told.values) is None:
            self.untold.append(row.line)
        before.append(len(self.rows))
        self.rows.append(row)

    def _find_fault(self, row: TableRow) -> str:
        """What is wrong with the values of a row; empty where nothing is."""
        columns = choose_columns((name for name, _ in row.values), in_table=True)
        if len(row.values) == 1 and sum(map(bool, self.csv_file.names)) > 1:
            return f"it says nothing of {row.file[:40]!r} (a total, or blank cells)"
        if _TOTALS.fullmatch(row.file.strip(" :")) and not {"started_at", "date", "time"} & columns.keys():
            return f"{row.file!r} and no time: a total, not a recording"
        if squeeze(row.file) in spellings_of("file", in_table=True):
            return "the header once more"
        for field in ("file", *FIELDS):
            fault = _value_fault(field, row.values[columns[field]][1]) if field in columns else ""
            if fault:
                return fault
        return self._time_fault(row, columns)

    def _time_fault(self, row: TableRow, columns: dict[str, int]) -> str:
        start, _ = find_start(row.values, columns)
        if start is None or _is_quick_time(start):
            return ""
        zone = row.values[columns["zone"]][1] if "zone" in columns else self.settings.zone or "UTC"
        try:
            read_moment(start, zone=zone, time_format=self.settings.time_format)
        except UnreadableTimeError as error:
            return str(error)
        return ""

    def _warn(self, line: int, found: str, cure: str, *, is_last: bool = False) -> None:
        if len(self.warnings) >= _MAX_WARNINGS and not is_last:
            self.left_out += 1
            return
        self.warnings.append(SourceWarning(self.csv_file.path, line, found, cure))


_CURES = {"a": "write a quote inside a cell twice, and close each that is opened"}


def _is_quick_time(text: str) -> bool:
    """Whether a time is of the usual form and plainly legal: most rows of a table are."""
    return (
        _QUICK_TIME.fullmatch(text) is not None
        and "00" < text[5:7] <= "12"
        and "00" < text[8:10] <= "28"
        and text[11:13] < "24"
    )


def _value_fault(field: str, text: str) -> str:
    if _SPREADSHEET_ERRORS.fullmatch(text) or (text.startswith("=") and field != "channels"):
        return f"{field} is {text[:40]!r}, a formula or an error of a spreadsheet"
    if field in ("file", "agent", "customer") and _ROUNDED.fullmatch(text):
        return f"{field} is {text!r}: a spreadsheet rounded the number; format the column as text"
    if field == "agent" and _GROUPED.fullmatch(text):
        return f"agent is {text!r}, with thousands separators; format the column as text"
    if "\ufffd" in text and field in ("file", "agent", "customer"):
        return f"{field} is {text[:40]!r}, with bytes that are no letters"
    if field == "zone":
        try:
            find_zone(text)
        except ValueError as error:
            return str(error)
    return ""


def _to_row(csv_file: CsvFile, row: CsvRow) -> TableRow:
    table = os.path.basename(csv_file.path)
    try:
        cells = split_cells(row.text, csv_file.delimiter)
    except csv.Error:
        # A bare quote: taken as it stands, to know which call the row is about.
        cells = [cell.strip(' "') for cell in row.text.split(csv_file.delimiter)]
    names = csv_file.names
    pairs = [(name, cell) for name, cell in zip(names, cells, strict=False) if name and cell]
    at = choose_columns((name for name, _ in pairs), in_table=True).get("file")
    values, double = _merge(pairs)
    wrong = row.wrong or _count_fault(csv_file, cells) or double
    return TableRow(table, row.line, "" if at is None else pairs[at][1], values, wrong)


def _merge(pairs: list[tuple[str, str]]) -> tuple[tuple[tuple[str, str], ...], str]:
    """The pairs with each heading once, and what a field of two columns says differently."""
    merged: dict[str, str] = {}
    wrong = ""
    for name, cell in pairs:
        if merged.setdefault(name, cell) != cell and name in choose_columns(
            [name], in_table=True
        ) | dict.fromkeys(FIELDS, 0):
            wrong = f"{name} is {merged[name]!r} in one column and {cell!r} in another"
    return tuple(merged.items()), wrong


def _count_fault(csv_file: CsvFile, cells: list[str]) -> str:
    given, headings = len(cells), len(csv_file.names)
    while given > headings and not cells[given - 1]:
        given -= 1
    if given > headings or given < csv_file.known_cells:
        return f"{len(cells)} cells under {headings} column names"
    return ""
