"""Tests of card numbers as they are read out: in groups, over turns, read back, interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.rules import Line, read_rulebook, run_rulebook_tests
from speechcx.rules.matching.digit_runs import has_check_digit
from tests.rules.talk import agent, ask, customer, value

RULE = "said: '{digits:13-19}'"
MINE = f"{RULE}\nby: customer"


def talk(*texts: str, gap_s: float = 3.0) -> list[Line]:
    """Turns one after the other; those of the agent begin with "A:"."""
    says = []
    for number, text in enumerate(texts):
        words = text.removeprefix("A:").strip()
        says.append(
            agent(words, number * gap_s) if text.startswith("A:") else customer(words, number * gap_s)
        )
    return says


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111", "4111111111111111",
        "4,111,111,111,111,111", "four one one one, uh, one one one one, um, one one one one, er, one one one one",
        "it's 4111 1111, let me see, 1111, okay, 1111", "4111 1111 1111 1111 05 26", "4111 1111 1111 1111 05/26 123",
        "4111 1111 1111 1111 oh five twenty six", "four triple one, one one one one, double one double one, 1111",
        "4111 1111 so that was 1111 and then 1111 expiry oh five twenty six", "5500 0000 0000 0004 expires 12 28",
        "3782 822463 10005", "three seven eight two, eight two two four six three, one triple zero five",
        "4532 1111 2222 3333 04 27", "4111 1111 hold on a second 1111 1111 and the cvv is 123",
    ],
)  # fmt: skip
def test_a_card_number_is_found_however_it_is_read_out(text: str) -> None:
    """With pauses, dots, dashes, what is said in between, and the expiry date straight after it."""
    assert "present" == value(MINE, customer(text))


@pytest.mark.parametrize(
    "says",
    [
        ("4111", "A: 4111", "1111", "A: 1111", "1111", "A: 1111", "1111", "A: 1111"),
        ("4111 1111", "A: Okay, 4111 1111, go ahead.", "1111", "A: yes", "1111."),
        ("4111", "A: Sorry, was that four one one one?", "yes", "A: And then?", "1111", "1111", "1111"),
        ("It is 4111 1111", "A: yes", "hang on sorry I can't see, the next ones are 1111 1111"),
        ("four five three two", "A: mm-hm", "one one one one", "A: got it", "double two double two", "A: and", "3333"),
        ("4111 11", "A: okay", "11 1111", "A: okay", "1111"),
    ],
)  # fmt: skip
def test_a_card_number_over_several_turns_is_found(says: tuple[str, ...]) -> None:
    """Read back by the other party, waited for, or broken off and gone on with."""
    assert "present" == value(MINE, *talk(*says))


@pytest.mark.parametrize(
    "says",
    [
        ("My phone is 555 014 4999", "A: and your account number?", "4419 2735"),
        ("five five five oh one four four nine nine nine", "A: thanks", "and the account is 44192735"),
        ("My number is 5550144999", "A: thank you", "44192735"),
        ("the sort code is 20 45 67", "A: okay", "account 4419 2735"),
        ("my order is 90210 4412", "A: thank you, and the zip code?", "90210 1234"),
        ("my date of birth is 03/05/1980", "A: right", "postcode 94103, phone 555 0144"),
        ("4111", "A: thank you", "I have three cards and two loans"),
        ("reference 4411 2233", "A: okay", "the other reference is 5511 2233"),
        ("I paid 1200 in 2019, 1300 in 2020, 1400 in 2021 and 1500 in 2022.",),
    ],
)  # fmt: skip
def test_other_numbers_one_after_the_other_are_no_card_number(says: tuple[str, ...]) -> None:
    """A telephone number and an account number in sequence are two numbers."""
    assert "absent" == value(RULE, *talk(*says))


def test_groups_a_long_time_apart_are_not_put_together() -> None:
    """What is said after half a minute is another number."""
    assert "absent" == value(RULE, customer("4111 1111", 0.0), customer("1111 1111", 40.0))


def test_the_evidence_quotes_the_whole_read_out() -> None:
    """From the first group to the last, without what the other party put in."""
    result = ask(MINE, *talk("It is 4111 1111", "A: yes", "the next ones are 1111 1111"))
    assert "4111 1111 the next ones are 1111 1111" == result.hits[0].quote


def test_the_check_digit_tells_card_numbers() -> None:
    """Published test numbers check, those with one digit changed do not."""
    assert has_check_digit("378282246310005")
    assert not has_check_digit("378282246310006")


def test_the_case_of_card_numbers_over_turns_passes() -> None:
    """Every test of the rulebook of that case holds."""
    outcomes = run_rulebook_tests(read_rulebook(Path(__file__).parents[1] / "cases/card_turns.yaml"))
    assert [] == [outcome for outcome in outcomes if not outcome.passed]
