"""How likely a count of calls is, given what the same time of the week usually brings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usual:
    """What past days of the same kind bring, as the distribution of the next day's count.

    Parameters
    ----------
    mean
        Expected count.
    variance
        Of the next count: chance, what is not known of the mean, and days that differ by more than chance.
    days
        Past days it is from.
    """

    mean: float
    variance: float
    days: int

    def tail(self, count: int) -> float:
        """Probability of `count` or more on a day like those: Poisson, or negative binomial where days vary more."""
        if count <= 0:
            return 1.0
        below = math.fsum(self._probability(k) for k in range(count))
        # Under 1e-12 the difference is only rounding; it is said as that much.
        return max(1.0 - below, 1e-12)

    def _probability(self, k: int) -> float:
        excess = self.variance - self.mean
        if excess <= 1e-9 * self.mean:
            return math.exp(k * math.log(self.mean) - self.mean - math.lgamma(k + 1))
        size = self.mean**2 / excess
        return math.exp(
            math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
            + size * math.log(size / (size + self.mean)) + k * math.log(self.mean / (size + self.mean))
        )  # fmt: skip


def learn_usual(counts: Sequence[int], others: Sequence[Sequence[int]] = ()) -> Usual:
    """What a day like these will bring.

    Half a call is added to what was counted (Jeffreys' prior of a Poisson rate), so that days without one
    call do not make the first call a miracle. How much days of one kind differ beyond chance is learned
    from all kinds of days together: eight Mondays alone say too little of it.

    Parameters
    ----------
    counts
        Calls on each past day of the same kind; at least one day.
    others
        The same for other kinds of days.

    Raises
    ------
    ValueError
        There is no day.
    """
    days = len(counts)
    if not days:
        raise ValueError("counts must hold at least one day, got none")
    mean = (sum(counts) + 0.5) / days
    return Usual(mean, (mean + _excess([counts, *others]) * mean**2) * (1 + 1 / days), days)


def _excess(groups: Sequence[Sequence[int]]) -> float:
    """Squared coefficient of variation of days of one kind beyond Poisson, by the method of moments; 0 or more."""
    above, scale = 0.0, 0.0
    for group in groups:
        if len(group) > 1:
            mean = sum(group) / len(group)
            variance = sum((count - mean) ** 2 for count in group) / (len(group) - 1)
            above += (variance - mean) * (len(group) - 1)
            scale += mean**2 * (len(group) - 1)
    return max(0.0, above / scale) if scale else 0.0
