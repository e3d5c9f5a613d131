import pytest

from speechcx.ask.customers.outcomes import OUTCOME_COLUMNS, OUTCOMES, OutcomeRow, list_outcomes
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import Line, at, make


def save(store: Store, *rows: dict[str, str], **details: object) -> None:
    """A call with these columns for each row, a day apart."""
    for n, extras in enumerate(rows):
        known = {"started_at": at(n + 1)} | details
        store.save_call(make(f"{details}{n}", extras=tuple(sorted(extras.items())), **known))


def values(row: OutcomeRow) -> dict[str, tuple[float | None, int, int, int]]:
    """Value, n, missing and unreadable of each measure."""
    return {one.name: (one.value, one.n, one.n_missing, one.n_unreadable) for one in row.measures}


def test_satisfaction_counts_fours_and_fives(store: Store) -> None:
    """Of valid answers; a six and a word cannot be read, and silence is no answer."""
    save(store, {"csat": "5"}, {"csat": "4"}, {"csat": "3"}, {"csat": "6"}, {"csat": "good"}, {})
    assert (2 / 3, 3, 1, 2) == values(list_outcomes(store).total)["csat"]


def test_nps_is_promoters_minus_detractors(store: Store) -> None:
    """Of 10, 9, 8, 7, 6, 0: two for, two against, two neither."""
    save(store, *({"nps": rating} for rating in ("10", "9", "8", "7", "6", "0")))
    (nps,) = (one for one in list_outcomes(store).total.measures if one.name == "nps")
    assert (0.0, 6) == (nps.value, nps.n)
    # Student's, five degrees of freedom: 2.5706 * sqrt(40000 / 5 / 6).
    assert nps.interval == pytest.approx((-93.86, 93.86), abs=0.01)
    save(store, *[{"nps": "10"}] * 4, customer="other")
    assert 40.0 == values(list_outcomes(store).total)["nps"][0]


def test_handle_time_is_whole_or_of_its_parts(store: Store) -> None:
    """Talk, hold and after-call work; the recording's length is never it."""
    save(store, {"handle_s": "300"}, {"talk_s": "200", "hold_s": "40,5", "acw_s": "60"}, {"hold_s": "9"})
    assert (300.25, 2, 1, 0) == values(list_outcomes(store).total)["aht_s"]


def test_yes_and_no_in_other_words(store: Store) -> None:
    """Maybe is neither."""
    save(store, *({"transferred": word} for word in ("Yes", "true", "1", "no", "N", "maybe")))
    assert (0.6, 5, 0, 1) == values(list_outcomes(store).total)["transfer_rate"]


def test_first_contact_is_of_resolved_contacts_that_are_old_enough(store: Store) -> None:
    """Day 1 is followed by day 2 on the same driver, day 2 by nothing; day 20 is too new."""
    for name, day in (("a", 1), ("b", 2), ("c", 20)):
        store.save_call(make(name, drivers=("billing",), extras=(("resolved", "yes"),), started_at=at(day)))
    table = list_outcomes(store)
    assert (0.5, 2, 1) == (*values(table.total)["fcr"][:2], table.immature)
    assert (1.0, 3) == values(table.total)["resolution_rate"][:2]


def test_rows_by_agent_and_week(store: Store) -> None:
    """The rows add up to the total."""
    store.sync_roster([Line("ann", "blue", name="Ann Hall")])
    save(store, {"csat": "5"}, {"csat": "1"}, agent="ann")
    save(store, {"csat": "5"}, agent="bea", customer="x")
    rows = list_outcomes(store, by="agent").rows
    assert [("ann", "Ann Hall", 0.5), ("bea", None, 1.0)] == [
        (row.key, row.name, values(row)["csat"][0]) for row in rows
    ]
    assert 3 == sum(row.n for row in list_outcomes(store, by="week").rows)


def test_columns_found_are_counted(store: Store) -> None:
    """So that a person sees which were understood."""
    save(store, {"csat": "5", "mood": "x"}, {"ces": "2"})
    table = list_outcomes(store)
    assert (("csat", 1), ("ces", 1)) == table.columns
    assert {"csat", "ces"} <= set(OUTCOME_COLUMNS)
    assert OUTCOMES == tuple(one.name for one in table.total.measures)


def test_wrong_division_and_nothing_found(archive: Store) -> None:
    """Say what there is."""
    with pytest.raises(UsageError, match="use week"):
        list_outcomes(archive, by="weekly")
    assert "nearest is 'ann'" in str(list_outcomes(archive, CallFilter(agent=("anne",))).hint)
