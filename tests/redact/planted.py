"""Made calls in which a value is read out, each word known to carry it or not.

A value is said in the ways people do: digit by digit, in groups, written by the recogniser, over several turns, with
fillers and corrections, read back by the other party, with one digit in thirty misheard.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from speechcx.redact.token_row import SpokenTurn

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORD_S, GAP_S = 0.35, 0.8
MISHEARD = 1 / 30
_FILLERS = ("um", "uh", "er", "let me see", "so", "then", "hang on", "okay", "right", "and")
_LISTENERS = ("Okay.", "Mm-hm.", "Yes.", "Go ahead.", "Got that.", "Uh-huh, and the next?", "Yep, carry on.")


@dataclass(slots=True)
class Planted:
    """A made call: its turns as (speaker, words), and which words carry the value."""

    kind: str
    value: str
    how: str
    turns: list[tuple[str, list[tuple[str, bool]]]] = field(default_factory=list)

    def say(self, speaker: str, text: str) -> None:
        """A turn without the value; with ``{}`` in it, what is given by :meth:`tell` stands there."""
        self.turns.append((speaker, [(word, False) for word in text.split()]))

    def tell(self, speaker: str, value: str, frame: str = "{}") -> None:
        """A turn with a part of the value in a frame."""
        before, _, after = frame.partition("{}")
        words = [(word, False) for word in before.split()]
        spoken = [(word, not _is_filler(word)) for word in value.split()]
        end = after[: len(after) - len(after.lstrip(".,?!"))]
        if end and spoken:
            spoken[-1] = (spoken[-1][0] + end, spoken[-1][1])
        rest = [(word, False) for word in after[len(end) :].split()]
        self.turns.append((speaker, [*words, *spoken, *rest]))

    def spoken(self) -> list[SpokenTurn]:
        """The call as the room for redaction takes it."""
        turns = []
        moment = 1.0
        for no, (speaker, words) in enumerate(self.turns):
            times = tuple((moment + at * WORD_S, moment + (at + 0.9) * WORD_S) for at in range(len(words)))
            turns.append(SpokenTurn(no, speaker, "en", tuple(word for word, _ in words), times))
            moment += len(words) * WORD_S + GAP_S
        return turns


def _is_filler(word: str) -> bool:
    bare = word.strip(".,").casefold()
    return bare in {part for filler in _FILLERS for part in filler.split()} or bare in (
        "sorry",
        "no",
        "sorry,",
        "mean",
        "i",
    )


def with_check_digit(stem: str) -> str:
    """A number with its Luhn digit behind it, made here on its own."""
    total = 0
    for place, digit in enumerate(reversed(stem)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return stem + str(-total % 10)


def make_card(rng: random.Random) -> str:
    """A card number of 13, 15, 16 or 19 digits."""
    first, length = rng.choice(
        [("4", 16), ("4", 16), ("5", 16), ("37", 15), ("6011", 16), ("4", 13), ("63", 19), ("22", 16)]
    )
    return with_check_digit(first + "".join(rng.choice("0123456789") for _ in range(length - len(first) - 1)))


def say_digits(digits: str, rng: random.Random) -> str:
    """Digits one after the other in words, with *oh*, *double* and *triple* as people use them."""
    words: list[str] = []
    at = 0
    while at < len(digits):
        run = len(digits[at:]) - len(digits[at:].lstrip(digits[at]))
        name = rng.choice(("oh", "zero")) if digits[at] == "0" and at else ONES[int(digits[at])]
        if run >= 3 and rng.random() < 0.5:
            words += ["triple", name]
            at += 3
        elif run >= 2 and rng.random() < 0.5:
            words += ["double", name]
            at += 2
        else:
            words.append(name)
            at += 1
    return " ".join(words)


def say_pairs(digits: str, rng: random.Random) -> str:
    """Digits in pairs: "forty one eleven oh five"."""
    return " ".join(_say_pair(digits[at : at + 2], rng) for at in range(0, len(digits), 2))


def _say_pair(pair: str, rng: random.Random) -> str:
    if len(pair) < 2 or pair[0] == "0":
        return say_digits(pair, rng) if pair != "00" else "double zero"
    if pair[0] == "1":
        return TEENS[int(pair[1])]
    return f"{TENS[int(pair[0])]} {ONES[int(pair[1])]}" if pair[1] != "0" else TENS[int(pair[0])]


def mishear(digits: str, rng: random.Random) -> str:
    """The same digits with one in thirty changed."""
    return "".join(rng.choice("0123456789") if rng.random() < MISHEARD else digit for digit in digits)


def groups_of(digits: str) -> list[str]:
    """As cards are embossed: 4-4-4-4, 4-6-5 for fifteen digits."""
    if len(digits) == 15:
        return [digits[:4], digits[4:10], digits[10:]]
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]


def write_or_say(digits: str, rng: random.Random) -> str:
    """Digits as a recogniser may write them, or in words."""
    way = rng.randrange(6)
    if way == 0:
        return digits
    if way == 1:
        return " ".join(groups_of(digits))
    if way == 2:
        return rng.choice("-.").join(groups_of(digits))
    if way == 3:
        return say_pairs(digits, rng)
    if way == 4:
        return ", ".join(say_digits(group, rng) for group in groups_of(digits))
    return say_digits(digits, rng)


def with_fillers(text: str, rng: random.Random) -> str:
    """Words with hesitations between some of them."""
    words = []
    for word in text.split():
        words.append(word)
        if rng.random() < 0.12:
            words += rng.choice(_FILLERS).split()
    return " ".join(words)


_ASK_CARD = (
    "Can I take the card number please?",
    "What's the long number on the front of the card?",
    "Go ahead with the sixteen digits.",
    "And which card would you like to use? Read me the number when you're ready.",
    "I just need the credit card number from you.",
    "Could you read out the number across the front of the card?",
)
_OPEN_CARD = (
    "It's {}.",
    "Sure, it's {}.",
    "Okay, the number is {}.",
    "{}.",
    "Yeah one moment. {}.",
    "Right, so that's {}.",
)
_UNASKED_CARD = (
    "I want to pay by card, it's {}.",
    "My card number is {}.",
    "So my visa is {}.",
    "The debit card is {}.",
    "It's {}.",
)


def plant_card(rng: random.Random) -> Planted:
    """A call with a card number in it."""
    value = make_card(rng)
    heard = mishear(value, rng)
    how = rng.choice(
        ("whole", "whole", "unasked", "turns", "read back", "fillers", "corrected", "with the rest")
    )
    call = Planted("card", value, how)
    call.say("a", rng.choice(("Thanks for calling, how can I help?", "Good morning, billing, this is Sam.")))
    if how == "unasked":
        call.tell(
            "c",
            write_or_say(heard, rng),
            rng.choice(_UNASKED_CARD if len(value) != 13 else _UNASKED_CARD[:4]),
        )
        call.say("a", "Thank you, one moment.")
        return call
    call.say("a", rng.choice(_ASK_CARD))
    if how in ("turns", "read back"):
        say = rng.choice((say_digits, lambda digits, _: digits, say_pairs))
        for group in groups_of(heard):
            call.tell("c", say(group, rng), rng.choice(("{}.", "{}.", "Then {}.", "And {}.")))
            if how == "read back":
                call.tell("a", say_digits(mishear(group, rng), rng) if rng.random() < 0.5 else group, "{}.")
            elif rng.random() < 0.8:
                call.say("a", rng.choice(_LISTENERS))
        if rng.random() < 0.5:
            call.tell("a", write_or_say(heard, rng), "So I have {}, is that right?")
    elif how == "corrected":
        parts = groups_of(heard)
        wrong = say_digits(mishear(parts[1][::-1], rng), rng)
        parts_said = [say_digits(part, rng) for part in parts]
        call.tell("c", f"{parts_said[0]} {wrong} sorry no {' '.join(parts_said[1:])}", "It's {}.")
    elif how == "with the rest":
        call.tell("c", f"{write_or_say(heard, rng)}", "It's {} and the expiry is oh four twenty nine.")
    else:
        text = write_or_say(heard, rng)
        call.tell("c", with_fillers(text, rng) if how == "fillers" else text, rng.choice(_OPEN_CARD))
    call.say("a", "Thank you. That has gone through, anything else?")
    return call


def plant_code(rng: random.Random) -> Planted:
    """A call with a security code in it."""
    value = "".join(rng.choice("0123456789") for _ in range(rng.choice((3, 3, 3, 4))))
    call = Planted("security_code", value, "asked")
    call.say("a", "Thanks, I have the card.")
    call.say(
        "a",
        rng.choice(
            (
                "And the three digits on the back?",
                "Could I have the security code please?",
                "What's the CVV?",
                "And the last three numbers on the signature strip.",
                "Can you give me the CVC code?",
                "And the C V V number?",
            )
        ),
    )
    if rng.random() < 0.3:
        call.say("c", "Hang on, I have to turn it over.")
        call.say("a", rng.choice(_LISTENERS[:4]))
    said = say_digits(value, rng) if rng.random() < 0.5 else value
    if value[0] == "0" and said.split()[0] == "zero" and rng.random() < 0.3:
        said = "oh " + said.split(" ", 1)[1]
    call.tell(
        "c",
        with_fillers(said, rng),
        rng.choice(("{}.", "It's {}.", "That's {}.", "Yeah, {}.", "The code is {}.")),
    )
    if rng.random() < 0.3:
        call.tell("a", " ".join(value) if rng.random() < 0.5 else say_digits(value, rng), "{}, thank you.")
    call.say("a", "Perfect, that's all done.")
    return call


def plant_expiry(rng: random.Random) -> Planted:
    """A call with the expiry of a card in it."""
    month, year = rng.randrange(1, 13), rng.randrange(26, 34)
    value = f"{month:02d}{year}"
    spoken_month, spoken_year = say_pairs(value[:2], rng), say_pairs(value[2:], rng)
    call = Planted("expiry", value, "asked")
    call.say("a", rng.choice(("Thanks for the card number.", "I have your visa here.")))
    call.say(
        "a",
        rng.choice(
            (
                "And the expiry date?",
                "When does it expire?",
                "What's the expiration date on the card?",
                "Expiry?",
            )
        ),
    )
    spoken = rng.choice(
        (
            f"{month:02d}/{year}",
            f"{month:02d} {year}",
            say_pairs(value, rng),
            f"{spoken_month} twenty {spoken_year}",
            f"{MONTHS[month - 1]} twenty {say_pairs(str(year), rng)}",
            f"{month:02d}/20{year}",
        )
    )
    call.tell("c", spoken, rng.choice(("{}.", "It's {}.", "That would be {}.")))
    call.say("a", "Lovely, thank you.")
    return call


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def random_digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _plant_asked(
    kind: str, ask: tuple[str, ...], own: tuple[str, ...], make: Callable[[random.Random], str]
) -> Callable[[random.Random], Planted]:
    def plant(rng: random.Random) -> Planted:
        value = make(rng)
        heard = mishear(value, rng)
        call = Planted(kind, value, rng.choice(("asked", "told", "turns")))
        if call.how == "told":
            call.tell("c", write_or_say(heard, rng), rng.choice(own))
        else:
            call.say("a", rng.choice(ask))
            if call.how == "turns":
                half = len(heard) // 2
                call.tell("c", say_digits(heard[:half], rng), "It's {}.")
                call.say("a", rng.choice(_LISTENERS[:4]))
                call.tell("c", say_digits(heard[half:], rng), "{}.")
            else:
                call.tell(
                    "c",
                    with_fillers(write_or_say(heard, rng), rng),
                    rng.choice(("It's {}.", "{}.", "Yes, that's {}.")),
                )
        if rng.random() < 0.3:
            call.tell("a", say_digits(heard, rng), "Let me read that back, {}.")
        call.say("a", "Thank you, I've found you.")
        return call

    return plant


plant_account = _plant_asked(
    "account",
    (
        "What's your account number?",
        "Could I have the account number please?",
        "Which bank account should it go to, what's the account number?",
    ),
    ("My account number is {}.", "Account number {}.", "The account number's {}, I think."),
    lambda rng: random_digits(rng, rng.choice((8, 8, 10, 12, 7))),
)
plant_routing = _plant_asked(
    "routing",
    (
        "And the routing number?",
        "What's the sort code?",
        "Can I take your sort code?",
        "The bank's routing number please.",
    ),
    ("The routing number is {}.", "My sort code is {}.", "Sort code {}."),
    lambda rng: random_digits(rng, rng.choice((6, 9))),
)
plant_ssn = _plant_asked(
    "national_id",
    (
        "What's your social security number?",
        "Can I get your social?",
        "I need the full social security number.",
    ),
    ("My social is {}.", "My social security number is {}.", "The SSN is {}."),
    lambda rng: random_digits(rng, 9),
)


def plant_ni(rng: random.Random) -> Planted:
    """A call with a British national insurance number."""
    first, last = rng.choice(("AB", "JK", "PE", "SX", "WM")), rng.choice("ABCD")
    digits = random_digits(rng, 6)
    call = Planted("national_id", first + digits + last, "national insurance")
    call.say("a", rng.choice(("And your national insurance number?", "Can I take your NI number?")))
    pairs = [digits[at : at + 2] for at in (0, 2, 4)]
    spoken = rng.choice(
        (
            f"{first} {' '.join(pairs)} {last}",
            f"{first}{digits}{last}",
            f"{' '.join(first)} {say_digits(digits, rng)} {last}",
            f"{' '.join(first.lower())} {' '.join(pairs)} {last.lower()}",
        )
    )
    call.tell("c", spoken, rng.choice(("It's {}.", "{}.")))
    call.say("a", "Thank you.")
    return call


def plant_iban(rng: random.Random) -> Planted:
    """A call with an IBAN."""
    stem = "NWBK" + random_digits(rng, 14)
    check = 98 - int("".join(str(int(sign, 36)) for sign in f"{stem}GB00")) % 97
    value = f"GB{check:02d}{stem}"
    call = Planted("iban", value, "asked")
    call.say("a", rng.choice(("What's the IBAN?", "Could you read me the IBAN please?")))
    groups = [value[at : at + 4] for at in range(0, len(value), 4)]
    spelled = f"G B {say_digits(value[2:4], rng)} N W B K {say_digits(value[8:], rng)}"
    call.tell("c", rng.choice((" ".join(groups), value, spelled)), rng.choice(("It's {}.", "{}.")))
    call.say("a", "Great.")
    return call


PLANTERS: tuple[tuple[Callable[[random.Random], Planted], int], ...] = (
    (plant_card, 10),
    (plant_code, 3),
    (plant_expiry, 1),
    (plant_account, 2),
    (plant_routing, 1),
    (plant_ssn, 1),
    (plant_ni, 1),
    (plant_iban, 1),
)


def plant(count: int, seed: int) -> Iterator[Planted]:
    """Made calls, half of them with card numbers."""
    rng = random.Random(seed)
    some = [planter for planter, weight in PLANTERS for _ in range(weight)]
    for number in range(count):
        yield some[number % len(some)](rng)
