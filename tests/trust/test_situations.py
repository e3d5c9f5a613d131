"""A full disk, a disk turned read-only, a database held by others, dead output, folders that vanish.

Each: nothing corrupt, a documented exit code, and the next run completes with the same content.
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.batch.folders import write_call
from tests.batch.zygote import Zygote
from tests.trust.content import Content, count_calls, find_faults, read_content
from tests.trust.disk import BAD_WORDS
from tests.trust.figures import record
from tests.trust.mounts import small_disk
from tests.trust.nights import Night, make_night

CALLS = 20
_LIMIT_S = 60.0
_HOLD = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


class Situation:
    """A night that something happens to."""

    def __init__(self, zygote: Zygote, night: Night, expected: Content, database: Path) -> None:
        self.zygote = zygote
        self.night = night
        self.expected = expected
        self.database = database
        self.running: int | None = None

    def start(self, *flags: str, **order: Any) -> None:
        """Start a run."""
        asked = self.night.order(self.database, *flags) | order
        self.running = self.zygote.ask(op="start", **asked)["pid"]

    def end(self) -> int:
        """Wait for its end; returns the exit code."""
        answer = self.zygote.ask(op="end", pid=self.running)
        assert answer["left"] == []
        return int(answer["code"])

    def run(self, *flags: str, **order: Any) -> int:
        """A whole run."""
        self.start(*flags, **order)
        return self.end()

    def wait_for_calls(self, count: int) -> None:
        """Let the run go on until so many calls are stored."""
        wait_until(lambda: count_calls(self.database) >= count, f"{count} calls in the database")

    def check(self, what: str, code: int, documented: set[int], *, completes: bool = True) -> None:
        """What must hold after the run and after the next one."""
        words = self.night.words()
        faults = find_faults(self.database, self.expected)
        amiss = code not in documented or any(word in words for word in BAD_WORDS)
        again = self.run() if completes else 0
        unequal = again != 0 or read_content(self.database) != self.expected
        record(
            what,
            1,
            bar="all 0",
            corrupt=len(faults),
            codes_or_messages_amiss=int(amiss),
            unequal=int(unequal),
        )
        assert not faults
        assert not amiss, f"ended with {code}: {words}"
        assert not unequal, f"the next run ended with {again}: {self.night.words()}"


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + _LIMIT_S
    while not is_so():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def nights(
    zygote: Zygote, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bool], tuple[Night, Content]]:
    """A quick night, and one whose calls take their time, each with its content."""
    folder = tmp_path_factory.mktemp("nights")
    made = {False: make_night(folder / "quick", CALLS), True: make_night(folder / "slow", 0)}
    for number in range(CALLS):
        write_call(made[True].folder / "calls", number, fault="slow:30")
    slow = Night(made[True].folder, CALLS)
    both = {False: made[False], True: slow}
    contents = {
        is_slow: night.run_undisturbed(zygote, folder / f"{is_slow}.db")[0] for is_slow, night in both.items()
    }
    return lambda is_slow: (both[is_slow], contents[is_slow])


@pytest.fixture
def quick(zygote: Zygote, nights: Callable[..., Any], tmp_path: Path) -> Situation:
    """A night whose calls cost nothing."""
    return Situation(zygote, *nights(False), tmp_path / "calls.db")


@pytest.fixture
def slow(zygote: Zygote, nights: Callable[..., Any], tmp_path: Path) -> Situation:
    """A night whose calls take 30 ms each, so that something can happen in its middle."""
    return Situation(zygote, *nights(True), tmp_path / "calls.db")


def fill_disk(situation: Situation, folder: Path, levels: list[int]) -> None:
    """Runs on a disk with so many bytes left, each on a fresh database."""
    with small_disk(folder) as disk:
        for level in levels:
            situation.database = disk.place / "calls.db"
            disk.fill(level)
            code = situation.run()
            disk.make_room()
            situation.check("full 64 MB disk", code, {0, 14} if level > 1_000_000 else {14})
            for path in disk.place.glob("calls.db*"):
                path.unlink()


def test_a_full_disk(quick: Situation, tmp_path: Path) -> None:
    """From no room at all to room for most of the night: exit code 14, and the rest once there is room."""
    fill_disk(quick, tmp_path, [0, 8_000, 100_000, 500_000, 1_000_000, 2_000_000])


@pytest.mark.nightly
def test_a_disk_of_any_fill_level(quick: Situation, tmp_path: Path) -> None:
    """Fifty levels."""
    draw = random.Random(50)
    fill_disk(quick, tmp_path, [round(draw.uniform(0, 1.2) * 10 ** draw.uniform(4, 6.3)) for _ in range(50)])


def test_a_disk_that_becomes_read_only(slow: Situation, tmp_path: Path) -> None:
    """The system gives the disk up in the middle of a night; after a repair the next run goes on."""
    with small_disk(tmp_path) as disk:
        slow.database = disk.place / "calls.db"
        slow.start()
        slow.wait_for_calls(5)
        disk.break_down()
        code = slow.end()
        disk.unmount()
        disk.mount()
        assert 5 <= count_calls(slow.database) < CALLS
        slow.check("disk turned read-only", code, {15})


@contextmanager
def holder(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that holds the database's write lock until its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()


def hold_database(situation: Situation, seconds: float) -> None:
    """Another program holds the database for a while in the middle of a night."""
    situation.start()
    situation.wait_for_calls(3)
    with holder(situation.database):
        time.sleep(seconds)
        before = count_calls(situation.database)
        assert before < CALLS
    code = situation.end()
    assert situation.night.words().count("waiting for") == 1
    situation.check("lock held by another program", code, {0})


def test_a_database_held_for_a_while(slow: Situation) -> None:
    """The run waits, says so once, and goes on."""
    hold_database(slow, 6.0)


@pytest.mark.nightly
def test_a_database_held_for_90_seconds(slow: Situation) -> None:
    """Longer than SQLite itself waits: the run waits, says so once, and goes on."""
    hold_database(slow, 90.0)


def test_a_database_held_too_long(slow: Situation) -> None:
    """Past ``batch.busy_wait_s`` the run ends with 11; what was done is kept."""
    slow.start("--set", "batch.busy_wait_s=1")
    slow.wait_for_calls(3)
    with holder(slow.database):
        code = slow.end()
    assert 3 <= count_calls(slow.database) < CALLS
    slow.check("lock held by another program", code, {11})


@pytest.mark.parametrize("way", ["closed", "full", "nobody reads", "reader gone"])
def test_dead_standard_error(quick: Situation, tmp_path: Path, way: str) -> None:
    """Progress and messages that reach nobody stop no work."""
    order: dict[str, Any] = {"closed": {"closed": [2]}, "full": {"errors": "/dev/full"}}.get(
        way, {"errors": tmp_path / "log"}
    )
    with log_pipe(tmp_path / "log") as reader:
        if way == "nobody reads":
            fill_pipe(tmp_path / "log")
        quick.start(**order)
        if way == "reader gone":
            wait_for_reader(reader)
            os.close(reader.pop())
        code = quick.end()
    quick.check("dead standard error", code, {0})


def test_dead_log_pipe(slow: Situation, tmp_path: Path) -> None:
    """``run ... 2>&1 | head -1``: the reader leaves after the first line, the run goes on to its end."""
    with log_pipe(tmp_path / "log") as reader:
        slow.start(errors=tmp_path / "log", joined=True)
        wait_for_reader(reader)
        assert os.read(reader[0], 1)
        os.close(reader.pop())
        code = slow.end()
    slow.check("dead log pipe", code, {0})


@contextmanager
def log_pipe(path: Path) -> Iterator[list[int]]:
    """A named pipe that a run can write its log to, with a reader."""
    os.mkfifo(path)
    reader = [os.open(path, os.O_RDONLY | os.O_NONBLOCK)]
    try:
        yield reader
    finally:
        for handle in reader:
            os.close(handle)


def fill_pipe(path: Path) -> None:
    """Write into a pipe until it takes no more."""
    handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(handle, bytes(4096))
    os.close(handle)


def wait_for_reader(reader: list[int]) -> None:
    """Wait until somebody has written something into the pipe, or has opened it."""
    select.select(reader, [], [], _LIMIT_S)


def test_a_folder_of_recordings_that_vanishes(slow: Situation) -> None:
    """Unmounted in the middle of a night: the calls left are told as gone, and done once they are back."""
    calls = slow.night.folder / "calls"
    away = slow.night.folder / "away"
    slow.start()
    try:
        slow.wait_for_calls(4)
        calls.rename(away)
        code = slow.end()
    finally:
        away.rename(calls)
    assert 4 <= count_calls(slow.database) < CALLS
    slow.check("vanished folder", code, {3})


def test_a_folder_of_the_database_that_vanishes(slow: Situation, tmp_path: Path) -> None:
    """Moved away in the middle of a night and back afterwards: what was stored before is there."""
    place, away = tmp_path / "database", tmp_path / "away"
    place.mkdir()
    slow.database = place / "calls.db"
    slow.start()
    try:
        slow.wait_for_calls(4)
        place.rename(away)
        code = slow.end()
    finally:
        away.rename(place)
    with closing(sqlite3.connect(slow.database)) as db:
        assert db.execute("SELECT count(*) FROM calls").fetchone()[0] >= 4
    slow.check("vanished folder", code, {0, 15})
