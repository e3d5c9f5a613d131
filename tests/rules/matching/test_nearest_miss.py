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


def test_phrases_too_far_apart_are_a_nearest_miss() -> None:
    """With the words between them, in words and in seconds, and in the wrong order."""
    far = ask(
        "said: 'cancel* NEAR/3 account'", customer("cancel it all now because of my old account please")
    )
    assert ("cancel it all now because of my old account", "nearest miss: 7 words between, asked at most 3") == (
        far.hits[0].quote, far.hits[0].why
    )  # fmt: skip
    late = ask(
        "said: 'hold BEFORE/10s sorry'", agent("please hold"), customer("yes", 5.0), agent("sorry", 40.0)
    )
    assert "nearest miss: 39 seconds between, asked at most 10" == late.hits[0].why
    turned = ask("said: 'cancel* BEFORE/5 account'", customer("my account must be cancelled"))
    assert "nearest miss: the other way round" == turned.hits[0].why


def test_phrases_far_from_each_other_are_no_miss() -> None:
    """Much further than asked, by two people where words are counted, or where nearness is not wanted."""
    assert () == ask("said: 'cancel* NEAR/1 account'", customer(f"cancel {'well ' * 40} account")).hits
    assert () == ask("said: 'cancel* NEAR/3 account'", customer("cancel"), agent("account", 2.0)).hits
    assert () == ask("said: 'cancel* NOT NEAR/3 account'", customer("cancel my account")).hits
    assert () == ask("said: 'a NEAR/2s b'", customer("a"), customer("b", 60.0)).hits


def test_the_nearest_pair_is_shown() -> None:
    """Of several, whatever their order, and inside an either-or."""
    result = ask("said: 'zebra | (cancel* NEAR/2 account)'", customer(
        "account one1 one2 one3 one4 one5 cancel x1 x2 x3 account"
    ))  # fmt: skip
    assert "cancel x1 x2 x3 account" == result.hits[0].quote
