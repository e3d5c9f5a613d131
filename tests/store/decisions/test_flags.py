"""Decisions about flags: the last one stands, all are kept."""

import json
from datetime import date

import pytest

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.audit import read_trail
from speechcx.store.decisions.flags import FlagChange, SeenFlag, digest_evidence, read_state, set_flags
from speechcx.store.decisions.trail_check import verify_trail

SEEN = SeenFlag("c1", "greeting", "absent", "e1", "bank", "3")


def test_a_decision_is_kept_with_what_it_was_about(store: Store) -> None:
    """Who, why, until when; and the result, evidence and rulebook it was made on."""
    change = FlagChange("escalated", owner="zoe", reason="second time", due=date(2026, 5, 1))
    assert 1 == set_flags(store, [SEEN], change, who="mia")
    state = read_state(store, "c1", "greeting")
    assert state is not None
    assert ("escalated", "zoe", "second time", "2026-05-01", "mia", "absent", "e1", "bank", "3") == (
        state.status, state.owner, state.reason, state.due, state.changed_by, state.seen_result,
        state.seen_evidence, state.rulebook, state.rulebook_version,
    )  # fmt: skip


def test_what_is_not_named_stays(store: Store) -> None:
    """An owner given later leaves the decision, and what it was about, alone; empty text takes it away."""
    set_flags(store, [SEEN], FlagChange("dismissed", reason="heard it", due=date(2026, 5, 1)), who="mia")
    later = SeenFlag("c1", "greeting", "absent", "e2", "bank", "4")
    set_flags(store, [later], FlagChange(owner="zoe"), who="ann")
    state = read_state(store, "c1", "greeting")
    assert state is not None
    assert ("dismissed", "heard it", "zoe", "e1", "3", "2026-05-01") == (
        state.status, state.reason, state.owner, state.seen_evidence, state.rulebook_version, state.due,
    )  # fmt: skip
    set_flags(store, [later], FlagChange(owner="", due=date.min), who="ann")
    state = read_state(store, "c1", "greeting")
    assert state is not None
    assert (None, None) == (state.owner, state.due)


def test_every_change_is_in_the_trail(store: Store) -> None:
    """In order, with what it was before; a change that changes nothing is none."""
    for change, changed in (
        (FlagChange("confirmed"), 1), (FlagChange("confirmed"), 0), (FlagChange("dismissed", reason="no"), 1),
    ):  # fmt: skip
        assert changed == set_flags(store, [SEEN], change, who="mia")
    told = [json.loads(row.detail or "") for row in read_trail(store, call_id="c1", rule="greeting")]
    assert [("open", "confirmed", None), ("confirmed", "dismissed", "no")] == [
        (one["was"], one["status"], one["reason"]) for one in told
    ]
    assert verify_trail(store).broken_at is None


def test_a_decision_outlives_the_rows_of_its_call(store: Store) -> None:
    """Hearing or judging a call again writes its rows anew; what people said is kept apart."""
    from tests.factories import make_call

    call = make_call("x")
    store.save_call(call)
    seen = SeenFlag(call.conversation.recording.id, "greeting", "absent", "e1", "bank", "3")
    set_flags(store, [seen], FlagChange("confirmed"), who="mia")
    store.save_call(call)
    assert read_state(store, seen.call_id, "greeting") is not None


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({}, "nothing to change"),
        ({"status": "dismissed"}, "dismissed without a reason"),
        ({"status": "escalated", "reason": " \0".strip("\0")}, "escalated without a reason"),
        ({"status": "closed"}, "one of open, confirmed"),
    ],
)
def test_impossible_changes_are_refused(given: dict[str, str], match: str) -> None:
    """To dismiss or escalate needs a reason: the next reader has only that."""
    with pytest.raises(UsageError, match=match):
        FlagChange(**given)  # type: ignore[arg-type]


def test_evidence_is_told_apart_by_result_times_and_words() -> None:
    """The same evidence has the same digest, also in another run of Python."""
    one = digest_evidence("present", [(1.0, 2.0, "cancel it")])
    assert one == digest_evidence("present", [(1.0, 2.0, "cancel it")])
    others = [("absent", [(1.0, 2.0, "cancel it")]), ("present", [(1.1, 2.0, "cancel it")]), ("present", [])]
    assert 3 == len({digest_evidence(result, hits) for result, hits in others} - {one})
    assert "e5c0279e441221c6" == digest_evidence("cannot_tell", [])
