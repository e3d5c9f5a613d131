"""Tests of the nearest miss: where most of a phrase is."""

from __future__ import annotations

from tests.rules.talk import agent, ask, customer


def test_most_of_a_phrase_is_a_nearest_miss() -> None:
    """An absent phrase shows the place where most of its words stand, with time and words."""
    result = ask(
        "said: '\"call may be recorded\"'",
        agent("well hello there", 0.0),
        agent("this call may get recorded today", 60.0),
    )
    assert "absent" == result.value
    assert ("absent", "call may get recorded", 60.35) == (
        result.hits[0].result,
        result.hits[0].quote,
        result.hits[0].start_s,
    )
    assert 'part of "call may be recorded"' in result.hits[0].why
    assert "call may get recorded" in result.why


def test_little_of_a_phrase_is_no_miss() -> None:
    """One common word in common is not shown."""
    result = ask("said: '\"call may be recorded\"'", agent("this may be it"))
    assert () == result.hits


def test_the_best_of_several_phrases_is_shown() -> None:
    """The phrase of which most is there wins."""
    result = ask(
        'said: \'"one big green elephant" | "small yellow hungry cat"\'',
        customer("a small yellow thirsty cat and one elephant"),
    )
    assert "small yellow thirsty cat" == result.hits[0].quote


def test_a_miss_stays_inside_one_speakers_words() -> None:
    """Words of two people do not make a nearest miss together."""
    result = ask("said: '\"green elephant\"'", customer("green"), agent("elephant", 2.0))
    assert () == result.hits
