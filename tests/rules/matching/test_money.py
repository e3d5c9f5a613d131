"""Tests of ``{money}``: amounts as callers say them and as recognisers and people write them."""

from __future__ import annotations

import pytest

from tests.rules.matching.test_slots import quote


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("it cost 10k", "10k"), ("they quoted me 10k for the roof", "10k"), ("a 200k salary", "200k"),
        ("1.5k a month", "1.5k"), ("I owe two hundred k", "two hundred k"), ("I owe US$ 40", "US$ 40"),
        ("it was US$40 more", "US$40"), ("C$ 40 then", "C$ 40"), ("it was $ 40 too much", "$ 40"),
        ("it was 40 $ too much", "40 $"), ("you took 1.299,00 € from me", "1.299,00 €"),
        ("you took €1.299,00 from me", "€1.299,00"), ("€5 off", "€5"), ("it was 5 € more", "5 €"),
        ("5,50 € more", "5,50 €"), ("EUR 5,50 more", "EUR 5,50"), ("HK$ 500 each", "HK$ 500"),
        ("CHF 300 each", "CHF 300"), ("300 Swiss francs", "300 Swiss francs"), ("300 kroner", "300 kroner"),
        ("forty quid", "forty quid"), ("two tenners", "tenners"), ("a grand", "a grand"),
        ("half a million dollars", "half a million dollars"),
        ("a quarter of a million pounds", "quarter of a million pounds"),
        ("it was forty-five fifty", "forty-five fifty"), ("the total is forty-five fifty", "forty-five fifty"),
        ("that comes to forty five fifty", "forty five fifty"), ("I paid twelve ninety nine", "twelve ninety nine"),
        ("a refund of nineteen ninety nine", "nineteen ninety nine"),
        ("two and a half thousand", "two and a half thousand"), ("two and a half grand", "two and a half grand"),
        ("I lost two and a half thousand pounds", "two and a half thousand pounds"),
        ("one and a half million euros", "one and a half million euros"), ("fifty p", "fifty p"),
        ("my bill went from forty to sixty five", "forty"), ("my bill is 65 this month", "65"),
        ("I was paying forty a month", "forty"), ("it cost me 65", "65"),
    ],
)  # fmt: skip
def test_an_amount_is_found_however_it_is_said_or_written(text: str, found: str) -> None:
    """Signs before or behind, thousands in short, decimal commas, and bare numbers after a word of paying."""
    assert found == quote("{money}", text)


@pytest.mark.parametrize(
    "text",
    [
        "my pin is forty-five fifty", "number forty-five fifty", "call me at forty-five fifty", "it was ten fifty",
        "I paid in nineteen ninety nine", "the code is 45 50", "I paid 3 times", "charged 2 cards",
        "the bill 2 weeks ago", "the bill is 30 days late", "he came at ten fifty", "pay one off",
        "he quoted me ten to fifteen working days", "two and a half thousand people", "half a million people",
        "two and a half hours", "a grand piano", "a grand total of three", "a pound of sugar", "we did a 10k",
        "it is 10k away", "I am 40 k away", "my 401k", "a 4k tv", "room 12.50", "I waited 40", "it's 120",
        "press 5 P for Peter", "we meet two a week",
    ],
)  # fmt: skip
def test_a_number_that_nothing_says_is_money_is_none(text: str) -> None:
    """Codes, times of day, years, counted things, distances and weights."""
    assert quote("{money}", text) is None


def test_a_sign_on_its_own_joins_its_number_in_phrases_too() -> None:
    """``"40 euros"`` is found where the recogniser wrote ``40 €``."""
    assert "40 €" == quote('"40 euros"', "that is 40 € then")
