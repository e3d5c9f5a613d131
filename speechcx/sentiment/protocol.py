"""What every text model gives: the shares of the three classes in a short text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ClassShares:
    """Probabilities of the three classes; they sum to 1."""

    negative: float
    neutral: float
    positive: float

    def __post_init__(self) -> None:
        shares = (self.negative, self.neutral, self.positive)
        if min(shares) < -1e-6 or abs(sum(shares) - 1) > 1e-3:
            raise ValueError(f"class shares {shares} must be 0 or more and sum to 1")

    @property
    def value(self) -> float:
        """P(positive) - P(negative), -1 to 1."""
        return self.positive - self.negative


class SentimentModel(Protocol):
    """A text model.

    Attributes
    ----------
    name
        The engine and the model it runs, for people.
    digest
        Changes whenever the model can answer otherwise; stored with every call.
    """

    @property
    def name(self) -> str:
        """The engine and the model it runs."""

    @property
    def digest(self) -> str:
        """Identity of weights and labels, 16 hex digits."""

    def read(self, texts: Sequence[str]) -> tuple[ClassShares, ...]:
        """Class shares of each text, in order; the answer for one text never depends on the others."""
