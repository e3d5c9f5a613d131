from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx import batch
from speechcx.batch import Progress, RunOptions, plan_run, run, work_loop
from speechcx.errors import RunInProgress
from speechcx.present.runs import present_dry_run
from speechcx.store import Store
from speechcx.store.decisions.legal_holds import Held, set_hold
from speechcx.transcribe import TranscribeSettings
from tests.batch.conftest import Run
from tests.batch.folders import (
    call_name,
    content_hash,
    make_rulebook,
    make_settings,
    states,
    write_call,
    write_calls,
)


@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_every_call_is_kept_once(run_inbox: Run, inbox: Path, database: Path, executor: str) -> None:
    """A folder of calls becomes as many stored calls, with exit code 0."""
    write_calls(inbox, 12)
    summary = run_inbox(make_settings(executor))
    assert (summary.planned, summary.done, summary.failed, summary.exit_code) == (12, 12, (), 0)
    assert summary.audio_s == 12 * 60.0
    assert states(database) == {"done": 12}
    with Store.open(database, read_only=True) as store:
        assert len(list(store.iter_call_ids())) == 12


def test_order_and_workers_leave_no_trace(made_up: None, inbox: Path, tmp_path: Path, database: Path) -> None:
    """One, two or three workers, in one process or several: the same content."""
    write_calls(inbox, 20)
    write_call(inbox, 30, fault="call:truncated")
    found = set()
    for number, settings in enumerate(
        [make_settings("serial"), *(make_settings("processes", workers=n) for n in (1, 2, 3))]
    ):
        place = Path(shutil.copy(database, tmp_path / f"{number}.db"))
        assert run(place, [inbox], settings, make_rulebook()).done == 20
        found.add(content_hash(place))
    assert len(found) == 1


