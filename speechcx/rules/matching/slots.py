"""Slots: things that are said in many ways (digits, money, dates, e-mail addresses, names).

Each finder takes the row of tokens and gives ranges (first token, place after the last).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib import resources

from speechcx.call.redaction import DIGITS
from speechcx.rules.language.normal import BACKCHANNELS, word_set
from speechcx.rules.language.numerals import is_number
from speechcx.rules.language.pattern import Slot
from speechcx.rules.matching.digit_runs import LONG_DIGITS, find_digit_runs, find_marked_runs
from speechcx.rules.matching.stream import Stream

TokenRange = tuple[int, int]

_NAME_KINDS = {"name": "", "agent_name": "agent", "customer_name": "customer"}

_CURRENCY = word_set(
    "dollar dollars buck bucks pound pounds quid euro euros cent cents pence penny rupee rupees rs inr "
    "usd gbp eur cad aud yen rand francs peso pesos dirham dirhams grand lakh lakhs crore crores k fiver "
    "tenner"
)
_CODES = word_set("usd gbp eur inr cad aud rs dollars pounds euros")
_NOTES = word_set("fiver tenner")
_SMALL_CHANGE = word_set("cent cents pence penny")
_UNCOUNTED = word_set("few couple several hundred hundreds thousand thousands")
_THOUSANDS = re.compile(r"10{3,9}")
_PRICE = re.compile(r"\d+\.\d\d")
_OTHER_UNITS = word_set(
    "percent am pm oclock gb mb kg km degrees stars points hours minutes seconds miles inches feet meters "
    "megabits gigabytes"
)
_EACH = ("a", "per", "each", "every")
_PERIODS = word_set("month week year")
_CLOCK_BEFORE = word_set("at by around about from until till version release")
_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar "
    "apr jun jul aug sep sept oct nov dec"
)
_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday tonight tues thurs"
)
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
_DOMAINS = word_set("com net org edu gov co uk us io info biz ca au de ie")
_NOT_NAMES = word_set(
    "i okay yes no mister mr mrs ms sir madam monday tuesday wednesday thursday friday saturday sunday "
    "january february march april may june july august september october november december god english"
)


def find_slot(slot: Slot, stream: Stream, names: frozenset[str]) -> list[TokenRange]:
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
    marked = [(i, kind) for i, kind in stream.taken_out if fills(slot, kind) is not None]
    taken = find_marked_runs(stream, marked) if slot.name == "digits" else [(i, i + 1) for i, _ in marked]
    return sorted({*taken, *_find_said(slot, stream, names)}) if taken else _find_said(slot, stream, names)


def fills(slot: Slot, kind: str) -> bool | None:
    """Whether what was taken out fills a slot: True where it surely does, False where it may, None where it cannot.

    Of a number that was taken out, only its kind is known: a card number has 13 to 19 digits, so that it fills
    ``{digits:13-19}``, and may fill ``{digits:16}``.
    """
    if slot.name == "redacted":
        return True if slot.of in ("", kind) else None
    if slot.name == "digits" and kind in DIGITS:
        fewest, most = DIGITS[kind]
        if slot.low <= fewest and most <= slot.high:
            return True
        return False if fewest <= slot.high and slot.low <= most else None
    if slot.name == "number" and kind in DIGITS:
        return True
    if slot.name == "name" and kind in _NAME_KINDS:
        known = _NAME_KINDS[kind]
        return not slot.of or slot.of == known if known else (not slot.of or False)
    if slot.name == "date" and kind == "expiry":
        return False
    return True if slot.name == "email" and kind == "email" else None


def _find_said(slot: Slot, stream: Stream, names: frozenset[str]) -> list[TokenRange]:
    """The same of words that were not taken out."""
    if slot.name == "redacted":
        return []
    if slot.name == "digits":
        if slot.low >= LONG_DIGITS:
            return sorted(set(find_digit_runs(stream, slot.low, slot.high)))
        sized = ((i, t) for i, t in enumerate(stream.tokens) if t.isdigit())
        return [(i, i + 1) for i, text in sized if slot.low <= len(text) <= slot.high]
    if slot.name == "name":
        return [(i, i + 1) for i in _names(stream, names)]
    return list(_FINDERS[slot.name](stream))


def _numbers(stream: Stream) -> Iterator[TokenRange]:
    return ((i, i + 1) for i, text in enumerate(stream.tokens) if is_number(text))


def _money(stream: Stream) -> Iterator[TokenRange]:
    tokens = stream.tokens
    for i, text in enumerate(tokens):
        if is_number(text):
            yield from _amounts_at(tokens, i)
        elif text in _NOTES:
            yield i, i + 1
        elif text in _UNCOUNTED:
            end = i + 2 if tokens[i + 1 : i + 2] == ("of",) else i + 1
            if end < len(tokens) and tokens[end] in _CURRENCY - _SMALL_CHANGE:
                yield i, end + 1
        elif re.fullmatch(r"\d+k", text) and (
            i and tokens[i - 1] in ("of", "for", "than", "paid", "about", "over")
        ):
            yield i, i + 1


def _amounts_at(tokens: Sequence[str], i: int) -> Iterator[TokenRange]:
    """Amounts of money whose number is token `i`."""
    following = tokens[i + 1] if i + 1 < len(tokens) else ""
    before = tokens[i - 1] if i else ""
    if following in _CURRENCY:
        end = i + 2
        while end < len(tokens) and (_THOUSANDS.fullmatch(tokens[end]) or tokens[end] in ("grand", *_CODES)):
            end += 1
        yield i, end
        yield from _with_change(tokens, i)
    elif before in _CODES and (i < 2 or not is_number(tokens[i - 2])):
        yield i - 1, i + 1
    elif before in ("dollar", "pound", "euro") and tokens[i - 2 : i - 1] == ("a",) and len(tokens[i]) == 2:
        yield i - 2, i + 1
    elif _is_price(tokens, i):
        yield i, i + 1


def _is_price(tokens: Sequence[str], i: int) -> bool:
    """Whether the number at `i` is money without a word for it: "59.99", "twelve ninety nine a month"."""
    before, text, after = tokens[i - 1] if i else "", tokens[i], (*tokens[i + 1 : i + 3], "", "")
    if _PRICE.fullmatch(text):
        return after[0] not in _OTHER_UNITS and not _is_clock(before, text)
    return text.isdigit() and 3 <= len(text) <= 4 and after[0] in _EACH and after[1] in _PERIODS


def _with_change(tokens: Sequence[str], i: int) -> Iterator[TokenRange]:
    """ "five pounds twenty", "two dollars and fifty cents": the amount at `i` with its small change."""
    rest = i + 3 if tokens[i + 2 : i + 3] == ("and",) else i + 2
    if rest < len(tokens) and is_number(tokens[rest]):
        if rest + 1 < len(tokens) and tokens[rest + 1] in _SMALL_CHANGE:
            yield i, rest + 2
        elif rest == i + 2 and len(tokens[rest]) <= 2:
            yield i, rest + 1


def _is_clock(before: str, text: str) -> bool:
    """Whether a price may be a time of day or a version: "at 10.30", "version 2.10"."""
    hours, minutes = text.split(".")
    return before in _CLOCK_BEFORE and int(hours[:9]) < 24 and int(minutes) < 60


def _dates(stream: Stream) -> Iterator[TokenRange]:
    tokens = stream.tokens
    for start, end in _bare_dates(tokens):
        yield start, end
        if start and tokens[start - 1] in ("the", "next", "last", "this", "coming"):
            yield start - 1, end
    yield from _written_dates(stream)
    for place, text in enumerate(tokens):
        if text == "the" and _is_day_alone(stream, place):
            yield place, _day(tokens, place + 1)


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
            elif tokens[end : end + 2] in (
                ("next", "month"),
                ("this", "month"),
                ("each", "month"),
                ("every", "month"),
            ):
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


def _emails(stream: Stream) -> Iterator[TokenRange]:
    tokens = stream.tokens
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


_FINDERS: dict[str, Callable[[Stream], Iterator[TokenRange]]] = {
    "number": _numbers,
    "money": _money,
    "date": _dates,
    "email": _emails,
}
