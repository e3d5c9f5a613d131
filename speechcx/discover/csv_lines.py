"""The lines of a CSV file as people and spreadsheets write it, one row at a time.

A row that cannot be read (a bare quote, bytes of another encoding, NUL) costs itself: the lines after it are
read as if it were not there.
"""

from __future__ import annotations

import codecs
import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from speechcx.discover.files import open_regular
from speechcx.discover.headings import choose_columns, squeeze
from speechcx.errors import CallError, ConfigError

_DELIMITERS = (",", ";", "\t", "|")
_MAX_CELL_LINES = 50
"""A quoted cell may go over so many lines; a quote that is not closed by then is a slip."""

HEADER_LINES = 20
"""The header is looked for in so many first lines: exports put titles above it."""

_SEP = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_FORMULA = re.compile(r'=\s*(?:T\()?"(.*)"\)?', re.DOTALL)
_BLANKS = " \t\u00a0\u2007\u202f\u200b\ufeff"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row as it stands in the file.

    Parameters
    ----------
    line
        The line it begins on, counted from 1.
    text
        Its text, several lines where a cell has them.
    wrong
        Why it cannot be read, empty where it can.
    sheet
        The sheet of a workbook of which several are read; empty otherwise.
    """

    line: int
    text: str
    wrong: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file whose header is known.

    Parameters
    ----------
    path
        The file.
    delimiter
        What divides its cells.
    names
        Headings in lower case, blanks as ``_``.
    header_line
        The line of the header, counted from 1.
    note
        What of the file is not read; empty where all is.
    """

    path: str
    delimiter: str
    names: tuple[str, ...]
    header_line: int
    note: str = ""

    @property
    def known_cells(self) -> int:
        """How many cells a row needs to reach the last column that stands for a field of calls."""
        return _count_known(self.names)


def read_csv(
    path: str, wanted: frozenset[str], *, max_bytes: int, max_rows: int
) -> tuple[CsvFile, Iterator[CsvRow]] | None:
    """A CSV's header and its rows, blank ones left out.

    Parameters
    ----------
    path
        The file: UTF-8 (with or without mark), UTF-16 or Windows-1252; comma, semicolon, tab or bar; any
        line ends; ``sep=;`` and titles above the header.
    wanted
        Squeezed headings of which the header has one; others are titles, or another kind of table.
    max_bytes, max_rows
        Limits.

    Returns
    -------
    tuple or None
        None where no line is such a header.

    Raises
    ------
    ConfigError
        The file cannot be opened, or goes over a limit.
    """
    size = _size(path)
    head = _split(read_head(path, min(size, 256 * 1024)), is_whole=size <= 256 * 1024)
    header = _find_header(path, head, wanted)
    if header is None:
        return None
    if size > max_bytes:
        raise ConfigError(
            f"{path!r} has {size:,} bytes",
            f"at most {max_bytes:,} (discover.max_table_bytes)",
            "split it, keep only the calls of these folders, or raise the limit",
        )
    data = read_head(path, max_bytes)
    lines = max(data.count(b"\n"), data.count(b"\r"))
    if lines - header.header_line > max_rows:
        raise ConfigError(
            f"{path!r} has {lines:,} lines",
            f"at most {max_rows:,} rows (discover.max_table_rows)",
            "split it, keep only the calls of these folders, or raise the limit",
        )
    return header, _rows(header, _split(data, is_whole=True))


@lru_cache(maxsize=64)
def _count_known(names: tuple[str, ...]) -> int:
    return max(choose_columns(names, in_table=True).values(), default=0) + 1


def split_cells(text: str, delimiter: str) -> list[str]:
    """The cells of one row, without blanks around them; formulas that only hold text give the text.

    Raises
    ------
    csv.Error
        A quote stands where it may not.
    """
    if '"' not in text:
        return [_plain(cell) for cell in text.split(delimiter)]
    return [
        _plain(cell)
        for cell in next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True), [])
    ]


def _rows(header: CsvFile, lines: list[bytes]) -> Iterator[CsvRow]:
    is_utf8, at = _is_mostly_utf8(lines), header.header_line
    while at < len(lines):
        first, text, wrong = at, *_decode(lines[at], is_utf8=is_utf8)
        at += 1
        if '"' in text and not wrong and not _is_complete(text, header.delimiter):
            joined = _join_lines(text, lines[at : at + _MAX_CELL_LINES], header, is_utf8=is_utf8)
            if joined is None:
                wrong = "a quote that is not doubled or not closed"
            else:
                text, more = joined
                at += more
        if text.strip(_BLANKS + header.delimiter + '"'):
            yield CsvRow(first + 1, text, wrong)


