"""Columns, cells and tables: a value for programs, a text for people, from one declaration."""

import csv
import io
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.present.table import Column, Table, clean, format_value, make_table, write_csv


@dataclass(frozen=True)
class Person:
    """A record of a row."""

    key: str
    talk_s: float | None
    share: float | None
    score: float | None


COLUMNS = (
    Column("key", "agent", text=lambda one: f"{one.key}!"),
    Column("talk_s", "talks", kind="length", rank=2),
    Column("share", "share", kind="share"),
    Column("score", "score", digits=1),
    Column("digest", "digest", value=lambda one: hash(one.key) * 0, audience="programs"),
    Column("word", "word", value=lambda one: "good", audience="people"),
)
PEOPLE = (Person("ann", 75.0, 0.5, 81.25), Person("bob", None, None, None))


def read_csv(table: Table) -> list[dict[str, str]]:
    """The rows of a table's CSV."""
    file = io.StringIO()
    write_csv(table, file)
    return list(csv.DictReader(io.StringIO(file.getvalue())))


@given(st.text(st.characters(), max_size=200))
def test_no_control_character_gets_out(text: str) -> None:
    """Cleaned text holds no control character and prints as UTF-8."""
    cleaned = clean(text)
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in cleaned)
    cleaned.encode("utf-8")


def test_missing_is_a_dash_never_zero() -> None:
    """A missing number is shown as a dash."""
    score, share = Column("score", "score", digits=1), Column("share", "share", kind="share")
    assert ("-", "0.0", "50 %") == (
        format_value(None, score),
        format_value(0.0, score),
        format_value(0.5, share),
    )


def test_people_and_programs_see_their_columns() -> None:
    """Text in people's units for the one, plain values under keys for the other; no total among the programs' rows."""
    table = make_table("people", COLUMNS, PEOPLE, total=(PEOPLE[0], {"key": "all"}))
    shown = table.of("people")
    assert ["agent", "talks", "share", "score", "word"] == [column.title for column in shown.columns]
    assert ["ann!", "1:15", "50 %", "81.2", "good"] == [cell.text for cell in shown.rows[0]]
    assert ["all", "1:15"] == [cell.text for cell in shown.shown_rows()[-1][:2]]
    plain = {"key": "ann", "talk_s": "75.0", "share": "0.5", "score": "81.25", "digest": "0"}
    assert plain == read_csv(table)[0]
    assert (2, "") == (len(read_csv(table)), read_csv(table)[1]["score"])


def test_numbers_stand_flush_right() -> None:
    """A column of numbers or shares is one of numbers; lengths and words are not."""
    table = make_table("people", COLUMNS, PEOPLE)
    assert [False, False, True, True] == [table.is_number(place) for place in range(4)]


def test_one_row_needs_no_total_and_no_row_no_footnote() -> None:
    """And an empty table says why it is."""
    assert make_table("people", COLUMNS, PEOPLE[:1], total=(PEOPLE[0], {})).total is None
    empty = make_table("people", COLUMNS, (), notes=("a footnote",))
    assert ((), "No people.") == (empty.notes, empty.empty)


def test_a_heading_of_two_lines_is_read_as_one() -> None:
    """A hyphen at the break goes."""
    assert ("customers", "left out") == (Column("a", "cus-\ntomers").title, Column("b", "left\nout").title)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_csv_holds_no_live_formula(start: str) -> None:
    """Text that a spreadsheet would run is quoted; numbers stay numbers."""
    columns = (Column("agent", "agent"), Column("score", "score"))
    (row,) = read_csv(make_table("agents", columns, [{"agent": f"{start}1+1", "score": -2.5}]))
    assert {"agent": f"'{start}1+1", "score": "-2.5"} == row
