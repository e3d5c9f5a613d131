"""Tests of places in a call."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules.matching.occurrences import NOWHERE, Occurrences, Spots, count_apart, join_spots


def spots(times: list[tuple[float, float]], *, sure: bool = True) -> Spots:
    """Places at these times."""
    table = np.array(times, dtype=np.float64).reshape(-1, 2)
    zeros = np.zeros(len(times), dtype=np.int64)
    return Spots(table[:, 0], table[:, 1], np.full(len(times), sure), zeros, zeros, zeros, zeros)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), max_size=8))
def test_places_that_share_time_count_once(parts: list[tuple[int, int]]) -> None:
    """The count is the largest number of places of which no two share time."""
    times = [(float(start), float(start + size)) for start, size in parts]

    def most(left: list[tuple[float, float]], free_from: float) -> int:
        later = [span for span in left if span[0] >= free_from]
        return max((1 + most(later, span[1]) for span in later), default=0)

    assert most(times, -1.0) == count_apart(spots(times))


def test_joined_places_are_in_order() -> None:
    """Places of several conditions come by start."""
    assert [1.0, 2.0, 3.0] == join_spots([spots([(3, 4)]), NOWHERE, spots([(1, 2), (2, 3)])]).start_s.tolist()
    assert 0 == len(join_spots([]))


def test_sure_places_are_told_apart() -> None:
    """A finding knows which of its places are certain."""
    both = join_spots([spots([(0, 1)]), spots([(2, 3)], sure=False)])
    assert [0.0] == Occurrences(both).sure.start_s.tolist()
