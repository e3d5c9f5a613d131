"""Reviews, plans and searches of two databases stand in one afterwards, each with its own steps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.store import Store
from speechcx.store.decisions.review_disputes import acknowledge, dispute
from speechcx.store.decisions.saved_searches import save_search
from speechcx.store.decisions.trail_check import verify_trail
from speechcx.store.merging import Merged, Preference, merge_store
from tests.store.reviewing import answers, desk_of, fill, plan


@pytest.fixture
def other(empty: Path, tmp_path: Path) -> Iterator[Store]:
    """A second store."""
    shutil.copy(empty, tmp_path / "other.db")
    with Store.open(tmp_path / "other.db") as opened:
        opened.db.execute("PRAGMA synchronous = OFF")
        yield opened


def bring_in(store: Store, other: Store, preference: Preference | None = None) -> Merged:
    with store.write():
        return merge_store(store, other, preference=preference)


def review(store: Store, reviewer: str, call_id: str, **given: str) -> int:
    desk = desk_of(store)
    taken = desk.take_call(reviewer, call_id).review_id
    desk.answer(taken, reviewer, answers(**given))
    desk.submit(taken, reviewer)
    return taken


def ask(store: Store, sql: str) -> list[tuple[object, ...]]:
    return store.db.execute(sql).fetchall()


def test_reviews_of_both_stand_with_their_answers_and_steps(store: Store, other: Store) -> None:
    """Numbers are new, who answered what and when is not; every row is in the decision chain."""
    ids = fill(store)
    fill(other)
    review(store, "zoe", ids[0])
    taken = review(other, "yan", ids[0], polite="no")
    acknowledge(other, taken, "ann")
    merged = bring_in(store, other)
    assert (1, ()) == (merged.reviews, merged.disagreements)
    found = ask(store, "SELECT reviewer, state FROM reviews ORDER BY reviewer")
    assert [("yan", "acknowledged"), ("zoe", "submitted")] == found
    sql = "SELECT question, answer, at_s FROM review_answers JOIN reviews USING (review_id) WHERE reviewer = 'yan'"
    assert ask(other, sql) == ask(store, sql)
    steps = (
        "SELECT at, by, kind, question, answer FROM review_events JOIN reviews USING (review_id)"
        " WHERE reviewer = 'yan'"
    )
    assert ask(other, steps) == ask(store, steps)
    assert () == verify_trail(store).problems
    assert (0, ()) == ((again := bring_in(store, other)).reviews, again.disagreements)


def test_a_review_that_went_on_since_is_brought_up_to_date(
    store: Store, other: Store, tmp_path: Path
) -> None:
    """A step made later in the one comes to the other, in either direction."""
    (call_id, *_) = fill(other)
    taken = review(other, "yan", call_id)
    bring_in(store, other)
    dispute(other, taken, "ann", "not so")
    assert 1 == bring_in(store, other).reviews
    assert [("disputed",)] == ask(store, "SELECT state FROM reviews")
    assert () == verify_trail(store).problems


def test_plans_of_one_name_both_stand(store: Store, other: Store) -> None:
    """The second gets a number, its draws go with it, and it is known again the next time."""
    ids = fill(store)
    fill(other)
    plan(store, ids[:2])
    plan(other, ids[2:], reviews=2)
    merged = bring_in(store, other)
    assert ("the review plan march is march-2 here",) == merged.notes
    drawn = "SELECT p.name, d.call_id, d.reviews FROM review_draws d JOIN review_plans p USING (plan_id) ORDER BY 1, 2"
    assert sorted(
        [("march", ids[0], 1), ("march", ids[1], 1), ("march-2", ids[2], 2), ("march-2", ids[3], 2)]
    ) == ask(store, drawn)
    assert (0, ()) == ((again := bring_in(store, other)).plans, again.notes)


@pytest.mark.parametrize("wins", [True, False])
def test_one_person_reviewed_the_same_call_in_both(store: Store, other: Store, wins: bool) -> None:
    """It is told; the one that is preferred counts, and the other stays on record as released."""
    (call_id, *_) = fill(store)
    fill(other)
    review(store, "zoe", call_id, polite="yes")
    review(other, "zoe", call_id, polite="no")
    (found,) = bring_in_and_undo(store, other).disagreements
    assert ("review", call_id, "zoe reviewed it in both, by service-quality") == (
        found.about,
        found.key,
        found.what,
    )
    merged = bring_in(store, other, Preference(wins, frozenset([call_id])))
    assert () == merged.disagreements
    counting = (
        "SELECT a.answer FROM review_answers a JOIN reviews USING (review_id)"
        " WHERE state <> 'released' AND question = 'polite'"
    )
    assert [("no" if wins else "yes",)] == ask(store, counting)
    assert [("released",), ("submitted",)] == ask(store, "SELECT state FROM reviews ORDER BY 1")
    assert () == verify_trail(store).problems
    assert () == bring_in(store, other, Preference(False, frozenset([call_id]))).disagreements


def bring_in_and_undo(store: Store, other: Store) -> Merged:
    """What a merge would find."""
    store.db.execute("BEGIN IMMEDIATE")
    found = merge_store(store, other)
    store.db.execute("ROLLBACK")
    store.names.forget()
    return found


def test_saved_searches_of_one_name_both_stand(store: Store, other: Store) -> None:
    """The same search is there once; another of its name gets a number."""
    save_search(store, "quits", "cancel", "{}", who="mia")
    save_search(other, "quits", "leave", "{}", who="ann")
    assert 1 == bring_in(store, other).searches
    assert [("quits", "cancel"), ("quits-2", "leave")] == ask(
        store, "SELECT name, words FROM saved_searches ORDER BY 1"
    )
    assert 0 == bring_in(store, other).searches
