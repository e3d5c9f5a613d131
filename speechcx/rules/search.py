"""All phrases of a rulebook found in one call: one pass for the plain ones, then only what may match.

The other phrases are stepped through item by item over the whole row at once: for each place, the
latest start from which the items so far end there. That is (tokens) x (items), whatever is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from speechcx.rules.nearness import (
    NONE,
    Ints,
    Matches,
    Places,
    minimal,
    near_seconds,
    near_words,
    not_near_words,
    same_turn,
    unite,
)
from speechcx.rules.negation import NEGATORS, is_broken, is_negated
from speechcx.rules.pattern import (
    AnyWord,
    Choose,
    Either,
    Gap,
    Item,
    ListRef,
    Near,
    Row,
    Slot,
    Sounds,
    Together,
)
from speechcx.rules.plans import Leaf, Node, Plans, key_of
from speechcx.rules.slots import find_slot
from speechcx.rules.sounds import sound_key
from speechcx.rules.stream import Stream

ENOUGH = 0.6
"""Share of a phrase's weight from which on a part of it is a nearest miss."""

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
        Numbers of the phrases most of whose words the call holds, wherever they are.
    """

    def __init__(self, plans: Plans, stream: Stream, names_of: NamesOf) -> None:
        self.plans = plans
        self.stream = stream
        self.names_of = names_of
        self._where = self._index(stream.tokens)
        self._plain, self._keys = self._one_pass()
        self._possible, self.almost = plans.needs.meet(self._keys, ENOUGH)
        self._possible.update(plans.leaf_of_plain[number] for number in self._plain)
        self._found: dict[int, Matches] = {}
        self._arrays: dict[str, Ints] = {}
        self._ranges: dict[object, tuple[Ints, Ints]] = {}
        self._allowed: dict[frozenset[str], NDArray[np.bool_]] = {}
        self._places: Places | None = None

    @staticmethod
    def _index(tokens: Sequence[str]) -> dict[str, list[int]]:
        where: dict[str, list[int]] = {}
        for place, token in enumerate(tokens):
            if token in where:
                where[token].append(place)
            elif token:
                where[token] = [place]
        return where

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
    def places(self) -> Places:
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
        if node.leaf is not None:
            return self._by(self._find_leaf(node.leaf), parties)
        expression = node.expression
        if isinstance(expression, Either):
            possible = self._possible
            real = [part for part in node.parts if not possible.isdisjoint(part.leaf_numbers)]
            return unite([self.find(part, parties) for part in real])
        left = self.find(node.parts[0], parties)
        if not left.starts.size:
            return NONE
        right = self.find(node.parts[1], parties)
        if isinstance(expression, Together):
            return same_turn(left, right, self.places, without=expression.without)
        assert isinstance(expression, Near)
        return self._near(expression, left, right)

    def _near(self, near: Near, left: Matches, right: Matches) -> Matches:
        if near.seconds:
            most_s = float(near.distance)
            return near_seconds(left, right, self.places, near.order, most_s=most_s, without=near.without)
        if near.without:
            return not_near_words(left, right, self.places, near.order, near.distance)
        return near_words(left, right, self.places, near.order, near.distance)

    def _by(self, matches: Matches, parties: frozenset[str] | None) -> Matches:
        if parties is None or not len(matches):
            return matches
        allowed = self._allowed.get(parties)
        if allowed is None:
            allowed = np.array([party in parties for party in self.stream.party], dtype=bool)
            self._allowed[parties] = allowed
        return matches.keep(allowed[matches.starts])

    def is_negated(self, node: Node, start: int, end: int) -> bool:
        """Whether a match of `node` stands under a negation, or has one between its parts."""
        tokens = self.stream.tokens
        if is_negated(tokens, start):
            return True
        if NEGATORS.isdisjoint(tokens[start:end]):
            return False
        found = [self._find_leaf(leaf) for leaf, _ in node.leaves if leaf.number in self._possible]
        parts = [
            (low, high)
            for matches in found
            for low, high in zip(matches.starts.tolist(), matches.ends.tolist(), strict=True)
            if start <= low and high <= end
        ]
        return is_broken(tokens, start, parts)

    def holds(self, need: frozenset[str]) -> bool:
        """Whether the call's words satisfy one of some keys."""
        return not need.isdisjoint(self._keys)

    def positions(self, key: str) -> list[int]:
        """Places of the tokens that satisfy a key, rising."""
        return self._where.get(key, [])

    def _find_leaf(self, leaf: Leaf) -> Matches:
        """Matches of a phrase whose words the call holds."""
        found = self._found.get(leaf.number)
        if found is None:
            if leaf.plain is None:
                found = self._step_through(leaf.row)
            else:
                ends = np.array(self._plain[leaf.plain], dtype=np.int64)
                found = Matches(ends - self.plans.automaton.lengths[leaf.plain], ends)
            self._found[leaf.number] = found
        return found

    def _step_through(self, row: Row) -> Matches:
        latest = self._step(row, np.arange(len(self.stream.tokens) + 1, dtype=np.int64))
        ends = np.flatnonzero(latest >= 0)
        return minimal(latest[ends], ends)

    def _step(self, item: Item, latest: Ints) -> Ints:
        """`latest[p]`: latest start of what has matched up to place p, -1 for none; after one more item."""
        if isinstance(item, Row):
            for part in item.items:
                latest = self._step(part, latest)
            return latest
        if isinstance(item, Choose):
            options = [self._step(option, latest) for option in item.options]
            best: Ints = np.maximum.reduce([*options, latest] if item.optional else options)
            return best
        if isinstance(item, AnyWord):
            return self._skip(latest)
        if isinstance(item, Gap):
            reached = latest
            for _ in range(item.most):
                latest = self._skip(latest)
                reached = np.maximum(reached, latest)
            return reached
        if isinstance(item, Slot | Sounds):
            return _jump(latest, *self._ranges_of(item))
        if isinstance(item, ListRef):
            return self._step_list(item, latest)
        after = np.full(len(latest), -1, dtype=np.int64)
        places = self._places_of(key_of(item))
        after[places + 1] = latest[places]
        return after

    def _places_of(self, key: str) -> Ints:
        places = self._arrays.get(key)
        if places is None:
            places = self._arrays[key] = np.array(self._where.get(key, ()), dtype=np.int64)
        return places

    def _skip(self, latest: Ints) -> Ints:
        after = np.full(len(latest), -1, dtype=np.int64)
        after[1:] = np.where(self.stream.first >= 0, latest[:-1], -1)
        return after

    def _step_list(self, item: ListRef, latest: Ints) -> Ints:
        plan = self.plans.lists[item.name]
        after = _jump(latest, *self._ranges_of(item))
        for leaf in plan.others:
            if not any(need.isdisjoint(self._keys) for need in leaf.needs):
                after = np.maximum(after, self._step(leaf.row, latest))
        return after

    def _ranges_of(self, item: Slot | Sounds | ListRef) -> tuple[Ints, Ints]:
        if item not in self._ranges:
            if isinstance(item, Slot):
                pairs = find_slot(item, self.stream, self.names_of(item.of))
            elif isinstance(item, Sounds):
                pairs = find_sounds(item.words, self.stream.tokens)
            else:
                pairs = [
                    (end - self.plans.automaton.lengths[number], end)
                    for number in self.plans.lists[item.name].plain
                    for end in self._plain.get(number, ())
                ]
            table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
            self._ranges[item] = (table[:, 0], table[:, 1])
        return self._ranges[item]


def _jump(latest: Ints, starts: Ints, ends: Ints) -> Ints:
    after = np.full(len(latest), -1, dtype=np.int64)
    np.maximum.at(after, ends, latest[starts])
    return after


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
