"""Who belongs where, and when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.discover import RosterEntry, read_roster, team_of
from speechcx.errors import ConfigError

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def roster_of(text: str, tmp_path: Path) -> tuple[RosterEntry, ...]:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    return read_roster(path)


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


def test_team_of(tmp_path: Path) -> None:
    """The team is that of the day, both ends included; on other days, or for strangers, there is none."""
    roster = roster_of(
        "agent,team,valid_from,valid_to\na1,x,2025-01-01,2025-01-31\na1,y,2025-03-01,2025-03-31\n", tmp_path
    )

    def team(agent: str, day: date) -> str | None:
        entry = team_of(roster, agent, day)
        return None if entry is None else entry.team

    assert team("a1", date(2025, 1, 1)) == team("a1", date(2025, 1, 31)) == "x"
    assert team("a1", date(2025, 3, 31)) == "y"
    assert (
        team("a1", date(2025, 2, 15)) is team("a1", date(2024, 12, 31)) is team("b", date(2025, 1, 1)) is None
    )


@given(st.lists(st.tuples(DAYS, DAYS).map(sorted), min_size=2, max_size=2), DAYS)
def test_meeting_spans(spans: list[list[date]], day: date) -> None:
    """Two spans meet just when some day is in both."""
    first, second = (RosterEntry("a", "a", None, None, start, end) for start, end in spans)
    assert (
        first.meets(second)
        == second.meets(first)
        == (max(spans[0][0], spans[1][0]) <= min(spans[0][1], spans[1][1]))
    )
    assert not (first.covers(day) and second.covers(day)) or first.meets(second)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "agent,team,valid_from\na1,x,2025-01-01\na1,y,2025-06-01\n",
            r"lines 2 and 3 both place the agent 'a1'",
        ),
        ("agent,team\na1,x\nb,y\na1,x\n", "lines 2 and 4 both place"),
        ("agent,team,valid_from,valid_to\na,x,2025-01-01,2025-01-31\na,y,2025-01-31,\n", "lines 2 and 3"),
        ("agent,valid_from\na1,01.03.2025\n", "line 2: valid_from is '01.03.2025'"),
        ("agent,valid_from\na1,2025-02-30\n", "line 2: valid_from is '2025-02-30'"),
        (
            "agent,valid_from,valid_to\na1,2025-02-03,2025-02-01\n",
            "valid_to 2025-02-01 lies before valid_from",
        ),
        ("agent,team\n,x\n", "line 2: no agent"),
        ("name,team\nAnn,x\n", "line 2: no agent"),
        ("agent,team\na,b,c\n", "line 2: 3 cells under 2"),
        ("", "no header line"),
    ],
)
def test_wrong_rosters(text: str, words: str, tmp_path: Path) -> None:
    """A wrong roster is an error that names the lines."""
    with pytest.raises(ConfigError, match=words):
        roster_of(text, tmp_path)


def test_spellings_of_a_letter(tmp_path: Path) -> None:
    """An agent is found however his letters are put together."""
    roster = roster_of("agent,team\nJose\u0301,x\n", tmp_path)
    assert team_of(roster, "Jos\u00e9", date(2025, 1, 1)) is not None
