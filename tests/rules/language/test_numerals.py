"""Tests of number words and digits as one token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules.language.normal import normal_tokens
from speechcx.rules.language.numerals import find_numbers, is_number, join_numbers


def joined(text: str) -> str:
    """The tokens of a text with its numbers joined."""
    return " ".join(join_numbers([token for word in text.split() for token in normal_tokens(word)]))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("four one two", "412"), ("four twelve", "412"), ("412", "412"), ("4 12", "412"), ("forty two", "42"),
        ("one hundred and five", "105"), ("a hundred", "a 100"), ("two thousand twenty four", "2024"),
        ("nineteen ninety nine", "1999"), ("two million", "2000000"), ("2 million", "2000000"), ("five hundred", "500"),
        ("two hundred and fifty thousand", "250000"), ("thirty-seven", "37"), ("four oh five", "405"),
        ("double seven three", "773"), ("triple four", "444"), ("double oh seven", "007"),
        ("oh seven nine four", "0794"),
        ("two point five", "2.5"), ("2.5", "2.5"), ("oh one moment", "oh 1 moment"), ("99 oh my god", "99 oh my god"),
        ("ten and twenty", "10 and 20"), ("one or two", "1 or 2"), ("no numbers here", "no numbers here"),
        ("4111 then 1111 and 222", "41111111222"), ("point taken", "point taken"), ("double check", "double check"),
        ("it's 24 hours", "it is 24 hours"), ("six hundred sixty six", "666"), ("eleven hundred", "1100"),
        ("four one one one, one one one one, one one one one, one one one one", "4111111111111111"),
    ],
)  # fmt: skip
def test_spoken_and_written_numbers_are_alike(text: str, tokens: str) -> None:
    """However a number is said, it is one token of its digits."""
    assert tokens == joined(text)


_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@given(st.text(alphabet="0123456789", min_size=1, max_size=20), st.data())
def test_any_grouping_of_digits_is_the_same_number(digits: str, data: st.DataObject) -> None:
    """Digits written in any groups, or spoken one by one, join to the same token."""
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(digits) - 1)))))
    groups = [digits[a:b] for a, b in zip([0, *cuts], [*cuts, len(digits)], strict=True) if digits[a:b]]
    spoken = data.draw(st.lists(st.booleans(), min_size=len(groups), max_size=len(groups)))
    text = " ".join(
        " ".join(_UNITS[int(d)] for d in group) if as_words else group
        for group, as_words in zip(groups, spoken, strict=True)
    )
    assert digits == joined(text)


@given(st.integers(0, 999_999))
def test_numbers_in_words_keep_their_value(number: int) -> None:
    """A number written out in English is the token of its digits."""
    assert str(number) == joined(in_words(number))


def in_words(number: int) -> str:
    """A number below a million in English words."""
    small = [*_UNITS, *_TEENS]
    if number >= 1000:
        rest = number % 1000
        return f"{in_words(number // 1000)} thousand" + (f" {in_words(rest)}" if rest else "")
    if number >= 100:
        rest = number % 100
        return f"{small[number // 100]} hundred" + (f" and {in_words(rest)}" if rest else "")
    if number >= 20:
        return _TENS[number // 10] + (f" {small[number % 10]}" if number % 10 else "")
    return small[number]


def test_runs_of_numbers_are_found_with_their_places() -> None:
    """A run goes from its first to after its last token; runs do not overlap."""
    texts = ["the", "four", "1", "two", "please", "and", "double", "check", "20", "5"]
    assert [(1, 4, "412"), (8, 10, "205")] == find_numbers(texts)


def test_numbers_are_told_from_words() -> None:
    """Digits with at most one point are numbers."""
    assert is_number("412")
    assert is_number("25.50")
    assert not is_number("5g")
    assert not is_number("four")
