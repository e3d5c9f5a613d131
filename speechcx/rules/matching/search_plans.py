"""A rulebook's phrases made ready to be searched: one automaton, and what each other phrase needs.

Plain phrases of all rules and lists go into one automaton. Every other phrase keeps its items and
the words it cannot match without, so that most are ruled out at the cost of a look at a set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from speechcx.call import RuleResult
from speechcx.rules.language.grammar import spelled_like
from speechcx.rules.language.normal import word_set
from speechcx.rules.language.pattern import (
    Choose,
    Either,
    Expression,
    Fuzzy,
    ItemSequence,
    ListRef,
    Literal,
    Near,
    PatternItem,
    Phrase,
    Wildcard,
    phrases_of,
)
from speechcx.rules.matching.automaton import PhraseAutomaton
from speechcx.rules.matching.fuzzy_words import is_one_off
from speechcx.rules.verdict import ConditionVerdict

_COMMON = word_set(
    "a an the i you we it he she they this that is are was be am to of in on at for with and or do not my "
    "your me us have has had will would can could just so if as what how by from all any"
)


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """One phrase, ready.

    Parameters
    ----------
    number
        Its place among the phrases; -1 for entries of lists.
    plain
        Its number in the automaton, or None.
    row
        Its items.
    needs
        Groups of keys: without one out of each the phrase cannot match.
    weights, weight
        How much the words of each of `needs` say, and all together.
    """

    number: int
    plain: int | None
    row: ItemSequence
    needs: tuple[tuple[str, ...], ...]
    weights: tuple[float, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class ListPlan:
    """A list: numbers of its plain entries, and the others with what they need."""

    plain: tuple[int, ...]
    others: tuple[Leaf, ...]


class NeedIndex:
    """All words that phrases need, by word: one look for each word of a call tells what phrases it may hold.

    Parameters
    ----------
    leaves
        Phrases by their number.
    """

    __slots__ = ("_count", "_leaf", "_loose", "_postings", "_weight", "_whole")

    def __init__(self, leaves: tuple[Leaf, ...]) -> None:
        self._postings: dict[str, list[int]] = {}
        owners: list[int] = []
        weights: list[float] = []
        for leaf in leaves:
            for need, weight in zip(leaf.needs, leaf.weights, strict=True):
                for key in need:
                    self._postings.setdefault(key, []).append(len(owners))
                owners.append(leaf.number)
                weights.append(weight)
        self._leaf = np.array(owners, dtype=np.int64)
        self._weight = np.array(weights, dtype=np.float64)
        self._count = np.bincount(self._leaf, minlength=len(leaves))
        self._whole = np.array([leaf.weight for leaf in leaves], dtype=np.float64)
        self._loose = np.array([leaf.plain is None for leaf in leaves], dtype=bool)

    def meet(self, keys: Iterable[str], enough: float) -> tuple[set[int], dict[int, float]]:
        """Numbers of the phrases that may match, plain ones left out, and of those that come near it their share.

        Parameters
        ----------
        keys
            What the call's words satisfy.
        enough
            Share of the weight of a phrase's needs, 0 to 1, from which on it comes near.
        """
        met: set[int] = set()
        for key in keys:
            if key in self._postings:
                met.update(self._postings[key])
        needs = np.fromiter(met, dtype=np.int64, count=len(met))
        size = len(self._count)
        count = np.bincount(self._leaf[needs], minlength=size)
        weight = np.bincount(self._leaf[needs], weights=self._weight[needs], minlength=size)
        whole = (count == self._count) & self._loose
        near = (weight >= enough * self._whole - 1e-9) & (self._count > 1)
        nearly = np.flatnonzero(near)
        shares = weight[nearly] / self._whole[nearly]
        return set(np.flatnonzero(whole).tolist()), dict(zip(nearly.tolist(), shares.tolist(), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An expression, ready: what `leaf_numbers` holds none of in a call cannot match there.

    Parameters
    ----------
    expression
        What it stands for.
    leaf
        Of a single phrase, else None.
    parts
        Nodes of what it joins.
    leaves
        Every phrase in it with the way it was written.
    is_local
        Whether a match never depends on other speakers' words: nothing in seconds is asked.
    nears
        The outermost nodes in it that ask for nearness.
    part_of
        By number of a phrase, the part of `parts` it is in; of an either-or only.
    """

    expression: Expression
    leaf: Leaf | None
    parts: tuple[Node, ...]
    leaves: tuple[tuple[Leaf, str], ...]
    leaf_numbers: frozenset[int]
    is_local: bool
    nears: tuple[Node, ...] = ()
    part_of: Mapping[int, tuple[Node, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Plans:
    """All phrases of a rulebook, ready to search a call for them.

    Parameters
    ----------
    nodes
        Expressions by number.
    needs
        Which words each phrase needs.
    leaf_of_plain
        Number of the phrase that each automaton phrase is, -1 for entries of lists only.
    lists
        By name.
    automaton
        All plain phrases.
    list_of_plain
        Names of the lists each automaton phrase is in.
    described
        What each expression asks in words, by its number; filled as it is needed.
    unsaid
        The verdict on each expression that nobody said nor came near to, by its number.
    results
        By rule the last verdict without evidence and its result: that of most calls.
    """

    nodes: dict[int, Node]
    needs: NeedIndex
    leaf_of_plain: tuple[int, ...]
    lists: dict[str, ListPlan]
    automaton: PhraseAutomaton
    list_of_plain: tuple[tuple[str, ...], ...]
    _loose: LooseWords
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    described: dict[int, str] = field(default_factory=dict)
    unsaid: dict[int, ConditionVerdict] = field(default_factory=dict)
    results: dict[str, tuple[ConditionVerdict, RuleResult]] = field(default_factory=dict)

    def keys_of(self, token: str) -> tuple[str, ...]:
        """Keys of the wildcards and fuzzy words that `token` satisfies; remembered."""
        keys = self._keys.get(token)
        if keys is None:
            if len(self._keys) > 200_000:
                self._keys.clear()
            keys = self._keys[token] = self._loose.keys_of(token)
        return keys


class LooseWords:
    """The wildcards and fuzzy words of a rulebook, looked up by the beginnings and ends of a token.

    Parameters
    ----------
    items
        All of them.
    """

    __slots__ = ("_ends", "_exact", "_fuzzy", "_starts")

    def __init__(self, items: Iterable[Wildcard | Fuzzy]) -> None:
        self._starts: dict[str, str] = {}
        self._ends: dict[str, str] = {}
        self._exact: dict[str, list[str]] = {}
        self._fuzzy: list[Fuzzy] = []
        for item in items:
            if isinstance(item, Fuzzy):
                self._fuzzy.append(item)
            elif item.suffix:
                self._ends[item.suffix] = key_of(item)
            else:
                self._starts[item.prefix] = key_of(item)
                for word in spelled_like(item.prefix):
                    self._exact.setdefault(word, []).append(key_of(item))

    def keys_of(self, token: str) -> tuple[str, ...]:
        """Keys of those that a normalised word satisfies."""
        sizes = range(2, len(token) + 1)
        keys = [self._starts[token[:size]] for size in sizes if token[:size] in self._starts]
        keys += [self._ends[token[-size:]] for size in sizes if token[-size:] in self._ends]
        keys += self._exact.get(token, ())
        keys += [key_of(item) for item in self._fuzzy if is_one_off(token, item.text)]
        return tuple(dict.fromkeys(keys))


def key_of(item: Literal | Wildcard | Fuzzy) -> str:
    """The name under which a call's tokens are looked up for `item`."""
    if isinstance(item, Literal):
        return item.text
    if isinstance(item, Fuzzy):
        return f"{item.text}~1"
    return f"{item.prefix}*{item.suffix}"


def make_plans(expressions: Mapping[int, Expression], lists: Mapping[str, tuple[Phrase, ...]]) -> Plans:
    """Everything a rulebook's expressions (by number) and lists need for the search of a call."""
    numbers: dict[tuple[str, ...], int] = {}
    list_plans = {name: _plan_list(entries, numbers) for name, entries in lists.items()}
    leaves: dict[ItemSequence, Leaf] = {}
    for said in expressions.values():
        for phrase in phrases_of(said):
            if phrase.row not in leaves:
                word = plain_words(phrase.row)
                plain = numbers.setdefault(word, len(numbers)) if word else None
                leaves[phrase.row] = make_leaf(phrase.row, len(leaves), plain, list_plans)
    members: list[tuple[str, ...]] = [()] * len(numbers)
    for name, plan in list_plans.items():
        for number in plan.plain:
            members[number] += (name,)
    leaf_of_plain = [-1] * len(numbers)
    for leaf in leaves.values():
        if leaf.plain is not None:
            leaf_of_plain[leaf.plain] = leaf.number
    others = [leaf for plan in list_plans.values() for leaf in plan.others]
    return Plans(
        nodes={number: _make_node(said, leaves) for number, said in expressions.items()},
        needs=NeedIndex(tuple(leaves.values())),
        leaf_of_plain=tuple(leaf_of_plain), lists=list_plans, automaton=PhraseAutomaton(numbers),
        list_of_plain=tuple(members), _loose=LooseWords(_loose_items([*leaves, *(leaf.row for leaf in others)])),
    )  # fmt: skip


def _plan_list(entries: tuple[Phrase, ...], numbers: dict[tuple[str, ...], int]) -> ListPlan:
    plain: dict[int, None] = {}
    others = []
    for entry in entries:
        word = plain_words(entry.row)
        if word:
            plain[numbers.setdefault(word, len(numbers))] = None
        else:
            others.append(make_leaf(entry.row, -1, None, {}))
    return ListPlan(tuple(plain), tuple(others))


def _make_node(expression: Expression, leaves: Mapping[ItemSequence, Leaf]) -> Node:
    if isinstance(expression, Phrase):
        leaf = leaves[expression.row]
        return Node(expression, leaf, (), ((leaf, expression.source),), frozenset({leaf.number}), True)
    joined = expression.parts if isinstance(expression, Either) else (expression.left, expression.right)
    parts = tuple(_make_node(part, leaves) for part in joined)
    near = expression if isinstance(expression, Near) else None
    node = Node(
        expression, None, parts, tuple(dict.fromkeys(pair for part in parts for pair in part.leaves)),
        frozenset[int]().union(*(part.leaf_numbers for part in parts)),
        is_local=all(part.is_local for part in parts) and not (near and near.seconds),
        nears=() if near else tuple(inner for part in parts for inner in part.nears),
        part_of=_owners(parts) if isinstance(expression, Either) else {},
    )  # fmt: skip
    return replace(node, nears=(node,)) if near and not near.without else node


def _owners(parts: tuple[Node, ...]) -> dict[int, tuple[Node, ...]]:
    owners: dict[int, tuple[Node, ...]] = {}
    for part in parts:
        for number in part.leaf_numbers:
            owners[number] = (*owners.get(number, ()), part)
    return owners


def make_leaf(row: ItemSequence, number: int, plain: int | None, lists: Mapping[str, ListPlan]) -> Leaf:
    """A phrase with what it needs."""
    found = needs_of(row, lists)
    needs = tuple(tuple(sorted(need)) for need in found)
    weights = tuple(weigh(need) for need in found)
    return Leaf(number, plain, row, needs, weights, sum(weights))


def weigh(need: frozenset[str]) -> float:
    """How much a word says: little where it is one of the commonest."""
    return 0.2 if need <= _COMMON else 1.0


def plain_words(row: ItemSequence) -> tuple[str, ...]:
    """The words of a row of nothing but words, else ()."""
    if all(isinstance(item, Literal) for item in row.items):
        return tuple(item.text for item in row.items if isinstance(item, Literal))
    return ()


def _loose_items(rows: Iterable[ItemSequence]) -> tuple[Wildcard | Fuzzy, ...]:
    found: dict[Wildcard | Fuzzy, None] = {}
    waiting: list[PatternItem] = list(rows)
    while waiting:
        item = waiting.pop()
        if isinstance(item, Wildcard | Fuzzy):
            found[item] = None
        elif isinstance(item, ItemSequence):
            waiting.extend(item.items)
        elif isinstance(item, Choose):
            waiting.extend(item.options)
    return tuple(found)


def needs_of(item: PatternItem, lists: Mapping[str, ListPlan]) -> list[frozenset[str]]:
    """Sets of keys, one out of each of which the text must hold."""
    if isinstance(item, Literal | Wildcard | Fuzzy):
        return [frozenset({key_of(item)})]
    if isinstance(item, ItemSequence):
        return [need for part in item.items for need in needs_of(part, lists)]
    if isinstance(item, ListRef):
        plan = lists.get(item.name)
        return [frozenset({f"{{{item.name}}}"})] if plan is not None and not plan.others else []
    if isinstance(item, Choose) and not item.optional:
        options = [needs_of(option, lists) for option in item.options]
        if all(options):
            return [frozenset().union(*(option[0] for option in options))]
    return []
