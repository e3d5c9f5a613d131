"""The nearest miss: where most of a phrase's words stand close together, or two phrases not close enough."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from speechcx.rules.language.pattern import Near
from speechcx.rules.matching.phrase_search import BLOCK, ENOUGH, Search
from speechcx.rules.matching.search_plans import Leaf, Node

_PHRASES_TRIED = 2
_ANCHORS_TRIED = 5
_SLACK = 4
_PAIRS_TRIED = 50
_FAR = 10**9


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
    best = _too_far(search, node) if node.nears else None
    almost = search.almost
    if almost.keys().isdisjoint(node.leaf_numbers):
        return best
    candidates = [pair for pair in node.leaves if pair[0].number in almost]
    if len(candidates) > 1:
        candidates.sort(key=lambda pair: -almost[pair[0].number])
    for leaf, source in candidates[:_PHRASES_TRIED]:
        if best is not None and almost[leaf.number] <= best.share:
            break
        found = _place(search, leaf, source)
        if found is not None and (best is None or found.share > best.share):
            best = found
    return best


def _too_far(search: Search, node: Node) -> Partial | None:
    """Two phrases that should be near each other and are both there, too far apart or the other way round."""
    best: Partial | None = None
    for near in node.nears:
        if any(search.is_nowhere(part) for part in near.parts):
            found = [partial for part in near.parts if (partial := _too_far(search, part)) is not None]
        else:
            pair = _nearest_pair(search, near)
            found = [] if pair is None else [pair]
        best = max([*found, *([best] if best else [])], key=lambda partial: partial.share, default=None)
    return best


def _nearest_pair(search: Search, node: Node) -> Partial | None:
    """The pair with the least between it, where that is not much more than was asked."""
    near = node.expression
    assert isinstance(near, Near)
    left, right = (search.find(part) for part in node.parts)
    if not len(left) or not len(right):
        return None
    layout = search.layout
    best: tuple[float, int, int] | None = None
    starts, ends = right.starts.tolist(), right.ends.tolist()
    firsts, lasts = left.starts[:_PAIRS_TRIED].tolist(), left.ends[:_PAIRS_TRIED].tolist()
    for a, b in zip(firsts, lasts, strict=True):
        after = bisect_left(starts, a)
        for partner in (after - 1, after):
            if not 0 <= partner < len(starts):
                continue
            c, d = starts[partner], ends[partner]
            if near.seconds:
                gap = float(layout.start_s[max(a, c)] - layout.end_s[min(b, d) - 1])
            elif layout.passage[a] == layout.passage[c]:
                gap = float(c - b if a <= c else a - d)
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
    there = [(*search.spread(need), weight) for need, weight in zip(leaf.needs, leaf.weights, strict=True)]
    telling = [found for found in there if found[0] and found[2] >= 1.0]
    if not telling:
        return None
    rarest, blocks, _ = min(telling, key=_count_places)
    reach = len(there) + _SLACK
    if reach <= BLOCK:
        # What stands in none of the blocks around the rarest word is too far from all its places.
        blocks |= blocks << 1 | blocks >> 1
        there = [found for found in there if found[1] & blocks]
        if sum(found[2] for found in there) < ENOUGH * leaf.weight - 1e-9:
            return None
    best_total, best_low, best_high = 0.0, 0, 0
    for anchor in rarest[:_ANCHORS_TRIED]:
        total, taken = 0.0, [anchor]
        for found, _, weight in there:
            if found is rarest:
                total += weight
                continue
            nearest = _nearest(found, anchor) if found else _FAR
            if -reach < nearest - anchor < reach and nearest not in taken:
                taken.append(nearest)
                total += weight
        if total > best_total:
            low, high = min(taken), max(taken) + 1
            if "" not in search.tokens[low:high]:
                best_total, best_low, best_high = total, low, high
    share = best_total / leaf.weight
    return Partial(best_low, best_high, share, f'part of "{source}"') if share >= ENOUGH else None


def _count_places(found: tuple[list[int], int, float]) -> int:
    return len(found[0])


def _nearest(places: list[int], anchor: int) -> int:
    """The place nearest to `anchor` out of some that rise."""
    index = bisect_left(places, anchor)
    if index == len(places):
        return places[-1]
    if index and anchor - places[index - 1] < places[index] - anchor:
        return places[index - 1]
    return places[index]
