"""A rulebook: phrase lists, rules, scorecards and tests out of one YAML file, read and checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

import yaml

from speechcx.call import RESULTS, RuleValue, Scorecard, Titles
from speechcx.errors import RulebookError
from speechcx.rules import limits
from speechcx.rules.asking import CONDITION_KEYS, Asker
from speechcx.rules.conditions import (
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
from speechcx.rules.examples import RuleTest, read_tests
from speechcx.rules.forms import Forms
from speechcx.rules.grammar import PhraseError, parse_list_item
from speechcx.rules.occasions import SUFFIX, find_occasion
from speechcx.rules.pattern import Choose, Expression, Item, ListRef, Phrase, Row
from speechcx.rules.source import Problem, Source, nearest

LANGUAGE_VERSION = 2
"""Part of every digest: raised when the same rulebook would find something else than before."""

_TOP = ("rulebook", "version", "title", "language", "lists", "rules", "scorecards", "tests")
_RULE = ("id", "title", "kind", "severity", "expect", "confidence_floor", "when", "titles", *CONDITION_KEYS)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A checked rulebook.

    Parameters
    ----------
    name, version, language
        As the file says.
    digest
        SHA-256 of the text and of the language's version: it goes with every hit and score.
    source
        The file's text: the same rulebook can be made from it anywhere.
    rules
        All rules; those of kind ``hidden`` stand for an ``applies_if`` of a scorecard.
    lists
        (name, phrases) pairs.
    scorecards
        Forms to fill in.
    tests
        Examples with what they must give.
    """

    name: str
    version: str
    language: str
    digest: str
    source: str
    rules: tuple[Rule, ...]
    lists: tuple[tuple[str, tuple[Phrase, ...]], ...]
    scorecards: tuple[Scorecard, ...]
    tests: tuple[RuleTest, ...]

    def rule(self, name: str) -> Rule:
        """The rule of that id.

        Raises
        ------
        RulebookError
            There is none; the message gives the nearest.
        """
        for rule in self.rules:
            if rule.id == name:
                return rule
        raise RulebookError(
            f"rulebook {self.name!r} has no rule {name!r}",
            nearest(name, [rule.id for rule in self.rules if rule.kind != "hidden"]),
            "correct the name of the rule",
        )

    @property
    def expressions(self) -> dict[int, Expression]:
        """Every ``said`` of every rule, by its number."""
        conditions = [condition for rule in self.rules for condition in inside(rule.condition)]
        return {said.number: said.expression for said in conditions if isinstance(said, Said)}


def read_rulebook(path: str | Path) -> Rulebook:
    """The rulebook in a YAML file.

    Raises
    ------
    RulebookError
        The file cannot be read, or says something impossible; every problem is listed with its line,
        column and what would be legal.
    """
    path = Path(path)
    return parse_rulebook(_read_text(path), str(path))


def lint_file(path: str | Path) -> tuple[Problem, ...]:
    """Everything wrong with the rulebook in a file, errors and warnings, by line.

    Raises
    ------
    RulebookError
        The file cannot be read at all, or is too big.
    """
    return lint(_read_text(Path(path)))


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > limits.FILE_BYTES:
            raise RulebookError(
                f"{path}: {path.stat().st_size:,} bytes",
                f"at most {limits.FILE_BYTES:,} bytes",
                "split the rulebook",
            )
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RulebookError(
            f"{path} cannot be read: {reason}",
            "a rulebook, a YAML file in UTF-8",
            "check the path",
        ) from error


def parse_rulebook(source: str, name: str = "rulebook") -> Rulebook:
    """The rulebook in a text.

    Parameters
    ----------
    source
        YAML.
    name
        What to call the text in messages, such as its path.

    Raises
    ------
    RulebookError
        As in :func:`read_rulebook`.
    """
    rulebook, problems = check(source)
    errors = [problem for problem in problems if problem.level == "error"]
    if rulebook is None or errors:
        shown = "\n  ".join(f"{name}, {problem}" for problem in errors[:20])
        more = f"\n  and {len(errors) - 20} more" if len(errors) > 20 else ""
        raise RulebookError(
            f"{len(errors)} problem{'s' * (len(errors) != 1)} in the rulebook\n  {shown}{more}",
            "",
            "correct the lines named; docs/rules.md explains every name",
        )
    return rulebook


def lint(source: str) -> tuple[Problem, ...]:
    """Everything wrong with a rulebook's text, errors and warnings, by line."""
    return check(source)[1]


