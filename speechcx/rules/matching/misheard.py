"""Whether a phrase that was not found may have been said with one word misheard.

"This *quarrel* is recorded": one word of the phrase stands for another, and either it is under the
confidence floor, so that any word may have been said there, or it sounds nearly like the one asked for.
A critical rule is not failed on that: it cannot be told, and goes to a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speechcx.rules.language.pattern import (
    Choose,
    Either,
    Expression,
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
from speechcx.rules.matching.fuzzy_words import is_one_off, placeless, sound_key
from speechcx.rules.matching.phrase_search import Search
from speechcx.rules.matching.proximity import Matches
from speechcx.rules.matching.search_plans import Leaf, Node, key_of, weigh
from speechcx.rules.matching.stepping import step_through

_ANY = Wildcard("\0", "")
"""Stands for the misheard word of a phrase."""

_LETTERS = 4
"""Words shorter than this sound alike by chance."""


@dataclass(frozen=True, slots=True)
class Misheard:
    """Where a phrase may have been said, and the word that was written instead of one of its own.

    Parameters
    ----------
    start, end
        Tokens of the match.
    place
        Token of the word in doubt.
    phrase
        The phrase as the rulebook writes it.
    """

    start: int
    end: int
    place: int
    phrase: str


def find_misheard(search: Search, node: Node, allowed: NDArray[np.bool_], floor: float) -> Misheard | None:
    """The first place where one of a node's phrases may have been said with one word misheard.

    Parameters
    ----------
    search
        The call.
    node
        What was not found.
    allowed
        bool, shape (tokens,): where the phrase may begin and whose words count.
    floor
        Confidence under which a word may have been any other, 0 to 1.
    """
    if not _is_choice_of_phrases(node.expression):
        return None
    unsure = np.flatnonzero(allowed & (search.stream.confidence < floor) & (search.stream.first >= 0))
    for leaf, phrase in node.leaves:
        for number, words in _replaceable(leaf, search):
            places = sorted({*unsure.tolist(), *_alike(words, search, allowed)})
            if not places:
                continue
            items = (*leaf.row.items[:number], _ANY, *leaf.row.items[number + 1 :])
            found = _find(ItemSequence(items), places, search, allowed)
            if found is not None:
                return Misheard(found[0], found[1], found[2], phrase)
    return None


def _is_choice_of_phrases(expression: Expression) -> bool:
    if isinstance(expression, Either):
        return all(_is_choice_of_phrases(part) for part in expression.parts)
    return isinstance(expression, Phrase)


def _replaceable(leaf: Leaf, search: Search) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Items of a phrase that are one word each, where a telling word besides them is in the call."""
    words = [_words_of(item) for item in leaf.row.items]
    for number, choice in enumerate(words):
        others = [other for at, other in enumerate(words) if at != number and other]
        if choice and any(_is_telling(other) and _is_there(other, search) for other in others):
            yield number, tuple(key_of(word) for word in choice if isinstance(word, Literal))


def _words_of(item: PatternItem) -> tuple[Literal | Wildcard | Fuzzy, ...]:
    """The words an item stands for, () where it may be more than one word, or none."""
    if isinstance(item, Literal | Wildcard | Fuzzy):
        return (item,)
    if isinstance(item, Choose) and not item.optional:
        options = [option.items[0] for option in item.options if len(option.items) == 1]
        found = [option for option in options if isinstance(option, Literal | Wildcard | Fuzzy)]
        return tuple(found)
    return ()


def _is_telling(words: Sequence[Literal | Wildcard | Fuzzy]) -> bool:
    return weigh(frozenset(key_of(word) for word in words)) >= 1.0


def _is_there(words: Sequence[Literal | Wildcard | Fuzzy], search: Search) -> bool:
    return any(search.places(key_of(word)) for word in words)


def _alike(words: Sequence[str], search: Search, allowed: NDArray[np.bool_]) -> list[int]:
    """Places of the words that sound nearly like one of `words`."""
    keys = [sound_key(word) for word in words if len(word) >= _LETTERS]
    found = []
    for place in np.flatnonzero(allowed).tolist() if keys else ():
        token = search.tokens[place]
        if len(token) >= _LETTERS and any(_sounds_near(sound_key(token), key) for key in keys):
            found.append(place)
    return found


def _sounds_near(key: str, other: str) -> bool:
    if key == other:
        return True
    shorter = min(len(key), len(other))
    return (shorter >= 3 and is_one_off(key, other)) or (shorter >= 4 and placeless(key) == placeless(other))


@dataclass(slots=True)
class _OneMisheard:
    """A call in which some words may have been any word."""

    search: Search
    unsure: list[int]

    @property
    def tokens(self) -> Sequence[str]:
        return self.search.tokens

    @property
    def skips(self) -> Sequence[str]:
        return self.search.skips

    def places(self, key: str) -> list[int]:
        return self.unsure if key == key_of(_ANY) else self.search.places(key)

    def ranges(self, item: Slot | Sounds | ListRef) -> Sequence[tuple[int, int]]:
        return self.search.ranges(item)

    def entries(self, name: str) -> Sequence[ItemSequence]:
        return self.search.entries(name)


def _find(
    row: ItemSequence, unsure: list[int], search: Search, allowed: NDArray[np.bool_]
) -> tuple[int, int, int] | None:
    """Start, end and misheard token of the first match."""
    matches: Matches = step_through(row, _OneMisheard(search, unsure))
    for start, end in zip(matches.starts.tolist(), matches.ends.tolist(), strict=True):
        inside = [place for place in unsure if start <= place < end]
        if allowed[start] and inside and "" not in search.tokens[start:end]:
            return start, end, inside[0]
    return None
