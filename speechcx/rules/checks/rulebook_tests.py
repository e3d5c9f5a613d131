"""A rulebook tried out: on the tests it brings, and on talk somebody types in."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.call import RuleResult, RuleValue
from speechcx.rules.judging.call_view import CallView, view_test
from speechcx.rules.judging.judge import Judge
from speechcx.rules.language.examples import Line, RuleTest
from speechcx.rules.language.rulebook import Rulebook
from speechcx.rules.matching.meaning import Meanings


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What one test of a rulebook gave.

    Parameters
    ----------
    rule, line
        The rule, and the line of the file the test begins at.
    expected, found
        The result it must and did have.
    passed
        Whether the result, and the quote where one was asked, are right.
    why
        The rule's own words, and the quote where that is wrong.
    """

    __test__ = False  # not a test class of pytest

    rule: str
    line: int
    expected: RuleValue
    found: RuleValue
    passed: bool
    why: str


def run_rulebook_tests(rulebook: Rulebook, meanings: Meanings | None = None) -> tuple[TestOutcome, ...]:
    """Every test in a rulebook, run."""
    return tuple(_run(rulebook, test, meanings) for test in rulebook.tests)


def _run(rulebook: Rulebook, test: RuleTest, meanings: Meanings | None) -> TestOutcome:
    result = judge_rule(rulebook, test.rule, view_test(test), meanings)
    passed, why = result.value == test.expect, result.why
    if passed and test.quote is not None:
        quotes = [hit.quote for hit in result.hits]
        passed = bool(quotes) and quotes[0] == test.quote
        why = why if passed else f"quoted {quotes[:1]}, expected {test.quote!r}"
    return TestOutcome(test.rule, test.line, test.expect, result.value, passed, why)


def judge_rule(
    rulebook: Rulebook, rule: str, facts: CallView, meanings: Meanings | None = None
) -> RuleResult:
    """What one rule of a rulebook finds in one call.

    Raises
    ------
    RulebookError
        The rulebook has no such rule.
    """
    return Judge(rulebook, facts, meanings).result(rulebook.rule(rule))


def try_rule(
    rulebook: Rulebook, rule: str, lines: tuple[Line, ...], meanings: Meanings | None = None
) -> RuleResult:
    """What one rule finds in a few lines of talk.

    Parameters
    ----------
    rulebook, rule
        The rulebook and the id of the rule.
    lines
        Who says what when.
    meanings
        For ``means:``.
    """
    return judge_rule(rulebook, rule, view_test(RuleTest(rule, "present", lines)), meanings)


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """What a rule finds in one call.

    Parameters
    ----------
    result
        The result with its evidence.
    closeness
        How near an absent rule came to being present, 0 to 1.
    """

    result: RuleResult
    closeness: float


def try_on(rulebook: Rulebook, rule: str, facts: CallView, meanings: Meanings | None = None) -> RuleTrial:
    """What one rule finds in one call, and how near it came.

    Raises
    ------
    RulebookError
        The rulebook has no such rule.
    """
    judge = Judge(rulebook, facts, meanings)
    result = judge.result(rulebook.rule(rule))
    return RuleTrial(result, judge.verdict_of(rule).closeness)
