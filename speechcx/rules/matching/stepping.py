"""A phrase stepped through item by item, for all places of a call together.

Kept is, for each place, the latest start of what has matched up to there: the shortest match that ends
there, whatever the way. So a phrase costs (tokens) x (items), and never more. Where its first word is
rare the places are a dictionary, else an array over the whole call; both give the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from speechcx.rules.language.pattern import (
    AnyWord,
    Choose,
    Fuzzy,
    Gap,
    ItemSequence,
    ListRef,
    Literal,
    PatternItem,
    Slot,
    Sounds,
    Wildcard,
)
from speechcx.rules.matching.proximity import NONE, Matches, without_outer
from speechcx.rules.matching.search_plans import key_of
from speechcx.rules.matching.stream import Ints

FEW = 60
"""Up to so many places of its first word a phrase is stepped through place by place."""

_WORDS = (Literal, Wildcard, Fuzzy)
_RANGES = (Slot, Sounds, ListRef)

Latest = dict[int, int]


class Lookup(Protocol):
    """What stepping asks of a call."""

    @property
    def tokens(self) -> Sequence[str]:
        """Normalised tokens; '' between passages."""
        ...

    @property
    def skips(self) -> Sequence[str]:
        """The tokens that gaps go over: those of `tokens`, '' for each that they must not skip."""
        ...

    def places(self, key: str) -> list[int]:
        """Places of the tokens that satisfy a key, rising."""
        ...

    def ranges(self, item: Slot | Sounds | ListRef) -> Sequence[tuple[int, int]]:
        """Ranges that fill a slot, a sound, or plain entries of a list."""
        ...

    def entries(self, name: str) -> Sequence[ItemSequence]:
        """Entries of a list that are not plain and may match here."""
        ...


def step_through(row: ItemSequence, lookup: Lookup) -> Matches:
    """All minimal matches of a phrase."""
    first = row.items[0]
    if isinstance(first, _WORDS):
        places = lookup.places(key_of(first))
        if len(places) <= FEW:
            return _step_few(row, places, lookup)
    return _Many(lookup).matches(row)


def matches_from(row: ItemSequence, start: int, end: int, lookup: Lookup) -> bool:
    """Whether a phrase matches the tokens from `start` up to `end`, its gaps going over `skips` alone."""
    latest: Latest = {start: start}
    for item in row.items:
        latest = _few(item, latest, lookup)
    return latest.get(end) == start


def _step_few(row: ItemSequence, places: list[int], lookup: Lookup) -> Matches:
    latest: Latest = {place + 1: place for place in places}
    for item in row.items[1:]:
        if not latest:
            return NONE
        latest = _few(item, latest, lookup)
    if not latest:
        return NONE
    ends = sorted(latest)
    starts = np.array([latest[end] for end in ends], dtype=np.int64)
    return without_outer(starts, np.array(ends, dtype=np.int64))


def _few(item: PatternItem, latest: Latest, lookup: Lookup) -> Latest:
    """The latest starts after one more item."""
    tokens = lookup.tokens
    if isinstance(item, Literal):
        text, size = item.text, len(tokens)
        return {place + 1: start for place, start in latest.items() if place < size and tokens[place] == text}
    if isinstance(item, ItemSequence):
        for part in item.items:
            latest = _few(part, latest, lookup)
        return latest
    if isinstance(item, Choose):
        options = [_few(option, latest, lookup) for option in item.options]
        return _latest_of([*options, latest] if item.optional else options)
    if isinstance(item, AnyWord):
        return _skip(latest, lookup.skips)
    if isinstance(item, Gap):
        reached = [latest]
        for _ in range(item.most):
            reached.append(_skip(reached[-1], lookup.skips))
        return _latest_of(reached)
    if isinstance(item, _RANGES):
        found = [{end: latest[start]} for start, end in lookup.ranges(item) if start in latest]
        if isinstance(item, ListRef):
            found += [_few(entry, latest, lookup) for entry in lookup.entries(item.name)]
        return _latest_of(found)
    places = lookup.places(key_of(item))
    return {place + 1: latest[place] for place in places if place in latest}


def _skip(latest: Latest, tokens: Sequence[str]) -> Latest:
    size = len(tokens)
    return {place + 1: start for place, start in latest.items() if place < size and tokens[place]}


def _latest_of(parts: Sequence[Latest]) -> Latest:
    best: Latest = {}
    for part in parts:
        for place, start in part.items():
            if start > best.get(place, -1):
                best[place] = start
    return best


class _Many:
    """The same over the whole call at once.

    Parameters
    ----------
    lookup
        The call.
    """

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.size = len(lookup.tokens) + 1
        self.is_word = np.array([token != "" for token in lookup.tokens], dtype=bool)
        self._arrays: dict[str, Ints] = {}

    def matches(self, row: ItemSequence) -> Matches:
        """All minimal matches of a phrase."""
        latest = self.step(row, np.arange(self.size, dtype=np.int64))
        ends = np.flatnonzero(latest >= 0)
        return without_outer(latest[ends], ends)

    def step(self, item: PatternItem, latest: Ints) -> Ints:
        """`latest[p]`: latest start of what has matched up to place p, -1 for none; after one more item."""
        if isinstance(item, ItemSequence):
            for part in item.items:
                latest = self.step(part, latest)
            return latest
        if isinstance(item, Choose):
            options = [self.step(option, latest) for option in item.options]
            best: Ints = np.maximum.reduce([*options, latest] if item.optional else options)
            return best
        if isinstance(item, AnyWord):
            return self.skip(latest)
        if isinstance(item, Gap):
            reached = latest
            for _ in range(item.most):
                latest = self.skip(latest)
                reached = np.maximum(reached, latest)
            return reached
        after = np.full(self.size, -1, dtype=np.int64)
        if isinstance(item, _RANGES):
            table = np.array(self.lookup.ranges(item), dtype=np.int64).reshape(-1, 2)
            np.maximum.at(after, table[:, 1], latest[table[:, 0]])
            for entry in self.lookup.entries(item.name) if isinstance(item, ListRef) else ():
                after = np.maximum(after, self.step(entry, latest))
            return after
        key = key_of(item)
        if key not in self._arrays:
            self._arrays[key] = np.array(self.lookup.places(key), dtype=np.int64)
        places = self._arrays[key]
        after[places + 1] = latest[places]
        return after

    def skip(self, latest: Ints) -> Ints:
        """One word further, whatever it is."""
        after = np.full(self.size, -1, dtype=np.int64)
        after[1:] = np.where(self.is_word, latest[:-1], -1)
        return after
