"""Legal holds: what they keep, how long, and that nothing takes a call out of one."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from speechcx.call import Call
from speechcx.errors import LegalHold, UsageError
from speechcx.store import FileStats, RunInfo, Store
from speechcx.store.calls.erasure import erase_call, erase_calls, find_erasure
from speechcx.store.decisions.audit import read_trail
from speechcx.store.decisions.legal_holds import Held, find_held, list_holds, release_hold, set_hold
from speechcx.store.decisions.trail_check import verify_trail
from tests.factories import make_call


def keep(store: Store, name: str, *, day: int = 4, customer: str = "c-17") -> str:
    """Keep a call of March 2025; returns its id."""
    call = make_call(name, started_at=datetime(2025, 3, day, 9, tzinfo=UTC), customer=customer)
    store.ledger.save_outcome(store.ledger.begin_run(RunInfo()), call, FileStats(1, 1))
    return call.conversation.recording.id


def test_a_held_call_is_not_erased_until_it_is_released(store: Store) -> None:
    """The message names the hold, its reason and how to release it; afterwards the call can be erased."""
    call_id = keep(store, "a")
    hold = set_hold(store, "case 17", Held(call_id=call_id), who="zoe", reason="claim of March")
    with pytest.raises(LegalHold) as refused:
        erase_calls(store, [call_id], who="zoe", reason="asked")
    assert "case 17" in refused.value.found
    assert "claim of March" in refused.value.found
    assert f"hold release {hold.hold_id}" in refused.value.cure
    assert store.has_call(call_id)
    assert find_erasure(store, call_id) is None
    release_hold(store, "case 17", who="zoe", reason="settled")
    erase_calls(store, [call_id], who="zoe", reason="asked")
    assert not store.has_call(call_id)
    assert () == verify_trail(store).problems
    assert ["hold", "hold", "erase"] == [row.action for row in read_trail(store)]


def test_one_held_call_keeps_the_whole_request(store: Store) -> None:
    """Of several calls none is erased where one is held."""
    free, held = keep(store, "a"), keep(store, "b")
    set_hold(store, "case", Held(call_id=held), who="zoe", reason="claim")
    with pytest.raises(LegalHold, match=held):
        erase_calls(store, [free, held], who="zoe", reason="asked")
    assert store.has_call(free)


def test_a_customer_is_held_with_calls_that_come_later(store: Store) -> None:
    """Calls of the customer are held as they are kept, those of others are not."""
    before = keep(store, "a")
    hold = set_hold(store, "case", Held(customer="c-17"), who="zoe", reason="claim")
    after, other = keep(store, "b"), keep(store, "c", customer="c-18")
    assert hold.calls == 1
    assert {before, after} == set(find_held(store.db, [before, after, other]))
    with pytest.raises(LegalHold, match=r"customer c-17 .* nothing was erased"):
        erase_calls(store, [], who="zoe", reason="asked", customers=["c-17"])


def test_a_period_holds_its_days_and_calls_of_unknown_day(store: Store) -> None:
    """First and last day are in it; a call that nobody can date might be."""
    days = {day: keep(store, f"day {day}", day=day) for day in (3, 4, 5, 6)}
    undated = make_call("undated", started_at=None)
    store.save_call(undated)
    set_hold(store, "case", Held(since=date(2025, 3, 4), until=date(2025, 3, 5)), who="zoe", reason="claim")
    held = set(find_held(store.db, [*days.values(), undated.conversation.recording.id]))
    assert {days[4], days[5], undated.conversation.recording.id} == held


def test_corrected_details_take_no_call_out_of_a_hold(store: Store) -> None:
    """A call whose customer or day is corrected stays held, and one that fits now is held too."""
    call_id, other = keep(store, "a"), keep(store, "b", customer="c-18")
    set_hold(store, "case", Held(customer="c-17"), who="zoe", reason="claim")
    details = store.load_details(call_id)
    store.update_details(
        call_id, replace(details, customer="c-99", started_at=datetime(2024, 1, 1, tzinfo=UTC))
    )
    store.update_details(other, replace(store.load_details(other), customer="c-17"))
    assert {call_id, other} == set(find_held(store.db, [call_id, other]))


def test_no_other_way_marks_a_held_call_as_erased(store: Store) -> None:
    """The database itself refuses it, whoever writes."""
    call_id = keep(store, "a")
    set_hold(store, "case", Held(call_id=call_id), who="zoe", reason="claim")
    with pytest.raises(sqlite3.IntegrityError, match="legal hold"):
        store.db.execute("INSERT INTO erasures VALUES (?, '', '', '')", (call_id,))


def test_two_holds_both_have_to_be_released(store: Store) -> None:
    """A call that two cases hold is free when both are released."""
    call_id = keep(store, "a")
    for name in ("one", "two"):
        set_hold(store, name, Held(call_id=call_id), who="zoe", reason="claim")
    release_hold(store, "one", who="zoe", reason="settled")
    with pytest.raises(LegalHold, match="'two'"):
        erase_call(store, call_id, who="zoe", reason="asked")
    assert ["two"] == [hold.name for hold in list_holds(store)]
    assert ["one", "two"] == [hold.name for hold in list_holds(store, with_released=True)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE legal_holds SET released_at = '2025-01-01T00:00:00Z'",
        "UPDATE legal_holds SET reason = 'none'",
        "DELETE FROM held_calls",
        "UPDATE legal_holds SET customer = 'c-99'",
    ],
)
def test_a_hold_changed_behind_our_backs_is_found(store: Store, statement: str) -> None:
    """`audit --verify` tells of a hold that was released, changed or emptied by something else."""
    keep(store, "a")
    set_hold(store, "case", Held(customer="c-17"), who="zoe", reason="claim")
    assert () == verify_trail(store).problems
    store.db.execute(statement)
    assert any("hold" in problem for problem in verify_trail(store).problems)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "a hold on nothing"),
        ({"call_id": "a", "customer": "b"}, "several things"),
        ({"until": date(2025, 1, 1)}, "a hold on nothing"),
        ({"since": date(2025, 1, 2), "until": date(2025, 1, 1)}, "a period from 2025-01-02 to 2025-01-01"),
    ],
)
def test_a_hold_is_on_one_thing(given: dict[str, object], told: str) -> None:
    """Nothing, two things at once, and a period that ends before it begins are refused."""
    with pytest.raises(UsageError, match=told):
        Held(**given)  # type: ignore[arg-type]


def test_an_unknown_hold_is_told_with_those_there_are(store: Store) -> None:
    """A name that no active hold has, and a blank reason, are refused."""
    set_hold(store, "case 17", Held(customer="c-17"), who="zoe", reason="claim")
    with pytest.raises(UsageError, match=r"no active hold 'case 18'[\s\S]*case 17"):
        release_hold(store, "case 18", who="zoe", reason="settled")
    with pytest.raises(UsageError, match="no reason"):
        release_hold(store, "case 17", who="zoe", reason=" ")
    with pytest.raises(UsageError, match="without a name or a reason"):
        set_hold(store, " ", Held(customer="c-17"), who="zoe", reason="claim")


def test_an_erased_call_cannot_be_held(store: Store) -> None:
    """There is nothing to keep, and a hold must not stand in the way of keeping it erased."""
    call_id = keep(store, "a")
    erase_call(store, call_id, who="zoe", reason="asked")
    with pytest.raises(UsageError, match=f"call {call_id} was erased"):
        set_hold(store, "case", Held(call_id=call_id), who="zoe", reason="claim")


def test_hearing_a_held_call_again_leaves_it_held(store: Store) -> None:
    """Its rows are written anew, and it cannot be erased all the same."""
    call = make_call("a")
    store.save_call(call)
    set_hold(store, "case", Held(customer="c-17"), who="zoe", reason="claim")
    store.save_call(Call(call.conversation, call.assessment))
    with pytest.raises(LegalHold):
        erase_call(store, call.conversation.recording.id, who="zoe", reason="asked")
