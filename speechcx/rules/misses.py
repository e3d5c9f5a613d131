"""The nearest miss: where most of a phrase's words stand close together, though not the whole phrase."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.rules.pattern import Expression, phrases_of
from speechcx.rules.plans import Leaf, weigh
from speechcx.rules.search import Search

_ENOUGH = 0.5
_PHRASES_TRIED = 40
_PLACES_TRIED = 400
_SLACK = 4


@dataclass(frozen=True, slots=True)
class Partial:
    """Part of a phrase: tokens from `start` up to `end`; `share` of its weight is there."""

    start: int
    end: int
    share: float
    source: str


def nearest_miss(search: Search, expression: Expression) -> Partial | None:
    """The best partial match of any phrase of `expression`, None where less than half of one is there."""
    candidates = []
    for phrase in phrases_of(expression):
        leaf = search.plans.leaves[phrase.row]
        if len(leaf.needs) < 2:
            continue
        met = search.weight_met(leaf)
        if met >= _ENOUGH * leaf.weight:
            candidates.append((met / leaf.weight, leaf, phrase.source))
    candidates.sort(key=lambda candidate: -candidate[0])
    best: Partial | None = None
    for share, leaf, source in candidates[:_PHRASES_TRIED]:
        if best is not None and share <= best.share:
            break
        found = _place(search, leaf, source)
        if found is not None and (best is None or found.share > best.share):
            best = found
    return best


def _place(search: Search, leaf: Leaf, source: str) -> Partial | None:
    """The stretch of tokens that holds most of a phrase's weight."""
    reach = len(leaf.needs) + _SLACK
    places: list[tuple[int, int, float]] = []
    for number, need in enumerate(leaf.needs):
        weight = weigh(need)
        for key in need:
            places.extend((place, number, weight) for place in search.positions(key)[:_PLACES_TRIED])
    places.sort()
    best = (0.0, 0, 0)
    for index, (start, _, weight) in enumerate(places):
        if weight < 1.0 or not search.stream.tokens[start]:
            continue
        seen: dict[int, float] = {}
        end = start
        for place, number, value in places[index : index + 3 * reach]:
            if place - start >= reach or "" in search.stream.tokens[end:place]:
                break
            if number not in seen:
                seen[number], end = value, place
        total = sum(seen.values())
        if total > best[0]:
            best = (total, start, end + 1)
    share = best[0] / leaf.weight
    return Partial(best[1], best[2], share, source) if share >= _ENOUGH else None
