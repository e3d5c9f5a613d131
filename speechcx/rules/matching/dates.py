"""Days, as they are said and as recognisers and people write them: "March third", ``03/05/2026``, "two weeks ago"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from speechcx.rules.language.normal import word_set
from speechcx.rules.language.numerals import is_number
from speechcx.rules.matching.stream import Stream, TokenRange

_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar "
    "apr jun jul aug sep sept oct nov dec"
)
_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday tonight tues thurs weds thur "
    "christmas easter thanksgiving halloween"
)
_SHORT_DAYS = word_set("mon wed thu fri sat sun")
_FEASTS = frozenset(
    {("boxing", "day"), ("good", "friday"), ("pancake", "day"), ("independence", "day"), ("memorial", "day"),
     ("labor", "day"), ("labour", "day"), ("mothers", "day"), ("fathers", "day"), ("bank", "holiday"),
     ("years", "day"), ("years", "eve"), ("valentines", "day"), ("last", "night"), ("this", "morning"),
     ("this", "afternoon"), ("this", "evening")}
)  # fmt: skip
"""Two words that are a day, or a part of one that names it."""

_SPANS = word_set("day days week weeks fortnight fortnights")
_OF_THE_MONTH = frozenset(
    {(first, "month") for first in ("next", "this", "each", "every", "last", "the", "that")}
    | {("the", "following")}
)
_BORN = word_set("born birth birthday dob")
_DAY_MONTH_YEAR = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:0?[1-9]|[12]\d|3[01])(?:(?:19|20)\d\d|\d\d)")
_SMALL_ORDINALS = word_set("first second third")
_ORDINALS = word_set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
)
_DAY_BEFORE = word_set("on by until till before after since from")
_DAY_AFTER = word_set(
    "of at in is was and or to for so please then but if when because i we you it they he she would will "
    "should does do did around between from through till until by on before after thanks okay as that "
    "this my the no yes right not has have which what where why how maybe works due"
)
_WRITTEN_DATE = re.compile(
    r"(?:(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\2(?:(?:19|20)\d\d|\d\d))(?!\d)"
)
_DAY_AND_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[/](?:0?[1-9]|[12]\d|3[01])")


def find_dates(stream: Stream) -> Iterator[TokenRange]:
    """Every range of tokens (first, place after the last) that is a day."""
    tokens = stream.tokens
    for start, end in _bare_dates(tokens):
        yield start, end
        if start and tokens[start - 1] in ("the", "next", "last", "this", "coming"):
            yield start - 1, end
    yield from _written_dates(stream)
    yield from _days_by_name(stream)
    yield from _days_counted(tokens)
    for place, text in enumerate(tokens):
        if text == "the" and _is_day_alone(stream, place):
            yield place, _day(tokens, place + 1)


def _days_by_name(stream: Stream) -> Iterator[TokenRange]:
    """Feasts, "this morning", and short names of days where they are written like one: "on Wed", "Fri 6th"."""
    tokens = stream.tokens
    for place, text in enumerate(tokens):
        if tokens[place : place + 2] in _FEASTS:
            yield place, place + 2
        elif text in _SHORT_DAYS and int(stream.first[place]) >= 0:
            is_before_day = _day(tokens, place + 1) > 0
            is_after = place > 0 and tokens[place - 1] in {*_DAY_BEFORE, "next", "last", "this"}
            written = stream.words[int(stream.first[place])].text.strip()
            if written[:1].isupper() and (is_before_day or (is_after and text not in ("sat", "sun"))):
                yield place, place + 1


def _days_counted(tokens: Sequence[str]) -> Iterator[TokenRange]:
    """ "three days ago", "in two weeks", "the day after tomorrow", and a date of birth read out in digits."""
    for place, text in enumerate(tokens):
        if text in _SPANS and place:
            is_counted = is_number(tokens[place - 1]) or tokens[place - 1] in ("a", "few", "several")
            is_ago = tokens[place + 1 : place + 2] == ("ago",)
            if is_counted and (is_ago or (tokens[place - 2 : place - 1] == ("in",) and text != "days")):
                yield place - 1, place + 1 + is_ago
        elif text in ("before", "after") and tokens[place - 1 : place] == ("day",):
            if tokens[place + 1 : place + 2] in (("yesterday",), ("tomorrow",)):
                yield place - 1, place + 2
        elif len(text) in (6, 8) and _DAY_MONTH_YEAR.fullmatch(text) and _is_of_birth(tokens, place):
            yield place, place + 1


def _is_of_birth(tokens: Sequence[str], place: int) -> bool:
    return any(token in _BORN for token in tokens[max(0, place - 8) : place])


def _written_dates(stream: Stream) -> Iterator[TokenRange]:
    """Dates in digits: ``03/05/2026``, ``2026-03-05``, and ``3/5`` after *on*, *by* and the like."""
    for place, text in enumerate(stream.tokens):
        if not text[:1].isdigit() or int(stream.first[place]) < 0:
            continue
        for number in range(int(stream.first[place]), int(stream.last[place]) + 1):
            written = stream.words[number].text.strip(" .,;:!?()\"'")
            is_short = place and stream.tokens[place - 1] in _DAY_BEFORE and _DAY_AND_MONTH.fullmatch(written)
            if _WRITTEN_DATE.match(written) or is_short:
                yield place, place + 1
                break


def _is_day_alone(stream: Stream, place: int) -> bool:
    """Whether "the 23rd", whose *the* is token `place`, is a day and no rank: "the fifth floor" is none."""
    tokens = stream.tokens
    end = _day(tokens, place + 1) if tokens[place + 1 : place + 2] else 0
    if not end or tokens[end - 1] not in _ORDINALS:
        return False
    after = end + 1 if tokens[end : end + 1] == ("of",) else end
    if after < len(tokens) and (
        tokens[after] in _MONTHS or tokens[after] in ("all", "those", "these", "them")
    ):
        return False
    is_small = end == place + 2 and tokens[place + 1] in _SMALL_ORDINALS
    if is_small and (place == 0 or tokens[place - 1] not in _DAY_BEFORE):
        return False
    ends_sentence = stream.words[int(stream.last[end - 1])].text.rstrip("\"')").endswith((".", "?", "!", ","))
    return ends_sentence or end >= len(tokens) or tokens[end] == "" or tokens[end] in _DAY_AFTER


def _bare_dates(tokens: Sequence[str]) -> Iterator[TokenRange]:
    for i, text in enumerate(tokens):
        if text in _DAYS:
            yield i, i + 1
        if text in _MONTHS:
            after = i + 2 if tokens[i + 1 : i + 2] == ("the",) else i + 1
            end = _day(tokens, after)
            if end:
                yield i, end
                if end < len(tokens) and tokens[end].isdigit() and len(tokens[end]) == 4:
                    yield i, end + 1
        end = _day(tokens, i)
        if end:
            end += tokens[end : end + 1] == ("of",)
            if end < len(tokens) and tokens[end] in _MONTHS:
                yield i, end + 1
            elif tokens[end : end + 2] in _OF_THE_MONTH:
                yield i, end + 2


def _day(tokens: Sequence[str], place: int) -> int:
    """Place after a day of the month at `place`, 0 where there is none."""
    if place >= len(tokens):
        return 0
    if tokens[place] in _ORDINALS:
        return place + 1
    if tokens[place].isdigit():
        if tokens[place + 1 : place + 2] and tokens[place + 1] in _ORDINALS and tokens[place] in ("20", "30"):
            return place + 2
        return place + 1 if 1 <= int(tokens[place][:20]) <= 31 or _is_day_and_year(tokens[place]) else 0
    return 0


def _is_day_and_year(digits: str) -> bool:
    """``52025``: "the fifth, 2025" read as "5 2025"."""
    return re.fullmatch(r"(?:[1-9]|[12]\d|3[01])(?:19|20)\d\d", digits) is not None
