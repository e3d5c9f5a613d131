"""From the YAML of a rulebook, and of what it includes, to its lists, rules, scorecards and tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import yaml

from speechcx.call import RESULTS, RuleValue, Scorecard, Titles, find_language_code, suggest_language
from speechcx.rules import limits
from speechcx.rules.language.conditions import (
    RULE_KINDS,
    SEVERITIES,
    AnyOf,
    Condition,
    Means,
    Rule,
    RuleKind,
    RuleRef,
    Said,
    Scope,
    inside,
)
from speechcx.rules.language.examples import RuleTest, read_tests
from speechcx.rules.language.grammar import PhraseError, parse_list_item
from speechcx.rules.language.including import Inclusion, plain_value, read_inclusions
from speechcx.rules.language.occasions import SUFFIX, find_occasion
from speechcx.rules.language.pattern import SLOTS, Choose, ItemSequence, ListRef, PatternItem, Phrase
from speechcx.rules.language.read_conditions import CONDITION_KEYS, ConditionReader
from speechcx.rules.language.read_scorecards import ScorecardReader
from speechcx.rules.language.rulebook_source import RulebookProblem, RulebookSource, nearest

Refs = list[Any]
"""What a rule refers to, as :class:`speechcx.rules.language.read_conditions.Found` lists it."""

_INDENT = 4
"""Columns by which an included document is moved to the right."""

_TOP = ("rulebook", "version", "title", "language", "lists", "rules", "scorecards", "tests", "include")
_RULE = ("id", "title", "kind", "severity", "expect", "confidence_floor", "when", "titles", *CONDITION_KEYS)


@dataclass(frozen=True, slots=True)
class RulebookParts:
    """What a rulebook says, read and checked; as :class:`speechcx.rules.Rulebook` has it."""

    name: str
    version: str
    language: str
    rules: tuple[Rule, ...]
    lists: tuple[tuple[str, tuple[Phrase, ...]], ...]
    scorecards: tuple[Scorecard, ...]
    tests: tuple[RuleTest, ...]


class RulebookReader:
    """Reads one rulebook with what it includes; problems go to the source.

    Parameters
    ----------
    source
        The whole text.
    own
        Name of the rulebook's file.
    reasons
        Why documents could not be included.
    conditions
        Reads conditions; one for all documents, so that every phrase has a number of its own.
    """

    def __init__(
        self,
        source: RulebookSource,
        own: str,
        reasons: Mapping[str, str],
        conditions: ConditionReader | None = None,
    ) -> None:
        self.source = source
        self.own = own
        self.reasons = reasons
        self.conditions = conditions or ConditionReader(source)
        self.rules: dict[str, Rule] = {}
        self.lists: dict[str, tuple[Phrase, ...]] = {}
        self.whens: dict[str, Condition | None] = {}
        self.nodes: dict[tuple[str, str], tuple[yaml.Node, str]] = {}
        self.refs: dict[str, tuple[Refs, Refs]] = {}
        self.documents: dict[str, yaml.Node] = {}
        self.cards: list[yaml.Node] = []
        self.language = "en"

    def read(self, root: yaml.Node) -> RulebookParts | None:
        """The rulebook whose top value is `root`, as far as it can be read."""
        source = self.source
        fields = source.fields(root, "the rulebook", (*_TOP, "included"))
        if not fields:
            return None
        name = source.text_of(fields["rulebook"], "rulebook") if "rulebook" in fields else None
        if "rulebook" not in fields:
            source.complain(root, "the rulebook has no name", "a first line 'rulebook: name'")
        version = source.text_of(fields["version"], "version") if "version" in fields else None
        if "version" not in fields:
            source.complain(root, "the rulebook has no version", "a line 'version: 1'")
        if "language" in fields:
            self.language = source.text_of(fields["language"], "language") or "en"
            if self.language != "any" and find_language_code(self.language) is None:
                near = suggest_language(self.language)
                expected = "a code such as en, es or de (ISO 639-1), or any"
                source.complain(
                    fields["language"],
                    f"language {self.language!r}",
                    f"{expected}; {near!r}?" if near else expected,
                )
        self.read_part(fields)
        self.read_included(fields)
        self.check_lists()
        self.set_occasions()
        cards = self.read_cards()
        if not self.rules and not cards:
            source.complain(root, "the rulebook has no rules", "rules: a list of rules")
        self.check_references()
        tests = read_tests(source, fields["tests"], self.rules) if "tests" in fields else ()
        rules, lists = tuple(self.rules.values()), tuple(self.lists.items())
        return RulebookParts(name or "?", version or "?", self.language, rules, lists, cards, tests)

    def read_part(self, fields: Mapping[str, yaml.Node]) -> None:
        """Lists and rules of one document."""
        if "lists" in fields:
            self.read_lists(fields["lists"])
        if "rules" in fields:
            self.read_rules(fields["rules"])
        if "scorecards" in fields:
            self.cards.append(fields["scorecards"])

    def read_cards(self) -> tuple[Scorecard, ...]:
        """The scorecards of the rulebook and of what is included as a whole."""
        reader = ScorecardReader(self.source, self.conditions, self.rules)
        cards: dict[str, Scorecard] = {}
        for node in self.cards:
            said = {str(_part(item, "id")): item for item in getattr(node, "value", ())}
            for card in reader.read(node):
                if card.id not in cards:
                    cards[card.id] = card
                elif card != cards[card.id]:
                    found = f"scorecard {card.id!r} is in two rulebooks, and not alike"
                    self.source.complain(said.get(card.id, node), found, "another id for one of them")
        return tuple(cards.values())

    def read_included(self, fields: Mapping[str, yaml.Node]) -> None:
        """Everything that ``include:`` names, and what that includes."""
        for item in self.source.items(fields["included"], "included") if "included" in fields else ():
            self.documents[str(_part(item, "from"))] = item
        if "include" in fields:
            for entry in read_inclusions(self.source, fields["include"], self.own):
                self.include(entry, ())

    def include(self, entry: Inclusion, above: tuple[str, ...]) -> None:
        """One entry of ``include:``; `above` are the documents that led to it."""
        if entry.key in above or entry.key not in self.documents:
            found = self.reasons.get(entry.key, f"no rulebook {entry.key!r}")
            circle = " includes ".join([*above, entry.key])
            found = f"{circle}: a circle" if entry.key in above else found
            self.source.complain(entry.node, f"include: {found}", "a starter, or the path of a rulebook")
            return
        node = self.documents[entry.key]
        part = RulebookReader(self.source, self.own, self.reasons, self.conditions)
        part.documents = self.documents
        fields = dict(self.source.fields(node, "an included rulebook", ("from", *_TOP)))
        language = self.source.text_of(fields["language"], "language") if "language" in fields else "en"
        if language != self.language:
            found = f"include: {entry.key} is in language {language!r}"
            self.source.complain(entry.node, found, f"{self.language!r}, as this rulebook")
        if "include" in fields:
            for inner in read_inclusions(self.source, fields["include"], entry.key):
                part.include(inner, (*above, entry.key))
        before = len(self.conditions.found.lists), len(self.conditions.found.rules)
        part.read_part(fields)
        del self.conditions.found.lists[before[0] :], self.conditions.found.rules[before[1] :]
        self.take(part, entry)

    def take(self, part: RulebookReader, entry: Inclusion) -> None:
        """Take over what an entry asks for of a document: rules with what they need, or everything."""
        for name in (*(entry.rules or ()), *entry.without):
            if name not in part.rules:
                found = f"include: {entry.key} has no rule {name!r}"
                self.source.complain(entry.node, found, nearest(name, part.rules))
        wanted = [name for name in (part.rules if entry.rules is None else entry.rules) if name in part.rules]
        names = part.needed(wanted) - set(entry.without)
        for name in [name for name in part.rules if name in names]:
            if self.takes("rule", name, part, entry):
                self.rules[name] = part.rules[name]
                self.refs[name] = lists, rules = part.refs.get(name, ([], []))
                self.conditions.found.lists += lists
                self.conditions.found.rules += rules
                if name in part.whens:
                    self.whens[name] = part.whens[name]
        needed = {name for rule in names for name, *_ in part.refs.get(rule, ([], []))[0]}
        needed |= {inner for name in needed for inner in lists_in(part.lists.get(name, ()))}
        for name in [name for name in part.lists if entry.rules is None or name in needed]:
            if self.takes("list", name, part, entry):
                self.lists[name] = part.lists[name]
                self.nodes["name", name] = part.nodes["name", name]
        if entry.rules is None:
            self.cards += [node for node in part.cards if node not in self.cards]

    def needed(self, names: list[str]) -> set[str]:
        """Rules with those they refer to."""
        found, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name in self.rules and name not in found:
                found.add(name)
                waiting += [ref for ref, _ in self.refs.get(name, ([], []))[1]]
        return found

    def takes(self, kind: str, name: str, part: RulebookReader, entry: Inclusion) -> bool:
        """Whether a rule or list of an included document is new here; a problem where another has its name."""
        node, origin = part.nodes[kind, name][0], part.nodes[kind, name][1] or entry.key
        if (kind, name) not in self.nodes:
            self.nodes[kind, name] = node, origin
            return True
        mine, place = self.nodes[kind, name]
        if plain_value(mine) != plain_value(node):
            found = (
                f"include: {kind} {name!r} is in {origin} and in {place or 'this rulebook'}, and not alike"
            )
            other = (
                "another name for one of the lists" if kind == "list" else f"without: [{name}] beside from"
            )
            self.source.complain(entry.node, found, other)
        return False

    def placed(self, problem: RulebookProblem) -> RulebookProblem:
        """A problem with the document it is in, and its line there."""
        for key, node in self.documents.items():
            start, end = node.start_mark.line + 1, node.end_mark.line + 1
            if start < problem.line <= end:
                column = max(1, problem.column - _INDENT)
                return replace(problem, file=key, line=problem.line - start, column=column)
        return problem

    def read_lists(self, node: yaml.Node) -> None:
        """``lists:`` names with their phrases."""
        for name, key_node, value in self.source.pairs(node, "lists"):
            entries = []
            for item in self.source.items(value, f"list {name!r}"):
                text = self.source.text_of(item, f"an entry of list {name!r}")
                if text is None:
                    continue
                try:
                    entries.append(parse_list_item(text))
                except PhraseError as problem:
                    found = f"in list {name!r}, column {problem.column + 1}: {problem.found}"
                    self.source.complain(item, found, f"there {problem.expected}", shift=problem.column)
            if not entries:
                self.source.complain(key_node, f"list {name!r} is empty", "at least one phrase")
            self.lists[name], self.nodes["list", name] = tuple(entries), (value, "")
            self.nodes["name", name] = key_node, ""
        total = sum(map(len, self.lists.values()))
        if total > limits.LIST_ITEMS:
            self.source.complain(node, f"{total:,} entries in the lists", f"at most {limits.LIST_ITEMS:,}")

    def check_lists(self) -> None:
        """Lists may hold lists, but only those that hold none: so none can hold itself."""
        nodes = {name: node for (kind, name), (node, _) in self.nodes.items() if kind == "name"}
        holding = {name: lists_in(entries) for name, entries in self.lists.items()}
        for name, held in holding.items():
            for other in held:
                if other not in self.lists:
                    self.source.complain(nodes[name], f"no list {other!r}", nearest(other, self.lists))
                elif holding[other]:
                    found = f"list {name!r} holds {{{other}}}, which holds a list itself"
                    self.source.complain(nodes[name], found, "lists inside lists one level deep")

    def read_rules(self, node: yaml.Node) -> None:
        """``rules:``, each with an id of its own."""
        for item in self.source.items(node, "rules"):
            fields = self.source.fields(item, "a rule", _RULE)
            if "id" not in fields:
                self.source.complain(item, "a rule has no id", "id: a-short-name")
                continue
            name = self.source.text_of(fields["id"], "id")
            if name is None:
                continue
            if name in self.rules:
                self.source.complain(fields["id"], f"rule {name!r} is given twice", "each id once")
                continue
            found = self.conditions.found
            before = len(found.lists), len(found.rules)
            rule = self.rule(item, name, fields)
            self.refs[name] = found.lists[before[0] :], found.rules[before[1] :]
            self.nodes["rule", name] = item, ""
            if rule is not None:
                self.rules[name] = rule
        if len(self.rules) > limits.RULES:
            self.source.complain(node, f"{len(self.rules):,} rules", f"at most {limits.RULES:,}")

    def rule(self, node: yaml.Node, name: str, fields: dict[str, yaml.Node]) -> Rule | None:
        """One rule out of its fields."""
        source = self.source
        kind = source.choice(fields["kind"], "kind", RULE_KINDS) if "kind" in fields else None
        if "kind" not in fields:
            source.complain(node, f"rule {name!r} has no kind", f"one of {', '.join(RULE_KINDS)}")
        title = source.text_of(fields["title"], "title") if "title" in fields else None
        severity = (
            source.choice(fields["severity"], "severity", SEVERITIES) if "severity" in fields else "minor"
        )
        expect = (
            source.choice(fields["expect"], "expect", ("present", "absent")) if "expect" in fields else None
        )
        floor = None
        if "confidence_floor" in fields:
            floor = source.number(fields["confidence_floor"], "confidence_floor", 0, 1)
        # A driver or risk is about what somebody wants: "I do not want to cancel" is none.
        negated: Literal["ignore", "match"] = "ignore" if kind in ("driver", "risk") else "match"
        if "when" in fields:
            self.whens[name] = self.when(fields["when"], name)
        asked = {key: value for key, value in fields.items() if key in CONDITION_KEYS}
        condition = self.conditions.condition(node, asked, f"rule {name!r}", Scope(negated=negated), 0)
        if condition is None or (kind is None and "kind" in fields):
            # Kept under a stand-in, so that other rules that refer to it are not called wrong too.
            self.rules.setdefault(name, _STAND_IN)
            return None
        return Rule(
            name, title or name, cast(RuleKind, kind or "behaviour"), severity or "minor", condition,
            cast("RuleValue | None", expect), limits.WORD_FLOOR if floor is None else floor,
            careful=severity == "critical" and expect == "present",
            titles=self.titles(fields, usual_titles(title or name, expect, condition)),
        )  # fmt: skip

    def titles(self, fields: dict[str, yaml.Node], usual: Titles) -> Titles:
        """``titles:`` what happened, by result; where one is not given, the usual one."""
        if "titles" not in fields:
            return usual
        given = self.source.fields(fields["titles"], "titles", RESULTS)
        texts = [
            self.source.text_of(given[value], f"the title of {value}") if value in given else None
            for value in RESULTS
        ]
        absent, present, cannot_tell = (text or other for text, other in zip(texts, usual, strict=True))
        return absent, present, cannot_tell

    def when(self, node: yaml.Node, name: str) -> Condition | None:
        """``when:`` the occasion of a rule; None for ``always``."""
        if isinstance(node, yaml.ScalarNode):
            self.source.choice(node, "when", ("always",))
            return None
        return self.conditions.read(node, f"when of rule {name!r}", Scope(negated="ignore"))

    def set_occasions(self) -> None:
        """A hidden rule for the occasion of each rule that names one, or holds one in itself."""
        for name, rule in list(self.rules.items()):
            condition = self.whens[name] if name in self.whens else find_occasion(rule.condition, self.rules)
            if condition is None or rule is _STAND_IN:
                continue
            hidden = name + SUFFIX
            title = f"whether there was an occasion for {name}"
            self.rules[name] = replace(rule, occasion=hidden)
            self.rules[hidden] = Rule(hidden, title, "hidden", "info", condition, None, rule.floor)

    def check_references(self) -> None:
        """Every list and rule that something refers to is there, and no rule leads back to itself."""
        for name, node, column in self.conditions.found.lists:
            if name not in self.lists:
                self.source.complain(
                    node, f"no list {name!r}", nearest(name, [*self.lists, *SLOTS]), shift=column
                )
        for name, node in self.conditions.found.rules:
            if name not in self.rules:
                self.source.complain(node, f"no rule {name!r}", nearest(name, self.rules))
            elif self._leads_to(name, name):
                self.source.complain(
                    node, f"rule {name!r} refers to itself", "rules that do not go in a circle"
                )

    def _leads_to(self, start: str, goal: str) -> bool:
        waiting, seen = [start], set[str]()
        while waiting:
            for name in refs_of(self.rules[waiting.pop()]):
                if name == goal:
                    return True
                if name in self.rules and name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return False


def _part(node: yaml.Node, key: str) -> str:
    """The text of a field of a node; '' where it has none."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    found = (value.value for name, value in pairs if name.value == key and isinstance(value, yaml.ScalarNode))
    return str(next(found, ""))


