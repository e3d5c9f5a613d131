"""Rules measured on calls that people have labelled, and what a rulebook covers of many calls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from speechcx.call import RuleResult, RuleValue

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


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
    right, found, there
        Calls it was present on rightly, was present on at all, and is labelled present on: precision is
        right / found, recall is right / there.
    """

    rule: str
    n: int
    precision: float | None
    recall: float | None
    cannot_tell: int
    missed: tuple[str, ...]
    false: tuple[str, ...]
    right: int
    found: int
    there: int


def measure_rules(
    labels: Iterable[tuple[str, str, RuleValue]], results: Mapping[str, Sequence[RuleResult]]
) -> tuple[RuleMeasure, ...]:
    """Precision and recall of every labelled rule, by rule.

    Parameters
    ----------
    labels
        (call, rule, truth) as people judged them; the last label of a call and rule counts.
        Those of ``cannot_tell`` are left out: people could not tell either.
    results
        What the rules found, by call. Labels of calls or rules that are not there are left out of `n`.
    """
    values = {(call, found.rule): found.value for call, rules in results.items() for found in rules}
    truths: dict[str, dict[str, RuleValue]] = {}
    for call, rule, truth in labels:
        if (call, rule) in values and truth != "cannot_tell":
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
                tuple(sorted(there - found)), tuple(sorted(found - there)), right, len(found), len(there),
            )
        )  # fmt: skip
    return tuple(measures)


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """How often one rule was present, absent and could not tell.

    Parameters
    ----------
    rule, kind, title
        As the rulebook says.
    present, absent, cannot_tell
        Calls.
    flagged
        Calls on which it is flagged.
    reasons
        (why it could not tell, calls) pairs, most frequent first; numbers in them are left out.
    """

    rule: str
    kind: str
    title: str
    present: int
    absent: int
    cannot_tell: int
    flagged: int = 0
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def n(self) -> int:
        """Calls it was asked on."""
        return self.present + self.absent + self.cannot_tell

    @property
    def share(self) -> float | None:
        """Present / (present + absent); None where it never could tell."""
        told = self.present + self.absent
        return self.present / told if told else None


@dataclass(frozen=True, slots=True)
class RulebookCoverage:
    """What a rulebook says of many calls.

    Parameters
    ----------
    rules
        One for each rule, in the order first seen; hidden ones left out.
    without_driver
        Calls on which no rule of kind ``driver`` is present: why these customers called is not known.
        Empty where the rulebook has no such rule.
    n
        Calls.
    """

    rules: tuple[RuleCoverage, ...]
    without_driver: tuple[str, ...]
    n: int

    @property
    def has_drivers(self) -> bool:
        """Whether any rule says why customers call."""
        return any(rule.kind == "driver" for rule in self.rules)


@dataclass(slots=True)
class _Count:
    """A rule's calls while they are counted."""

    first: RuleResult
    values: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    flagged: int = 0

    def add(self, found: RuleResult) -> None:
        self.values[found.value] += 1
        self.flagged += found.flagged
        if found.value == "cannot_tell":
            self.reasons[why_unknown(found)] += 1

    def finish(self) -> RuleCoverage:
        rule, values = self.first, self.values
        return RuleCoverage(
            rule.rule, rule.kind, rule.title, values["present"], values["absent"], values["cannot_tell"],
            self.flagged, tuple(self.reasons.most_common()),
        )  # fmt: skip


class CoverageCounter:
    """Counts what a rulebook says of calls, call by call."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._without: list[str] = []
        self._n = 0

    def add(self, call: str, results: Sequence[RuleResult]) -> None:
        """Count one more call."""
        self._n += 1
        for found in results:
            if found.kind != "hidden":
                self._counts.setdefault(found.rule, _Count(found)).add(found)
        if not any(found.kind == "driver" and found.value == "present" for found in results):
            self._without.append(call)

    def finish(self) -> RulebookCoverage:
        """The counts so far."""
        cover = RulebookCoverage(
            tuple(count.finish() for count in self._counts.values()), tuple(self._without), self._n
        )
        return cover if cover.has_drivers else replace(cover, without_driver=())


def why_unknown(result: RuleResult) -> str:
    """Why a rule could not tell, alike for calls alike: without the words, the times and the numbers."""
    doubts = [hit.why for hit in result.hits if hit.result == "cannot_tell"]
    return _NUMBER.sub("n", doubts[0] if doubts else result.why)
