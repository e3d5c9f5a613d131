"""Drawing with known chances: so many of a list, heavier ones sooner, spread over strata, the same for a seed."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Hashable, Sequence
from itertools import accumulate


def find_chances(weights: Sequence[float], n: int) -> tuple[float, ...]:
    """How probable each item is to be drawn when `n` are, in proportion to weight.

    An item that would be drawn more than once by its weight is drawn for sure, and the others share the
    rest.

    Parameters
    ----------
    weights
        Above 0.
    n
        How many; all where there are not more.

    Returns
    -------
    tuple of float
        Above 0, at most 1; they add up to `n`, or to the number of items.
    """
    if n >= len(weights):
        return (1.0,) * len(weights)
    sure: set[int] = set()
    while True:
        rest = sum(weight for place, weight in enumerate(weights) if place not in sure)
        share = (n - len(sure)) / rest if rest else 0.0
        more = {p for p, weight in enumerate(weights) if p not in sure and weight * share >= 1.0}
        if not more:
            return tuple(1.0 if p in sure else weight * share for p, weight in enumerate(weights))
        sure |= more


def draw(chances: Sequence[float], strata: Sequence[Hashable], dice: random.Random) -> tuple[int, ...]:
    """Places drawn with exactly these chances, spread over the strata.

    Systematic: the items lie in a row, each as long as its chance, strata one after the other and
    chance deciding inside each; a ruler with a mark every 1 is laid down at a random start. Each
    stratum gets its share to within one. Madow, Annals of Mathematical Statistics 20 (1949) 333.

    Parameters
    ----------
    chances
        As :func:`find_chances` gives them.
    strata
        The stratum of each item; strata keep the order in which they first come.
    dice
        The source of chance.

    Returns
    -------
    tuple of int
        In order.
    """
    sure = [place for place, chance in enumerate(chances) if chance >= 1.0]
    others = [place for place, chance in enumerate(chances) if chance < 1.0]
    count = round(sum(chances[place] for place in others))
    if not count:
        return tuple(sure)
    order = {stratum: number for number, stratum in enumerate(dict.fromkeys(strata))}
    dice.shuffle(others)
    others.sort(key=lambda place: order[strata[place]])
    ends = list(accumulate(chances[place] for place in others))
    # Rounding may leave the last end a hair under the count, where a mark could fall beyond it.
    ends[-1] = float(count)
    start = dice.random()
    found = {others[min(bisect_right(ends, start + mark), len(others) - 1)] for mark in range(count)}
    return tuple(sorted([*sure, *found]))
