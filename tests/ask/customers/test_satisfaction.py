from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from speechcx.ask.customers import read_satisfaction
from speechcx.store import CallFilter, Store
from tests.imports.exports import import_text, make_call

HEAD = "id,date,reference,customer,csat,nps,ces"
ROWS = (
    "1,2026-03-03 10:00,x1,,5,10,1",
    "2,2026-03-03 11:00,x1,,4,9,2",
    "3,2026-03-04 10:00,,c2,3,8,7",
    "4,2026-03-04 11:00,,c2,1,0,",
    "5,2026-03-04 12:00,,nobody,,,",
    "6,2026-04-04 12:00,,nobody,5,7,4",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Six invitations, five answers, two calls they are about."""
    folder = tmp_path_factory.mktemp("surveys")
    with Store.open(folder / "calls.db", create=True) as made:
        made.save_call(make_call("x1", "ann", "c1", "2026-03-02T09:00:00+01:00"))
        made.save_call(make_call("x2", "bob", "c2", "2026-03-03T09:00:00+01:00"))
        import_text(made, folder, "surveys", "\n".join((HEAD, *ROWS)))
        yield made


def test_every_figure_by_hand(store: Store) -> None:
    """4 and 5 are satisfied; 9 and 10 promote, 0 to 6 detract; effort is a mean; blank ones are not answers."""
    csat, nps, ces = read_satisfaction(store).rows
    assert (csat.n, csat.asked, csat.value, csat.response_rate, csat.matched) == (
        5,
        6,
        0.6,
        pytest.approx(5 / 6),
        4,
    )
    assert (nps.n, nps.value) == (5, pytest.approx((2 - 1) / 5))
    assert (ces.n, ces.value, ces.low, ces.high) == (4, 3.5, 1.0, 7.0)
    for row in (csat, nps, ces):
        assert row.interval is not None
        assert row.value is not None
        assert row.interval[0] < row.value < row.interval[1]


def test_by_agent_through_the_call(store: Store) -> None:
    """An answer counts for who took the call it is about; others stand apart."""
    rows = [row for row in read_satisfaction(store, by="agent").rows if row.kind == "csat"]
    assert [(row.key, row.n, row.value) for row in rows] == [("ann", 2, 1.0), ("bob", 2, 0.0), (None, 1, 1.0)]


def test_a_period_is_that_of_the_answers(store: Store) -> None:
    """March has four answers of five invitations."""
    csat = read_satisfaction(store, CallFilter(until=date(2026, 3, 31))).rows[0]
    assert (csat.n, csat.asked) == (4, 5)


def test_answers_that_are_all_alike_claim_no_certainty(store: Store) -> None:
    """One promoter is no proof of an NPS of 100."""
    rows = [row for row in read_satisfaction(store, by="agent").rows if row.kind == "nps"]
    assert rows[0].value == 1.0
    assert rows[0].interval is not None
    assert rows[0].interval[0] < 0.5
