from datetime import date

import pytest

from speechcx.ask.search.call_list import SORTS, list_calls
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store

MARCH = CallFilter(since=date(2025, 3, 1))


def test_the_newest_calls_come_first(archive: Store) -> None:
    """With how many there are in all."""
    found = list_calls(archive, limit=3)
    assert (16, ["2025-03-20", "2025-03-06", "2025-03-05"]) == (
        found.total,
        [row.local_day for row in found.rows],
    )
    rest = list_calls(archive, limit=3, offset=14)
    assert ["2025-02-02", "2025-02-01"] == [row.local_day for row in rest.rows]


def test_a_row_says_what_a_supervisor_looks_at(archive: Store) -> None:
    """Who, when, how it went, and which rules were flagged."""
    row = list_calls(archive, CallFilter(agent=("cid",)), sort="oldest").rows[0]
    assert ("cid", "red", "Porto", "billing", 40.0, False, -2.0, 1) == (
        row.agent, row.team, row.center, row.queue, row.score, row.auto_failed, row.customer_sentiment,
        row.flagged_count,
    )  # fmt: skip
    assert ("Customer wants to cancel",) == row.flagged_rules


def test_a_missing_measure_has_its_reason(archive: Store) -> None:
    """None in the row, why beside it."""
    row = list_calls(archive, CallFilter(agent=("bea",))).rows[0]
    assert (None, "under 3 turns") == (row.customer_sentiment, dict(row.missing)["customer_sentiment"])


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_puts_missing_values_last(archive: Store, sort: str) -> None:
    """And lists each call once."""
    rows = list_calls(archive, sort=sort, limit=100).rows
    assert 16 == len({row.call_id for row in rows})
    column = {"score": "score", "best-score": "score", "sentiment": "customer_sentiment"}.get(sort, "call_id")
    values = [getattr(row, column) for row in rows]
    known = [value for value in values if value is not None]
    assert values[: len(known)] == known
    if sort in ("score", "sentiment"):
        assert sorted(known) == known


def test_flagged_calls_alone(archive: Store) -> None:
    """The first list a compliance officer asks for."""
    assert {"cid"} == {row.agent for row in list_calls(archive, CallFilter(flagged=True)).rows}


def test_an_unknown_order_names_the_nearest(archive: Store) -> None:
    """Nothing is sorted by chance."""
    with pytest.raises(UsageError, match="use newest"):
        list_calls(archive, sort="newst")


def test_no_calls_say_what_would_widen_the_question(archive: Store) -> None:
    """How many there would be without each filter."""
    hint = list_calls(archive, CallFilter(since=date(2025, 3, 1), queue=("sales",), flagged=True)).hint
    assert hint is not None
    assert (("queue", 2), ("flagged", 1)) == hint.without
