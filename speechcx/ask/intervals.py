"""Means, shares and differences of calls with their 95 % intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

LEVEL = 0.05
"""What is left outside of an interval."""

NORMAL = 1.959963984540054
"""97.5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What a mean and its interval are made from; those of two groups of calls add up.

    Parameters
    ----------
    n
        Calls with a value.
    total, squares
        Sum of the values, and of their squares.
    n_missing
        Calls without one.
    """

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    n_missing: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.n + other.n,
            self.total + other.total,
            self.squares + other.squares,
            self.n_missing + other.n_missing,
        )

    @property
    def mean(self) -> float | None:
        """Mean of the values, None for none."""
        return self.total / self.n if self.n else None

    @property
    def variance(self) -> float | None:
        """Variance of the population the calls are drawn from, None under two calls."""
        if self.n < 2:
            return None
        return max(0.0, (self.squares - self.total * self.total / self.n) / (self.n - 1))


Interval = tuple[float, float]


MIN_CALLS = 3
"""Under so many calls a mean has no interval: the number is too small."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the scale of a measure ends; None where it does not.

    The usual spread of a scale with two ends is taken as a quarter of it (the range rule of thumb).
    """

    low: float | None = None
    high: float | None = None

    @property
    def spread(self) -> float | None:
        """Usual standard deviation; None where the scale is open."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 4

    def trim(self, interval: Interval) -> Interval:
        """The interval as far as it lies on the scale."""
        low, high = interval
        return (
            low if self.low is None else max(self.low, low),
            high if self.high is None else min(self.high, high),
        )


OPEN = Scale()


def mean_interval(sums: Sums, scale: Scale = OPEN) -> Interval | None:
    """Student's interval of a mean; None under :data:`MIN_CALLS` calls.

    A few calls may be alike by chance, and then Student's claims certainty. So on a scale with two ends
    a smaller variance is drawn up towards the usual one of that scale, which counts as much as one call,
    as in a moderated t: Smyth, Stat. Appl. Genet. Mol. Biol. 3 (2004) 3. It is never narrower than
    Student's. On an open scale calls that are all alike have no interval.

    Parameters
    ----------
    sums
        Of the calls.
    scale
        Of the measure; the interval does not go beyond it.
    """
    variance = _moderated(sums, scale.spread)
    if sums.mean is None or not variance or sums.n < MIN_CALLS:
        return None
    reach = t_quantile(sums.n - 1) * math.sqrt(variance / sums.n)
    return scale.trim((sums.mean - reach, sums.mean + reach))


def _moderated(sums: Sums, usual: float | None) -> float | None:
    """Variance of the calls, drawn up towards that of a usual deviation where there is one; None under two calls."""
    variance = sums.variance
    if variance is None or usual is None:
        return variance
    return max(variance, (usual * usual + (sums.n - 1) * variance) / sums.n)


def share_interval(sums: Sums) -> Interval | None:
    """Wilson's interval of a share of calls; None without calls.

    Student's would claim certainty where all of five calls are alike. Wilson, J. Am. Stat. Assoc. 22
    (1927) 209.
    """
    share = sums.mean
    if share is None:
        return None
    z, n = NORMAL, sums.n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def mean_difference(now: Sums, before: Sums, scale: Scale = OPEN) -> Interval | None:
    """Welch's interval of a difference of two means; None where either has under two calls.

    Welch, Biometrika 34 (1947) 28; the variances as in :func:`mean_interval`.
    """
    mine, other = _moderated(now, scale.spread), _moderated(before, scale.spread)
    if now.mean is None or before.mean is None or mine is None or other is None:
        return None
    first, second = mine / now.n, other / before.n
    spread = first + second
    change = now.mean - before.mean
    if spread == 0:
        return None
    freedom = spread * spread / (first * first / (now.n - 1) + second * second / (before.n - 1))
    reach = t_quantile(freedom) * math.sqrt(spread)
    return change - reach, change + reach


def share_difference(now: Sums, before: Sums) -> Interval | None:
    """Newcombe's interval of a difference of two shares, from their Wilson intervals.

    Newcombe, Statistics in Medicine 17 (1998) 873, method 10.
    """
    first, second = share_interval(now), share_interval(before)
    if now.mean is None or before.mean is None or first is None or second is None:
        return None
    change = now.mean - before.mean
    low = math.hypot(now.mean - first[0], second[1] - before.mean)
    high = math.hypot(first[1] - now.mean, before.mean - second[0])
    return max(-1.0, change - low), min(1.0, change + high)


@lru_cache(maxsize=4096)
def t_quantile(freedom: float) -> float:
    """97.5 % point of Student's t, to five digits: Hill, Comm. ACM 13 (1970) 619, algorithm 396.

    Parameters
    ----------
    freedom
        Degrees of freedom; need not be whole. Under 2 they count as 1: the formula is poor there, and
        a wider interval is the honest one.
    """
    n = freedom
    if n < 2:
        return math.tan(math.pi / 2 * (1 - LEVEL))
    if n == 2:
        return math.sqrt(2 / (LEVEL * (2 - LEVEL)) - 2)
    a = 1 / (n - 0.5)
    b = 48 / (a * a)
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * n
    y = (d * LEVEL) ** (2 / n)
    if y > 0.05 + a:
        x = -NORMAL
        y = x * x
        if n < 5:
            c += 0.3 * (n - 4.5) * (x + 0.6)
        c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = math.expm1(a * y * y)
    else:
        y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * (
            n + 1
        ) / (n + 2) + 1 / y
    return math.sqrt(n * y)
