"""Tests of trying rules: on a rulebook's own tests and on typed talk."""

from __future__ import annotations

import pytest

from speechcx.errors import RulebookError
from speechcx.rules import parse_rulebook, run_rulebook_tests
from tests.rules.talk import agent, ask, book

BOOK = """\
rulebook: t
version: 1
rules: [{id: hi, kind: behaviour, said: '"hello (there | you)"', by: agent}]
tests:
  - {rule: hi, says: [[agent, 0, hello there]], expect: present}
  - {rule: hi, says: [[agent, 0, hello there]], expect: absent}
  - {rule: hi, says: [[agent, 0, "well, hello there!"]], expect: present, quote: hello there!}
  - {rule: hi, says: [[agent, 0, "well, hello there!"]], expect: present, quote: hello}
"""


def test_tests_pass_or_say_why_not() -> None:
    """Each test says what was expected and found; a wrong quote fails too."""
    outcomes = run_rulebook_tests(parse_rulebook(BOOK))
    assert [True, False, True, False] == [outcome.passed for outcome in outcomes]
    assert ("hi", 6, "absent", "present") == (
        outcomes[1].rule,
        outcomes[1].line,
        outcomes[1].expected,
        outcomes[1].found,
    )
    assert 'the agent at 0:00 "hello there"' == outcomes[1].why
    assert "expected 'hello'" in outcomes[3].why


def test_a_rule_is_tried_on_typed_talk() -> None:
    """A few lines are enough to see what a rule finds."""
    assert "present" == ask(book("said: hello"), agent("hello"), rule="r").value
    with pytest.raises(RulebookError, match="no rule 'x'"):
        ask(book("said: hello"), agent("hello"), rule="x")
