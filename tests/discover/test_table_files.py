"""Workbooks as people make them, read to the same rows as a CSV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from speechcx.discover.csv_lines import split_cells
from speechcx.discover.table_files import read_table, write_cell
from speechcx.errors import ConfigError

WANTED = frozenset({"callid", "agentid", "agentname", "start"})


def write_sheets(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    """A workbook of these rows; dates and times are formatted as such."""
    with xlsxwriter.Workbook(str(path)) as book:
        moment, hour = (
            book.add_format({"num_format": form}) for form in ("yyyy-mm-dd hh:mm:ss", "[h]:mm:ss")
        )
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(at, column, cell, moment)
                    elif isinstance(cell, timedelta):
                        sheet.write_datetime(at, column, cell, hour)
                    else:
                        sheet.write(at, column, cell)
    return path


def read_rows(
    path: Path, *, max_rows: int = 1000
) -> tuple[tuple[str, ...], list[tuple[int, list[str]]], str]:
    """Headings, (line, cells) of each row, and the note."""
    opened = read_table(str(path), WANTED, max_bytes=1 << 20, max_rows=max_rows)
    assert opened is not None
    file, rows = opened
    return file.names, [(row.line, split_cells(row.text, file.delimiter)) for row in rows], file.note


def test_cells_of_every_type_are_written_as_a_csv_has_them(tmp_path: Path) -> None:
    """Dates, durations over a day, whole numbers, numbers as text with their zero, empty lines left out."""
    head = ["Call ID", "Start", "Talk", "Number", "Text number", "Note"]
    row = [
        7,
        datetime(2026, 3, 2, 9, 0, 1),
        timedelta(hours=27, seconds=9),
        4930123456789,
        "0301",
        'a "b"\n\tc',
    ]
    path = write_sheets(tmp_path / "a.xlsx", Data=[["Report of March"], [], head, [], row])
    names, rows, note = read_rows(path)
    assert names == ("call_id", "start", "talk", "number", "text_number", "note")
    assert rows == [(5, ["7", "2026-03-02 09:00:01", "27:00:09", "4930123456789", "0301", 'a "b"\n\tc'])]
    assert note == ""


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (True, "yes"),
        (1.5, "1.5"),
        (1.234, "1.2340"),
        (-3.0, "-3"),
        (12345678901234567890.0, "1.23456789012346E+19"),
        (date(2026, 3, 2), "2026-03-02"),
        (time(0, 3, 12), "0:03:12"),
        (datetime(1900, 1, 1, 3, 3), "27:03:00"),
        (datetime(2026, 3, 2, 9, 0, 0, 999_999), "2026-03-02 09:00:01"),
        (None, ""),
        (" x ", "x"),
    ],
)
def test_one_cell(cell: object, text: str) -> None:
    """A number that Excel rounded shows it, and three decimals are never taken for thousands."""
    assert write_cell(cell) == text


def test_merged_headings_are_read_with_the_line_below(tmp_path: Path) -> None:
    """`Agent` over `ID` and `Name` gives Agent ID and Agent Name; a heading over two lines stands for itself."""
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 1, 0, "Call ID")
        sheet.merge_range(0, 1, 0, 2, "Agent")
        sheet.write_row(1, 1, ["ID", "Name"])
        sheet.write(0, 3, "Start")
        sheet.write_row(2, 0, ["c1", "7", "Ann", "2026-03-02 09:00"])
    names, rows, _ = read_rows(path)
    assert names == ("call_id", "agent_id", "agent_name", "start")
    assert rows == [(3, ["c1", "7", "Ann", "2026-03-02 09:00"])]


def test_sheets_of_the_same_headings_are_read_together_and_others_are_named(tmp_path: Path) -> None:
    """A sheet for each month is one table; a summary is none, and is said to be left out."""
    path = write_sheets(
        tmp_path / "months.xlsx",
        Summary=[["Agent ID", "Calls"], ["ann", 2]],
        March=[["Call ID", "Start"], ["a", "x"]],
        April=[["Call ID", "Start"], ["b", "y"]],
    )
    _, rows, note = read_rows(path)
    assert [cells for _, cells in rows] == [["a", "x"], ["b", "y"]]
    assert note == "sheets that were not read: Summary"


def test_a_file_that_only_looks_like_a_workbook_is_named(tmp_path: Path) -> None:
    """Neither a broken archive nor too many rows ends in a traceback."""
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04" + b"\0" * 100)
    with pytest.raises(ConfigError, match="cannot be read as a workbook"):
        read_rows(broken)
    long = write_sheets(tmp_path / "long.xlsx", A=[["Call ID"], *([n] for n in range(20))])
    with pytest.raises(ConfigError, match="21 rows"):
        read_rows(long, max_rows=10)


def test_a_csv_is_read_as_before_whatever_its_ending(tmp_path: Path) -> None:
    """The first bytes decide."""
    path = tmp_path / "export.xlsx"
    path.write_text("Call ID;Start\na;b\n")
    assert read_rows(path)[1] == [(2, ["a", "b"])]
