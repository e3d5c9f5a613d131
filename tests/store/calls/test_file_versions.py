from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from speechcx.ask.runs import read_left_out
from speechcx.call import Call
from speechcx.store import CallFilter, FileStats, RunInfo, Store
from speechcx.store.calls.file_versions import count_once
from speechcx.store.decisions.flags import FlagChange, SeenFlag, set_flags
from tests.factories import SAID, make_assessment, make_conversation, make_reading, make_recording

PATH = "/in/call.wav"
START = datetime(2025, 3, 4, 9, 30, tzinfo=UTC)


def make(name: str, path: str = PATH) -> Call:
    heard = make_conversation(recording=make_recording(name, path=path))
    return Call(heard, make_assessment(heard))


def counted(store: Store) -> set[str]:
    rows = store.db.execute("SELECT call_id FROM calls WHERE superseded_by IS NULL")
    return {call_id for (call_id,) in rows}


def save(store: Store, call: Call, size: int) -> str:
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.save_outcome(run_id, call, FileStats(size, size))
    return call.conversation.recording.id


def test_new_bytes_in_a_file_take_the_place_of_the_old_call(store: Store) -> None:
    """The old version is kept and can be loaded, but counts no longer."""
    old = make("old")
    first, second = save(store, old, 1), save(store, make("new"), 2)
    assert {second} == counted(store)
    assert old == store.load(first)
    assert [second] == list(store.iter_call_ids())


def test_a_call_that_another_file_holds_counts_on(store: Store) -> None:
    """Replacing one of two copies loses nothing."""
    first = save(store, make("old"), 1)
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.skip(run_id, "/in/copy.wav", FileStats(1, 1), reason="duplicate", call_id=first)
    second = save(store, make("new"), 2)
    assert {first, second} == counted(store)


def test_old_bytes_that_come_back_count_again(store: Store) -> None:
    """A file put back from a backup makes its call the one that counts."""
    first, second = save(store, make("old"), 1), save(store, make("new"), 2)
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.skip(run_id, PATH, FileStats(1, 3), reason="duplicate", call_id=first)
    assert {first} == counted(store)
    save(store, make("new"), 4)
    assert {second} == counted(store)


def test_hearing_a_call_again_sets_nothing_aside(store: Store) -> None:
    """The same bytes in the same file are the same call."""
    first = save(store, make("old"), 1)
    save(store, make("old"), 1)
    assert {first} == counted(store)


def record(store: Store, name: str, **given: Any) -> str:
    """Save a call as a run does; `given` are details, `channels`, or the `said` of its turns."""
    channels, said, length_s = given.pop("channels", 2), given.pop("said", SAID), given.pop("length_s", 60.0)
    heard = make_conversation(said, recording=make_recording(name, **given))
    split = "channels" if channels == 2 else "unsplit"
    heard = replace(
        heard, origin=replace(heard.origin, channels=channels), speech=replace(heard.speech, split=split)
    )
    reading = make_reading(heard)
    part = replace(reading.flow.partition, audio_duration_s=length_s, silence_s=length_s - 30.0)
    reading = replace(reading, flow=replace(reading.flow, partition=part))
    call_id = save(store, Call(heard, make_assessment(heard, reading=reading)), len(name))
    count_once(store.db, call_id)
    return call_id


def test_recordings_of_one_call_are_counted_once(store: Store) -> None:
    """The stereo file counts, also where it comes a night later; mono copies name it, and none is lost."""
    mono = record(store, "mono", channels=1)
    assert {mono} == counted(store)
    stereo = record(store, "stereo", started_at=START + timedelta(seconds=3))
    trunk = record(store, "trunk", channels=1, started_at=START - timedelta(seconds=2))
    assert {stereo} == counted(store)
    rows = store.db.execute("SELECT call_id, superseded_by FROM calls WHERE superseded_by IS NOT NULL")
    assert {(mono, stereo), (trunk, stereo)} == set(rows)
    assert {mono, stereo, trunk} == set(store.iter_call_ids(CallFilter(with_superseded=True)))
    assert {"same_call": 2} == dict(read_left_out(store).reasons)
    assert all(stereo in file.why for file in read_left_out(store).not_taken)


def test_of_equal_recordings_the_first_counts(store: Store) -> None:
    """Heard again, in whatever order, it still does."""
    first, second = record(store, "first"), record(store, "second")
    assert {first} == counted(store)
    record(store, "second")
    record(store, "first")
    assert {first} == counted(store)
    assert second != first


def test_a_recording_that_people_decided_on_goes_on_counting(store: Store) -> None:
    """A better copy that comes later takes no decision out of the figures."""
    mono = record(store, "mono", channels=1)
    set_flags(
        store, [SeenFlag(mono, "greeting", "absent", "d", "book", "1")], FlagChange("confirmed"), who="lead"
    )
    record(store, "stereo")
    assert {mono} == counted(store)


@pytest.mark.parametrize(
    "given",
    [
        {"agent": "bob"}, {"customer": "c-18"}, {"started_at": START + timedelta(seconds=20)},
        {"said": (("ch0", 0.5, "one two three four five six seven"), ("ch1", 6.0, "eight nine ten one two four six"))},
        {"length_s": 90.0},
    ],
    ids=["another agent", "another customer", "another time", "other words", "another length"],
)  # fmt: skip
def test_what_may_be_another_call_counts(store: Store, given: dict[str, Any]) -> None:
    """Agent, customer, start, length and words have to fit, all of them."""
    both = {record(store, "one"), record(store, "two", **given)}
    assert both == counted(store)


