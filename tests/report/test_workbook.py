"""The report as a workbook."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from datetime import date, datetime

from speechcx.report import make_report, write_workbook
from speechcx.store import CallFilter, Store
from tests.report.test_page import report_of

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(book: bytes) -> dict[str, ElementTree.Element]:
    """The sheets of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        names = [
            sheet.attrib["name"]
            for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        ]
        return {
            name: ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{no}.xml"))
            for no, name in enumerate(names, start=1)
        }


def test_each_table_has_a_sheet_with_filters_and_a_heading_that_stays(archive: Store) -> None:
    """Agents can be filtered and sorted; the first row does not scroll away."""
    found = sheets(write_workbook(make_report(archive, now=datetime(2025, 4, 1))))
    assert {"Headlines", "Agents", "Teams", "Flags by rule"} <= set(found)
    agents = found["Agents"]
    assert agents.find(f"{MAIN}autoFilter") is not None
    assert agents.find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane") is not None


def test_numbers_are_numbers(archive: Store) -> None:
    """Scores can be averaged in a spreadsheet program."""
    agents = sheets(write_workbook(make_report(archive, now=datetime(2025, 4, 1))))["Agents"]
    assert [] != [cell for cell in agents.iter(f"{MAIN}c") if cell.attrib.get("t", "n") == "n"]


def test_no_text_becomes_a_formula() -> None:
    """Words that begin with an equals sign stay words."""
    for text in ("=1+1", '=HYPERLINK("http://evil")', "+1", "-1", "@SUM(A1)", "{=1}", "http://evil"):
        found = sheets(write_workbook(report_of(text)))
        assert [] == [cell for sheet in found.values() for cell in sheet.iter(f"{MAIN}f")]
        assert [] == [cell for sheet in found.values() for cell in sheet.iter(f"{MAIN}hyperlink")]


def test_agents_and_teams_are_drawn_by_the_spreadsheet_program(archive: Store) -> None:
    """Each chart is of the numbers of its own sheet, so that it follows what somebody corrects there."""
    book = write_workbook(make_report(archive, CallFilter(since=date(2025, 1, 1)), now=datetime(2025, 4, 1)))
    with zipfile.ZipFile(io.BytesIO(book)) as read:
        charts = [read.read(name).decode() for name in read.namelist() if name.startswith("xl/charts/chart")]
        shown = {formula for chart in charts for formula in re.findall(r"<c:val>.*?<c:f>(.*?)</c:f>", chart)}
    drawn = {formula.partition("!")[0].strip("'") for formula in shown}
    assert {"Agents", "Teams"} <= drawn
    found = sheets(book)
    for formula in shown:
        name, column = formula.partition("!")[0].strip("'"), re.findall(r"\$([A-Z]+)\$", formula)[0]
        cells = [
            cell for cell in found[name].iter(f"{MAIN}c") if re.fullmatch(f"{column}[2-9]", cell.attrib["r"])
        ]
        assert all(cell.attrib.get("t", "n") == "n" for cell in cells), formula
        assert cells
