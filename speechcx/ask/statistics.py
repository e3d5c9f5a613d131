"""Means, shares, differences and agreement of raters with their 95 % intervals, and how likely a count is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class CountedFigure:
    """A mean or a share with what it is made from.

    Parameters
    ----------
    n
        What it is made from: its denominator.
    value
        The mean, or the share from 0 to 1; None where there is nothing to make it from.
    interval
        95 %: Student's of a mean, Wilson's of a share; None where there is too little.
    """

    n: int
    value: float | None
    interval: Interval | None


MIN_CALLS = 3
"""Under this many calls a mean has no interval: the number is too small."""


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


def mean_figure(sums: Sums, scale: Scale = OPEN) -> CountedFigure:
    """A mean with its denominator and interval."""
    return CountedFigure(sums.n, sums.mean, mean_interval(sums, scale))


def share_figure(sums: Sums) -> CountedFigure:
    """A share with its denominator and interval."""
    return CountedFigure(sums.n, sums.mean, share_interval(sums))


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


Pairs = Mapping[tuple[str, str], int]
"""How often the first rater gave one answer and the second another."""

_NORMAL = 1.959963984540054
"""97.5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two raters agree.

    Parameters
    ----------
    n
        Answers both gave.
    observed
        Share of them that are alike, 0 to 1; None without any.
    expected
        Share that would be alike by chance, from how often each rater gives each answer.
    kappa
        Cohen's kappa, -1 to 1: (observed - expected) / (1 - expected); None with `why`.
    interval
        Its 95 % interval; None where kappa is, and where one rater always gave the same answer: kappa is
        then 0 whatever the other says.
    pabak
        Kappa as it would be if all answers were equally frequent, -1 to 1.
    why
        Why there is no kappa; empty where there is.
    """

    n: int
    observed: float | None
    expected: float | None
    kappa: float | None
    interval: Interval | None
    pabak: float | None
    why: str


def measure_agreement(pairs: Pairs) -> Agreement:
    """Agreement over pairs of answers.

    Cohen, Educational and Psychological Measurement 20 (1960) 37; PABAK after Byrt, Bishop and Carlin,
    Journal of Clinical Epidemiology 46 (1993) 423, for the answers that occur (at least two):
    (answers * observed - 1) / (answers - 1), which for yes and no is 2 * observed - 1.

    Parameters
    ----------
    pairs
        Counts by (first answer, second answer).
    """
    n = sum(pairs.values())
    if not n:
        return Agreement(0, None, None, None, None, None, "no answers to compare")
    answers = sorted({answer for pair, count in pairs.items() if count for answer in pair})
    rows = {answer: sum(pairs.get((answer, other), 0) for other in answers) for answer in answers}
    columns = {answer: sum(pairs.get((other, answer), 0) for other in answers) for answer in answers}
    same = sum(pairs.get((answer, answer), 0) for answer in answers)
    by_chance = sum(rows[answer] * columns[answer] for answer in answers)
    kinds = max(2, len(answers))
    observed, expected = same / n, by_chance / (n * n)
    pabak = (kinds * observed - 1) / (kinds - 1)
    if by_chance == n * n:
        why = f"both always say {answers[0]}: without another answer, chance cannot be told from agreement"
        return Agreement(n, observed, expected, None, None, pabak, why)
    # Whole numbers up to here: a kappa of 1 or 0 is exactly that.
    kappa = (n * same - by_chance) / (n * n - by_chance)
    return Agreement(n, observed, expected, kappa, _interval(pairs, answers, kappa, expected), pabak, "")


def _interval(pairs: Pairs, answers: Sequence[str], kappa: float, expected: float) -> Interval | None:
    """95 % interval of a kappa from its large-sample error.

    Fleiss, Cohen and Everitt, Psychological Bulletin 72 (1969) 323, formula 13. Where all answers are
    alike that error is 0, and where none is it is too small; there the interval is widened to Wilson's of
    the observed share, since thirty like answers do not prove that the next is like too.
    """
    n = sum(pairs.values())
    if 1 in (len({first for (first, _), count in pairs.items() if count}),
             len({second for (_, second), count in pairs.items() if count})):  # fmt: skip
        return None
    share = {pair: count / n for pair, count in pairs.items()}
    rows = {one: sum(share.get((one, other), 0.0) for other in answers) for one in answers}
    columns = {one: sum(share.get((other, one), 0.0) for other in answers) for one in answers}
    alike = sum(
        share.get((one, one), 0.0) * (1 - (rows[one] + columns[one]) * (1 - kappa)) ** 2 for one in answers
    )
    unlike = (1 - kappa) ** 2 * sum(
        share.get((one, other), 0.0) * (columns[one] + rows[other]) ** 2
        for one in answers
        for other in answers
        if one != other
    )
    variance = alike + unlike - (kappa - expected * (1 - kappa)) ** 2
    reach = _NORMAL * math.sqrt(max(0.0, variance) / n) / (1 - expected)
    low, high = kappa - reach, kappa + reach
    same = sum(pairs.get((one, one), 0) for one in answers)
    wilson = share_interval(Sums(n, float(same), float(same)))
    if wilson is not None and same in (0, n):
        low = min(low, (wilson[0] - expected) / (1 - expected))
        high = max(high, (wilson[1] - expected) / (1 - expected))
    return max(-1.0, low), min(1.0, high)


def fisher_less(hits: int, n: int, hits_before: int, n_before: int) -> float:
    """Probability of so few hits, or fewer, if nothing has changed: Fisher's exact test, one-sided.

    Parameters
    ----------
    hits, n
        Like answers among the newest, and how many these are.
    hits_before, n_before
        The same before them.

    Returns
    -------
    float
        0 to 1; small means that agreement fell.
    """
    total, all_hits = n + n_before, hits + hits_before
    ways = sum(
        math.comb(all_hits, k) * math.comb(total - all_hits, n - k) for k in range(max(0, hits + 1)) if k <= n
    )
    return min(1.0, ways / math.comb(total, n))


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
