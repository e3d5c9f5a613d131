"""Amounts of money, as they are said and as recognisers and people write them: "$40", "two and a half grand"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from speechcx.rules.language.normal import word_set
from speechcx.rules.language.numerals import is_number, read_groups
from speechcx.rules.matching.stream import Stream, TokenRange

_CURRENCY = word_set(
    "dollar dollars buck bucks pound pounds quid euro euros cent cents pence penny rupee rupees rs inr "
    "usd gbp eur cad aud yen rand franc francs peso pesos dirham dirhams grand lakh lakhs crore crores fiver "
    "tenner fivers tenners chf sek nok dkk pln zar kroner kronor krona krone zloty ringgit baht shekels "
    "shillings naira lira"
)
_ONE_OF_THEM = word_set("dollar pound euro quid buck cent penny rupee fiver tenner")
_CODES = word_set(
    "usd gbp eur inr cad aud rs chf sek nok dkk pln zar aed nzd sgd hkd jpy "
    "dollars pounds euros francs dirhams rand yen rupees"
)
_COUNTRIES = word_set("swiss us american canadian australian danish swedish norwegian singapore turkish")
_OF_ANOTHER_THING = word_set("of sign shop store")
_NOTES = word_set("fiver tenner fivers tenners")
_SMALL_CHANGE = word_set("cent cents pence penny")
_UNCOUNTED = word_set("few couple several hundred hundreds thousand thousands")
_SCALE = re.compile(r"10{3,9}")
_PRICE = re.compile(r"\d+\.\d\d")
_SHORT = re.compile(r"\d+(?:\.\d+)?k")
_OTHER_UNITS = word_set(
    "percent am pm oclock gb mb kg km degrees stars points hours minutes seconds miles inches feet meters "
    "megabits gigabytes"
)
_EACH = ("a", "per", "each", "every")
_PERIODS = word_set("month week year day hour")
_CLOCK_BEFORE = word_set(
    "at by around about from until till version release room flat page section extension chapter"
)
_PRICED = word_set(
    "pay paying paid owe owed owing cost costs costing charge charged charges charging refund refunded price priced "
    "bill bills billed fee fees quote quoted spend spending spent worth deposit borrow borrowed lend lent loan balance "
    "limit overdraft rent premium payment payments salary earn save saved lost total transferred debit debited "
    "comes came"
)
"""Words that say of a number near them that it is money."""

_LEADING = word_set(
    "me us you them him her about around nearly almost over under just only of for is was be to as another "
    "roughly like went goes has have been now the a an extra additional and"
)
"""What may stand between such a word and its number."""

_BARE = word_set(
    "pay paid owe owed owes cost costs charged bill price fee quoted refunded rent premium balance comes came"
)
"""Of those, the ones after which a bare number is money: "I paid 65 for it"."""

_SUMS = frozenset((first, verb) for first in ("it", "that", "this", "which", "all") for verb in ("is", "was"))
_AMOUNT_AFTER = word_set(
    "a an per for to on in and but or so because if when i we you it they he she that this the back off out last "
    "each every more less extra please now already again at as with within by is was will would loan salary debt "
    "deposit refund limit overdraft mortgage today yesterday instead before altogether total"
)
"""What may follow a bare amount ("two and a half thousand, please") and not "two and a half thousand *people*"."""


def find_money(stream: Stream) -> Iterator[TokenRange]:
    """Every range of tokens (first, place after the last) that is an amount of money.

    A number is money by the word beside it (a currency, a sign, *grand*), by its form (``59.99``), or by a word of
    paying before it ("you charged me forty-five fifty").
    """
    tokens = stream.tokens
    for i, text in enumerate(tokens):
        if is_number(text):
            yield from _amounts_at(stream, i)
        elif text in _NOTES:
            yield i, i + 1
        elif text in _UNCOUNTED:
            end = i + 2 if tokens[i + 1 : i + 2] == ("of",) else i + 1
            if end < len(tokens) and tokens[end] in _CURRENCY - _SMALL_CHANGE:
                yield i, end + 1
        elif _SHORT.fullmatch(text):
            is_rate = tokens[i + 1 : i + 2] and tokens[i + 1] in _EACH and tokens[i + 2 : i + 3] != ("day",)
            if _is_about_pay(tokens, i) or is_rate or tokens[i - 1 : i] in (("of",), ("for",), ("than",)):
                yield i, i + 1
        elif text == "a" or text == "half":
            yield from _one_at(stream, i)


def _amounts_at(stream: Stream, i: int) -> Iterator[TokenRange]:
    """Amounts whose number is token `i`."""
    tokens = stream.tokens
    following = tokens[i + 1] if i + 1 < len(tokens) else ""
    before = tokens[i - 1] if i else ""
    start = _first_of(tokens, i)
    if following in _CURRENCY:
        yield start, i + 2
        end = i + 2
        while end < len(tokens) and (_SCALE.fullmatch(tokens[end]) or tokens[end] in ("grand", *_CODES)):
            end += 1
            yield start, end
        yield from _with_change(tokens, i)
    elif following in _COUNTRIES and i + 2 < len(tokens) and tokens[i + 2] in _CURRENCY:
        yield i, i + 3
    elif tokens[i + 1 : i + 4] == ("and", "a", "half") and _ends_in_money(stream, i + 4):
        yield i, i + 5
    elif before in _CODES and (i < 2 or not is_number(tokens[i - 2])):
        yield i - 1, i + 1
    elif before in ("dollar", "pound", "euro") and tokens[i - 2 : i - 1] == ("a",) and len(tokens[i]) == 2:
        yield i - 2, i + 1
    elif (following == "k" and (_may_end(stream, i + 1) or _is_about_pay(tokens, i))) or (
        following == "p" and len(tokens[i]) <= 2 and tokens[i + 2 : i + 3] not in (("for",), ("as",))
    ):
        yield i, i + 2
    elif _is_price(stream, i):
        yield i, i + 1


def _first_of(tokens: Sequence[str], i: int) -> int:
    """Where an amount begins whose number is token `i`: "half a million" begins two tokens before it."""
    if tokens[max(0, i - 2) : i] == ("half", "a"):
        return i - 2
    if tokens[max(0, i - 3) : i] == ("quarter", "of", "a"):
        return i - 3
    if i >= 4 and tokens[i - 3 : i] == ("and", "a", "half") and is_number(tokens[i - 4]):
        return i - 4
    return i - 1 if i and tokens[i - 1] in ("few", "several") else i


def _ends_in_money(stream: Stream, place: int) -> bool:
    """Whether "two and a half" is followed by a currency, *grand*, or a scale that no counted thing follows."""
    if place >= len(stream.tokens):
        return False
    text = stream.tokens[place]
    return text in _CURRENCY or (_SCALE.fullmatch(text) is not None and _may_end(stream, place))


def _one_at(stream: Stream, i: int) -> Iterator[TokenRange]:
    """ "a grand", "half a grand", "a dollar": amounts without a number; a pound of something is a weight."""
    tokens = stream.tokens
    at = i + 1 if tokens[i] == "a" else i + 2
    if tokens[i] == "half" and tokens[i + 1 : i + 2] != ("a",):
        return
    text = tokens[at] if at < len(tokens) else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    if (text in _ONE_OF_THEM and after not in _OF_ANOTHER_THING and not is_number(after)) or (
        text == "grand" and _may_end(stream, at) and after != "total"
    ):
        yield i, at + 1


def _may_end(stream: Stream, place: int) -> bool:
    """Whether an amount may end with token `place`: nothing that is counted follows it."""
    tokens = stream.tokens
    written = stream.words[int(stream.last[place])].text.rstrip("\"')")
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    return after == "" or after in _AMOUNT_AFTER or written.endswith((".", ",", "?", "!"))


def _is_price(stream: Stream, i: int) -> bool:
    """Whether the number at `i` is money without a word for it: "59.99", "I paid twelve ninety nine"."""
    tokens = stream.tokens
    before, text, after = tokens[i - 1] if i else "", tokens[i], (*tokens[i + 1 : i + 3], "", "")
    if after[0] in _OTHER_UNITS:
        return False
    if _PRICE.fullmatch(text):
        return not _is_clock(before, text)
    if not text.isdigit() or len(text) > 4:
        return False
    if after[0] in _EACH and after[1] in _PERIODS and (len(text) >= 3 or _is_about_pay(tokens, i)):
        return True
    if len(text) == 4 and _is_pounds_and_pence(stream, i):
        is_sum = int(text[:2]) > 24 and tokens[max(0, i - 2) : i] in _SUMS
        return is_sum or _is_about_pay(tokens, i)
    if _is_from_or_to(tokens, i):
        return True
    is_range = after[0] in ("to", "or") and is_number(after[1])
    return text != "1" and not is_range and _may_end(stream, i) and _is_about_pay(tokens[: i + 1], i, _BARE)


def _is_from_or_to(tokens: Sequence[str], i: int) -> bool:
    """ "my bill went from forty to sixty": both numbers are money."""
    other = i + 2 if tokens[i - 1 : i] == ("from",) else i - 2
    if other < 0 or tokens[i - 1 : i] not in (("from",), ("to",)) or other >= len(tokens):
        return False
    first = min(i, other) - 1
    is_pair = tokens[first] == "from" and tokens[first + 2] == "to" and is_number(tokens[other])
    return is_pair and any(token in _PRICED for token in tokens[max(0, first - 5) : first])


def _is_pounds_and_pence(stream: Stream, i: int) -> bool:
    """Whether a number of four digits was said as two numbers of two: "forty-five fifty"."""
    said = stream.words[int(stream.first[i]) : int(stream.last[i]) + 1]
    groups = read_groups([piece for word in said for piece in _pieces(word.text)])
    return [len(group) for group in groups] == [2, 2]


def _pieces(written: str) -> list[str]:
    return [piece for piece in re.split(r"[^\w.]+", written.casefold().rstrip(".")) if piece]


def _is_about_pay(tokens: Sequence[str], i: int, words: frozenset[str] = _PRICED) -> bool:
    """Whether a word of paying leads to token `i` ("they quoted me 10k") or follows it ("a 200k salary")."""
    for place in range(i - 1, max(-1, i - 6), -1):
        if tokens[place] in words and (tokens[place] not in ("comes", "came") or tokens[place + 1] == "to"):
            return True
        if tokens[place] not in _LEADING:
            break
    return any(token in words for token in tokens[i + 1 : i + 2])


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
