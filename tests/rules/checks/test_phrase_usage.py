"""Tests of which phrases were said."""

from __future__ import annotations

import random

from speechcx.rules import RuleTest, find_said_phrases, judge_view, list_phrases, parse_rulebook, view_test
from tests.rules.talk import agent, customer

BOOK = parse_rulebook(
    """
rulebook: usage
version: 1
lists:
  thing: [card, "my account"]
rules:
  - id: leave
    kind: driver
    by: customer
    any:
      - said: 'cancel* NEAR/3 {thing} | "get rid of"'
      - said: cancel*
        within: {first: 1s}
  - {id: greet, kind: behaviour, said: 'hello | "good (morning | evening)"', by: agent}
  - {id: sorry, kind: behaviour, said: sorry}
scorecards:
  - id: c
    sections:
      - title: a
        questions:
          - {id: q, text: q, rule: greet, applies_if: {said: zebra}}
"""
)


def cover(*lines):  # type: ignore[no-untyped-def]
    """What the rulebook says of some lines."""
    return find_said_phrases(BOOK, view_test(RuleTest("", "present", lines)))


def test_all_phrases_are_listed_once_and_hidden_rules_left_out() -> None:
    """In the order of the rulebook, as they were written."""
    assert [
        ("leave", "cancel*"), ("leave", "{thing}"), ("leave", "get rid of"), ("greet", "hello"),
        ("greet", "good (morning | evening)"), ("sorry", "sorry"),
    ] == list(list_phrases(BOOK))  # fmt: skip


def test_said_is_what_the_party_said_wherever_and_however() -> None:
    """Outside of windows and nearness too, but not by the other party."""
    found = cover(customer("I hate my card and so I will, one two three four, cancel"), agent("sorry", 20.0))
    assert {("leave", "cancel*"), ("leave", "{thing}"), ("sorry", "sorry")} == found.said
    assert set() == cover(customer("hello good evening")).said
    assert {("greet", "good (morning | evening)")} == cover(agent("good evening")).said


def test_somebody_who_may_be_the_party_counts() -> None:
    """A phrase said by nobody knows whom is not dead."""
    from speechcx.rules import Line

    assert {("greet", "hello")} == cover(Line("unknown", 0.0, None, "hello")).said


def test_a_phrase_of_a_rule_that_holds_was_said() -> None:
    """Whatever is said: a rule is present only where one of its phrases was said."""
    rng = random.Random(1)
    words = "cancel my card account hello good morning evening sorry get rid of zebra"
    for _ in range(200):
        lines = [
            (customer, agent)[rng.randrange(2)](" ".join(rng.choices(words.split(), k=6)), 4.0 * place)
            for place in range(3)
        ]
        facts = view_test(RuleTest("", "present", tuple(lines)))
        found = find_said_phrases(BOOK, facts)
        results = {result.rule: result for result in judge_view(BOOK, facts)}
        for result in found.results:
            assert result.value == results[result.rule].value
            assert () == result.hits
            if result.value == "present" and result.kind != "hidden":
                assert any(rule == result.rule for rule, _ in found.said)


def test_why_a_rule_cannot_tell_is_kept() -> None:
    """Without words and numbers, so that calls can be counted by it."""
    facts = view_test(RuleTest("", "present", (agent("well", confidence=0.1),)))
    whys = {result.rule: result.why for result in find_said_phrases(BOOK, facts).results}
    assert "n% of the words there are redacted or under the confidence floor of n" == whys["sorry"]
