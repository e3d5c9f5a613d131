from datetime import timedelta

import pytest

from speechcx.ask.customers.customer import describe_customer
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import Line, at, make


def test_calls_over_time_with_repeats_forwarding_and_open_issues(store: Store) -> None:
    """Called about billing, again after three days, was forwarded, and about the network later: billing looks open."""
    store.sync_roster([Line("ann", "blue", name="Ann Hall")])
    for name, day, minutes, about, mood in (
        ("first", 1, 0, ("billing",), -2.0), ("again", 4, 0, ("billing",), -1.0),
        ("forwarded", 4, 12, ("billing",), 1.0), ("other", 20, 0, ("network",), 2.0),
    ):  # fmt: skip
        when = at(day) + timedelta(minutes=minutes)
        store.save_call(make(name, customer="c1", agent="ann", drivers=about, mood=mood, started_at=when))
    store.save_call(make("someone else", customer="c2", drivers=("billing",), started_at=at(5)))
    report = describe_customer(store, "C1")
    first, again, forwarded, other = report.calls
    assert ("c1", 4, 3, 1) == (report.customer, report.n, report.contacts, report.repeats)
    assert (None, first.call_id, first.call_id, None) == tuple(call.repeat_of for call in report.calls)
    assert [False, False, True, False] == [call.is_forwarded for call in report.calls]
    assert (None, 3.0) == (first.days_since, again.days_since)
    assert other.days_since == pytest.approx(16 - 12 / 1440)
    assert ("2025-03-01T09:00:00+00:00", "Ann Hall", (("billing", "billing"),)) == (
        first.started, first.agent_name, first.drivers,
    )  # fmt: skip
    assert (-2.0, 2.0) == (report.sentiment_first, report.sentiment_last)
    (issue,) = report.open_issues
    assert ("billing", 3, forwarded.call_id, ("called again within 7 days",)) == (
        issue.driver, issue.calls, issue.last, issue.why,
    )  # fmt: skip


def test_what_the_source_says_is_not_resolved_is_open(store: Store) -> None:
    """A column `resolved` with no."""
    store.save_call(
        make("a", customer="c1", drivers=("billing",), extras=(("resolved", "No"),), started_at=at(1))
    )
    (issue,) = describe_customer(store, "c1").open_issues
    assert ("marked as not resolved by its source",) == issue.why


def test_a_call_without_a_time_is_shown_and_repeats_nothing(store: Store) -> None:
    """It cannot be said how long ago it was."""
    store.save_call(make("a", customer="c1", drivers=("billing",), started_at=None))
    store.save_call(make("b", customer="c1", drivers=("billing",), started_at=at(1)))
    report = describe_customer(store, "c1")
    assert ([None, None], 0) == ([call.days_since for call in report.calls], report.repeats)


def test_a_customer_who_never_called(archive: Store) -> None:
    """Is an error with the nearest; one without calls in the period is not."""
    with pytest.raises(UsageError, match="nearest: c-17"):
        describe_customer(archive, "c-71")
    assert "16 calls" in str(describe_customer(archive, "c-17", CallFilter(queue=("no",))).hint)
