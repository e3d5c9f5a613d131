"""Tests of conditions and talk that somebody types."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.errors import RulebookError, UsageError
from speechcx.rules import TYPED, judge_rule, parse_rulebook, parties_asked, type_lines, type_rule
from tests.rules.talk import agent, ask, customer

BASE = parse_rulebook(
    """
rulebook: base
version: 3
lists:
  product: [account, "credit card"]
rules:
  - {id: leave, kind: driver, said: 'cancel* NEAR/4 {product}', by: customer}
  - {id: greet, kind: behaviour, said: hello, by: agent}
"""
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cancel*", "present"),
        ('"my account"', "present"),
        ("{product}", "present"),
        ("{digits:4}", "absent"),
        ("said: cancel*", "present"),
        ("{said: cancel*, by: agent}", "absent"),
        ("said: cancel*\nwithin: {first: 1s}", "absent"),
        ("rule: leave", "present"),
        ("not: {rule: greet}", "present"),
        ("all: [{rule: leave}, {said: account}]", "present"),
        ("hold_s > 20", "cannot_tell"),
        ("metric: hold_s > 20", "cannot_tell"),
        ("meta: {queue: x}", "cannot_tell"),
        ("turn: {words: '>= 3'}", "present"),
        ("sequence: [{said: cancel*}, {said: account}]", "present"),
    ],
)
def test_phrases_measures_and_conditions_are_told_apart(text: str, value: str) -> None:
    """By what they look like; each is tried as a rule would be."""
    lines = (customer("Well", 0.0), customer("please cancel my account", 2.0))
    assert value == ask(type_rule(text, base=BASE), *lines, rule=TYPED).value


def test_party_and_negation_hold_where_the_text_says_nothing() -> None:
    """What the text says itself goes before."""
    lines = (customer("I do not want to cancel"),)
    assert "absent" == ask(type_rule("cancel*", by="agent"), *lines, rule=TYPED).value
    assert "present" == ask(type_rule("cancel*"), *lines, rule=TYPED).value
    assert "absent" == ask(type_rule("cancel*", negated="ignore"), *lines, rule=TYPED).value
    said = type_rule("{said: cancel*, by: customer, negated: match}", by="agent", negated="ignore")
    assert "present" == ask(said, *lines, rule=TYPED).value


def test_what_is_typed_does_not_disturb_the_rulebook_it_refers_to() -> None:
    """Two texts and their base are searched for apart, though plans are kept by digest."""
    lines = (customer("please cancel my account"), agent("hello", 5.0))
    first, second = type_rule("rule: leave", base=BASE), type_rule("hello", base=BASE)
    assert 3 == len({BASE.digest, first.digest, second.digest})
    assert type_rule("hello", base=BASE).digest == second.digest
    assert ("please", "hello") == (
        ask(type_rule("please", base=BASE), *lines, rule=TYPED).hits[0].quote,
        ask(second, *lines, rule=TYPED).hits[0].quote,
    )
    assert "present" == ask(first, *lines, rule=TYPED).value == ask(BASE, *lines, rule="leave").value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cancel* NEER/6 card", r"\n  cancel\* NEER/6 card\n {10}\^\n"),
        ("", "nothing was typed"),
        ("{said: a, by: agnet}", "did you mean 'agent'"),
        ("{said: a, frist: 3}", "unknown name 'frist'"),
        ("{prodct}", "did you mean 'product'"),
        ("rule: leav", "did you mean 'leave'"),
        ("hold_z > 3", "did you mean 'hold_s'"),
        ("said: [", "not YAML"),
        ("any: []", "any is empty"),
    ],
)
def test_wrong_text_is_told_with_its_place(text: str, message: str) -> None:
    """And what would be legal there."""
    with pytest.raises(RulebookError, match=message):
        type_rule(text, base=BASE)


def test_references_without_a_rulebook_are_told() -> None:
    """A list or rule needs a rulebook that has it."""
    with pytest.raises(RulebookError, match="no list 'product'; expected: a rulebook that has lists"):
        type_rule("{product}")
    with pytest.raises(RulebookError, match="no rule 'leave'; expected: a rulebook that has rules"):
        type_rule("rule: leave")


@given(st.text(max_size=60) | st.text("\"'()[]{}*?~|&:/ \nabNEAR0129>=-", max_size=60))
def test_whatever_is_typed_is_a_rule_or_a_message(text: str) -> None:
    """Never another error."""
    with suppress(RulebookError):
        rulebook = type_rule(text, base=BASE)
        assert ask(rulebook, customer("a b 1"), rule=TYPED).value in ("present", "absent", "cannot_tell")


def test_the_parties_a_rule_asks_for() -> None:
    """Of all its conditions; none where anybody will do."""
    assert {"customer"} == parties_asked(BASE, "leave")
    both = type_rule("sequence: [{said: a, by: customer}, {said: b, by: agent}]")
    assert {"customer", "agent"} == parties_asked(both, TYPED)
    assert frozenset() == parties_asked(type_rule("hold_s > 3"), TYPED)


def test_talk_is_read_line_by_line() -> None:
    """With party and time where they are given; each line begins after the one before."""
    lines = type_lines("agent: Hello there.\n\n0:40 Customer: cancel it\nand now", frozenset({"customer"}))
    assert [("agent", "Hello there."), ("customer", "cancel it"), ("customer", "and now")] == [
        (line.party, line.text) for line in lines
    ]
    assert (0.0, 40.0) == (lines[0].start_s, lines[1].start_s)
    assert lines[2].start_s > lines[1].end_s
    assert "customer" == type_lines("hi", frozenset())[0].party
    assert "agent" == type_lines("hi", frozenset({"agent"}))[0].party


def test_talk_without_speakers_is_refused_where_it_matters() -> None:
    """A rule about both parties cannot guess."""
    with pytest.raises(UsageError, match="line 2 does not say who speaks"):
        type_lines("agent: hi\nbye", frozenset({"agent", "customer"}))
    with pytest.raises(UsageError, match="no words"):
        type_lines("agent:\n  \n", frozenset())


def test_a_time_that_is_past_does_not_turn_time_back() -> None:
    """Turns stay in order."""
    lines = type_lines("0:10 agent: please hold on\n0:05 agent: sorry", frozenset())
    assert lines[1].start_s > lines[0].start_s
    result = judge_rule(type_rule("please BEFORE/4 sorry"), TYPED, _facts(lines))
    assert "present" == result.value


def _facts(lines):  # type: ignore[no-untyped-def]
    from speechcx.rules import RuleTest, view_test

    return view_test(RuleTest(TYPED, "present", lines))
