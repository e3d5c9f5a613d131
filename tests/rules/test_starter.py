"""Tests of the starter rulebooks: each is right, tests every rule both ways, and passes its own tests."""

from __future__ import annotations

import pytest

from speechcx.rules import lint, parse_rulebook, run_rulebook_tests
from speechcx.rules.starter import starter_rulebook, starter_rulebooks

NAMES = (
    "compliance",
    "drivers-banking",
    "drivers-general",
    "drivers-retail",
    "drivers-telecom",
    "risk",
    "service-quality",
)


def test_the_starters_are_offered() -> None:
    """All of them, by name, sorted."""
    assert starter_rulebooks() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_is_right_and_passes_its_tests(name: str) -> None:
    """No problem, not even a warning; no test fails; its name is its file's."""
    source = starter_rulebook(name)
    assert lint(source) == ()
    rulebook = parse_rulebook(source)
    assert rulebook.name == name
    assert [] == [outcome for outcome in run_rulebook_tests(rulebook) if not outcome.passed]


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_tested_both_ways(name: str) -> None:
    """Each rule has an example it must find and one it must not."""
    rulebook = parse_rulebook(starter_rulebook(name))
    tested = {(test.rule, test.expect) for test in rulebook.tests}
    wanted = {
        (rule.id, value)
        for rule in rulebook.rules
        if rule.kind != "hidden"
        for value in ("present", "absent")
    }
    assert wanted <= tested
