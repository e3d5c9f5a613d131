"""Slots: things that are said in many ways (digits, money, dates, e-mail addresses, names).

Each finder takes the row of tokens and gives ranges (first token, place after the last).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib import resources

from speechcx.rules.normal import BACKCHANNELS, word_set
from speechcx.rules.numerals import is_number
from speechcx.rules.pattern import Slot
from speechcx.rules.stream import Stream

Range = tuple[int, int]

_CURRENCY = word_set("dollar dollars buck bucks pound pounds quid euro euros cent cents pence penny")
_SMALL_CHANGE = word_set("cent cents pence penny")
_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar "
    "apr jun jul aug sep sept oct nov dec"
)
_DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday tonight")
_ORDINALS = word_set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
)
_DOMAINS = word_set("com net org edu gov co uk us io info biz ca au de ie")
_NOT_NAMES = word_set(
    "i okay yes no mister mr mrs ms sir madam monday tuesday wednesday thursday friday saturday sunday "
    "january february march april may june july august september october november december god english"
)


def find_slot(slot: Slot, stream: Stream, names: frozenset[str]) -> list[Range]:
    """Every range of tokens that fills `slot`.

    Parameters
    ----------
    slot
        What to look for.
    stream
        The call's words.
    names
        Normalised names known for the person `slot.of`; empty where none are known.
    """
    if slot.name == "digits":
        sized = ((i, t) for i, t in enumerate(stream.tokens) if t.isdigit())
        return [(i, i + 1) for i, text in sized if slot.low <= len(text) <= slot.high]
    if slot.name == "name":
        return [(i, i + 1) for i in _names(stream, names)]
    return list(_FINDERS[slot.name](stream.tokens))


def _numbers(tokens: Sequence[str]) -> Iterator[Range]:
    return ((i, i + 1) for i, text in enumerate(tokens) if is_number(text))


def _money(tokens: Sequence[str]) -> Iterator[Range]:
    for i in range(len(tokens) - 1):
        if not (is_number(tokens[i]) and tokens[i + 1] in _CURRENCY):
            continue
        yield i, i + 2
        rest = i + 3 if tokens[i + 2 : i + 3] == ("and",) else i + 2
        if rest + 1 < len(tokens) and is_number(tokens[rest]):
            if tokens[rest + 1] in _SMALL_CHANGE:
                yield i, rest + 2
            elif rest == i + 2 and len(tokens[rest]) <= 2:
                yield i, rest + 1


def _dates(tokens: Sequence[str]) -> Iterator[Range]:
    for start, end in _bare_dates(tokens):
        yield start, end
        if start and tokens[start - 1] == "the":
            yield start - 1, end


def _bare_dates(tokens: Sequence[str]) -> Iterator[Range]:
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


def _emails(tokens: Sequence[str]) -> Iterator[Range]:
    for i, text in enumerate(tokens):
        if text != "dot" or i + 1 >= len(tokens) or tokens[i + 1] not in _DOMAINS:
            continue
        end = i + 2
        if tokens[end : end + 1] == ("dot",) and tokens[end + 1 : end + 2] and tokens[end + 1] in _DOMAINS:
            end += 2
        at = next((k for k in range(i - 1, max(-1, i - 6), -1) if tokens[k] in ("at", "")), -1)
        if at <= 0 or tokens[at] == "":
            continue
        for start in range(at - 1, max(-1, at - 8), -1):
            if tokens[start] == "":
                break
            yield start, end


def _names(stream: Stream, known: frozenset[str]) -> Iterator[int]:
    """Tokens that are one of the `known` names; where none is known, given names and words written like one."""
    for i, text in enumerate(stream.tokens):
        if known:
            if text in known:
                yield i
            continue
        first = int(stream.first[i])
        if first < 0 or text in _NOT_NAMES or text in BACKCHANNELS or not text.isalpha():
            continue
        if text in given_names():
            yield i
            continue
        written = stream.words[first].text.strip().lstrip("\"'(")
        if written[:1].isupper() and not written.isupper() and not _begins_sentence(stream, first):
            yield i


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """Common given names that are no words of their own (no "will", "mark" or "grace")."""
    text = resources.files("speechcx.rules").joinpath("given_names.txt").read_text(encoding="utf-8")
    return word_set(text)


def _begins_sentence(stream: Stream, word: int) -> bool:
    if word == 0 or stream.turn_of_word[word] != stream.turn_of_word[word - 1]:
        return True
    return stream.words[word - 1].text.rstrip("\"')").endswith((".", "?", "!"))


_FINDERS: dict[str, Callable[[Sequence[str]], Iterator[Range]]] = {
    "number": _numbers,
    "money": _money,
    "date": _dates,
    "email": _emails,
}
