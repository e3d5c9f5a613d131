"""Who belongs where, and when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.discover import RosterEntry, read_roster
from speechcx.errors import ConfigError

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def roster_of(text: str, tmp_path: Path) -> tuple[RosterEntry, ...]:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    return read_roster(path).entries


def test_columns(tmp_path: Path) -> None:
    """All columns are read; names, ends and other spellings are optional."""
    text = (
        "Agent;Name;Team;Centre;from;to\n"
        "a1;Ann Lee;sales;north;2025-01-01;2025-06-30\n"
        "a1;Ann Lee;support;north;2025-07-01;\n"
        "\n"
        "a2;;;;;\n"
    )
    first, second, third = roster_of(text, tmp_path)
    assert first == RosterEntry("a1", "Ann Lee", "sales", "north", date(2025, 1, 1), date(2025, 6, 30))
    assert second == RosterEntry("a1", "Ann Lee", "support", "north", date(2025, 7, 1), None)
    assert third == RosterEntry("a2", "a2", None, None, None, None)


@given(st.lists(st.tuples(DAYS, DAYS).map(sorted), min_size=2, max_size=2))
def test_meeting_spans(spans: list[list[date]]) -> None:
    """Two spans meet just when some day is in both."""
    first, second = (RosterEntry("a", "a", None, None, start, end) for start, end in spans)
    assert (
        first.meets(second)
        == second.meets(first)
        == (max(spans[0][0], spans[1][0]) <= min(spans[0][1], spans[1][1]))
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("agent,team\na1,x\nb,y\na1,x\n", 4, "the same as line 2"),
        ("agent,team\na1,x\na1,y\nb,y\n", 3, "the same days as line 2, which counts"),
        ("agent,team\na1,x\n,Total\nb,y\n", 3, "no agent is named"),
        ("agent,team,valid_from\na1,x,\nb,y,\nc,z,2025-02-30\n", 4, "valid_from is '2025-02-30'"),
        ("agent,team,valid_from\na1,x,\nb,y,\nc,z,03/04/2025\n", 4, "valid_from is '03/04/2025'"),
        ("agent,team,valid_from,valid_to\na1,x,,\nb,y,,\nc,z,2025-02-03,2025-02-01\n", 4, "lies before valid_from"),
        ("agent,team\na1,x\nb,y\nc,z,w\n", 4, "3 cells under 2"),
        ('agent,team\na1,x\nb,y\nc,"z" w\n', 4, "a quote"),
        ("agent,team\na1,x\nb,y\nc\0,z\n", 4, "NUL"),
    ],
)  # fmt: skip
def test_a_bad_line_of_a_roster_costs_that_line(text: str, line: int, words: str, tmp_path: Path) -> None:
    """The night goes on with the good lines; the bad one is named by file and line, with what to do."""
    (tmp_path / "roster.csv").write_text(text)
    roster = read_roster(tmp_path / "roster.csv")
    (warning,) = roster.warnings
    assert (warning.line, words in warning.found) == (line, True), warning.found
    assert str(warning).startswith(f"roster.csv line {line}: ")
    assert [entry.agent for entry in roster.entries] == ["a1", "b"]


def test_a_one_day_overlap(tmp_path: Path) -> None:
    """Where the last day of one line is the first of the next, both lines are kept, and it is said."""
    text = "agent,team,valid_from,valid_to\na,x,2025-01-01,2025-01-31\na,y,2025-01-31,\n"
    (tmp_path / "roster.csv").write_text(text)
    roster = read_roster(tmp_path / "roster.csv")
    assert [warning.line for warning in roster.warnings] == [3]
    assert [entry.team for entry in roster.entries] == ["x", "y"]


@pytest.mark.parametrize(
    "day", ["2025-03-31", "31.03.2025", "3/31/2025", "31 Mar 2025", "2025-03-31 00:00:00"]
)
def test_days_as_spreadsheets_write_them(day: str, tmp_path: Path) -> None:
    """A day is read where it can be only one; a far day means open."""
    (entry,) = roster_of(f"agent,team,from,to\na,x,{day},9999-12-31\n", tmp_path)
    assert (entry.valid_from, entry.valid_to) == (date(2025, 3, 31), None)


@pytest.mark.parametrize("text", ["", "name,team\nAnn,x\n", "\n\n"])
def test_a_roster_without_agents_is_an_error(text: str, tmp_path: Path) -> None:
    """A file that is no roster stops the run: somebody named the wrong one."""
    with pytest.raises(ConfigError, match=r"no header line with a column `agent`"):
        roster_of(text, tmp_path)


def test_spellings_of_a_letter(tmp_path: Path) -> None:
    """An agent is found however his letters are put together."""
    roster = roster_of("agent,team\nJose\u0301,x\n", tmp_path)
    assert ["Jos\u00e9"] == [entry.agent for entry in roster]
