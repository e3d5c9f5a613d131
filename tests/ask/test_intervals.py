import math
import random

import pytest
from scipy import stats

from speechcx.ask.intervals import (
    Scale,
    Sums,
    mean_difference,
    mean_interval,
    share_difference,
    share_interval,
    t_quantile,
)


def sums(values: list[float]) -> Sums:
    return Sums(len(values), sum(values), sum(value * value for value in values))


@pytest.mark.parametrize("freedom", [1, 2, 2.5, 3, 4, 4.9, 5, 7.3, 10, 29, 100, 12_345.6])
def test_the_quantile_is_that_of_scipy(freedom: float) -> None:
    """To four digits."""
    assert stats.t.ppf(0.975, freedom) == pytest.approx(t_quantile(freedom), rel=2e-5)


SCORES = Scale(0.0, 100.0)


def test_under_two_degrees_the_interval_is_the_wider_one() -> None:
    """The short formula is poor there."""
    assert t_quantile(1) == t_quantile(1.7) > stats.t.ppf(0.975, 1.7)


@pytest.mark.parametrize("n", [3, 4, 10, 200])
def test_a_mean_has_students_interval(n: int) -> None:
    """As scipy gives it from the values themselves."""
    rng = random.Random(n)
    values = [rng.gauss(70, 10) for _ in range(n)]
    wanted = stats.t.interval(0.95, n - 1, loc=sum(values) / n, scale=stats.sem(values))
    assert wanted == pytest.approx(mean_interval(sums(values)), rel=1e-5)


def test_a_change_has_welchs_interval() -> None:
    """As scipy gives it."""
    rng = random.Random(1)
    now, before = [rng.gauss(70, 5) for _ in range(12)], [rng.gauss(66, 12) for _ in range(31)]
    wanted = stats.ttest_ind(now, before, equal_var=False).confidence_interval(0.95)
    assert (wanted.low, wanted.high) == pytest.approx(mean_difference(sums(now), sums(before)), rel=1e-5)


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (5, 5), (1, 7), (300, 1000)])
def test_a_share_has_wilsons_interval(hits: int, n: int) -> None:
    """Also where all calls are alike: five of five is not certainty."""
    wanted = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    found = share_interval(Sums(n, hits, hits))
    assert (wanted.low, wanted.high) == pytest.approx(found, abs=1e-9)


def test_a_difference_of_shares_is_newcombes() -> None:
    """56 of 70 against 48 of 80 is the example of the paper: 0.0524 to 0.3339."""
    found = share_difference(Sums(70, 56, 56), Sums(80, 48, 48))
    assert (0.0524, 0.3339) == pytest.approx(found, abs=5e-5)


def test_too_few_calls_have_no_interval() -> None:
    """One call has a mean and nothing more; none has not even that."""
    assert (None, None) == (Sums().mean, mean_interval(Sums()))
    assert (3.0, None) == (sums([3.0]).mean, mean_interval(sums([3.0])))
    assert share_interval(Sums()) is None
    assert mean_difference(sums([1.0]), sums([1.0, 2.0])) is None
    assert share_difference(Sums(), Sums(1, 1, 1)) is None


def test_two_calls_have_no_interval() -> None:
    """Of two equal scores none may be claimed, and two that differ say hardly more: n is too small."""
    assert mean_interval(sums([80.0, 80.0]), SCORES) is None
    assert mean_interval(sums([80.0, 60.0]), SCORES) is None
    assert mean_difference(sums([2.0, 2.0]), sums([1.0, 1.0, 1.0])) is None


def test_calls_that_are_all_alike_are_not_certain() -> None:
    """On a scale with ends the interval has a width that shrinks with n; on an open scale there is none."""
    widths = []
    for n in (3, 5, 20, 100):
        low, high = mean_interval(sums([100.0] * n), SCORES) or (0.0, 0.0)
        assert high == 100.0
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert 20 < widths[0] < 60
    assert widths[-1] < 1
    assert mean_interval(sums([7.0] * 5)) is None
    assert mean_difference(sums([7.0] * 5), sums([7.0] * 5)) is None


def test_many_calls_have_students_interval_on_any_scale() -> None:
    """What the scale adds counts as one call."""
    values = [random.Random(1).uniform(0, 100) for _ in range(4000)]
    plain, moderated = mean_interval(sums(values)), mean_interval(sums(values), SCORES)
    assert plain == pytest.approx(moderated, rel=1e-3)


@pytest.mark.parametrize("n", [3, 5, 10, 30])
def test_the_interval_holds_the_mean_more_often_than_students(n: int) -> None:
    """Scores that are mostly the same, with a rare bad one: far more often than Student's, which claims too much."""
    draw = random.Random(n)
    held = usual = 0
    for _ in range(400):
        values = sums([40.0 if draw.random() < 0.2 else 90.0 for _ in range(n)])
        low, high = mean_interval(values, SCORES) or (0.0, 0.0)
        held += low <= 80.0 <= high
        plain = mean_interval(values) or (-1.0, -1.0)
        usual += plain[0] <= 80.0 <= plain[1]
    assert held / 400 >= 0.85
    assert held >= usual


def test_sums_of_parts_are_the_sums_of_the_whole() -> None:
    """Teams are added up from agents."""
    rng = random.Random(3)
    values = [rng.uniform(-5, 5) for _ in range(50)]
    parts = sums(values[:20]) + sums(values[20:]) + Sums(0, 0, 0, 7)
    whole = sums(values)
    assert (50, 7) == (parts.n, parts.n_missing)
    assert mean_interval(whole) == pytest.approx(mean_interval(parts), rel=1e-9)
    assert not math.isnan(parts.variance or 0)
