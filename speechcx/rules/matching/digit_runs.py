"""Long numbers as people read them out: in groups, over several turns, read back, interrupted.

A card number is seldom said in one breath. The groups of one party are put together over up to 20 s,
as long as nothing between them asks for or names another number ("and your phone number?"). What is
put together in this way must look like a card number (groups of four, or 4-6-5, or a length of 15 or 16
whose last digit checks, ISO/IEC 7812-1 annex B), since a telephone number and an account number said
one after the other have as many digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from speechcx.call.redaction import DIGITS
from speechcx.rules.language.normal import normal_tokens, word_set
from speechcx.rules.language.numerals import read_groups
from speechcx.rules.matching.stream import Stream

LONG_DIGITS = 12
"""Numbers of at least this many digits are put together from several groups."""

GROUP_GAP_S = 20.0
"""Silence, or the other party's words, between two groups of one number: at most this long."""

_WORDS_BETWEEN = 14
_OTHER_NUMBERS = word_set(
    "phone telephone mobile cell landline account sort code postcode zip postal birth born dob expiry "
    "expires expiration expire expiring exp cvv cvc security reference order pin extension policy member "
    "membership loan address amount dollars dollar pounds pound euros cents years old invoice booking "
    "passport license insurance social national routing customer client tracking confirmation valid until "
    "thru"
)
_TELEPHONE_LENGTHS = (7, 10, 11)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\d{4})?")
_EXPIRY = re.compile(r"(?:0?[1-9]|1[0-2])(?:20)?[2-4]\d(?:\d{3,4})?")
_Range = tuple[int, int]


class DigitGroup(NamedTuple):
    """Digits said together, and the place they are in."""

    place: int
    digits: str


def find_digit_runs(stream: Stream, low: int, high: int) -> Iterator[_Range]:
    """Ranges of tokens in which one party reads out a number of `low` to `high` digits.

    Parameters
    ----------
    stream
        The call's words.
    low, high
        Digits, at least :data:`LONG_DIGITS`.
    """
    places = [place for place, text in enumerate(stream.tokens) if text.isdigit()]
    for place in places:
        if low <= len(stream.tokens[place]) <= high:
            yield place, place + 1
    chains: dict[int, list[int]] = {}
    for place in places:
        party = int(stream.party_code[place])
        chain = chains.get(party)
        if chain and not _goes_on(stream, chain[-1], place):
            yield from _cards_in(stream, chain, low, high)
            chain = None
        chains[party] = [*(chain or ()), place]
    for chain in chains.values():
        yield from _cards_in(stream, chain, low, high)


def find_marked_runs(stream: Stream, marked: Sequence[tuple[int, str]]) -> list[_Range]:
    """Ranges of tokens in which one party read out a number that was taken out: marks of one kind, over turns.

    Parameters
    ----------
    stream
        The call's words.
    marked
        Place and kind of each mark, by place.
    """
    runs: dict[tuple[int, str], list[_Range]] = {}
    for place, kind in marked:
        some = runs.setdefault((int(stream.party_code[place]), kind), [])
        if some and DIGITS[kind][1] >= LONG_DIGITS and _goes_on(stream, some[-1][1] - 1, place):
            some[-1] = some[-1][0], place + 1
        else:
            some.append((place, place + 1))
    return [run for some in runs.values() for run in some]


def _goes_on(stream: Stream, last: int, place: int) -> bool:
    """Whether a group at token `place` may belong to the same number as the one at token `last`."""
    if float(stream.start_s[place] - stream.end_s[last]) > GROUP_GAP_S:
        return False
    between = [token for token in stream.tokens[last + 1 : place] if token]
    if between[-1:] in (["in"], ["since"], ["during"], ["until"]) and _YEAR.fullmatch(stream.tokens[place]):
        return False
    return len(between) <= _WORDS_BETWEEN and _OTHER_NUMBERS.isdisjoint(between)


def _cards_in(stream: Stream, chain: Sequence[int], low: int, high: int) -> Iterator[_Range]:
    """The first card number in groups that follow each other; none in a group that is a whole one itself."""
    whole = sum(len(stream.tokens[place]) for place in chain)
    if whole < low or any(low <= len(stream.tokens[place]) <= high for place in chain):
        return
    groups = [DigitGroup(place, digits) for place in chain for digits in _groups_at(stream, place)]
    for first in range(len(groups)):
        if first and groups[first].place == groups[first - 1].place and len(groups[first].digits) < 4:
            continue
        length = 0
        for end in range(first, len(groups)):
            length += len(groups[end].digits)
            if length > high:
                break
            if length >= low and is_card_like(groups[first : end + 1], groups[end + 1 :]):
                yield groups[first].place, groups[end].place + 1
                return


def _groups_at(stream: Stream, place: int) -> list[str]:
    """The groups in which the number of one token was said."""
    words = stream.words[int(stream.first[place]) : int(stream.last[place]) + 1]
    groups = read_groups([token for word in words for token in normal_tokens(word.text)])
    return groups if "".join(groups) == stream.tokens[place] else [stream.tokens[place]]


def is_card_like(groups: Sequence[DigitGroup], rest: Sequence[DigitGroup]) -> bool:
    """Whether groups of digits, together 13 to 19, read like one card number; `rest` is what follows them."""
    digits = "".join(group.digits for group in groups)
    if digits[0] not in "23456":
        return False
    pieces: dict[int, int] = {}
    for group in groups:
        pieces[group.place] = pieces.get(group.place, 0) + len(group.digits)
    if len(pieces) > 1 and not set(_TELEPHONE_LENGTHS).isdisjoint(pieces.values()):
        return False
    if len(digits) in (15, 16) and has_check_digit(digits):
        return True
    said = [len(group.digits) for group in groups]
    if len(digits) == 16 and (_all_fours(said) or _all_fours(list(pieces.values()))):
        return True
    if said == [4, 6, 5] and digits[0] == "3":
        return True
    after = "".join(group.digits for group in rest if group.place == groups[-1].place)
    return len(pieces) == 1 and len(digits) == 16 and _EXPIRY.fullmatch(after) is not None


def _all_fours(lengths: Sequence[int]) -> bool:
    return all(length % 4 == 0 for length in lengths)


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it (Luhn; ISO/IEC 7812-1, annex B).

    Examples
    --------
    >>> has_check_digit("4111111111111111"), has_check_digit("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
