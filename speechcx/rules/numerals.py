"""Number words and digits to one token: "four one two", "four twelve" and "412" are all ``412``.

A run of neighbouring numbers becomes one token of its digits, so that spoken and written numbers
match alike, and a card number read out in any grouping is one token of 16 digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_TIMES = {"double": 2, "triple": 3}
_JOINS = frozenset({"and", "then", "dash", "hyphen", "space", "okay", "yeah"})
_LINKS = frozenset({"oh", "o", "point", *_TIMES, *_JOINS})
NUMBER_WORDS = frozenset({*_SMALL, *_TENS, *_SCALES, "hundred"})
"""Words that are numbers on their own; ``oh``, ``point``, ``double`` count only beside one."""


@dataclass(slots=True)
class Token:
    """A normalised token and the original words it came from.

    Parameters
    ----------
    text
        The normalised text; a number is its digits.
    first, last
        Index of the first and last original word.
    """

    text: str
    first: int
    last: int


def is_number(text: str) -> bool:
    """Whether a token is a number in digits, such as ``412`` or ``25.50``."""
    return text[:1].isdigit() and text.replace(".", "", 1).isdigit()


def join_numbers(tokens: Sequence[Token]) -> list[Token]:
    """The same tokens with every run of numbers as one token of digits."""
    merged: list[Token] = []
    place = 0
    while place < len(tokens):
        text = tokens[place].text
        if text in NUMBER_WORDS or text[0].isdigit() or text in _TIMES or text in ("oh", "o"):
            digits, end = _read_run(tokens, place)
            if digits:
                merged.append(Token(digits, tokens[place].first, tokens[end - 1].last))
                place = end
                continue
        merged.append(tokens[place])
        place += 1
    return merged


def _read_run(tokens: Sequence[Token], start: int) -> tuple[str, int]:
    """Digits of the run of numbers at `start` and the place after it; '' where there is none."""
    digits, place = "", start
    while place < len(tokens):
        group, after = _read_group(tokens, place)
        if not group:
            group, after = _read_link(tokens, place, digits)
        if not group:
            break
        digits, place = digits + group, after
    if digits and start < len(tokens) and tokens[start].text in ("oh", "o") and len(digits) < 4:
        return "", start  # "oh, one moment" is no number; "oh seven nine four" is
    return digits, place


def _read_link(tokens: Sequence[Token], place: int, digits: str) -> tuple[str, int]:
    """What counts as a number only beside one: ``oh``, ``double five``, ``point``, small words between groups."""
    text = tokens[place].text
    if text not in _LINKS or place + 1 >= len(tokens):
        return "", place
    following, after = _read_group(tokens, place + 1)
    beside = tokens[place + 1].text
    if text in ("oh", "o") and (following or (digits and (beside in ("oh", "o") or beside in _TIMES))):
        return "0", place + 1
    if text in _TIMES and len(following) == 1:
        return following * _TIMES[text], after
    if text in _TIMES and beside in ("oh", "o"):
        return "0" * _TIMES[text], place + 2
    if text == "point" and digits and following and "." not in digits + following:
        return "." + following, after
    if text in _JOINS and len(digits) >= 3 and _has_digits_ahead(tokens, place + 1):
        return following, after
    return "", place


def _has_digits_ahead(tokens: Sequence[Token], place: int) -> bool:
    """Whether the next few numbers make three digits or more."""
    length = 0
    for _ in range(3):
        group, place = _read_group(tokens, place) if place < len(tokens) else ("", place)
        if not group:
            break
        length += len(group)
    return length >= 3


def _read_group(tokens: Sequence[Token], place: int) -> tuple[str, int]:
    """Digits of one spoken value ("two hundred and five") or written number, and the place after it."""
    text = tokens[place].text
    if is_number(text):
        scale = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if "." in text or (scale != "hundred" and scale not in _SCALES):
            return text, place + 1
    elif text not in NUMBER_WORDS:
        return "", place
    total, part, last, after = 0, 0, "", place
    while after < len(tokens):
        step = _add_word(tokens, after, part, last)
        if step is None:
            break
        part, last, after = step
        if last == "scale":
            total, part = total + part, 0
    return str(total + part), after


def _add_word(tokens: Sequence[Token], place: int, part: int, last: str) -> tuple[int, str, int] | None:
    """The running value after one more word, or None where the word begins a new value."""
    text = tokens[place].text
    if text == "and" and last in ("hundred", "scale") and place + 1 < len(tokens):
        following = tokens[place + 1].text
        return (part, "and", place + 1) if following in _SMALL or following in _TENS else None
    if text == "hundred" and last in ("", "small", "tens", "written"):
        return (part or 1) * 100, "hundred", place + 1
    if text in _SCALES and last != "scale":
        return (part or 1) * _SCALES[text], "scale", place + 1
    fresh = last in ("", "hundred", "scale", "and")
    if text in _TENS and fresh:
        return part + _TENS[text], "tens", place + 1
    if text in _SMALL and (fresh or (last == "tens" and 0 < _SMALL[text] < 10)):
        return part + _SMALL[text], "small", place + 1
    if is_number(text) and fresh and last == "":
        return int(text), "written", place + 1
    return None