def check(source: str) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """The rulebook, as far as it could be read, and all its problems by line."""
    text = Source(source)
    root = text.root()
    rulebook = None if root is None else _Reader(text).rulebook(root)
    return rulebook, tuple(sorted(set(text.problems)))


class _Reader:
    """Reads one rulebook; problems go to the source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.asker = Asker(source)
        self.rules: dict[str, Rule] = {}
        self.lists: dict[str, tuple[Phrase, ...]] = {}
        self.whens: dict[str, Condition | None] = {}

    def rulebook(self, root: yaml.Node) -> Rulebook | None:
        source = self.source
        fields = source.fields(root, "the rulebook", _TOP)
        if not fields:
            return None
        name = source.text_of(fields["rulebook"], "rulebook") if "rulebook" in fields else None
        if "rulebook" not in fields:
            source.complain(root, "the rulebook has no name", "a first line 'rulebook: name'")
        version = source.text_of(fields["version"], "version") if "version" in fields else None
        if "version" not in fields:
            source.complain(root, "the rulebook has no version", "a line 'version: 1'")
        language = source.text_of(fields["language"], "language") if "language" in fields else None
        if "lists" in fields:
            self.read_lists(fields["lists"])
        if "rules" in fields:
            self.read_rules(fields["rules"])
            self.set_occasions()
        forms = Forms(source, self.asker, self.rules)
        cards = forms.cards(fields["scorecards"]) if "scorecards" in fields else ()
        if not self.rules and not cards:
            source.complain(root, "the rulebook has no rules", "rules: a list of rules")
        self.check_references()
        tests = read_tests(source, fields["tests"], self.rules) if "tests" in fields else ()
        digest = hashlib.sha256(f"language {LANGUAGE_VERSION}\n{source.text}".encode()).hexdigest()
        return Rulebook(
            name or "?", version or "?", language or "en", digest, source.text, tuple(self.rules.values()),
            tuple(self.lists.items()), cards, tests,
        )  # fmt: skip

    def read_lists(self, node: yaml.Node) -> None:
        """``lists:`` names with their phrases."""
        total = 0
        nodes: dict[str, yaml.Node] = {}
        for name, key_node, value in self.source.pairs(node, "lists"):
            entries = []
            for item in self.source.items(value, f"list {name!r}"):
                total += 1
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
            self.lists[name], nodes[name] = tuple(entries), key_node
        if total > limits.LIST_ITEMS:
            self.source.complain(node, f"{total:,} entries in the lists", f"at most {limits.LIST_ITEMS:,}")
        self._check_lists(nodes)

    def _check_lists(self, nodes: dict[str, yaml.Node]) -> None:
        """Lists may hold lists, but only those that hold none: so none can hold itself."""
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
            rule = self.rule(item, name, fields)
            if rule is not None:
                self.rules[name] = rule
        if len(self.rules) > limits.RULES:
            self.source.complain(node, f"{len(self.rules):,} rules", f"at most {limits.RULES:,}")

    def rule(self, node: yaml.Node, name: str, fields: dict[str, yaml.Node]) -> Rule | None:
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
        condition = self.asker.condition(node, asked, f"rule {name!r}", Scope(negated=negated), 0)
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
        return self.asker.read(node, f"when of rule {name!r}", Scope(negated="ignore"))

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
        for name, node, column in self.asker.found.lists:
            if name not in self.lists:
                from speechcx.rules.pattern import SLOTS

                self.source.complain(
                    node, f"no list {name!r}", nearest(name, [*self.lists, *SLOTS]), shift=column
                )
        for name, node in self.asker.found.rules:
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


_STAND_IN = Rule("?", "?", "behaviour", "minor", RuleRef("?"), None, 0.0)


def lists_in(entries: tuple[Phrase, ...]) -> tuple[str, ...]:
    """Names of the lists that the entries of a list hold."""
    found: dict[str, None] = {}
    waiting: list[Item] = [entry.row for entry in entries]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ListRef):
            found[item.name] = None
        elif isinstance(item, Row):
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


def with_rules(rulebook: Rulebook, names: frozenset[str]) -> Rulebook:
    """The same rulebook with only the rules of those ids, and those they refer to."""
    wanted, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting.extend(ref for ref in refs_of(rulebook.rule(name)) if ref not in wanted)
    return replace(rulebook, rules=tuple(rule for rule in rulebook.rules if rule.id in wanted), scorecards=())
