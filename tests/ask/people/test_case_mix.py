import pytest

from speechcx.ask.ground.score_rows import TableForm
from speechcx.ask.people.case_mix import LEVELS, MIN_CELL, adjust_scores
from speechcx.store import CallFilter, Store
from tests.ask.archive import Line, at, make


def fill_mix(store: Store) -> None:
    """Hard calls bring 40 and easy ones 80 to everybody; ann gets the hard ones, bea the easy ones, cid both."""
    store.sync_roster([Line("ann", "blue"), Line("bea", "blue"), Line("cid", "red")])
    with store.write():
        for n in range(2 * MIN_CELL):
            wobble = n % 2
            store.save_call(
                make(f"a{n}", agent="ann", queue="hard", score=40.0 + wobble, started_at=at(n % 28 + 1))
            )
            store.save_call(
                make(f"b{n}", agent="bea", queue="easy", score=80.0 + wobble, started_at=at(n % 28 + 1))
            )
            store.save_call(
                make(f"c{n}", agent="cid", queue="hard", score=30.0 + wobble, started_at=at(n % 28 + 1))
            )
            store.save_call(
                make(f"d{n}", agent="cid", queue="easy", score=70.0 + wobble, started_at=at(n % 28 + 1))
            )


def test_the_mix_of_calls_is_taken_out(store: Store) -> None:
    """ann's 40.5 is 10 above what others make of such calls, as is bea's 80.5: the plain means hide that."""
    fill_mix(store)
    table = adjust_scores(store, "agent")
    rows = {row.key: row for row in table.rows}
    for who, mean, expected in (("ann", 40.5, 30.5), ("bea", 80.5, 70.5), ("cid", 50.5, 60.5)):
        row = rows[who]
        assert (mean, expected) == (pytest.approx(row.mean), pytest.approx(row.expected)), who
        assert row.difference == pytest.approx(mean - expected)
        assert row.adjusted == pytest.approx(55.5 + mean - expected)
    assert ({"ann": 1, "bea": 2, "cid": 3}, "better", "worse") == (
        {row.key: row.rank for row in table.rows}, rows["ann"].verdict, rows["cid"].verdict,
    )  # fmt: skip
    assert ((LEVELS[0], 2 * MIN_CELL),) == rows["ann"].levels


def test_a_narrow_question_is_still_compared_with_everybody(store: Store) -> None:
    """Asking for one agent or team changes the rows, not what is usual."""
    fill_mix(store)
    everybody = {row.key: row for row in adjust_scores(store, "agent").rows}
    (ann,) = adjust_scores(store, "agent", CallFilter(agent=("ann",))).rows
    assert (everybody["ann"].difference, everybody["ann"].expected) == (ann.difference, ann.expected)
    assert ["red"] == [row.key for row in adjust_scores(store, "team", CallFilter(team=("red",))).rows]


def test_too_few_calls_of_a_kind_fall_back_to_a_coarser_kind(store: Store) -> None:
    """Other hours and other drivers count where a queue has few calls; the row says how far it went."""
    with store.write():
        for n in range(MIN_CELL):
            store.save_call(make(f"b{n}", agent="bea", score=60.0, started_at=at(n + 1, hour=n % 10 + 1)))
        for n in range(5):
            store.save_call(make(f"a{n}", agent="ann", score=70.0, started_at=at(n + 1, hour=20)))
            store.save_call(
                make(f"x{n}", agent="ann", score=70.0, queue="new", started_at=at(n + 1, hour=20))
            )
    row = next(row for row in adjust_scores(store, "agent").rows if row.key == "ann")
    assert ((LEVELS[1], 5), (LEVELS[3], 5)) == row.levels
    assert (60.0, 10.0, 10) == (row.expected, row.difference, row.n)


def test_calls_nobody_else_has_are_left_out(store: Store) -> None:
    """Alone in the archive there is nothing usual; calls without a score are counted too."""
    store.save_call(make("a", agent="ann", score=70.0))
    store.save_call(make("b", agent="ann", score=None))
    (row,) = adjust_scores(store, "agent").rows
    assert (0, 2, None, None, None, "too few calls") == (
        row.n, row.n_missing, row.mean, row.expected, row.rank, row.verdict,
    )  # fmt: skip


def test_another_measure_can_be_adjusted(store: Store) -> None:
    """Where less is better, the lowest difference comes first."""
    fill_mix(store)
    table = adjust_scores(store, "agent", form=TableForm(sort="flagged_share"))
    assert ("flagged_share", 0.0) == (table.measure, table.mean)


def test_nothing_found_says_what_would_widen(archive: Store) -> None:
    """As every question does."""
    assert "nearest is 'ann'" in str(adjust_scores(archive, "agent", CallFilter(agent=("anne",))).hint)
