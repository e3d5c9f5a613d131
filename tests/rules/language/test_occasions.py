"""Tests of the occasion of a rule: what makes a question about it n-a."""

from __future__ import annotations

import pytest

from speechcx.call import AnswerValue
from speechcx.errors import RulebookError
from speechcx.rules import Line, RuleTest, judge_view, parse_rulebook, view_test
from speechcx.score import fill_scorecards
from tests.factories import make_reading
from tests.rules.talk import agent, ask, book, customer

REFUSED = """
    expect: absent
    sequence:
      - {said: 'manager', by: customer}
      - {not: {said: 'transfer*', by: agent}, within: {after: 60s}}
"""
MET = """
    expect: present
    sequence:
      - {said: 'manager', by: customer}
      - {said: 'transfer*', by: agent, within: {after: 60s}}
"""
UNSORRY = """
    expect: absent
    all:
      - {said: 'complain*', by: customer}
      - not: {said: 'sorry', by: agent}
"""
WHEN = """
    expect: present
    said: 'sorry'
    by: agent
    when: {said: 'complain*', by: customer}
"""
HOLD = """
    expect: absent
    all:
      - metric: hold_s > 5
      - not: {said: '"on hold"', by: agent}
"""
CARD = """
scorecards:
  - id: card
    sections:
      - title: All
        questions:
          - {id: q, text: Was it met?, rule: r}
          - {id: other, text: Did somebody say yes?, rule: s}
"""


def answer(rule: str, *says: Line, card: str = CARD, **given: object) -> tuple[AnswerValue, bool]:
    """The answer to the question by a rule, and whether the rule is flagged."""
    text = f"rulebook: t\nversion: 1\nrules:\n  - id: r\n    kind: behaviour{rule}"
    rulebook = parse_rulebook(f"{text}  - {{id: s, kind: behaviour, said: 'yes'}}\n{card}")
    facts = view_test(RuleTest("r", "present", says, **given))  # type: ignore[arg-type]
    results = judge_view(rulebook, facts)
    (score,) = fill_scorecards(rulebook.scorecards, results, make_reading())
    return score.answers[0].answer, results[0].flagged


@pytest.mark.parametrize("rule", [REFUSED, MET, UNSORRY, WHEN])
def test_a_question_is_n_a_where_its_occasion_did_not_arise(rule: str) -> None:
    """Nobody asked, nobody complained: neither yes nor no, and nothing to blame."""
    assert ("n-a", False) == answer(rule, customer("How are you?"), agent("Fine, sorry.", 4.0))


@pytest.mark.parametrize(
    ("rule", "asked", "met"),
    [
        (REFUSED, "I want your manager", "I will transfer you"), (MET, "I want your manager", "I will transfer you"),
        (UNSORRY, "I complain", "I am sorry"), (WHEN, "I complain", "I am sorry"),
    ],
)  # fmt: skip
def test_where_the_occasion_arose_the_question_is_answered(rule: str, asked: str, met: str) -> None:
    """Yes where it was met, no and flagged where it was not."""
    assert ("yes", False) == answer(rule, customer(asked), agent(met, 4.0))
    assert ("no", True) == answer(rule, customer(asked), agent("Good day.", 4.0))


def test_a_measure_may_be_the_occasion() -> None:
    """No hold, nothing to announce; a hold of which nobody knows is not judged."""
    assert ("n-a", False) == answer(HOLD, agent("Hello"), metrics=(("hold_s", 0.0),))
    assert ("no", True) == answer(HOLD, agent("Hello"), metrics=(("hold_s", 30.0),))
    assert "cannot-tell" == answer(HOLD, agent("Hello"))[0]


def test_nobody_is_blamed_where_the_occasion_cannot_be_told() -> None:
    """A complaint that was perhaps misheard asks for no apology for certain."""
    unsure = customer("I complain", confidence=0.2)
    assert ("cannot-tell", False) == answer(WHEN, unsure, agent("Good day.", 4.0))


def test_a_rule_may_be_asked_always() -> None:
    """``when: always`` takes the occasion away; a question's own condition counts beside it."""
    assert ("yes", False) == answer(f"{REFUSED}    when: always\n", customer("Hello"), agent("No", 4.0))
    both = CARD.replace("rule: r}", "rule: r, applies_if: {rule: s}}")
    asked = customer("Your manager please")
    assert "n-a" == answer(REFUSED, asked, card=both)[0]
    assert "no" == answer(REFUSED, asked, agent("yes", 4.0), card=both)[0]
    assert "n-a" == answer(REFUSED, customer("yes"), card=both)[0]


def test_what_only_the_agent_does_needs_no_occasion() -> None:
    """A greeting is asked of every call, and of two things the agent says neither is the occasion."""
    assert "no" == answer("\n    said: hello\n    by: agent\n    expect: present\n", agent("What?"))[0]
    steps = "\n    expect: present\n    sequence: [{said: hello, by: agent}, {said: name, by: agent}]\n"
    assert "no" == answer(steps, agent("What?"))[0]


def test_one_way_without_an_occasion_is_asked_of_every_call() -> None:
    """Of several ways each must have its occasion for the rule to have one."""
    ways = "any:\n  - said: rude\n    by: agent\n  - all: [{said: no, by: customer}, {said: no, by: agent}]"
    assert [None] == [rule.occasion for rule in book(ways).rules]


def test_an_occasion_must_not_lead_back_to_its_rule() -> None:
    """Named like any other circle."""
    with pytest.raises(RulebookError, match="refers to itself"):
        book("said: hello\nwhen: {rule: r}")
    with pytest.raises(RulebookError, match=r"when.*expected"):
        book("said: hello\nwhen: sometimes")


def test_the_reason_says_that_nobody_asked() -> None:
    """And names what was looked for."""
    result = ask("sequence:\n  - {said: manager, by: customer}\n  - {said: no, by: agent}", agent("Hello"))
    assert result.why == "there was no occasion for it: said manager by customer: not found"
