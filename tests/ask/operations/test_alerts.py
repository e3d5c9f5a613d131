"""Alerts: a planted surge is found with its size and scope; usual days, quiet rules and short pasts are not."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from speechcx.ask.operations.alerts import find_alerts
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make
from tests.imports.exports import import_text

LAST = date(2025, 3, 3) + timedelta(weeks=8)


def plant(store: Store, *, today: int, weeks: int = 8, usual: int = 1) -> None:
    """`usual` network calls every day for some weeks, then a Monday with `today` of them in two queues."""
    with store.write():
        for day in range(3, 3 + 7 * weeks):
            for n in range(usual):
                store.save_call(make(f"d{day}n{n}", drivers=("network",), agent="ann", started_at=at(day)))
            store.save_call(make(f"d{day}b", drivers=("billing",), agent="ann", started_at=at(day, 10)))
        for n in range(today):
            store.save_call(
                make(
                    f"now{n}", drivers=("network",), agent="ann", started_at=at(3 + 7 * weeks, 9),
                    queue="tv" if n % 3 else "net", customer=f"c{n // 2}",
                )
            )  # fmt: skip
        store.save_call(make("nowb", drivers=("billing",), agent="ann", started_at=at(3 + 7 * weeks, 11)))


def test_a_surge_is_told_with_its_size_and_scope(store: Store, tmp_path: Path) -> None:
    """Twelve calls about the network where one is usual: calls, customers, minutes, queues, first call, and what the
    customers who are left are worth.
    """
    plant(store, today=12)
    told = "customer,status,value\nC0,active,100\nc1,active,20.5\nc2,lost,7\nc3,active,\nother,active,999\n"
    import_text(store, tmp_path, "accounts", told)
    found = find_alerts(store)
    assert (found.day, found.calls, found.until_hour) == (LAST, 13, 11)
    alert = next(row for row in found.rows if row.rule == "network")
    assert (alert.kind, alert.compared, alert.past_days) == ("driver", "same weekday", 8)
    assert alert.usual == pytest.approx(1.06, abs=0.01)
    assert alert.probability < 0.001
    size = alert.size
    assert (size.calls, size.customers, size.queues) == (12, 6, (("tv", 8), ("net", 4)))
    assert size.first_at is not None
    assert size.first_at.startswith("2025-04-28T09:00")
    assert size.minutes > 0
    assert (size.value_at_risk, size.valued, size.currency) == (120.5, 2, None)
    assert "billing" not in {row.rule for row in found.rows}


def test_the_number_of_calls_itself_is_watched(store: Store) -> None:
    """More calls of any kind than usual are an alert without a rule."""
    plant(store, today=30)
    assert None in {row.rule for row in find_alerts(store).rows}


def test_a_usual_day_raises_nothing(store: Store) -> None:
    """One more call than usual is no news, and neither is a small excess however improbable."""
    plant(store, today=2)
    assert find_alerts(store).rows == ()
    assert find_alerts(store, probability=1.0, least_excess=5.0).rows == ()
    assert find_alerts(store, probability=1.0, least_excess=0.5).rows != ()


def test_hours_that_have_not_come_yet_do_not_count(store: Store) -> None:
    """A morning is compared with mornings: past calls of later hours are no reason for calm."""
    with store.write():
        for day in range(3, 59):
            for n in range(6):
                store.save_call(
                    make(f"d{day}n{n}", drivers=("network",), agent="ann", started_at=at(day, 12 + n))
                )
        for n in range(8):
            store.save_call(make(f"now{n}", drivers=("network",), agent="ann", started_at=at(59, 8)))
        store.save_call(make("early", agent="ann", started_at=at(52, 8)))
        store.save_call(make("earlier", agent="ann", started_at=at(45, 8)))
        store.save_call(make("earliest", agent="ann", started_at=at(38, 8)))
    found = find_alerts(store)
    assert found.until_hour == 8
    assert {row.rule for row in found.rows} >= {"network"}


def test_a_short_past_cannot_tell(store: Store) -> None:
    """Two days say nothing of what is usual, and that is said."""
    with store.write():
        for day in (3, 4, 5):
            store.save_call(make(f"d{day}", drivers=("network",), agent="ann", started_at=at(day)))
    found = find_alerts(store)
    assert (found.rows, found.watched) == ((), 0)
    assert found.why_none == "2 past days with calls are too few to say what is usual"


def test_a_young_archive_is_compared_with_any_day(store: Store) -> None:
    """Two weeks hold one same weekday at most: all days stand in, and the row says so."""
    plant(store, today=12, weeks=2)
    alert = next(row for row in find_alerts(store).rows if row.rule == "network")
    assert (alert.compared, alert.past_days) == ("any day", 14)


def test_nothing_at_all_says_what_would_widen(store: Store) -> None:
    """An empty database, a day without calls, a filter that shuts all out."""
    assert "no calls yet" in str(find_alerts(store).hint)
    plant(store, today=1, weeks=1)
    assert find_alerts(store, day=date(2030, 1, 1)).hint is not None
    assert "queue" in str(find_alerts(store, CallFilter(queue=("nowhere",))).hint)


def test_a_surge_in_one_queue_is_found_where_all_calls_hide_it(store: Store) -> None:
    """Eight calls too many of one queue among thirty of another; each queue has its own past, and shares the risk."""
    with store.write():
        for day in range(3, 3 + 7 * 8):
            for n in range(6):
                name = f"d{day}n{n}"
                store.save_call(
                    make(name, drivers=("network",), queue="big", agent="ann", started_at=at(day, 9 + n % 3))
                )
            store.save_call(
                make(f"d{day}s", drivers=("network",), queue="small", agent="bea", started_at=at(day, 9))
            )
        for n in range(4):
            store.save_call(
                make(f"x{n}", drivers=("network",), queue="big", agent="ann", started_at=at(59, 11))
            )
        for n in range(9):
            store.save_call(
                make(f"y{n}", drivers=("network",), queue="small", agent="bea", started_at=at(59, 10))
            )
        store.save_call(make("new", queue="young", agent="cid", started_at=at(59, 11)))
    found = find_alerts(store, by="queue")
    assert {row.group for row in found.rows} == {"small"}
    assert {"network", None} <= {row.rule for row in found.rows}
    assert (found.groups, found.too_young, found.why_none) == (3, 1, None)
    assert found.rows[0].size.queues == (("small", 9),)
    assert {row.group for row in find_alerts(store, by="agent").rows} == {"bea"}
    assert find_alerts(store).rows == ()


def test_a_wrong_group_is_named(store: Store) -> None:
    """With those there are."""
    with pytest.raises(UsageError, match="queue"):
        find_alerts(store, by="moon")  # type: ignore[arg-type]
