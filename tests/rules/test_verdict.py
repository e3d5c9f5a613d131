"""Tests of Kleene's logic over results."""

from __future__ import annotations

import itertools

import pytest

from speechcx.call import Hit, RuleValue
from speechcx.rules.verdict import ConditionVerdict, all_of, any_of, negate

VALUES: tuple[RuleValue, ...] = ("absent", "cannot_tell", "present")


@pytest.mark.parametrize(("a", "b"), list(itertools.product(VALUES, VALUES)))
def test_all_is_the_least_and_any_the_greatest(a: RuleValue, b: RuleValue) -> None:
    """absent < cannot_tell < present, and De Morgan holds."""
    pair = [ConditionVerdict(a, "a"), ConditionVerdict(b, "b")]
    assert min(a, b, key=VALUES.index) == all_of(pair).value
    assert max(a, b, key=VALUES.index) == any_of(pair).value
    assert negate(all_of(pair)).value == any_of([negate(v) for v in pair]).value


def test_evidence_is_of_the_parts_that_decided() -> None:
    """An all that fails shows the part that failed; an any that holds shows those that hold."""
    hit = Hit("r", "present", "agent", 0, 1.0, 2.0, "words", "why")
    miss = Hit("r", "absent", "agent", 1, 3.0, 4.0, "other", "why not")
    there, gone = (
        ConditionVerdict("present", "there", (hit,), 1.0),
        ConditionVerdict("absent", "gone", (miss,), 0.5),
    )
    assert ("gone", (miss,)) == (all_of([there, gone]).why, all_of([there, gone]).hits)
    assert ("there", (hit,)) == (any_of([there, gone]).why, any_of([there, gone]).hits)
    assert (hit, hit) == all_of([there, there]).hits
    assert "absent" == negate(there).hits[0].result


def test_an_absent_any_shows_its_nearest_part() -> None:
    """Of several misses the nearest is shown, and how many ways were tried."""
    near, far = ConditionVerdict("absent", "near", (), 0.8), ConditionVerdict("absent", "far", (), 0.1)
    assert "none of 2 alternatives found, closest: near" == any_of([far, near]).why
