from datetime import date

import pytest

from speechcx.ask.people.trends import count_by_hour, score_over_time
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make

MARCH = CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 31))


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("month", ["2025-02", "2025-03"]),
        ("week", ["2025-01-27", "2025-02-24", "2025-03-03", "2025-03-17"]),
        ("weekday", ["1", "2", "3", "4", "6", "7"]),
        ("hour", ["09", "11", "13"]),
        ("queue", ["billing", "sales"]),
        ("direction", ["inbound"]),
    ],
)
def test_calls_are_divided(archive: Store, by: str, keys: list[str]) -> None:
    """In order, every call in one row; weeks are called after their Monday, weekdays count from Monday."""
    table = score_over_time(archive, by=by)
    assert (keys, 16) == ([row.key for row in table.rows], sum(row.n for row in table.rows))


def test_the_first_of_february_2025_was_a_saturday(archive: Store) -> None:
    """It and the second lie in the week of the 27th of January."""
    rows = score_over_time(archive, CallFilter(until=date(2025, 2, 2)), by="weekday").rows
    assert [("6", 1), ("7", 1)] == [(row.key, row.n) for row in rows]


def test_changes_are_against_the_row_before(archive: Store) -> None:
    """Not for hours and queues, which are no course of time."""
    first, second = score_over_time(archive, by="month").rows
    assert (None, 70.0) == (first.measures[0].change, second.measures[0].before)
    assert all(row.measures[0].change is None for row in score_over_time(archive, by="hour").rows)


def test_weeks_that_the_period_cuts_are_marked(archive: Store) -> None:
    """March 2025 began on a Saturday."""
    rows = score_over_time(archive, MARCH, by="week").rows
    assert [("2025-02-24", False), ("2025-03-03", True), ("2025-03-17", True)] == [
        (row.key, row.is_whole) for row in rows
    ]
    assert [True] == [row.is_whole for row in score_over_time(archive, MARCH, by="month").rows]
    assert [False] == [
        row.is_whole for row in score_over_time(archive, CallFilter(since=date(2025, 3, 2)), by="month").rows
    ]


def test_a_call_without_a_time_is_a_row_of_its_own(store: Store) -> None:
    """It comes last and is not lost."""
    store.save_call(make("a", started_at=at(1)))
    store.save_call(make("b", started_at=None))
    assert ["2025-03-01", None] == [row.key for row in score_over_time(store, by="day").rows]


def test_an_unknown_division_names_the_nearest(archive: Store) -> None:
    """And lists them all."""
    with pytest.raises(UsageError, match="use week"):
        score_over_time(archive, by="weeks")
    assert "16 calls" in str(score_over_time(archive, CallFilter(since=date(2030, 1, 1))).hint)


def test_the_map_of_the_week_counts_as_its_rows_do(archive: Store) -> None:
    """Each call stands once, under its weekday and hour; the sums are those of the one-sided tables."""
    counts = count_by_hour(archive)
    for by, place in (("weekday", 0), ("hour", 1)):
        rows = {int(row.key): row.n for row in score_over_time(archive, by=by).rows if row.key}
        assert rows == {key: sum(n for pair, n in counts.items() if pair[place] == key) for key in rows}


@pytest.mark.parametrize("by", ["team", "agent", "center"])
def test_each_team_has_its_weeks(archive: Store, by: str) -> None:
    """Every call stands in one week of one team, and a change is against that team's week before."""
    rows = score_over_time(archive, by=by).rows
    assert sum(row.n for row in rows) == 16
    assert [(row.group or "", row.key) for row in rows] == sorted((row.group or "", row.key) for row in rows)
    firsts = {row.group: row for row in reversed(rows)}
    assert all(row.measures[0].before is None for row in firsts.values())
    blue = score_over_time(archive, CallFilter(team=("blue",)), by="week").rows
    if by == "team":
        assert [row.n for row in blue] == [row.n for row in rows if row.group == "blue"]


def test_each_driver_has_its_weeks(store: Store) -> None:
    """A call counts for each of its drivers; agents go by their names of the roster."""
    store.save_call(make("a", agent="ann", drivers=("billing", "network"), started_at=at(3)))
    store.save_call(make("b", agent="ann", drivers=("billing",), started_at=at(3)))
    rows = score_over_time(store, by="driver").rows
    assert sorted(row.n for row in rows) == [1, 2]
    assert len({row.group for row in rows}) == 2
