"""Whether a phrase that was not found may have been said with one word misheard.

"This *quarrel* is recorded": other words stand for one word of the phrase, and either they are under the
confidence floor, so that any word may have been said there, or they sound nearly like the one asked for
("post code", "pose code"; "recorded", "record it"). All else must be there as it is asked, the other side
of a NEAR too. A critical rule is not failed on that: it cannot be told, and goes to a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speechcx.rules.language.pattern import (
    Choose,
    Either,
    Fuzzy,
    ItemSequence,
    ListRef,
    Literal,
    PatternItem,
    Phrase,
    Slot,
    Sounds,
    Wildcard,
)
from speechcx.rules.matching.fuzzy_words import is_one_off, placeless, sound_distance, sound_key
from speechcx.rules.matching.phrase_search import Search
from speechcx.rules.matching.proximity import Matches
from speechcx.rules.matching.search_plans import Leaf, Node, key_of, needs_of, weigh
from speechcx.rules.matching.stepping import step_through

_DOUBTED = Sounds(("\0",))
"""Stands for the misheard word of a phrase."""

_LETTERS = 4
"""Words shorter than this sound alike by chance."""

_COST, _COST_A_SOUND = 0.6, 0.2
"""Most that may differ in how two words sound: one consonant of another place, or more for each of a long word."""

_TokenRange = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Misheard:
    """Where a phrase may have been said, and the words that were written instead of one of its own.

    Parameters
    ----------
    start, end
        Tokens of the match.
    place, place_end
        Tokens of the words in doubt.
    phrase
        The phrase as the rulebook writes it.
    """

    start: int
    end: int
    place: int
    place_end: int
    phrase: str


def find_misheard(search: Search, node: Node, allowed: NDArray[np.bool_], floor: float) -> Misheard | None:
    """The first place where what a node asks may have been said with one word misheard.

    Parameters
    ----------
    search
        The call.
    node
        What was not found.
    allowed
        bool, shape (tokens,): where it may begin and whose words count.
    floor
        Confidence under which a word may have been any other, 0 to 1.
    """
    return next(_Doubt(search, allowed, floor).find(node, anchored=False), None)


class _Doubt:
    """What one call may hold where words may have been misheard; arguments as of :func:`find_misheard`."""

    def __init__(self, search: Search, allowed: NDArray[np.bool_], floor: float) -> None:
        self._search = search
        self._allowed = allowed
        unsure = allowed & (search.stream.confidence < floor) & (search.stream.first >= 0)
        self._unsure = [(place, place + 1) for place in np.flatnonzero(unsure).tolist()]
        self._alike: dict[str, list[_TokenRange]] = {}
        self._keys: list[tuple[int, str]] | None = None

    def find(self, node: Node, *, anchored: bool) -> Iterator[Misheard]:
        """Where a node may have been said; `anchored` where words beside it, which are there, ask for it too."""
        how = node.expression
        if isinstance(how, Phrase):
            assert node.leaf is not None
            yield from self._in_phrase(node.leaf, how.source, anchored=anchored)
        elif isinstance(how, Either):
            for part in node.parts:
                yield from self.find(part, anchored=anchored)
        else:
            yield from self._in_pair(node, how.without, anchored=anchored)

    def _in_pair(self, node: Node, without: bool, *, anchored: bool) -> Iterator[Misheard]:
        """Two sides of which one is there as it is asked; what must not be near is never misheard."""
        search, (left, right) = self._search, node.parts
        exact = search.find(right)
        if len(exact) or without:
            beside = not without and _is_anchor(exact, search.tokens)
            for one in self.find(left, anchored=anchored or beside):
                yield from self._joined(one, search.join(node.expression, _alone(one), exact))
        if without:
            return
        exact = search.find(left)
        if len(exact):
            for one in self.find(right, anchored=anchored or _is_anchor(exact, search.tokens)):
                yield from self._joined(one, search.join(node.expression, exact, _alone(one)))

    def _joined(self, one: Misheard, pairs: Matches) -> Iterator[Misheard]:
        for start, end in zip(pairs.starts.tolist(), pairs.ends.tolist(), strict=True):
            if self._allowed[start]:
                yield Misheard(min(start, one.start), max(end, one.end), one.place, one.place_end, one.phrase)
                return

    def _in_phrase(self, leaf: Leaf, phrase: str, *, anchored: bool) -> Iterator[Misheard]:
        items = leaf.row.items
        for first, last, words in self._replaceable(items, anchored=anchored):
            ranges = sorted({*(self._unsure if len(items) > 1 else ()), *self._near_all(words)})
            if not ranges:
                continue
            row = ItemSequence((*items[:first], _DOUBTED, *items[last:]))
            matches = step_through(row, _OneMisheard(self._search, ranges))
            for start, end in zip(matches.starts.tolist(), matches.ends.tolist(), strict=True):
                inside = [each for each in ranges if start <= each[0] and each[1] <= end]
                if self._allowed[start] and inside and "" not in self._search.tokens[start:end]:
                    yield Misheard(start, end, inside[0][0], inside[0][1], phrase)

    def _replaceable(
        self, items: Sequence[PatternItem], *, anchored: bool
    ) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """(first, last, words) of items that are one word, or two of one word each that may be heard as one.

        A telling word besides them must be in the call, in the phrase or beside it.
        """
        words = [_words_of(item) for item in items]
        for first, choice in enumerate(words):
            if not choice:
                continue
            if anchored or self._is_told([*items[:first], *items[first + 1 :]]):
                yield first, first + 1, choice
            after = words[first + 1] if first + 1 < len(words) else ()
            others = [*items[:first], *items[first + 2 :]]
            is_pair = len(choice) == len(after) == 1 and _are_telling(choice[0], after[0])
            if is_pair and (anchored or self._is_told(others)):
                yield first, first + 2, (choice[0] + after[0],)

    def _is_told(self, items: Sequence[PatternItem]) -> bool:
        needs = [need for item in items for need in needs_of(item, self._search.plans.lists)]
        return any(weigh(need) >= 1.0 and any(self._search.places(key) for key in need) for need in needs)

    def _near_all(self, words: Sequence[str]) -> Iterator[_TokenRange]:
        for word in words:
            if len(word) >= _LETTERS:
                if word not in self._alike:
                    self._alike[word] = list(self._sounding(word))
                yield from self._alike[word]

    def _sounding(self, word: str) -> Iterator[_TokenRange]:
        """Where one or two words sound nearly like `word`."""
        tokens, wanted = self._search.tokens, sound_key(word)
        if self._keys is None:
            places = np.flatnonzero(self._allowed & (self._search.stream.first >= 0)).tolist()
            self._keys = [(place, sound_key(tokens[place])) for place in places]
        for place, key in self._keys:
            token = tokens[place]
            if token == word:
                continue
            if len(token) >= _LETTERS and _sounds_near(key, wanted):
                yield place, place + 1
            after = tokens[place + 1] if place + 1 < len(tokens) else ""
            # Two words run together: the first is the beginning of the one asked for.
            if after and after != word and key and len(key) < len(wanted) and key[0] == wanted[0]:
                both = sound_key(token + after)
                if len(wanted) > 2 and sound_distance(both, wanted) <= _allowance(len(wanted)):
                    yield place, place + 2


def _words_of(item: PatternItem) -> tuple[str, ...]:
    """The words an item stands for where it is one word, by their keys; those of other forms are left out."""
    if isinstance(item, Literal | Wildcard | Fuzzy):
        return (key_of(item),)
    if isinstance(item, Choose) and not item.optional:
        options = [option.items[0] for option in item.options if len(option.items) == 1]
        return tuple(key_of(word) for word in options if isinstance(word, Literal))
    return ()


def _are_telling(*keys: str) -> bool:
    return all(weigh(frozenset({key})) >= 1.0 for key in keys)


def _is_anchor(matches: Matches, tokens: Sequence[str]) -> bool:
    """Whether what is there says enough to look for its other side: two words and more, or a telling one."""
    return any(
        end - start >= 2 or _are_telling(tokens[start])
        for start, end in zip(matches.starts.tolist(), matches.ends.tolist(), strict=True)
    )


def _alone(one: Misheard) -> Matches:
    return Matches(np.array([one.start], dtype=np.int64), np.array([one.end], dtype=np.int64))


def _sounds_near(key: str, other: str) -> bool:
    if key == other:
        return True
    shorter, longer = sorted((len(key), len(other)))
    if (shorter >= 3 and is_one_off(key, other)) or (shorter >= 4 and placeless(key) == placeless(other)):
        return True
    return shorter >= 2 and sound_distance(key, other) <= _allowance(longer)


def _allowance(consonants: int) -> float:
    return max(_COST, _COST_A_SOUND * consonants)


@dataclass(slots=True)
class _OneMisheard:
    """A call in which some words may have been any word."""

    search: Search
    doubted: Sequence[_TokenRange]

    @property
    def tokens(self) -> Sequence[str]:
        return self.search.tokens

    @property
    def skips(self) -> Sequence[str]:
        return self.search.skips

    def places(self, key: str) -> list[int]:
        return self.search.places(key)

    def ranges(self, item: Slot | Sounds | ListRef) -> Sequence[_TokenRange]:
        return self.doubted if item is _DOUBTED else self.search.ranges(item)

    def entries(self, name: str) -> Sequence[ItemSequence]:
        return self.search.entries(name)
