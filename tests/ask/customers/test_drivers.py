from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.customers.drivers import followed, list_driver_rows
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.contacts import FORWARDED_S
from speechcx.store.moments import CALLS_A_SECOND
from tests.ask.archive import at, make

DAY = 86_400 * CALLS_A_SECOND


def fill_drivers(store: Store) -> None:
    """March 2025: 30 calls of 30 customers, every third about billing; February the same without any."""
    with store.write():
        for n in range(30):
            about = ("billing",) if n % 3 == 0 else ()
            store.save_call(
                make(
                    f"m{n}",
                    customer=f"c{n}",
                    drivers=about,
                    mood=-2.0 if about else 1.0,
                    started_at=at(n + 1),
                )
            )
        for n in range(28):
            store.save_call(make(f"f{n}", customer=f"d{n}", started_at=at(n + 1, month=2)))


def test_drivers_have_calls_share_feeling_and_change(store: Store) -> None:
    """A third of the calls, from none in the month before: grown, and not by chance."""
    fill_drivers(store)
    march = CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 31))
    table = list_driver_rows(store, march)
    billing, none = table.rows
    assert ("billing", 10, 10, 30) == (billing.driver, billing.calls, billing.customers, table.calls)
    assert (1 / 3, 0.0, "higher") == (billing.share.value, billing.share.before, billing.share.verdict)
    assert (-2.0, 60.0) == (billing.customer_sentiment.value, billing.recorded_duration_s.value)
    assert (None, 20, "no driver found") == (none.driver, none.calls, none.title)


def test_a_driver_that_cannot_be_told_is_left_out_of_the_share(store: Store) -> None:
    """One of three calls: its share is of the two others."""
    from dataclasses import replace

    for n in range(3):
        call = make(n, drivers=("billing",) if n == 0 else (), started_at=at(n + 1))
        if n == 2:
            unsure = tuple(
                replace(result, value="cannot_tell") if result.rule == "billing" else result
                for result in call.assessment.results
            )
            call = replace(call, assessment=replace(call.assessment, results=unsure))
        store.save_call(call)
    row = list_driver_rows(store).rows[0]
    assert ("billing", 1, 1, 0.5, 2) == (row.driver, row.calls, row.cannot_tell, row.share.value, row.share.n)


def at_minute(minutes: float) -> datetime:
    """So long after the first of March, 9 o'clock."""
    return at(1) + timedelta(minutes=minutes)


def test_repeats_count_contacts_not_forwarded_calls_and_leave_new_calls_out(store: Store) -> None:
    """Day 1 is followed on day 4 in another queue; day 4's forwarded part is none; day 20 is too new to say."""
    for name, minutes, queue in (
        ("a", 0, "x"),
        ("b", 3 * 1440, "y"),
        ("c", 3 * 1440 + 10, "y"),
        ("d", 27_360, "x"),
    ):
        store.save_call(
            make(name, customer="c1", drivers=("billing",), queue=queue, started_at=at_minute(minutes))
        )
    row = list_driver_rows(store).rows[0]
    assert (1 / 3, 3, 1) == (row.repeat_share.value, row.repeat_share.n, row.immature)
    (asked,) = list_driver_rows(store, CallFilter(queue=("x",), until=date(2025, 3, 2))).rows
    assert (1.0, 1) == (asked.repeat_share.value, asked.repeat_share.n)


@pytest.mark.parametrize(
    ("gaps", "repeats"),
    [
        ((8 * DAY,), (False, False)),
        ((7 * DAY,), (True, False)),
        ((FORWARDED_S * CALLS_A_SECOND,), (False, False)),
        ((FORWARDED_S * CALLS_A_SECOND + 1,), (True, False)),
        ((600 * CALLS_A_SECOND, 600 * CALLS_A_SECOND), (False, False, False)),
        ((600 * CALLS_A_SECOND, 2 * DAY), (True, True, False)),
    ],
)
def test_what_follows_a_contact(gaps: tuple[int, ...], repeats: tuple[bool, ...]) -> None:
    """Within seven days and after more than fifteen minutes; forwarding chains are one contact."""
    at_no, rows = 1_000, []
    for gap in (0, *gaps):
        at_no += gap
        rows.append(("billing", "c1", at_no, 1))
    assert list(repeats) == [found for _, _, found in followed(rows)]


def test_other_customers_and_drivers_do_not_count() -> None:
    """And calls that are not asked about are followed, not reported."""
    rows = [("a", "c1", 0, 1), ("a", "c2", DAY, 1), ("b", "c1", DAY, 1), ("b", "c1", 2 * DAY, 0)]
    assert [("a", 0, False), ("a", DAY, False), ("b", DAY, True)] == followed(rows)


@pytest.mark.parametrize("sort", ["calls", "change", "sentiment", "length", "repeat"])
def test_calls_without_a_driver_come_last_in_every_order(store: Store, sort: str) -> None:
    """They are no reason to call."""
    fill_drivers(store)
    assert list_driver_rows(store, sort=sort).rows[-1].driver is None


def test_nothing_found_and_wrong_orders(archive: Store) -> None:
    """Say what to do."""
    assert () == list_driver_rows(archive, CallFilter(agent=("anne",))).rows
    assert "nearest is 'ann'" in str(list_driver_rows(archive, CallFilter(agent=("anne",))).hint)
    with pytest.raises(UsageError, match="use length"):
        list_driver_rows(archive, sort="lenght")


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 20 * DAY)), max_size=12)
)
def test_repeats_equal_a_slow_recount(contacts: list[tuple[str, str, int]]) -> None:
    """A call is followed when its chain of forwarded parts is, within seven days of the call."""
    rows = sorted({(driver, who, number, 1) for driver, who, number in contacts})
    found = []
    for driver, who, number, _ in rows:
        later = [other for d, w, other, _ in rows if (d, w) == (driver, who) and other > number]
        end = number
        while later and later[0] - end <= FORWARDED_S * CALLS_A_SECOND:
            end = later.pop(0)
        found.append(bool(later) and later[0] - number <= 7 * DAY)
    assert found == [is_repeat for _, _, is_repeat in followed(rows)]
