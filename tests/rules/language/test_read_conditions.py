"""Tests of conditions: how each is read, and how wrong ones are explained."""

from __future__ import annotations

import pytest

from speechcx.call import Bound
from speechcx.rules import lint
from speechcx.rules.language.conditions import (
    AllOf,
    AnyOf,
    Condition,
    InOrder,
    MatchWindow,
    Means,
    MetaTest,
    MetricTest,
    Not,
    Said,
    Turns,
    TurnTest,
)
from tests.rules.talk import book


def read(rule: str) -> Condition:
    """The condition of a rule."""
    return book(rule).rule("r").condition


def problems(rule: str) -> str:
    """What is wrong with a rule."""
    indented = "\n".join("    " + line for line in rule.splitlines())
    return "\n".join(
        map(str, lint(f"rulebook: t\nversion: 1\nrules:\n  - id: r\n    kind: risk\n{indented}\n"))
    )


def said(rule: str) -> Said:
    """The condition of a rule of words."""
    condition = read(rule)
    assert isinstance(condition, Said)
    return condition


def test_the_scope_stands_beside_the_words() -> None:
    """by, within, at_least, turn and negated limit which matches count."""
    scope = said(
        "said: hi\nby: agent\nwithin: {first: 30s}\nat_least: 2\nturn: {sentiment: '<= -0.5'}\nnegated: ignore"
    ).scope
    assert ("agent", 2, "ignore") == (scope.by, scope.at_least, scope.negated)
    assert MatchWindow(None, 30.0, source="first 30s") == scope.within
    assert (TurnTest("sentiment", Bound("<=", -0.5)),) == scope.turn
    assert said("said: hi\nby: any").scope.by is None


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("{first: 30s}", MatchWindow(None, 30.0)),
        ("{first: 2min}", MatchWindow(None, 120.0)),
        ("{last: 20%}", MatchWindow(0.2, None, from_end=True, share=True)),
        ("{from: 10s, to: 60s}", MatchWindow(10.0, 60.0)),
        ("{from: 50%}", MatchWindow(0.5, None, share=True)),
    ],
)
def test_windows_have_units(text: str, window: MatchWindow) -> None:
    """Seconds, minutes and shares of the conversation, from its start or its end."""
    found = said(f"said: hi\nwithin: {text}").scope.within
    assert found is not None
    assert (window.low, window.high, window.from_end, window.share) == (
        found.low,
        found.high,
        found.from_end,
        found.share,
    )


def test_groups_hand_their_scope_down() -> None:
    """What stands beside all, any or not holds for what is in it, unless said otherwise."""
    condition = read("by: agent\nany:\n  - said: hi\n  - {said: bye, by: customer}\n  - not: {said: no}")
    assert isinstance(condition, AnyOf)
    first, second, third = condition.parts
    assert isinstance(first, Said)
    assert isinstance(second, Said)
    assert isinstance(third, Not)
    assert isinstance(third.part, Said)
    assert ("agent", "customer", "agent") == (first.scope.by, second.scope.by, third.part.scope.by)


def test_several_conditions_side_by_side_must_all_hold() -> None:
    """Words and a measure in one rule are joined by all; turn alone asks for turns."""
    condition = read("said: hi\nmetric: hold_s > 20\nmeta: {queue: billing}")
    assert isinstance(condition, AllOf)
    assert [Said, MetricTest, MetaTest] == [type(part) for part in condition.parts]
    assert isinstance(read("turn: {agitation: '>= 0.5', by: customer}"), Turns)


def test_measures_metadata_and_references() -> None:
    """Each kind of condition keeps what it compares."""
    assert MetricTest("customer.sentiment_score", Bound("<=", -2.5)) == read(
        "metric: customer.sentiment_score <= -2.5"
    )
    assert MetricTest("agent.talk_share", Bound(">", 0.6)) == read("metric: agent.talk_share > 60%")
    assert MetaTest("queue", ("billing", "cards")) == read("meta: {queue: [billing, cards]}")
    assert MetaTest("wait_s", bound=Bound(">", 60)) == read("meta: {wait_s: '> 60'}")
    assert AllOf((MetaTest("a", ("x",)), MetaTest("b", ("y",)))) == read("meta: {a: x, b: y}")


def test_meanings_have_examples_and_a_likeness() -> None:
    """means takes one example or several; at_least below one is its likeness, above one a count."""
    one = read("means: I want to leave\nat_least: 0.7")
    assert isinstance(one, Means)
    assert (("I want to leave",), 0.7, 1) == (one.examples, one.similarity, one.scope.at_least)
    two = read("means: [goodbye, farewell]\nat_least: 2\nsimilarity: 0.5")
    assert isinstance(two, Means)
    assert (2, 0.5, 2) == (len(two.examples), two.similarity, two.scope.at_least)


def test_sequences_have_steps_with_times() -> None:
    """A step may be that something does not happen, within a time after the step before."""
    condition = read(
        "sequence:\n  - {said: manager, by: customer}\n  - {not: {said: transfer*, by: agent}, within: {after: 60s}}\n"
        "  - {any: [{said: bye}, {turn: {sentiment: '< 0'}}], within: {after: 2min}}"
    )
    assert isinstance(condition, InOrder)
    assert [(False, None), (True, 60.0), (False, 120.0)] == [
        (step.missing, step.after_s) for step in condition.steps
    ]
    assert isinstance(condition.steps[2].condition, AnyOf)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("said: [a]", "said is a list"),
        ("said: hi\nwithin: 30s", "a group"),
        ("said: hi\nwithin: {first: 30}", "30s, 2min or 20%"),
        ("said: hi\nwithin: {first: 30s, last: 10s}", "first, or last"),
        ("said: hi\nwithin: {from: 30s, to: 10%}", "in one unit"),
        ("said: hi\nwithin: {after: 30s}", "a step of a sequence"),
        ("said: hi\nwithin: {frist: 30s}", "did you mean 'first'"),
        ("said: hi\nat_least: 0", "a number from 1"),
        ("said: hi\nturn: {sentimnt: '< 0'}", "did you mean 'sentiment'"),
        ("said: hi\nturn: {sentiment: low}", "a comparison such as"),
        ("said: hi\nturn: {label: angry}", "one of negative, neutral"),
        ("said: hi\nnegated: maybe", "ignore, match"),
        ("metric: hold > 20", "did you mean 'hold_s'"),
        ("metric: hold_s 20", "a comparison such as"),
        ("metric: lots", "a name, a comparison and a number"),
        ("metric: hold_s > lots", "a comparison such as"),
        ("meta: {}", "meta asks for nothing"),
        ("any: []", "any is empty"),
        ("all: {said: a}", "a group"),
        ("not: [a]", "a list"),
        ("rule: nope", "no rule 'nope'"),
        ("by: agent", "asks for nothing"),
        ("sequence: [{said: ab}]", "a first step that happens and one after it"),
        ("sequence: [{not: {said: ab}}, {said: cd}]", "a first step that happens"),
        ("sequence: [{said: ab}, {metric: hold_s > 1}]", "without a time of its own"),
        ("sequence: [{said: ab}, {not: {said: cd}, said: ef}]", "not and something else"),
        ("sequence: [{said: ab}, {said: cd, within: {after: 20%}}]", "one time in seconds"),
        ("sequence: [{said: ab}, {said: cd, at_least: 2}]", "at_least in a step"),
        ("means: hi\nsimilarity: 3", "a number from 0 to 1"),
    ],
)
def test_wrong_conditions_are_explained(rule: str, message: str) -> None:
    """Each mistake names what is there and what would be legal."""
    assert message in problems(rule)
