import os
from pathlib import Path

import pytest

from speechcx.call import Failure
from speechcx.store import FileStats, KnownFile, RunInfo, RunTotals, Store, digest_details
from tests.factories import make_call, make_details, make_failure, make_recording

STATS = FileStats(100, 7, 1, 2)


@pytest.fixture
def run_id(store: Store) -> int:
    return store.ledger.begin_run(RunInfo(listen_digest="L", rulebook_digest="R", workers=2, paths=("/in",)))


def known(store: Store, path: str) -> KnownFile:
    return store.ledger.known_files()[os.fsencode(path)]


def attempts(store: Store) -> list[tuple[object, ...]]:
    return store.db.execute(
        "SELECT run_id, outcome, kind, ended_at IS NULL FROM attempts ORDER BY attempt_id"
    ).fetchall()


def test_a_call_goes_from_claimed_to_done(store: Store, run_id: int) -> None:
    """After it is done the ledger knows what a run needs to leave it alone."""
    call = make_call("x")
    recording = call.conversation.recording
    store.ledger.claim(run_id, recording, STATS)
    assert ("claimed", 1, run_id) == (
        known(store, recording.path).state,
        known(store, recording.path).attempts,
        run_id,
    )
    store.ledger.save_outcome(run_id, call, STATS)
    wanted = KnownFile(
        100, 7, recording.id, "done", None, 1, "0" * 16, call.assessment.digest, digest_details(recording.details),
        0, run_id,
    )  # fmt: skip
    assert wanted == known(store, recording.path)
    assert [(run_id, "done", None, 0)] == attempts(store)
    assert call == store.load(recording.id)


def test_a_claim_that_was_never_saved_is_taken_again_and_counted(store: Store, run_id: int) -> None:
    """A run that died on a call leaves it claimed; the next one finds it, and both attempts stay."""
    call = make_call("x")
    recording = call.conversation.recording
    store.ledger.claim(run_id, recording, STATS)
    second = store.ledger.begin_run(RunInfo())
    left = known(store, recording.path)
    assert ("claimed", run_id, 1) == (left.state, left.run_id, left.attempts)
    store.ledger.claim(second, recording, STATS)
    store.ledger.save_outcome(second, call, STATS)
    assert [(run_id, "interrupted", None, 1), (second, "done", None, 0)] == attempts(store)
    assert 2 == known(store, recording.path).attempts
    assert [("interrupted",), (None,)] == store.db.execute("SELECT outcome FROM runs").fetchall()


@pytest.mark.parametrize(
    ("kind", "given", "state"),
    [
        ("empty", None, "failed"),
        ("metadata_missing", None, "needs_metadata"),
        ("duplicate", None, "duplicate"),
        ("worker_died", "quarantined", "quarantined"),
    ],
)
def test_a_failure_is_kept_with_its_kind(
    store: Store, run_id: int, kind: str, given: str | None, state: str
) -> None:
    """Its state follows from the kind, or from who saves it; the settings it failed under are known."""
    failure = make_failure("bad", kind)
    store.ledger.save_outcome(run_id, failure, STATS, state=given)  # type: ignore[arg-type]
    found = known(store, failure.path)
    assert (state, kind, "L") == (found.state, found.kind, found.listen_digest)
    row = store.db.execute("SELECT stage, kind, message, cure FROM failures").fetchall()
    assert [("audio", kind, failure.message, failure.cure)] == row
    assert [(run_id, state, kind, 0)] == attempts(store)


def test_a_success_removes_the_failure(store: Store, run_id: int) -> None:
    """Failures are those of now; what was stays in the attempts."""
    call = make_call("x")
    recording = call.conversation.recording
    store.ledger.save_outcome(run_id, make_failure("x", "timeout"), STATS)
    store.ledger.claim(run_id, recording, STATS)
    store.ledger.save_outcome(run_id, call, STATS)
    assert [] == store.db.execute("SELECT * FROM failures").fetchall()
    assert ["failed", "done"] == [row[1] for row in attempts(store)]


def test_a_failure_of_unread_bytes_needs_no_recording(store: Store, run_id: int) -> None:
    """A file that could not be opened has a path and nothing else."""
    store.ledger.save_outcome(
        run_id, make_failure("x", "unreadable", recording=None, path="/in/x.wav"), STATS
    )
    assert (None, "failed") == (known(store, "/in/x.wav").call_id, known(store, "/in/x.wav").state)


def test_a_name_that_is_not_utf8_is_found_again(store: Store, run_id: int) -> None:
    """Byte for byte, with odd words in the message too."""
    path = "/in/\udcff\udcfe.wav"
    failure = Failure(None, path, "audio", "not_audio", f"found {path}", "move it")
    store.ledger.save_outcome(run_id, failure, STATS)
    assert [b"/in/\xff\xfe.wav"] == list(store.ledger.known_files())


def test_attempts_count_until_the_bytes_are_new_or_a_retry_is_asked(store: Store, run_id: int) -> None:
    """Three tries are three, whatever run they are in; new bytes, or a person, start anew."""
    recording = make_recording("x")
    for expected in (1, 2, 3):
        store.ledger.claim(run_id, recording, STATS)
        store.ledger.save_outcome(run_id, make_failure("x", "worker_died"), STATS)
        assert expected == known(store, recording.path).attempts
    assert 1 == store.ledger.retry(call_ids=[recording.id])
    assert (0, 1) == (known(store, recording.path).attempts, known(store, recording.path).retry_asked)
    store.ledger.claim(run_id, recording, STATS)
    assert (1, 0) == (known(store, recording.path).attempts, known(store, recording.path).retry_asked)
    store.ledger.claim(run_id, make_recording("other", path=recording.path), FileStats(5, 5))
    assert 1 == known(store, recording.path).attempts


