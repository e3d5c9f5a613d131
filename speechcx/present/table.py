"""Columns, cells and tables as plain data, and the answer they are part of.

A table is declared once, as a tuple of :class:`Column`. A column says which value of a record it shows and
in which unit; :func:`make_table` turns records into cells that hold both the value, for programs, and its text,
for people. So a terminal, a page, a CSV file and a workbook show the same table without knowing any measure.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from speechcx.present.units import clock, length, percent, plain_number, start_text

if TYPE_CHECKING:
    from speechcx.present.envelope import Document

ValueKind = Literal["plain", "share", "length", "clock", "start", "moment"]
"""How a value is written: as it is; 0 to 1 in percent; seconds as ``m:ss``; seconds as ``m:ss.s``; when a call began
(ISO 8601) to the minute, also for programs: the JSON document keeps the offset; a moment in UTC, to the minute."""

Audience = Literal["people", "programs"]
Record = Any
"""What a row is made from: a dataclass, or a mapping."""

_TIMES: dict[str, Callable[[float], str]] = {"length": length, "clock": clock}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    key, heading
        Its name in CSV, and what stands above it for people; a line break where it may be broken.
    digits
        Digits after the point of numbers.
    kind
        How values are written.
    rank
        0 for what must be seen; where there is little room, columns with the highest rank go first.
    value
        The value for programs, from the record of the row; None for the record's field `key`.
    text
        What people read instead of the value in its unit.
    audience
        Who sees the column; None for everybody.
    is_read
        Its cells are read as a whole, such as the words of a call: they are broken, never cut.
    """

    key: str
    heading: str
    digits: int | None = None
    kind: ValueKind = "plain"
    rank: int = 0
    value: Callable[[Record], object] | None = None
    text: Callable[[Record], object] | None = None
    audience: Audience | None = None
    is_read: bool = False

    @property
    def title(self) -> str:
        """The heading on one line."""
        return self.heading.replace("-\n", "").replace("\n", " ")

    def cell(self, record: Record) -> Cell:
        """The cell of a record."""
        if self.value is not None:
            value = self.value(record)
        else:
            value = record.get(self.key) if isinstance(record, Mapping) else getattr(record, self.key)
        shown = value if self.text is None else self.text(record)
        return Cell(value, format_value(shown, self), self._is_number(shown))

    def _is_number(self, shown: object) -> bool:
        return isinstance(shown, int | float) and self.kind in ("plain", "share")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the value for programs, its text for people, and whether that is a number."""

    value: object
    text: str
    is_number: bool = False


CellRow = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under columns.

    Parameters
    ----------
    kind
        Name of what the rows are.
    columns, rows
        A row has a cell for each column.
    total
        The row of everything together; None if there is none. It is for people only.
    empty
        Where there are no rows: why, and what would widen the question.
    notes
        Footnotes.
    cut
        How many of all rows these are; empty where these are all.
    hints
        Footnotes that tell what to type next; for a terminal only.
    """

    kind: str
    columns: tuple[Column, ...]
    rows: tuple[CellRow, ...]
    total: CellRow | None = None
    empty: str = ""
    notes: tuple[str, ...] = ()
    cut: str = ""
    hints: tuple[str, ...] = ()

    def of(self, audience: Audience) -> Table:
        """The table with the columns, and rows, of an audience."""
        kept = [place for place, column in enumerate(self.columns) if column.audience in (None, audience)]
        return self._pick(kept, self.total if audience == "people" else None)

    def keep(self, columns: Iterable[Column]) -> Table:
        """The table with some of its columns, in the order given."""
        return self._pick([self.columns.index(one) for one in columns], self.total)

    def with_hints(self, hints: Iterable[str]) -> Table:
        """The table with what to type next below it."""
        return replace(self, hints=tuple(hints))

    def shown_rows(self) -> tuple[CellRow, ...]:
        """The rows, and the total below them."""
        return self.rows if self.total is None else (*self.rows, self.total)

    def is_number(self, place: int) -> bool:
        """Whether the column at a place holds numbers, which stand flush right."""
        return any(row[place].is_number for row in self.shown_rows())

    def _pick(self, places: Sequence[int], total: CellRow | None) -> Table:
        def pick(row: CellRow) -> CellRow:
            return tuple(row[place] for place in places)

        return Table(
            self.kind, tuple(self.columns[place] for place in places), tuple(map(pick, self.rows)),
            None if total is None else pick(total), self.empty, self.notes, self.cut, self.hints,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph.

    Parameters
    ----------
    text
        One line of words, of any length.
    indent
        Levels it stands in from the margin, in characters.
    is_note
        A footnote, not part of the answer itself.
    is_hint
        It tells what to type next: a page or a workbook leaves it out.
    """

    text: str
    indent: int = 0
    is_note: bool = False
    is_hint: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in all its forms.

    Parameters
    ----------
    document
        Makes its JSON document.
    blocks
        What people read, in order.
    csv
        The table of its CSV file; None for the first one of `blocks`.
    """

    document: Callable[[], Document]
    blocks: tuple[Table | Text, ...]
    csv: Table | None = field(default=None)

    @property
    def table(self) -> Table | None:
        """What a CSV file holds; None where the answer has no table."""
        tables = (block for block in self.blocks if isinstance(block, Table))
        return self.csv if self.csv is not None else next(tables, None)


def make_table(
    kind: str,
    columns: Sequence[Column],
    records: Iterable[Record],
    *,
    total: tuple[Record, Mapping[str, object]] | None = None,
    empty: str = "",
    notes: Sequence[str] = (),
) -> Table:
    """A table of records.

    Parameters
    ----------
    kind
        Name of what the rows are.
    columns, records
        What each row shows, and what it is made from.
    total
        The record of all rows together, and the cells by key that say something else there, such as a name;
        it is left out where there is one row only.
    empty, notes
        As :class:`Table` has them; without rows there are no footnotes.
    """
    rows = tuple(tuple(column.cell(record) for column in columns) for record in records)
    last = None
    if total is not None and len(rows) > 1:
        record, instead = total
        cells = [
            Column(one.key, one.heading, one.digits, one.kind).cell(instead)
            if one.key in instead
            else one.cell(record)
            for one in columns
        ]
        last = tuple(cells)
    return Table(kind, tuple(columns), rows, last, empty or f"No {kind}.", tuple(notes) if rows else ())


def clean(text: str) -> str:
    """`text` without control and format characters and lone surrogates; line breaks become spaces."""
    spaced = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
    return "".join(
        char
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        else "\N{REPLACEMENT CHARACTER}"
        for char in spaced
    )


def format_value(value: object, column: Column) -> str:
    """A value as people read it; a missing one is a dash, never a 0."""
    if value is None:
        return "-"
    if column.kind in ("start", "moment"):
        return start_text(str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if column.kind != "plain":
            return percent(value) if column.kind == "share" else _TIMES[column.kind](value)
        return plain_number(
            value, column.digits if column.digits is not None else 0 if isinstance(value, int) else 2
        )
    if isinstance(value, list | tuple):
        return "-" if not value else clean(", ".join(str(item) for item in value))
    return clean(str(value))


class _Writable(Protocol):
    def write(self, text: str, /) -> object:
        """Take some text."""


def write_csv(table: Table, file: _Writable) -> None:
    """Write the columns of programs, with plain numbers and with a heading of keys."""
    plain = table.of("programs")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([column.key for column in plain.columns])
    for row in plain.rows:
        writer.writerow([_csv_value(cell.value, one) for cell, one in zip(row, plain.columns, strict=True)])


def _csv_value(value: object, column: Column) -> object:
    """Text that a spreadsheet would run as a formula gets a quote in front."""
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    if column.kind == "start":
        return start_text(str(value))
    text = clean(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
