"""The algebra of matches: or, same turn, near, before, after, each in linear time.

A set of matches is an antichain of token ranges: none lies inside another (the *minimal-interval*
semantics of C. Clarke, G. Cormack, F. Burkowski, "An algebra for structured text search", Computer
Journal 38 (1995)). So starts and ends rise together, a set is never larger than the text, and the
nearest partner of a match is found by bisection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speechcx.rules.language.pattern import Order
from speechcx.rules.matching.stream import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Ranges of tokens, none inside another, by start.

    Parameters
    ----------
    starts, ends
        int, shape (n,): first token, and the place after the last; both strictly rising.
    """

    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.starts)

    def keep(self, mask: NDArray[np.bool_]) -> Matches:
        """The matches where `mask` is true."""
        return Matches(self.starts[mask], self.ends[mask])


_EMPTY = np.empty(0, dtype=np.int64)
_MANY = 2000
NONE = Matches(_EMPTY, _EMPTY)
"""No match at all."""


def minimal(starts: Ints, ends: Ints) -> Matches:
    """The ranges that hold no other range inside them, each once.

    Parameters
    ----------
    starts, ends
        int, shape (n,), in any order.
    """
    if not starts.size:
        return NONE
    # One number for each range, by end and then by the latest start: a plain sort of integers.
    bits = int(ends.max()).bit_length()
    mask = (1 << bits) - 1
    keys = np.sort((ends << bits) | (mask - starts), kind="stable")
    return without_outer(mask - (keys & mask), keys >> bits)


def without_outer(starts: Ints, ends: Ints) -> Matches:
    """Of ranges by end, and for one end by the latest start, those that hold no other."""
    if not starts.size:
        return NONE
    latest = np.maximum.accumulate(starts)
    keep = np.empty(len(starts), dtype=bool)
    keep[0] = True
    keep[1:] = starts[1:] > latest[:-1]
    return Matches(starts[keep], ends[keep])


def merge(sets: list[tuple[Ints, Ints]]) -> Matches:
    """The same of several sets of ranges, in each of which starts and ends do not fall.

    Many ranges are merged along the text, in linear time: of ranges with one end only the one that
    starts last can be minimal, and in a set in order that is the last one.
    """
    count = sum(starts.size for starts, _ in sets)
    if count < _MANY:
        return minimal(np.concatenate([s for s, _ in sets]), np.concatenate([e for _, e in sets]))
    size = max(int(ends[-1]) for starts, ends in sets if starts.size) + 1
    latest = np.full(size, -1, dtype=np.int64)
    for starts, ends in sets:
        here = np.full(size, -1, dtype=np.int64)
        here[ends] = starts
        np.maximum(latest, here, out=latest)
    found = np.flatnonzero(latest >= 0)
    return without_outer(latest[found], found)


def count_below(values: Ints, limits: Ints) -> Ints:
    """How many of `values`, which rise, are less than each of `limits`.

    Few are looked up by bisection, many by counting along the text: linear either way.
    """
    if len(limits) < _MANY or not len(values):
        return np.searchsorted(values, limits, side="left").astype(np.int64, copy=False)
    size = int(max(values[-1], limits.max())) + 2
    counts = np.zeros(size, dtype=np.int64)
    counts[values + 1] = 1
    found: Ints = np.cumsum(counts)[np.maximum(limits, 0)]
    return found


