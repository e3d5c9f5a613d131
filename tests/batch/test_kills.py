"""Workers that are killed cost one call, signals stop a run cleanly (kills of whole runs: ``tests/trust``)."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.batch.lock import lock_path
from tests.batch.folders import call_name, write_call, write_calls
from tests.batch.zygote import Zygote, open_zygote
from tests.trust.nights import write_real_calls


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """Forks runs off."""
    folder = tmp_path_factory.mktemp("warm") / "calls"
    write_real_calls(folder, 1)
    with open_zygote(folder / call_name(0)) as started:
        yield started


@pytest.mark.parametrize("fault", ["kill:9", "segfault", "kill:6", "exhaust"])
def test_killed_workers(zygote: Zygote, tmp_path: Path, fault: str) -> None:
    """Five calls that cost their worker each time are quarantined, and the other twenty are done."""
    inbox = tmp_path / "inbox"
    write_calls(inbox, 20)
    for number in range(5):
        write_call(inbox, 40 + number, fault=fault)
    order = {"inbox": inbox, "errors": tmp_path / "errors.txt", "executor": "processes", "made_up": True}
    assert zygote.run(**order, database=tmp_path / "calls.db")["code"] == 3
    with contextlib.closing(sqlite3.connect(tmp_path / "calls.db")) as db:
        states = dict(db.execute("SELECT state, count(*) FROM files GROUP BY 1").fetchall())
        tries = db.execute("SELECT DISTINCT attempts FROM files WHERE state = 'quarantined'").fetchall()
    assert states == {"done": 20, "quarantined": 5}
    assert tries == [(2,)]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_signals_stop_cleanly(zygote: Zygote, tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Five seconds at most, the right exit code, nothing on stderr, and the next run goes on."""
    inbox, database = tmp_path / "inbox", tmp_path / "calls.db"
    for call in range(30):
        write_call(inbox, call, fault="slow:60")
    order = {
        "inbox": inbox, "database": database, "errors": tmp_path / "errors.txt", "executor": "processes",
        "made_up": True,
    }  # fmt: skip
    draw = random.Random(int(number))
    for _ in range(4):
        # Once the lock is held, the run listens for signals.
        answer = zygote.run(**order, after_s=draw.uniform(0, 0.6), signal=number, ready=lock_path(database))
        assert answer["hit"]
        assert answer["code"] == code
        assert answer["took_s"] <= 5.0
        assert answer["left"] == []
    assert zygote.run(**order)["code"] == 0
    with contextlib.closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count(*) FROM calls").fetchone() == (30,)
        assert db.execute("SELECT count(*) FROM attempts WHERE outcome = 'done'").fetchone() == (30,)
        outcomes = db.execute("SELECT outcome, exit_code FROM runs").fetchall()
    assert outcomes == [("finished", code)] * 4 + [("finished", 0)]
    assert (tmp_path / "errors.txt").read_text() == ""


def test_what_runs_is_dropped_after_the_grace(zygote: Zygote, tmp_path: Path) -> None:
    """A call that takes long does not hold up a stop; the next run takes it again."""
    inbox = tmp_path / "inbox"
    write_call(inbox, 1, fault="sleep:60000")
    order = {"inbox": inbox, "errors": tmp_path / "errors.txt", "executor": "processes", "made_up": True}
    answer = zygote.run(**order, database=tmp_path / "calls.db", after_s=1.5, signal=signal.SIGINT)
    assert answer["code"] == 130
    assert answer["took_s"] <= 5.0
    assert answer["left"] == []
