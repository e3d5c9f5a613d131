"""Tests of what a person corrects afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from speechcx import batch
from speechcx.batch import retry_failures
from speechcx.call import Call
from speechcx.errors import CallError, RunInProgress, UsageError
from speechcx.store import Store
from speechcx.store.decisions.audit import AuditEntry, add_entries
from tests import factories
from tests.batch.conftest import Run
from tests.batch.folders import call_name, known, make_rulebook, make_settings, write_call, write_calls
from tests.store.calls.test_file_versions import record


@pytest.fixture
def failed(run_inbox: Run, inbox: Path) -> Path:
    """An inbox of two calls that failed for good, and two that are done."""
    write_calls(inbox, 2)
    path = write_call(inbox, 8, fault="call:truncated")
    write_call(inbox, 9, fault="call:damaged")
    run_inbox()
    return path


def test_all_failures_are_taken_again(failed: Path, run_inbox: Run, database: Path) -> None:
    """Whatever their policy; once."""
    with Store.open(database) as store:
        assert retry_failures(store) == 2
    assert run_inbox().failed_calls == 2
    assert run_inbox().planned == 0


@pytest.mark.parametrize("choice", ["kinds", "paths", "call_ids"])
def test_chosen_failures_are_taken_again(failed: Path, run_inbox: Run, database: Path, choice: str) -> None:
    """By kind, file or call."""
    chosen = {"kinds": "truncated", "paths": str(failed), "call_ids": known(database)[failed.name].call_id}
    with Store.open(database) as store:
        assert retry_failures(store, **{choice: [chosen[choice]]}) == 1  # type: ignore[arg-type]
    assert run_inbox().failed == (("truncated", 1),)


def test_quarantine_can_be_ended(run_inbox: Run, inbox: Path, database: Path) -> None:
    """A call that cost its workers is tried again when a person asks for it."""
    bad = write_call(inbox, 1, fault="kill:9")
    run_inbox(make_settings("processes"))
    assert known(database)[bad.name].state == "quarantined"
    with Store.open(database) as store:
        assert retry_failures(store, kinds=["worker_died"]) == 1
    bad.with_name(f"{bad.name}.tried").touch()
    assert run_inbox(make_settings("processes")).planned == 1


def test_an_unknown_kind_is_refused(failed: Path, database: Path) -> None:
    """With the kinds there are."""
    with Store.open(database) as store, pytest.raises(UsageError, match=r"'trunkated'[\s\S]*truncated"):
        retry_failures(store, kinds=["trunkated"])


@pytest.fixture
def stored(database: Path) -> tuple[Store, str]:
    """A store with one call."""
    store = Store.open(database)
    call = factories.make_call()
    store.save_call(call)
    return store, call.conversation.recording.id


def test_a_persons_word_goes_before_every_guess(stored: tuple[Store, str]) -> None:
    """Named parties become the roles, with full confidence, and stay after another judging."""
    store, call_id = stored
    roles = batch.relabel(store, call_id, ("customer", "agent"), make_rulebook(), make_settings())
    assert [("customer", 1.0, "relabel"), ("agent", 1.0, "relabel")] == [
        (role.party, role.confidence, role.how) for role in roles
    ]
    batch.rejudge(store, make_rulebook(version=2), make_settings())
    assert roles == store.load(call_id).assessment.reading.roles


def test_wrong_number_of_parties_changes_nothing(stored: tuple[Store, str]) -> None:
    """A party too few is refused, and the call is as it was."""
    store, call_id = stored
    before = store.load(call_id)
    with pytest.raises(UsageError, match="one for each of its 2 speakers"):
        batch.relabel(store, call_id, ("agent",), make_rulebook(), make_settings())
    assert before == store.load(call_id)


def test_relabelling_waits_for_no_run(stored: tuple[Store, str]) -> None:
    """While a run holds the database, relabelling says so."""
    store, call_id = stored
    with batch.hold_lock(store.path), pytest.raises(RunInProgress):
        batch.relabel(store, call_id, None, make_rulebook(), make_settings())


def test_a_stored_call_that_cannot_be_read_is_told(stored: tuple[Store, str]) -> None:
    """With its id and what to do; nothing of it changes."""
    store, call_id = stored
    store.db.execute("UPDATE turns_data SET words = x'ff'")
    with pytest.raises(
        CallError, match=rf"call {call_id} cannot be read as it is stored[\s\S]*check"
    ) as told:
        batch.relabel(store, call_id, None, make_rulebook(), make_settings())
    assert told.value.exit_code == 3


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


def test_other_recordings_of_an_erased_call_are_erased_with_it(database: Path) -> None:
    """A mono copy beside the stereo file, and a copy of that: no recording of the call keeps the customer's words."""
    with Store.open(database) as store:
        for name in ("stereo", "mono", "trunk", "another"):
            heard = factories.make_conversation(
                recording=factories.make_recording(name, path=f"/in/{name}.wav")
            )
            store.save_call(Call(heard, factories.make_assessment(heard)))
        ids = {str(store.load_conversation(one).recording.path): one for one in store.iter_call_ids()}
        stereo, mono, trunk, another = (
            ids[f"/in/{name}.wav"] for name in ("stereo", "mono", "trunk", "another")
        )
        for this, behind in ((mono, stereo), (trunk, mono)):
            store.db.execute("UPDATE calls SET superseded_by = ? WHERE call_id = ?", (behind, this))
        erased = batch.erase(store, [stereo], who="mia", reason="asked for", compact=False)
        assert {stereo, mono, trunk} == set(erased.call_ids)
        assert [False, False, False, True] == [store.has_call(one) for one in (stereo, mono, trunk, another)]


def test_erasing_a_copy_erases_the_recording_that_counts(database: Path) -> None:
    """Whichever recording of a call somebody names, no other one keeps the customer's words."""
    with Store.open(database) as store:
        stereo, mono = record(store, "stereo"), record(store, "mono", channels=1)
        other = record(store, "other", customer="c-18")
        erased = batch.erase(store, [mono], who="mia", reason="asked for", compact=False)
        assert {stereo, mono} == set(erased.call_ids)
        assert [False, False, True] == [store.has_call(one) for one in (stereo, mono, other)]


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
        entry = AuditEntry("export", call_id, None, {"to": "case-17", "manifest_sha256": "0"})
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
