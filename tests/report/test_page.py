"""The report as a page: whole in one file, readable by everybody, and safe whatever a call's texts hold."""

from __future__ import annotations

import re
from datetime import datetime
from html.parser import HTMLParser

import pytest

from speechcx.present.table import Column, Text, make_table
from speechcx.report import Report, ReportSection, make_report, write_page
from speechcx.report.charts import Mark, make_bars, make_dots, make_line
from speechcx.report.contents import Headline
from speechcx.store import Store

ATTACKS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>", "</style><script>alert(1)</script>", "{{ 7 * 7 }}", "{% include 'x' %}",
    "javascript:alert(1)", "<a href=\"javascript:alert(1)\">x</a>", "<!-- -->", "]]><script>", "&lt;script&gt;",
    "\u202e<script>", "<iframe src=//evil>", "<math><mi//xlink:href=\"data:x\">", "<base href=//evil/>",
)  # fmt: skip


class Reader(HTMLParser):
    """Collects tags and attributes, and the text of each tag."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag with its attributes."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def read(page: str) -> Reader:
    """A page taken apart as a browser would."""
    reader = Reader()
    reader.feed(page)
    return reader


def report_of(text: str) -> Report:
    """A report that has one text in every place where a text can stand."""
    rows = [Mark(text, 0.5, (0.4, 0.6), text, text)] * 2
    columns = (Column("a", text), Column("b", text))
    table = make_table(
        text, columns, [{"a": text, "b": text}] * 2, total=({"a": text, "b": text}, {}), notes=[text]
    )
    charts = (make_bars(text, rows), make_dots(text, rows, middle=1, low=0, high=1), make_line(text, rows))
    empty = make_table(text, columns, [], empty=text)
    section = ReportSection("one", text, text, charts, (table, empty, Text(text), Text(text, is_note=True)))
    return Report(text, text, text, (Headline(text, text, text, text),), (section,), False)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_markup(attack: str) -> None:
    """The page of a hostile report has the tags and attributes of a harmless one, and shows the text as it is."""
    harmless, hostile = read(write_page(report_of("p" * len(attack)))), read(write_page(report_of(attack)))
    assert [(tag, sorted(attrs)) for tag, attrs in harmless.tags] == [
        (tag, sorted(attrs)) for tag, attrs in hostile.tags
    ]
    assert attack in hostile.text


def test_columns_that_are_for_programs_are_not_on_the_page() -> None:
    """Keys that only CSV and JSON carry stay there."""
    columns = (Column("a", "seen"), Column("b", "internal", audience="programs"))
    table = make_table("rows", columns, [{"a": "x", "b": "hidden"}])
    page = write_page(Report("", "", "", (), (ReportSection("one", "One", "", (), (table,)),), False))
    assert "seen" in page
    assert "internal" not in page
    assert "hidden" not in page


def test_what_to_type_in_a_terminal_is_not_on_the_page(archive: Store) -> None:
    """No command and no option stands on it, though the same tables have them below on a terminal."""
    text = read(write_page(make_report(archive, now=datetime(2025, 4, 1)))).text
    shown = text[text.rindex("}") :]
    assert "Ranked from" in shown
    assert [] == re.findall(r"`[^`]*`|speechcx [a-z]+ [A-Z]+|--[a-z]+", shown)


def test_the_page_needs_nothing_else(archive: Store) -> None:
    """No script, nothing loaded from anywhere, and a policy that forbids both."""
    page = write_page(make_report(archive, now=datetime(2025, 4, 1)))
    tags = read(page).tags
    assert not {tag for tag, _ in tags} & {"script", "img", "link", "iframe", "object", "embed"}
    assert [] == [
        attrs for _, attrs in tags for name in ("src", "href") if not (attrs.get(name) or "#").startswith("#")
    ]
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_links_inside_the_page_lead_somewhere(archive: Store) -> None:
    """Each link of the head names a section that is there; every id is there once."""
    tags = read(write_page(make_report(archive, now=datetime(2025, 4, 1)))).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] for tag, attrs in tags if tag == "a"]
    assert len(links) >= 8
    assert [] == [link for link in links if (link or "").removeprefix("#") not in ids]


def test_pictures_and_tables_can_be_read_aloud(archive: Store) -> None:
    """Each chart has a name, each table header a scope, and the page its language."""
    tags = read(write_page(make_report(archive, now=datetime(2025, 4, 1)))).tags
    assert {"en"} == {attrs.get("lang") for tag, attrs in tags if tag == "html"}
    assert all(attrs.get("role") == "img" and attrs.get("aria-label") for tag, attrs in tags if tag == "svg")
    assert all(attrs.get("scope") == "col" for tag, attrs in tags if tag == "th")


def test_no_mark_is_drawn_at_nan(archive: Store) -> None:
    """Every number of a chart is one."""
    page = write_page(make_report(archive, now=datetime(2025, 4, 1)))
    assert re.search(r'"(nan|inf|None)"', page) is None
