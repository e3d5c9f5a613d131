from datetime import date

import pytest

from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.store import CallFilter, Store


def test_an_empty_database_says_how_to_fill_it(store: Store) -> None:
    """No filter is to blame."""
    hint = find_hint(store, CallFilter(agent=("ann",)))
    assert (Hint(0, None, None), "The database holds no calls yet: run `speechcx run`.") == (hint, str(hint))


@pytest.mark.parametrize(
    ("filters", "without", "near"),
    [
        (CallFilter(since=date(2030, 1, 1)), (("since", 16),), ()),
        (CallFilter(agent=("ANN",)), (("agent", 16),), (("agent", "ANN", "ann"),)),
        (
            CallFilter(team=("bleu",), agent=("cid",)),
            (("agent", 0), ("team", 3))[1:],
            (("team", "bleu", "blue"),),
        ),
        (CallFilter(queue=("entirely different",)), (("queue", 16),), ()),
        (CallFilter(since=date(2030, 1, 1), queue=("nope",)), (), ()),
    ],
)
def test_the_filter_that_shuts_all_out_is_named(
    archive: Store,
    filters: CallFilter,
    without: tuple[tuple[str, int], ...],
    near: tuple[tuple[str, str, str], ...],
) -> None:
    """With the calls there would be without it, and the nearest name there is."""
    hint = find_hint(archive, filters)
    assert (16, "2025-02-01", "2025-03-20", without, near) == (
        hint.calls, hint.first_day, hint.last_day, hint.without, hint.near,
    )  # fmt: skip


def test_a_name_that_is_like_none_is_answered_with_those_there_are(archive: Store) -> None:
    """Teams and queues are listed; customers never are."""
    hint = find_hint(archive, CallFilter(team=("entirely different",), customer=("zzz",)))
    assert [("team", "entirely different")] == [(kind, asked) for kind, asked, _ in hint.known]
    assert {"blue", "red"} <= set(hint.known[0][2])
    assert "No team 'entirely different'; there are blue" in str(hint)
