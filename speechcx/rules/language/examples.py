"""The tests in a rulebook: a few lines of talk, and what a rule must find in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import yaml

from speechcx.call import Party, RuleValue, metric_names
from speechcx.rules.language.conditions import TURN_NUMBERS, Rule
from speechcx.rules.language.rulebook_source import RulebookSource, nearest

_TEST = ("rule", "says", "expect", "duration", "flags", "metrics", "meta", "title", "quote")
_LINE = ("by", "at", "until", "text", "confidence", "label", "language", *TURN_NUMBERS)
_PARTIES = ("agent", "customer", "ivr", "unknown")
_VALUES = ("present", "absent", "cannot_tell")


@dataclass(frozen=True, slots=True)
class Line:
    """One turn of an example.

    Parameters
    ----------
    party
        Who speaks.
    start_s, end_s
        When; `end_s` None for as long as the words take.
    text
        The words.
    confidence
        Of every word, 0 to 1.
    values
        (name, value) pairs of measures of the turn.
    label
        Sentiment label of the turn.
    language
        Its language; '' for the rulebook's.
    """

    party: Party
    start_s: float
    end_s: float | None
    text: str
    confidence: float = 1.0
    values: tuple[tuple[str, float], ...] = ()
    label: str | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One example and what the rule must give.

    Parameters
    ----------
    rule, expect
        The rule and its result.
    says
        The turns.
    duration_s
        Length of the conversation; None for up to the last word.
    flags
        Quality flags of the call, such as ``truncated``.
    metrics, meta
        Measures and details of the call, as pairs.
    quote
        What the first hit must quote; None for anything.
    line
        Where it stands in the file.
    """

    rule: str
    expect: RuleValue
    says: tuple[Line, ...]
    duration_s: float | None = None
    flags: tuple[str, ...] = ()
    metrics: tuple[tuple[str, float], ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    quote: str | None = None
    line: int = 0


def read_tests(source: RulebookSource, node: yaml.Node, rules: Mapping[str, Rule]) -> tuple[RuleTest, ...]:
    """The tests under ``tests:``."""
    tests = [_test(source, item, rules) for item in source.items(node, "tests")]
    return tuple(test for test in tests if test is not None)


def _test(source: RulebookSource, node: yaml.Node, rules: Mapping[str, Rule]) -> RuleTest | None:
    fields = source.fields(node, "a test", _TEST)
    for key in ("rule", "expect"):
        if key not in fields:
            source.complain(node, f"a test has no {key}", f"{key}: ...")
            return None
    rule = source.text_of(fields["rule"], "rule")
    if rule is not None and rule not in rules:
        source.complain(fields["rule"], f"no rule {rule!r}", nearest(rule, rules))
    expect = source.choice(fields["expect"], "expect", _VALUES)
    says = [_line(source, item) for item in source.items(fields["says"], "says")] if "says" in fields else []
    if rule is None or expect is None or any(line is None for line in says):
        return None
    duration = source.number(fields["duration"], "duration", 0, 1e6) if "duration" in fields else None
    flags = (
        [source.text_of(item, "a flag") for item in source.items(fields["flags"], "flags")]
        if "flags" in fields
        else []
    )
    numbers = _numbers(source, fields.get("metrics"), "metrics", metric_names())
    return RuleTest(
        rule, cast(RuleValue, expect), tuple(sorted((x for x in says if x is not None), key=lambda x: x.start_s)),
        duration, tuple(flag for flag in flags if flag), numbers,
        _texts(source, fields.get("meta")), source.text_of(fields["quote"], "quote") if "quote" in fields else None,
        node.start_mark.line + 1,
    )  # fmt: skip


def _line(source: RulebookSource, node: yaml.Node) -> Line | None:
    """``[agent, 0.0, words]``, or a group with by, at, text and measures of the turn."""
    if isinstance(node, yaml.SequenceNode):
        parts = list(source.items(node, "a line of says"))
        if len(parts) != 3:
            source.complain(node, f"a line of says with {len(parts)} parts", "[party, seconds, words]")
            return None
        fields = dict(zip(("by", "at", "text"), parts, strict=True))
    else:
        fields = source.fields(node, "a line of says", _LINE)
        for key in ("by", "at", "text"):
            if key not in fields:
                source.complain(node, f"a line of says has no {key}", f"{key}: ...")
                return None
    party = source.choice(fields["by"], "by", _PARTIES)
    start_s = source.number(fields["at"], "at", 0, 1e6)
    text = source.text_of(fields["text"], "text")
    if party is None or start_s is None or text is None:
        return None
    end_s = source.number(fields["until"], "until", start_s, 1e6) if "until" in fields else None
    sure = source.number(fields["confidence"], "confidence", 0, 1) if "confidence" in fields else None
    values = [(name, source.number(fields[name], name, -1e6, 1e6)) for name in TURN_NUMBERS if name in fields]
    label = source.text_of(fields["label"], "label") if "label" in fields else None
    real = tuple((name, value) for name, value in values if value is not None)
    language = source.text_of(fields["language"], "language") if "language" in fields else None
    return Line(
        cast(Party, party), start_s, end_s, text, 1.0 if sure is None else sure, real, label, language or ""
    )


def _numbers(
    source: RulebookSource, node: yaml.Node | None, what: str, legal: tuple[str, ...]
) -> tuple[tuple[str, float], ...]:
    if node is None:
        return ()
    found = []
    for name, value in source.fields(node, what, legal).items():
        number = source.number(value, name, -1e9, 1e9)
        if number is not None:
            found.append((name, number))
    return tuple(found)


def _texts(source: RulebookSource, node: yaml.Node | None) -> tuple[tuple[str, str], ...]:
    if node is None:
        return ()
    pairs = [(name, source.text_of(value, name)) for name, _, value in source.pairs(node, "meta")]
    return tuple((name, text) for name, text in pairs if text is not None)
