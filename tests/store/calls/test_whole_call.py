from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.call import Call
from speechcx.store import Store
from tests.factories import (
    make_assessment,
    make_call,
    make_conversation,
    make_details,
    make_reading,
    make_result,
    make_score,
)
from tests.odd_calls import odd_call


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("store") / "calls.db", create=True) as opened:
        opened.db.execute("PRAGMA synchronous = OFF")
        yield opened


def call_id(call: Call) -> str:
    return call.conversation.recording.id


@given(seed=st.integers(0, 10**9))
@settings(max_examples=100, deadline=None)
def test_a_loaded_call_equals_the_one_saved(shared: Store, seed: int) -> None:
    """Whatever the nouns allow comes back the same: odd text, any finite number, every None."""
    call = odd_call(seed)
    shared.save_call(call)
    assert call == shared.load(call_id(call))


@given(seed=st.integers(0, 10**9))
@settings(max_examples=30, deadline=None)
def test_saving_twice_is_saving_once(shared: Store, seed: int) -> None:
    """A redone call leaves no row of the old one behind."""
    call = odd_call(seed)
    shared.save_call(call)
    first = count_rows(shared)
    shared.save_call(call)
    assert first == count_rows(shared)


def count_rows(store: Store) -> dict[str, int]:
    tables = (
        "calls", "recordings", "peaks", "speakers", "roles", "turns_data", "machine_spans", "non_talk",
        "overlaps_data", "party_measures", "results_data", "hits_data", "scores", "answers_data", "past_assessments",
    )  # fmt: skip
    return {name: store.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


def test_an_unknown_call_is_a_key_error(store: Store) -> None:
    """Nothing is made up for a call that is not stored."""
    with pytest.raises(KeyError, match="nope"):
        store.load("nope")


def test_the_call_row_holds_the_headline_measures(store: Store) -> None:
    """Columns that averages are made of equal the measures of the reading."""
    store.save_call(make_call("x"))
    row = store.db.execute(
        "SELECT agent_talk_share, customer_sentiment, agent_interruptions, interruption_count, flagged_count,"
        " non_talk_s, local_day, local_hour, occurred_at FROM calls"
    ).fetchone()
    assert (0.5, -1.0, 0, 1, 1, 5.0, "2025-03-04", 9, "2025-03-04T09:30:00.000Z") == row


def test_a_missing_headline_carries_its_reason(store: Store) -> None:
    """A measure that could not be told is null in the row, and the row says why."""
    heard = make_conversation()
    reading = make_reading(heard)
    unknown = replace(reading, flow=replace(reading.flow, parties=()))
    store.save_call(Call(heard, make_assessment(heard, reading=unknown)))
    share, why = store.db.execute(
        "SELECT agent_talk_share, json_extract(missing, '$.agent_talk_share') FROM calls"
    ).fetchone()
    assert share is None
    assert "no speaker of this call is known to be the agent" == why


def test_days_are_those_of_the_zone_of_the_call(store: Store) -> None:
    """A call just before midnight UTC belongs to the next day in Berlin."""
    moment = datetime(2025, 3, 4, 23, 30, tzinfo=UTC)
    store.save_call(make_call("x", started_at=moment, zone="Europe/Berlin"))
    assert [("2025-03-05", 0)] == store.db.execute("SELECT local_day, local_hour FROM calls").fetchall()


def test_numbers_of_calls_grow_with_their_time(store: Store) -> None:
    """Calls saved in any order are numbered in the order of time, those without one first."""
    start = datetime(2025, 3, 4, 9, tzinfo=UTC)
    for minutes in (5, 1, 9, 3):
        store.save_call(make_call(f"m{minutes}", started_at=start + timedelta(minutes=minutes)))
    store.save_call(make_call("unknown", started_at=None))
    days = [row[0] for row in store.db.execute("SELECT occurred_at FROM calls ORDER BY call_no")]
    assert [None, *sorted(day for day in days if day)] == days


def test_many_calls_may_begin_in_one_second(store: Store) -> None:
    """More calls than numbers kept free for a second take the next ones, and stay apart."""
    for number in range(25):
        store.save_call(make_call(f"same{number}"))
        store.save_call(make_call(f"none{number}", started_at=None))
    assert 50 == store.db.execute("SELECT count(DISTINCT call_no) FROM calls").fetchone()[0]


def test_corrected_details_need_no_audio(store: Store) -> None:
    """A corrected sidecar changes who and when, and nothing that was heard or judged."""
    call = make_call("x")
    store.save_call(call)
    moved = make_details(agent="bea", started_at=datetime(2024, 7, 1, 12, tzinfo=UTC))
    store.update_details(call_id(call), moved)
    recording = replace(call.conversation.recording, details=moved)
    assert replace(call, conversation=replace(call.conversation, recording=recording)) == store.load(
        call_id(call)
    )
    assert [("bea", "2024-07-01")] == store.db.execute("SELECT agent, local_day FROM calls").fetchall()
    found = store.db.execute("SELECT count(*) FROM turns_fts WHERE turns_fts MATCH 'cancel'").fetchone()[0]
    assert 1 == found


def test_details_corrected_within_the_second_keep_the_number(store: Store) -> None:
    """Only a call whose time changes gets another number."""
    call = make_call("x")
    store.save_call(call)
    before = store.db.execute("SELECT call_no, stored_at FROM calls").fetchone()
    store.update_details(call_id(call), make_details(agent="bea"))
    assert before == store.db.execute("SELECT call_no, stored_at FROM calls").fetchone()


def test_a_new_rulebook_keeps_the_old_results_under_their_version(store: Store) -> None:
    """After judging anew both assessments can be loaded, the new one is the present one."""
    call = make_call("x")
    store.save_call(call)
    second = make_assessment(call.conversation, version="2", scores=(make_score(20.0),))
    store.save_assessment(call_id(call), second)
    assert second == store.load(call_id(call)).assessment
    assert call.assessment == store.load_assessment(call_id(call), digest=call.assessment.digest)
    assert [('{"service-quality": 80.0}',)] == store.db.execute(
        "SELECT scores FROM past_assessments"
    ).fetchall()
    assert [(20.0,)] == store.db.execute("SELECT score FROM scores").fetchall()


def test_judging_back_leaves_one_of_each(store: Store) -> None:
    """A rulebook that is the present one again is not also a past one."""
    call = make_call("x")
    store.save_call(call)
    second = make_assessment(call.conversation, version="2")
    for judged in (second, call.assessment, second):
        store.save_assessment(call_id(call), judged)
    assert [(1,)] == store.db.execute("SELECT count(*) FROM past_assessments").fetchall()
    assert store.load_assessment(call_id(call), digest="never") is None


def test_judging_anew_under_the_same_rulebook_keeps_nothing(store: Store) -> None:
    """A relabelled call replaces its results: the old ones were wrong, not of another version."""
    call = make_call("x")
    store.save_call(call)
    again = make_assessment(call.conversation, results=(make_result(flagged=False),))
    store.save_assessment(call_id(call), again)
    assert again == store.load_assessment(call_id(call))
    assert [(0,)] == store.db.execute("SELECT count(*) FROM past_assessments").fetchall()
    assert [(0,)] == store.db.execute("SELECT flagged_count FROM calls").fetchall()


def test_a_redone_call_keeps_results_of_other_rulebooks(store: Store) -> None:
    """Hearing a call again does not lose what other rulebooks said of it."""
    call = make_call("x")
    store.save_call(call)
    second = make_assessment(call.conversation, version="2")
    store.save_call(Call(call.conversation, second))
    assert call.assessment == store.load_assessment(call_id(call), digest=call.assessment.digest)


def test_many_assessments_share_one_commit(store: Store) -> None:
    """Inside one write block nothing is kept when it fails."""
    call = make_call("x")
    store.save_call(call)
    with suppress(RuntimeError), store.write():
        store.save_assessment(call_id(call), make_assessment(call.conversation, version="2"))
        raise RuntimeError("stop")
    assert call == store.load(call_id(call))
    # Numbers of the rulebook that was rolled back are not remembered.
    store.save_assessment(call_id(call), make_assessment(call.conversation, version="2"))
    assert "2" == store.load(call_id(call)).assessment.version


def test_a_number_that_is_none_is_refused(store: Store) -> None:
    """Not-a-number never reaches the database, and the call stays as it was."""
    call = make_call("x")
    store.save_call(call)
    voice = replace(call.conversation.voices[0], level_dbov=float("nan"))
    broken = replace(call.conversation, voices=(voice, *call.conversation.voices[1:]))
    with pytest.raises(ValueError, match="finite number or None"):
        store.save_call(Call(broken, call.assessment))
    assert call == store.load(call_id(call))


def test_a_feeling_of_other_turns_is_refused(store: Store) -> None:
    """An assessment of another conversation is not mixed into a call."""
    call = make_call("x")
    store.save_call(call)
    other = make_assessment(make_conversation(said=[("ch0", 1.0, "hello")]))
    with pytest.raises(ValueError, match="numbered like the 4 turns"):
        store.save_assessment(call_id(call), other)
    assert call == store.load(call_id(call))


def test_ids_of_calls_come_oldest_first_and_filtered(store: Store) -> None:
    """The list to judge anew leaves out what is judged under the rulebook already."""
    from speechcx.store import CallFilter

    early, late = (
        make_call(name, started_at=datetime(2025, 3, day, tzinfo=UTC)) for name, day in (("a", 1), ("b", 2))
    )
    for call in (late, early):
        store.save_call(call)
    assert [call_id(early), call_id(late)] == list(store.iter_call_ids())
    assert [call_id(late)] == list(store.iter_call_ids(CallFilter(since=date(2025, 3, 2))))
    store.save_assessment(call_id(late), make_assessment(late.conversation, version="2"))
    two = make_assessment(version="2").digest
    assert [call_id(early)] == list(store.iter_call_ids(CallFilter(not_judged_by=((None, two),))))
    assert [call_id(late)] == list(store.iter_call_ids(CallFilter(rulebook_digest=two)))
