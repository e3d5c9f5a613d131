"""The nearest miss: where most of a phrase's words stand close together, or two phrases not close enough."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from speechcx.rules.nearness import Matches
from speechcx.rules.pattern import Near
from speechcx.rules.plans import Leaf, Node
from speechcx.rules.search import ENOUGH, Search

_PHRASES_TRIED = 2
_ANCHORS_TRIED = 5
_SLACK = 4
_FAR = 10**9
_PAIRS_TRIED = 50


@dataclass(frozen=True, slots=True)
class Partial:
    """Tokens from `start` up to `end` that nearly are what was asked.

    Parameters
    ----------
    start, end
        Tokens.
    share
        How much of it is there, 0 to 1.
    fault
        What is wrong with it.
    """

    start: int
    end: int
    share: float
    fault: str


def nearest_miss(search: Search, node: Node) -> Partial | None:
    """The best partial match of `node`, None where nothing comes near: of any of its phrases, or of two of them."""
    apart = _too_far(search, node)
    if search.almost.isdisjoint(node.leaf_numbers):
        return apart
    candidates = [
        (sum(w for need, w in zip(leaf.needs, leaf.weights, strict=True) if search.holds(need)), leaf, source)
        for leaf, source in node.leaves
        if leaf.number in search.almost
    ]
    candidates.sort(key=lambda candidate: -candidate[0] / candidate[1].weight)
    best = apart
    for met, leaf, source in candidates[:_PHRASES_TRIED]:
        if best is not None and met <= best.share * leaf.weight:
            break
        found = _place(search, leaf, source)
        if found is not None and (best is None or found.share > best.share):
            best = found
    return best


def _too_far(search: Search, node: Node) -> Partial | None:
    """Two phrases that should be near each other and are both there, too far apart or the other way round."""
    near = node.expression
    if not node.parts or search.is_nowhere(node):
        return None
    if isinstance(near, Near) and not near.without:
        left, right = (search.find(part) for part in node.parts)
        if len(left) and len(right):
            return _nearest_pair(search, near, left, right)
    found = [partial for part in node.parts if (partial := _too_far(search, part)) is not None]
    return max(found, key=lambda partial: partial.share, default=None)


def _nearest_pair(search: Search, near: Near, left: Matches, right: Matches) -> Partial | None:
    """The pair with the least between it, where that is not much more than was asked."""
    layout = search.layout
    best: tuple[float, int, int] | None = None
    starts, ends = left.starts[:_PAIRS_TRIED], left.ends[:_PAIRS_TRIED]
    after = np.searchsorted(right.starts, starts)
    for shift in (-1, 0):
        partner = np.clip(after + shift, 0, len(right) - 1)
        for a, b, c, d in zip(
            starts.tolist(),
            ends.tolist(),
            right.starts[partner].tolist(),
            right.ends[partner].tolist(),
            strict=True,
        ):
            low, high = (b, c) if a <= c else (d, a)
            if near.seconds:
                gap = float(layout.start_s[max(a, c)] - layout.end_s[min(b, d) - 1])
            elif layout.passage[a] == layout.passage[c]:
                gap = float(high - low)
            else:
                continue
            if best is None or gap < best[0]:
                best = (gap, min(a, c), max(b, d))
    if best is None or best[0] > 4 * near.distance + 10:
        return None
    gap, start, end = max(0.0, best[0]), best[1], best[2]
    if gap <= near.distance:
        return Partial(start, end, 0.9, "the other way round")
    between = f"{gap:.0f} seconds" if near.seconds else f"{gap:.0f} words"
    fault = f"{between} between, asked at most {near.distance}"
    return Partial(start, end, 0.6 + 0.3 * near.distance / gap, fault)


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
    return Partial(best[1], best[2], share, f'part of "{source}"') if share >= ENOUGH else None


def _nearest(places: list[int], anchor: int) -> int:
    """The place nearest to `anchor` out of some that rise; far away where there is none."""
    index = bisect_left(places, anchor)
    if index == len(places):
        return places[-1] if places else _FAR
    if index and anchor - places[index - 1] < places[index] - anchor:
        return places[index - 1]
    return places[index]
