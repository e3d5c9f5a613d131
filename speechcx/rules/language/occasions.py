"""The occasion of a rule: what must happen before anybody can be asked about it.

"Was a wish for a supervisor met?" has no answer where nobody asked for one. A rule names its occasion
by ``when:``; without it the occasion is found in the rule itself: in a sequence whose first step is the
customer's and whose last is the agent's, it is the first step; in conditions that must all hold, those
that are not about the agent's words. A question by a rule whose occasion did not arise is n-a.
"""

from __future__ import annotations

from collections.abc import Mapping

from speechcx.rules.language.conditions import (
    AllOf,
    AnyOf,
    Condition,
    InOrder,
    MetricTest,
    Rule,
    RuleRef,
    Scope,
    inside,
)

SUFFIX = ".when"
"""What the id of the hidden rule that stands for a rule's occasion ends with."""


def find_occasion(
    condition: Condition, rules: Mapping[str, Rule], seen: frozenset[str] = frozenset()
) -> Condition | None:
    """The occasion that a condition holds in itself, None where it can be asked of every call.

    Parameters
    ----------
    condition
        Of a rule.
    rules
        All rules by id, for conditions that refer to them.
    seen
        Rules that were gone through already: references may go in a circle until they are checked.
    """
    if isinstance(condition, RuleRef):
        rule = None if condition.id in seen else rules.get(condition.id)
        return None if rule is None else find_occasion(rule.condition, rules, seen | {condition.id})
    if isinstance(condition, AnyOf):
        parts = [find_occasion(part, rules, seen) for part in condition.parts]
        real = tuple(dict.fromkeys(part for part in parts if part is not None))
        if len(real) < len(set(parts)) or not real:
            return None
        return real[0] if len(real) == 1 else AnyOf(real)
    if isinstance(condition, InOrder):
        first, last = condition.steps[0].condition, condition.steps[-1].condition
        is_asked = parties_of_condition(first, rules) == {"customer"}
        return first if is_asked and parties_of_condition(last, rules) == {"agent"} else None
    if isinstance(condition, AllOf):
        acts = [part for part in condition.parts if "agent" in parties_of_condition(part, rules)]
        given = tuple(part for part in condition.parts if part not in acts)
        if not acts or not given:
            return None
        return given[0] if len(given) == 1 else AllOf(given)
    return None


def parties_of_condition(condition: Condition, rules: Mapping[str, Rule]) -> frozenset[str]:
    """Parties whose words or measures a condition asks for, through the rules it refers to."""
    found: set[str] = set()
    waiting: list[Condition] = [condition]
    seen: set[str] = set()
    while waiting:
        for part in inside(waiting.pop()):
            found.add(_party_of(part))
            if isinstance(part, RuleRef) and part.id in rules and part.id not in seen:
                seen.add(part.id)
                waiting.append(rules[part.id].condition)
    return frozenset(found - {""})


def _party_of(condition: Condition) -> str:
    if isinstance(condition, MetricTest):
        return condition.name.partition(".")[0] if "." in condition.name else ""
    scope = getattr(condition, "scope", None)
    return scope.by or "" if isinstance(scope, Scope) else ""
