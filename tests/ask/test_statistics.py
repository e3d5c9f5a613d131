"""Tests of intervals, agreement and counts."""

from __future__ import annotations

import math
import random
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from speechcx.ask.statistics import (
    Scale,
    Sums,
    Usual,
    fisher_less,
    learn_usual,
    mean_difference,
    mean_interval,
    measure_agreement,
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


ANSWERS = ("yes", "no", "n-a")
TABLES = st.lists(st.tuples(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS)), min_size=1, max_size=60)


def table(*rows: tuple[int, ...]) -> dict[tuple[str, str], int]:
    """A square table as pairs."""
    return {(ANSWERS[i], ANSWERS[j]): count for i, row in enumerate(rows) for j, count in enumerate(row)}


def test_a_table_by_hand() -> None:
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 0.7 alike, 0.5 by chance, kappa 0.4, PABAK 0.4."""
    found = measure_agreement(table((20, 5), (10, 15)))
    assert (50, 0.7, 0.5) == (found.n, found.observed, found.expected)
    assert 0.4 == pytest.approx(found.kappa)
    assert 0.4 == pytest.approx(found.pabak)


def test_the_interval_of_a_published_table() -> None:
    """Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, table 18.1: 0.68 with error 0.087."""
    found = measure_agreement(table((75, 1, 4), (5, 4, 1), (0, 0, 10)))
    assert 0.89 == pytest.approx(found.observed)
    assert 0.68 == pytest.approx(found.kappa, abs=0.005)
    low, high = found.interval
    assert 0.087 == pytest.approx((high - low) / 2 / 1.959964, abs=0.001)


def test_rare_answers_depress_kappa_and_not_pabak() -> None:
    """90 yes-yes and 5 + 5 unlike: 0.9 alike and PABAK 0.8, yet kappa is below 0."""
    found = measure_agreement(table((90, 5), (5, 0)))
    assert -1 / 19 == pytest.approx(found.kappa)
    assert 0.8 == pytest.approx(found.pabak)


def test_one_answer_only_has_no_kappa() -> None:
    """Where both always say yes, kappa is None with the reason, never 1 and never 0."""
    found = measure_agreement(table((30, 0), (0, 0)))
    assert (30, 1.0, None, None, 1.0) == (found.n, found.observed, found.kappa, found.interval, found.pabak)
    assert "both always say yes" in found.why


def test_one_rater_of_one_mind_has_kappa_zero() -> None:
    """A machine that always says yes agrees no better than chance, however often it is right; no interval either."""
    found = measure_agreement(table((28, 2), (0, 0)))
    assert (0.0, None) == (found.kappa, found.interval)


def test_no_answers_have_nothing() -> None:
    """Without pairs every measure is None, with a reason."""
    found = measure_agreement({})
    assert (0, None, None, None, None) == (found.n, found.observed, found.kappa, found.interval, found.pabak)
    assert "no answers" in found.why


def test_all_alike_does_not_claim_certainty() -> None:
    """Thirty like answers of two kinds give kappa 1 with a lower end under 1; more answers raise it."""
    few, many = measure_agreement(table((15, 0), (0, 15))), measure_agreement(table((150, 0), (0, 150)))
    assert 1.0 == few.kappa == many.kappa
    assert few.interval[0] < many.interval[0] < 1.0
    assert 2 * (30 / (30 + 1.959964**2)) - 1 == pytest.approx(few.interval[0])


@given(TABLES)
def test_laws(pairs: list[tuple[str, str]]) -> None:
    """Kappa lies in -1..1 and in its interval, 1 only for like answers, and does not care who is first."""
    counts = Counter(pairs)
    found = measure_agreement(counts)
    swapped = measure_agreement(Counter((second, first) for first, second in pairs))
    assert found.kappa == swapped.kappa
    assert found.observed == swapped.observed
    assert -1.0 <= found.pabak <= 1.0
    if found.kappa is None:
        assert 1 == len(counts)
        return
    if found.interval is None:
        assert 1 in (len({first for first, _ in pairs}), len({second for _, second in pairs}))
    else:
        low, high = found.interval
        assert -1.0 <= low <= found.kappa <= high <= 1.0
        assert low < high
    assert (found.kappa == 1.0) == all(first == second for first, second in pairs)


@given(TABLES, st.permutations(ANSWERS))
def test_names_of_answers_do_not_matter(pairs: list[tuple[str, str]], names: list[str]) -> None:
    """Calling the answers otherwise changes nothing."""
    other = dict(zip(ANSWERS, names, strict=True))
    renamed = measure_agreement(Counter((other[first], other[second]) for first, second in pairs))
    found = measure_agreement(Counter(pairs))
    assert (found.n, found.observed, found.kappa, found.pabak) == (
        renamed.n, renamed.observed, renamed.kappa, renamed.pabak,
    )  # fmt: skip


@given(TABLES)
def test_the_textbook_formula(pairs: list[tuple[str, str]]) -> None:
    """Kappa equals (po - pe) / (1 - pe) reckoned pair by pair."""
    n = len(pairs)
    po = sum(first == second for first, second in pairs) / n
    pe = sum(first == second for (first, _), (_, second) in product(pairs, pairs)) / n**2
    found = measure_agreement(Counter(pairs))
    if found.kappa is not None:
        assert (po - pe) / (1 - pe) == pytest.approx(found.kappa)


def test_more_answers_narrow_the_interval() -> None:
    """The same shares with ten times the answers have a narrower interval."""
    few, many = measure_agreement(table((20, 5), (10, 15))), measure_agreement(table((200, 50), (100, 150)))
    assert few.kappa == pytest.approx(many.kappa)
    width = few.interval[1] - few.interval[0]
    assert width / math.sqrt(10) == pytest.approx(many.interval[1] - many.interval[0])


def test_fishers_test_by_hand() -> None:
    """1 like answer of 4 after 4 of 4 has a probability of 5 in 70."""
    # All hits 5 of 8, window 4: P(X <= 1) = C(5,1) C(3,3) / C(8,4) = 5 / 70.
    assert 5 / 70 == pytest.approx(fisher_less(1, 4, 4, 4))
    assert 1.0 == fisher_less(4, 4, 4, 4)
    assert 1.0 == fisher_less(0, 5, 0, 5)


@given(st.integers(0, 30), st.integers(0, 60))
def test_fewer_hits_are_less_probable(hits: int, before: int) -> None:
    """The test is a probability, and one hit fewer never makes it larger."""
    found = fisher_less(hits, 30, before, 60)
    assert 0.0 < found <= 1.0
    if hits:
        assert fisher_less(hits - 1, 30, before + 1, 60) <= found if before < 60 else True


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
