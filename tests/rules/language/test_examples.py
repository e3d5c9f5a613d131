"""Tests of how the tests inside a rulebook are read."""

from __future__ import annotations

import pytest

from speechcx.rules import Line, RuleTest, lint, parse_rulebook

HEAD = "rulebook: t\nversion: 1\nrules: [{id: hi, kind: behaviour, said: hello}]\ntests:\n  - "


def read(test: str) -> RuleTest:
    """The one test of a rulebook."""
    (found,) = parse_rulebook(HEAD + test).tests
    return found


def test_a_test_has_lines_and_what_it_must_give() -> None:
    """Lines may be short or long; everything else is optional; lines come in order of time."""
    found = read(
        "{rule: hi, expect: cannot_tell, duration: 90, flags: [truncated], metrics: {hold_s: 12}, meta: {queue: 7},"
        " quote: hello, says: [{by: customer, at: 9, until: 12, text: hello, confidence: 0.3, sentiment: -0.5,"
        " label: negative},"
        " [agent, 1, hi there]]}"
    )
    first, second = found.says
    assert Line("agent", 1.0, None, "hi there") == first
    assert Line("customer", 9.0, 12.0, "hello", 0.3, (("sentiment", -0.5),), "negative") == second
    assert ("hi", "cannot_tell", 90.0, ("truncated",)) == (
        found.rule,
        found.expect,
        found.duration_s,
        found.flags,
    )
    assert ((("hold_s", 12.0),), (("queue", "7"),), "hello", 5) == (
        found.metrics,
        found.meta,
        found.quote,
        found.line,
    )


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("{expect: present}", "has no rule"),
        ("{rule: hi}", "has no expect"),
        ("{rule: ho, expect: present}", "no rule 'ho'"),
        ("{rule: hi, expect: yes}", "present, absent, cannot_tell"),
        ("{rule: hi, expect: present, says: [[agent, hello]]}", "[party, seconds, words]"),
        ("{rule: hi, expect: present, says: [[agnet, 0, hello]]}", "did you mean 'agent'"),
        ("{rule: hi, expect: present, says: [[agent, soon, hello]]}", "a number from 0"),
        ("{rule: hi, expect: present, says: [{by: agent, at: 0}]}", "has no text"),
        ("{rule: hi, expect: present, says: [{by: agent, at: 5, until: 4, text: a}]}", "a number from 5"),
        ("{rule: hi, expect: present, metrics: {hold: 1}}", "did you mean 'hold_s'"),
        ("{rule: hi, expect: present, says: hello}", "a list"),
    ],
)
def test_wrong_tests_are_explained(test: str, message: str) -> None:
    """Each mistake names what is there and what would be legal."""
    assert message in "\n".join(map(str, lint(HEAD + test)))
