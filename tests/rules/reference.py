"""The slow, obvious matcher that the quick one is compared with: every range of tokens is tried.

Shares only the parsed phrases and the normalised tokens with the package; every meaning (gaps, lists,
minimal ranges, nearness, negation forms) is written down again in the most literal way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from speechcx.rules.language.pattern import (
    AnyWord,
    Choose,
    Either,
    Expression,
    Fuzzy,
    Gap,
    ItemSequence,
    ListRef,
    Literal,
    Near,
    PatternItem,
    Phrase,
    Slot,
    Together,
    Wildcard,
)
from speechcx.rules.matching.stream import Stream

Range = tuple[int, int]


class Reference:
    """Finds expressions in one stream by trying everything.

    Parameters
    ----------
    stream
        The row of tokens.
    lists
        Phrases by list.
    """

    def __init__(self, stream: Stream, lists: Mapping[str, tuple[Phrase, ...]]) -> None:
        self.stream = stream
        self.lists = lists
        self.ends = cache(self._ends)

    def find(self, expression: Expression, parties: frozenset[str] | None = None) -> set[Range]:
        """All minimal ranges."""
        if isinstance(expression, Phrase):
            found = {
                (start, end)
                for start in range(len(self.stream.tokens))
                for end in self.ends(expression.row, start)
            }
            return {r for r in minimal(found) if parties is None or self.stream.party_at(r[0]) in parties}
        if isinstance(expression, Either):
            return minimal({r for part in expression.parts for r in self.find(part, parties)})
        left, right = self.find(expression.left, parties), self.find(expression.right, parties)
        if isinstance(expression, Together):
            pairs = {(a, b) for a in left for b in right if self.turn(a) == self.turn(b)}
            if expression.without:
                return {a for a in left if all(a != x for x, _ in pairs)}
            return minimal({hull(a, b) for a, b in pairs})
        pairs = {(a, b) for a in left for b in right if self.is_near(expression, a, b)}
        if expression.without:
            return {a for a in left if all(a != x for x, _ in pairs)}
        if expression.seconds:
            return {a for a, _ in pairs}
        return minimal({hull(a, b) for a, b in pairs})

    def turn(self, found: Range) -> int:
        """The turn a range begins in."""
        return int(self.stream.turn[found[0]])

    def is_near(self, near: Near, a: Range, b: Range) -> bool:
        """Whether a range of the left and one of the right are near as asked."""
        if near.seconds:
            return self.is_near_in_time(near, a, b)
        if "" in self.stream.tokens[min(a[0], b[0]) : max(a[1], b[1])]:
            return False
        before, after = b[0] - a[1], a[0] - b[1]
        if near.order == "before":
            return 0 <= before <= near.distance
        if near.order == "after":
            return 0 <= after <= near.distance
        if near.without:
            return before <= near.distance and after <= near.distance
        return 0 <= before <= near.distance or 0 <= after <= near.distance

    def is_near_in_time(self, near: Near, a: Range, b: Range) -> bool:
        """The same in seconds."""
        stream = self.stream
        a_start, a_end = stream.start_s[a[0]], stream.end_s[a[1] - 1]
        b_start, b_end = stream.start_s[b[0]], stream.end_s[b[1] - 1]
        if near.order == "before":
            return bool(a_end <= b_start <= a_end + near.distance)
        if near.order == "after":
            return bool(a_start - near.distance <= b_end <= a_start)
        apart = a[1] <= b[0] or b[1] <= a[0]
        return bool(apart and b_start <= a_end + near.distance and b_end >= a_start - near.distance)

    def _ends(self, item: PatternItem, start: int) -> frozenset[int]:
        """Every place where a match of `item` from `start` can end."""
        tokens = self.stream.tokens
        if isinstance(item, ItemSequence):
            ends = {start}
            for part in item.items:
                ends = {end for place in ends for end in self.ends(part, place)}
            return frozenset(ends)
        if isinstance(item, Choose):
            found = {end for option in item.options for end in self.ends(option, start)}
            return frozenset(found | {start} if item.optional else found)
        if isinstance(item, Gap):
            ends = {start}
            while len(ends) <= item.most and max(ends) < len(tokens) and tokens[max(ends)]:
                ends.add(max(ends) + 1)
            return frozenset(ends)
        if isinstance(item, ListRef):
            return frozenset(end for entry in self.lists[item.name] for end in self.ends(entry.row, start))
        fits = start < len(tokens) and tokens[start] != "" and self.fits(item, tokens[start])
        return frozenset({start + 1} if fits else set())

    def fits(self, item: PatternItem, token: str) -> bool:
        """Whether one token is what an item asks."""
        if isinstance(item, AnyWord):
            return True
        if isinstance(item, Literal):
            return token == item.text
        if isinstance(item, Wildcard):
            return token.startswith(item.prefix) and token.endswith(item.suffix)
        if isinstance(item, Fuzzy):
            return token == item.text or (
                min(len(token), len(item.text)) > 3
                and not item.text[0].isdigit()
                and token in one_off(item.text)
            )
        if isinstance(item, Slot) and item.name == "digits":
            return token.isdigit() and item.low <= len(token) <= item.high
        raise AssertionError(f"the reference does not know {item}")


@cache
def one_off(word: str) -> frozenset[str]:
    """Every word that one letter added, lost, changed or swapped makes of `word`."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    lost = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    changed = {a + letter + b[1:] for a, b in cuts if b for letter in letters}
    added = {a + letter + b for a, b in cuts for letter in letters}
    return frozenset(lost | swapped | changed | added)


def hull(a: Range, b: Range) -> Range:
    """The smallest range that holds both."""
    return min(a[0], b[0]), max(a[1], b[1])


def minimal(found: set[Range]) -> set[Range]:
    """The ranges that hold no other."""
    return {a for a in found if not any(b != a and a[0] <= b[0] and b[1] <= a[1] for b in found)}
