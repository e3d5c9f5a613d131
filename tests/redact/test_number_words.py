"""Tests of numbers under a hundred in other languages."""

from __future__ import annotations

import pytest

from speechcx.redact.number_words import read_filler, say_in_english
from speechcx.rules.language.normal import normal_tokens
from speechcx.rules.language.numerals import find_numbers

SAID = {
    "de": {"null": 0, "zwo": 2, "elf": 11, "siebzehn": 17, "einundzwanzig": 21, "dreißig": 30, "neun und neunzig": 99},
    "es": {"una": 1, "quince": 15, "dieciséis": 16, "veintidós": 22, "veintiún": 21, "treinta y dos": 32},
    "fr": {
        "dix-sept": 17, "vingt et un": 21, "soixante": 60, "soixante-dix": 70, "soixante et onze": 71,
        "soixante-dix-neuf": 79, "quatre-vingts": 80, "quatre-vingt-un": 81, "quatre-vingt-dix-neuf": 99,
        "septante-deux": 72, "huitante": 80, "nonante-neuf": 99,
    },
    "it": {"dodici": 12, "ventuno": 21, "ventotto": 28, "trentatré": 33, "novantanove": 99},
    "nl": {"twaalf": 12, "eenentwintig": 21, "tweeëndertig": 32, "negenennegentig": 99},
    "pt": {"meia": 6, "quatorze": 14, "dezassete": 17, "vinte e um": 21, "noventa e nove": 99},
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said", "number"),
    [(a, said, number) for a, row in SAID.items() for said, number in row.items()],
)
def test_a_number_is_read_as_its_digits(language: str, said: str, number: int) -> None:
    """Each language counts in its own way."""
    words = [token for word in said.split() for token in normal_tokens(word) or read_filler(word, language)]
    texts = [text for text, _, _ in say_in_english(words, language)]
    assert [str(number)] == [digits for _, _, digits in find_numbers(texts)]


@pytest.mark.parametrize("language", SAID)
def test_every_number_under_a_hundred_is_said_in_some_way(language: str) -> None:
    """None is missing between those that stand in the tables."""
    from speechcx.redact import number_words

    read = {find_numbers(english)[0][2] for english in number_words._phrases(language).values()}
    assert {str(number) for number in range(100)} <= read


def test_places_of_words_are_kept() -> None:
    """Each word in English knows the words that it stands for."""
    assert [("ninety", 0, 2), ("one", 0, 2), ("ok", 3, 3)] == say_in_english(
        ["quatre", "vingt", "onze", "ok"], "fr"
    )
    assert [("once", 0, 0)] == say_in_english(["once"], "en")
    assert [("eleven", 0, 0)] == say_in_english(["once"], "es")
