"""The form of a scorecard: sections, questions, bands. Filled ones are ``ScoreResult``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

CriticalKind = Literal["customer", "business", "compliance"]
Operator = Literal["<", "<=", ">", ">=", "==", "!="]

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison such as ``<= 1``."""

    op: Operator
    value: float

    def __post_init__(self) -> None:
        if self.op not in _OPERATORS:
            raise ValueError(f"unknown comparison {self.op!r}; legal are {', '.join(_OPERATORS)}")

    def holds(self, measured: float) -> bool:
        """Whether `measured` satisfies the bound."""
        return _OPERATORS[self.op](measured, self.value)


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Exactly one of `rule`, `metric` and `ask` says where the answer comes from. `applies_if` is the
    id of a hidden rule; where that is not ``present``, the question is n-a. `yes_when` is the rule
    value that counts as yes. `bands` are (answer, bound) pairs for a metric, first match wins.
    `about` names the parties whose identity the answer depends on.
    """

    id: str
    text: str
    weight: float = 1.0
    rule: str | None = None
    yes_when: Literal["present", "absent"] = "present"
    metric: str | None = None
    bands: tuple[tuple[Literal["yes", "no", "n-a"], Bound], ...] = ()
    ask: Literal["person"] | None = None
    applies_if: str | None = None
    critical: CriticalKind | None = None
    auto_fail: bool = False
    about: tuple[Literal["agent", "customer"], ...] = ()

    def __post_init__(self) -> None:
        given = [name for name in ("rule", "metric", "ask") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"question {self.id!r} needs one of rule, metric or ask, got {given or 'none'}")
        if self.weight < 0:
            raise ValueError(f"question {self.id!r}: weight must be >= 0, got {self.weight}")


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a scorecard; its weight is shared by its questions."""

    title: str
    weight: float
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A whole form."""

    id: str
    title: str
    sections: tuple[Section, ...]
