"""Short ways to ask a rule of a few lines of talk."""

from __future__ import annotations

from typing import Any

from speechcx.call import Party, RuleResult
from speechcx.rules import Line, Rulebook, RuleTest, judge_rule, parse_rulebook, view_test

Said = tuple[Party, float, str] | Line


def book(rule: str, *, extra: str = "", kind: str = "behaviour") -> Rulebook:
    """A rulebook with one rule `r`, whose further lines are `rule`."""
    indented = "\n".join("    " + line for line in rule.strip("\n").splitlines())
    return parse_rulebook(
        f"rulebook: t\nversion: 1\n{extra}\nrules:\n  - id: r\n    kind: {kind}\n{indented}\n"
    )


def line(said: Said) -> Line:
    """A turn; a tuple is (party, start, words)."""
    return said if isinstance(said, Line) else Line(said[0], said[1], None, said[2])


def ask(rulebook: Rulebook | str, *says: Said, rule: str = "r", **given: Any) -> RuleResult:
    """What a rule (or a rulebook's rule) finds in what is said; `given` are fields of the test."""
    rules = book(rulebook) if isinstance(rulebook, str) else rulebook
    test = RuleTest(rule, "present", tuple(line(said) for said in says), **given)
    return judge_rule(rules, rule, view_test(test))


def value(rulebook: Rulebook | str, *says: Said, **given: Any) -> str:
    """The result alone."""
    return ask(rulebook, *says, **given).value


def agent(text: str, start_s: float = 0.0, **given: Any) -> Line:
    """A turn of the agent."""
    return Line("agent", start_s, given.pop("end_s", None), text, **given)


def customer(text: str, start_s: float = 0.0, **given: Any) -> Line:
    """A turn of the customer."""
    return Line("customer", start_s, given.pop("end_s", None), text, **given)
