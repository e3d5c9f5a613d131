"""Numbers that must not be kept: cards, codes, accounts and ids, however they are read out.

Each number belongs to the words that ask for it or name it (``number_topics``). The groups of one speaker are
put together over turns, fillers and corrections. Where nothing tells what a number is, it is a card when it
reads like one. What the other party reads back is found by its digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from speechcx.call import RedactedKind
from speechcx.redact.answered_numbers import CARDS, AnsweredNumbers, is_card_number, repeats
from speechcx.redact.asked_numbers import (
    FEWEST,
    HOMOPHONES,
    LIMITS,
    MOST,
    PAUSES,
    TIMES,
    Limits,
)
from speechcx.redact.number_topics import NumberTopic
from speechcx.redact.token_row import RowToken
from speechcx.rules.language.normal import word_set
from speechcx.rules.matching.digit_runs import DigitGroup, has_check_digit, is_card_like

_CORRECTIONS = word_set("sorry no mean wait correction actually again")
_ALSO_WRITTEN = ("national_id", "iban", "account", "routing")
_CODE_LETTERS = word_set(
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"
)
_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec"
)
_SHORT_WORDS = word_set(
    "the that my the as its for your you we to of or at by one two from with here like do does can are was will yeah "
    "yep "
    "this then than them they what who how got get go give have has had be been from goes sure mine our all iban bank"
)


_CODES = ("security_code", "maybe_code")
_ANSWER_DIGITS = 3
"""Digits from which a turn of nothing else that answers the question for a card number is a part of it."""

_LOOSE = Limits("card", FEWEST, MOST, 20.0, 24)
_MOST_TOLD = 28
"""Digits that a card number with a correction, its expiry and its code have at most."""

_TOLD_WORDS = 7
_MOSTLY_DIGITS, _LONGEST_DIGIT = 0.7, 5
"""Of a turn of hardly anything but digits: their share of its words, and letters of a word that may be one misheard."""

_READ_ALOUD, _DIGIT_S = 6, 0.45
"""Digits in such a turn at least; so much speech without words in it counts as a digit that was not written down."""

_TELEPHONE_LENGTHS = (7, 10, 11)
_CARD_NEAR_S = 180.0
_ASKED_TWICE_S = 30.0
"""Within so long two phrases that may ask for a code do: "flip it over", "there's a short number"."""

_BESIDE_S, _BESIDE_TOKENS = 15.0, 16
_READ_BACK_S = 60.0


@dataclass(frozen=True, slots=True)
class NumberValue:
    """A value that was found: its kind, the places of its tokens, and its digits."""

    kind: RedactedKind
    places: tuple[int, ...]
    digits: str


class NumberFinder(AnsweredNumbers):
    """The values among the numbers of one call.

    Parameters
    ----------
    row
        The call's tokens.
    unheard_s
        Speech without words by turn, in seconds, where there is some.
    """

    def __init__(self, row: Sequence[RowToken], unheard_s: Mapping[int, float] | None = None) -> None:
        super().__init__(row)
        self._unheard_s = unheard_s or {}

    def find(self) -> list[NumberValue]:
        """Every value, of whatever kind, in the order found."""
        found = [value for chain in self._chains() for value in self._judge(chain)]
        taken = {place for value in found for place in value.places}
        found += self._spelled_ibans(taken)
        found += self._digit_turns(taken)
        found += self._answers(taken)
        found += self._beside(found, taken)
        found = [self._read_further(value, taken) for value in found]
        return found + list(self._read_back(found, taken))

    # --- numbers of one speaker that belong together

    def _chains(self) -> Iterator[list[int]]:
        """Places of the numbers that one speaker reads out as one."""
        by_speaker: dict[str, list[int]] = {}
        for place in self.numbers:
            by_speaker.setdefault(self.row[place].speaker, []).append(place)
        for places in by_speaker.values():
            chain: list[int] = []
            for place in places:
                if chain and not self._goes_on(chain[-1], place):
                    yield chain
                    chain = []
                chain.append(place)
            yield chain

    def _goes_on(self, last: int, place: int) -> bool:
        topic = self.topics[place]
        if _of_chain(self.topics[last]) != _of_chain(topic):
            return False
        limits = LIMITS.get(topic, _LOOSE) if topic else _LOOSE
        gap_s = self.row[place].start_s - self.row[last].end_s
        return gap_s <= limits.gap_s and place - last <= limits.gap_tokens

    def _judge(self, chain: list[int]) -> Iterator[NumberValue]:
        """What of a chain is a value."""
        topic = self.topics[chain[0]]
        limits = LIMITS.get(topic) if topic else None
        if limits is None:
            yield from self._loose_cards(chain, may_be=topic == "maybe_card", other=topic == "other")
            return
        chain = [place for place in chain if topic in _ALSO_WRITTEN or self.row[place].groups]
        widened = self._widen(chain, topic)
        digits = "".join(self._digits(place) for place in widened)
        fewest = limits.fewest
        if topic in _CODES and (
            self._is_right_behind(chain) or all(self._fills_turn(place) for place in chain)
        ):
            # One digit may not have been heard.
            fewest -= 1
        if topic == "card" and self.answers_alone(chain):
            fewest = _ANSWER_DIGITS
        if fewest <= len(digits) <= limits.most and self._is_believable(topic, chain):
            yield from self._parted(limits.kind, widened, digits)
        else:
            yield from self._loose_cards(chain, may_be=True, other=False)

    def _parted(self, kind: RedactedKind, places: list[int], digits: str) -> Iterator[NumberValue]:
        """A card with the expiry and code that follow it as values of their own; anything else as it is."""
        length = 0
        for count, place in enumerate(places, 1):
            length += len(self._digits(place))
            rest = digits[length:]
            if (
                kind == "card"
                and length in (15, 16)
                and 3 <= len(rest) <= 8
                and has_check_digit(digits[:length])
            ):
                yield NumberValue("card", tuple(places[:count]), digits[:length])
                yield NumberValue(_kind_beside(rest), tuple(places[count:]), rest)
                return
        yield NumberValue(kind, tuple(places), digits)

    def _is_believable(self, topic: NumberTopic | None, chain: list[int]) -> bool:
        """Whether an expiry, or a code that may be any, stands near a card; contracts and vouchers expire too."""
        if topic not in ("expiry", "maybe_code"):
            return True
        moment = self.row[chain[0]].start_s
        if topic == "maybe_code":
            asked = [each for each in self.mentions if each.topic == topic and each.end <= chain[0]]
            return (
                any(token.text in CARDS and abs(token.start_s - moment) <= _CARD_NEAR_S for token in self.row)
                or sum(moment - self.row[each.start].start_s <= _ASKED_TWICE_S for each in asked) > 1
            )
        cards = ("card", "maybe_card", "security_code")
        near = (each for each in self.mentions if each.topic in cards)
        return any(abs(self.row[each.start].start_s - moment) <= _CARD_NEAR_S for each in near) or any(
            abs(self.row[place].start_s - moment) <= _CARD_NEAR_S and len(self.texts[place]) in (15, 16)
            for place in self.numbers
        )

    def _widen(self, chain: list[int], topic: NumberTopic | None) -> list[int]:
        """The chain with what was misheard beside its numbers, with letters of ids, and months of an expiry."""
        if topic == "iban":
            beside = self._is_letters
        elif topic in ("national_id", "account"):
            beside = self._is_letter
        elif topic == "expiry":
            beside = self._is_month
        else:
            beside = self._is_homophone if topic in ("card", *_CODES) else self._is_zero
        wide = set(chain)
        for place in chain:
            for step in (-1, 1):
                reached = self._next_beside(place, step, beside)
                while reached is not None:
                    wide.add(reached)
                    reached = self._next_beside(reached, step, beside)
        return sorted(wide)

    def _next_beside(self, place: int, step: int, beside: Callable[[int], bool]) -> int | None:
        """The next place in one direction that belongs to a number, over a few words of hesitation."""
        for distance in range(1, 5):
            other = place + step * distance
            if not (0 <= other < len(self.row) and self.row[other].turn == self.row[place].turn):
                return None
            if beside(other):
                return other
            if self.texts[other] not in PAUSES:
                return None
        return None

    def _is_letter(self, place: int) -> bool:
        text = self.texts[place]
        return (len(text) == 1 and text.isalpha()) or text == "oh" or text in _CODE_LETTERS

    def _is_letters(self, place: int) -> bool:
        """Whether a word is a few letters of an IBAN, spelled or read by the recogniser as one."""
        text = self.texts[place]
        is_short = len(text) <= 4 and text.isalnum() and text not in _SHORT_WORDS and text not in PAUSES
        return is_short or self._is_letter(place)

    def _is_month(self, place: int) -> bool:
        return self.texts[place] in _MONTHS

    def _is_zero(self, place: int) -> bool:
        return self.texts[place] in ("oh", "o", *TIMES)

    def _digits(self, place: int) -> str:
        text = self.texts[place]
        if self.row[place].groups:
            return text
        return "0" if text in HOMOPHONES or text in TIMES else re.sub(r"\D", "", text)

    # --- cards that nothing announces

    def _loose_cards(self, chain: Sequence[int], *, may_be: bool, other: bool) -> Iterator[NumberValue]:
        """Card numbers in a chain by how they look."""
        chain = [place for place in chain if self.row[place].groups]
        if may_be and (told := self._told_card(chain)) is not None:
            yield told
            return
        for place in chain:
            digits = self.texts[place]
            if len(digits) >= FEWEST and not (other and not is_card_number(digits)):
                kind: RedactedKind = "card" if may_be or is_card_number(digits) else "long_number"
                yield NumberValue(kind, tuple(self._widen([place], None)), digits)
        short = [place for place in chain if len(self.texts[place]) < FEWEST]
        if not other and sum(len(self.texts[place]) for place in short) >= FEWEST:
            yield from list(self._joined_cards(short)) or self._read_out(short)

    def _told_card(self, chain: Sequence[int]) -> NumberValue | None:
        """A whole chain as a card number, where a card is talked of and nothing in it is another number."""
        digits = "".join(self.texts[place] for place in chain)
        if not FEWEST - 1 <= len(digits) <= _MOST_TOLD:
            return None
        if any(self._is_dated(place) for place in chain):
            return None
        telephone = any(len(self.texts[place]) in _TELEPHONE_LENGTHS for place in chain)
        if telephone and len(digits) not in (15, 16) and not self._is_corrected(chain):
            return None
        for before, place in pairwise(chain):
            old, token = self.row[before], self.row[place]
            if token.turn == old.turn and token.first - old.last > _TOLD_WORDS:
                return None
        return NumberValue("card", tuple(self._widen(list(chain), "card")), digits)

    def _is_corrected(self, chain: Sequence[int]) -> bool:
        """Whether somebody corrects himself between two groups of one turn: "4111 sorry no 4112"."""
        for before, place in pairwise(chain):
            between = self.texts[before + 1 : place]
            if self.row[before].turn == self.row[place].turn and not _CORRECTIONS.isdisjoint(between):
                return True
        return False

    def _is_dated(self, place: int) -> bool:
        """Whether a number stands beside the name of a month."""
        turn = self.row[place].turn
        near = (self._text(place + step, turn) for step in (-2, -1, 1, 2))
        return any(text in _MONTHS and text != "may" for text in near)

    def _read_out(self, chain: Sequence[int]) -> Iterator[NumberValue]:
        """Thirteen digits and more that are read out with nothing but hesitation between them, whatever they are."""
        run: list[int] = []
        for place in chain:
            if run and not self._is_read_on(run[-1], place):
                yield from self._long_run(run)
                run = []
            run.append(place)
        yield from self._long_run(run)

    def _is_read_on(self, before: int, place: int) -> bool:
        own = [
            self.texts[at]
            for at in range(before + 1, place)
            if self.row[at].speaker == self.row[place].speaker and not self._is_homophone(at)
        ]
        digits = self.texts[place]
        is_first_part = len(digits) == 7 and (len(self.texts[before]) % 4 == 0 or self._fills_turn(before))
        is_telephone = len(digits) in _TELEPHONE_LENGTHS and not is_first_part
        return all(text in PAUSES for text in own) and not is_telephone

    def _long_run(self, run: Sequence[int]) -> Iterator[NumberValue]:
        digits = "".join(self.texts[place] for place in run)
        if len(digits) >= FEWEST:
            yield NumberValue("long_number", tuple(self._widen(list(run), None)), digits)

    def _joined_cards(self, chain: Sequence[int]) -> Iterator[NumberValue]:
        groups = [DigitGroup(place, digits) for place in chain for digits in self.row[place].groups]
        first = 0
        while first < len(groups):
            end = self._card_end(groups, first)
            if end is None:
                first += 1
                continue
            places = tuple(dict.fromkeys(group.place for group in groups[first:end]))
            widened = tuple(self._widen(list(places), None))
            yield NumberValue("card", widened, "".join(self._digits(place) for place in widened))
            first = end

    def _card_end(self, groups: Sequence[DigitGroup], first: int) -> int | None:
        """Place after the last group of a card number that begins with a group; None where none does."""
        if first and groups[first].place == groups[first - 1].place and len(groups[first].digits) < 4:
            return None
        length = 0
        for end in range(first, len(groups)):
            length += len(groups[end].digits)
            if length > MOST:
                return None
            if length >= FEWEST and is_card_like(groups[first : end + 1], groups[end + 1 :]):
                return end + 1
        return None

    def _digit_turns(self, taken: set[int]) -> Iterator[NumberValue]:
        """Turns of hardly anything but single digits, as a whole: the words between them are digits misheard."""
        places = range(len(self.row))
        for no, of_turn in groupby(places, key=lambda place: self.row[place].turn):
            turn = [place for place in of_turn if self.row[place].groups or self.texts[place] not in PAUSES]
            numbers = [place for place in turn if self.row[place].groups]
            read = sum(len(self.row[place].groups) for place in numbers)
            others = [self.texts[place] for place in turn if not self.row[place].groups]
            strangers = len(others)
            digits = "".join(self.texts[place] for place in numbers)
            if (
                not taken.isdisjoint(turn)
                or len(digits) < _READ_ALOUD
                or len(digits) + strangers + int(self._unheard_s.get(no, 0.0) / _DIGIT_S) < FEWEST
                or any(len(word) > _LONGEST_DIGIT for word in others)
                or read < _MOSTLY_DIGITS * (read + strangers)
                or any(_of_chain(self.topics.get(place)) is not None for place in numbers)
            ):
                continue
            taken.update(turn)
            yield NumberValue("long_number", tuple(turn), digits)

    def _answers(self, taken: set[int]) -> Iterator[NumberValue]:
        """What answers a question about a card: its code, or its expiry."""
        for place in self.card_answers(taken):
            taken.add(place)
            yield NumberValue(_kind_beside(self.texts[place]), (place,), self.texts[place])

    def _spelled_ibans(self, taken: set[int]) -> Iterator[NumberValue]:
        for spelled in self.spelled_ibans():
            own = tuple(place for place in spelled if place not in taken)
            taken.update(own)
            if own:
                digits = re.sub(r"\D", "", "".join(self.texts[place] for place in own))
                yield NumberValue("iban", own, digits)

    # --- what stands beside a value, and what is read back

    def _beside(self, found: Sequence[NumberValue], taken: set[int]) -> list[NumberValue]:
        """Short numbers right after a card number: its expiry and code."""
        beside = []
        for value in found:
            if value.kind not in ("card", "long_number"):
                continue
            last = value.places[-1]
            for place in self.numbers:
                if place <= last or place in taken or self.row[place].speaker != self.row[last].speaker:
                    continue
                far = (
                    self.row[place].start_s - self.row[last].end_s > _BESIDE_S
                    or place - last > _BESIDE_TOKENS
                )
                digits = self._digits(place)
                if far or not 3 <= len(digits) <= 8 or _plain(self.topics[place]) not in (None, "card"):
                    break
                beside.append(NumberValue(_kind_beside(digits), (place,), digits))
                taken.add(place)
                last = place
        return beside

    def _read_further(self, value: NumberValue, taken: set[int]) -> NumberValue:
        """A card number with what was read in one breath with it: a digit before a pause, one that was corrected."""
        if value.kind not in ("card", "long_number"):
            return value
        places = list(value.places)
        for step, edge in ((-1, places[0]), (1, places[-1])):
            turn, place = self.row[edge].turn, edge + step
            while 0 <= place < len(self.row) and self.row[place].turn == turn and place not in taken:
                if place in self.topics and len(self.texts[place]) < FEWEST and self.row[place].groups:
                    places.append(place)
                    taken.add(place)
                elif self.texts[place] not in PAUSES:
                    break
                place += step
        places.sort()
        return NumberValue(value.kind, tuple(places), "".join(map(self._digits, places)))

    def _read_back(self, found: Sequence[NumberValue], taken: set[int]) -> Iterator[NumberValue]:
        """Numbers near a value, by whomever, that repeat three or more digits of it."""
        free = [place for place in self.numbers if place not in taken and self.row[place].groups]
        for value in found:
            begin_s, end_s = self.row[value.places[0]].start_s, self.row[value.places[-1]].end_s
            for place in free:
                token = self.row[place]
                near = begin_s - 15.0 <= token.start_s <= end_s + _READ_BACK_S
                if (
                    place in taken
                    or self.topics[place] == "last_digits"
                    or not (near or len(token.text) >= 6)
                ):
                    continue
                if repeats(token.text, value.digits):
                    taken.add(place)
                    yield NumberValue(value.kind, tuple(self._widen([place], None)), token.text)


def find_numbers_in(
    row: Sequence[RowToken], wanted: Collection[str], unheard_s: Mapping[int, float] | None = None
) -> list[NumberValue]:
    """The values among a call's numbers, of the kinds that are wanted.

    Parameters
    ----------
    row
        The call's tokens.
    wanted
        Names of kinds; a long number that may be a card goes with ``card``.
    unheard_s
        Speech without words by turn, in seconds: digits may have been said there.
    """
    if not any(sign.isdigit() for token in row for sign in token.text):
        return []
    found = NumberFinder(row, unheard_s).find()
    return [value for value in found if ("card" if value.kind == "long_number" else value.kind) in wanted]


def _plain(topic: NumberTopic | None) -> NumberTopic | None:
    """Talk of a card asks for nothing."""
    return None if topic == "maybe_card" else topic


def _of_chain(topic: NumberTopic | None) -> NumberTopic | None:
    """The topic by which numbers go on: who reads a card in parts begins with "the first four"."""
    return None if topic in ("maybe_card", "last_digits") else topic


def _kind_beside(digits: str) -> RedactedKind:
    """Expiry where the digits begin with a month, else the security code."""
    month = digits[:2] if len(digits) in (4, 6, 8) else f"0{digits[:1]}"
    return "expiry" if len(digits) >= 4 and "01" <= month <= "12" else "security_code"


def spread_over_turns(
    row: Sequence[RowToken], value: NumberValue, most_between: int = 6
) -> Iterator[tuple[int, int, int]]:
    """The words of a value as (turn, first word, last word), one for each stretch of it.

    Words between two of its numbers belong to it where they are few: fillers, corrections, digits misheard.
    """
    begin = row[value.places[0]]
    first, last = begin.first, begin.last
    for before, place in pairwise(value.places):
        token, old = row[place], row[before]
        if token.turn != old.turn or token.first - old.last - 1 > most_between:
            yield old.turn, first, last
            first = token.first
        last = token.last
    yield row[value.places[-1]].turn, first, last
