"""A condition somebody types, made a rulebook of one rule, so that it can be tried before it is saved."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Literal, cast

import yaml

from speechcx.call import Party
from speechcx.errors import RulebookError, UsageError
from speechcx.rules import limits
from speechcx.rules.judging.call_view import SECONDS_A_WORD
from speechcx.rules.language.conditions import Condition, Rule, RuleRef, Scope, inside
from speechcx.rules.language.examples import Line
from speechcx.rules.language.read_conditions import CONDITION_KEYS, ConditionReader
from speechcx.rules.language.rulebook import LANGUAGE_VERSION, Rulebook, with_rules
from speechcx.rules.language.rulebook_source import RulebookProblem, RulebookSource, nearest

TYPED = "(typed)"
"""Id of the rule that stands for what was typed."""

_GROUP = re.compile(rf"\s*[{{-]?\s*({'|'.join(CONDITION_KEYS)})\s*:(\s|$)")
_MEASURE = re.compile(r"\s*[\w.]+\s*(<=|>=|==|!=|<|>|=)\s*-?[\d.]+\s*(%|s)?\s*")
_LINE = re.compile(
    r"(?:(?P<minutes>\d{1,4}):(?P<seconds>[0-5]\d)\s+)?(?:(?P<party>agent|customer|ivr|unknown)\s*:\s*)?(?P<words>.*)",
    re.IGNORECASE,
)
_EMPTY = Rulebook("typed", "0", "en", "", "", (), (), (), ())


def type_rule(
    text: str,
    *,
    base: Rulebook | None = None,
    by: Party | None = None,
    negated: Literal["ignore", "match"] = "match",
) -> Rulebook:
    """A rulebook whose last rule, :data:`TYPED`, asks what was typed.

    Parameters
    ----------
    text
        A phrase as after ``said:``, a measure such as ``hold_s > 20``, or a whole condition in YAML
        (``{said: cancel*, within: {first: 30s}}``).
    base
        Whose lists and rules the text may refer to.
    by, negated
        As beside a condition; what the text says itself goes before.

    Raises
    ------
    RulebookError
        The text is no condition; names the column and what would be legal there.
    """
    base = base or _EMPTY
    source = RulebookSource(text)
    condition = _read(source, Scope(by=by, negated=negated), base)
    errors = sorted({problem for problem in source.problems if problem.level == "error"})
    if condition is None or errors:
        raise RulebookError(_tell(text, errors), "", "correct it; docs/rules.md explains every name")
    rule = Rule(TYPED, " ".join(text.split()), "behaviour", "info", condition, None, limits.WORD_FLOOR)
    names = frozenset(part.id for part in inside(condition) if isinstance(part, RuleRef))
    kept = with_rules(base, names)
    seed = f"language {LANGUAGE_VERSION}\n{base.digest}\n{by}\n{negated}\n{text}"
    return replace(
        kept, rules=(*kept.rules, rule), digest=hashlib.sha256(seed.encode()).hexdigest(), source=text, tests=()
    )  # fmt: skip


def parties_asked(rulebook: Rulebook, rule: str) -> frozenset[Party]:
    """Whose words a rule asks for; empty where anybody's will do."""
    conditions = inside(rulebook.rule(rule).condition)
    scopes = [scope for scope in (getattr(part, "scope", None) for part in conditions) if scope is not None]
    return frozenset(scope.by for scope in scopes if scope.by is not None)


def type_lines(text: str, asked: frozenset[Party]) -> tuple[Line, ...]:
    """Typed talk as turns, one a line: ``customer: words``, ``0:35 agent: words``, or words alone.

    Parameters
    ----------
    text
        The talk. A line without a time begins half a second after the one before has ended.
    asked
        Whose words the rule asks for (:func:`parties_asked`): words alone are theirs, else the customer's.

    Raises
    ------
    UsageError
        Words stand alone and the rule asks for both parties, or there are no words.
    """
    lines: list[Line] = []
    now_s = 0.0
    for number, written in enumerate(text.splitlines(), start=1):
        found = _LINE.fullmatch(written.strip())
        if found is None or not found["words"]:
            continue
        party = found["party"] and found["party"].lower()
        if party is None and len(asked) > 1:
            raise UsageError(
                f"line {number} does not say who speaks, and the rule asks for {' and '.join(sorted(asked))}",
                "lines such as 'customer: I want to cancel'", "put agent: or customer: before the words",
            )  # fmt: skip
        if found["minutes"] is not None:
            now_s = max(now_s, 60.0 * int(found["minutes"]) + int(found["seconds"]))
        end_s = now_s + SECONDS_A_WORD * len(found["words"].split())
        speaker = party or next(iter(asked), "customer")
        lines.append(Line(cast(Party, speaker), round(now_s, 2), round(end_s, 2), found["words"]))
        now_s = end_s + 0.5
    if not lines:
        raise UsageError("no words to try it on", "talk, one turn a line", "type some after --text")
    return tuple(lines)


def _read(source: RulebookSource, scope: Scope, base: Rulebook) -> Condition | None:
    reader = ConditionReader(source)
    reader.found.said = max(base.expressions, default=0)
    if _GROUP.match(source.text):
        node = source.root()
        condition = None if node is None else reader.read(node, "the condition", scope)
    elif not source.text.strip():
        source.problems.append(
            RulebookProblem(1, 1, "error", "nothing was typed", "a phrase, such as cancel*")
        )
        return None
    else:
        node = _scalar(source.text)
        key = "metric" if _MEASURE.fullmatch(source.text) else "said"
        condition = reader.condition(node, {key: node}, "the condition", scope, 0)
    lists = [name for name, _ in base.lists]
    for name, node, column in reader.found.lists:
        if name not in lists:
            source.complain(node, f"no list {name!r}", _nearest(name, lists, "lists"), shift=column)
    rules = [rule.id for rule in base.rules if rule.kind != "hidden"]
    for name, node in reader.found.rules:
        if name not in rules:
            source.complain(node, f"no rule {name!r}", _nearest(name, rules, "rules"))
    return condition


def _nearest(name: str, legal: list[str], what: str) -> str:
    return nearest(name, legal) if legal else f"a rulebook that has {what}"


def _scalar(text: str) -> yaml.ScalarNode:
    mark = yaml.Mark("typed", 0, 0, 0, None, 0)
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, mark, mark)


def _tell(text: str, errors: list[RulebookProblem]) -> str:
    """The problems, and a mark under the place of the first where the text is one line."""
    shown = "\n  ".join(str(problem) for problem in errors) or "no condition"
    if "\n" in text or not text or not errors or len(text) > 100:
        return f"this cannot be tried:\n  {shown}"
    return f"this cannot be tried:\n  {text}\n  {' ' * (errors[0].column - 1)}^\n  {shown}"
