"""A report as a workbook: one sheet a section, numbers as numbers, and no formula whatever a text begins with."""

from __future__ import annotations

import io
import math
import re
from typing import TYPE_CHECKING, Any

from speechcx.present.table import Cell, Column, Table
from speechcx.report.contents import Report

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

_WIDEST = 60
"""Characters of the widest column."""
_MAX_TEXT = 32_000
"""Characters of a cell; spreadsheet programs take 32,767."""


def write_workbook(report: Report) -> bytes:
    """The report as the bytes of an XLSX file: headlines first, then a sheet for each section that has a table."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(file, options) as book:
        forms = _forms(book)
        _write_headlines(book, report, forms)
        for section in report.sections:
            tables = [block for block in section.blocks if isinstance(block, Table)]
            if tables:
                sheet = _write_table(book, _sheet_name(section.title), tables[0].of("people"), forms)
                _draw(book, sheet, tables[0].of("people"))
    return file.getvalue()


def _forms(book: Workbook) -> dict[str, Any]:
    return {
        "heading": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "share": book.add_format({"num_format": "0.0 %", "valign": "top"}),
        "number": book.add_format({"num_format": "0.##", "valign": "top"}),
        "note": book.add_format({"italic": True, "font_color": "#5b636d"}),
    }


def _write_headlines(book: Workbook, report: Report, forms: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Headlines")
    sheet.write_string(0, 0, report.title, forms["title"])
    sheet.write_string(1, 0, f"{report.period}; written {report.written_at}")
    for place, heading in enumerate(("measure", "value", "interval", "change")):
        sheet.write_string(3, place, heading, forms["heading"])
    for no, one in enumerate(report.headlines, start=4):
        for place, text in enumerate((one.label, one.value, one.interval, one.change)):
            sheet.write_string(no, place, text, forms["text"])
    sheet.set_column(0, 3, 32)
    _fit_paper(sheet)


def _write_table(book: Workbook, name: str, table: Table, forms: dict[str, Any]) -> Any:
    sheet = book.add_worksheet(name)
    if not table.rows:
        sheet.write_string(0, 0, table.empty)
        return sheet
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.title, forms["heading"])
        sheet.set_column(place, place, _width(table, place))
    for no, row in enumerate(table.rows, start=1):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            _write_cell(sheet, (no, place), cell, column, forms)
    sheet.freeze_panes(1, 0)
    _fit_paper(sheet)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    for no, note in enumerate(table.notes, start=len(table.rows) + 2):
        sheet.write_string(no, 0, note, forms["note"])
    return sheet


def _fit_paper(sheet: Any) -> None:
    """On paper: A4 across, all columns side by side."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


_CHARTS = {
    "agents": ("bar", "key", "score"), "teams": ("bar", "key", "score"), "drivers": ("bar", "title", "share"),
    "week": ("line", "key", "score"),
}  # fmt: skip
"""Form of the chart, and the columns of names and of numbers that are drawn, by kind of table."""
_MAX_BARS = 40


def _draw(book: Workbook, sheet: Any, table: Table) -> None:
    """A chart of the spreadsheet program itself beside the table, so that it follows what somebody corrects there."""
    if table.kind not in _CHARTS or not table.rows:
        return
    form, names, numbers = _CHARTS[table.kind]
    places = {column.key: no for no, column in enumerate(table.columns)}
    if not {names, numbers} <= set(places) or all(row[places[numbers]].value is None for row in table.rows):
        return
    last = min(len(table.rows), _MAX_BARS)
    chart = book.add_chart({"type": form})
    heading = table.columns[places[numbers]].title
    chart.add_series(
        {
            "name": heading,
            "categories": [sheet.get_name(), 1, places[names], last, places[names]],
            "values": [sheet.get_name(), 1, places[numbers], last, places[numbers]],
        }
    )
    chart.set_title({"name": f"{sheet.get_name()}: {heading}"})
    chart.set_legend({"none": True})
    if form == "bar":
        chart.set_y_axis({"reverse": True})  # As the table: the first on top.
    chart.set_size({"width": 640, "height": max(260, 22 * last + 90) if form == "bar" else 320})
    sheet.insert_chart(1, len(table.columns) + 1, chart)


def _write_cell(sheet: Any, at: tuple[int, int], cell: Cell, column: Column, forms: dict[str, Any]) -> None:
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        sheet.write_number(*at, value, forms["share" if column.kind == "share" else "number"])
    elif value is not None:
        sheet.write_string(*at, cell.text[:_MAX_TEXT], forms["text"])


def _width(table: Table, place: int) -> int:
    longest = max((len(row[place].text) for row in table.rows), default=0)
    return min(max(longest, len(table.columns[place].title)) + 2, _WIDEST)


def _sheet_name(title: str) -> str:
    """A name that spreadsheet programs take: at most 31 characters, none of ``[]:*?/\\``, no quote at an end."""
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip("'")[:31]
