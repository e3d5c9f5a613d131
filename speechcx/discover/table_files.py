"""Tables as people export them: a CSV, or a workbook of Excel or LibreOffice, whose cells become the same rows.

A workbook's cells have types, and each type is written as the text that a CSV would have: dates as
``2026-03-02 09:00:00``, times and durations as ``0:03:12``, whole numbers without a point.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from speechcx.discover.csv_lines import HEADER_LINES, CsvFile, CsvRow, read_csv, read_head
from speechcx.discover.headings import squeeze
from speechcx.errors import ConfigError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""Endings of files that are read as a workbook; what a file is decides its first bytes."""

_ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_UNPACKED = 2 << 30
"""A workbook may unpack to so many bytes."""

_EXACT_BELOW = 1e15
"""Excel keeps fifteen digits of a number; what is longer was rounded when it was typed."""

_DAY_ZERO = datetime(1899, 12, 31)
"""Midnight before day 1 of Excel's calendar: a duration that is shown as a time of day is a moment after it."""

Row = Sequence[object]


def read_table(
    path: str, wanted: frozenset[str], *, max_bytes: int, max_rows: int
) -> tuple[CsvFile, Iterator[CsvRow]] | None:
    """A table's header and its rows, blank ones left out; see :func:`speechcx.discover.csv_lines.read_csv`.

    Of a workbook, the sheet whose header has most of the wanted headings is read, with every other sheet of the same
    headings; `CsvFile.note` names those that are not. A header may have two lines with merged cells above.

    Parameters
    ----------
    path
        A CSV, or a workbook (xlsx, xlsm, xlsb, xls, ods).
    wanted
        Squeezed headings of which the header has one.
    max_bytes, max_rows
        Limits.

    Returns
    -------
    tuple or None
        None where no line is such a header.

    Raises
    ------
    ConfigError
        The file cannot be read, is protected by a password, or goes over a limit.
    """
    if not read_head(path, len(_OLD_WORKBOOK)).startswith((_ZIP, _OLD_WORKBOOK)):
        return read_csv(path, wanted, max_bytes=max_bytes, max_rows=max_rows)
    book = _open(path, max_bytes)
    tables = [found for name in book.sheet_names if (found := _find_table(book, name, wanted)) is not None]
    if not tables:
        return None
    best = max(tables, key=lambda table: table.fitting)
    alike = [table for table in tables if table.names == best.names]
    others = [name for name in book.sheet_names if name not in {table.sheet.name for table in alike}]
    note = f"sheets that were not read: {', '.join(others)}" if others else ""
    total = sum(table.sheet.height for table in alike)
    if total > max_rows:
        raise ConfigError(f"{path!r} has {total:,} rows", f"at most {max_rows:,}", "split it")
    file = CsvFile(path, "\t", best.names, best.header_row, note)
    return file, _rows(alike)


@dataclass(frozen=True, slots=True)
class _SheetTable:
    """A sheet whose header was found.

    Parameters
    ----------
    sheet
        The sheet.
    names
        Headings in lower case, blanks as ``_``.
    header_row
        The row of the header, its lower one of two, counted from 1.
    fitting
        How many of the wanted headings it has.
    """

    sheet: CalamineSheet
    names: tuple[str, ...]
    header_row: int
    fitting: int


def _open(path: str, max_bytes: int) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    data = read_head(path, max_bytes + 1)
    if len(data) > max_bytes:
        raise ConfigError(f"{path!r} has over {max_bytes:,} bytes", f"at most {max_bytes:,}", "split it")
    try:
        if data.startswith(_ZIP):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > _MAX_UNPACKED:
                raise ConfigError(
                    f"{path!r} unpacks to {unpacked:,} bytes", f"at most {_MAX_UNPACKED:,}", "split it"
                )
        return CalamineWorkbook.from_object(io.BytesIO(data))
    except PasswordError as error:
        raise ConfigError(
            f"{path!r} is protected by a password", "a workbook that opens without one", "save it without"
        ) from error
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise ConfigError(
            f"{path!r} cannot be read as a workbook: {error}",
            "a workbook of Excel or LibreOffice",
            "open it there and save it again, or export it as CSV",
        ) from error