def test_a_copy_counts_again_once_its_details_are_corrected(store: Store) -> None:
    """A sidecar that names another customer makes it a call of its own, whichever of the two is corrected."""
    first, second = record(store, "first"), record(store, "second")
    record(store, "second", customer="c-18")
    assert {first, second} == counted(store)
    record(store, "second")
    assert {first} == counted(store)
    record(store, "first", customer="c-18")
    assert {first, second} == counted(store)


def test_two_legs_of_a_call_are_no_copies(store: Store) -> None:
    """One party each: what they say has nothing in common, and neither may be left out."""
    agent = record(store, "agent", channels=1, said=(("s0", 0.5, SAID[0][2]), ("s0", 12.0, SAID[2][2])))
    customer = record(
        store, "customer", channels=1, said=(("s0", 6.0, SAID[1][2]), ("s0", 13.0, "no thank you bye now"))
    )
    assert {agent, customer} == counted(store)


TALK = (
    ("ch0", 1.0, "Thank you for calling Northwind Bank, this call is recorded, how may I help you today?"),
    ("ch1", 8.0, "My card was swallowed by the machine at the station and I am travelling tomorrow morning."),
    ("ch0", 15.0, "I am sorry to hear that, may I have the last four digits of the account please?"),
    ("ch1", 22.0, "Four seven one nine, and the postcode is the old one in Harbour Street."),
    ("ch0", 29.0, "A new card goes out by courier tonight and is with you before nine."),
    ("ch1", 36.0, "That is wonderful, thank you very much for your help, bye now."),
)


def later(lead_s: float) -> tuple[tuple[str, float, str], ...]:
    """The talk behind a lead-in."""
    return tuple((speaker, start_s + lead_s, text) for speaker, start_s, text in TALK)


@pytest.mark.parametrize("lead_s", [12.0, 75.0], ids=["a ring", "a queue"])
def test_a_copy_with_a_longer_ring_is_counted_once(store: Store, lead_s: float) -> None:
    """A trunk that records the ringing too begins earlier and is longer; the words come at the same distances."""
    desk = record(store, "desk", said=TALK)
    trunk = record(
        store, "trunk", said=later(lead_s), channels=1, length_s=60.0 + lead_s,
        started_at=START - timedelta(seconds=lead_s),
    )  # fmt: skip
    assert {desk} == counted(store)
    (file,) = read_left_out(store).not_taken
    assert "the same words at the same distances" in file.why
    assert f"{desk} (/recordings/desk.wav)" in file.why
    assert trunk != desk


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["whole first", "cut first"])
def test_of_a_copy_with_its_start_cut_off_the_whole_one_counts(store: Store, order: tuple[int, int]) -> None:
    """Whichever comes first, and under whatever start: what was cut away is known of the other one."""
    cut = tuple((speaker, start_s - 14.0, text) for speaker, start_s, text in TALK[2:])
    both = [
        ("whole", {"said": TALK}),
        ("cut", {"said": cut, "length_s": 46.0, "started_at": START + timedelta(seconds=20)}),
    ]
    ids = {both[no][0]: record(store, both[no][0], **both[no][1]) for no in order}
    assert {ids["whole"]} == counted(store)


def test_a_copy_from_the_trunk_knows_no_agent(store: Store) -> None:
    """The one whose agent is known counts, also where the trunk has a channel for each party."""
    trunk = record(store, "trunk", agent=None, said=later(20.0), started_at=START - timedelta(seconds=20))
    desk = record(store, "desk", said=TALK, channels=1)
    assert {desk} == counted(store)
    assert trunk != desk


OTHERS = {
    "the same words in another order": {
        "said": tuple(
            (TALK[no][0], at_s, TALK[no][2])
            for no, at_s in ((0, 1.0), (3, 10.0), (1, 18.0), (5, 28.0), (2, 31.0), (4, 48.0))
        )
    },
    "the same greeting": {
        "said": (
            TALK[0],
            *((who, at_s, "no that was not it I call about the loan") for who, at_s, _ in TALK[1:]),
        )
    },
    "another agent": {"said": TALK, "agent": "bob"},
    "another customer": {"said": TALK, "customer": "c-18"},
    "later": {"said": TALK, "started_at": START + timedelta(minutes=20)},
}


@pytest.mark.parametrize("given", OTHERS.values(), ids=OTHERS)
def test_a_second_call_of_the_same_people_is_no_copy(store: Store, given: dict[str, Any]) -> None:
    """Whatever the script has in common, the words of another call do not come at the same distances."""
    first = record(store, "first", said=TALK)
    second = record(
        store, "second", **{"started_at": START + timedelta(seconds=20), "length_s": 75.0} | given
    )
    assert {first, second} == counted(store)


def test_a_message_that_is_left_twice_is_two_calls(store: Store) -> None:
    """The same words on the same customer's voicemail, a minute and a half later, are another call."""
    said = tuple(("ch0", start_s, text) for _, start_s, text in TALK)
    both = {
        record(store, "one", said=said),
        record(store, "two", said=said, started_at=START + timedelta(seconds=90)),
    }
    assert both == counted(store)
