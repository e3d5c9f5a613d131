"""What a run does when something goes wrong: workers lost, weights missing, disks full, a person who stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.batch import Progress, capacity, run, work_loop
from speechcx.call import Recording
from speechcx.errors import ConfigError, DiskLow, Interrupted, ModelMissing
from speechcx.store import Store, busy
from speechcx.transcribe import TranscribeSettings
from tests.batch.conftest import Run
from tests.batch.folders import (
    known,
    make_rulebook,
    make_settings,
    states,
    write_call,
    write_calls,
)
from tests.faults import calls


def test_a_fault_of_our_own_makes_the_exit_code_1(run_inbox: Run, inbox: Path, database: Path) -> None:
    """An unexpected exception is one failed call, with its place and without its words."""
    write_calls(inbox, 2)
    write_call(inbox, 9, fault="raise")
    summary = run_inbox()
    assert (summary.done, summary.failed, summary.exit_code) == (2, (("internal", 1),), 1)
    with Store.open(database) as store:
        [(message, detail)] = store.db.execute("SELECT message, detail FROM failures").fetchall()
    assert "in raise_fault" in detail
    assert "4929" not in message + detail


@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_answers_that_cannot_be_kept_cost_themselves_only(
    run_inbox: Run, inbox: Path, database: Path, executor: str
) -> None:
    """Whatever a worker gives back, the night goes on: it is kept, or it is one failure with its stage."""
    write_calls(inbox, 5)
    odd = {
        write_call(inbox, 10 + number, fault=f"odd:{kind}").name: kind
        for number, kind in enumerate(calls.ODD)
    }
    write_call(inbox, 59)
    seen: list[Progress] = []
    summary = run_inbox(make_settings(executor), seen=seen)
    assert summary.done + summary.failed_calls == 6 + len(odd)
    assert summary.stopped_by == ""
    assert seen[-1].calls_done == 6 + len(odd)
    found = known(database)
    assert {found[path.name].state for path in inbox.iterdir() if path.name not in odd} == {"done"}
    with Store.open(database) as store:
        rows = dict(
            store.db.execute("SELECT path, stage FROM failures JOIN files USING (file_id)").fetchall()
        )
        assert store.db.execute("SELECT count(*) FROM attempts WHERE ended_at IS NULL").fetchone() == (0,)
        assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []
    stages = {odd[Path(path).name]: stage for path, stage in rows.items()}
    for name, kind in odd.items():
        assert found[name].state == ("failed" if kind in stages else "done"), kind
    assert {
        kind: stages[kind] for kind in ("level NaN", "year 1", "no call at all", "text that is none")
    } == (dict.fromkeys(("level NaN", "year 1", "no call at all", "text that is none"), "save"))


def test_a_call_that_cannot_be_kept_leaves_its_old_rows_whole(
    run_inbox: Run, inbox: Path, database: Path
) -> None:
    """The transaction of the bad one rolls back wholly."""
    path = write_call(inbox, 1)
    run_inbox()
    before = Path(database).read_bytes()
    with Store.open(database) as store:
        [call_id] = store.iter_call_ids()
        old = store.load(call_id)
        bad = calls.ODD["year 1"](old)
        with pytest.raises(OverflowError):
            store.save_call(bad)
        assert store.load(call_id) == old
    assert len(before) > 0
    assert known(database)[path.name].state == "done"


def test_a_report_that_fails_stops_nothing(made_up: None, inbox: Path, database: Path) -> None:
    """Progress is told, not obeyed."""
    write_calls(inbox, 4)

    def report(progress: Progress) -> None:
        raise BrokenPipeError(progress.calls_done)

    assert run(database, [inbox], make_settings(), make_rulebook(), report=report).done == 4


def test_a_file_changed_beyond_what_sqlite_counts_is_taken_once(
    run_inbox: Run, inbox: Path, database: Path
) -> None:
    """A clock of the year 2400 costs nothing, and the next run leaves the file alone."""
    path = write_call(inbox, 1)
    os.utime(path, ns=(0, 13_569_465_600 * 10**9))
    assert run_inbox().done == 1
    assert run_inbox().planned == 0


@pytest.mark.parametrize("what", ["removed", "replaced", "renamed"])
def test_a_database_that_goes_away_stops_the_run(
    run_inbox: Run, inbox: Path, database: Path, what: str
) -> None:
    """Exit 15: nothing goes on being written to where nobody will find it."""
    write_calls(inbox, 8)

    class Watch(list[Progress]):
        def append(self, progress: Progress) -> None:
            if progress.calls_done == 2 and what == "replaced":
                new = database.with_name("new.db")
                new.write_bytes(database.read_bytes())
                new.replace(database)
            elif progress.calls_done == 2:
                database.unlink() if what == "removed" else database.rename(database.with_name("moved.db"))

    summary = run_inbox(seen=Watch())
    assert (summary.done, summary.exit_code) == (2, 15)
    assert "was moved, removed or replaced" in summary.stopped_by


HOLD = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
db.execute("ROLLBACK")
print("free", flush=True)
"""


