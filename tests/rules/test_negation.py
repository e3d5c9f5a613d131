"""Tests of the reach of a negation."""

from __future__ import annotations

import pytest

from speechcx.rules.negation import is_broken, is_negated
from tests.rules.talk import customer, value

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
        "i have no plans to CANCEL", "not going to CANCEL my card",
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
        "it is not what i ordered i want to CANCEL",
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
    from tests.rules.talk import book

    negated = customer("I don't want to cancel my account.")
    said = "said: 'cancel* NEAR/4 {product}'"
    assert "absent" == value(book(said, kind="driver", extra=LISTS), negated)
    assert "absent" == value(book(said, kind="risk", extra=LISTS), negated)
    assert "present" == value(book(said, kind="behaviour", extra=LISTS), negated)
    assert "present" == value(book(f"{said}\nnegated: match", kind="driver", extra=LISTS), negated)
    assert "absent" == value(book(f"{said}\nnegated: ignore", kind="compliance", extra=LISTS), negated)
