"""Tests of one misheard word: a critical rule is not failed on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.rules import Line, Rulebook, parse_rulebook
from speechcx.rules.starter import starter_rulebook
from tests.rules.talk import agent, ask, book, customer

NOTICE = """
severity: critical
expect: present
by: agent
within: {first: 60s}
said: '"(call | line) *3 (recorded | monitored)" | "recorded line" | "we record [all] calls"'
"""
LONG = "Hello and good morning to you my name is Ann and I am here to help you with all you need today so "


def notice(severity: str = "critical") -> Rulebook:
    """The rule of a recording notice."""
    return book(NOTICE.replace("critical", severity), kind="compliance")


def opening(doubtful: str, confidence: float = 0.3) -> tuple[Line, ...]:
    """A long and clear opening, and one sentence of which the recogniser was not sure."""
    return agent(LONG, 0.0), agent(doubtful, 20.0, confidence=confidence), customer("Hello.", 30.0)


@pytest.mark.parametrize(
    "heard",
    [
        "this quarrel is recorded", "this cold may be recorded", "this call is regarded", "you are on a recorded lime",
        "we record all cause",
    ],
)  # fmt: skip
def test_one_misheard_word_does_not_fail_a_critical_rule(heard: str) -> None:
    """What is close and under the floor cannot be told, and says which word is in doubt."""
    result = ask(notice(), *opening(heard))
    assert ("cannot_tell", False) == (result.value, result.flagged)
    assert "may be misheard" in result.why
    assert result.hits[0].result == "cannot_tell"
    assert not result.hits[0].is_nearest


@pytest.mark.parametrize(
    "heard",
    [
        "you are on a recorted line",
        "this call is reported",
        "this call is retorted",
        "this call may be monidored",
    ],
)
def test_a_word_that_sounds_nearly_alike_is_doubted_at_any_confidence(heard: str) -> None:
    """A recogniser is often sure of the wrong word; a telephone band blurs p, t and k."""
    assert "cannot_tell" == ask(notice(), *opening(heard, 0.9)).value


@pytest.mark.parametrize(
    "heard",
    [
        "how can I help you",
        "the weather is fine",
        "your order was recorded by Tom yesterday I think",
        "your call is important to us",
        "the call was reordered",
        "what is it",
    ],
)
def test_what_is_not_close_stays_absent(heard: str) -> None:
    """A clear opening without the notice is flagged, whatever else is in it."""
    result = ask(notice(), *opening(heard, 0.9))
    assert ("absent", True) == (result.value, result.flagged)


@pytest.mark.parametrize(
    "heard",
    [
        "this call may be record it", "this line is retorted", "we retort all calls", "this poll is monitored",
        "this call will be required for training",
    ],
)  # fmt: skip
def test_words_that_sound_nearly_alike_may_be_one_more_or_shorter(heard: str) -> None:
    """A word may be heard as two, and a short one differ in the place of one consonant."""
    assert "cannot_tell" == ask(notice(), *opening(heard, 0.9)).value


CHECK = """
severity: critical
expect: present
by: agent
said: >-
  (confirm | verify* | "can i *1 (have | take)" | "i need")
  NEAR/8 ("your *3 (surname | address | postcode | password)" | postcode | "(account | customer) (number | reference)")
"""


@pytest.mark.parametrize(
    "heard",
    [
        "can I take your pose code please", "could you conform your address", "can you confirm the account lumber",
        "can I just have your sir name", "please verify your pass word for me",
        "i need the a count number",
    ],
)  # fmt: skip
def test_a_misheard_word_beside_another_phrase_does_not_fail_an_identity_check(heard: str) -> None:
    """Rules with NEAR too: one side is there as it is asked, the other sounds nearly so."""
    result = ask(CHECK, *opening(heard, 0.9))
    assert ("cannot_tell", False) == (result.value, result.flagged)
    assert "may be misheard" in result.why


def test_both_sides_of_a_near_must_still_stand_near() -> None:
    """Not ten words apart, and not where nothing but the misheard word is there."""
    far = "can I take a moment to look for the note that my colleague left, the pose code"
    assert "absent" == ask(CHECK, *opening(far, 0.9)).value
    assert "absent" == ask(CHECK, *opening("your pose code is lovely", 0.9)).value


def test_clear_openings_without_a_notice_or_a_check_stay_absent() -> None:
    """126 sentences of agents with the words of notices and checks in other senses: no doubt is cast on any."""
    starter = parse_rulebook(starter_rulebook("compliance"))
    lines = (Path(__file__).parent / "absent_openings.txt").read_text(encoding="utf-8").splitlines()
    doubted = []
    for line in lines:
        for rule in ("recording-notice", "verification"):
            if "absent" != ask(starter, agent(line), customer("Hello.", 20.0), rule=rule).value:
                doubted.append((rule, line))
    assert [] == doubted
    assert len(lines) >= 100


def test_doubt_counts_only_where_the_rule_looks() -> None:
    """Not in the customer's words, not after the first minute, and only of rules that are critical."""
    doubtful = "this quarrel is recorded"
    assert "absent" == ask(notice(), agent(LONG), customer(doubtful, 20.0, confidence=0.3)).value
    assert "absent" == ask(notice(), agent(LONG), agent(doubtful, 90.0, confidence=0.3)).value
    assert "absent" == ask(notice("major"), *opening(doubtful)).value


def test_a_critical_question_makes_its_rule_careful() -> None:
    """Where the scorecard calls it critical, the rule is not failed on one word either."""
    card = (
        "scorecards: [{id: c, sections: [{title: A, questions: "
        "[{id: q, text: Told?, rule: r, critical: compliance}]}]}]"
    )
    careful = book(NOTICE.replace("critical", "minor"), kind="compliance", extra=card)
    assert "cannot_tell" == ask(careful, *opening("this quarrel is recorded")).value


def test_the_nearest_miss_of_an_absent_rule_is_told_from_evidence() -> None:
    """It is kept, named nearest, and is no evidence."""
    rule = "severity: minor\nexpect: present\nsaid: '\"security question answered\"'"
    result = ask(rule, agent("a security question, please"))
    assert result.value == "absent"
    assert [True] == [hit.is_nearest for hit in result.hits]
    done = ask(
        "sequence:\n  - {said: manager, by: customer}\n  - {not: {said: sure, by: agent}}",
        customer("manager"), agent("sure", 4.0),
    )  # fmt: skip
    assert [False] == [hit.is_nearest for hit in done.hits]


def test_titles_say_what_happened() -> None:
    """By what the rule expects; a rulebook may give its own."""
    says = agent("Hello.")
    assert "Notice: not said" == ask("title: Notice\nexpect: present\nsaid: recorded", says).headline
    assert "Notice: said" == ask("title: Notice\nexpect: present\nsaid: hello", says).headline
    assert "Long hold: no" == ask("title: Long hold\nmetric: hold_s > 5", metrics=(("hold_s", 1.0),)).headline
    assert "Customer complains" == ask("title: Customer complains\nsaid: hello", says).headline
    assert (
        "Notice: cannot tell" == ask("title: Notice\nexpect: present\nsaid: a", flags=("truncated",)).headline
    )
    own = "title: Notice\nexpect: present\nsaid: recorded\ntitles: {absent: Nobody said that it is recorded}"
    assert "Nobody said that it is recorded" == ask(own, says).headline
