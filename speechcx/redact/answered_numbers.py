"""Numbers told by the question that they answer, or by their letters: codes of cards, and IBANs that are spelled."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from speechcx.redact.asked_numbers import FEWEST, MOST, PAUSES, AskedNumbers
from speechcx.rules.language.normal import word_set
from speechcx.rules.matching.digit_runs import has_check_digit

CARDS = word_set("card visa mastercard amex maestro")
"""What a card is called."""

_YEAR = re.compile(r"(19|20)\d\d")
_AMOUNTS = word_set("much many amount limit balance fee cost price spend spent pay paid old long when")
"""Words of questions about a card that ask for something else than its code."""

_SPELLED = re.compile(r"(?=.*\d)[a-z0-9]{1,34}")
_IBAN = re.compile(
    r"(?:a[delt]|b[aeghry]|c[hryz]|d[ek]|e[es]|f[ior]|g[beilr]|h[ru]|i[elst]|l[iutv]|m[cdekt]|n[lo]|p[lt]|r[os]|s[aeikm]"
    r"|tr|ua|xk)\d{2}[a-z0-9]{11,30}"
)
"""Country, check digits, account; a digit of it may be misheard, so that its check does not decide."""


class AnsweredNumbers(AskedNumbers):
    """The numbers of one call that stand in an answer, or are spelled.

    Parameters
    ----------
    row
        The call's tokens.
    """

    def answers_alone(self, chain: Sequence[int]) -> bool:
        """Whether a chain fills one turn, right after a turn of the other party that asks for no last digits."""
        if not chain or len({self.row[place].turn for place in chain}) > 1:
            return False
        asking = self._turn_before(chain[0])
        if asking is None or self.row[asking].speaker == self.row[chain[0]].speaker:
            return False
        turn = self.row[asking].turn
        told = {each.topic for each in self.mentions if self.row[each.start].turn == turn}
        return not told & {"last_digits", "other"} and all(self._fills_turn(place) for place in chain)

    def card_answers(self, taken: Collection[int]) -> Iterator[int]:
        """Places of three or four digits that are a turn by themselves, right after a question about a card."""
        for place in self.numbers:
            digits, asking = self.texts[place], self._turn_before(place)
            if (
                asking is not None
                and place not in taken
                and self.topics[place] in (None, "maybe_card")
                and 3 <= len(digits) <= 4
                and not _YEAR.fullmatch(digits)
                and self.answers_alone([place])
                and not CARDS.isdisjoint(words := self._turn_texts(asking))
                and _AMOUNTS.isdisjoint(words)
            ):
                yield place

    def spelled_ibans(self) -> Iterator[tuple[int, ...]]:
        """Places of each IBAN that is spelled within one turn."""
        run: list[int] = []
        for place, token in enumerate(self.row):
            if run and token.turn == self.row[run[0]].turn and self.texts[place] in PAUSES:
                continue
            if run and (token.turn != self.row[run[0]].turn or not self._is_spelled(place)):
                yield from self._iban_in(run)
                run = []
            if self._is_spelled(place):
                run.append(place)
        yield from self._iban_in(run)

    def _iban_in(self, run: Sequence[int]) -> Iterator[tuple[int, ...]]:
        # One word was written: its check tells (``written_values``).
        for first in range(len(run) - 1):
            if _IBAN.fullmatch("".join(self.texts[place] for place in run[first:])):
                yield tuple(run[first:])
                return

    def _is_spelled(self, place: int) -> bool:
        text = self.texts[place]
        return (
            place in self.topics
            or (len(text) == 1 and text.isalpha())
            or _SPELLED.fullmatch(text) is not None
        )

    def _turn_before(self, place: int) -> int | None:
        """The last token of the turn before that of a place."""
        before = place - 1
        while before >= 0 and self.row[before].turn == self.row[place].turn:
            before -= 1
        return before if before >= 0 else None

    def _turn_texts(self, last: int) -> list[str]:
        """The tokens of the turn that ends at a place."""
        turn, first = self.row[last].turn, last
        while first and self.row[first - 1].turn == turn:
            first -= 1
        return self.texts[first : last + 1]


def is_card_number(digits: str) -> bool:
    """Whether digits are a card number by their length, their first one and their check."""
    return FEWEST <= len(digits) <= MOST and digits[0] in "23456" and has_check_digit(digits)


def repeats(digits: str, of: str) -> bool:
    """Whether three or more digits stand in a value as they are, or four and more with one of them changed."""
    if len(digits) < 3 or len(digits) > len(of) + 1:
        return False
    if digits in of:
        return True
    if len(digits) < 4:
        return False
    windows = (of[at : at + len(digits)] for at in range(len(of) - len(digits) + 1))
    return any(sum(a != b for a, b in zip(digits, window, strict=True)) <= 1 for window in windows)
