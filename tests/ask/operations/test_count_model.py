"""How likely a count is: against sums done by hand, and against days drawn by chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.operations.count_model import Usual, learn_usual


def test_a_poisson_tail_is_the_textbook_one() -> None:
    """Three or more where two are expected: 1 - e^-2 (1 + 2 + 2)."""
    assert Usual(2.0, 2.0, 1).tail(3) == pytest.approx(1 - 5 * math.exp(-2))


def test_a_negative_binomial_tail_is_the_textbook_one() -> None:
    """Mean 2, variance 4 is r = 2, p = 1/2: no event has (1/2)^2."""
    assert Usual(2.0, 4.0, 8).tail(1) == pytest.approx(0.75)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=12), st.integers(0, 400))
def test_more_is_less_likely(counts: list[int], count: int) -> None:
    """A tail is a probability, and falls with the count."""
    usual = learn_usual(counts)
    assert 1.0 >= usual.tail(count) >= usual.tail(count + 1) > 0.0


def test_days_that_differ_make_a_surge_less_sure() -> None:
    """The same mean from wild days, of this or of another weekday, asks for more."""
    calm = learn_usual([10, 10, 10, 10])
    assert calm.tail(30) < learn_usual([1, 22, 3, 14]).tail(30)
    assert calm.tail(30) < learn_usual([10, 10, 10, 10], [[1, 40, 5, 30]]).tail(30)


def test_no_past_days_are_refused() -> None:
    """Nothing can be learned from nothing."""
    with pytest.raises(ValueError, match="at least one day"):
        learn_usual([])


@pytest.mark.parametrize("rate", [2.0, 20.0])
@pytest.mark.parametrize("wildness", [0.0, 0.1])
def test_usual_days_seldom_alarm(rate: float, wildness: float) -> None:
    """Of days drawn from what is usual, under 1 in 250 are over the bar of 1 in 1,000, eight weeks known."""
    rng = np.random.default_rng(20261122)
    alarms = 0
    for _ in range(1500):
        days = rng.gamma(1 / wildness, wildness, (7, 9)) if wildness else np.ones((7, 9))
        counts = rng.poisson(rate * days)
        usual = learn_usual(counts[0, :8].tolist(), counts[1:, :8].tolist())
        alarms += usual.tail(int(counts[0, 8])) <= 0.001
    assert alarms <= 6
