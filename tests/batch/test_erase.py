"""Erasing calls: under the lock, and for good."""

import shutil
from pathlib import Path

import pytest

from speechcx import batch
from speechcx.errors import RunInProgress, UsageError
from speechcx.store import Store
from speechcx.store.decisions.audit import Entry, add_entries
from tests import factories
from tests.batch.conftest import Run
from tests.batch.folders import call_name


def test_an_erased_call_is_never_taken_again(run_inbox: Run, inbox: Path, database: Path) -> None:
    """Not by a run, not when everything is redone, not as a copy under another name; other files are."""
    for number in range(3):
        (inbox / call_name(number)).write_bytes(b"sound of call %d" % number)
    assert 3 == run_inbox().done
    with Store.open(database) as store:
        call_id = next(iter(store.iter_call_ids()))
        path = store.load_conversation(call_id).recording.path
        erased = batch.erase(store, [call_id], who="mia", reason="asked for")
    assert ((call_id,), (path,), True, True) == (
        erased.call_ids, erased.recordings, erased.is_compacted, erased.is_log_empty
    )  # fmt: skip
    shutil.copy(path, inbox / call_name(7))
    assert (0, 3) == (run_inbox().done, run_inbox().skipped - 1)
    assert 2 == run_inbox(redo="all").done
    with Store.open(database) as store:
        assert not store.has_call(call_id)
        states = dict(store.db.execute("SELECT path, reason FROM files WHERE reason IS NOT NULL"))
    assert {path: "erased", str(inbox / call_name(7)): "erased"} == states


def test_erasing_waits_for_no_run(database: Path) -> None:
    """A run may hold the very call; and who erases must say why."""
    with Store.open(database) as store:
        store.save_call(factories.make_call())
        call_id = next(iter(store.iter_call_ids()))
        with batch.hold_lock(database), pytest.raises(RunInProgress):
            batch.erase(store, [call_id], who="mia", reason="x")
        with pytest.raises(UsageError, match="--reason"):
            batch.erase(store, [call_id], who="mia", reason="  ")
        assert store.has_call(call_id)


def test_evidence_folders_are_named(database: Path) -> None:
    """They hold its words, and are nobody's but their reader's."""
    with Store.open(database) as store:
        store.save_call(factories.make_call())
        (call_id,) = store.iter_call_ids()
        entry = Entry("export", call_id, None, {"to": "case-17", "manifest_sha256": "0"})
        add_entries(store, "mia", [entry, entry], at="2026-03-01T00:00:00.000Z")
        erased = batch.erase(store, [call_id], who="mia", reason="x", compact=False)
    assert (("case-17", "2026-03-01T00:00:00.000Z"),) == erased.exports


def test_backups_that_hold_its_words_are_named(database: Path) -> None:
    """They are files of their own, which nobody rewrites."""
    backup = database.with_name(f"{database.name}.schema-0004.bak")
    shutil.copy(database, backup)
    with Store.open(database) as store:
        store.save_call(factories.make_call())
        erased = batch.erase(store, list(store.iter_call_ids()), who="mia", reason="x", compact=False)
    assert ((str(backup),), False, False) == (erased.backups, erased.is_compacted, erased.is_log_empty)


def test_a_reader_keeps_the_log(database: Path) -> None:
    """Then it cannot be emptied, and the answer says so."""
    with Store.open(database) as store, Store.open(database, read_only=True) as reader:
        store.save_call(factories.make_call())
        reader.db.execute("BEGIN")
        reader.db.execute("SELECT count(*) FROM calls").fetchone()
        store.db.execute("PRAGMA busy_timeout = 50")
        assert not batch.erase(store, list(store.iter_call_ids()), who="mia", reason="x").is_log_empty
