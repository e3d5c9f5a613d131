"""Whether two texts with times are the same talk, one begun earlier: the same words at the same distances."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

TimedPair = tuple[tuple[str, str], float]
"""Two words that follow each other in a turn, and when."""

RARE = 3
"""A pair that comes more often in one of the texts tells nothing of the distance."""
STEP_S = 1.0
WITHIN_S = 1.5
"""The same words of two recognitions, or of two recorders whose clocks drift, lie so near to each other."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How two texts fit at the distance at which they fit best.

    Parameters
    ----------
    pairs
        Pairs of words that both have, at that distance.
    share
        These, of all pairs of the longer text, 0 to 1.
    later_s
        So much later they come in the second.
    """

    pairs: int
    share: float
    later_s: float


def align_words(first: Sequence[TimedPair], second: Sequence[TimedPair]) -> Alignment:
    """Shift one text in time until most of its words meet the other's."""
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for pair, time_s in second:
        times[pair].append(time_s)
    distances = _distances(first, times)
    if not distances:
        return Alignment(0, 0.0, 0.0)
    votes = Counter(round(distance / STEP_S) for distance in distances)
    best = max(votes, key=lambda step: (sum(votes[step + near] for near in (-1, 0, 1)), -abs(step)))
    later_s = median(d for d in distances if abs(d - best * STEP_S) <= WITHIN_S)
    left = {pair: sorted(found) for pair, found in times.items()}
    pairs = 0
    for pair, time_s in sorted(first, key=lambda one: one[1]):
        places = left.get(pair, [])
        at = bisect_left(places, time_s + later_s - WITHIN_S)
        if at < len(places) and places[at] <= time_s + later_s + WITHIN_S:
            del places[at]
            pairs += 1
    return Alignment(pairs, pairs / max(len(first), len(second)), later_s)


def pair_words(words: Sequence[tuple[str, float]]) -> list[TimedPair]:
    """Every two words of a turn that follow each other, without case and marks, at the time of the first."""
    plain = [
        (token, time_s)
        for text, time_s in words
        for token in "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()
    ]
    return [((one, two), time_s) for (one, time_s), (two, _) in pairwise(plain)]


def _distances(first: Sequence[TimedPair], times: dict[tuple[str, str], list[float]]) -> list[float]:
    """How much later a rare pair of the first text comes in the second, for each way to match the two."""
    counts = Counter(pair for pair, _ in first)
    return [
        other_s - time_s
        for pair, time_s in first
        if counts[pair] <= RARE and len(times.get(pair, ())) <= RARE
        for other_s in times.get(pair, ())
    ]
