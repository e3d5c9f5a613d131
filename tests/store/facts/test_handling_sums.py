"""Kept sums of call records: what the records give, whatever happens to them, and told where they are not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from speechcx.ask.operations import HANDLING_BY, read_handling
from speechcx.store import CallFilter, Store
from speechcx.store.facts import handling_sums
from speechcx.store.facts.forget_facts import forget_customer
from speechcx.store.facts.handling_sums import HANDLING_TABLES, count_handling, find_wrong_handling
from speechcx.store.visible import VisibleCalls
from tests.imports.exports import import_text

HEAD = "call_id,leg_id,start,agent,customer,queue,direction,outcome,wait,talk,hold,acw"
ROWS = (
    "1,a,2025-01-31 23:30:00,ann,0301111111,sales,in,answered,10,100.25,10,30",
    "2,a,2025-02-01 00:10:00,bob,0302222222,sales,in,answered,25,200,,",
    "3,a,2025-02-10 09:10:00,,0303333333,care,in,abandoned,3,,,",
    "4,a,2025-02-10 09:20:00,,0304444444,care,in,abandoned,40,,,",
    "5,a,2025-02-28 10:00:00,ann,0305555555,,out,answered,,50,0,5",
    "6,a,2025-03-02 10:00:00,ann,0306666666,care,in,answered,20,60,0,5",
    "6,b,2025-03-02 10:01:30,bob,0306666666,care,in,answered,0,30,0,5",
    "7,a,2025-03-02 11:00:00,cid,0307777777,care,internal,answered,1,30,0,5",
    "8,a,2025-03-31 11:00:00,cid,0308888888,care,in,,1,30,0,5",
)
FILTERS = (
    None,
    CallFilter(since=date(2025, 2, 1), until=date(2025, 2, 28)),
    CallFilter(since=date(2025, 1, 20), until=date(2025, 3, 2)),
    CallFilter(queue=("care",)),
    CallFilter(agent=("ann",), direction=("inbound",), since=date(2025, 2, 10)),
    CallFilter(customer=("0303333333",)),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database with call records of three months."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        import_text(made, tmp_path, "calls", "\n".join((HEAD, *ROWS)))
        yield made


@pytest.mark.parametrize("by", HANDLING_BY)
def test_sums_answer_as_the_records_do(store: Store, by: str) -> None:
    """By every group, for whole months, days around them and other filters."""
    for filters in FILTERS:
        kept = read_handling(store, filters, by=by)  # type: ignore[arg-type]
        store.visible = VisibleCalls()
        asked = read_handling(store, filters, by=by)  # type: ignore[arg-type]
        store.visible = None
        assert kept == asked, filters


@pytest.mark.parametrize(
    "limits", [(30.0, 10.0), (5.0, 1.0), (10.0, 50.0), (0.0, 0.0), (25.0, 40.0), (9.99, 3.0)]
)
def test_other_limits_are_answered_as_the_records_do(store: Store, limits: tuple[float, float]) -> None:
    """Kept sums, changed by the calls between the usual limit and the other one."""
    service_s, short_s = limits
    for by in ("queue", "hour", "agent"):
        for filters in FILTERS:
            kept = read_handling(store, filters, by=by, service_s=service_s, short_s=short_s)  # type: ignore[arg-type]
            store.visible = VisibleCalls()
            asked = read_handling(store, filters, by=by, service_s=service_s, short_s=short_s)  # type: ignore[arg-type]
            store.visible = None
            assert kept == asked, (by, filters)


def test_a_large_import_is_added_up_at_its_end(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sums are exact, those of one that is undone too, and later changes are followed again."""
    monkeypatch.setattr(handling_sums, "MIN_COUNTED_AT_END", 2)
    changed = [row.replace("2025-02", "2025-04").replace(",ann,", ",cid,") for row in ROWS]
    import_text(store, tmp_path, "calls", "\n".join((HEAD, *changed)))
    assert find_wrong_handling(store.db) == ()
    store.db.execute("BEGIN IMMEDIATE")
    with handling_sums.sums_counted_at_end(store.db, 8):
        store.db.execute("DELETE FROM call_records WHERE agent = 'cid'")
    store.db.execute("ROLLBACK")
    assert find_wrong_handling(store.db) == ()
    with store.write():
        forget_customer(store.db, "0306666666")
    assert find_wrong_handling(store.db) == ()


def test_sums_follow_their_records(store: Store, tmp_path: Path) -> None:
    """Corrected, erased, and all of them gone: nothing is left over."""
    assert find_wrong_handling(store.db) == ()
    import_text(
        store, tmp_path, "calls", f"{HEAD}\n1,a,2025-01-31 23:40:00,cid,0301111111,care,in,answered,11,90,,"
    )
    assert find_wrong_handling(store.db) == ()
    with store.write():
        forget_customer(store.db, "0306666666")
    assert find_wrong_handling(store.db) == ()
    with store.write():
        store.db.execute("DELETE FROM call_records")
    assert [store.db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in HANDLING_TABLES] == [
        (0,),
        (0,),
    ]


@pytest.mark.parametrize("table", HANDLING_TABLES)
def test_a_wrong_sum_is_found_and_counted_again(store: Store, table: str) -> None:
    """By check, and by check --repair."""
    with store.write():
        store.db.execute(f"UPDATE {table} SET talk_total = talk_total + 1")
    assert [name for name, _ in find_wrong_handling(store.db)] == [table]
    with store.write():
        count_handling(store.db)
    assert find_wrong_handling(store.db) == ()