def _is_complete(text: str, delimiter: str) -> bool:
    try:
        next(csv.reader([text], delimiter=delimiter, strict=True), None)
    except csv.Error:
        return False
    return True


def _join_lines(
    text: str, following: list[bytes], header: CsvFile, *, is_utf8: bool
) -> tuple[str, int] | None:
    """A row whose quoted cell goes on in the next lines, and how many; None where no quote ends it."""
    if text.count('"') % 2 == 0:
        return None
    swallows_rows = False
    for more, line in enumerate(following, start=1):
        added = _decode(line, is_utf8=is_utf8)[0]
        # A line with as many cells as a row needs may be the next row, behind a quote that nobody closed.
        swallows_rows |= added.count(header.delimiter) + 1 >= max(header.known_cells, 3)
        text += "\n" + added
        if text.count('"') % 2 == 0:
            try:
                cells = split_cells(text, header.delimiter)
            except csv.Error:
                return None
            is_whole = len(cells) == len(header.names)
            fits = is_whole or (not swallows_rows and header.known_cells <= len(cells) < len(header.names))
            return (text, more) if fits else None
    return None


def _find_header(path: str, lines: list[bytes], wanted: frozenset[str]) -> CsvFile | None:
    forced = None
    for at, line in enumerate(lines[:HEADER_LINES]):
        text = _decode(line, is_utf8=True)[0].lstrip("\ufeff")
        sep = _SEP.fullmatch(text.strip())
        if sep and at == 0:
            forced = sep[1]
            continue
        for delimiter, names in _columns(text, forced):
            if wanted & {squeeze(name) for name in names}:
                return CsvFile(path, delimiter, names, at + 1)
    return None


def _columns(text: str, forced: str | None) -> list[tuple[str, tuple[str, ...]]]:
    """Delimiters with the headings they give, most headings first."""
    found = []
    for delimiter in (forced,) if forced else _DELIMITERS:
        try:
            cells = split_cells(text, delimiter)
        except csv.Error:
            continue
        found.append((delimiter, tuple("_".join(cell.lower().split()) for cell in cells)))
    return sorted(found, key=lambda one: -len(one[1]))


def _decode(line: bytes, *, is_utf8: bool) -> tuple[str, str]:
    """A line as text, and why it cannot be used."""
    wrong = "a NUL character" if b"\0" in line else ""
    try:
        return line.decode("utf-8"), wrong
    except UnicodeDecodeError:
        text = line.decode("cp1252", errors="replace")  # what spreadsheet programs write on Windows
        return text, wrong or ("bytes that are not UTF-8, in a file that is" if is_utf8 else "")


def _is_mostly_utf8(lines: list[bytes]) -> bool:
    """Whether lines with letters beyond ASCII are UTF-8 more often than not."""
    balance = 0
    for line in lines:
        if not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                balance -= 1
            else:
                balance += 1
    return balance > 0


def _plain(cell: str) -> str:
    cell = cell.strip(_BLANKS + "\r\n")
    if cell.startswith("="):
        found = _FORMULA.fullmatch(cell)
        return found[1].strip(_BLANKS) if found else cell
    return cell[1:] if cell.startswith("'") else cell


def _split(data: bytes, *, is_whole: bool) -> list[bytes]:
    """The lines of a file, whatever ends them; UTF-16 is brought to UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", errors="replace").encode("utf-8")
    elif order := _utf16_order(data[:400]):
        data = data.decode(order, errors="replace").encode("utf-8")
    data = data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = data.split(b"\n")
    return lines if is_whole else lines[:-1]


def _utf16_order(head: bytes) -> str:
    """The byte order of UTF-16 without a mark, empty for other text: every other byte of Latin letters is 0."""
    for order, high in (("utf-16-be", head[::2]), ("utf-16-le", head[1::2])):
        if len(high) >= 8 and high.count(0) > 0.75 * len(high):
            return order
    return ""


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError as error:
        raise ConfigError(
            f"{path!r} cannot be read: {error.strerror}", "a CSV file", "correct the path or its permissions"
        ) from error


def read_head(path: str, max_bytes: int) -> bytes:
    """The first bytes of a table's file.

    Raises
    ------
    ConfigError
        It cannot be opened, or is no regular file.
    """
    try:
        descriptor = open_regular(path)
        with open(descriptor, "rb") as file:
            return file.read(max_bytes)
    except (CallError, OSError) as error:
        why = error.found if isinstance(error, CallError) else error.strerror
        raise ConfigError(
            f"{path!r} cannot be read: {why}", "a CSV file", "correct the path or its permissions"
        ) from error