def test_the_second_run_opens_no_file(
    run_inbox: Run, inbox: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is hashed, claimed or analysed, and nothing changes."""
    write_calls(inbox, 30)
    write_call(inbox, 40, fault="call:truncated")
    (inbox / "nobody.wav").write_text("no agent, no time")
    first = run_inbox()
    assert (first.done, first.failed, first.needs_metadata, first.exit_code) == (
        30,
        (("truncated", 1),),
        1,
        3,
    )
    before = content_hash(database)
    monkeypatch.setattr(work_loop, "identify", lambda *_: pytest.fail("a file was opened"))
    again = run_inbox()
    assert (again.planned, again.done, again.skipped, again.needs_metadata) == (0, 0, 31, 1)
    assert again.exit_code == 0
    assert content_hash(database) == before


def test_new_files_are_added(run_inbox: Run, inbox: Path, database: Path) -> None:
    """The next night takes what has come."""
    write_calls(inbox, 3)
    run_inbox()
    write_call(inbox, 10)
    summary = run_inbox()
    assert (summary.planned, summary.done, summary.skipped) == (1, 1, 3)


def test_a_limit_leaves_the_rest(run_inbox: Run, inbox: Path, database: Path) -> None:
    """So many files now, the others next time; nobody is lost."""
    write_calls(inbox, 5)
    summary = run_inbox(limit=2)
    assert (summary.done, summary.beyond_limit) == (2, 3)
    assert run_inbox().done == 3


def test_copies_count_once(run_inbox: Run, inbox: Path, database: Path) -> None:
    """The same bytes under another name are noted and never looked at again."""
    path = write_call(inbox, 1)
    (inbox / call_name(2)).write_bytes(path.read_bytes())
    first = run_inbox()
    assert (first.done, first.duplicates, first.exit_code) == (1, 1, 0)
    (inbox / call_name(3)).write_bytes(path.read_bytes())
    second = run_inbox()
    assert (second.done, second.duplicates, second.skipped) == (0, 1, 2)
    assert run_inbox().planned == 0
    assert states(database) == {"done": 1, "duplicate": 2}


def test_a_moved_file_is_the_same_call(run_inbox: Run, inbox: Path, database: Path) -> None:
    """It is not analysed again."""
    path = write_call(inbox, 1)
    run_inbox()
    path.rename(inbox / call_name(2))
    summary = run_inbox()
    assert (summary.done, summary.duplicates) == (0, 1)


def test_a_copy_of_a_file_that_failed_waits_with_it(run_inbox: Run, inbox: Path, database: Path) -> None:
    """Bytes that cannot be analysed are tried under one name only."""
    path = write_call(inbox, 1, fault="call:damaged")
    run_inbox()
    (inbox / call_name(2)).write_bytes(path.read_bytes())
    summary = run_inbox()
    assert (summary.failed, summary.duplicates) == ((), 1)


def test_a_copy_takes_over_when_its_call_was_never_done(run_inbox: Run, inbox: Path, database: Path) -> None:
    """A duplicate of nothing is a call."""
    path = write_call(inbox, 1, fault="call:vanished")
    (inbox / call_name(2)).write_bytes(path.read_bytes())
    assert run_inbox().duplicates == 1
    path.unlink()
    (inbox / call_name(2)).write_text("call 2")
    assert run_inbox().done == 1


def test_empty_files_are_no_copies_of_each_other(run_inbox: Run, inbox: Path, database: Path) -> None:
    """Each empty file is its own loss."""
    for number in range(3):
        (inbox / call_name(number)).touch()
    summary = run_inbox()
    assert (summary.done, summary.duplicates) == (3, 0)


def test_new_bytes_under_an_old_name_are_a_new_call(run_inbox: Run, inbox: Path, database: Path) -> None:
    """The new version counts; the old one is kept apart."""
    path = write_call(inbox, 1)
    run_inbox()
    path.write_text("another call")
    os.utime(path, ns=(1, 1))
    assert run_inbox().done == 1
    with Store.open(database, read_only=True) as store:
        assert len(list(store.iter_call_ids())) == 1


def test_missing_metadata_is_named_and_given_later(run_inbox: Run, inbox: Path, database: Path) -> None:
    """The failure says which fields are missing; once they are there, the next run takes the call."""
    (inbox / "nobody.wav").write_text("call")
    assert run_inbox().needs_metadata == 1
    with Store.open(database) as store:
        [(kind, message)] = store.db.execute("SELECT kind, message FROM failures").fetchall()
    assert kind == "metadata_missing"
    assert message.startswith(
        "agent: missing: no sidecar nobody.json; no row in a calls table; no pattern fits"
    )
    assert ". started_at: missing: " in message
    (inbox / "nobody.wav").rename(inbox / call_name(1))
    assert run_inbox().done == 1


@pytest.mark.parametrize(
    ("kind", "taken_again"), [("truncated", 0), ("unreadable", 1), ("vanished", 1), ("no_speech", 0)]
)
def test_failures_are_taken_again_by_their_policy(
    run_inbox: Run, inbox: Path, kind: str, taken_again: int
) -> None:
    """What cannot get better by itself is left alone."""
    write_call(inbox, 1, fault=f"call:{kind}")
    assert run_inbox().failed == ((kind, 1),)
    assert run_inbox().planned == taken_again


def test_a_held_call_is_not_heard_again(run_inbox: Run, inbox: Path, database: Path) -> None:
    """Neither by ``--redo all`` nor when its file was moved; the summary and the plan name it and its hold."""
    write_calls(inbox, 2)
    run_inbox()
    first = inbox / call_name(0)
    with Store.open(database) as store:
        call_id = store.ledger.known_files()[os.fsencode(first)].call_id
        set_hold(store, "case-17", Held(call_id=call_id), who="lead", reason="claim")
        (before,) = store.db.execute("SELECT stored_at FROM calls WHERE call_id = ?", (call_id,)).fetchone()
    summary = run_inbox(redo="all")
    assert (1, ((str(first), "case-17"),)) == (summary.done, summary.held)
    planned = plan_run(database, [inbox], make_settings(), options=RunOptions(redo="all"))
    assert ((str(first), "case-17"),) == planned.held
    shown = "".join(str(part) for part in present_dry_run(planned, settle_s=0.0).blocks)
    assert "1 call is under a legal hold and not heard again" in shown
    first.rename(inbox / call_name(0, "bob"))
    run_inbox(redo="all")
    with Store.open(database, read_only=True) as store:
        (after,) = store.db.execute("SELECT stored_at FROM calls WHERE call_id = ?", (call_id,)).fetchone()
    assert before == after


@pytest.mark.parametrize(("redo", "planned"), [("none", 0), ("failed", 1), ("outdated", 0), ("all", 3)])
def test_redo_chooses(run_inbox: Run, inbox: Path, redo: str, planned: int) -> None:
    """Failed, outdated or all."""
    write_calls(inbox, 2)
    write_call(inbox, 9, fault="call:truncated")
    run_inbox()
    assert run_inbox(redo=redo).planned == planned


def test_other_settings_make_calls_outdated(run_inbox: Run, inbox: Path, database: Path) -> None:
    """``--redo outdated`` takes what was heard otherwise; without it, stored calls stay."""
    write_calls(inbox, 2)
    run_inbox()
    other = replace(make_settings(), transcribe=TranscribeSettings(engine="replay", language="de"))
    assert run_inbox(other).planned == 0
    assert run_inbox(other, redo="outdated").done == 2
    assert run_inbox(other, redo="outdated").planned == 0


def test_files_not_settled_are_ignored_with_their_reason(run_inbox: Run, inbox: Path) -> None:
    """A part of a download is no call yet."""
    write_calls(inbox, 1)
    (inbox / f"{call_name(5)}.part").write_text("x")
    summary = run_inbox()
    assert summary.done == 1
    assert sum(number for _, number in summary.ignored) == 1


def test_every_file_is_reported(run_inbox: Run, inbox: Path) -> None:
    """Progress counts from 0 to all, with what went wrong."""
    write_calls(inbox, 3)
    write_call(inbox, 9, fault="call:damaged")
    seen: list[Progress] = []
    run_inbox(seen=seen)
    assert [each.calls_done for each in seen if each.event != "taken"] == [0, 1, 2, 3, 4]
    assert sum(each.event == "taken" for each in seen) == 4
    assert {progress.calls_total for progress in seen} == {4}
    assert [p.failure.kind for p in seen if p.failure] == ["damaged"]


def test_a_dry_run_writes_nothing(made_up: None, inbox: Path, tmp_path: Path) -> None:
    """It tells what would be taken, waits and is ignored; there is no database after."""
    database = tmp_path / "none.db"
    write_calls(inbox, 3)
    (inbox / "nobody.wav").write_text("call")
    options = RunOptions(dry_run=True)
    summary = run(database, [inbox], make_settings(), make_rulebook(), options=options)
    assert (summary.planned, summary.needs_metadata, summary.run_id) == (3, 1, None)
    assert not database.exists()
    plan = plan_run(database, [inbox], make_settings())
    assert [file.why for file in plan.files] == ["new"] * 3


def test_two_runs_on_one_database_are_refused(run_inbox: Run, inbox: Path, database: Path) -> None:
    """The second says who holds it."""
    from speechcx.batch import hold_lock

    with hold_lock(database), pytest.raises(RunInProgress, match=f"process id {os.getpid()}"):
        run_inbox()


def test_the_run_is_written_down(run_inbox: Run, inbox: Path, database: Path) -> None:
    """With its numbers and exit code."""
    write_calls(inbox, 2)
    write_call(inbox, 9, fault="call:empty")
    summary = run_inbox()
    with Store.open(database) as store:
        row = store.db.execute(
            "SELECT run_id, planned, done, failed, exit_code, outcome, audio_s FROM runs"
        ).fetchall()
    assert row == [(summary.run_id, 3, 2, 1, 3, "finished", 120.0)]


def test_files_whose_names_are_not_utf8_are_taken(run_inbox: Run, inbox: Path, database: Path) -> None:
    """Bytes on disk stay bytes in the ledger."""
    path = os.fsencode(inbox) + b"/ann_c\xff_2025-03-04T09-00-00.wav"
    Path(os.fsdecode(path)).write_text("call")
    assert run_inbox().done == 1
    assert run_inbox().skipped == 1


def test_a_persons_relabelling_outlives_hearing_again(run_inbox: Run, inbox: Path, database: Path) -> None:
    """What a person said of who is who stays when a call is done again, and asks for no hearing by itself."""
    write_calls(inbox, 2)
    run_inbox()
    with Store.open(database) as store:
        call_id = next(store.iter_call_ids())
        batch.relabel(store, call_id, ("customer", "agent"), make_rulebook(), make_settings())
    assert run_inbox(redo="outdated").planned == 0
    assert run_inbox(redo="all").done == 2
    with Store.open(database) as store:
        details = store.load_conversation(call_id).recording.details
        assert (details.channels, details.is_relabelled) == (("customer", "agent"), True)
    assert run_inbox(redo="outdated").planned == 0


def test_the_oldest_recordings_go_first(run_inbox: Run, inbox: Path, database: Path) -> None:
    """A limit takes the backlog from its beginning, whatever the files are named."""
    for number, age in ((1, 10), (2, 30), (3, 20)):
        os.utime(write_call(inbox, number), ns=(0, (1000 - age) * 10**9))
    run_inbox(limit=1)
    with Store.open(database) as store:
        (call_id,) = store.iter_call_ids()
        assert store.ledger.find_paths(call_id)[0].endswith(call_name(2))
