from datetime import date

import pytest

from speechcx.ask.ground.compared_measures import MEASURES
from speechcx.ask.ground.group_sums import GroupSums
from speechcx.ask.people.compare_groups import compare_sums, compare_two
from speechcx.ask.statistics import Sums
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store

MARCH = CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 31))


def test_two_agents_measure_by_measure(archive: Store) -> None:
    """ann's 80 to 90 against bea's five 60: 25 points, surely better; what bea misses cannot be told."""
    found = compare_two(archive, "agent", ("Ann Hall", "bea"), MARCH)
    assert ("ann", "bea", "service-quality") == (found.first, found.second, found.scorecard)
    score = found.differences[0]
    assert (85.0, 6, 60.0, 5, 25.0, "better") == (
        score.first.mean, score.first.n, score.second.mean, score.second.n, score.difference, score.verdict,
    )  # fmt: skip
    assert score.interval is not None
    assert score.interval[0] < 25 < score.interval[1]
    mood = found.differences[2]
    assert (None, None, "too few calls") == (mood.difference, mood.interval, mood.verdict)
    assert found.told >= 1
    assert 0.05 * sum(one.verdict != "too few calls" for one in found.differences) == pytest.approx(
        found.by_chance
    )


def test_the_wrong_name_is_answered_with_the_nearest(archive: Store) -> None:
    """Nothing is compared."""
    with pytest.raises(UsageError, match="nearest: blue"):
        compare_two(archive, "team", ("bleu", "red"))


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (Sums(4, 400, 40_000), Sums(50, 500, 5_000), "too few calls"),
        (Sums(50, 500, 5_100), Sums(50, 505, 5_200), "cannot tell"),
        (Sums(50, 500, 5_100), Sums(50, 900, 16_300), "worse"),
    ],
)
def test_a_difference_in_a_word(first: Sums, second: Sums, verdict: str) -> None:
    """Under five calls nothing is said; an interval with zero in it is chance."""
    rest = [Sums()] * (len(MEASURES) - 1)
    one, other = GroupSums(measures=[first, *rest]), GroupSums(measures=[second, *rest])
    assert verdict == compare_sums(one, other)[0].verdict


def test_neither_talking_more_nor_less_is_better() -> None:
    """Such measures are higher or lower."""
    more, less = (GroupSums(measures=[Sums(50, total, total)] * len(MEASURES)) for total in (40.0, 10.0))
    by_name = {one.name: one.verdict for one in compare_sums(more, less)}
    assert ("higher", "better", "worse") == (
        by_name["agent_talk_share"], by_name["customer_sentiment"], by_name["flagged_share"],
    )  # fmt: skip
