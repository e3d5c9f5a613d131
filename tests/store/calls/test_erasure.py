"""Erased calls: nothing of them is left in any byte of the database, and they stay away."""

import random
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from speechcx.call import Call
from speechcx.store import FileStats, RunInfo, Store
from speechcx.store.calls.erasure import erase_call, find_erasure
from speechcx.store.decisions.audit import read_trail
from speechcx.store.decisions.flags import FlagChange, SeenFlag, read_state, set_flags
from speechcx.store.decisions.trail_check import verify_trail
from tests.factories import (
    make_assessment,
    make_conversation,
    make_failure,
    make_hit,
    make_recording,
    make_result,
    make_score,
)


def canary(rng: random.Random) -> str:
    """A word that stands nowhere else."""
    return "".join(rng.choices("bcdfghjklmnpqrstvwxz", k=12))


def make_marked(word: str, folder: Path) -> Call:
    """A call with the word in everything that is kept of it."""
    heard = make_conversation(
        [("ch0", 1.0, f"hello {word} here"), ("ch1", 4.0, f"cancel {word} cancel")],
        recording=make_recording(word, path=str(folder / f"{word}.wav"), customer=f"customer {word}",
                                 extras=(("note", f"note {word}"),)),
    )  # fmt: skip
    hit = make_hit(quote=f"cancel {word}")
    result = make_result(hits=(hit,), why=f'nearest: "cancel {word}"')
    return Call(heard, make_assessment(heard, results=(result,), scores=(make_score(),)))


def raw_bytes(store: Store) -> bytes:
    return b"".join(
        path.read_bytes() for path in store.path.parent.glob(f"{store.path.name}*") if path.is_file()
    ).lower()


def test_no_byte_of_fifty_erased_calls_is_left(store: Store, tmp_path: Path) -> None:
    """Words, names, evidence, decisions, paths: gone from file, log and index; other calls stay whole."""
    rng = random.Random(11)
    words = [canary(rng) for _ in range(50)]
    kept_words = [canary(rng) for _ in range(5)]
    run_id = store.ledger.begin_run(RunInfo())
    calls = {word: make_marked(word, tmp_path) for word in (*words, *kept_words)}
    for word, call in calls.items():
        store.ledger.save_outcome(run_id, call, FileStats(1, 1))
        newer = make_assessment(call.conversation, version="2", results=call.assessment.results)
        store.save_assessment(call.conversation.recording.id, newer)
        seen = SeenFlag(call.conversation.recording.id, "cancel-intent", "present", "e", "bank", "2")
        set_flags(
            store, [seen], FlagChange("escalated", reason=f"said {word}", due=date(2026, 1, 1)), who="mia"
        )
    store.db.execute("PRAGMA wal_checkpoint(PASSIVE)")
    before = raw_bytes(store)
    assert [] == [word for word in words if word.encode() not in before]
    for word in words:
        assert () == erase_call(store, calls[word].conversation.recording.id, who="mia", reason="asked for")
    assert store.compact()
    after = raw_bytes(store)
    assert [] == [word for word in words if word.encode() in after]
    assert [] == [word for word in kept_words if word.encode() not in after]
    assert all(
        calls[word].conversation == store.load_conversation(calls[word].conversation.recording.id)
        for word in kept_words
    )
    assert [] == store.db.execute("PRAGMA foreign_key_check").fetchall()
    assert [("ok",)] == store.db.execute("PRAGMA integrity_check").fetchall()
    assert verify_trail(store).broken_at is None


def test_that_it_was_erased_is_kept(store: Store, tmp_path: Path) -> None:
    """When, by whom, why; in the trail what was decided before is only that it was."""
    call = make_marked("quetzal", tmp_path)
    call_id = call.conversation.recording.id
    store.save_call(call)
    set_flags(store, [SeenFlag(call_id, "r", "present", "e", "b", "1")], FlagChange("confirmed"), who="zoe")
    erase_call(store, call_id, who="mia", reason="asked for")
    erasure = find_erasure(store, call_id)
    assert erasure is not None
    assert ("mia", "asked for") == (erasure.erased_by, erasure.reason)
    assert [("zoe", "flag", None), ("mia", "erase", '{"reason": "asked for"}')] == [
        (row.who, row.action, row.detail) for row in read_trail(store, call_id=call_id)
    ]
    assert read_state(store, call_id, "r") is None
    assert find_erasure(store, "0" * 16) is None


def test_an_erased_call_cannot_be_stored_again(store: Store, tmp_path: Path) -> None:
    """Whatever forgets to ask: the database refuses."""
    call = make_marked("quetzal", tmp_path)
    store.save_call(call)
    erase_call(store, call.conversation.recording.id, who="mia", reason="asked for")
    with pytest.raises(sqlite3.IntegrityError, match="was erased"):
        store.save_call(call)


def test_files_that_are_left_stay_known_and_others_are_forgotten(store: Store, tmp_path: Path) -> None:
    """A name may tell who called: it goes with the file."""
    call = make_marked("quetzal", tmp_path)
    there = tmp_path / "quetzal.wav"
    there.write_bytes(b"sound")
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.save_outcome(run_id, call, FileStats(1, 1))
    call_id = call.conversation.recording.id
    store.ledger.skip(
        run_id, str(tmp_path / "gone.wav"), FileStats(1, 1), reason="duplicate", call_id=call_id
    )
    assert (str(there),) == erase_call(store, call.conversation.recording.id, who="mia", reason="x")
    assert [(str(there), "skipped", "erased")] == store.db.execute(
        "SELECT path, state, reason FROM files"
    ).fetchall()
    there.unlink()
    assert () == erase_call(store, call.conversation.recording.id, who="mia", reason="x")
    assert [] == store.db.execute("SELECT path FROM files").fetchall()


def test_a_failed_call_can_be_erased(store: Store) -> None:
    """Its failure may name it."""
    failure = make_failure("bad")
    assert failure.recording is not None
    store.ledger.save_outcome(store.ledger.begin_run(RunInfo()), failure, FileStats(1, 1))
    erase_call(store, failure.recording.id, who="mia", reason="x")
    assert [] == store.db.execute("SELECT * FROM failures").fetchall()
    assert find_erasure(store, failure.recording.id) is not None
