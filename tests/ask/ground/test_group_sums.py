from speechcx.ask.ground.compared_measures import MEASURES
from speechcx.ask.ground.group_sums import find_scorecard, sum_calls
from speechcx.call import Call
from speechcx.store import CallFilter, Store
from tests.ask.archive import make
from tests.factories import make_assessment, make_conversation, make_score


def test_every_measure_is_summed_over_calls(archive: Store) -> None:
    """Each call is counted once in each measure, with a value or as missing."""
    for sums in sum_calls(archive, CallFilter(), "service-quality").values():
        assert {sums.n} == {part.n + part.n_missing for part in sums.measures}
        for measure, part in zip(MEASURES, sums.measures, strict=True):
            assert part.n_missing == sum(sums.reasons[measure.name].values()), measure.name


def test_the_first_scorecard_of_the_newest_call_is_shown(store: Store) -> None:
    """Where none is named; calls without one are passed over."""
    assert find_scorecard(store, CallFilter()) is None
    heard = make_conversation()
    cards = (make_score(10.0, scorecard="z"), make_score(20.0, scorecard="a"))
    store.save_call(Call(heard, make_assessment(heard, scores=cards)))
    assert "z" == find_scorecard(store, CallFilter())


def test_calls_of_another_scorecard_are_missing_with_that_reason(store: Store) -> None:
    """Two forms are never averaged together."""
    store.save_call(make("x"))
    (sums,) = sum_calls(store, CallFilter(), "other").values()
    assert (0, 1, {"not judged by this scorecard": 1}) == (
        sums.measures[0].n, sums.measures[0].n_missing, dict(sums.reasons["score"]),
    )  # fmt: skip
