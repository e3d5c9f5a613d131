"""Rules measured on calls that people have labelled, and what a rulebook covers of many calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from speechcx.call import RuleResult

Truth = Literal["present", "absent"]


@dataclass(frozen=True, slots=True)
class RuleMeasure:
    """How one rule did on labelled calls.

    Parameters
    ----------
    rule
        Its id.
    n
        Labelled calls that the rule was asked on.
    precision
        Present rightly / present; None where it never was.
    recall
        Present rightly / labelled present; None where none is.
    cannot_tell
        Calls on which it could not tell; they count as not found.
    missed, false
        Calls it missed, and calls it was present on wrongly.
    """

    rule: str
    n: int
    precision: float | None
    recall: float | None
    cannot_tell: int
    missed: tuple[str, ...]
    false: tuple[str, ...]


def measure_rules(
    labels: Iterable[tuple[str, str, Truth]], results: Mapping[str, Sequence[RuleResult]]
) -> tuple[RuleMeasure, ...]:
    """Precision and recall of every labelled rule, by rule.

    Parameters
    ----------
    labels
        (call, rule, truth) as people judged them; the last label of a call and rule counts.
    results
        What the rules found, by call. Labels of calls or rules that are not there are left out of `n`.
    """
    values = {(call, found.rule): found.value for call, rules in results.items() for found in rules}
    truths: dict[str, dict[str, Truth]] = {}
    for call, rule, truth in labels:
        if (call, rule) in values:
            truths.setdefault(rule, {})[call] = truth
    measures = []
    for rule, calls in sorted(truths.items()):
        found = {call for call in calls if values[call, rule] == "present"}
        there = {call for call, truth in calls.items() if truth == "present"}
        right = len(found & there)
        doubts = sum(values[call, rule] == "cannot_tell" for call in calls)
        measures.append(
            RuleMeasure(
                rule, len(calls), right / len(found) if found else None, right / len(there) if there else None, doubts,
                tuple(sorted(there - found)), tuple(sorted(found - there)),
            )
        )  # fmt: skip
    return tuple(measures)


@dataclass(frozen=True, slots=True)
class RuleCover:
    """How often one rule was present, absent and could not tell."""

    rule: str
    kind: str
    present: int
    absent: int
    cannot_tell: int

    @property
    def n(self) -> int:
        """Calls it was asked on."""
        return self.present + self.absent + self.cannot_tell


@dataclass(frozen=True, slots=True)
class Cover:
    """What a rulebook says of many calls.

    Parameters
    ----------
    rules
        One for each rule, in the order first seen; hidden ones left out.
    without_driver
        Calls on which no rule of kind ``driver`` is present: why these customers called is not known.
    n
        Calls.
    """

    rules: tuple[RuleCover, ...]
    without_driver: tuple[str, ...]
    n: int


def cover_calls(results: Mapping[str, Sequence[RuleResult]]) -> Cover:
    """How much of many calls a rulebook tells, by call what its rules found."""
    counts: dict[str, tuple[str, dict[str, int]]] = {}
    without = []
    for call, rules in results.items():
        for found in rules:
            if found.kind != "hidden":
                _, count = counts.setdefault(
                    found.rule, (found.kind, {"present": 0, "absent": 0, "cannot_tell": 0})
                )
                count[found.value] += 1
        if not any(found.kind == "driver" and found.value == "present" for found in rules):
            without.append(call)
    rules_cover = tuple(
        RuleCover(rule, kind, count["present"], count["absent"], count["cannot_tell"])
        for rule, (kind, count) in counts.items()
    )
    return Cover(rules_cover, tuple(without), len(results))
