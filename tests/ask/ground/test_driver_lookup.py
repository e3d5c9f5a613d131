from speechcx.ask.ground.driver_lookup import DriverRule, driver_of_call, list_drivers, read_drivers
from speechcx.store import Store
from tests.ask.archive import at, make


def test_drivers_are_the_rules_of_that_kind_over_all_versions(store: Store) -> None:
    """The numbers of both rulebooks belong to the same driver."""
    store.save_call(make("a", version="1"))
    store.save_call(make("b", version="2"))
    billing, network = list_drivers(store)
    assert (("billing", 2), ("network", 2)) == (
        (billing.rule, len(billing.numbers)), (network.rule, len(network.numbers)),
    )  # fmt: skip
    assert isinstance(billing, DriverRule)


def test_the_main_driver_is_the_first_of_the_rulebook(store: Store) -> None:
    """A call may have several; without any there is none."""
    for name, about in (("a", ("network", "billing")), ("b", ("network",)), ("c", ())):
        store.save_call(make(name, drivers=about, started_at=at(1 + ord(name) - 97)))
    rows = store.db.execute(f"SELECT c.call_no, {driver_of_call(store)} FROM calls c ORDER BY 1").fetchall()
    assert ["billing", "network", None] == [driver for _, driver in rows]
    assert [("billing", "network"), ("network",), ()] == [read_drivers(store, number) for number, _ in rows]


def test_a_store_without_drivers(store: Store) -> None:
    """Has none, and no call has one."""
    assert ((), "NULL") == (list_drivers(store), driver_of_call(store))
