"""What a rule may ask of a call: words, turns, measures, metadata, and how they combine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from speechcx.call import Bound, Party, RuleValue, Titles
from speechcx.rules.language.pattern import Expression

RuleKind = Literal["compliance", "driver", "behaviour", "outcome", "risk", "hidden"]
RULE_KINDS: tuple[RuleKind, ...] = ("compliance", "driver", "behaviour", "outcome", "risk")
SEVERITIES = ("critical", "major", "minor", "info")
TURN_NUMBERS = (
    "sentiment", "text_sentiment", "agitation", "level_rel_db", "level_dbov", "pitch_rel_st", "pitch_hz",
    "pitch_range_st", "pace_wpm", "articulation_wpm", "pause_share", "duration_s", "words",
)  # fmt: skip
"""Measures of one turn that ``turn:`` may ask for; ``label`` is the name of its sentiment."""


@dataclass(frozen=True, slots=True)
class MatchWindow:
    """A stretch of the conversation in which a match must begin.

    Parameters
    ----------
    low, high
        Seconds from the start of the conversation; from its end where `from_end`; shares where `share`.
        None is open.
    """

    low: float | None = None
    high: float | None = None
    from_end: bool = False
    share: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class TurnTest:
    """``sentiment: "<= -0.5"``: one measure of a turn, or its label."""

    name: str
    bound: Bound | None
    label: str | None = None

    @property
    def source(self) -> str:
        """As it was written."""
        return f"{self.name} {show_bound(self.bound)}" if self.bound else f"{self.name} is {self.label}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which matches of a condition count.

    Parameters
    ----------
    by
        Whose words; None for anybody's.
    within
        Where in the conversation.
    at_least
        How many are needed.
    turn
        What the turn must be like.
    negated
        ``ignore`` skips matches under a negation ("I do not want to cancel"), ``match`` counts them.
    """

    by: Party | None = None
    within: MatchWindow | None = None
    at_least: int = 1
    turn: tuple[TurnTest, ...] = ()
    negated: Literal["ignore", "match"] = "match"


@dataclass(frozen=True, slots=True)
class Said:
    """Words; `number` tells it from every other one of the rulebook."""

    expression: Expression
    scope: Scope
    source: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Means:
    """A meaning, by examples and how near (cosine, 0 to 1) a sentence must come to one of them."""

    examples: tuple[str, ...]
    similarity: float
    scope: Scope


@dataclass(frozen=True, slots=True)
class Turns:
    """Turns that are like ``scope.turn``, whatever is said in them."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class MetricTest:
    """``metric: hold_s > 20``."""

    name: str
    bound: Bound

    @property
    def source(self) -> str:
        """As it was written."""
        return f"{self.name} {show_bound(self.bound)}"


@dataclass(frozen=True, slots=True)
class MetaTest:
    """``meta: {queue: billing}``: one field of the call's details, against values or a bound."""

    name: str
    values: tuple[str, ...] = ()
    bound: Bound | None = None

    @property
    def source(self) -> str:
        """As it was written."""
        return (
            f"{self.name} {show_bound(self.bound)}"
            if self.bound
            else f"{self.name} is {' or '.join(self.values)}"
        )


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class RuleRef:
    """``rule: other``: what another rule found."""

    id: str


@dataclass(frozen=True, slots=True)
class SequenceStep:
    """One step of a sequence.

    Parameters
    ----------
    condition
        Something that happens at a time: said, means, turn, or any of these.
    missing
        The step is that it does *not* happen.
    after_s
        At most so long after the step before; None for any time after it.
    """

    condition: Condition
    missing: bool = False
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class InOrder:
    """Steps one after the other."""

    steps: tuple[SequenceStep, ...]


Condition = Said | Means | Turns | MetricTest | MetaTest | AllOf | AnyOf | Not | RuleRef | InOrder


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    id, title, kind, severity
        As the rulebook says; ``hidden`` rules stand for an ``applies_if`` of a scorecard.
    condition
        What is asked.
    expect
        What a good call answers; None where either will do.
    floor
        Word confidence under which words are not trusted, 0 to 1.
    occasion
        Id of the hidden rule that says whether there was an occasion for it; None where there always is.
    careful
        Whether it is critical that it is present: then it is not absent because of one misheard word.
    titles
        What happened where it is absent, present and cannot be told; None for the title alone.
    """

    id: str
    title: str
    kind: RuleKind
    severity: str
    condition: Condition
    expect: RuleValue | None
    floor: float
    occasion: str | None = None
    careful: bool = False
    titles: Titles | None = None


def show_bound(bound: Bound | None) -> str:
    """A bound as people write it."""
    return "" if bound is None else f"{bound.op} {bound.value:g}"


def inside(condition: Condition) -> tuple[Condition, ...]:
    """The condition and every condition in it."""
    parts: tuple[Condition, ...] = ()
    if isinstance(condition, AllOf | AnyOf):
        parts = condition.parts
    elif isinstance(condition, Not):
        parts = (condition.part,)
    elif isinstance(condition, InOrder):
        parts = tuple(step.condition for step in condition.steps)
    return (condition, *(found for part in parts for found in inside(part)))


def has_time(condition: Condition) -> bool:
    """Whether a condition happens at a time, so that it can be a step of a sequence."""
    if isinstance(condition, AnyOf):
        return all(has_time(part) for part in condition.parts)
    return isinstance(condition, Said | Means | Turns | InOrder)
