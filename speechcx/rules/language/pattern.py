"""The parts a phrase is made of once it is parsed: words, gaps, slots, and how they stand together.

``Items`` live inside one quoted phrase and are matched word by word; ``Expressions`` join the matches
of phrases by nearness. All frozen, so that a rulebook can be pickled and compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice

Order = Choice["near", "before", "after"]
SlotName = Choice["digits", "number", "money", "date", "email", "name", "redacted"]
SLOTS: tuple[SlotName, ...] = ("digits", "number", "money", "date", "email", "name", "redacted")


@dataclass(frozen=True, slots=True)
class Literal:
    """One normalised word."""

    text: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``cancel*`` (`prefix`) or ``*able`` (`suffix`)."""

    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """``word~1``: the word or one with one letter added, lost, changed or swapped."""

    text: str


@dataclass(frozen=True, slots=True)
class Sounds:
    """``word~sound``: words whose sounds, run together, are those of these words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnyWord:
    """``?``: one word, whatever it is."""


@dataclass(frozen=True, slots=True)
class Gap:
    """``*2``: up to `most` words, whatever they are."""

    most: int


@dataclass(frozen=True, slots=True)
class Slot:
    """``{digits:13-19}``, ``{money}``: something said in many ways. `low` and `high` bound digits.

    `of` is whose name it is, or the kind of what was taken out.
    """

    name: SlotName
    low: int = 0
    high: int = 0
    of: str = ""


@dataclass(frozen=True, slots=True)
class ListRef:
    """``{product}``: any phrase of a list of the rulebook."""

    name: str
    column: int = 0


@dataclass(frozen=True, slots=True)
class ItemSequence:
    """Items one after the other."""

    items: tuple[PatternItem, ...]


@dataclass(frozen=True, slots=True)
class Choose:
    """``(a | b)``, or ``[a]`` where `optional`."""

    options: tuple[ItemSequence, ...]
    optional: bool = False


PatternItem = Literal | Wildcard | Fuzzy | Sounds | AnyWord | Gap | Slot | ListRef | ItemSequence | Choose


@dataclass(frozen=True, slots=True)
class Phrase:
    """A quoted phrase or single word; `source` is how it was written."""

    row: ItemSequence
    source: str


@dataclass(frozen=True, slots=True)
class Either:
    """``a | b``."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """``a & b`` in the same turn; with `without`, ``a & NOT b``."""

    left: Expression
    right: Expression
    without: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """``a NEAR/6 b``, ``a BEFORE/6 b``, ``a AFTER/10s b``; `without` for the ``NOT`` forms.

    Parameters
    ----------
    order
        ``near``: either first; ``before``: left first; ``after``: right first.
    distance
        Words between them, or seconds where `seconds`.
    """

    left: Expression
    right: Expression
    order: Order
    distance: int
    seconds: bool = False
    without: bool = False


Expression = Phrase | Either | Together | Near


def longest(item: PatternItem) -> int:
    """Words in the longest way through `item`; lists are not looked into."""
    if isinstance(item, ItemSequence):
        return sum(longest(part) for part in item.items)
    if isinstance(item, Choose):
        return max(longest(option) for option in item.options)
    if isinstance(item, Gap):
        return item.most
    return len(item.words) if isinstance(item, Sounds) else 1


def shortest(item: PatternItem) -> int:
    """Words in the shortest way through `item`: 0 where it can match nothing at all."""
    if isinstance(item, ItemSequence):
        return sum(shortest(part) for part in item.items)
    if isinstance(item, Choose):
        return 0 if item.optional else min(shortest(option) for option in item.options)
    return 0 if isinstance(item, Gap) else 1


def count_elements(item: PatternItem) -> int:
    """Elements that matching has to step through."""
    if isinstance(item, ItemSequence):
        return sum(count_elements(part) for part in item.items)
    if isinstance(item, Choose):
        return sum(count_elements(option) for option in item.options)
    return item.most if isinstance(item, Gap) else 1


def phrases_of(expression: Expression) -> tuple[Phrase, ...]:
    """Every quoted phrase in an expression, in the order written."""
    if isinstance(expression, Phrase):
        return (expression,)
    if isinstance(expression, Either):
        return tuple(phrase for part in expression.parts for phrase in phrases_of(part))
    return phrases_of(expression.left) + phrases_of(expression.right)


def slots_of(expression: Expression) -> tuple[Slot, ...]:
    """Every slot in the phrases of an expression; lists are not looked into."""
    return tuple(slot for phrase in phrases_of(expression) for slot in _slots_in(phrase.row))


def _slots_in(item: PatternItem) -> tuple[Slot, ...]:
    if isinstance(item, Slot):
        return (item,)
    if isinstance(item, ItemSequence):
        return tuple(slot for part in item.items for slot in _slots_in(part))
    return (
        tuple(slot for option in item.options for slot in _slots_in(option))
        if isinstance(item, Choose)
        else ()
    )
