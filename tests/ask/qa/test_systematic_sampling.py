"""Draws have the promised chances, spread over strata, and are the same for the same seed."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.qa.systematic_sampling import draw, find_chances

WEIGHTS = st.lists(st.floats(0.1, 50), min_size=1, max_size=40)


def test_equal_weights_have_equal_chances() -> None:
    """2 of 8 alike are drawn with 1 in 4 each."""
    assert (0.25,) * 8 == find_chances([1.0] * 8, 2)


def test_a_heavy_item_is_sure_and_the_rest_share() -> None:
    """Weight 9 of 12 with two to draw would be 1.5: it is sure, and three others share one."""
    assert (1.0, pytest.approx(1 / 3), pytest.approx(1 / 3), pytest.approx(1 / 3)) == find_chances(
        [9, 1, 1, 1], 2
    )


@given(WEIGHTS, st.integers(0, 45))
def test_chances_add_up(weights: list[float], n: int) -> None:
    """Chances lie in 0..1, add up to what is drawn, and never fall with weight."""
    chances = find_chances(weights, n)
    assert all(0.0 <= chance <= 1.0 for chance in chances)
    assert min(n, len(weights)) == pytest.approx(sum(chances))
    pairs = sorted(zip(weights, chances, strict=True))
    assert all(a[1] <= b[1] + 1e-12 for a, b in pairwise(pairs))


@given(WEIGHTS, st.integers(1, 45), st.integers(0, 999), st.integers(1, 5))
def test_as_many_as_asked_for(weights: list[float], n: int, seed: int, kinds: int) -> None:
    """A draw has exactly the asked number of different places, and the same for the same seed."""
    strata = [place % kinds for place in range(len(weights))]
    chances = find_chances(weights, n)
    found = draw(chances, strata, random.Random(seed))
    assert min(n, len(weights)) == len(set(found)) == len(found)
    assert found == draw(chances, strata, random.Random(seed))
    assert {place for place, chance in enumerate(chances) if chance == 1.0} <= set(found)


def test_draws_come_as_often_as_their_chance() -> None:
    """Over 4,000 draws each item comes within four standard errors of its chance."""
    weights = [1.0, 1.0, 2.0, 4.0, 3.0, 1.0, 8.0]
    chances = find_chances(weights, 3)
    counts = Counter(
        place for seed in range(4000) for place in draw(chances, [0, 0, 0, 1, 1, 1, 1], random.Random(seed))
    )
    for place, chance in enumerate(chances):
        error = (chance * (1 - chance) / 4000) ** 0.5
        assert chance == pytest.approx(counts[place] / 4000, abs=4 * error + 1e-9)


def test_each_stratum_gets_its_share() -> None:
    """Of 60 + 30 + 10 calls, ten drawn are always 6, 3 and 1."""
    strata = ["a"] * 60 + ["b"] * 30 + ["c"] * 10
    chances = find_chances([1.0] * 100, 10)
    for seed in range(50):
        found = Counter(strata[place] for place in draw(chances, strata, random.Random(seed)))
        assert {"a": 6, "b": 3, "c": 1} == found


def test_estimates_by_the_chances_are_unbiased() -> None:
    """Weighting each drawn value by 1 / chance gives the true mean on average, though risky calls come more."""
    values = [1.0 if place % 5 else 0.0 for place in range(50)]
    weights = [1.0 if value else 5.0 for value in values]
    chances = find_chances(weights, 8)
    weighed, plain = [], []
    for seed in range(2000):
        found = draw(chances, [0] * 50, random.Random(seed))
        weighed.append(sum(values[place] / chances[place] for place in found) / 50)
        plain.append(sum(values[place] for place in found) / 8)
    assert 0.8 == pytest.approx(sum(weighed) / 2000, abs=0.02)
    assert sum(plain) / 2000 < 0.6
