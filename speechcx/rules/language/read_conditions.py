"""From the YAML of a rule to its condition: ``said``, ``by``, ``within``, ``any`` and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, cast

import yaml

from speechcx.call import Bound, Party, metric_names
from speechcx.rules import limits
from speechcx.rules.language.conditions import (
    TURN_NUMBERS,
    AllOf,
    AnyOf,
    Condition,
    InOrder,
    MatchWindow,
    Means,
    MetaTest,
    MetricTest,
    Not,
    RuleRef,
    Said,
    Scope,
    SequenceStep,
    Turns,
    TurnTest,
    has_time,
)
from speechcx.rules.language.grammar import PhraseError, parse_said
from speechcx.rules.language.pattern import ListRef, phrases_of
from speechcx.rules.language.rulebook_source import RulebookSource, nearest

SCOPE_KEYS = ("by", "within", "at_least", "turn", "negated")
ASKING_KEYS = ("said", "means", "metric", "meta", "all", "any", "not", "sequence", "rule")
CONDITION_KEYS = (*ASKING_KEYS, *SCOPE_KEYS, "similarity")
LABELS = ("negative", "neutral", "positive", "mixed")
DEFAULT_SIMILARITY = 0.6
BOUND_PATTERN = r"^\s*(<=|>=|==|!=|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*(%|s)?\s*$"
"""A comparison, also for editors."""
BOUND_EXPECTED = 'a comparison such as ">= 6" in quotation marks'
_BOUND = re.compile(BOUND_PATTERN)
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(s|sec|seconds|min|minutes|%)")
_STEP_ONLY = "within: {after: ...} belongs to a step of a sequence"


def parse_bound(text: str) -> Bound | None:
    """The comparison that a text is, such as ``<= 1`` or ``> 20%``; None where it is none."""
    found = _BOUND.fullmatch(text)
    if found is None:
        return None
    value = float(found[2]) / (100 if found[3] == "%" else 1)
    return Bound("==" if found[1] == "=" else found[1], value)  # type: ignore[arg-type]


@dataclass(slots=True)
class References:
    """What conditions point at, to be checked once the whole rulebook is read."""

    lists: list[tuple[str, yaml.Node, int]]
    rules: list[tuple[str, yaml.Node]]
    conditions: int = 0
    said: int = 0


class ConditionReader:
    """Reads conditions; problems go to the source.

    Parameters
    ----------
    source
        The rulebook's text.
    """

    def __init__(self, source: RulebookSource) -> None:
        self.source = source
        self.found = References([], [])

    def read(self, node: yaml.Node, what: str, outer: Scope, depth: int = 0) -> Condition | None:
        """A condition out of a group of lines."""
        fields = self.source.fields(node, what, CONDITION_KEYS)
        return self.condition(node, fields, what, outer, depth) if fields else None

    def condition(
        self, node: yaml.Node, fields: dict[str, yaml.Node], what: str, outer: Scope, depth: int
    ) -> Condition | None:
        """The condition that `fields` of `what` make up; several are joined as ``all``."""
        self.found.conditions += 1
        if depth > limits.CONDITION_DEPTH or self.found.conditions > limits.CONDITIONS:
            most = f"{limits.CONDITION_DEPTH} levels and {limits.CONDITIONS:,} conditions"
            self.source.complain(node, f"too many conditions in {what}", f"at most {most}")
            return None
        scope = self.scope(fields, outer)
        asked = [key for key in ASKING_KEYS if key in fields]
        parts = [self._one(key, fields, scope, depth) for key in asked]
        if not asked and scope.turn:
            parts = [Turns(scope)]
        if not parts:
            self.source.complain(node, f"{what} asks for nothing", f"one of {', '.join(ASKING_KEYS)} or turn")
            return None
        real = tuple(part for part in parts if part is not None)
        if len(real) < len(parts):
            return None
        return real[0] if len(real) == 1 else AllOf(real)

    def _one(self, key: str, fields: dict[str, yaml.Node], scope: Scope, depth: int) -> Condition | None:
        node = fields[key]
        if key == "said":
            return self.said(node, scope)
        if key == "means":
            return self.means(node, fields, scope)
        if key == "metric":
            return self.metric(node)
        if key == "meta":
            return self.meta(node)
        inner = replace(scope, at_least=1)
        if key in ("all", "any"):
            parts = [
                self.read(item, f"an entry of {key}", inner, depth + 1)
                for item in self.source.items(node, key)
            ]
            real = tuple(part for part in parts if part is not None)
            if not parts:
                self.source.complain(node, f"{key} is empty", "conditions, one for each line")
            if not real or len(real) < len(parts):
                return None
            return AllOf(real) if key == "all" else AnyOf(real)
        if key == "not":
            part = self.read(node, "not", inner, depth + 1)
            return None if part is None else Not(part)
        if key == "rule":
            name = self.source.text_of(node, "rule")
            if name is None:
                return None
            self.found.rules.append((name, node))
            return RuleRef(name)
        return self.sequence(node, inner, depth)

    def said(self, node: yaml.Node, scope: Scope) -> Said | None:
        """``said:`` as words."""
        text = self.source.text_of(node, "said")
        if text is None:
            return None
        try:
            expression = parse_said(text)
        except PhraseError as problem:
            found = f"in said, column {problem.column + 1}: {problem.found}"
            self.source.complain(node, found, f"there {problem.expected}", shift=problem.column)
            return None
        for phrase in phrases_of(expression):
            waiting = list(phrase.row.items)
            while waiting:
                item = waiting.pop()
                if isinstance(item, ListRef):
                    self.found.lists.append((item.name, node, item.column))
                waiting.extend(getattr(item, "items", ()) or getattr(item, "options", ()))
        self.found.said += 1
        return Said(expression, scope, " ".join(text.split()), self.found.said)

    def means(self, node: yaml.Node, fields: dict[str, yaml.Node], scope: Scope) -> Means | None:
        """``means:`` one example or a list of them."""
        nodes = list(self.source.items(node, "means")) if isinstance(node, yaml.SequenceNode) else [node]
        examples = [self.source.text_of(item, "an example of means") for item in nodes]
        likeness = DEFAULT_SIMILARITY
        if "similarity" in fields:
            likeness = self.source.number(fields["similarity"], "similarity", 0, 1) or likeness
        elif "at_least" in fields and "." in getattr(fields["at_least"], "value", ""):
            likeness = self.source.number(fields["at_least"], "at_least", 0, 1) or likeness
        real = tuple(example for example in examples if example)
        return Means(real, likeness, scope) if real and len(real) == len(examples) else None

    def scope(self, fields: dict[str, yaml.Node], outer: Scope) -> Scope:
        """Whose words, where, how often: what stands beside a condition, else what holds around it."""
        scope = outer
        if "by" in fields:
            party = self.source.choice(fields["by"], "by", ("agent", "customer", "ivr", "any"))
            scope = replace(scope, by=None if party in (None, "any") else cast(Party, party))
        if "within" in fields:
            scope = replace(scope, within=self.window(fields["within"]))
        if "at_least" in fields and not (
            "means" in fields and "." in getattr(fields["at_least"], "value", "")
        ):
            times = self.source.number(fields["at_least"], "at_least", 1, 1000)
            scope = replace(scope, at_least=int(times or 1))
        if "negated" in fields:
            way = self.source.choice(fields["negated"], "negated", ("ignore", "match"))
            scope = replace(scope, negated=cast(Literal["ignore", "match"], way or "match"))
        if "turn" in fields:
            scope = self.turn(fields["turn"], scope)
        return scope

    def turn(self, node: yaml.Node, scope: Scope) -> Scope:
        """``turn:`` measures of a turn; ``by`` may stand among them."""
        tests = list(scope.turn)
        for name, value in self.source.fields(node, "turn", (*TURN_NUMBERS, "label", "by")).items():
            if name == "by":
                party = self.source.choice(value, "by", ("agent", "customer", "ivr", "any"))
                scope = replace(scope, by=None if party in (None, "any") else cast(Party, party))
            elif name == "label":
                label = self.source.choice(value, "label", LABELS)
                tests.append(TurnTest(name, None, label))
            else:
                text = self.source.text_of(value, name)
                bound = None if text is None else self.bound(value, text, name)
                if bound is not None:
                    tests.append(TurnTest(name, bound))
        return replace(scope, turn=tuple(tests))

    def bound(self, node: yaml.Node, text: str, name: str) -> Bound | None:
        """A comparison such as ``<= 1``."""
        bound = parse_bound(text)
        if bound is None:
            self.source.complain(node, f"{name}: {text!r}", BOUND_EXPECTED)
        return bound

    def metric(self, node: yaml.Node) -> MetricTest | None:
        """``metric: name > value``."""
        text = self.source.text_of(node, "metric")
        if text is None:
            return None
        found = re.fullmatch(r"([\w.]+)\s*(\W.*)", text.strip())
        if found is None:
            self.source.complain(node, f"metric: {text!r}", "a name, a comparison and a number: hold_s > 20")
            return None
        if not self.is_metric(node, found[1]):
            return None
        bound = self.bound(node, found[2], found[1])
        return None if bound is None else MetricTest(found[1], bound)

    def is_metric(self, node: yaml.Node, name: str) -> bool:
        """Whether a measure of that name exists; if not, a problem with the nearest one."""
        if name in metric_names():
            return True
        self.source.complain(node, f"no measure {name!r}", nearest(name, metric_names()))
        return False

    def meta(self, node: yaml.Node) -> Condition | None:
        """``meta:`` fields of the call's details; several must all hold."""
        tests: list[Condition] = []
        for name, _, value in self.source.pairs(node, "meta"):
            if isinstance(value, yaml.SequenceNode):
                values = [self.source.text_of(item, name) for item in self.source.items(value, name)]
                tests.append(MetaTest(name, tuple(text for text in values if text is not None)))
                continue
            text = self.source.text_of(value, name)
            if text is None:
                return None
            if _BOUND.fullmatch(text):
                tests.append(MetaTest(name, bound=self.bound(value, text, name)))
            else:
                tests.append(MetaTest(name, (text,)))
        if not tests:
            self.source.complain(node, "meta asks for nothing", "a field and its value: {queue: billing}")
            return None
        return tests[0] if len(tests) == 1 else AllOf(tuple(tests))

    def window(self, node: yaml.Node) -> MatchWindow | None:
        """``within:`` first, last, or from and to."""
        fields = self.source.fields(node, "within", ("first", "last", "from", "to", "after"))
        times = {name: self.time(value, name) for name, value in fields.items() if name != "after"}
        if "after" in fields:
            self.source.complain(fields["after"], _STEP_ONLY, "first, last, or from and to")
            return None
        if not times or any(time is None for time in times.values()):
            return None
        named = {name: time for name, time in times.items() if time is not None}
        share = {unit == "%" for _, unit in named.values()}
        if len(share) > 1 or (set(named) not in ({"first"}, {"last"}) and not set(named) <= {"from", "to"}):
            self.source.complain(
                node, f"within has {', '.join(named)}", "first, or last, or from and to in one unit"
            )
            return None
        text = ", ".join(
            f"{name} {value * 100 if unit == '%' else value:g}{unit}" for name, (value, unit) in named.items()
        )
        low, high = named.get("from"), named.get("to", named.get("first"))
        if "last" in named:
            return MatchWindow(named["last"][0], None, True, share.pop(), text)
        return MatchWindow(low and low[0], high and high[0], False, share.pop(), text)

    def time(self, node: yaml.Node, name: str) -> tuple[float, str] | None:
        """``30s``, ``2min`` or ``20%`` as (seconds, "s") or (share, "%")."""
        text = self.source.text_of(node, name)
        if text is None:
            return None
        found = _TIME.fullmatch(text.strip())
        if found is None:
            self.source.complain(node, f"{name}: {text!r}", "a time with its unit: 30s, 2min or 20%")
            return None
        value, unit = float(found[1]), found[2]
        if unit == "%":
            return min(value, 100.0) / 100, "%"
        return value * (60 if unit.startswith("m") else 1), "s"

    def sequence(self, node: yaml.Node, outer: Scope, depth: int) -> InOrder | None:
        """``sequence:`` steps in order; a step's ``within: {after: 60s}`` counts from the step before."""
        steps = [self.step(item, outer, depth) for item in self.source.items(node, "sequence")]
        real = tuple(step for step in steps if step is not None)
        if len(real) < len(steps):
            return None
        if len(real) < 2 or real[0].missing:
            self.source.complain(
                node, "a sequence needs a first step that happens and one after it", "two steps"
            )
            return None
        return InOrder(real)

    def step(self, node: yaml.Node, outer: Scope, depth: int) -> SequenceStep | None:
        """One step of a sequence."""
        fields = self.source.fields(node, "a step", CONDITION_KEYS)
        after_s = None
        if "at_least" in fields and "means" not in fields:
            self.source.complain(fields["at_least"], "at_least in a step", "one step for each time")
            return None
        if "within" in fields:
            inner = self.source.fields(fields["within"], "within", ("first", "last", "from", "to", "after"))
            if "after" in inner:
                time = self.time(inner["after"], "after")
                if time is None or time[1] == "%" or len(inner) > 1:
                    self.source.complain(
                        fields["within"], "a step's after", "one time in seconds: {after: 60s}"
                    )
                    return None
                after_s = time[0]
                del fields["within"]
        missing = "not" in fields
        if missing:
            if any(key in fields for key in ASKING_KEYS if key != "not"):
                self.source.complain(node, "a step with not and something else", "not alone, or two steps")
                return None
            inside = self.scope(fields, outer)
            condition = self.read(fields["not"], "not", inside, depth + 1)
        else:
            condition = self.condition(node, fields, "a step", outer, depth + 1)
        if condition is None:
            return None
        if not has_time(condition):
            self.source.complain(
                node,
                "a step without a time of its own",
                "said, means, turn, or any of them; put the rest beside it in all",
            )
            return None
        return SequenceStep(condition, missing, after_s)
