"""Figures of a classifier on labelled text: macro-F1, F1 by class, confusion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scripts.sentiment.sources import LABELS


@dataclass(frozen=True, slots=True)
class Figures:
    """How well predicted labels match the given ones."""

    n: int
    macro_f1: float
    accuracy: float
    f1: tuple[float, ...]

    def line(self, name: str) -> str:
        """One line for a log or a table."""
        by_class = " ".join(f"{label[:3]} {f:.3f}" for label, f in zip(LABELS, self.f1, strict=True))
        return f"{name:28s} n {self.n:5d}  macro-F1 {self.macro_f1:.3f}  acc {self.accuracy:.3f}  {by_class}"


def measure(given: Sequence[str], found: Sequence[str]) -> Figures:
    """Compare labels found with labels given."""
    pairs = Counter(zip(given, found, strict=True))
    hits = [pairs[label, label] for label in LABELS]
    scores = [
        2 * hit / max(1, given.count(label) + found.count(label))
        for label, hit in zip(LABELS, hits, strict=True)
    ]
    right = sum(n for (label, other), n in pairs.items() if label == other)
    return Figures(len(given), sum(scores) / 3, right / max(1, len(given)), tuple(scores))
