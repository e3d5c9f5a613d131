"""Which of a call's two numbers, who called and who was called, is the customer's.

Tables of exchanges name both and no customer: Asterisk and FreePBX ``src`` and ``dst``, Avaya "Calling Party" and
"Called Party". The direction decides; without one, the one that is no extension. Two outside numbers are left
alone: one is the centre's own, and taken for a customer it would be one customer with every call.
"""

from __future__ import annotations

import re

from speechcx.discover.headings import DIRECTIONS, choose_columns, squeeze

_CALLING = frozenset((
    "src", "source", "from", "fromnumber", "callingparty", "callingpartynumber", "callingnumber", "callingpty",
    "originator", "originatingnumber", "anumber",
))  # fmt: skip
_CALLED = frozenset((
    "dst", "destination", "to", "tonumber", "calledparty", "calledpartynumber", "callednumber", "calledpty",
    "dialednumber", "diallednumber", "destinationnumber", "terminatingnumber", "bnumber",
))  # fmt: skip
_MIN_DIGITS = 7
"""Shorter numbers are extensions; most countries' numbers have more digits with their area."""

_NOT_A_DIGIT = re.compile(r"\D")


def names_two_numbers(names: tuple[str, ...]) -> bool:
    """Whether a table names who called, or who was called, and has no column for the customer."""
    told = {squeeze(name) for name in names}
    return "customer" not in choose_columns(names, in_table=True) and not told.isdisjoint(_CALLING | _CALLED)


def find_customer(values: tuple[tuple[str, str], ...]) -> int | None:
    """The place of the customer's number among the values of a row; None where it cannot be told.

    Parameters
    ----------
    values
        (heading, value) pairs of a row without a column for the customer.
    """
    calling = _first(values, _CALLING)
    called = _first(values, _CALLED)
    at = choose_columns((name for name, _ in values), in_table=True).get("direction")
    direction = "" if at is None else DIRECTIONS.get(values[at][1].strip().lower(), "")
    if direction:
        place = calling if direction == "inbound" else called
        return place if place is not None and _is_outside(values[place][1]) else None
    outside = [place for place in (calling, called) if place is not None and _is_outside(values[place][1])]
    return outside[0] if len(outside) == 1 and (calling is None) == (called is None) else None


def _first(values: tuple[tuple[str, str], ...], names: frozenset[str]) -> int | None:
    return next((at for at, (name, value) in enumerate(values) if value and squeeze(name) in names), None)


def _is_outside(text: str) -> bool:
    """Whether a number is no extension; withheld numbers are neither, and said to be so further on."""
    return len(_NOT_A_DIGIT.sub("", text.split("@")[0])) >= _MIN_DIGITS
