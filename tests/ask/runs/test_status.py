from dataclasses import replace
from pathlib import Path

from speechcx.ask.runs.status import read_status
from speechcx.store import FileStats, RunInfo, RunTotals, Store
from tests.ask.archive import at, make
from tests.factories import make_call, make_failure, make_recording
from tests.imports.exports import import_text


def test_an_empty_database_has_no_run(store: Store) -> None:
    """Zeros where nothing is counted, None where nothing is known."""
    status = read_status(store)
    assert (None, 0, (), 0, None, None) == (
        status.run, status.calls, status.files, status.backlog, status.oldest_waiting, status.first_day,
    )  # fmt: skip
    assert status.size_bytes > 0


def test_status_counts_files_runs_and_calls(store: Store) -> None:
    """What is done, what waits and which waits longest, what failed, what was done twice."""
    killed = store.ledger.begin_run(RunInfo())
    store.ledger.claim(killed, make_recording("left"), FileStats(1, 50))
    run_id = store.ledger.begin_run(RunInfo(workers=2))
    store.ledger.save_outcome(run_id, make_call("x"), FileStats(1, 1))
    store.ledger.save_outcome(run_id, make_failure("bad"), FileStats(1, 1))
    store.ledger.note_seen(run_id, [("/in/new.wav", FileStats(1, 70)), ("/in/old.wav", FileStats(1, 20))])
    store.ledger.finish_run(run_id, RunTotals(4, 1, 1, 0, 60.0, 2.0), 3)
    status = read_status(store)
    assert (1, 60.0, 1, 1, "2025-03-04") == (
        status.calls, status.audio_s, status.flagged_calls, status.redone, status.last_day,
    )  # fmt: skip
    assert {"done": 1, "failed": 1, "claimed": 1, "seen": 2} == dict(status.files)
    assert (3, "/in/old.wav") == (status.backlog, status.oldest_waiting)
    assert [("empty", 1)] == [(count.kind, count.n) for count in status.failures]
    assert status.run is not None
    assert (run_id, "finished", 3, 30.0, 2) == (
        status.run.run_id, status.run.outcome, status.run.exit_code, status.run.times_realtime, status.run.workers,
    )  # fmt: skip
    assert 1 == status.interrupted_runs


def test_calls_that_a_run_would_hear_otherwise_are_outdated(store: Store) -> None:
    """By the digest they were heard under; nothing is said where none is given to compare with."""
    first, second = make_call("first"), make_call("second")
    made = replace(second.conversation.provenance, settings_digest="0123456789abcdef")
    store.save_call(first)
    store.save_call(replace(second, conversation=replace(second.conversation, provenance=made)))
    assert (1, None) == (
        read_status(store, listen_digest="0123456789abcdef").outdated, read_status(store).outdated,
    )  # fmt: skip


def test_a_retry_that_was_asked_for_waits(store: Store) -> None:
    """It belongs to what the next run takes."""
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.save_outcome(run_id, make_failure("bad"), FileStats(1, 1))
    assert 0 == read_status(store).backlog
    store.ledger.retry()
    assert 1 == read_status(store).backlog


def test_replaced_calls_are_counted_apart(store: Store) -> None:
    """They are kept, and count for nothing."""
    store.save_call(make_call("x"))
    store.db.execute("UPDATE calls SET superseded_by = 'y'")
    status = read_status(store)
    assert (0, 1, 0.0) == (status.calls, status.superseded, status.audio_s)


def test_status_of_a_path_is_that_of_the_store(store: Store) -> None:
    """The command gives a path."""
    store.save_call(make_call("x"))
    assert replace(read_status(store), size_bytes=0) == replace(read_status(store.path), size_bytes=0)


def test_a_night_is_reconciled_where_there_are_call_records(store: Store, tmp_path: Path) -> None:
    """Nothing without records; else the gaps of the days of the last run's calls."""
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.save_outcome(run_id, make("one", agent="ann", started_at=at(3)), FileStats(1, 1))
    store.ledger.finish_run(run_id, RunTotals(1, 1, 0, 0, 60.0, 2.0), 0)
    assert read_status(store).reconciled is None
    head = "call_id,start,agent,outcome,talk\n"
    import_text(
        store,
        tmp_path,
        "calls",
        f"{head}1,2025-03-03 12:00:00,bob,answered,60\n2,2025-03-09 12:00:00,x,answered,1\n",
    )
    found = read_status(store).reconciled
    assert found is not None
    assert (found.first_day, found.last_day, found.records, found.matched) == (
        "2025-03-03",
        "2025-03-03",
        1,
        0,
    )
    assert found.counts == (("no_recording", 1), ("no_record", 1))
