"""What an outcome goes with: lifts by hand, intervals that hold, nothing claimed from few calls."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.operations.causes import find_causes, weigh
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import at, make


def test_a_lift_by_hand() -> None:
    """30 of 40 with it against 50 of 200 in all: 0.75 over 0.25."""
    row = weigh("x", "x", (30, 40), (50, 200))
    assert row.lift == pytest.approx(3.0)
    assert row.interval is not None
    assert row.interval[0] < 3.0 < row.interval[1]
    assert row.verdict == "more often"
    assert weigh("x", "x", (10, 40), (50, 200)).verdict == "cannot tell"
    assert weigh("x", "x", (0, 60), (50, 200)).verdict == "less often"


@given(st.data())
def test_intervals_hold_their_lift(data: st.DataObject) -> None:
    """Whatever the counts: the interval is in order, above zero, and at most all calls over these."""
    calls = data.draw(st.integers(1, 500))
    rest = data.draw(st.integers(0, 500))
    with_it = data.draw(st.integers(0, calls))
    without = data.draw(st.integers(0, rest))
    row = weigh("x", "x", (with_it, calls), (with_it + without, calls + rest))
    if row.interval is not None:
        low, high = row.interval
        assert row.lift is not None
        assert 0 <= low <= row.lift <= high <= (calls + rest) / calls + 1e-9
    if not with_it + without:
        assert row.lift is None


def test_intervals_cover_the_truth() -> None:
    """Over 600 samples of known shares, the interval of the lift holds the true one about 95 times of 100."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(600):
        mine, others = rng.binomial(80, 0.3), rng.binomial(320, 0.15)
        row = weigh("x", "x", (int(mine), 80), (int(mine + others), 400))
        assert row.interval is not None
        held += row.interval[0] <= 0.3 / 0.18 <= row.interval[1]
    assert 0.92 <= held / 600 <= 0.985


@pytest.fixture
def calls(store: Store) -> Store:
    """Flags come with the network driver: 16 of 20 calls, and 4 of 40 others; queue tv has 3 calls."""
    with store.write():
        for n in range(60):
            drivers = ("network",) if n < 20 else ("billing",) if n < 50 else ()
            store.save_call(
                make(
                    n, drivers=drivers, flagged=n < 16 or 56 <= n, agent="ann", started_at=at(1 + n % 20),
                    queue="tv" if n >= 57 else "net",
                )
            )  # fmt: skip
    return store


def test_the_driver_stands_out(calls: Store) -> None:
    """The network comes first, with its counts; billing comes less often."""
    found = find_causes(calls, "flagged")
    assert (found.calls, found.outcomes) == (60, 20)
    first, second = found.rows
    assert (first.key, first.calls, first.outcomes, first.verdict) == ("network", 20, 16, "more often")
    assert first.lift == pytest.approx(0.8 * 3)
    assert (second.key, second.outcomes, second.verdict) == ("billing", 0, "less often")
    assert found.by_chance == pytest.approx(0.1)


def test_few_calls_are_said_to_be_few(calls: Store) -> None:
    """Three calls of a queue prove nothing, however many of them are flagged."""
    rows = {row.key: row for row in find_causes(calls, "flagged", by="queue").rows}
    assert (rows["tv"].outcomes, rows["tv"].verdict) == (3, "too few calls")


def test_a_driver_is_no_cause_of_itself(calls: Store) -> None:
    """As the outcome, a driver is not among the rows."""
    assert [row.key for row in find_causes(calls, "network").rows] == ["billing"]


def test_wrong_names_and_nothing_found(calls: Store) -> None:
    """A wrong rule or division names the nearest; no calls say what would widen."""
    with pytest.raises(UsageError, match="use flagged"):
        find_causes(calls, "flaged")
    with pytest.raises(UsageError, match="use queue"):
        find_causes(calls, "flagged", by="queu")
    assert find_causes(calls, "flagged", CallFilter(queue=("none",))).hint is not None
