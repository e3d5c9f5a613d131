"""All phrases of a rulebook found in one call: one pass for the plain ones, then only what may match.

The other phrases are stepped through item by item over the whole row at once: for each place, the
latest start from which the items so far end there. That is (tokens) x (items), whatever is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from speechcx.rules.language.pattern import (
    Either,
    Expression,
    ItemSequence,
    ListRef,
    Near,
    Slot,
    Sounds,
    Together,
)
from speechcx.rules.matching.fuzzy_words import sound_key
from speechcx.rules.matching.negation import NEGATORS, is_broken, is_denied_after, is_negated, negating_places
from speechcx.rules.matching.proximity import (
    NONE,
    Matches,
    Places,
    near_seconds,
    near_words,
    not_near_words,
    same_turn,
    unite,
)
from speechcx.rules.matching.search_plans import Leaf, Node, Plans
from speechcx.rules.matching.slots import find_slot
from speechcx.rules.matching.stepping import matches_from, step_through
from speechcx.rules.matching.stream import Stream

ENOUGH = 0.6
"""Share of a phrase's weight from which on a part of it is a nearest miss."""

BLOCK = 16
"""Tokens in a block: what tells quickly that two words are nowhere near each other."""

NamesOf = Callable[[str], frozenset[str]]


class Search:
    """The search of one call; results are kept, so that no phrase is looked for twice.

    Parameters
    ----------
    plans
        The rulebook's phrases.
    stream
        The call's words.
    names_of
        Normalised names known for ``agent`` and ``customer``, for ``{name:agent}``.

    Attributes
    ----------
    almost
        Numbers of the phrases most of whose words the call holds, wherever they are, with the share of them.
    """

    def __init__(self, plans: Plans, stream: Stream, names_of: NamesOf) -> None:
        self.plans = plans
        self.stream = stream
        self.tokens = stream.tokens
        self.skips: Sequence[str] = stream.tokens
        self.names_of = names_of
        self._where = self._index(stream.tokens)
        self._plain, self._keys = self._one_pass()
        self._possible, self.almost = plans.needs.meet(self._keys, ENOUGH)
        self._possible.update(plans.leaf_of_plain[number] for number in self._plain)
        self._found: dict[int, Matches] = {}
        self._joined: dict[tuple[int, frozenset[str] | None], Matches] = {}
        self._ranges: dict[object, list[tuple[int, int]]] = {}
        self._allowed: dict[frozenset[str], NDArray[np.bool_]] = {}
        self._places: Places | None = None
        self._sentence_ends: frozenset[int] | None = None
        self._spread: dict[tuple[str, ...], tuple[list[int], int]] = {}

    @staticmethod
    def _index(tokens: Sequence[str]) -> dict[str, list[int]]:
        where: defaultdict[str, list[int]] = defaultdict(list)
        for place, token in enumerate(tokens):
            where[token].append(place)
        where.pop("", None)
        return dict(where)

    def _one_pass(self) -> tuple[dict[int, list[int]], set[str]]:
        """Ends of every plain phrase by its number, and all keys this call satisfies."""
        plain: dict[int, list[int]] = {}
        for number, end in self.plans.automaton.find(self.stream.tokens):
            plain.setdefault(number, []).append(end)
        keys = set(self._where)
        for token in list(self._where):
            for key in self.plans.keys_of(token):
                keys.add(key)
                self._where[key] = sorted([*self._where.get(key, ()), *self._where[token]])
        for number in plain:
            keys.update(f"{{{name}}}" for name in self.plans.list_of_plain[number])
        return plain, keys

    @property
    def layout(self) -> Places:
        """Passages, turns and times of the tokens."""
        if self._places is None:
            self._places = places_of(self.stream)
        return self._places

    def find(self, node: Node, parties: frozenset[str] | None = None) -> Matches:
        """Where an expression matches.

        Parameters
        ----------
        node
            Out of the plans.
        parties
            Whose words count; None for everybody's.
        """
        if self._possible.isdisjoint(node.leaf_numbers):
            return NONE
        if parties is not None and node.is_local:
            return self._by(self.find(node), parties)
        key = (id(node), parties)
        found = self._joined.get(key)
        if found is None:
            found = self._joined[key] = self._find(node, parties)
        return found

    def _find(self, node: Node, parties: frozenset[str] | None) -> Matches:
        if node.leaf is not None:
            return self._by(self._find_leaf(node.leaf), parties)
        if isinstance(node.expression, Either):
            owners = {
                id(part): part
                for number in self._possible & node.leaf_numbers
                for part in node.part_of[number]
            }
            return unite([self.find(part, parties) for part in owners.values()])
        left = self.find(node.parts[0], parties)
        if not left.starts.size:
            return NONE
        return self.join(node.expression, left, self.find(node.parts[1], parties))

    def join(self, how: Expression, left: Matches, right: Matches) -> Matches:
        """Matches of the two sides of a nearness, or of words in one turn, put together."""
        if isinstance(how, Together):
            return same_turn(left, right, self.layout, without=how.without)
        assert isinstance(how, Near)
        if how.seconds:
            most_s = float(how.distance)
            return near_seconds(left, right, self.layout, how.order, most_s=most_s, without=how.without)
        if how.without:
            return not_near_words(left, right, self.layout, how.order, how.distance)
        return near_words(left, right, self.layout, how.order, how.distance)

    def _by(self, matches: Matches, parties: frozenset[str] | None) -> Matches:
        if parties is None or not len(matches):
            return matches
        allowed = self._allowed.get(parties)
        if allowed is None:
            allowed = self._allowed[parties] = self.stream.said_by(parties)
        return matches.keep(allowed[matches.starts])

    def is_nowhere(self, node: Node) -> bool:
        """Whether nobody at all can have said it; quick, and may be False where nobody has."""
        return self._possible.isdisjoint(node.leaf_numbers)

    def phrases_in(self, node: Node, parties: frozenset[str] | None = None) -> frozenset[str]:
        """The phrases of an expression, as they were written, that these parties said; None for anybody."""
        possible = [pair for pair in node.leaves if pair[0].number in self._possible]
        return frozenset(source for leaf, source in possible if len(self._by(self._find_leaf(leaf), parties)))

    def is_negated(self, node: Node, start: int, end: int) -> bool:
        """Whether a match of `node` stands under a negation, or has one between its parts."""
        if self._sentence_ends is None:
            self._sentence_ends = self.stream.sentence_ends
        tokens, ends = self.stream.tokens, self._sentence_ends
        if is_negated(tokens, start, ends) or is_denied_after(tokens, end):
            return True
        if NEGATORS.isdisjoint(tokens[start:end]):
            return False
        unskipped = negating_places(tokens, start, end)
        parts = [
            (low, high)
            for leaf, _ in node.leaves
            if leaf.number in self._possible
            for low, high in _pairs(self._find_leaf(leaf))
            if start <= low and high <= end and self._meets_cleanly(leaf, low, high, unskipped)
        ]
        if not parts or min(parts)[0] > start or max(high for _, high in parts) < end:
            return True
        return is_broken(tokens, start, parts, ends)

    def _meets_cleanly(self, leaf: Leaf, start: int, end: int, unskipped: frozenset[int]) -> bool:
        """Whether a match of a phrase skips no word that negates what follows: "i would never cancel" does."""
        if leaf.plain is not None or not any(start <= place < end for place in unskipped):
            return True
        self.skips = ["" if place in unskipped else token for place, token in enumerate(self.tokens)]
        clean = matches_from(leaf.row, start, end, self)
        self.skips = self.tokens
        return clean

    def places_of_need(self, need: tuple[str, ...]) -> list[int]:
        """Places of the tokens that satisfy one of some keys, rising."""
        if len(need) == 1:
            return self._where.get(need[0], [])
        return sorted({place for key in need for place in self._where.get(key, ())})

    def spread(self, need: tuple[str, ...]) -> tuple[list[int], int]:
        """Places of a need as :meth:`places_of_need`, and a bit for each block of `BLOCK` tokens that has one."""
        found = self._spread.get(need)
        if found is None:
            places = self.places_of_need(need)
            blocks = 0
            for block in {place // BLOCK for place in places}:
                blocks |= 1 << block
            found = self._spread[need] = places, blocks
        return found

    def _find_leaf(self, leaf: Leaf) -> Matches:
        """Matches of a phrase whose words the call holds."""
        found = self._found.get(leaf.number)
        if found is None:
            if leaf.plain is None:
                found = step_through(leaf.row, self)
            else:
                ends = np.array(self._plain[leaf.plain], dtype=np.int64)
                found = Matches(ends - self.plans.automaton.lengths[leaf.plain], ends)
            self._found[leaf.number] = found
        return found

    def places(self, key: str) -> list[int]:
        """Places of the tokens that satisfy a key, rising."""
        return self._where.get(key, [])

    def ranges(self, item: Slot | Sounds | ListRef) -> list[tuple[int, int]]:
        """Ranges that fill a slot or a sound, or hold a plain entry of a list."""
        if item not in self._ranges:
            if isinstance(item, Slot):
                self._ranges[item] = find_slot(item, self.stream, self.names_of(item.of))
            elif isinstance(item, Sounds):
                self._ranges[item] = find_sounds(item.words, self.stream.tokens)
            else:
                self._ranges[item] = [
                    (end - self.plans.automaton.lengths[number], end)
                    for number in self.plans.lists[item.name].plain
                    for end in self._plain.get(number, ())
                ]
        return self._ranges[item]

    def entries(self, name: str) -> list[ItemSequence]:
        """Entries of a list that are not plain and whose words the call holds."""
        others = self.plans.lists[name].others
        return [leaf.row for leaf in others if all(not self._keys.isdisjoint(need) for need in leaf.needs)]


def _pairs(matches: Matches) -> Iterable[tuple[int, int]]:
    return zip(matches.starts.tolist(), matches.ends.tolist(), strict=True)


def find_sounds(words: tuple[str, ...], tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Ranges of up to two tokens more than `words` whose sounds, run together, are those of `words`."""
    wanted = sound_key("".join(words))
    keys = [sound_key(token) if token else "" for token in tokens]
    found = []
    for start, key in enumerate(keys):
        if not key or not wanted.startswith(key[:2]):
            continue
        joined = ""
        for end in range(start, min(start + len(words) + 2, len(tokens))):
            if not tokens[end]:
                break
            joined += tokens[end]
            if sound_key(joined) == wanted:
                found.append((start, end + 1))
    return found


def places_of(stream: Stream) -> Places:
    """Passages, turns and times of a row of tokens, for the algebra of nearness."""
    real = stream.first >= 0
    passage = np.cumsum(~real, dtype=np.int64)
    edges = np.flatnonzero(~real)
    firsts = np.concatenate(([0], edges + 1))
    ends = np.concatenate((edges, [len(real)]))
    return Places(passage, firsts[passage], ends[passage], stream.turn, stream.start_s, stream.end_s)
