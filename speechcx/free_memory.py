"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any


def give_back_memory() -> None:
    """Give back what was freed, where the C library can: what comes next needs pieces of other sizes.

    Otherwise the pieces stay with the process, and a worker grows to the sum of what its steps took at most.
    """
    trim = find_trim()
    if trim is not None:
        trim(0)


@cache
def find_trim() -> Any:
    """The C library's ``malloc_trim``; None where it has none (only glibc does)."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
