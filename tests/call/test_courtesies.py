"""What opens and closes a call is written once, for the same languages everywhere."""

from __future__ import annotations

import re

import pytest

from speechcx.call.courtesies import FAREWELLS, GREETINGS, THANKS_FOR_CALLING, any_of


def test_every_language_has_all_of_them() -> None:
    """A language whose greetings are known has its farewells and thanks too."""
    assert {"en", "es", "de", "fr"} == set(GREETINGS) == set(FAREWELLS) == set(THANKS_FOR_CALLING)


@pytest.mark.parametrize(
    ("words", "phrases"),
    [
        ("good morning", GREETINGS), ("buenas tardes", GREETINGS), ("guten tag", GREETINGS), ("bonjour", GREETINGS),
        ("have a lovely day", FAREWELLS), ("hasta luego", FAREWELLS), ("auf wiederhoren", FAREWELLS),
        ("bonne journee", FAREWELLS), ("thank you for calling", THANKS_FOR_CALLING),
        ("dank fur ihren anruf", THANKS_FOR_CALLING), ("danke fur ihren anruf", THANKS_FOR_CALLING),
    ],
)  # fmt: skip
def test_they_match_whole_phrases(words: str, phrases: dict[str, str]) -> None:
    """Lower-case and without accents."""
    assert re.fullmatch(any_of(phrases), words)
