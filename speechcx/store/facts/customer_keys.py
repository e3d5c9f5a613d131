"""What ways to write one customer have in common, so that facts of several systems meet."""

from __future__ import annotations

import re
from functools import lru_cache

_MIN_DIGITS = 6
"""Telephone numbers are compared by their last digits, at least this many."""


@lru_cache(maxsize=65_536)
def customer_key(text: str) -> str:
    """The last nine digits of a telephone number, however it is written; other ids as they are, ignoring case."""
    digits = re.sub(r"\D", "", text)
    is_number = len(digits) >= _MIN_DIGITS and not re.search(r"[^\W\d_]", text)
    return digits[-9:] if is_number else text.casefold()
