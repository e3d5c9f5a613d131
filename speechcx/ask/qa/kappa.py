"""Agreement of two raters on one question: observed, kappa with its interval, PABAK, and a test of drift."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speechcx.ask.intervals import Interval, Sums, share_interval

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
