"""Freed memory: kept while a step of the work needs it again, and given back to the system at its end.

The C library maps a large piece afresh each time it is asked for one, and the kernel clears every page of it. Networks
ask for pieces of tens of MB hundreds of times for each window of speech: a third of CTranslate2's time for encoding
went there.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
"""Numbers of the parameters of ``mallopt``, from malloc.h."""

_NEVER = 2**31 - 1


@cache
def keep_freed_memory() -> bool:
    """Let the C library keep what is freed, until :func:`give_back_memory`; for the whole process, and for good.

    Returns
    -------
    bool
        Whether it can (only glibc does).
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    # A thread's own arena cannot hold large pieces, and would map them all the same.
    wanted = ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _NEVER), (_ARENA_MAX, 1))
    return all(mallopt(parameter, value) == 1 for parameter, value in wanted)


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
