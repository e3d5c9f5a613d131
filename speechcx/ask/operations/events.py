"""What is watched in calls: contact drivers, risks and outcomes that were found, and rules that flag a call."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.ask.ground.resolve_names import expect_one, settle_rule
from speechcx.store import Store

EVENT = "((r.kind IN ('driver', 'risk', 'outcome') AND d.is_present) OR d.flagged = 1)"
"""A condition on a result ``d`` of a rule ``r``: the call is one of those the rule is watched for."""


@dataclass(frozen=True, slots=True)
class WatchedRule:
    """A rule with its newest title and kind, and its numbers in all rulebooks that judged a call."""

    rule: str
    title: str
    kind: str
    numbers: tuple[int, ...]

    @property
    def condition(self) -> str:
        """Whether a call ``c`` is one of its events, in SQL."""
        listed = ", ".join(map(str, self.numbers))
        return (
            "EXISTS (SELECT 1 FROM rules r CROSS JOIN rule_results d WHERE r.rule_no"
            f" IN ({listed}) AND d.rule_no = r.rule_no AND d.call_no = c.call_no AND {EVENT})"
        )


def list_watched(store: Store) -> tuple[WatchedRule, ...]:
    """All rules of the rulebooks that calls stand judged under, the newest rulebook first, no hidden ones."""
    rows = store.db.execute(
        "SELECT r.rule, r.title, r.kind, r.rule_no FROM rules r JOIN rulebooks b USING (rulebook_no)"
        " WHERE r.kind <> 'hidden' ORDER BY b.rulebook_no DESC, r.rule_no"
    )
    found: dict[str, tuple[str, str, list[int]]] = {}
    for rule, title, kind, number in rows:
        found.setdefault(rule, (title, kind, []))[2].append(number)
    return tuple(
        WatchedRule(rule, title, kind, tuple(numbers)) for rule, (title, kind, numbers) in found.items()
    )


def find_watched(store: Store, rule: str, *, besides: tuple[str, ...] = ()) -> WatchedRule:
    """The rule of an id or a title; `besides` are names that are no rules, for the message.

    Raises
    ------
    UsageError
        There is none; names the nearest.
    """
    known = {one.rule: one for one in list_watched(store)}
    rule = settle_rule(store, rule)
    if rule not in known:
        expect_one("find rule", rule, (*besides, *known))
    return known[rule]
