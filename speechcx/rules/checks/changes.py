"""Two judgements of the same call compared: which rules flipped, and how scores moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from speechcx.call import RuleResult, RuleValue


@dataclass(frozen=True, slots=True)
class ResultChange:
    """One rule whose result is not what it was.

    Parameters
    ----------
    rule
        Its id.
    before, after
        Results; None where the rulebook has no such rule.
    flagged_before, flagged_after
        Whether the result was flagged.
    why
        The new result's reason; the old one's where the rule is gone.
    """

    rule: str
    before: RuleValue | None
    after: RuleValue | None
    flagged_before: bool
    flagged_after: bool
    why: str


def compare_results(old: Sequence[RuleResult], new: Sequence[RuleResult]) -> tuple[ResultChange, ...]:
    """Rules whose value or flag differ between two judgements of one call, in the new order, then those gone.

    Hidden rules are left out: they show in the scores.
    """
    before = {result.rule: result for result in old if result.kind != "hidden"}
    after = {result.rule: result for result in new if result.kind != "hidden"}
    changes = []
    for name in (*after, *(name for name in before if name not in after)):
        was, now = before.get(name), after.get(name)
        if was is not None and now is not None and (was.value, was.flagged) == (now.value, now.flagged):
            continue
        shown = now or was
        assert shown is not None
        changes.append(
            ResultChange(
                name,
                None if was is None else was.value,
                None if now is None else now.value,
                was is not None and was.flagged,
                now is not None and now.flagged,
                shown.why,
            )
        )
    return tuple(changes)
