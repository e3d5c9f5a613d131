"""Kappa and its kin against hand-computed tables, their laws, and tables on which they fail."""

from __future__ import annotations

import math
from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.qa.kappa import fisher_less, measure_agreement

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
