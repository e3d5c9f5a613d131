"""The sums that questions about people and drivers are answered from, against a recount of the calls."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.people import score_agents
from speechcx.call.measures import COMPARED
from speechcx.store import CallFilter, Store, VisibleCalls
from speechcx.store.daily_sums import SUM_TABLES, SUMMED, count_all, find_wrong_tables
from speechcx.store.select_sums import has_sums, select_sums, split_months
from tests.ask.archive import at, fill, make


def test_every_compared_measure_is_summed() -> None:
    """A measure that people are compared by has its columns without another line."""
    assert tuple(COMPARED) == tuple(measure.name for measure in SUMMED)


def test_sums_follow_every_change_of_a_call(store: Store) -> None:
    """Stored, redone by another agent, moved in time, judged again, erased: never a row more or less than a recount."""
    fill(store)
    assert () == find_wrong_tables(store.db)
    for again in (
        make("a0", agent="cid", drivers=("billing",), customer="c1", started_at=at(40)),
        make("a0", agent="cid", drivers=("network",), customer="c1", started_at=at(2), score=None),
    ):
        store.save_call(again)
        assert () == find_wrong_tables(store.db)
    store.save_assessment(again.conversation.recording.id, make("x", version="2").assessment)
    assert () == find_wrong_tables(store.db)
    for call_id in list(store.iter_call_ids()):
        store.delete_call(call_id)
    assert () == find_wrong_tables(store.db)
    left = [table.name for table in SUM_TABLES if store.db.execute(f"SELECT 1 FROM {table.name}").fetchone()]
    assert ([], None) == (left, store.db.execute("SELECT 1 FROM sum_groups").fetchone())


def test_an_agent_without_calls_leaves_no_name_behind(store: Store) -> None:
    """When the last call of an agent goes, so does the group."""
    store.save_call(make("x", agent="ann"))
    store.delete_call(make("x").conversation.recording.id)
    assert [] == store.db.execute("SELECT agent FROM sum_groups").fetchall()


def test_a_senseless_value_costs_no_call(store: Store) -> None:
    """A sentiment of a billion is counted as the end of its scale, and the call is kept."""
    store.save_call(make("x", mood=1e9, agent="ann"))
    (total,) = store.db.execute("SELECT customer_sentiment_total FROM call_sums_by_month").fetchone()
    assert 5_000_000 == total
    assert () == find_wrong_tables(store.db)


@pytest.mark.parametrize("table", [*(table.name for table in SUM_TABLES), "contacts", "sum_groups"])
def test_a_wrong_sum_is_found(store: Store, table: str) -> None:
    """One row that is gone is told, by the table."""
    fill(store)
    store.save_call(make("d", drivers=("billing",), customer="c1", agent="ann", started_at=at(3)))
    if table.startswith("answer_"):
        pytest.skip("calls of this archive have no answers; test_find_problems has them")
    key = store.db.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
    names = [name for (name,) in store.db.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    store.db.execute(f"DELETE FROM {table} WHERE " + " AND ".join(f"{name} IS ?" for name in names), key)
    assert table in {name for name, _ in find_wrong_tables(store.db)}
    count_all(store.db)
    assert () == find_wrong_tables(store.db)


@given(st.dates(date(2024, 1, 1), date(2025, 12, 31)), st.integers(0, 500))
def test_a_period_is_whole_months_and_the_days_around_them(first: date, length: int) -> None:
    """Every day of it stands in exactly one stretch."""
    last = date.fromordinal(first.toordinal() + length)
    days: list[date] = []
    for months, since, until in split_months(first, last):
        if months is not None:
            start = date.fromisoformat(f"{months[0]}-01").toordinal()
            end = date.fromisoformat(f"{months[1]}-01").toordinal()
            days += map(date.fromordinal, range(start, end))
        else:
            days += map(date.fromordinal, range(since.toordinal(), until.toordinal() + 1))
    assert sorted(days) == list(map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1)))


@pytest.mark.parametrize(
    ("since", "until"), [(None, None), (date(2025, 3, 2), None), (None, date(2025, 3, 4)), (date.min, date.max),
                         (date(2025, 2, 1), date(2025, 3, 31)), (date(2025, 2, 2), date(2025, 3, 4))],
)  # fmt: skip
def test_sums_of_a_period_count_its_calls(store: Store, since: date | None, until: date | None) -> None:
    """By days, and by whole months with the days around them; open ends hold the calls of an unknown day or not."""
    fill(store)
    store.save_call(make("when?", agent="ann"))
    filters = CallFilter(since=since, until=until)
    where, values = filters.to_sql()
    (n,) = store.db.execute(f"SELECT count(*) FROM calls c WHERE {where}", values).fetchone()
    for by_day in (True, False):
        source = select_sums("call_sums", filters, by_day=by_day)
        assert [(n or None,)] == store.db.execute(
            f"SELECT sum(calls) FROM {source.sql}", source.values
        ).fetchall()


def test_other_filters_are_answered_from_the_calls(store: Store) -> None:
    """Sums know days, people and versions, and nothing else."""
    assert has_sums(store, CallFilter(since=date(2025, 1, 1), agent=("ann",), rulebook_digest="x"))
    for other in (CallFilter(queue=("a",)), CallFilter(flagged=True), CallFilter(with_superseded=True)):
        assert not has_sums(store, other)


def test_a_person_sees_sums_of_visible_calls_only(tmp_path: Path) -> None:
    """An agent's table holds that agent alone, and sums of everybody are empty."""
    with Store.open(tmp_path / "a.db", create=True) as store:
        fill(store)
    with Store.open_for(tmp_path / "a.db", VisibleCalls(agents=("bea",))) as store:
        assert [("bea", 5)] == [(row.key, row.n) for row in score_agents(store).rows]
        assert [] == store.db.execute("SELECT * FROM mix_calls_by_month").fetchall()