def _find_table(book: CalamineWorkbook, name: str, wanted: frozenset[str]) -> _SheetTable | None:
    """The header of a sheet: of its first lines the one with most of the wanted headings, alone or with that above."""
    sheet = book.get_sheet_by_name(name)
    spans = {
        (row, column): start
        for start, end in sheet.merged_cell_ranges or ()
        for row in range(start[0], min(end[0], HEADER_LINES) + 1)
        for column in range(start[1], end[1] + 1)
    }
    head: list[Row] = [*islice(sheet.iter_rows(), HEADER_LINES)]
    best: _SheetTable | None = None
    for at, row in enumerate(head):
        for names in _read_headings(head, at, row, spans, wanted):
            fitting = len(wanted & {squeeze(one) for one in names})
            if fitting and (best is None or fitting > best.fitting):
                best = _SheetTable(sheet, names, at + 1, fitting)
    return best


def _read_headings(
    head: Sequence[Row],
    at: int,
    row: Row,
    spans: dict[tuple[int, int], tuple[int, int]],
    wanted: frozenset[str],
) -> Iterator[tuple[str, ...]]:
    """The headings of a line by itself, and with the merged cells of the line above."""
    own = [write_cell(cell) for cell in row]
    yield _tidy(own)
    if at == 0:
        return
    above = []
    for column in range(len(own)):
        start = spans.get((at - 1, column), (at - 1, column))
        above.append(write_cell(head[start[0]][start[1]]))
    joined = []
    for lower, upper in zip(own, above, strict=True):
        both = f"{upper} {lower}".strip()
        joined.append(lower if lower and squeeze(both) not in wanted and squeeze(lower) in wanted else both)
    yield _tidy(joined)


def _tidy(cells: Sequence[str]) -> tuple[str, ...]:
    names = ["_".join(cell.lower().split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _rows(tables: Sequence[_SheetTable]) -> Iterator[CsvRow]:
    for table in tables:
        sheet = table.sheet.name if len(tables) > 1 else ""
        for number, cells in enumerate(table.sheet.iter_rows(), start=1):
            texts = [write_cell(cell) for cell in cells]
            if number > table.header_row and any(texts):
                yield CsvRow(number, _join(texts), sheet=sheet)


def _join(texts: Sequence[str]) -> str:
    if not any(mark in text for text in texts for mark in '\t"\n\r'):
        return "\t".join(texts)
    line = io.StringIO()
    csv.writer(line, delimiter="\t", lineterminator="").writerow(texts)
    return line.getvalue()


def write_cell(cell: object) -> str:
    """A cell of a workbook as the text that an export as CSV would have."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float | int):
        return _write_number(float(cell))
    if isinstance(cell, datetime):
        return _write_moment(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return _write_moment(datetime.combine(_DAY_ZERO, cell))
    if isinstance(cell, timedelta):
        return _write_duration(cell)
    return "" if cell is None else str(cell).strip()


def _write_number(value: float) -> str:
    if abs(value) >= _EXACT_BELOW:
        return f"{value:.14E}"
    if value.is_integer():
        return str(int(value))
    text = repr(round(value, 10))
    # 1.234 may be read as a thousand and more by those who write a point there; 1.2340 may not.
    return f"{text}0" if re.fullmatch(r"-?\d{1,3}\.\d{3}", text) else text


def _write_moment(moment: datetime) -> str:
    if moment.year <= 1900 and moment < datetime(1900, 3, 1):
        return _write_duration(moment - _DAY_ZERO)
    # A day is a fraction in a workbook: its last digits are no part of what was written.
    moment = (moment + timedelta(microseconds=500)).replace(tzinfo=None)
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return moment.isoformat(sep=" ", timespec="milliseconds" if moment.microsecond else "seconds")


def _write_duration(span: timedelta) -> str:
    millis = round(span / timedelta(milliseconds=1))
    sign, millis = ("-", -millis) if millis < 0 else ("", millis)
    seconds, rest = divmod(millis, 1000)
    fraction = f".{rest:03d}" if rest else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"
