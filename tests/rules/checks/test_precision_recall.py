"""Tests of rules measured on labelled calls, and of what a rulebook covers."""

from __future__ import annotations

import pytest

from speechcx.call import RuleResult, RuleValue
from speechcx.rules import CoverageCounter, Line, measure_rules, why_unknown
from tests.rules.talk import ask


def result(rule: str, value: RuleValue, kind: str = "risk") -> RuleResult:
    """A result."""
    return RuleResult(rule, rule, kind, "minor", value, None, False, "")


RESULTS = {
    "a": [result("angry", "present"), result("bill", "present", "driver")],
    "b": [result("angry", "present"), result("bill", "absent", "driver")],
    "c": [
        result("angry", "cannot_tell"),
        result("bill", "absent", "driver"),
        result("x.applies_if", "present", "hidden"),
    ],
    "d": [result("angry", "absent"), result("bill", "absent", "driver")],
}


def test_precision_and_recall_are_counted_by_rule() -> None:
    """Right, missed and false calls; what could not be told was not found."""
    labels = [
        ("a", "angry", "present"), ("b", "angry", "absent"), ("c", "angry", "present"), ("d", "angry", "absent"),
        ("a", "bill", "absent"), ("a", "bill", "present"), ("z", "angry", "present"), ("a", "other", "present"),
    ]  # fmt: skip
    angry, bill = measure_rules(labels, RESULTS)  # type: ignore[arg-type]
    assert ("angry", 4, 0.5, 0.5, 1) == (
        angry.rule,
        angry.n,
        angry.precision,
        angry.recall,
        angry.cannot_tell,
    )
    assert (("c",), ("b",)) == (angry.missed, angry.false)
    assert ("bill", 1, 1.0, 1.0) == (bill.rule, bill.n, bill.precision, bill.recall)


def test_nothing_found_or_labelled_is_no_figure() -> None:
    """A share of nothing is None, not 0."""
    (measure,) = measure_rules([("d", "angry", "absent")], RESULTS)
    assert (None, None, 1) == (measure.precision, measure.recall, measure.n)
    assert () == measure_rules([], RESULTS)


def test_cover_counts_values_and_calls_without_a_driver() -> None:
    """Each rule's values over all calls, hidden rules left out; calls nobody knows the reason of."""
    counter = CoverageCounter()
    for call, found in RESULTS.items():
        counter.add(call, found)
    cover = counter.finish()
    assert ["angry", "bill"] == [rule.rule for rule in cover.rules]
    angry = cover.rules[0]
    assert (2, 1, 1, 4) == (angry.present, angry.absent, angry.cannot_tell, angry.n)
    assert (("b", "c", "d"), 4) == (cover.without_driver, cover.n)
    assert 0 == CoverageCounter().finish().n


@pytest.mark.parametrize(
    ("rule", "given", "why"),
    [
        ("said: sorry\nby: agent", {}, "it is not known whether that is the agent"),
        ("said: bye", {"flags": ("truncated",)}, "the recording breaks off before the end of the call"),
        ("metric: hold_s > 3", {}, "hold_s is not known: the test gives no value for it"),
        ("sequence: [{said: well, by: agent}, {said: sorry}]", {}, "it is not known whether that is the agent"),
        (
            "sequence: [{said: well}, {not: {said: bye}, within: {after: 60s}}]", {"flags": ("truncated",)},
            "the recording breaks off before the end of the call",
        ),
        ("said: well\nturn: {sentiment: '< 0'}", {}, "the sentiment of that turn is not known"),
    ],
)  # fmt: skip
def test_calls_with_one_doubt_are_told_alike(rule: str, given: dict, why: str) -> None:
    """Why a rule cannot tell holds no words, times or numbers of the call."""
    result = ask(rule, Line("unknown", 3.0, None, "well I am sorry"), **given)
    assert ("cannot_tell", why) == (result.value, why_unknown(result))
