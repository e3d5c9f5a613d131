"""What a run does when something goes wrong: workers lost, weights missing, disks full, a person who stops it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.batch import Progress, run, shift
from speechcx.batch import disk as disk_module
from speechcx.call import Recording
from speechcx.errors import ConfigError, DiskLow, ModelMissing
from speechcx.store import Store
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
    monkeypatch.setattr(disk_module, "free_bytes", lambda _: 1_000_000)
    with pytest.raises(DiskLow, match="1 MB are free"):
        run_inbox(make_settings(disk_floor_mb=200))


def test_a_disk_that_fills_stops_the_run_cleanly(
    run_inbox: Run, inbox: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing new is taken under the floor; the next run does the rest."""
    write_calls(inbox, 10)
    seen: list[Progress] = []
    monkeypatch.setattr(
        disk_module, "free_bytes", lambda _: 10**9 if not seen or seen[-1].calls_done < 4 else 10**6
    )
    summary = run_inbox(make_settings(disk_floor_mb=200), seen=seen)
    assert (summary.done, summary.exit_code) == (4, 14)
    assert states(database) == {"done": 4, "seen": 6}
    monkeypatch.setattr(disk_module, "free_bytes", lambda _: 10**9)
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
        patch.setattr(shift, "find_crew", lambda *_, **__: Stopped())
        assert run_inbox().exit_code == 130
    assert states(database) == {"seen": 3}
    assert {file.attempts for file in known(database).values()} == {0}
    assert run_inbox().done == 3
