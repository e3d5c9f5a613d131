"""Slots: things that are said in many ways; numbers, e-mail addresses and names are found here.

Each finder takes the row of tokens and gives ranges (first token, place after the last).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import resources

from speechcx.call.redaction import DIGITS
from speechcx.rules.language.normal import BACKCHANNELS, word_set
from speechcx.rules.language.numerals import is_number
from speechcx.rules.language.pattern import Slot
from speechcx.rules.matching.dates import find_dates
from speechcx.rules.matching.digit_runs import LONG_DIGITS, find_digit_runs, find_marked_runs
from speechcx.rules.matching.money import find_money
from speechcx.rules.matching.stream import Stream, TokenRange

_NAME_KINDS = {"name": "", "agent_name": "agent", "customer_name": "customer"}

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
    "money": find_money,
    "date": find_dates,
    "email": _emails,
}
