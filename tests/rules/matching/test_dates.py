"""Tests of ``{date}``: days as callers say them and as recognisers and people write them."""

from __future__ import annotations

import pytest

from tests.rules.matching.test_slots import quote


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the 1st of the month", "1st of the month"), ("the 15th of every month", "the 15th"),
        ("since Wed 3rd", "Wed"), ("on Fri then", "Fri"), ("Sat 4th is fine", "Sat"), ("on Boxing Day", "Boxing Day"),
        ("over Christmas", "Christmas"), ("on New Year's Eve", "Year's Eve"), ("you rang this morning", "this morning"),
        ("I rang last night", "last night"), ("that was three days ago", "three days ago"),
        ("I rang a week ago", "a week ago"), ("a couple of weeks, no, two weeks ago", "two weeks ago"),
        ("in two weeks", "two weeks"), ("my date of birth is 12 06 81", "12 06 81"), ("born 12061981", "12061981"),
        ("2026/03/05", "2026/03/05"), ("Sept. 5", "Sept. 5"), ("5th of Sept", "5th of Sept"),
        ("by the twenty-first", "the twenty-first"),
    ],
)  # fmt: skip
def test_a_day_is_found_however_it_is_said_or_written(text: str, found: str) -> None:
    """Short names, feasts, days counted from today, and a date of birth read out in digits."""
    assert found == quote("{date}", text)


@pytest.mark.parametrize(
    "text",
    [
        "I sat down", "the sun is out", "mon ami", "the day after", "three days", "I have two weeks left",
        "order 120681",
        "in ten minutes", "boxing", "weeks ago it was fine", "the Wed thing",
    ],
)  # fmt: skip
def test_words_that_look_like_a_day_are_none(text: str) -> None:
    """Verbs, spans of time without a beginning, and numbers that are no date of birth."""
    assert quote("{date}", text) is None
