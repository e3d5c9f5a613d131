"""Whom to call back."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from speechcx.ask.compliance import see_flag
from speechcx.ask.customers.callbacks import list_callbacks
from speechcx.call import Call
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.flags import FlagChange, set_flags
from tests.ask.flagged import make_flagged
from tests.factories import make_party_feeling


def make_last(
    name: str, *, end: str = "neutral", threat: str = "absent", day: int = 3, **who: object
) -> Call:
    """A call of a customer of that name with an end state."""
    start = datetime(2025, 3, day, 9, tzinfo=UTC)
    call = make_flagged(f"{name}{day}", {"threat": threat}, started_at=start, **({"customer": name} | who))
    reading = call.assessment.reading
    feeling = replace(reading.feeling, parties=(make_party_feeling("customer", end_state=end),))
    return replace(call, assessment=replace(call.assessment, reading=replace(reading, feeling=feeling)))


def save(store: Store, *calls: Call) -> None:
    for call in calls:
        store.save_call(call)


def test_customers_whose_newest_call_gives_a_reason(store: Store) -> None:
    """Negative at the end, not resolved, or at risk; those with most reasons first, then the newest."""
    save(
        store, make_last("happy"), make_last("angry", end="negative"), make_last("leaving", threat="present", day=5),
        make_last("both", end="negative", threat="present", day=2),
        make_last("open", extras=(("resolved", "No"),), day=4),
    )  # fmt: skip
    found = list_callbacks(store)
    assert ["both", "leaving", "open", "angry"] == [row.customer for row in found.rows]
    assert ("the customer ended the call negative", "Title of threat") == found.rows[0].why
    assert ("marked as not resolved by its source",) == found.rows[2].why
    assert (4, (("no reason", 1),)) == (found.total, found.left_out)


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_a_later_call_settles_it(store: Store, direction: str) -> None:
    """Whoever rang: they have been spoken to."""
    save(store, make_last("angry", end="negative"), make_last("angry", day=9, direction=direction))
    assert () == list_callbacks(store).rows
    assert 0 == list_callbacks(store, CallFilter(until=date(2025, 3, 5))).total


@pytest.mark.parametrize(
    ("extra", "why"), [(("resolved", "yes"), "resolved"), (("opted_out", "1"), "opted out")]
)
def test_resolved_and_opted_out_are_left_out(store: Store, extra: tuple[str, str], why: str) -> None:
    """And counted."""
    save(store, make_last("angry", end="negative", extras=(extra,)))
    found = list_callbacks(store)
    assert ((), ((why, 1),)) == (found.rows, found.left_out)
    assert why in str(found.hint)


def test_a_dismissed_risk_is_no_reason(store: Store) -> None:
    """Somebody looked, and there was none."""
    call = make_last("leaving", threat="present")
    save(store, call)
    assert 1 == list_callbacks(store).total
    seen = see_flag(store, f"{call.conversation.recording.id}:threat")
    set_flags(store, [seen], FlagChange("dismissed", reason="joke"), who="mia")
    assert 0 == list_callbacks(store).total


def test_calls_without_a_customer_are_named(store: Store) -> None:
    """Nobody can be called back of whom nothing is known."""
    save(store, make_last("x", end="negative", customer=None))
    assert "the customer is not known" in str(list_callbacks(store).hint)


def test_filters_choose_by_the_newest_call(store: Store) -> None:
    """Of an agent, a period; the limit shows fewer and counts all."""
    save(store, *(make_last(f"c{n}", end="negative", agent="ann" if n else "bea") for n in range(4)))
    found = list_callbacks(store, CallFilter(agent=("ann",)), limit=2)
    assert (3, 2) == (found.total, len(found.rows))
