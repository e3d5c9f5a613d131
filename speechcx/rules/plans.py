"""A rulebook's phrases made ready to be searched: one automaton, and what each other phrase needs.

Plain phrases of all rules and lists go into one automaton. Every other phrase keeps its items and
the words it cannot match without, so that most are ruled out at the cost of a look at a set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from speechcx.rules.automaton import PhraseAutomaton
from speechcx.rules.grammar import spelled_like
from speechcx.rules.normal import word_set
from speechcx.rules.pattern import (
    Choose,
    Either,
    Expression,
    Fuzzy,
    Item,
    ListRef,
    Literal,
    Phrase,
    Row,
    Wildcard,
    phrases_of,
)
from speechcx.rules.sounds import is_one_off

_COMMON = word_set(
    "a an the i you we it he she they this that is are was be am to of in on at for with and or do not my "
    "your me us have has had will would can could just so if as what how by from all any"
)


@dataclass(frozen=True, slots=True)
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
        Sets of keys: without one out of each the phrase cannot match.
    weight
        How much the words in `needs` say together.
    """

    number: int
    plain: int | None
    row: Row
    needs: tuple[frozenset[str], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class ListPlan:
    """A list: numbers of its plain entries, and the others with what they need."""

    plain: tuple[int, ...]
    others: tuple[Leaf, ...]


@dataclass(slots=True)
class Plans:
    """All phrases of a rulebook, ready to search a call for them.

    Parameters
    ----------
    leaves
        By the phrase's row.
    lists
        By name.
    automaton
        All plain phrases.
    list_of_plain
        Names of the lists each automaton phrase is in.
    """

    leaves: dict[Row, Leaf]
    lists: dict[str, ListPlan]
    automaton: PhraseAutomaton
    list_of_plain: tuple[tuple[str, ...], ...]
    _loose: tuple[Wildcard | Fuzzy, ...]
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def keys_of(self, token: str) -> tuple[str, ...]:
        """Keys of the wildcards and fuzzy words that `token` satisfies; remembered."""
        keys = self._keys.get(token)
        if keys is None:
            if len(self._keys) > 200_000:
                self._keys.clear()
            keys = tuple(key_of(item) for item in self._loose if satisfies(token, item))
            self._keys[token] = keys
        return keys


def key_of(item: Literal | Wildcard | Fuzzy) -> str:
    """The name under which a call's tokens are looked up for `item`."""
    if isinstance(item, Literal):
        return item.text
    if isinstance(item, Fuzzy):
        return f"{item.text}~1"
    return f"{item.prefix}*{item.suffix}"


def satisfies(token: str, item: Wildcard | Fuzzy) -> bool:
    """Whether one normalised word matches a wildcard or a fuzzy word."""
    if not token:
        return False
    if isinstance(item, Fuzzy):
        return is_one_off(token, item.text)
    if item.suffix:
        return token.endswith(item.suffix)
    return token.startswith(item.prefix) or token in spelled_like(item.prefix)


def make_plans(expressions: Iterable[Expression], lists: Mapping[str, tuple[Phrase, ...]]) -> Plans:
    """Everything a rulebook's expressions and lists need for the search of a call."""
    rows = dict.fromkeys(phrase.row for said in expressions for phrase in phrases_of(said))
    numbers: dict[tuple[str, ...], int] = {}
    list_plans: dict[str, ListPlan] = {}
    for name, entries in lists.items():
        words = [plain_words(entry.row) for entry in entries]
        plain = tuple(numbers.setdefault(word, len(numbers)) for word in words if word)
        others = tuple(
            make_leaf(entry.row, -1, None, list_plans)
            for entry, word in zip(entries, words, strict=True)
            if not word
        )
        list_plans[name] = ListPlan(tuple(dict.fromkeys(plain)), others)
    leaves: dict[Row, Leaf] = {}
    for row in rows:
        word = plain_words(row)
        number = numbers.setdefault(word, len(numbers)) if word else None
        leaves[row] = make_leaf(row, len(leaves), number, list_plans)
    members: list[tuple[str, ...]] = [()] * len(numbers)
    for name, plan in list_plans.items():
        for number in plan.plain:
            members[number] += (name,)
    everything = [*rows, *(leaf.row for plan in list_plans.values() for leaf in plan.others)]
    return Plans(leaves, list_plans, PhraseAutomaton(numbers), tuple(members), _loose_items(everything))


def make_leaf(row: Row, number: int, plain: int | None, lists: Mapping[str, ListPlan]) -> Leaf:
    """A phrase with what it needs."""
    needs = tuple(_needs(row, lists))
    return Leaf(number, plain, row, needs, sum(weigh(need) for need in needs))


def weigh(need: frozenset[str]) -> float:
    """How much a word says: little where it is one of the commonest."""
    return 0.2 if need <= _COMMON else 1.0


def plain_words(row: Row) -> tuple[str, ...]:
    """The words of a row of nothing but words, else ()."""
    if all(isinstance(item, Literal) for item in row.items):
        return tuple(item.text for item in row.items if isinstance(item, Literal))
    return ()


def _loose_items(rows: Iterable[Row]) -> tuple[Wildcard | Fuzzy, ...]:
    found: dict[Wildcard | Fuzzy, None] = {}
    waiting: list[Item] = list(rows)
    while waiting:
        item = waiting.pop()
        if isinstance(item, Wildcard | Fuzzy):
            found[item] = None
        elif isinstance(item, Row):
            waiting.extend(item.items)
        elif isinstance(item, Choose):
            waiting.extend(item.options)
    return tuple(found)


def _needs(item: Item, lists: Mapping[str, ListPlan]) -> list[frozenset[str]]:
    """Sets of keys, one out of each of which the text must hold."""
    if isinstance(item, Literal | Wildcard | Fuzzy):
        return [frozenset({key_of(item)})]
    if isinstance(item, Row):
        return [need for part in item.items for need in _needs(part, lists)]
    if isinstance(item, ListRef):
        plan = lists.get(item.name)
        return [frozenset({f"{{{item.name}}}"})] if plan is not None and not plan.others else []
    if isinstance(item, Choose) and not item.optional:
        options = [_needs(option, lists) for option in item.options]
        if all(options):
            return [frozenset().union(*(option[0] for option in options))]
    return []


def either_of(expressions: tuple[Expression, ...]) -> Expression:
    """One expression for any of several."""
    return expressions[0] if len(expressions) == 1 else Either(expressions)
