"""Values whose written form tells what they are: IBANs, social security and national insurance numbers, e-mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from speechcx.call import RedactedKind
from speechcx.redact.token_row import SpokenTurn


class WordRange(NamedTuple):
    """Words of a turn, from `first` to `last`, that are a value of a kind."""

    turn: int
    first: int
    last: int
    kind: RedactedKind


def has_iban_check(written: str) -> bool:
    """Whether letters and digits are an IBAN (ISO 13616): their remainder by 97 is 1.

    Examples
    --------
    >>> has_iban_check("GB29 NWBK 6016 1331 9268 19"), has_iban_check("GB28 NWBK 6016 1331 9268 19")
    (True, False)
    """
    plain = re.sub(r"[\s-]", "", written).upper()
    if not 15 <= len(plain) <= 34 or sum(sign.isdigit() for sign in plain) < 8:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _always(_: str) -> bool:
    return True


_FORMS: tuple[tuple[RedactedKind, re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        "iban",
        re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,8}(?![A-Z0-9])", re.IGNORECASE),
        has_iban_check,
    ),
    ("national_id", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"), _always),
    (
        "national_id",
        re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)", re.IGNORECASE),
        _always,
    ),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), _always),
)  # fmt: skip


def find_written(turns: Sequence[SpokenTurn], wanted: Collection[str]) -> Iterator[WordRange]:
    """Values told by their form alone, of the kinds that are wanted."""
    forms = [form for form in _FORMS if form[0] in wanted]
    for turn in turns:
        text = " ".join(turn.words)
        if "@" not in text and not any(sign.isdigit() for sign in text):
            continue
        starts = list(accumulate((len(word) + 1 for word in turn.words), initial=0))
        for kind, form, holds in forms:
            for match in form.finditer(text):
                for end in _ends(match, holds):
                    inside = [
                        number
                        for number, start in enumerate(starts[:-1])
                        if start < end and start + len(turn.words[number]) > match.start()
                    ]
                    yield WordRange(turn.no, inside[0], inside[-1], kind)
                    break


def _ends(match: re.Match[str], holds: Callable[[str], bool]) -> Iterator[int]:
    """Where the value of a match ends: at its end, or before the words it took too many."""
    text, end = match[0], len(match[0])
    while end > 0:
        if holds(text[:end]):
            yield match.start() + end
            return
        end = text.rfind(" ", 0, end)
