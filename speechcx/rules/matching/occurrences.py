"""Places in a call where a condition holds, as columns: when, by whom, how sure, and of what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speechcx.rules.matching.stream import Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Places by start.

    Parameters
    ----------
    start_s, end_s
        float, shape (n,): seconds.
    sure
        bool, shape (n,): False where the words or the party are not trusted.
    party
        int, shape (n,): a code of the party.
    first, last
        int, shape (n,): tokens from `first` up to, not including, `last`; for a whole turn its number
        and -1; for a chain of a sequence its number and -2.
    source
        int, shape (n,): which condition it is a place of.
    """

    start_s: Floats
    end_s: Floats
    sure: NDArray[np.bool_]
    party: Ints
    first: Ints
    last: Ints
    source: Ints

    def __len__(self) -> int:
        return len(self.start_s)

    def keep(self, mask: NDArray[np.bool_] | Ints) -> Spots:
        """The places where `mask` is true, or of those numbers."""
        return Spots(
            self.start_s[mask], self.end_s[mask], self.sure[mask], self.party[mask], self.first[mask],
            self.last[mask], self.source[mask],
        )  # fmt: skip


NOWHERE = Spots(
    np.empty(0), np.empty(0), np.empty(0, dtype=bool), *(np.empty(0, dtype=np.int64) for _ in range(4))
)  # fmt: skip


def join_spots(parts: list[Spots]) -> Spots:
    """Places of several conditions together, by start."""
    filled = [part for part in parts if len(part)]
    if len(filled) < 2:
        return filled[0] if filled else NOWHERE
    names = ("start_s", "end_s", "sure", "party", "first", "last", "source")
    joined = Spots(*(np.concatenate([getattr(part, name) for part in filled]) for name in names))
    return joined.keep(np.lexsort((joined.end_s, joined.start_s)))


def count_apart(spots: Spots) -> int:
    """How many places there are that share no time, taken from the earliest end on."""
    if len(spots) < 2:
        return len(spots)
    count, free_from = 0, -np.inf
    for place in np.argsort(spots.end_s, kind="stable").tolist():
        if spots.start_s[place] >= free_from:
            count, free_from = count + 1, float(spots.end_s[place])
    return count


@dataclass(frozen=True, slots=True, eq=False)
class Occurrences:
    """Where a condition holds in a call, and whether there may be more than can be seen.

    Parameters
    ----------
    spots
        All places; those not `sure` may be none.
    needed
        How many make it present.
    blind
        Why "nowhere" would not be certain; '' where it is.
    """

    spots: Spots
    needed: int = 1
    blind: str = ""

    @property
    def sure(self) -> Spots:
        """The places that are certain."""
        return self.spots if self.spots.sure.all() else self.spots.keep(self.spots.sure)
