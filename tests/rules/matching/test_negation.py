"""Tests of the reach of a negation."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.rules import read_rulebook, run_rulebook_tests
from speechcx.rules.matching.negation import is_broken, is_negated
from tests.rules.talk import book, customer, value

CASES = Path(__file__).parents[1] / "cases"
WANTING = (
    """said: '"i (will | am | would) *2 (cancel* | leave)" | "(want | need | decided | going) *4 cancel*" """
    "| cancel* NEAR/6 {product}'"
)

LISTS = "lists: {product: [account, card, contract]}"


def tokens(text: str) -> tuple[list[str], int]:
    """Tokens and the place of the word in capitals."""
    words = text.split()
    return [word.lower() for word in words], next(
        i for i, word in enumerate(words) if word.isupper() and len(word) > 1
    )


@pytest.mark.parametrize(
    "text",
    [
        "i do not want to CANCEL anything", "i am not calling to CANCEL it", "i never said i want to CANCEL",
        "we would never CANCEL", "i have no intention to CANCEL", "without CANCELING it",
        "i do not think i want to CANCEL",
        "i have no plans to CANCEL", "not going to CANCEL my card", "nothing to CANCEL here", "nobody wants to CANCEL",
        "i would hardly CANCEL", "without having to CANCEL", "instead of CANCELING", "rather than CANCEL it",
        "there is no need to CANCEL", "no point in CANCELING", "i decided against CANCELING",
        "i want to avoid CANCELING",
        "it is not that i want to CANCEL", "the last thing i want is to CANCEL", "i do not need or want to CANCEL",
    ],
)  # fmt: skip
def test_negations_reach_what_follows(text: str) -> None:
    """A negator within six words before, in the same clause, negates."""
    assert is_negated(*tokens(text))


@pytest.mark.parametrize(
    "text",
    [
        "i want to CANCEL it", "why can not i CANCEL this", "i can not CANCEL online", "why do not you CANCEL it",
        "if you do not help i will CANCEL", "it does not work so CANCEL it", "not good but CANCEL it",
        "no i want to CANCEL it",
        "do not charge me again and please just CANCEL it", "not only do i want to CANCEL", "CANCEL it and do not call",
        "it is not what i ordered i want to CANCEL", "i do not like it and want to CANCEL", "nothing works CANCEL it",
        "been without internet since monday CANCEL it", "it hardly works CANCEL it", "i would rather CANCEL it",
    ],
)  # fmt: skip
def test_negations_stop_at_a_new_clause(text: str) -> None:
    """A new subject, a conjunction, inability and distance end the reach."""
    assert not is_negated(*tokens(text))


def test_a_negation_between_the_parts_of_a_match_breaks_it() -> None:
    """ "The card is fine, I have not lost it" is no lost card; a "not" of the phrase itself is none."""
    words = ["card", "is", "fine", "i", "have", "not", "lost", "it"]
    assert is_broken(words, 0, [(0, 1), (6, 7)])
    assert not is_broken(["fee", "i", "did", "not", "agree", "to"], 0, [(0, 1), (2, 5)])


def test_rules_choose_whether_negated_matches_count() -> None:
    """Drivers and risks ignore negated matches by default; ``negated: match`` counts them."""
    negated = customer("I don't want to cancel my account.")
    said = "said: 'cancel* NEAR/4 {product}'"
    assert "absent" == value(book(said, kind="driver", extra=LISTS), negated)
    assert "absent" == value(book(said, kind="risk", extra=LISTS), negated)
    assert "present" == value(book(said, kind="behaviour", extra=LISTS), negated)
    assert "present" == value(book(f"{said}\nnegated: match", kind="driver", extra=LISTS), negated)
    assert "absent" == value(book(f"{said}\nnegated: ignore", kind="compliance", extra=LISTS), negated)


@pytest.mark.parametrize(
    "text",
    [
        "I would never cancel my contract with you.", "I won't cancel my service", "I decided not to cancel my account",
        "There is no need to cancel my account", "I will not be cancelling anything", "I'm going to not cancel it",
        "I would hardly cancel my account", "I am certainly never leave you", "I want you to never cancel my card",
        "I no longer want to cancel the card", "I need to, no, not cancel it", "I'd rather not cancel my card",
        "I don't think I will cancel my account", "Cancelling my account is not what I want",
        "I never said cancel the card", "nobody wants to cancel the card", "I want help instead of cancelling my card",
    ],
)  # fmt: skip
def test_a_negation_inside_a_gap_is_no_wish(text: str) -> None:
    """What a wildcard skips may not turn the words around: "i would never cancel" is no wish to cancel."""
    assert "absent" == value(book(WANTING, kind="driver", extra=LISTS), customer(text))


@pytest.mark.parametrize(
    "text",
    [
        "I will simply cancel my account", "I want you to please just cancel it",
        "I don't like it and I want to cancel",
        "It doesn't work. Cancel my card.", "I will, since you can't help me, cancel my card",
        "No, no, no, cancel my account", "I want it cancelled and nothing else",
        "I decided to cancel it not just to change it", "I'm not happy and want to cancel",
    ],
)  # fmt: skip
def test_a_wish_beside_a_negation_is_still_a_wish(text: str) -> None:
    """A negation of something else takes nothing away."""
    assert "present" == value(book(WANTING, kind="driver", extra=LISTS), customer(text))


def test_a_phrase_may_hold_its_own_negation() -> None:
    """A "not" that the phrase asks for is none against it."""
    rule = "said: '\"(was | is) not *2 working\"'"
    assert "present" == value(book(rule, kind="driver"), customer("it is not really working"))
    assert "absent" == value(book(rule, kind="driver"), customer("it is not that it was not never working"))


def test_the_case_of_negations_in_wildcards_passes() -> None:
    """Every test of the rulebook of that case holds."""
    outcomes = run_rulebook_tests(read_rulebook(CASES / "negation.yaml"))
    assert [] == [outcome for outcome in outcomes if not outcome.passed]
