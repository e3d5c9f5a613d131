"""Topics: a phrase that is new is found in one piece, with its driver or without; chance is not."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from speechcx.ask.operations.topics import MIN_CALLS, find_risen, find_topics
from speechcx.call import Call
from speechcx.store import CallFilter, Store
from speechcx.store.calls.customer_phrases import find_phrases
from tests.ask.archive import at, make
from tests.factories import make_assessment, make_conversation, make_recording


def said(name: str, text: str, day: int, *, by: str = "ch1") -> Call:
    """A call in which the customer (or, as ch0, the agent) says something."""
    turns = (("ch0", 0.5, "thank you for calling"), (by, 6.0, text))
    heard = make_conversation(turns, recording=make_recording(name, agent="ann", started_at=at(day)))
    return Call(heard, make_assessment(heard))


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("The router update failed.", {"router", "update", "failed", "router update", "update failed",
                                       "router update failed"}),
        ("I want to cancel it, please", {"cancel"}),
        ("uh yes okay thank you", set()),
        ("out of data", {"data"}),
        ("", set()),
    ],
)  # fmt: skip
def test_phrases_begin_and_end_with_words_that_mean_something(text: str, phrases: set[str]) -> None:
    """Grammar, courtesy and hesitation are no topics, but may stand inside one."""
    assert set(find_phrases(text).values()) == phrases


def test_a_new_phrase_is_found_in_one_piece(store: Store) -> None:
    """Twenty calls about a router update where there were none: one row, not its parts too."""
    with store.write():
        for n in range(60):
            store.save_call(said(f"old{n}", "my bill is too high", 1 + n % 7))
            text = "the router update failed again" if n < 20 else "my bill is too high"
            store.save_call(said(f"new{n}", text, 8 + n % 7))
    found = find_topics(store)
    assert (found.calls, found.calls_before) == (60, 60)
    assert [row.phrase for row in found.rows] == ["router update failed"]
    row = found.rows[0]
    assert (row.calls, row.calls_before, row.driver) == (20, 0, None)
    assert len(row.call_ids) == 3


def test_what_agents_say_is_no_topic(store: Store) -> None:
    """Only customers' words count."""
    with store.write():
        for n in range(40):
            store.save_call(said(f"old{n}", "my bill is too high", 1 + n % 7))
            store.save_call(said(f"new{n}", "special winter discount", 8 + n % 7, by="ch0"))
    assert "winter" not in " ".join(row.phrase for row in find_topics(store).rows)


def test_the_driver_that_covers_a_topic_is_named(store: Store) -> None:
    """Calls of the archive all say the same: where most have a driver, the row names it."""
    with store.write():
        for n in range(40):
            store.save_call(said(f"old{n}", "my bill is too high", 1 + n % 7))
            store.save_call(make(f"new{n}", drivers=("billing",), agent="ann", started_at=at(8 + n % 7)))
    rows = {row.phrase: row for row in find_topics(store).rows}
    assert {(row.driver, row.driver_share) for row in rows.values()} == {("billing", 1.0)}
    assert any("cancel" in phrase for phrase in rows)


def test_chance_is_no_topic() -> None:
    """Two halves of the same talk, 40 times: at most one phrase in all is taken for new."""
    rng = random.Random(3)
    words = [f"{a}{b}" for a in ("red", "low", "mid", "far", "net") for b in ("line", "card", "bill", "plan")]
    found = 0
    for _ in range(40):
        halves = [Counter[str](), Counter[str]()]
        for half in halves:
            for _ in range(300):
                half.update(set(rng.choices(words, weights=range(1, 21), k=4)))
        asked = {phrase: count for phrase, count in halves[0].items() if count >= MIN_CALLS}
        found += len(find_risen(asked, 300, halves[1], 300))
    assert found <= 1


def test_nothing_to_compare_with(store: Store) -> None:
    """No calls, no calls before, and a filter that shuts all out, each said."""
    assert find_topics(store).hint is not None
    with store.write():
        store.save_call(said("only", "router update", 20))
    found = find_topics(store)
    assert (found.calls, found.calls_before, found.rows) == (1, 0, ())
    assert find_topics(store, CallFilter(queue=("none",))).hint is not None


def test_topics_are_those_of_the_words_however_they_are_kept(store: Store) -> None:
    """Counted from kept phrases, from words where none are kept, and by a naive count: the same answer."""
    rng = random.Random(5)
    old = ("my bill is too high", "the line is dead again", "cancel my plan", "uh yes", "")
    with store.write():
        for n in range(120):
            first, second = rng.choices(old, k=2)
            store.save_call(said(f"old{n}", f"{first} and {second}", 1 + n % 7))
            new = rng.choice((*old, "the router update failed", "router update again please"))
            store.save_call(said(f"new{n}", f"{new} because {second}", 8 + n % 7))
    kept = find_topics(store)
    assert [row.phrase for row in kept.rows] == ["router update"]
    days = {7: set[str](), 14: set[str]()}
    for call_id in store.iter_call_ids():
        heard = store.load_conversation(call_id)
        if "router update" in " ".join(said.text for said in heard.utterances):
            started = heard.recording.details.started_at
            assert started is not None
            days[7 if started.day <= 7 else 14].add(call_id)
    assert (kept.rows[0].calls, kept.rows[0].calls_before) == (len(days[14]), len(days[7]))
    with store.write():
        store.db.execute("DELETE FROM customer_phrases WHERE call_no % 3 = 0")
    assert find_topics(store) == kept
