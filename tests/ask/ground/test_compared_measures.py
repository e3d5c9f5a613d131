from speechcx.ask.ground.compared_measures import MEASURE_NAMES, MEASURES
from speechcx.ask.statistics import Sums


def test_measures_have_names_of_their_own() -> None:
    """A row is asked for a measure by name."""
    assert len(MEASURES) == len(set(MEASURE_NAMES))


def test_shares_and_means_have_their_own_intervals() -> None:
    """Five of five calls without an error are no certainty; nor are five equal scores."""
    by_name = dict(zip(MEASURE_NAMES, MEASURES, strict=True))
    all_alike = Sums(5, 5.0, 5.0)
    share = by_name["critical_accuracy"].interval(all_alike)
    assert share is not None
    assert (True, 1.0) == (share[0] < 0.6, share[1])
    score = by_name["score"].interval(all_alike)
    assert score is not None
    assert (0.0, True) == (score[0], 10 < score[1] < 20)
    same = by_name["score"].difference(all_alike, all_alike)
    assert same is not None
    assert same[0] == -same[1] < 0
    change = by_name["flagged_share"].difference(all_alike, all_alike)
    assert change is not None
    assert change[0] < 0 < change[1]
