"""Tests of the algebra of matches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules.matching import proximity
from speechcx.rules.matching.phrase_search import places_of
from speechcx.rules.matching.proximity import NONE, Matches, count_below, merge, minimal, near_words, unite
from speechcx.rules.matching.stream import build_stream
from tests.rules import reference
from tests.rules.slow import turns_of

RANGES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda r: (r[0], r[0] + r[1])), max_size=12
)


def matches(ranges: list[tuple[int, int]]) -> Matches:
    """Any ranges as a minimal set."""
    table = np.array(ranges, dtype=np.int64).reshape(-1, 2)
    return minimal(table[:, 0], table[:, 1])


def as_set(found: Matches) -> set[tuple[int, int]]:
    """A set of matches as pairs."""
    return set(zip(found.starts.tolist(), found.ends.tolist(), strict=True))


@given(RANGES)
def test_minimal_ranges_hold_no_other(ranges: list[tuple[int, int]]) -> None:
    """Exactly the ranges that hold no other are kept, in order."""
    found = matches(ranges)
    assert reference.minimal(set(ranges)) == as_set(found)
    assert np.all(np.diff(found.starts) > 0)
    assert np.all(np.diff(found.ends) > 0)


@given(RANGES, RANGES)
def test_union_is_minimal_again(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    """Matches of either set, without those that hold another."""
    assert reference.minimal({*left, *right}) == as_set(unite([matches(left), matches(right), NONE]))


@given(RANGES, RANGES)
def test_merging_along_the_text_is_the_same(
    left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    """Many ranges are merged in another way, with the same result."""
    pair = [matches(left), matches(right)]
    sets = [(found.starts, found.ends) for found in pair]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proximity, "_MANY", 1)
        many = merge(sets) if left or right else NONE
    assert reference.minimal({*left, *right}) == as_set(many)


@given(st.sets(st.integers(0, 5000), max_size=60), st.lists(st.integers(0, 5002), min_size=1, max_size=3))
def test_counting_below_is_the_same_for_few_and_many(values: set[int], limits: list[int]) -> None:
    """Bisection and counting along the text give the same numbers."""
    rising = np.array(sorted(values), dtype=np.int64)
    few = np.array(limits, dtype=np.int64)
    many = np.resize(few, 2500)
    expected = [sum(value < limit for value in values) for limit in limits]
    assert expected == count_below(rising, few).tolist()
    assert np.resize(expected, 2500).tolist() == count_below(rising, many).tolist()


def test_nearness_on_a_long_text_is_that_of_a_short_one() -> None:
    """Many matches take another way through the code and give the same result, shifted."""
    stream = build_stream(turns_of("a b c d " * 3000, words_a_turn=10**6))
    places = places_of(stream)
    starts = np.arange(0, 12000, 4, dtype=np.int64)
    left, right = Matches(starts, starts + 1), Matches(starts + 2, starts + 3)
    found = near_words(left, right, places, "near", 1)
    few = near_words(
        Matches(starts[:5], starts[:5] + 1), Matches(starts[:5] + 2, starts[:5] + 3), places, "near", 1
    )
    assert 5999 == len(found)
    assert as_set(few) <= as_set(found)
