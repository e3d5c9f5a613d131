"""Kinds of values that are taken out of a call, the marks that stand in their place, and where they stood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from speechcx.call.recording import Span

KindToFind = Literal[
    "card",
    "security_code",
    "expiry",
    "account",
    "routing",
    "iban",
    "national_id",
    "email",
    "phone",
    "address",
    "name",
]
"""Kinds that the settings may name."""

RedactedKind = Literal[KindToFind, "long_number", "agent_name", "customer_name", "words"]

MARKS: Final[Mapping[RedactedKind, str]] = {
    "card": "[card number]",
    "long_number": "[long number]",
    "security_code": "[security code]",
    "expiry": "[expiry date]",
    "account": "[account number]",
    "routing": "[routing number]",
    "iban": "[IBAN]",
    "national_id": "[national id]",
    "email": "[e-mail]",
    "phone": "[phone number]",
    "address": "[address]",
    "name": "[name]",
    "agent_name": "[agent name]",
    "customer_name": "[customer name]",
    "words": "[words taken out]",
}
"""What stands in the place of a value; ``words`` is a whole turn in which a value could not be placed."""

PAYMENT: Final[tuple[KindToFind, ...]] = (
    "card",
    "security_code",
    "expiry",
    "account",
    "routing",
    "iban",
    "national_id",
)
"""Kinds that are taken out unless the settings say otherwise."""

DIGITS: Final[Mapping[str, tuple[int, int]]] = {
    "card": (13, 19),
    "long_number": (13, 19),
    "security_code": (3, 4),
    "expiry": (3, 8),
    "account": (5, 18),
    "routing": (6, 9),
    "iban": (13, 32),
    "national_id": (4, 15),
    "phone": (7, 15),
}
"""Fewest and most digits of a kind that is a number."""


@dataclass(frozen=True, slots=True)
class RedactedSpan:
    """One stretch of a turn whose words were taken out.

    Parameters
    ----------
    turn_no
        The turn.
    kind
        What stood there.
    span
        When it was said.
    words
        How many words it had: measures of pace count them.
    """

    turn_no: int
    kind: RedactedKind
    span: Span
    words: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was looked for in a call and taken out.

    Parameters
    ----------
    kinds
        The kinds that were looked for; empty where redaction was off, or was never done.
    spans
        Where something was taken out, in order.
    """

    kinds: tuple[str, ...] = ()
    spans: tuple[RedactedSpan, ...] = ()

    @property
    def stretches(self) -> tuple[Span, ...]:
        """When something was taken out, whatever it was."""
        return tuple(each.span for each in self.spans)


_MARKED = re.compile("|".join(re.escape(mark) + r"[.,;:!?]*" for mark in MARKS.values()) + r"|\S+")


def split_words(text: str) -> list[str]:
    """The words of a text, each mark being one.

    Examples
    --------
    >>> split_words("it is [card number], okay?")
    ['it', 'is', '[card number],', 'okay?']
    """
    return _MARKED.findall(text)


def find_mark(word: str) -> RedactedKind | None:
    """The kind whose mark a word is, None for any other word."""
    return _KIND_OF.get(word.strip(" .,;:!?\"'()")) if "[" in word else None


_KIND_OF: Final[Mapping[str, RedactedKind]] = {mark: kind for kind, mark in MARKS.items()}
