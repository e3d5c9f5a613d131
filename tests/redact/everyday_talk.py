"""Made calls of everyday talk with numbers in it that may be kept: orders, dates, prices, telephone numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.redact.planted import MONTHS, TEENS, Planted, random_digits, say_digits

_EVERYDAY = (
    "Your order number is {d8}.",
    "The tracking number is {d12}.",
    "It's order {d10}, placed on {date}.",
    "That comes to {price}.",
    "My phone number is {phone}.",
    "You can reach me on {phone}.",
    "Call me back at {phone} after {n} p.m.",
    "The reference is {d9}.",
    "I was born on {date}.",
    "My date of birth is {date}.",
    "The zip code is {d5}.",
    "I live at {n} Station Road.",
    "It was {price} last month and {price} now.",
    "My policy number is {d9}.",
    "We have {n} of those and {n} of the others.",
    "The flight is {n} on {date}.",
    "I waited {n} minutes.",
    "Your balance is {price}.",
    "The invoice is {d7}.",
    "The meter reading is {d5}.",
    "Model number {d4}, serial {d8}.",
    "Booking reference {d6}.",
    "My card was declined on {date}.",
    "I have two cards and I paid {price} with one of them.",
    "It ends in {d4}.",
    "The last four digits are {d4}.",
    "I got my card in {year}.",
    "The call took {n} minutes and {n} seconds.",
    "Since {year} I've been a customer.",
    "The extension is {d4}.",
    "There are about {d4} people here.",
    "It's on page {n}, step {n}.",
    "Your ticket number is {d8}.",
    "Between {n} and {n} percent.",
    "He is {n} years old.",
    "It costs {price} plus {price} delivery.",
    "Item number {d6}.",
    "The appointment is on {date} at {n}.",
)


def everyday(count: int, seed: int) -> Iterator[Planted]:
    """Made calls of four turns with numbers in them that may be kept."""
    rng = random.Random(seed)
    for _ in range(count):
        call = Planted("none", "", "everyday")
        call.say(
            "a",
            rng.choice(
                (
                    "How can I help?",
                    "Can I take a few details?",
                    "Let me look at your account.",
                    "How would you like to pay?",
                )
            ),
        )
        for speaker in ("c", "a", "c"):
            call.say(speaker, _fill(rng.choice(_EVERYDAY), rng))
        yield call


def _fill(template: str, rng: random.Random) -> str:
    while "{" in template:
        before, _, rest = template.partition("{")
        name, _, after = rest.partition("}")
        template = before + _everyday_number(name, rng) + after
    return template


def _everyday_number(name: str, rng: random.Random) -> str:
    if name == "n":
        return str(rng.randrange(2, 60))
    if name == "year":
        return str(rng.randrange(1990, 2027))
    if name == "price":
        return rng.choice(
            (
                f"${rng.randrange(5, 900)}.{rng.randrange(10, 99)}",
                f"{rng.randrange(5, 900)} dollars",
                f"£{rng.randrange(5, 90)}",
            )
        )
    if name == "date":
        return rng.choice(
            (
                f"{MONTHS[rng.randrange(12)]} {rng.randrange(1, 29)}, {rng.randrange(1950, 2027)}",
                f"{rng.randrange(1, 13)}/{rng.randrange(1, 29)}/{rng.randrange(1950, 2027)}",
                f"the {TEENS[rng.randrange(3, 10)]}th of {MONTHS[rng.randrange(12)]}",
            )
        )
    if name == "phone":
        number = rng.choice(("555", "212", "0207", "0161")) + random_digits(rng, 7)
        return rng.choice((number, f"{number[:3]}-{number[3:6]}-{number[6:]}", say_digits(number, rng)))
    digits = str(rng.randrange(1, 10)) + random_digits(rng, int(name[1:]) - 1)
    return digits if rng.random() < 0.5 else say_digits(digits, rng)
