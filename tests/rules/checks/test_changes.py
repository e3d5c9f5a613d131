"""Tests of two judgements compared."""

from __future__ import annotations

from speechcx.call import RuleResult, RuleValue
from speechcx.rules import compare_results


def result(rule: str, value: RuleValue, *, flagged: bool = False, kind: str = "risk") -> RuleResult:
    """A result."""
    return RuleResult(rule, rule, kind, "minor", value, None, flagged, f"{rule} is {value}")


def test_only_what_flipped_is_listed() -> None:
    """Changed values and flags, new rules and rules that are gone; hidden ones are left out."""
    old = [
        result("same", "present"),
        result("flip", "absent"),
        result("gone", "present", flagged=True),
        result("flag", "present"),
    ]
    new = [
        result("new", "absent"), result("same", "present"), result("flip", "present"),
        result("flag", "present", flagged=True), result("h", "present", kind="hidden"),
    ]  # fmt: skip
    changes = compare_results(old, new)
    assert ["new", "flip", "flag", "gone"] == [change.rule for change in changes]
    assert [(None, "absent"), ("absent", "present"), ("present", "present"), ("present", None)] == [
        (change.before, change.after) for change in changes
    ]
    assert (False, True) == (changes[2].flagged_before, changes[2].flagged_after)
    assert "gone is present" == changes[3].why


def test_the_same_results_have_no_changes() -> None:
    """A judgement compared with itself is empty."""
    same = [result("a", "present"), result("b", "cannot_tell")]
    assert () == compare_results(same, same)