def test_retries_are_chosen_by_call_kind_or_path(store: Store, run_id: int) -> None:
    """Several ways of naming add up; naming nothing means all that failed."""
    for name, kind in (("a", "empty"), ("b", "timeout"), ("c", "damaged")):
        store.ledger.save_outcome(run_id, make_failure(name, kind), STATS)
    store.ledger.save_outcome(run_id, make_call("fine"), STATS)
    assert 2 == store.ledger.retry(kinds=["empty"], paths=["/recordings/b.wav"])
    asked = [path for path, file in store.ledger.known_files().items() if file.retry_asked]
    assert [b"/recordings/a.wav", b"/recordings/b.wav"] == asked
    assert 0 == store.ledger.retry(kinds=["model_bad"])
    assert 3 == store.ledger.retry()


def test_seen_files_are_noted_and_known_ones_left_alone(store: Store, run_id: int) -> None:
    """A file that is done stays done until its size or time says otherwise."""
    call = make_call("x")
    path = call.conversation.recording.path
    store.ledger.save_outcome(run_id, call, STATS)
    store.ledger.note_seen(run_id, [(path, STATS), ("/in/new.wav", STATS)])
    assert ("done", "seen") == (known(store, path).state, known(store, "/in/new.wav").state)
    store.ledger.note_seen(run_id, [(path, FileStats(101, 8))])
    assert ("seen", 101) == (known(store, path).state, known(store, path).size_bytes)


def test_a_skipped_file_says_why(store: Store, run_id: int) -> None:
    """Skipping takes a failure away: the file is no longer tried."""
    store.ledger.save_outcome(run_id, make_failure("x"), STATS)
    store.ledger.skip(run_id, "/recordings/x.wav", STATS, reason="still_growing")
    found = known(store, "/recordings/x.wav")
    assert ("skipped", "still_growing") == (found.state, found.kind)
    assert [] == store.db.execute("SELECT * FROM failures").fetchall()


def test_the_same_bytes_under_several_paths_are_one_call(store: Store, run_id: int) -> None:
    """Two files, one call, and the call knows both."""
    call = make_call("x")
    recording = call.conversation.recording
    store.ledger.save_outcome(run_id, call, STATS)
    store.ledger.skip(run_id, "/in/copy.wav", STATS, reason="duplicate", call_id=recording.id)
    assert "duplicate" == known(store, "/in/copy.wav").state
    assert (recording.path, "/in/copy.wav") == store.ledger.find_paths(recording.id)
    assert 1 == store.db.execute("SELECT count(*) FROM calls").fetchone()[0]


def test_a_run_writes_down_what_it_did(store: Store, run_id: int) -> None:
    """Numbers for status, and the exit code."""
    store.ledger.finish_run(run_id, RunTotals(5, 3, 1, 1, 360.5, 12.25), 3)
    row = store.db.execute(
        "SELECT planned, done, failed, skipped, audio_s, elapsed_s, exit_code, outcome, listen_digest, workers, paths"
        " FROM runs"
    ).fetchone()
    assert (5, 3, 1, 1, 360.5, 12.25, 3, "finished", "L", 2, '["/in"]') == row


def test_a_call_that_cannot_be_kept_stays_claimed(store: Store, run_id: int) -> None:
    """One transaction: a row that is refused leaves neither half a call nor a file that is done."""
    call = make_call("x")
    recording = call.conversation.recording
    store.ledger.claim(run_id, recording, STATS)
    store.db.execute("CREATE TEMP TRIGGER no AFTER INSERT ON scores BEGIN SELECT raise(ABORT, 'full'); END")
    with pytest.raises(Exception, match="full"):
        store.ledger.save_outcome(run_id, call, STATS)
    assert "claimed" == known(store, recording.path).state
    assert [(0, 0)] == store.db.execute(
        "SELECT (SELECT count(*) FROM calls), (SELECT count(*) FROM turns_data)"
    ).fetchall()
    store.db.execute("DROP TRIGGER no")
    store.ledger.save_outcome(run_id, call, STATS)
    assert call == store.load(recording.id)


def test_the_digest_of_details_leaves_out_where_they_came_from() -> None:
    """A moved sidecar is no news; another queue is."""
    base = digest_details(make_details())
    assert base == digest_details(make_details(sources=(("agent", "calls.csv"),)))
    assert base != digest_details(make_details(queue="other"))
    assert digest_details(make_details(agent="a\udcff")) != base


def test_ten_thousand_files_are_known_by_one_query(store: Store, run_id: int, tmp_path: Path) -> None:
    """The ledger is read whole, not file by file."""
    store.ledger.note_seen(run_id, ((f"/in/{n}.wav", STATS) for n in range(10_000)))
    asked: list[str] = []
    store.db.set_trace_callback(asked.append)
    assert 10_000 == len(store.ledger.known_files())
    assert 1 == len(asked)


def test_a_relabelled_call_does_not_look_changed_at_its_source(store: Store, run_id: int) -> None:
    """A corrected sidecar is news to the ledger; channels that a person named are not."""
    call = make_call("x")
    recording = call.conversation.recording
    store.ledger.save_outcome(run_id, call, STATS)
    before = known(store, recording.path).details_digest
    relabelled = make_details(channels=("customer", "agent"), sources=(("channels", "relabel"),))
    store.update_details(recording.id, relabelled)
    assert before == known(store, recording.path).details_digest
    corrected = make_details(queue="sales")
    store.update_details(recording.id, corrected)
    assert digest_details(corrected) == known(store, recording.path).details_digest
