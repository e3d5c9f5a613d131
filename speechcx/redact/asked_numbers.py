"""What each number of a call was asked for or named as, by the words before and behind it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from speechcx.call import RedactedKind
from speechcx.redact.number_topics import Mention, NumberTopic, find_mentions
from speechcx.redact.token_row import RowToken
from speechcx.rules.language.normal import word_set

FEWEST, MOST = 13, 19
"""Digits of a card number (ISO/IEC 7812-1)."""

TOPIC_S = 75.0
"""So long after they were asked for, numbers still belong to what asked for them."""

_UNITS = word_set(
    "dollar dollars buck bucks pound pounds quid euro euros cent cents pence percent am pm oclock minute minutes min "
    "mins hour hours day days week weeks month months year years second seconds moment sec gb mb kg km mile miles "
    "degrees stars points times people persons thing things more of other others bedroom foot feet inches megabits"
)
HOMOPHONES = word_set("for to too two won ate oh o fore tree fife niner")
TIMES = ("double", "triple", "treble")
PAUSES = word_set(
    "then right so okay hang hold on let me see and wait sorry no not yes well just it is um uh i mean where was "
    "bear with"
)
_PARTED = re.compile(r"0\d+\.\d+|\d{4,}\.\d+")
"""Digits parted by a dot that are no amount."""

_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{4,34}")
NAMING = word_set("is are was that the my your as it its on for")


@dataclass(frozen=True, slots=True)
class Limits:
    """When a chain of numbers under a topic is a value: its digits, and how far apart its groups may be."""

    kind: RedactedKind
    fewest: int
    most: int
    gap_s: float = 30.0
    gap_tokens: int = 40


LIMITS: dict[NumberTopic, Limits] = {
    "card": Limits("card", 7, 80, 45.0, 60),
    "security_code": Limits("security_code", 3, 8, 12.0, 14),
    "maybe_code": Limits("security_code", 3, 8, 12.0, 14),
    "expiry": Limits("expiry", 3, 8, 12.0, 14),
    "account": Limits("account", 5, 60),
    "routing": Limits("routing", 5, 24),
    "iban": Limits("iban", 6, 80),
    "national_id": Limits("national_id", 4, 40),
    "phone": Limits("phone", 7, 40),
}

_ACCOUNT_DIGITS = 6
"""A number of at least this many right behind the word *account* is that of one."""

_NEAR_ACCOUNT_S, _NEAR_ACCOUNT_TOKENS = 12.0, 10
"""So near to the word *account* a number of six digits and more is that of one, where nothing else names it."""


class AskedNumbers:
    """The numbers of one call, each with what it was asked for.

    Parameters
    ----------
    row
        The call's tokens.
    """

    def __init__(self, row: Sequence[RowToken]) -> None:
        self.row = row
        self.texts = [token.text for token in row]
        self.mentions = find_mentions(self.texts)
        self._ends = [mention.end for mention in self.mentions]
        self._starts = {mention.start: mention for mention in self.mentions}
        said = {place for each in self.mentions for place in range(each.start, each.end)}
        self.numbers = [place for place in range(len(row)) if place not in said and self._is_number(place)]
        self.topics = {place: self._topic_of(place) for place in self.numbers}

    def _is_number(self, place: int) -> bool:
        token = self.row[place]
        if not token.groups:
            return _MIXED.fullmatch(token.text) is not None or _PARTED.fullmatch(token.text) is not None
        following = self._text(place + 1, token.turn)
        is_hour = following in ("a", "p") and self._text(place + 2, token.turn) == "m"
        return not (following in _UNITS or is_hour) or len(token.text) >= FEWEST

    def _text(self, place: int, turn: int) -> str:
        """The token at a place, where it is one of that turn."""
        return self.texts[place] if 0 <= place < len(self.row) and self.row[place].turn == turn else ""

    def _topic_of(self, place: int) -> NumberTopic | None:
        before = self._asked_before(place)
        if (
            self._text(place - 1, self.row[place].turn) == "account"
            and len(self.texts[place]) >= _ACCOUNT_DIGITS
        ):
            before = "account"
        return self._named_after(place, is_asked=before in LIMITS) or before

    def _named_after(self, place: int, *, is_asked: bool) -> NumberTopic | None:
        """What a number is by the words behind it: "4 1 2 is the security code"."""
        turn = self.row[place].turn
        between: list[str] = []
        for ahead in range(place + 1, min(place + 6, len(self.row))):
            if self.row[ahead].turn != turn:
                break
            mention = self._starts.get(ahead)
            if mention is not None:
                direct = (
                    not (between or is_asked)
                    and mention.topic == "security_code"
                    and len(self.texts[place]) in (3, 4)
                )
                named = bool({"is", "was"} & set(between)) and set(between) <= NAMING
                return mention.topic if (direct or named) and mention.topic in LIMITS else None
            between.append(self.texts[ahead])
        return None

    def _asked_before(self, place: int) -> NumberTopic | None:
        """What a number is by the last words before it that tell: talk of a card does not undo a question."""
        weak: NumberTopic | None = None
        card_turn = -1
        account: Mention | None = None
        for mention in self._mentions_before(place):
            late_s = self.row[place].start_s - self.row[mention.end - 1].end_s
            if late_s > TOPIC_S:
                break
            if mention.topic == "none":
                continue
            if mention.topic == "maybe_account":
                is_of_it = weak is None or self.row[mention.start].turn == card_turn
                if account is None and is_of_it and self._is_near_account(mention, place, late_s):
                    account = mention
            elif account is not None and not (
                mention.topic in LIMITS and self.row[mention.start].turn == self.row[account.start].turn
            ):
                # "The IBAN of the account" asks for the one, "my order, and the account" for the other.
                return "account"
            elif mention.topic != "maybe_card":
                is_end = mention.topic == "last_digits" and late_s > 10
                # Talk of a card undoes talk of an order that was over before.
                is_over = mention.topic == "other" and self.row[mention.start].turn < card_turn
                if is_over:
                    return weak
                if mention.topic == "maybe_code" and self._is_asked_surely(mention):
                    return "security_code"
                if not is_end:
                    return mention.topic
            else:
                weak, card_turn = "maybe_card", max(card_turn, self.row[mention.start].turn)
        return weak if account is None else "account"

    def _is_asked_surely(self, mention: Mention) -> bool:
        """Whether words that may ask for a code stand beside words that do: "the little code on the reverse"."""
        turn = self.row[mention.start].turn
        return any(
            each.topic == "security_code" and self.row[each.start].turn == turn
            for each in self._mentions_before(mention.start)
        )

    def _is_near_account(self, mention: Mention, place: int, late_s: float) -> bool:
        """Whether the word *account* stands so near that a long number, read out by itself, must be its number."""
        near = late_s <= _NEAR_ACCOUNT_S and place - mention.end <= _NEAR_ACCOUNT_TOKENS
        return near and self._said_length(place) >= _ACCOUNT_DIGITS

    def _said_length(self, place: int) -> int:
        """Digits of a number and of those beside it in the turn, with nothing but hesitation between them."""
        length = len(self.texts[place])
        for step in (-1, 1):
            other = place + step
            while 0 <= other < len(self.row) and self.row[other].turn == self.row[place].turn:
                if self.row[other].groups:
                    length += len(self.texts[other])
                elif self.texts[other] not in PAUSES:
                    break
                other += step
        return length

    def _mentions_before(self, place: int) -> Iterator[Mention]:
        for number in range(bisect_right(self._ends, place) - 1, -1, -1):
            yield self.mentions[number]

    def _fills_turn(self, place: int) -> bool:
        """Whether the turn of a number consists of numbers and hesitation alone."""
        turn = self.row[place].turn
        first, last = place, place
        while first and self.row[first - 1].turn == turn:
            first -= 1
        while last + 1 < len(self.row) and self.row[last + 1].turn == turn:
            last += 1
        return all(
            self.row[at].groups
            or self.texts[at] in PAUSES
            or self.texts[at] in NAMING
            or self._is_homophone(at)
            for at in range(first, last + 1)
        )

    def _is_right_behind(self, chain: Sequence[int]) -> bool:
        """Whether the words that ask for a number stand right before it in its turn: "the three on the back are 30"."""
        if not chain:
            return False
        place, turn = chain[0], self.row[chain[0]].turn
        for before in range(place - 1, max(-1, place - 4), -1):
            if self.row[before].turn != turn:
                return False
            if any(
                mention.end == before + 1 and mention.topic in LIMITS
                for mention in self._mentions_before(place)
            ):
                return True
            if (
                self.texts[before] not in NAMING
                and self.texts[before] not in PAUSES
                and not self._is_homophone(before)
            ):
                return False
        return False

    def _is_homophone(self, place: int) -> bool:
        return self.texts[place] in HOMOPHONES or self.texts[place] in TIMES
