"""Tests of how scorecards are read."""

from __future__ import annotations

import pytest

from speechcx.call import Bound, Question, Scorecard
from speechcx.rules import lint, parse_rulebook

HEAD = """\
rulebook: t
version: 1
rules:
  - {id: hi, kind: behaviour, said: hello, by: agent, expect: present}
  - {id: swears, kind: risk, said: damn, by: customer, expect: absent}
  - {id: either, kind: risk, any: [{rule: hi}, {metric: customer.talk_share > 0.5}]}
scorecards:
  - id: card
    title: The card
    sections:
      - title: All
        weight: 10
        questions:
"""


def questions(*lines: str) -> tuple[Question, ...]:
    """The questions of a card."""
    (card,) = parse_rulebook(HEAD + "".join(f"          - {line}\n" for line in lines)).scorecards
    return card.sections[0].questions


def test_a_card_is_read_whole() -> None:
    """Title, weights and answers of a question come out as written."""
    rulebook = parse_rulebook(
        HEAD
        + "          - {id: q, text: Greeted?, rule: hi, weight: 3, critical: customer, auto_fail: true}\n"
    )
    (card,) = rulebook.scorecards
    assert isinstance(card, Scorecard)
    assert ("card", "The card", "All", 10.0) == (
        card.id,
        card.title,
        card.sections[0].title,
        card.sections[0].weight,
    )
    (question,) = card.sections[0].questions
    assert ("q", "Greeted?", 3.0, "hi", "customer", True) == (
        question.id, question.text, question.weight, question.rule, question.critical, question.auto_fail,
    )  # fmt: skip


def test_yes_is_what_the_rule_expects() -> None:
    """A rule that expects absence is answered yes when absent, unless the question says otherwise."""
    hi, swears, other = questions(
        "{id: a, text: A, rule: hi}",
        "{id: b, text: B, rule: swears}",
        "{id: c, text: C, rule: swears, yes_when: present}",
    )
    assert ("present", "absent", "present") == (hi.yes_when, swears.yes_when, other.yes_when)


def test_measures_have_bands() -> None:
    """A measure's answer is the first band it is in."""
    (question,) = questions(
        "{id: a, text: A, metric: agent.interruptions, bands: {yes: '<= 1', n-a: '> 50', no: '> 1'}}"
    )
    assert (("yes", Bound("<=", 1)), ("n-a", Bound(">", 50)), ("no", Bound(">", 1))) == question.bands


def test_questions_know_whom_they_are_about() -> None:
    """Parties come from the rule's words and measures, through rules it refers to, and from the measure."""
    one, two, three, four = questions(
        "{id: a, text: A, rule: hi}", "{id: b, text: B, rule: either}",
        "{id: c, text: C, metric: customer.talk_share, bands: {yes: '> 0'}}", "{id: d, text: D, ask: person}",
    )  # fmt: skip
    assert (("agent",), ("agent", "customer"), ("customer",), ()) == (
        one.about,
        two.about,
        three.about,
        four.about,
    )


def test_a_condition_of_a_question_is_a_hidden_rule() -> None:
    """applies_if becomes a rule of kind hidden, named for card and question."""
    rulebook = parse_rulebook(
        HEAD + "          - {id: q, text: Q, rule: hi, applies_if: {metric: hold_s > 20}}\n"
    )
    hidden = rulebook.rule("card.q.applies_if")
    assert ("hidden", "card.q.applies_if") == (
        hidden.kind,
        rulebook.scorecards[0].sections[0].questions[0].applies_if,
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{text: A, rule: hi}", "has no id"),
        ("{id: a, rule: hi}", "has no text"),
        ("{id: a, text: A}", "has no answer"),
        ("{id: a, text: A, rule: hi, ask: person}", "rule and ask"),
        ("{id: a, text: A, rule: hallo}", "no rule 'hallo'"),
        ("{id: a, text: A, ask: robot}", "person"),
        ("{id: a, text: A, metric: hold, bands: {yes: '> 1'}}", "did you mean 'hold_s'"),
        ("{id: a, text: A, metric: hold_s}", "no bands"),
        ("{id: a, text: A, metric: hold_s, bands: {good: '> 1'}}", "yes, no, n-a"),
        ("{id: a, text: A, metric: hold_s, bands: {yes: lots}}", "a comparison such as"),
        ("{id: a, text: A, rule: hi, critical: very}", "customer, business, compliance"),
        ("{id: a, text: A, rule: hi, weight: -1}", "a number from 0"),
        ("{id: a, text: A, rule: hi, auto_fail: perhaps}", "true, false"),
        ("{id: a, text: A, rule: hi, applies_if: {said: a b}}", "quotation marks"),
        ("{id: a, text: A, rule: hi, critical: customer, weight: 2}", "scored apart"),
        ("{id: a, txt: A, rule: hi}", "did you mean 'text'"),
    ],
)
def test_wrong_questions_are_explained(line: str, message: str) -> None:
    """Each mistake names what is there and what would be legal."""
    assert message in "\n".join(map(str, lint(HEAD + f"          - {line}\n")))


@pytest.mark.parametrize(
    ("cards", "message"),
    [
        ("[{id: a}]", "has no sections"),
        ("[{sections: []}]", "has no id"),
        ("[{id: a, sections: [{title: x}]}]", "has no questions"),
        ("[{id: a, sections: [{title: x, questions: [{id: q, text: t, rule: hi}, {id: q, text: t, rule: hi}]}]}]",
         "given twice"),
        ("[{id: a, sections: [{title: x, weight: 1, questions: [{id: q, text: t, rule: hi}]},"
         " {title: x, questions: [{id: r, text: t, rule: hi}]}]}]", "section 'x' is given twice"),
        ("[{id: a, sections: []}, {id: a, sections: []}]", "given twice"),
    ],
)  # fmt: skip
def test_wrong_cards_are_explained(cards: str, message: str) -> None:
    """Cards and sections without what they need, or given twice, are named."""
    head = HEAD[: HEAD.index("scorecards:")]
    assert message in "\n".join(map(str, lint(f"{head}scorecards: {cards}\n")))


def test_all_problems_of_a_scorecard_are_told_at_once_with_their_places() -> None:
    """A wrong question hides neither what else is wrong with it nor the problems of those beside it."""
    lines = (
        "{id: a, txt: A, weight: many, rule: hi}",
        "{id: b, text: B, rule: hallo}",
        "{id: c, text: C, rule: hi, rule: swears}",
        "{id: d, text: , rule: hi}",
        "{id: e, text: E, rule: [hi]}",
        "just words",
        "{id: f, text: F, metric: hold_s, bands: [1]}",
    )
    found = lint(HEAD + "".join(f"          - {line}\n" for line in lines))
    assert [
        (14, 13, "question 'a' has no text"),
        (14, 21, "unknown name 'txt' in a question"),
        (14, 37, "weight 'many'"),
        (15, 36, "no rule 'hallo'"),
        (16, 40, "'rule' is given twice in a question"),
        (17, 27, "text is empty"),
        (18, 36, "rule is a list"),
        (19, 13, "a question is a value"),
        (20, 53, "bands is a list"),
    ] == [(problem.line, problem.column, problem.found) for problem in found]