def unite(sets: list[Matches]) -> Matches:
    """Matches of any of several phrases."""
    filled = [matches for matches in sets if matches.starts.size]
    if len(filled) < 2:
        return filled[0] if filled else NONE
    return merge([(matches.starts, matches.ends) for matches in filled])


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What the algebra must know of the row of tokens.

    Parameters
    ----------
    passage
        int, shape (n,): number of each token's passage, rising.
    passage_first, passage_end
        int, shape (n,): first token of that passage, and the place after its last.
    turn
        int, shape (n,): number of each token's turn.
    start_s, end_s
        float, shape (n,): its time in seconds.
    """

    passage: Ints
    passage_first: Ints
    passage_end: Ints
    turn: Ints
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]


def same_turn(left: Matches, right: Matches, places: Places, *, without: bool) -> Matches:
    """``left & right``: the smallest ranges that hold one of each out of one turn.

    With `without`, the matches of `left` in turns that hold none of `right`. A match belongs to the
    turn of its first word.
    """
    if not len(left) or not len(right):
        return left if without else NONE
    if without:
        return left.keep(~np.isin(places.turn[left.starts], places.turn[right.starts]))
    # Of the two that make a smallest range, the later is the first of its kind that does not start before
    # the earlier; so both are asked for their first partner from there on.
    return merge([_from_here(left, right, places), _from_here(right, left, places)])


def _from_here(mine: Matches, others: Matches, places: Places) -> tuple[Ints, Ints]:
    """Each of `mine` with the first of `others` in its turn that does not start before it."""
    partner = count_below(others.starts, mine.starts)
    real = np.flatnonzero(partner < len(others))
    real = real[places.turn[mine.starts[real]] == places.turn[others.starts[partner[real]]]]
    return mine.starts[real], np.maximum(mine.ends[real], others.ends[partner[real]])


def near_words(left: Matches, right: Matches, places: Places, order: Order, most: int) -> Matches:
    """The smallest ranges with one of each, apart, in one passage, at most `most` words between them."""
    if not len(left) or not len(right):
        return NONE
    found = []
    if order != "after":
        partner = count_below(right.starts, left.ends)
        mine = np.flatnonzero(partner < len(right))
        other = partner[mine]
        good = (right.starts[other] - left.ends[mine] <= most) & _one_passage(
            left, right, mine, other, places
        )
        found.append((left.starts[mine[good]], right.ends[other[good]]))
    if order != "before":
        partner = count_below(right.ends, left.starts + 1) - 1
        mine = np.flatnonzero(partner >= 0)
        other = partner[mine]
        good = (left.starts[mine] - right.ends[other] <= most) & _one_passage(
            left, right, mine, other, places
        )
        found.append((right.starts[other[good]], left.ends[mine[good]]))
    return merge(found)


def _one_passage(left: Matches, right: Matches, mine: Ints, other: Ints, places: Places) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = places.passage[left.starts[mine]] == places.passage[right.starts[other]]
    return same


def not_near_words(left: Matches, right: Matches, places: Places, order: Order, most: int) -> Matches:
    """The matches of `left` with none of `right` within `most` words.

    For ``near``, one that shares words with it counts as near.
    """
    if not len(left) or not len(right):
        return left
    if order == "near":
        low = np.maximum(left.starts - most, places.passage_first[left.starts] + 1)
        high = np.minimum(left.ends + most, places.passage_end[left.starts] - 1)
        partner = count_below(right.ends, low)
        inside = np.append(right.starts, np.iinfo(np.int64).max)[partner] <= high
        return left.keep(~inside)
    taken = np.zeros(len(left), dtype=bool)
    if order == "before":
        partner = count_below(right.starts, left.ends)
        mine = np.flatnonzero(partner < len(right))
        gap = right.starts[partner[mine]] - left.ends[mine]
    else:
        partner = count_below(right.ends, left.starts + 1) - 1
        mine = np.flatnonzero(partner >= 0)
        gap = left.starts[mine] - right.ends[partner[mine]]
    taken[mine] = (gap <= most) & _one_passage(left, right, mine, partner[mine], places)
    return left.keep(~taken)


def near_seconds(
    left: Matches, right: Matches, places: Places, order: Order, *, most_s: float, without: bool
) -> Matches:
    """The matches of `left` with one of `right` within `most_s` seconds, in any turn and passage.

    ``before``: one of `right` begins at most `most_s` after it ends; ``after``: one ended at most
    `most_s` before it begins; ``near``: either, or at the same time, but in other words.
    """
    if not len(left) or not len(right):
        return left if without else NONE
    begins, finishes = places.start_s[left.starts], places.end_s[left.ends - 1]
    right_begins = np.sort(places.start_s[right.starts], kind="stable")
    right_finishes = np.sort(places.end_s[right.ends - 1], kind="stable")
    if order == "before":
        count = np.searchsorted(right_begins, finishes + most_s, side="right")
        count = count - np.searchsorted(right_begins, finishes, side="left")
    elif order == "after":
        count = np.searchsorted(right_finishes, begins, side="right")
        count = count - np.searchsorted(right_finishes, begins - most_s, side="left")
    else:
        count = np.searchsorted(right_begins, finishes + most_s, side="right")
        count = count - np.searchsorted(right_finishes, begins - most_s, side="left")
        shared = count_below(right.starts, left.ends)
        count = count - (shared - count_below(right.ends, left.starts + 1))
    return left.keep((count > 0) != without)
