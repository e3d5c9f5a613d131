"""The decision chain: whatever something else than speechcx does to a decision shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from speechcx.store import RunInfo, RunTotals, Store
from speechcx.store.decisions.chain import find_broken, read_end
from speechcx.store.decisions.trail_check import verify_trail
from tests.store.tampering import DECISION_TABLES, keep_everything, list_tamperings, unguard
from tests.trust.figures import record


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every kind of decision, closed."""
    path = tmp_path_factory.mktemp("decided") / "calls.db"
    with Store.open(path, create=True) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        keep_everything(store)
    return path


def verify(path: Path) -> tuple[str, ...]:
    with Store.open(path, read_only=True) as store:
        return verify_trail(store).problems


def test_every_decision_is_covered_and_sound(decided: Path) -> None:
    """Each table of decisions holds rows, and the check finds nothing wrong with them."""
    assert () == verify(decided)
    with Store.open(decided, read_only=True) as store:
        counts = {
            table: store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in DECISION_TABLES
        }
    assert all(counts.values()), counts


def test_each_of_more_than_a_hundred_tamperings_is_found(decided: Path, tmp_path: Path) -> None:
    """Every column changed, rows removed, put in, swapped, cut off at the end, in every table of decisions."""
    missed, tried = [], 0
    for what, sql in list_tamperings(decided):
        copy = tmp_path / "copy.db"
        shutil.copy(decided, copy)
        db = unguard(copy)
        before = db.total_changes
        db.executescript(sql)
        assert db.total_changes > before, what
        db.close()
        tried += 1
        if not verify(copy):
            missed.append(what)
    record("tamperings with decisions", tried, bar="0", not_noticed=len(missed))
    assert tried >= 130
    assert [] == missed


def test_a_problem_is_told_in_words(decided: Path, tmp_path: Path) -> None:
    """The message names the row and what became of it."""
    copy = Path(shutil.copy(decided, tmp_path / "copy.db"))
    db = unguard(copy)
    db.execute("UPDATE flag_states SET status = 'dismissed' WHERE status = 'confirmed'")
    db.execute("DELETE FROM erasures")
    db.execute("DELETE FROM review_events WHERE event_id = 2")
    db.close()
    told = " | ".join(verify(copy))
    for part in (
        ":greeting was changed",
        "record of the erasure of call",
        "its mark is gone",
        "review step 2 was removed",
    ):
        assert part in told


def test_a_chain_cut_and_mended_everywhere_is_not_noticed_inside_the_file(
    decided: Path, tmp_path: Path
) -> None:
    """What one file cannot show: its whole put back to an older state. Its end, kept elsewhere, differs."""
    with Store.open(decided, read_only=True) as store:
        end = read_end(store.db)
    older = tmp_path / "older.db"
    with Store.open(older, create=True) as store:
        assert () == verify_trail(store).problems
        assert end != read_end(store.db)


def test_a_run_remembers_how_far_the_chain_reached(store: Store) -> None:
    """A second end that was set back with the chain is not enough: each finished run has noted it too."""
    keep_everything(store)
    store.close()
    db = unguard(store.path)
    db.executescript(
        "DELETE FROM review_plans; DELETE FROM review_draws; DELETE FROM review_shortfalls; DELETE FROM reviews;"
        "DELETE FROM review_questions; DELETE FROM review_events; DELETE FROM review_answers; DELETE FROM audit;"
        "DELETE FROM erasures; DELETE FROM flag_states; DELETE FROM decision_chain; DELETE FROM decision_chain_end"
    )
    db.close()
    assert any("run 1 saw" in problem for problem in verify(store.path))


def test_decisions_go_on_after_a_run(store: Store) -> None:
    """What a run noted stays right as the chain grows."""
    ids = keep_everything(store)
    run = store.ledger.begin_run(RunInfo())
    store.ledger.finish_run(run, RunTotals(), 0)
    store.delete_call(ids[0])
    assert [] == list(find_broken(store.db))
