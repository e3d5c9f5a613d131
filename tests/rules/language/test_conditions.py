"""Tests of conditions as records."""

from __future__ import annotations

from speechcx.call import Bound
from speechcx.rules.language.conditions import MetaTest, MetricTest, Not, has_time, inside, show_bound
from tests.rules.talk import book


def test_everything_inside_a_condition() -> None:
    """All conditions of a rule, groups, negations and steps included."""
    rule = book(
        "any: [{not: {said: ab}}, {sequence: [{said: cd}, {turn: {words: '> 1'}}]}, {metric: hold_s > 1}]"
    ).rule("r")
    names = [type(condition).__name__ for condition in inside(rule.condition)]
    assert ["AnyOf", "Not", "Said", "InOrder", "Said", "Turns", "MetricTest"] == names


def test_what_can_be_a_step() -> None:
    """Only what happens at a time."""
    said = book("said: ab").rule("r").condition
    assert has_time(said)
    assert not has_time(Not(said))
    assert not has_time(MetricTest("hold_s", Bound(">", 1)))


def test_tests_are_shown_as_written() -> None:
    """A bound, a measure and a field as people write them."""
    assert "<= -0.5" == show_bound(Bound("<=", -0.5))
    assert "" == show_bound(None)
    assert "queue is a or b" == MetaTest("queue", ("a", "b")).source
    assert "wait > 3" == MetaTest("wait", bound=Bound(">", 3)).source
