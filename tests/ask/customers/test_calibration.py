"""Answers that were made from scores: what was put in is found again, and too few say so."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from speechcx.ask.customers import calibrate
from speechcx.errors import UsageError
from speechcx.store import Store
from tests.ask.archive import at, make
from tests.imports.exports import import_text

N, ANSWERED = 200, 150


def rate(mood: float, draw: random.Random) -> int:
    """A rating from 1 to 5: the happier the call, the higher, with chance in it."""
    return min(5, max(1, round(3 + mood / 2 + draw.gauss(0, 0.8))))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """200 calls with scores from -5 to 5; the unhappy half answers less often."""
    folder = tmp_path_factory.mktemp("calibration")
    draw = random.Random(7)
    with Store.open(folder / "calls.db", create=True) as made:
        lines = ["id,customer,date,csat"]
        with made.write():
            for n in range(N):
                mood = -5 + 10 * n / (N - 1)
                start = at(1) + timedelta(hours=n)
                call = make(n, mood=mood, customer=f"c{n}", started_at=start)
                made.save_call(call)
                if n >= N // 2 or n % 2:
                    lines.append(
                        f"{n},c{n},{start + timedelta(minutes=9):%Y-%m-%dT%H:%M:%SZ},{rate(mood, draw)}"
                    )
        import_text(made, folder, "surveys", "\n".join(lines))
        yield made


def test_the_curve_rises_with_the_score(store: Store) -> None:
    """Bands hold all answers; the rank correlation that was put in lies in its interval."""
    found = calibrate(store)
    assert (found.n, sum(band.n for band in found.bands)) == (ANSWERED, ANSWERED)
    means = [band.rating.value for band in found.bands]
    assert means == sorted(means, key=lambda mean: mean or 0.0)
    assert found.correlation is not None
    assert found.interval is not None
    assert 0.7 < found.interval[0] < found.correlation < found.interval[1] < 0.95


def test_the_fit_is_monotone_reliable_and_corrects_who_answers(store: Store) -> None:
    """Probabilities rise; they beat the mere share; unhappy calls answer less often, so all calls are less happy."""
    fit = calibrate(store).fit
    assert fit is not None
    assert list(fit.probabilities) == sorted(fit.probabilities)
    assert fit.brier < 0.7 * fit.brier_base
    assert sum(row.observed.n for row in fit.reliability) == ANSWERED
    for row in fit.reliability:
        if row.observed.interval is not None and row.observed.n >= 20:
            assert row.predicted is not None
            assert row.observed.interval[0] <= row.predicted <= row.observed.interval[1]
    assert fit.predicted_share < fit.surveyed_share - 0.05
    assert sum(row.surveyed for row in fit.ratings) == pytest.approx(1.0)
    assert sum(row.predicted for row in fit.ratings) == pytest.approx(1.0)
    assert fit.ratings[0].predicted > fit.ratings[0].surveyed


def test_every_call_has_its_probability(store: Store) -> None:
    """Also those without an answer; the same again on the same data."""
    rows = calibrate(store, with_calls=True).rows
    assert len(rows) == N
    assert sum(row.rating is not None for row in rows) == ANSWERED
    assert [row.probability for row in rows] == sorted(row.probability for row in rows)
    assert rows == calibrate(store, with_calls=True).rows


def test_too_few_answers_are_said(tmp_path: Path) -> None:
    """A curve, no fit, and why; with fewer than ten no correlation either."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        for n in range(12):
            made.save_call(make(n, mood=float(n % 5), customer=f"c{n}", started_at=at(1 + n)))
        for n, has_correlation in ((5, False), (12, True)):
            rows = "\n".join(f"{i},c{i},{1 + i % 5},2025-03-{1 + i:02d}T12:00:00Z" for i in range(n))
            import_text(made, tmp_path, "surveys", f"id,customer,csat,date\n{rows}\n")
            found = calibrate(made)
            assert (found.n, found.correlation is not None, found.fit) == (n, has_correlation, None)
            assert (
                found.why_no_fit == f"{n} answers with the score of their call are too few; a fit needs 100"
            )
        assert calibrate(made, with_calls=True).rows == ()


def test_a_wrong_survey_is_named(store: Store) -> None:
    """With those there are."""
    with pytest.raises(UsageError, match="csat"):
        calibrate(store, survey="moon")  # type: ignore[arg-type]