_STAND_IN = Rule("?", "?", "behaviour", "minor", RuleRef("?"), None, 0.0)


def lists_in(entries: tuple[Phrase, ...]) -> tuple[str, ...]:
    """Names of the lists that the entries of a list hold."""
    found: dict[str, None] = {}
    waiting: list[PatternItem] = [entry.row for entry in entries]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ListRef):
            found[item.name] = None
        elif isinstance(item, ItemSequence):
            waiting.extend(item.items)
        elif isinstance(item, Choose):
            waiting.extend(item.options)
    return tuple(found)


def usual_titles(title: str, expect: str | None, condition: Condition) -> Titles:
    """What happened where a rule is absent, present and cannot be told, from its title.

    Examples
    --------
    A rule that expects words: "Recording notice: not said", "Recording notice: said". Any other: the title
    where it is present, "Customer complains: no" where it is absent.
    """
    words = all(isinstance(part, Said | Means | AnyOf) for part in inside(condition))
    doubt = f"{title}: cannot tell"
    if words and expect == "present":
        return f"{title}: not said", f"{title}: said", doubt
    if expect == "present":
        return f"{title}: no", f"{title}: yes", doubt
    return f"{title}: no", title, doubt


def refs_of(rule: Rule) -> tuple[str, ...]:
    """Ids of the rules that a rule asks for: those it refers to, and that of its occasion."""
    refs = tuple(part.id for part in inside(rule.condition) if isinstance(part, RuleRef))
    return refs if rule.occasion is None else (*refs, rule.occasion)
