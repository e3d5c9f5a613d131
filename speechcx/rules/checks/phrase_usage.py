"""Which phrases of which rules were said in a call: what tells a rulebook's dead phrases from its live ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from speechcx.call import RuleResult
from speechcx.rules.checks.precision_recall import why_unknown
from speechcx.rules.judging.call_view import CallView
from speechcx.rules.judging.judge import Judge
from speechcx.rules.language.conditions import Said, inside
from speechcx.rules.language.pattern import phrases_of
from speechcx.rules.language.rulebook import Rulebook
from speechcx.rules.matching.meaning import Meanings

RulePhrase = tuple[str, str]
"""A rule's id, and one of its phrases as it was written."""


@dataclass(frozen=True, slots=True)
class CallCoverage:
    """What a rulebook says of one call, small enough to keep for many.

    Parameters
    ----------
    results
        One for each rule, without evidence; ``why`` is kept where it could not tell.
    said
        Phrases that the party they ask for said.
    """

    results: tuple[RuleResult, ...]
    said: frozenset[RulePhrase]


def list_phrases(rulebook: Rulebook) -> tuple[RulePhrase, ...]:
    """All phrases of all rules but hidden ones, in the rulebook's order, each once."""
    pairs = (
        (rule, phrase.source) for rule, said in _saids(rulebook) for phrase in phrases_of(said.expression)
    )
    return tuple(dict.fromkeys(pairs))


def find_said_phrases(rulebook: Rulebook, facts: CallView, meanings: Meanings | None = None) -> CallCoverage:
    """What every rule says of a call, and which of its phrases were said at all.

    A phrase counts as said wherever the party of its condition (or somebody who may be) said it, inside
    or outside of its window and whatever else is asked: one that never counts even so is a dead one.
    """
    judge = Judge(rulebook, facts, meanings)
    results = tuple(_without_evidence(judge.result(rule)) for rule in rulebook.rules)
    said: set[RulePhrase] = set()
    for rule, condition in _saids(rulebook):
        by = condition.scope.by
        node = judge.search.plans.nodes[condition.number]
        found = judge.search.phrases_in(node, None if by is None else frozenset({by, "unknown"}))
        said.update((rule, phrase) for phrase in found)
    return CallCoverage(results, frozenset(said))


def _saids(rulebook: Rulebook) -> Iterator[tuple[str, Said]]:
    for rule in rulebook.rules:
        if rule.kind != "hidden":
            yield from ((rule.id, part) for part in inside(rule.condition) if isinstance(part, Said))


def _without_evidence(result: RuleResult) -> RuleResult:
    why = why_unknown(result) if result.value == "cannot_tell" else ""
    return replace(result, why=why, hits=())