@contextmanager
def another_program(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Holds the database until a line is written to it, or the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.communicate("\n")


def test_a_held_database_is_waited_for(
    run_inbox: Run, inbox: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run says once who holds it, and goes on when it is free."""
    monkeypatch.setattr(busy, "_TELL_AFTER_S", 0.1)
    write_calls(inbox, 4)
    seen: list[Progress] = []
    with another_program(database) as holder:

        class Watch(list[Progress]):
            def append(self, progress: Progress) -> None:
                seen.append(progress)
                if progress.waiting_for:
                    holder.communicate("\n")

        summary = run_inbox(seen=Watch())
        told = [progress.waiting_for for progress in seen if progress.waiting_for]
        assert told == [f"{told[0].split()[0]} with process id {holder.pid} to let go of {database}"]
    assert (summary.done, summary.exit_code) == (4, 0)


def test_a_database_held_too_long_ends_the_run_and_keeps_what_is_done(
    run_inbox: Run, inbox: Path, database: Path
) -> None:
    """Exit 11, nothing lost: what was done stays, the rest is done by the next run."""
    write_calls(inbox, 6)
    holders = ExitStack()

    class Watch(list[Progress]):
        def append(self, progress: Progress) -> None:
            if progress.calls_done == 2:
                holders.enter_context(another_program(database))

    with holders:
        summary = run_inbox(make_settings("processes", busy_wait_s=0.5), seen=Watch())
    assert (summary.done, summary.exit_code) == (2, 11)
    assert "holds" in summary.stopped_by
    assert run_inbox().done == 4
    with Store.open(database) as store:
        assert store.db.execute("SELECT count(*), count(DISTINCT call_id) FROM calls").fetchone() == (6, 6)
        outcomes = store.db.execute("SELECT outcome FROM runs ORDER BY run_id").fetchall()
    assert outcomes == [("interrupted",), ("finished",)]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_person_may_stop_the_waiting(
    run_inbox: Run, inbox: Path, database: Path, number: signal.Signals, code: int
) -> None:
    """Signals are heard while another program holds the database, before the run and within it."""
    write_calls(inbox, 2)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), number))
    with another_program(database):
        timer.start()
        with pytest.raises(Interrupted, match="stopped while waiting") as stopped:
            run_inbox()
    assert stopped.value.exit_code == code
    timer.join()


@pytest.mark.parametrize("fault", ["kill:9", "segfault", "leave:3", "exhaust"])
def test_a_call_that_costs_its_worker_is_tried_once_more_alone(
    run_inbox: Run, inbox: Path, database: Path, fault: str
) -> None:
    """Then it is quarantined; all others are done."""
    write_calls(inbox, 5)
    bad = write_call(inbox, 9, fault=fault)
    summary = run_inbox(make_settings("processes"))
    assert (summary.done, summary.failed_calls, summary.exit_code) == (5, 1, 3)
    file = known(database)[bad.name]
    assert (file.state, file.attempts) == ("quarantined", 2)
    assert file.kind == ("out_of_memory" if fault == "exhaust" else "worker_died")
    assert run_inbox(make_settings("processes")).planned == 0
    assert run_inbox(make_settings("processes"), redo="failed").planned == 1


def test_a_call_that_costs_its_worker_by_bad_luck_is_done(
    run_inbox: Run, inbox: Path, database: Path
) -> None:
    """The second try, alone, keeps it."""
    write_calls(inbox, 3)
    write_call(inbox, 9, fault="once:kill:9")
    summary = run_inbox(make_settings("processes"))
    assert (summary.done, summary.failed, summary.exit_code) == (4, (), 0)
    with Store.open(database) as store:
        assert store.db.execute("SELECT count(*) FROM failures").fetchone() == (0,)


def test_a_hanging_call_is_ended_at_its_time_limit(run_inbox: Run, inbox: Path, database: Path) -> None:
    """And quarantined as a timeout after its second try."""
    write_calls(inbox, 3)
    bad = write_call(inbox, 9, fault="sleep:60000")
    summary = run_inbox(make_settings("processes", time_limit_floor_s=1.0))
    assert (summary.done, summary.failed) == (3, (("timeout", 1),))
    assert known(database)[bad.name].state == "quarantined"


def test_weights_that_go_missing_stop_the_run(run_inbox: Run, inbox: Path, database: Path) -> None:
    """The calls left are not spoiled: they wait for the next run."""
    write_call(inbox, 0, fault="model", agent="aaron")
    write_calls(inbox, 20)
    summary = run_inbox()
    assert (summary.exit_code, summary.failed) == (13, (("model_missing", 1),))
    assert states(database) == {"failed": 1, "seen": 20}


def test_missing_weights_are_told_before_any_call_is_claimed(
    made_up: None, inbox: Path, database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Exit 13, and no file is touched."""
    write_calls(inbox, 2)
    settings = replace(make_settings(), transcribe=TranscribeSettings(model=str(tmp_path / "none")))
    with pytest.raises(ModelMissing, match="none"):
        run(database, [inbox], settings, make_rulebook())
    assert states(database) == {}


def test_an_unknown_engine_is_told_before_any_call_is_claimed(
    made_up: None, inbox: Path, database: Path
) -> None:
    """Exit 12, with the nearest name."""
    write_calls(inbox, 1)
    settings = replace(make_settings(), transcribe=TranscribeSettings(engine="wisper"))
    with pytest.raises(ConfigError, match="use 'whisper'"):
        run(database, [inbox], settings, make_rulebook())
    assert states(database) == {}


def test_a_full_disk_is_told_before_the_run(
    run_inbox: Run, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 14, with what is free and what is wanted."""
    write_calls(inbox, 1)
    monkeypatch.setattr(capacity, "free_bytes", lambda _: 1_000_000)
    with pytest.raises(DiskLow, match="1 MB are free"):
        run_inbox(make_settings(disk_floor_mb=200))


def test_a_disk_that_fills_stops_the_run_cleanly(
    run_inbox: Run, inbox: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing new is taken under the floor; the next run does the rest."""
    write_calls(inbox, 10)
    seen: list[Progress] = []
    monkeypatch.setattr(
        capacity, "free_bytes", lambda _: 10**9 if not seen or seen[-1].calls_done < 4 else 10**6
    )
    summary = run_inbox(make_settings(disk_floor_mb=200), seen=seen)
    assert (summary.done, summary.exit_code) == (4, 14)
    assert states(database) == {"done": 4, "seen": 6}
    monkeypatch.setattr(capacity, "free_bytes", lambda _: 10**9)
    assert run_inbox().done == 6


def test_a_call_let_go_by_a_stop_was_not_tried(
    run_inbox: Run, inbox: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken up and dropped when a person stopped the run is as before: waiting, with no attempt."""
    write_calls(inbox, 3)

    class Stopped:
        def map(self, function: object, recordings: Iterable[Recording], **_: object) -> Iterator[object]:
            next(iter(recordings))
            os.kill(os.getpid(), signal.SIGINT)
            return iter(())

    with monkeypatch.context() as patch:
        patch.setattr(work_loop, "find_crew", lambda *_, **__: Stopped())
        assert run_inbox().exit_code == 130
    assert states(database) == {"seen": 3}
    assert {file.attempts for file in known(database).values()} == {0}
    assert run_inbox().done == 3
