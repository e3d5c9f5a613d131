"""A long night with everything going wrong at random, and the parent's memory and open files over it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.batch.folders import call_name
from tests.batch.zygote import Zygote, read_children
from tests.trust.nights import Night

_POLL_S = 0.05
_DEALT_WITH = ("done", "failed", "quarantined", "needs_metadata", "duplicate", "skipped")

_WAYS_TO_SPOIL: tuple[Callable[[Path, Path, int], object], ...] = (
    lambda path, _, number: path.write_bytes(b"<html>not found</html>" * (50 + number)),
    lambda path, _, number: path.write_bytes(path.read_bytes()[: 58 + number % 100]),
    lambda path, _, number: path.write_bytes(path.read_bytes()[:2000] + bytes(10_000 + number)),
    lambda path, _, number: path.write_bytes(bytes(40_000 + number)),
    lambda _, transcript, number: transcript.write_text('{"words": [{"text": 7}]}' + " " * number),
    lambda _, transcript, number: transcript.write_text("[" * (50_000 + number)),
    lambda _, transcript, number: transcript.unlink(),
)
"""As disks, recorders and other programs do: error pages, cuts, zeros, transcripts that are none."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The parent at a moment."""

    dealt_with: int
    resident_kb: int
    files: int


@dataclass
class Soak:
    """What a soak found."""

    calls: int
    states: dict[str, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    workers_killed: int = 0
    poisoned: int = 0
    removed: int = 0
    exit_code: int = -1
    orphans: int = 0
    good_not_done: int = 0

    def growth_share(self, since: int) -> float:
        """How much larger the parent's memory became, from a number of calls on, at its largest."""
        first = next(sample for sample in self.samples if sample.dealt_with >= since)
        return max(sample.resident_kb for sample in self.samples[-5:]) / first.resident_kb - 1

    def leaked_files(self, since: int) -> int:
        """How many more files the parent held open at its calmest: in the last third than after `since`."""
        rest = [sample for sample in self.samples if sample.dealt_with >= since]
        third = max(1, len(rest) // 3)
        return min(s.files for s in rest[-third:]) - min(s.files for s in rest[:third])


def poison_calls(night: Night, draw: random.Random, share: float) -> set[str]:
    """Spoil some recordings in every way a disk and a recorder do; returns their names."""
    spoiled = set()
    for number in range(night.calls):
        if draw.random() < share:
            path = night.folder / "calls" / call_name(number)
            draw.choice(_WAYS_TO_SPOIL)(path, path.with_suffix(".transcript.json"), number)
            spoiled.add(path.name)
    return spoiled


def soak(night: Night, zygote: Zygote, database: Path, *, seed: int, kills: int, removals: int) -> Soak:
    """Run the night in a fresh interpreter, kill workers, remove recordings, and look at the parent."""
    draw = random.Random(seed)
    found = Soak(night.calls)
    spoiled = poison_calls(night, draw, 0.05)
    found.poisoned = len(spoiled)
    moments = sorted(draw.sample(range(night.calls // 20, night.calls), kills + removals))
    kinds = draw.sample(["kill"] * kills + ["remove"] * removals, kills + removals)
    pid = zygote.ask(op="start", **night.order(database), fresh=True)["pid"]
    removed: set[str] = set()
    plan = list(zip(moments, kinds, strict=True))
    for dealt_with in _follow(pid, database, found):
        while plan and plan[0][0] <= dealt_with:
            kind = plan.pop(0)[1]
            if kind == "kill":
                found.workers_killed += _kill_worker(pid, draw)
            else:
                removed |= _remove_recording(night, draw, after=dealt_with)
    answer = zygote.ask(op="end", pid=pid)
    found.exit_code, found.orphans = answer["code"], len(answer["left"])
    found.removed = len(removed)
    with contextlib.closing(sqlite3.connect(database)) as db:
        found.states = dict(db.execute("SELECT state, count(*) FROM files GROUP BY state").fetchall())
        rows = db.execute("SELECT path, state, reason FROM files").fetchall()
    found.good_not_done = sum(
        state != "done" and reason != "worker_died" and Path(path).name not in spoiled | removed
        for path, state, reason in rows
    )
    return found


def _follow(pid: int, database: Path, found: Soak) -> Iterator[int]:
    """Calls dealt with so far, again and again until the run has ended; samples the parent each time."""
    last = -1
    while (sample := _look(pid, database)) is not None:
        if sample.dealt_with != last:
            last = sample.dealt_with
            found.samples.append(sample)
        yield sample.dealt_with
        time.sleep(_POLL_S)


def _look(pid: int, database: Path) -> Sample | None:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        files = len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return None
    if not pages:
        return None
    return Sample(_count_dealt_with(database), pages * os.sysconf("SC_PAGE_SIZE") // 1024, files)


def _count_dealt_with(database: Path) -> int:
    if not database.exists():
        return 0
    marks = ", ".join("?" * len(_DEALT_WITH))
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        try:
            return int(
                db.execute(f"SELECT count(*) FROM files WHERE state IN ({marks})", _DEALT_WITH).fetchone()[0]
            )
        except sqlite3.OperationalError:
            return 0


def _kill_worker(pid: int, draw: random.Random) -> int:
    workers = read_children(pid)
    if not workers:
        return 0
    with contextlib.suppress(ProcessLookupError):
        os.kill(draw.choice(workers), draw.choice((signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT)))
    return 1


def _remove_recording(night: Night, draw: random.Random, *, after: int) -> set[str]:
    """Remove one of the recordings whose turn is still to come, as far as their order tells."""
    last = night.calls - 1
    number = draw.randint(min(after + 10, last), last)
    path = night.folder / "calls" / call_name(number)
    path.unlink(missing_ok=True)
    return {path.name}
