"""Tests of evidence in words."""

from __future__ import annotations

from speechcx.call import Hit
from speechcx.rules.judging.result_evidence import clock, describe, describe_step, tell
from speechcx.rules.language.conditions import AnyOf, MatchWindow, Means, Said, Scope, Turns, TurnTest
from speechcx.rules.language.grammar import parse_said


def test_times_are_minutes_and_seconds() -> None:
    """Seconds as people read them."""
    assert ("0:00", "1:05", "61:01") == (clock(0.4), clock(65.9), clock(3661))


def test_a_hit_is_told_in_a_sentence() -> None:
    """Who, when and what; long quotes are cut."""
    assert 'the agent at 0:01 "hello"' == tell(
        Hit("r", "present", "agent", 0, 1.2, 2.0, "hello", "said hello")
    )
    assert 'somebody at 0:01 "hello"' == tell(Hit("r", "present", "unknown", 0, 1.2, 2.0, "hello", "x"))
    assert 'the machine at 0:01 "press 1"' == tell(Hit("r", "present", "ivr", 0, 1.2, 2.0, "press 1", "x"))
    assert "hold_s is 3" == tell(Hit("r", "present", None, None, None, None, "", "hold_s is 3"))
    assert 130 > len(tell(Hit("r", "present", "agent", 0, 1.2, 2.0, "word " * 99, "x")))


def test_conditions_are_described_as_written() -> None:
    """Words, meaning, turn, party and window."""
    scope = Scope(
        "agent", MatchWindow(None, 30.0, source="first 30s"), turn=(TurnTest("label", None, "negative"),)
    )
    said = Said(parse_said("hello"), scope, "hello")
    assert "said hello with label is negative by agent within first 30s" == describe(said)
    assert 'means "bye"' == describe(Means(("bye", "x"), 0.6, Scope()))
    assert "a turn by customer" == describe(Turns(Scope("customer")))
    assert "said hello by agent or a turn" == describe_step(
        AnyOf((Said(parse_said("hello"), Scope("agent"), "hello"), Turns(Scope())))
    )
    assert describe(Said(parse_said("a"), Scope(), "a | " * 99)).endswith("...")
