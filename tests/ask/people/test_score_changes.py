"""Tests of scores that would move."""

from __future__ import annotations

from speechcx.ask.people.score_changes import move_scores
from speechcx.score import CallStanding, CardStanding
from speechcx.store import Store


def stand(
    score: float | None, *, critical: bool = False, flagged: bool = False, card: str = "q"
) -> CallStanding:
    """How a call counts."""
    return CallStanding((CardStanding(card, score, critical),), flagged)


def ids_of(store: Store, agent: str) -> list[str]:
    """Calls of an agent."""
    return [row[0] for row in store.db.execute("SELECT call_id FROM calls WHERE agent = ?", (agent,))]


def test_means_before_and_after_by_agent_team_and_center(archive: Store) -> None:
    """A mean is of the calls that have a score on that side; only calls that were asked count."""
    ann, cid = ids_of(archive, "ann")[:2], ids_of(archive, "cid")[:2]
    moves = move_scores(archive, {
        ann[0]: (stand(80.0), stand(40.0, critical=True, flagged=True)),
        ann[1]: (stand(60.0), stand(None, critical=True)),
        cid[0]: (stand(50.0, flagged=True), stand(50.0)),
        cid[1]: (stand(None), stand(90.0)),
    })  # fmt: skip
    rows = {(move.by, move.key): move for move in moves}
    assert {
        ("all", None), ("center", "Leeds"), ("center", "Porto"), ("team", "blue"), ("team", "red"), ("agent", "ann"),
        ("agent", "cid"),
    } == set(rows)  # fmt: skip
    one = rows["agent", "ann"]
    assert (70.0, 40.0, -30.0, 2, 1) == (
        one.score_before,
        one.score_after,
        one.change,
        one.n_before,
        one.n_after,
    )
    assert (1.0, 0.0, 0, 1) == (
        one.critical_before,
        one.critical_after,
        one.flagged_before,
        one.flagged_after,
    )
    assert (rows["team", "blue"].change, rows["center", "Leeds"].change) == (-30.0, -30.0)
    assert (50.0, 70.0, 1, 0) == (
        rows["agent", "cid"].score_before, rows["agent", "cid"].score_after, rows["agent", "cid"].flagged_before,
        rows["agent", "cid"].flagged_after,
    )  # fmt: skip
    assert ["all", "center", "center", "team", "team", "agent", "agent"] == [move.by for move in moves]
    assert ["ann", "cid"] == [move.key for move in moves if move.by == "agent"]


def test_a_scorecard_that_comes_or_goes_has_one_side(archive: Store) -> None:
    """No score is None, never 0."""
    call = ids_of(archive, "bea")[0]
    new, old = (move for move in move_scores(archive, {call: (stand(10.0, card="old"), stand(20.0, card="new"))})
                if move.by == "agent")  # fmt: skip
    assert ("new", None, 20.0, None) == (new.scorecard, new.score_before, new.score_after, new.change)
    assert ("old", 10.0, None, None) == (old.scorecard, old.score_before, old.score_after, old.change)


def test_flags_move_without_any_scorecard(archive: Store) -> None:
    """And nothing asked is no row."""
    call = ids_of(archive, "bea")[0]
    (everything, *_) = move_scores(
        archive, {call: (CallStanding((), flagged=False), CallStanding((), flagged=True))}
    )
    assert ("", "all", 0, 1, True) == (
        everything.scorecard, everything.by, everything.flagged_before, everything.flagged_after, everything.moves
    )  # fmt: skip
    assert () == move_scores(archive, {})
