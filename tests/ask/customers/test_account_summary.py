"""Ten customers, and every figure of them worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from speechcx.ask.customers import summarise_accounts
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make
from tests.imports.exports import import_text

HEAD = "customer;status;since;churn date;as of;MRR;LTV"
ACCOUNTS = (
    "0301000001;active;2024-01-01;;2025-06-30;100;1.200,50",
    "0301000002;active;2024-01-01;;2025-06-30;200;2.400,00",
    # Lost inside the period.
    "0301000003;churned;2024-01-01;2025-03-20;2025-06-30;300;900,00",
    # Lost before it, and come after its start: no customers at the start.
    "0301000004;churned;2024-01-01;2025-02-01;2025-06-30;400;",
    "0301000005;active;2025-03-10;;2025-06-30;500;",
    # Lost after it: kept over March, and not kept 30 days after a call of 25 March.
    "0301000006;churned;2024-01-01;2025-04-10;2025-06-30;600;",
    # When is not told; and told of too early a day.
    "0301000007;churned;2024-01-01;;2025-06-30;700;",
    "0301000008;active;2024-01-01;;2025-03-15;;",
    # A customer with two accounts, one of them lost: still a customer, worth what is left.
    "0301000009;churned;2024-01-01;2025-03-05;2025-06-30;800;",
)
SECOND = "0301000009;active;2024-06-01;;2025-06-30;50;"
MARCH = CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 31))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The accounts, and calls of some of the customers: those with `billing` are taken for an intent to cancel."""
    folder = tmp_path_factory.mktemp("accounts")
    with Store.open(folder / "calls.db", create=True) as made:
        for number, agent, day, drivers in (
            (1, "ann", 2, ("billing",)),  # stayed
            (3, "ann", 10, ("billing",)),  # lost ten days later
            (6, "bea", 25, ("billing",)),  # lost 16 days later
            (7, "bea", 5, ("billing",)),  # lost, when is not told
            (8, "bea", 10, ("billing",)),  # told up to five days later only
            (4, "ann", 3, ("billing",)),  # had left before
            (99, "ann", 4, ("billing",)),  # no account
            (2, "ann", 6, ("network",)),
        ):
            customer = f"+49 30 10000{number:02d}"
            made.save_call(
                make(f"call{number}", agent=agent, customer=customer, started_at=at(day), drivers=drivers)
            )
        text = HEAD + ";id\n" + "\n".join(f"{row};{n}" for n, row in enumerate((*ACCOUNTS, SECOND)))
        assert import_text(made, folder, "accounts", text).refused == ()
        yield made


def test_accounts_of_a_month_by_hand(store: Store) -> None:
    """At the start: 1, 2, 3, 6, 9, and 7 and 8 of whom it cannot be told; only 3 was lost."""
    whole = summarise_accounts(store, MARCH, intents=("billing",)).all
    assert (whole.customers, whole.retention.n, whole.retention.value, whole.undated) == (9, 5, 0.8, 2)
    assert (whole.churn.n, whole.churn.value) == (5, pytest.approx(0.2))
    assert whole.retention.interval is not None
    assert whole.retention.interval == pytest.approx((0.3755, 0.9638), abs=1e-4)


def test_who_was_kept_after_wanting_to_cancel(store: Store) -> None:
    """Of seven calls: 1 stayed; 3, 6 and 7 did not; of 8 it is too early to tell; 4 had left and 99 has no account."""
    whole = summarise_accounts(store, MARCH, intents=("billing",)).all
    assert (whole.cancel_calls, whole.immature, whole.unknown) == (7, 1, 2)
    assert (whole.saved.n, whole.saved.value) == (4, 0.25)
    assert summarise_accounts(store, MARCH, intents=("billing",), days=10).all.saved.value == 0.5


def test_what_customers_are_worth(store: Store) -> None:
    """Kept accounts count of customers that are left, all of those that are lost; blank is not nothing."""
    whole = summarise_accounts(store, MARCH).all
    assert (whole.value.n, whole.value_total) == (8, 100 + 200 + 300 + 400 + 500 + 600 + 700 + 50)
    assert (whole.lifetime_value.n, whole.lifetime_value.value) == (3, pytest.approx(4500.5 / 3))


def test_by_agent_and_by_driver(store: Store) -> None:
    """Customers of whom a group had a call; one with two drivers counts in both."""
    agents = {row.key: row for row in summarise_accounts(store, MARCH, by="agent", intents=("billing",)).rows}
    assert {key: (row.customers, row.saved.n) for key, row in agents.items()} == {
        "ann": (4, 2),
        "bea": (3, 2),
    }
    drivers = {row.key: row.customers for row in summarise_accounts(store, MARCH, by="driver").rows}
    assert drivers == {"billing": 6, "network": 1}


def test_without_a_period_the_status_itself_counts(store: Store) -> None:
    """Of nine customers, four were lost, whenever that was."""
    whole = summarise_accounts(store).all
    assert (whole.retention.n, whole.retention.value) == (9, pytest.approx(5 / 9))


def test_two_currencies_are_never_added(tmp_path: Path) -> None:
    """A sum of euros and dollars is none."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        import_text(made, tmp_path, "accounts", "customer,value\na,10 EUR\nb,$ 20\n")
        row = summarise_accounts(made).all
    assert (row.value.n, row.value_total, row.currency) == (0, None, None)


def test_where_no_day_is_told_accounts_tell_of_the_newest_day_in_them(tmp_path: Path) -> None:
    """A customer who called after that may have left since."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        for name, day in (("old", 2), ("new", 60)):
            made.save_call(make(name, customer=name, started_at=at(day), drivers=("billing",)))
        newest = at(1).date() + timedelta(days=40)
        text = f"customer,active,since\nold,yes,2024-01-01\nnew,yes,2024-01-01\nx,yes,{newest}\n"
        import_text(made, tmp_path, "accounts", text)
        row = summarise_accounts(made, intents=("billing",)).all
    assert (row.saved.n, row.saved.value, row.immature) == (1, 1.0, 1)


def test_a_wrong_group_is_named(store: Store) -> None:
    """With those there are."""
    with pytest.raises(UsageError, match="agent"):
        summarise_accounts(store, by="moon")  # type: ignore[arg-type]
