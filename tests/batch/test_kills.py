"""Whatever is killed, whenever: no call lost, none counted twice, and the next run completes."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speechcx.batch.lock import lock_path
from speechcx.store import Store
from tests.batch.folders import call_hash, call_name, content_hash, write_call, write_calls
from tests.batch.zygote import Zygote, open_zygote
from tests.synth import two_speaker_call, write_wav

WORDS = (
    (0, 0.3, "Thank"), (0, 0.6, "you"), (0, 0.9, "for"), (0, 1.2, "calling"), (1, 1.7, "I"), (1, 1.9, "am"),
    (1, 2.1, "angry"), (0, 2.7, "Sorry"), (0, 3.0, "goodbye"),
)  # fmt: skip


def write_real_calls(folder: Path, count: int) -> None:
    """Short calls of two channels with a transcript beside each."""
    folder.mkdir()
    sound = two_speaker_call(((0.2, 1.5), (2.6, 3.3)), ((1.6, 2.5),), duration_s=3.5).sound
    words = [
        {"text": text, "start_s": at, "end_s": at + 0.25, "confidence": 0.9, "channel": channel}
        for channel, at, text in WORDS
    ]
    for number in range(count):
        quieter = np.asarray(sound * (1 - 0.02 * number), np.float32)
        path = write_wav(folder / call_name(number), quieter, encoding="mulaw")
        path.with_suffix(".transcript.json").write_text(json.dumps({"language": "en", "words": words}))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``real``: a dozen real calls."""
    folder = tmp_path_factory.mktemp("kills")
    write_real_calls(folder / "real", 12)
    return folder


@pytest.fixture(scope="module")
def zygote(place: Path) -> Iterator[Zygote]:
    """Forks runs off."""
    with open_zygote(place / "real" / call_name(0)) as started:
        yield started


@dataclass
class Round:
    """One database, and what is known to be right in it."""

    database: Path
    expected: dict[str, str]
    verified: set[str] = field(default_factory=set)

    def check(self) -> None:
        """Everything that must hold at every moment."""
        if not self.database.exists() or self.database.stat().st_size == 0:
            return
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'files'").fetchone():
                return
            done = db.execute("SELECT count(*) FROM files WHERE state = 'done'").fetchone()[0]
            calls = db.execute("SELECT count(*), count(DISTINCT call_id) FROM calls").fetchone()
            worked = db.execute("SELECT count(*) FROM attempts WHERE outcome = 'done'").fetchone()[0]
        assert calls == (done, done)
        assert worked == done
        with Store.open(self.database, read_only=True) as store:
            for call_id in set(store.iter_call_ids()) - self.verified:
                assert call_hash(store.load(call_id)) == self.expected[call_id]
                self.verified.add(call_id)

    def attempts(self) -> int:
        """How often a file was taken up."""
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            return int(db.execute("SELECT count(*) FROM attempts").fetchone()[0])


def kill_runs(zygote: Zygote, order: dict[str, Any], folder: Path, *, kills: int, share: float) -> None:
    """Kill runs at random moments, round after round, until there were `kills`.

    A run is let go on for up to `share` of the time that an undisturbed one takes on this machine.
    """
    draw = random.Random(20250304)
    empty = folder / "empty.db"
    Store.open(empty, create=True).close()
    whole, longest_s, by_call = run_undisturbed(zygote, order, folder / "undisturbed.db")
    longest_s *= share
    workers = 2 if order.get("executor") == "processes" else 1
    done = number = 0
    while done < kills:
        number += 1
        this = Round(folder / f"{number}.db", by_call)
        if number > 1:
            # The first round is also killed while it makes its database; that costs others time only.
            shutil.copy(empty, this.database)
        in_round = without_progress = 0
        while True:
            before = len(this.verified)
            answer = zygote.run(
                **order, database=this.database, after_s=draw.uniform(0, longest_s),
                signal=signal.SIGKILL, tree=draw.random() < 0.5,
            )  # fmt: skip
            assert answer["left"] == []
            this.check()
            if not answer["hit"]:
                assert answer["code"] == 0
                break
            in_round += 1
            without_progress = 0 if len(this.verified) > before else without_progress + 1
            if without_progress == 10:
                # The machine has become slower than it was.
                longest_s, without_progress = 1.5 * longest_s, 0
        assert content_hash(this.database) == whole
        assert len(this.verified) == len(by_call)
        assert this.attempts() <= len(by_call) + in_round * workers
        done += in_round
    assert (folder / "errors.txt").read_text() == ""


def run_undisturbed(
    zygote: Zygote, order: dict[str, Any], database: Path
) -> tuple[str, float, dict[str, str]]:
    """Content of a run that nobody disturbs, the seconds it took, and its content call by call."""
    answer = zygote.run(**order, database=database)
    assert answer["code"] == 0
    with Store.open(database, read_only=True) as store:
        by_call = {call_id: call_hash(store.load(call_id)) for call_id in store.iter_call_ids()}
    return content_hash(database), answer["took_s"], by_call


def test_kill_9_of_the_real_pipeline(zygote: Zygote, place: Path, tmp_path: Path) -> None:
    """70 kills of runs that decode, transcribe, measure, judge and store, in one process."""
    order = {"inbox": place / "real", "errors": tmp_path / "errors.txt"}
    kill_runs(zygote, order, tmp_path, kills=70, share=0.25)


def test_kill_9_while_keeping(zygote: Zygote, tmp_path: Path) -> None:
    """100 kills of runs whose calls cost nothing, so that most hit planning, claiming and keeping."""
    write_calls(tmp_path / "inbox", 60)
    order = {"inbox": tmp_path / "inbox", "errors": tmp_path / "errors.txt", "made_up": True}
    kill_runs(zygote, order, tmp_path, kills=100, share=0.3)


def test_kill_9_of_a_process_tree(zygote: Zygote, tmp_path: Path) -> None:
    """30 kills of a run with two worker processes: of the parent only, or of all."""
    write_calls(tmp_path / "inbox", 60)
    order = {
        "inbox": tmp_path / "inbox", "errors": tmp_path / "errors.txt", "executor": "processes",
        "made_up": True,
    }  # fmt: skip
    kill_runs(zygote, order, tmp_path, kills=30, share=0.7)


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


def test_eight_runs_at_once(zygote: Zygote, tmp_path: Path) -> None:
    """Each call is worked exactly once; who does not wait is told, and nobody sees a locked database."""
    inbox, database = tmp_path / "inbox", tmp_path / "calls.db"
    for night in range(3):
        for call in range(30):
            write_call(inbox, night * 30 + call, fault="slow:3")
        order = {
            "op": "start",
            "inbox": inbox,
            "database": database,
            "errors": tmp_path / "errors.txt",
            "made_up": True,
        }
        pids = [zygote.ask(**order, wait=bool(number % 2))["pid"] for number in range(8)]
        codes = [zygote.ask(op="reap", pid=pid)["code"] for pid in pids]
        assert all(code in (0, 11) for code in codes)
        assert all(codes[number] == 0 for number in range(8) if number % 2)
    with contextlib.closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count(*), count(DISTINCT call_id) FROM calls").fetchone() == (90, 90)
        assert db.execute("SELECT count(*), count(DISTINCT file_id) FROM attempts").fetchone() == (90, 90)
    assert (tmp_path / "errors.txt").read_text() == ""
