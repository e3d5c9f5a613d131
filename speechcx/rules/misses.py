"""The nearest miss: where most of a phrase's words stand close together, though not the whole phrase."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from speechcx.rules.plans import Leaf, Node
from speechcx.rules.search import ENOUGH, Search

_PHRASES_TRIED = 2
_ANCHORS_TRIED = 5
_SLACK = 4
_FAR = 10**9


@dataclass(frozen=True, slots=True)
class Partial:
    """Part of a phrase: tokens from `start` up to `end`; `share` of its weight is there."""

    start: int
    end: int
    share: float
    source: str


def nearest_miss(search: Search, node: Node) -> Partial | None:
    """The best partial match of any phrase of `node`, None where too little of one is there."""
    if search.almost.isdisjoint(node.leaf_numbers):
        return None
    candidates = [
        (sum(w for need, w in zip(leaf.needs, leaf.weights, strict=True) if search.holds(need)), leaf, source)
        for leaf, source in node.leaves
        if leaf.number in search.almost
    ]
    candidates.sort(key=lambda candidate: -candidate[0] / candidate[1].weight)
    best: Partial | None = None
    for met, leaf, source in candidates[:_PHRASES_TRIED]:
        if best is not None and met <= best.share * leaf.weight:
            break
        found = _place(search, leaf, source)
        if found is not None and (best is None or found.share > best.share):
            best = found
    return best


def _place(search: Search, leaf: Leaf, source: str) -> Partial | None:
    """The stretch of tokens that holds most of a phrase's weight, around its rarest word that is there."""
    places = [search.places_of_need(need) for need in leaf.needs]
    there = [number for number, found in enumerate(places) if found and leaf.weights[number] >= 1.0]
    if not there:
        return None
    rarest = min(there, key=lambda number: len(places[number]))
    reach = len(leaf.needs) + _SLACK
    best = (0.0, 0, 0)
    for anchor in places[rarest][:_ANCHORS_TRIED]:
        total, taken = 0.0, set[int]()
        for weight, found in zip(leaf.weights, places, strict=True):
            nearest = _nearest(found, anchor)
            if abs(nearest - anchor) < reach and nearest not in taken:
                taken.add(nearest)
                total += weight
        if total > best[0]:
            low, high = min(taken), max(taken) + 1
            if "" not in search.stream.tokens[low:high]:
                best = (total, low, high)
    share = best[0] / leaf.weight
    return Partial(best[1], best[2], share, source) if share >= ENOUGH else None


def _nearest(places: list[int], anchor: int) -> int:
    """The place nearest to `anchor` out of some that rise; far away where there is none."""
    index = bisect_left(places, anchor)
    if index == len(places):
        return places[-1] if places else _FAR
    if index and anchor - places[index - 1] < places[index] - anchor:
        return places[index - 1]
    return places[index]
