"""Calls tables: any CSV beside the recordings that has a ``file`` column."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass

from speechcx.discover.files import open_regular
from speechcx.errors import CallError, ConfigError

_DELIMITERS = (",", ";", "\t", "|")
_HEADER_BYTES = 64 * 1024
_MOST_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a CSV file.

    Parameters
    ----------
    table
        The file's name.
    line
        The line it begins on, counted from 1.
    values
        (column, text) pairs; columns in small letters, blank cells left out.
    wrong
        Why the row cannot be used, empty where it can.
    """

    table: str
    line: int
    values: tuple[tuple[str, str], ...]
    wrong: str = ""

    @property
    def source(self) -> str:
        """Name for messages: ``calls.csv line 12``."""
        return f"{self.table} line {self.line}"


@dataclass(frozen=True, slots=True)
class CallsTable:
    """All rows of one calls table, by the file they are about.

    Parameters
    ----------
    path
        The CSV.
    by_path
        Rows by the absolute path that their ``file`` names.
    by_name
        Rows whose ``file`` is a bare name, for recordings in folders below the table's.
    """

    path: str
    by_path: dict[str, tuple[TableRow, ...]]
    by_name: dict[str, tuple[TableRow, ...]]

    def rows_for(self, path: str) -> tuple[TableRow, ...]:
        """Rows about the recording at the absolute `path`."""
        exact = self.by_path.get(path, ())
        folder = os.path.dirname(self.path).rstrip("/") + "/"
        if exact or not path.startswith(folder):
            return exact
        return self.by_name.get(os.path.basename(path), ())


def read_calls_table(path: str, *, max_bytes: int) -> CallsTable | None:
    """Read a CSV; None where it has no ``file`` column and so is about something else.

    Parameters
    ----------
    path
        The CSV, UTF-8 (with or without mark), UTF-16 or Windows-1252; comma, semicolon, tab or bar.
    max_bytes
        Limit of its size.

    Raises
    ------
    ConfigError
        It is a calls table, but too big or not readable as CSV.
    """
    path = os.path.abspath(path)
    header = _read_text(path, _HEADER_BYTES).split("\n", 1)[0].rstrip("\r")
    columns = _columns(header)
    if columns is None or "file" not in columns[1]:
        return None
    by_path: dict[str, list[TableRow]] = {}
    by_name: dict[str, list[TableRow]] = {}
    for row in read_rows(path, max_bytes=max_bytes):
        file = dict(row.values).get("file")
        if file is None:
            continue
        by_path.setdefault(os.path.normpath(os.path.join(os.path.dirname(path), file)), []).append(row)
        if "/" not in file:
            by_name.setdefault(file, []).append(row)
    return CallsTable(path, _frozen(by_path), _frozen(by_name))


def read_rows(path: str, *, max_bytes: int) -> Iterator[TableRow]:
    """The rows of any CSV with a header, blank rows left out.

    Raises
    ------
    ConfigError
        The file cannot be opened, is no CSV, or is too big.
    """
    name = os.path.basename(path)
    text = _read_text(path, max_bytes + 1)
    if os.path.getsize(path) > max_bytes:
        raise ConfigError(
            f"{path!r} has {os.path.getsize(path):,} bytes",
            f"at most {max_bytes:,} (discover.max_table_bytes)",
            "split it, or raise the limit",
        )
    columns = _columns(text.split("\n", 1)[0].rstrip("\r"))
    if columns is None:
        raise ConfigError(f"{path!r} has no header line", "column names in the first line", "add them")
    delimiter, names = columns
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        next(reader)
        while True:
            line = reader.line_num + 1
            cells = [cell.strip() for cell in next(reader)]
            if line > _MOST_ROWS:
                raise ConfigError(f"{path!r} has more than {_MOST_ROWS:,} lines", "fewer", "split the table")
            if any(cells):
                yield _row(name, line, names, cells)
    except StopIteration:
        return
    except csv.Error as error:
        raise ConfigError(
            f"{path!r} cannot be read as CSV: {error}, in the row that begins in line {line}",
            "cells divided by the same character as the header, quotes closed",
            "correct the line",
        ) from error


def _row(name: str, line: int, names: tuple[str, ...], cells: list[str]) -> TableRow:
    wrong = ""
    if len(cells) > len(names):
        wrong = f"{len(cells)} cells under {len(names)} column names"
    pairs = tuple((column, cell) for column, cell in zip(names, cells, strict=False) if column and cell)
    return TableRow(name, line, pairs, wrong)


def _columns(header: str) -> tuple[str, tuple[str, ...]] | None:
    """Delimiter and column names; None for a line that is no header."""
    best: tuple[str, tuple[str, ...]] | None = None
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader([header], delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        names = tuple("_".join(cell.strip().lower().split()) for cell in cells)
        if any(names) and (best is None or len(names) > len(best[1])):
            best = (delimiter, names)
    return best


def _read_text(path: str, max_bytes: int) -> str:
    try:
        descriptor = open_regular(path)
    except CallError as error:
        raise ConfigError(
            f"{path!r} cannot be read: {error.found}", "a CSV file", "correct the path"
        ) from error
    with open(descriptor, "rb") as file:
        data = file.read(max_bytes)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 3 and len(data) == max_bytes:
            return data.decode("utf-8-sig", errors="ignore")  # cut inside a character
        return data.decode("cp1252", errors="replace")  # what spreadsheet programs write on Windows


def _frozen(rows: dict[str, list[TableRow]]) -> dict[str, tuple[TableRow, ...]]:
    return {key: tuple(found) for key, found in rows.items()}
