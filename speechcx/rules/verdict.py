"""Three-valued results and how they combine (S. C. Kleene's strong logic): absent < cannot_tell < present."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from speechcx.call import Hit, RuleValue

_RANK: dict[RuleValue, int] = {"absent": 0, "cannot_tell": 1, "present": 2}
_VALUES: tuple[RuleValue, ...] = ("absent", "cannot_tell", "present")


@dataclass(frozen=True, slots=True)
class ConditionVerdict:
    """What one condition comes to in one call.

    Parameters
    ----------
    value
        The result.
    why
        In a sentence.
    hits
        Evidence: matches where present, nearest misses where not.
    closeness
        How near an absent condition came to being present, 0 to 1.
    """

    value: RuleValue
    why: str
    hits: tuple[Hit, ...] = ()
    closeness: float = 0.0


_NONE_OF = re.compile(r"^none of \d+ alternatives found, closest: ")
"""How the reason of alternatives inside an alternative begins; said once, of the outer ones."""


def all_of(parts: Sequence[ConditionVerdict]) -> ConditionVerdict:
    """All parts must hold: the least of them."""
    value = _VALUES[min(_RANK[part.value] for part in parts)]
    shown = [part for part in parts if part.value == value] if value != "present" else parts
    hits = tuple(hit for part in shown for hit in part.hits)
    return ConditionVerdict(
        value, "; ".join(part.why for part in shown if part.why), hits, min(p.closeness for p in parts)
    )


def any_of(parts: Sequence[ConditionVerdict]) -> ConditionVerdict:
    """One part must hold: the greatest of them; where none does, the evidence of the nearest."""
    value = _VALUES[max(_RANK[part.value] for part in parts)]
    shown = [part for part in parts if part.value == value]
    if value == "absent":
        nearest = max(shown, key=lambda part: part.closeness)
        if len(shown) == 1:
            return nearest
        closest = _NONE_OF.sub("", nearest.why)
        return replace(nearest, why=f"none of {len(shown)} alternatives found, closest: {closest}")
    hits = tuple(hit for part in shown for hit in part.hits)
    return ConditionVerdict(value, "; ".join(dict.fromkeys(part.why for part in shown)), hits, 1.0)


def negate(part: ConditionVerdict) -> ConditionVerdict:
    """The part must not hold; its evidence is turned round with it."""
    value = _VALUES[2 - _RANK[part.value]]
    hits = tuple(replace(hit, result=value) for hit in part.hits)
    return ConditionVerdict(
        value, f"not: {part.why}" if value != "cannot_tell" else part.why, hits, 1.0 - part.closeness
    )
