"""Number words and digits to one token: "four one two", "four twelve" and "412" are all ``412``.

A run of neighbouring numbers becomes one token of its digits, so that spoken and written numbers
match alike, and a card number read out in any grouping is one token of 16 digits.
"""

from __future__ import annotations

from collections.abc import Sequence

_SMALL = {
    "zero": 0, "nought": 0, "naught": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_NAMES = {number: word for word, number in reversed((_SMALL | _TENS).items())}
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_JOINS = frozenset({"and", "then", "dash", "hyphen", "space", "okay", "yeah"})
_LINKS = frozenset({"oh", "o", "point", *_TIMES, *_JOINS})
NUMBER_WORDS = frozenset({*_SMALL, *_TENS, *_SCALES, "hundred"})
"""Words that are numbers on their own; ``oh``, ``point``, ``double`` count only beside one."""

_BEGINNINGS = NUMBER_WORDS | {*_TIMES, "oh", "o"}
_DIGITS = frozenset("0123456789")


def is_number(text: str) -> bool:
    """Whether a token is a number in digits, such as ``412`` or ``25.50``."""
    return text[:1].isdigit() and text.replace(".", "", 1).isdigit()


def name_number(number: int) -> tuple[str, ...]:
    """The words of a number under a hundred: ``("forty", "two")``."""
    unit = number % 10
    return (_NAMES[number],) if number in _NAMES else (_NAMES[number - unit], _NAMES[unit])


def find_numbers(texts: Sequence[str]) -> list[tuple[int, int, str]]:
    """Every run of numbers in a row of tokens: its first place, the place after its last, its digits.

    No run goes beyond an empty token.
    """
    found = []
    free_from = 0
    for place in [at for at, text in enumerate(texts) if text in _BEGINNINGS or text[:1] in _DIGITS]:
        if place >= free_from:
            groups, end = _read_run(texts, place)
            if groups:
                found.append((place, end, "".join(groups)))
                free_from = end
    return found


def read_groups(texts: Sequence[str]) -> list[str]:
    """The groups of the first run of numbers, as they were said: "4111 one one one one" is 4111, 1, 1, 1, 1."""
    start = next(
        (place for place, text in enumerate(texts) if text in _BEGINNINGS or text[:1] in _DIGITS), None
    )
    return [] if start is None else _read_run(texts, start)[0]


def join_numbers(texts: Sequence[str]) -> list[str]:
    """The same tokens with every run of numbers as one token of digits."""
    joined: list[str] = []
    done = 0
    for start, end, digits in find_numbers(texts):
        joined += [*texts[done:start], digits]
        done = end
    return joined + list(texts[done:])


def _read_run(texts: Sequence[str], start: int) -> tuple[list[str], int]:
    """Groups of the run of numbers at `start` and the place after it; none where there is no number.

    A number written with a decimal point stands alone: "59.99, 2 times" is not one number.
    """
    groups: list[str] = []
    digits, place = "", start
    while place < len(texts):
        group, after = _read_group(texts, place)
        if group and "." in group:
            return ([group], after) if not groups else (groups, place)
        if not group:
            group, after = _read_link(texts, place, digits)
        if not group:
            break
        groups.append(group)
        digits, place = digits + group, after
    if digits and start < len(texts) and texts[start] in ("oh", "o") and len(digits) < 4:
        return [], start  # "oh, one moment" is no number; "oh seven nine four" is
    return groups, place


def _read_link(texts: Sequence[str], place: int, digits: str) -> tuple[str, int]:
    """What counts as a number only beside one: ``oh``, ``double five``, ``point``, small words between groups."""
    text = texts[place]
    if text not in _LINKS or place + 1 >= len(texts):
        return "", place
    following, after = _read_group(texts, place + 1)
    beside = texts[place + 1]
    if text in ("oh", "o") and (following or (digits and (beside in ("oh", "o") or beside in _TIMES))):
        return "0", place + 1
    if text in _TIMES and len(following) == 1:
        return following * _TIMES[text], after
    if text in _TIMES and beside in ("oh", "o"):
        return "0" * _TIMES[text], place + 2
    if text == "point" and digits and following and "." not in digits + following:
        return "." + following, after
    if text in _JOINS and len(digits) >= 3 and _has_digits_ahead(texts, place + 1):
        return following, after
    return "", place


def _has_digits_ahead(texts: Sequence[str], place: int) -> bool:
    """Whether the next few numbers make three digits or more."""
    length = 0
    for _ in range(3):
        group, place = _read_group(texts, place) if place < len(texts) else ("", place)
        if not group:
            break
        length += len(group)
    return length >= 3


def _read_group(texts: Sequence[str], place: int) -> tuple[str, int]:
    """Digits of one spoken value ("two hundred and five") or written number, and the place after it."""
    text = texts[place]
    if is_number(text):
        scale = texts[place + 1] if place + 1 < len(texts) else ""
        if "." in text or (scale != "hundred" and scale not in _SCALES):
            return text, place + 1
    elif text not in NUMBER_WORDS:
        return "", place
    total, part, last, after = 0, 0, "", place
    while after < len(texts):
        step = _add_word(texts, after, part, last)
        if step is None:
            break
        part, last, after = step
        if last == "scale":
            total, part = total + part, 0
    return str(total + part), after


def _add_word(texts: Sequence[str], place: int, part: int, last: str) -> tuple[int, str, int] | None:
    """The running value after one more word, or None where the word begins a new value."""
    text = texts[place]
    if text == "and" and last in ("hundred", "scale") and place + 1 < len(texts):
        following = texts[place + 1]
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
